<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="es">
<context>
    <name>BootCoach</name>
    <message>
        <source>Neither the disk nor the CD can be started. Is it the right medium?</source>
        <translation>Ni el disco ni el CD se pueden arrancar. ¿Es el medio correcto?</translation>
    </message>
    <message>
        <source>Choose another medium…</source>
        <translation>Elegir otro medio…</translation>
    </message>
    <message>
        <source>The disk is still empty: there is nothing to start. Insert an installation CD.</source>
        <translation>El disco aún está vacío: no hay nada que arrancar. Inserte un CD de instalación.</translation>
    </message>
    <message>
        <source>Choose a medium…</source>
        <translation>Elegir un medio…</translation>
    </message>
    <message>
        <source>This medium starts only with a BIOS, and the guest uses UEFI.</source>
        <translation>Este medio solo arranca con BIOS y el invitado usa UEFI.</translation>
    </message>
    <message>
        <source>Switch to BIOS and restart</source>
        <translation>Cambiar a BIOS y reiniciar</translation>
    </message>
    <message>
        <source>This medium starts only with UEFI, and the guest uses a BIOS.</source>
        <translation>Este medio solo arranca con UEFI y el invitado usa BIOS.</translation>
    </message>
    <message>
        <source>Switch to UEFI and restart</source>
        <translation>Cambiar a UEFI y reiniciar</translation>
    </message>
    <message>
        <source>The guest crashed so badly that it reset itself.</source>
        <translation>El invitado falló tan gravemente que se reinició solo.</translation>
    </message>
    <message>
        <source>Show the log</source>
        <translation>Mostrar el registro</translation>
    </message>
    <message>
        <source>The guest has halted and waits for nothing.</source>
        <translation>El invitado se ha detenido y no espera nada.</translation>
    </message>
    <message>
        <source>Restart</source>
        <translation>Reiniciar</translation>
    </message>
    <message>
        <source>The computer&apos;s disk is full. The guest waits; free some space and resume it.</source>
        <translation>El disco del equipo está lleno. El invitado espera; libere espacio y reanúdelo.</translation>
    </message>
    <message>
        <source>Open the folder</source>
        <translation>Abrir la carpeta</translation>
    </message>
    <message>
        <source>The guest restarts. If the installation has finished, take the CD out.</source>
        <translation>El invitado se reinicia. Si la instalación ha terminado, saque el CD.</translation>
    </message>
    <message>
        <source>Eject the CD</source>
        <translation>Expulsar el CD</translation>
    </message>
    <message>
        <source>The guest failed: %1</source>
        <translation>El invitado ha fallado: %1</translation>
    </message>
    <message>
        <source>Switched on</source>
        <translation>Encendido</translation>
    </message>
    <message>
        <source>Tries to start from a medium</source>
        <translation>Intenta arrancar desde un medio</translation>
    </message>
    <message>
        <source>That did not work</source>
        <translation>No ha funcionado</translation>
    </message>
    <message>
        <source>The medium&apos;s own program started</source>
        <translation>El programa del medio se ha iniciado</translation>
    </message>
    <message>
        <source>Nothing on the media can be started</source>
        <translation>Nada en los medios puede arrancar</translation>
    </message>
    <message>
        <source>Nothing to start from</source>
        <translation>No hay nada desde donde arrancar</translation>
    </message>
    <message>
        <source>The medium needs a BIOS</source>
        <translation>El medio necesita una BIOS</translation>
    </message>
    <message>
        <source>The medium needs UEFI</source>
        <translation>El medio necesita UEFI</translation>
    </message>
    <message>
        <source>Crashed and reset itself</source>
        <translation>Falló y se reinició</translation>
    </message>
    <message>
        <source>Halted for good</source>
        <translation>Detenido definitivamente</translation>
    </message>
    <message>
        <source>The computer&apos;s disk is full</source>
        <translation>El disco del equipo está lleno</translation>
    </message>
    <message>
        <source>Firmware started</source>
        <translation>Firmware iniciado</translation>
    </message>
    <message>
        <source>Firmware found the hardware</source>
        <translation>El firmware encontró el hardware</translation>
    </message>
    <message>
        <source>First read from a disk</source>
        <translation>Primera lectura de un disco</translation>
    </message>
    <message>
        <source>Operating system started</source>
        <translation>Sistema operativo iniciado</translation>
    </message>
</context>
<context>
    <name>DefaultReason</name>
    <message>
        <source>This is what the makers of the system recommend.</source>
        <translation>Es lo que recomiendan los autores del sistema.</translation>
    </message>
    <message>
        <source>The makers of the system state only a minimum.</source>
        <translation>Los autores del sistema solo indican un mínimo.</translation>
    </message>
    <message>
        <source>The system would like more than this computer can spare.</source>
        <translation>El sistema querría más de lo que este equipo puede ceder.</translation>
    </message>
    <message>
        <source>A size that suits most systems.</source>
        <translation>Un tamaño que sirve para la mayoría de los sistemas.</translation>
    </message>
    <message>
        <source>The system runs from its own medium.</source>
        <translation>El sistema funciona desde su propio medio.</translation>
    </message>
    <message>
        <source>The medium starts only with a BIOS.</source>
        <translation>El medio solo arranca con BIOS.</translation>
    </message>
    <message>
        <source>The medium starts only with UEFI.</source>
        <translation>El medio solo arranca con UEFI.</translation>
    </message>
    <message>
        <source>The system asks for UEFI.</source>
        <translation>El sistema pide UEFI.</translation>
    </message>
    <message>
        <source>A BIOS starts nearly every medium, and fast.</source>
        <translation>Un BIOS arranca casi cualquier medio, y rápido.</translation>
    </message>
    <message>
        <source>The system has drivers for virtual hardware: the fastest choice.</source>
        <translation>El sistema tiene controladores para hardware virtual: la opción más rápida.</translation>
    </message>
    <message>
        <source>Nearly every system has drivers for this hardware.</source>
        <translation>Casi todos los sistemas tienen controladores para este hardware.</translation>
    </message>
    <message>
        <source>The appliance was made with this.</source>
        <translation>El dispositivo virtual se creó con este valor.</translation>
    </message>
</context>
<context>
    <name>ErrorText</name>
    <message>
        <source>The disk is full. Free some space and try again.</source>
        <translation>El disco está lleno. Libere espacio e inténtelo de nuevo.</translation>
    </message>
    <message>
        <source>Access is denied. Check who owns the file and that you may write to it.</source>
        <translation>Acceso denegado. Compruebe de quién es el archivo y que puede escribir en él.</translation>
    </message>
    <message>
        <source>Something is missing that the guest needs.</source>
        <translation>Falta algo que el invitado necesita.</translation>
    </message>
    <message>
        <source>It is in use by another program.</source>
        <translation>Lo está usando otro programa.</translation>
    </message>
    <message>
        <source>The file is damaged; it is left untouched.</source>
        <translation>El archivo está dañado; no se toca.</translation>
    </message>
</context>
<context>
    <name>GuestDraft</name>
    <message>
        <source>Demo</source>
        <translation>Demo</translation>
    </message>
    <message>
        <source>New guest</source>
        <translation>Nuevo invitado</translation>
    </message>
</context>
<context>
    <name>GuestState</name>
    <message>
        <source>Off</source>
        <translation>Apagado</translation>
    </message>
    <message>
        <source>Starting</source>
        <translation>Iniciando</translation>
    </message>
    <message>
        <source>Running</source>
        <translation>En marcha</translation>
    </message>
    <message>
        <source>Paused</source>
        <translation>En pausa</translation>
    </message>
    <message>
        <source>Shutting down</source>
        <translation>Apagándose</translation>
    </message>
    <message>
        <source>Failed</source>
        <translation>Fallido</translation>
    </message>
    <message>
        <source>Damaged</source>
        <translation>Dañado</translation>
    </message>
</context>
<context>
    <name>QObject</name>
    <message>
        <source>Screen of the guest</source>
        <translation>Pantalla del invitado</translation>
    </message>
</context>
<context>
    <name>Setting</name>
    <message>
        <source>Choose…</source>
        <translation>Elegir…</translation>
    </message>
    <message>
        <source>Choose a file: %1</source>
        <translation>Elegir un archivo: %1</translation>
    </message>
    <message>
        <source>General</source>
        <translation>General</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>Nombre</translation>
    </message>
    <message>
        <source>Group</source>
        <translation>Grupo</translation>
    </message>
    <message>
        <source>Guests of one group are listed together.</source>
        <translation>Los invitados de un grupo se muestran juntos.</translation>
    </message>
    <message>
        <source>Notes</source>
        <translation>Notas</translation>
    </message>
    <message>
        <source>Favourite</source>
        <translation>Favorito</translation>
    </message>
    <message>
        <source>Favourites are listed first.</source>
        <translation>Los favoritos se muestran primero.</translation>
    </message>
    <message>
        <source>Processors and memory</source>
        <translation>Procesadores y memoria</translation>
    </message>
    <message>
        <source>Processors</source>
        <translation>Procesadores</translation>
    </message>
    <message>
        <source>Memory</source>
        <translation>Memoria</translation>
    </message>
    <message>
        <source>Start</source>
        <translation>Iniciar</translation>
    </message>
    <message>
        <source>Firmware</source>
        <translation>Firmware</translation>
    </message>
    <message>
        <source>An installed system starts only with the one it was installed with.</source>
        <translation>Un sistema instalado solo arranca con el que se usó al instalarlo.</translation>
    </message>
    <message>
        <source>BIOS</source>
        <translation>BIOS</translation>
    </message>
    <message>
        <source>UEFI</source>
        <translation>UEFI</translation>
    </message>
    <message>
        <source>Own file</source>
        <translation>Archivo propio</translation>
    </message>
    <message>
        <source>Start first from</source>
        <translation>Arrancar primero desde</translation>
    </message>
    <message>
        <source>Automatic: the disk as soon as something is installed on it.</source>
        <translation>Automático: el disco en cuanto haya algo instalado.</translation>
    </message>
    <message>
        <source>Automatic</source>
        <translation>Automático</translation>
    </message>
    <message>
        <source>CD</source>
        <translation>CD</translation>
    </message>
    <message>
        <source>Disk</source>
        <translation>Disco</translation>
    </message>
    <message>
        <source>Floppy</source>
        <translation>Disquete</translation>
    </message>
    <message>
        <source>Network</source>
        <translation>Red</translation>
    </message>
    <message>
        <source>Clock shows local time</source>
        <translation>El reloj muestra la hora local</translation>
    </message>
    <message>
        <source>Windows expects this.</source>
        <translation>Windows lo espera.</translation>
    </message>
    <message>
        <source>Stop instead of restarting</source>
        <translation>Apagar en vez de reiniciar</translation>
    </message>
    <message>
        <source>Disk %1</source>
        <translation>Disco %1</translation>
    </message>
    <message>
        <source>Image file</source>
        <translation>Archivo de imagen</translation>
    </message>
    <message>
        <source>Connected by</source>
        <translation>Conectado por</translation>
    </message>
    <message>
        <source>Every system knows SATA; virtio and NVMe are faster.</source>
        <translation>Todos los sistemas conocen SATA; virtio y NVMe son más rápidos.</translation>
    </message>
    <message>
        <source>Read only</source>
        <translation>Solo lectura</translation>
    </message>
    <message>
        <source>Forget changes</source>
        <translation>Olvidar los cambios</translation>
    </message>
    <message>
        <source>What the guest writes is thrown away when it ends.</source>
        <translation>Lo que escribe el invitado se descarta al terminar.</translation>
    </message>
    <message>
        <source>CD and floppy</source>
        <translation>CD y disquete</translation>
    </message>
    <message>
        <source>Empty: no disc.</source>
        <translation>Vacío: sin disco.</translation>
    </message>
    <message>
        <source>Network %1</source>
        <translation>Red %1</translation>
    </message>
    <message>
        <source>Access</source>
        <translation>Acceso</translation>
    </message>
    <message>
        <source>None</source>
        <translation>Ninguno</translation>
    </message>
    <message>
        <source>Internet</source>
        <translation>Internet</translation>
    </message>
    <message>
        <source>Isolated</source>
        <translation>Aislado</translation>
    </message>
    <message>
        <source>Between guests</source>
        <translation>Entre invitados</translation>
    </message>
    <message>
        <source>Tap interface</source>
        <translation>Interfaz tap</translation>
    </message>
    <message>
        <source>Card</source>
        <translation>Tarjeta</translation>
    </message>
    <message>
        <source>Every system knows the Intel card.</source>
        <translation>Todos los sistemas conocen la tarjeta Intel.</translation>
    </message>
    <message>
        <source>Of the network between guests, or of the tap interface.</source>
        <translation>De la red entre invitados o de la interfaz tap.</translation>
    </message>
    <message>
        <source>MAC address</source>
        <translation>Dirección MAC</translation>
    </message>
    <message>
        <source>Empty: made from the guest&apos;s identity.</source>
        <translation>Vacío: se forma con la identidad del invitado.</translation>
    </message>
    <message>
        <source>Forwarded ports</source>
        <translation>Puertos redirigidos</translation>
    </message>
    <message>
        <source>One a line: tcp:127.0.0.1:2222:22 makes the guest&apos;s port 22 reachable at 2222.</source>
        <translation>Uno por línea: tcp:127.0.0.1:2222:22 hace accesible el puerto 22 del invitado en 2222.</translation>
    </message>
    <message>
        <source>Screen and input</source>
        <translation>Pantalla y entrada</translation>
    </message>
    <message>
        <source>Has a screen</source>
        <translation>Tiene pantalla</translation>
    </message>
    <message>
        <source>Graphics card</source>
        <translation>Tarjeta gráfica</translation>
    </message>
    <message>
        <source>Every system knows the VGA; virtio-gpu follows the window&apos;s size.</source>
        <translation>Todo sistema conoce la VGA; virtio-gpu sigue el tamaño de la ventana.</translation>
    </message>
    <message>
        <source>Pointer</source>
        <translation>Puntero</translation>
    </message>
    <message>
        <source>PS/2 mouse</source>
        <translation>Ratón PS/2</translation>
    </message>
    <message>
        <source>USB tablet</source>
        <translation>Tableta USB</translation>
    </message>
    <message>
        <source>virtio tablet</source>
        <translation>Tableta virtio</translation>
    </message>
    <message>
        <source>Keyboard</source>
        <translation>Teclado</translation>
    </message>
    <message>
        <source>PS/2</source>
        <translation>PS/2</translation>
    </message>
    <message>
        <source>USB</source>
        <translation>USB</translation>
    </message>
    <message>
        <source>virtio</source>
        <translation>virtio</translation>
    </message>
    <message>
        <source>Guests without a driver for the chosen one have the PS/2 keyboard.</source>
        <translation>Los invitados sin controlador para el elegido tienen el teclado PS/2.</translation>
    </message>
    <message>
        <source>With a tablet the pointer follows yours without being captured. Guests without a driver for it have the mouse.</source>
        <translation>Con una tableta, el puntero sigue al suyo sin ser capturado. Los invitados sin controlador para ella tienen el ratón.</translation>
    </message>
    <message>
        <source>As in the preferences</source>
        <translation>Como en las preferencias</translation>
    </message>
    <message>
        <source>Yes</source>
        <translation>Sí</translation>
    </message>
    <message>
        <source>No</source>
        <translation>No</translation>
    </message>
    <message>
        <source>Scaling</source>
        <translation>Escala</translation>
    </message>
    <message>
        <source>Fit the window</source>
        <translation>Ajustar a la ventana</translation>
    </message>
    <message>
        <source>Whole multiples</source>
        <translation>Múltiplos enteros</translation>
    </message>
    <message>
        <source>Exact pixels</source>
        <translation>Píxeles exactos</translation>
    </message>
    <message>
        <source>Desktop</source>
        <translation>Escritorio</translation>
    </message>
    <message>
        <source>Keep the computer awake</source>
        <translation>Mantener el equipo despierto</translation>
    </message>
    <message>
        <source>While this guest runs, the computer does not go to sleep by itself.</source>
        <translation>Mientras este invitado funciona, el equipo no se suspende por sí solo.</translation>
    </message>
    <message>
        <source>Tell me when it ends</source>
        <translation>Avisarme cuando termine</translation>
    </message>
    <message>
        <source>Size</source>
        <translation>Tamaño</translation>
    </message>
    <message>
        <source>A disk only grows. Afterwards its partition and file system must grow too, inside of the guest: in Linux with growpart and resize2fs, in Windows with Disk Management.</source>
        <translation>Un disco solo crece. Después también deben crecer su partición y su sistema de archivos, dentro del invitado: en Linux con growpart y resize2fs, en Windows con Administración de discos.</translation>
    </message>
    <message>
        <source>A new, empty disk; the system in the guest sets it up.</source>
        <translation>Un disco nuevo y vacío; el sistema del invitado lo prepara.</translation>
    </message>
</context>
<context>
    <name>Size</name>
    <message>
        <source>TiB</source>
        <translation>TiB</translation>
    </message>
    <message>
        <source>GiB</source>
        <translation>GiB</translation>
    </message>
    <message>
        <source>MiB</source>
        <translation>MiB</translation>
    </message>
</context>
<context>
    <name>WindowDialogs</name>
    <message>
        <source>Keyboard shortcuts</source>
        <translation>Atajos de teclado</translation>
    </message>
    <message>
        <source>Ctrl+Alt, pressed and released alone</source>
        <translation>Ctrl+Alt, pulsadas y soltadas solas</translation>
    </message>
    <message>
        <source>Give keyboard and pointer back from a guest</source>
        <translation>Recuperar teclado y puntero de un invitado</translation>
    </message>
    <message numerus="yes">
        <source>%n guest(s) still run.</source>
        <translation>
            <numerusform>%n invitado sigue en marcha.</numerusform>
            <numerusform>%n invitados siguen en marcha.</numerusform>
        </translation>
    </message>
    <message>
        <source>They run inside of Guesthouse: what shall become of them?</source>
        <translation>Funcionan dentro de Guesthouse: ¿qué hacer con ellos?</translation>
    </message>
    <message>
        <source>&amp;Shut down, then quit</source>
        <translation>&amp;Apagar y después salir</translation>
    </message>
    <message>
        <source>&amp;Keep running, close the window</source>
        <translation>&amp;Dejar en marcha, cerrar la ventana</translation>
    </message>
    <message>
        <source>&amp;Force off and quit</source>
        <translation>&amp;Forzar apagado y salir</translation>
    </message>
    <message>
        <source>Guests run on when the window is closed.</source>
        <translation>Los invitados siguen en marcha al cerrar la ventana.</translation>
    </message>
    <message>
        <source>Open Guesthouse again, or its symbol in the system tray, to see them. “Quit” in the Machine menu ends them.</source>
        <translation>Abra Guesthouse de nuevo, o su icono en la bandeja, para verlos. «Salir» en el menú Máquina los termina.</translation>
    </message>
    <message>
        <source>&amp;Keep them running</source>
        <translation>&amp;Dejarlos en marcha</translation>
    </message>
    <message>
        <source>&amp;Shut them down</source>
        <translation>&amp;Apagarlos</translation>
    </message>
    <message>
        <source>&amp;Name:</source>
        <translation>&amp;Nombre:</translation>
    </message>
</context>
<context>
    <name>app::CommandPalette</name>
    <message>
        <source>All commands</source>
        <translation>Todas las órdenes</translation>
    </message>
    <message>
        <source>Type a few letters of a command or a guest</source>
        <translation>Escriba unas letras de una orden o un invitado</translation>
    </message>
    <message>
        <source>Command</source>
        <translation>Orden</translation>
    </message>
    <message>
        <source>Commands</source>
        <translation>Órdenes</translation>
    </message>
</context>
<context>
    <name>app::ConnectionTable</name>
    <message>
        <source>opening</source>
        <translation>abriéndose</translation>
    </message>
    <message>
        <source>open</source>
        <translation>abierta</translation>
    </message>
    <message>
        <source>closing</source>
        <translation>cerrándose</translation>
    </message>
    <message>
        <source>closed</source>
        <translation>cerrada</translation>
    </message>
    <message>
        <source>refused</source>
        <translation>rechazada</translation>
    </message>
    <message>
        <source>cut</source>
        <translation>cortada</translation>
    </message>
    <message>
        <source>blocked</source>
        <translation>bloqueada</translation>
    </message>
    <message>
        <source>to %1</source>
        <translation>hacia %1</translation>
    </message>
    <message>
        <source>from %1</source>
        <translation>desde %1</translation>
    </message>
    <message>
        <source>%1 s</source>
        <translation>%1 s</translation>
    </message>
    <message>
        <source>Cu&amp;t</source>
        <translation>Cor&amp;tar</translation>
    </message>
    <message>
        <source>&amp;Block peer</source>
        <translation>&amp;Bloquear interlocutor</translation>
    </message>
    <message>
        <source>Protocol</source>
        <translation>Protocolo</translation>
    </message>
    <message>
        <source>Peer</source>
        <translation>Interlocutor</translation>
    </message>
    <message>
        <source>Port</source>
        <translation>Puerto</translation>
    </message>
    <message>
        <source>State</source>
        <translation>Estado</translation>
    </message>
    <message>
        <source>Sent</source>
        <translation>Enviado</translation>
    </message>
    <message>
        <source>Received</source>
        <translation>Recibido</translation>
    </message>
    <message>
        <source>Time</source>
        <translation>Tiempo</translation>
    </message>
    <message>
        <source>Connections of the guest</source>
        <translation>Conexiones del invitado</translation>
    </message>
    <message>
        <source>End this connection; both sides are told</source>
        <translation>Terminar esta conexión; se avisa a ambas partes</translation>
    </message>
    <message>
        <source>Let nothing through to or from this peer until you allow it again</source>
        <translation>No dejar pasar nada hacia o desde este interlocutor hasta que vuelva a permitirlo</translation>
    </message>
    <message>
        <source>Connections</source>
        <translation>Conexiones</translation>
    </message>
</context>
<context>
    <name>app::ConsolePage</name>
    <message>
        <source>Start</source>
        <translation>Iniciar</translation>
    </message>
    <message>
        <source>The guest is off.</source>
        <translation>El invitado está apagado.</translation>
    </message>
    <message>
        <source>The guest has no screen.</source>
        <translation>El invitado no tiene pantalla.</translation>
    </message>
    <message>
        <source>This build has no console; use any VNC viewer on %1</source>
        <translation>Esta versión no tiene consola; use un visor VNC en %1</translation>
    </message>
</context>
<context>
    <name>app::ConsoleWindow</name>
    <message>
        <source>Screens of guests</source>
        <translation>Pantallas de los invitados</translation>
    </message>
    <message>
        <source>%1 – %2</source>
        <translation>%1 – %2</translation>
    </message>
</context>
<context>
    <name>app::DetailPage</name>
    <message>
        <source>Pages of the guest</source>
        <translation>Páginas del invitado</translation>
    </message>
    <message>
        <source>Overview</source>
        <translation>Resumen</translation>
    </message>
    <message>
        <source>Console</source>
        <translation>Consola</translation>
    </message>
    <message>
        <source>Settings</source>
        <translation>Ajustes</translation>
    </message>
    <message>
        <source>Log</source>
        <translation>Registro</translation>
    </message>
    <message>
        <source>Network</source>
        <translation>Red</translation>
    </message>
    <message>
        <source>%1 · new settings after a restart</source>
        <translation>%1 · nueva configuración tras reiniciar</translation>
    </message>
</context>
<context>
    <name>app::EmptyPage</name>
    <message>
        <source>Welcome to Guesthouse</source>
        <translation>Bienvenido a Guesthouse</translation>
    </message>
    <message>
        <source>Drop an ISO or a disk image anywhere on this window,
or begin with one of these:</source>
        <translation>Suelte una ISO o imagen de disco en esta ventana,
o empiece con una de estas:</translation>
    </message>
    <message>
        <source>&amp;New guest…</source>
        <translation>&amp;Nuevo invitado…</translation>
    </message>
    <message>
        <source>Start the &amp;demo</source>
        <translation>Iniciar la &amp;demo</translation>
    </message>
    <message>
        <source>A small guest that is part of Guesthouse; nothing to download</source>
        <translation>Un pequeño invitado incluido en Guesthouse; nada que descargar</translation>
    </message>
</context>
<context>
    <name>app::ForwardPanel</name>
    <message>
        <source>%1: port %2 of this computer leads to port %3 of the guest</source>
        <translation>%1: el puerto %2 de este equipo lleva al puerto %3 del invitado</translation>
    </message>
    <message>
        <source>Port of this computer</source>
        <translation>Puerto de este equipo</translation>
    </message>
    <message>
        <source>Port of the guest</source>
        <translation>Puerto del invitado</translation>
    </message>
    <message>
        <source>&amp;Remove</source>
        <translation>&amp;Quitar</translation>
    </message>
    <message>
        <source>Forwarded ports</source>
        <translation>Puertos redirigidos</translation>
    </message>
    <message>
        <source>Protocol</source>
        <translation>Protocolo</translation>
    </message>
    <message>
        <source>&amp;Forward</source>
        <translation>Re&amp;dirigir</translation>
    </message>
    <message>
        <source>Port of this computer:</source>
        <translation>Puerto de este equipo:</translation>
    </message>
    <message>
        <source>Port of the guest:</source>
        <translation>Puerto del invitado:</translation>
    </message>
</context>
<context>
    <name>app::GuestConnection</name>
    <message>
        <source>The guest did not answer in time.</source>
        <translation>El invitado no respondió a tiempo.</translation>
    </message>
    <message>
        <source>The guest does not run any more.</source>
        <translation>El invitado ya no está en marcha.</translation>
    </message>
</context>
<context>
    <name>app::GuestListModel</name>
    <message>
        <source>Favourites</source>
        <translation>Favoritos</translation>
    </message>
    <message>
        <source>Guests</source>
        <translation>Invitados</translation>
    </message>
    <message>
        <source>Started elsewhere</source>
        <translation>Iniciados en otro lugar</translation>
    </message>
</context>
<context>
    <name>app::GuestListPanel</name>
    <message>
        <source>Search guests</source>
        <translation>Buscar invitados</translation>
    </message>
    <message>
        <source>Search</source>
        <translation>Buscar</translation>
    </message>
    <message>
        <source>Guests</source>
        <translation>Invitados</translation>
    </message>
</context>
<context>
    <name>app::GuestStore</name>
    <message>
        <source>The guests cannot be read</source>
        <translation>No se pueden leer los invitados</translation>
    </message>
    <message>
        <source>“%1” could not be started</source>
        <translation>No se pudo iniciar «%1»</translation>
    </message>
    <message>
        <source>“%1” could not do that</source>
        <translation>«%1» no pudo hacerlo</translation>
    </message>
    <message>
        <source>Guest</source>
        <translation>Invitado</translation>
    </message>
    <message>
        <source>“%1” needs attention</source>
        <translation>«%1» necesita atención</translation>
    </message>
</context>
<context>
    <name>app::HostCheckPage</name>
    <message>
        <source>Command that mends it</source>
        <translation>Orden que lo arregla</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>Copiar</translation>
    </message>
    <message>
        <source>works</source>
        <translation>funciona</translation>
    </message>
    <message>
        <source>fails</source>
        <translation>falla</translation>
    </message>
    <message>
        <source>Check &amp;again</source>
        <translation>Comprobar de &amp;nuevo</translation>
    </message>
    <message>
        <source>&amp;Close</source>
        <translation>&amp;Cerrar</translation>
    </message>
    <message>
        <source>Checking this computer…</source>
        <translation>Comprobando este equipo…</translation>
    </message>
    <message>
        <source>This computer can run guests.</source>
        <translation>Este equipo puede ejecutar invitados.</translation>
    </message>
    <message>
        <source>This computer cannot run guests yet.</source>
        <translation>Este equipo aún no puede ejecutar invitados.</translation>
    </message>
</context>
<context>
    <name>app::JobBar</name>
    <message>
        <source>Cancel</source>
        <translation>Cancelar</translation>
    </message>
    <message numerus="yes">
        <source>about %n second(s) left</source>
        <translation>
            <numerusform>queda %n segundo aprox.</numerusform>
            <numerusform>quedan unos %n segundos</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>about %n minute(s) left</source>
        <translation>
            <numerusform>queda %n minuto aprox.</numerusform>
            <numerusform>quedan unos %n minutos</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>app::LinePanel</name>
    <message>
        <source>no limit</source>
        <translation>sin límite</translation>
    </message>
    <message>
        <source>%1 Mbit/s</source>
        <translation>%1 Mbit/s</translation>
    </message>
    <message>
        <source>%1 kbit/s</source>
        <translation>%1 kbit/s</translation>
    </message>
    <message>
        <source>Bandwidth to the guest</source>
        <translation>Ancho de banda hacia el invitado</translation>
    </message>
    <message>
        <source>Bandwidth from the guest</source>
        <translation>Ancho de banda desde el invitado</translation>
    </message>
    <message>
        <source>Delay of a round trip</source>
        <translation>Retardo de ida y vuelta</translation>
    </message>
    <message>
        <source>Loss each way</source>
        <translation>Pérdida en cada sentido</translation>
    </message>
    <message>
        <source>&amp;Good line again</source>
        <translation>&amp;Buena línea de nuevo</translation>
    </message>
    <message>
        <source>%1 ms</source>
        <translation>%1 ms</translation>
    </message>
    <message>
        <source>%1 %</source>
        <translation>%1 %</translation>
    </message>
    <message>
        <source>&amp;Stop recording</source>
        <translation>&amp;Detener la grabación</translation>
    </message>
    <message>
        <source>&amp;Record frames</source>
        <translation>&amp;Grabar tramas</translation>
    </message>
    <message>
        <source>Recording to %1</source>
        <translation>Grabando en %1</translation>
    </message>
</context>
<context>
    <name>app::LogPage</name>
    <message>
        <source>Time</source>
        <translation>Hora</translation>
    </message>
    <message>
        <source>Step</source>
        <translation>Paso</translation>
    </message>
    <message>
        <source>Details</source>
        <translation>Detalles</translation>
    </message>
    <message>
        <source>Timeline of the boot</source>
        <translation>Cronología del arranque</translation>
    </message>
    <message>
        <source>Part</source>
        <translation>Parte</translation>
    </message>
    <message>
        <source>Message</source>
        <translation>Mensaje</translation>
    </message>
    <message>
        <source>Log of the guest</source>
        <translation>Registro del invitado</translation>
    </message>
    <message>
        <source>Log</source>
        <translation>Registro</translation>
    </message>
</context>
<context>
    <name>app::MachineActions</name>
    <message>
        <source>&amp;New guest…</source>
        <translation>&amp;Nuevo invitado…</translation>
    </message>
    <message>
        <source>&amp;Add a guest&apos;s folder…</source>
        <translation>&amp;Añadir la carpeta de un invitado…</translation>
    </message>
    <message>
        <source>&amp;Start</source>
        <translation>&amp;Iniciar</translation>
    </message>
    <message>
        <source>&amp;Pause</source>
        <translation>&amp;Pausar</translation>
    </message>
    <message>
        <source>R&amp;esume</source>
        <translation>R&amp;eanudar</translation>
    </message>
    <message>
        <source>Shut &amp;down</source>
        <translation>&amp;Apagar</translation>
    </message>
    <message>
        <source>Rese&amp;t</source>
        <translation>&amp;Reiniciar</translation>
    </message>
    <message>
        <source>&amp;Force off…</source>
        <translation>&amp;Forzar apagado…</translation>
    </message>
    <message>
        <source>Rena&amp;me…</source>
        <translation>Reno&amp;mbrar…</translation>
    </message>
    <message>
        <source>&amp;Clone…</source>
        <translation>&amp;Clonar…</translation>
    </message>
    <message>
        <source>De&amp;lete</source>
        <translation>E&amp;liminar</translation>
    </message>
    <message>
        <source>Open f&amp;older</source>
        <translation>Abrir la &amp;carpeta</translation>
    </message>
    <message>
        <source>Cop&amp;y as command</source>
        <translation>Cop&amp;iar como orden</translation>
    </message>
    <message>
        <source>&amp;Quit</source>
        <translation>&amp;Salir</translation>
    </message>
    <message>
        <source>&amp;Overview</source>
        <translation>&amp;Resumen</translation>
    </message>
    <message>
        <source>&amp;Console</source>
        <translation>&amp;Consola</translation>
    </message>
    <message>
        <source>S&amp;ettings</source>
        <translation>A&amp;justes</translation>
    </message>
    <message>
        <source>&amp;Log</source>
        <translation>Re&amp;gistro</translation>
    </message>
    <message>
        <source>&amp;Find a guest</source>
        <translation>&amp;Buscar un invitado</translation>
    </message>
    <message>
        <source>F&amp;ull screen</source>
        <translation>Pantalla c&amp;ompleta</translation>
    </message>
    <message>
        <source>&amp;Dark colours</source>
        <translation>Colores &amp;oscuros</translation>
    </message>
    <message>
        <source>Send Ctrl+Alt+&amp;Delete</source>
        <translation>Enviar Ctrl+Alt+&amp;Supr</translation>
    </message>
    <message>
        <source>&amp;Type the clipboard&apos;s text</source>
        <translation>&amp;Teclear el texto del portapapeles</translation>
    </message>
    <message>
        <source>Save a &amp;picture of the screen…</source>
        <translation>Guardar una &amp;imagen de la pantalla…</translation>
    </message>
    <message>
        <source>&amp;Insert a CD…</source>
        <translation>&amp;Insertar un CD…</translation>
    </message>
    <message>
        <source>&amp;Eject the CD</source>
        <translation>&amp;Expulsar el CD</translation>
    </message>
    <message>
        <source>&amp;All commands…</source>
        <translation>&amp;Todas las órdenes…</translation>
    </message>
    <message>
        <source>&amp;Keyboard shortcuts</source>
        <translation>&amp;Atajos de teclado</translation>
    </message>
    <message>
        <source>Check this &amp;computer</source>
        <translation>Comprobar este &amp;equipo</translation>
    </message>
    <message>
        <source>A&amp;bout Guesthouse</source>
        <translation>A&amp;cerca de Guesthouse</translation>
    </message>
    <message>
        <source>&amp;Machine</source>
        <translation>&amp;Máquina</translation>
    </message>
    <message>
        <source>&amp;View</source>
        <translation>&amp;Ver</translation>
    </message>
    <message>
        <source>&amp;Input</source>
        <translation>&amp;Entrada</translation>
    </message>
    <message>
        <source>&amp;Devices</source>
        <translation>&amp;Dispositivos</translation>
    </message>
    <message>
        <source>&amp;Help</source>
        <translation>A&amp;yuda</translation>
    </message>
    <message>
        <source>&amp;Import…</source>
        <translation>&amp;Importar…</translation>
    </message>
    <message>
        <source>Fa&amp;vourite</source>
        <translation>Fa&amp;vorito</translation>
    </message>
    <message>
        <source>E&amp;xport…</source>
        <translation>E&amp;xportar…</translation>
    </message>
    <message>
        <source>Console in its own &amp;window</source>
        <translation>Consola en su propia &amp;ventana</translation>
    </message>
    <message>
        <source>Console in a new &amp;tab</source>
        <translation>Consola en una pestaña &amp;nueva</translation>
    </message>
    <message>
        <source>&amp;Back to the list of guests</source>
        <translation>Volver a la &amp;lista de invitados</translation>
    </message>
    <message>
        <source>&amp;Preferences…</source>
        <translation>&amp;Preferencias…</translation>
    </message>
    <message>
        <source>User &amp;guide</source>
        <translation>&amp;Guía del usuario</translation>
    </message>
    <message>
        <source>Send &amp;other keys</source>
        <translation>Enviar &amp;otras teclas</translation>
    </message>
    <message>
        <source>Super</source>
        <translation>Super</translation>
    </message>
    <message>
        <source>Print</source>
        <translation>ImprPant</translation>
    </message>
</context>
<context>
    <name>app::MainWindow</name>
    <message>
        <source>Guesthouse</source>
        <translation>Guesthouse</translation>
    </message>
    <message>
        <source>New guest…</source>
        <translation>Nuevo invitado…</translation>
    </message>
    <message>
        <source>“%1” failed</source>
        <translation>«%1» ha fallado</translation>
    </message>
    <message>
        <source>“%1” is off</source>
        <translation>«%1» está apagado</translation>
    </message>
    <message>
        <source>The guest has shut down.</source>
        <translation>El invitado se ha apagado.</translation>
    </message>
    <message numerus="yes">
        <source>Guesthouse: %n guest(s) running</source>
        <translation>
            <numerusform>Guesthouse: %n invitado en marcha</numerusform>
            <numerusform>Guesthouse: %n invitados en marcha</numerusform>
        </translation>
    </message>
    <message>
        <source>%1 – Guesthouse</source>
        <translation>%1 – Guesthouse</translation>
    </message>
    <message>
        <source>&amp;Show Guesthouse</source>
        <translation>&amp;Mostrar Guesthouse</translation>
    </message>
    <message>
        <source>Reset this guest?</source>
        <translation>¿Reiniciar este invitado?</translation>
    </message>
    <message>
        <source>What it has not written to its disk is lost.</source>
        <translation>Se pierde lo que no haya escrito en su disco.</translation>
    </message>
    <message>
        <source>&amp;Reset</source>
        <translation>&amp;Reiniciar</translation>
    </message>
    <message>
        <source>Force this guest off?</source>
        <translation>¿Forzar el apagado de este invitado?</translation>
    </message>
    <message>
        <source>It is like pulling the plug. Try “Shut down” first.</source>
        <translation>Es como tirar del enchufe. Pruebe antes «Apagar».</translation>
    </message>
    <message>
        <source>&amp;Force off</source>
        <translation>&amp;Forzar apagado</translation>
    </message>
    <message>
        <source>About Guesthouse</source>
        <translation>Acerca de Guesthouse</translation>
    </message>
    <message>
        <source>Guesthouse %1</source>
        <translation>Guesthouse %1</translation>
    </message>
    <message>
        <source>Virtual machines for the Linux desktop. Free software under the GNU General Public License, version 3 or later.</source>
        <translation>Máquinas virtuales para el escritorio Linux. Software libre bajo la Licencia Pública General de GNU, versión 3 o posterior.</translation>
    </message>
    <message>
        <source>Insert a CD</source>
        <translation>Insertar un CD</translation>
    </message>
    <message>
        <source>Save the picture as</source>
        <translation>Guardar la imagen como</translation>
    </message>
    <message>
        <source>Pictures (*.png)</source>
        <translation>Imágenes (*.png)</translation>
    </message>
    <message>
        <source>Rename “%1”</source>
        <translation>Renombrar «%1»</translation>
    </message>
    <message>
        <source>The guest was not renamed</source>
        <translation>No se renombró el invitado</translation>
    </message>
    <message>
        <source>%1 (copy)</source>
        <translation>%1 (copia)</translation>
    </message>
    <message>
        <source>%1 (copy %2)</source>
        <translation>%1 (copia %2)</translation>
    </message>
    <message>
        <source>Add a guest&apos;s folder</source>
        <translation>Añadir la carpeta de un invitado</translation>
    </message>
    <message>
        <source>This folder cannot be used as a guest</source>
        <translation>Esta carpeta no sirve como invitado</translation>
    </message>
    <message>
        <source>Go to “%1”</source>
        <translation>Ir a «%1»</translation>
    </message>
    <message>
        <source>Creating “%1”…</source>
        <translation>Creando «%1»…</translation>
    </message>
    <message>
        <source>“%1” was not created</source>
        <translation>No se creó «%1»</translation>
    </message>
    <message>
        <source>Cloning to “%1”…</source>
        <translation>Clonando a «%1»…</translation>
    </message>
    <message>
        <source>The guest was not cloned</source>
        <translation>No se clonó el invitado</translation>
    </message>
    <message>
        <source>“%1” was not deleted</source>
        <translation>No se eliminó «%1»</translation>
    </message>
    <message>
        <source>“%1” is no longer listed; its files stay where they are.</source>
        <translation>«%1» ya no está en la lista; sus archivos siguen donde están.</translation>
    </message>
    <message>
        <source>“%1” was moved to the trash.</source>
        <translation>«%1» se ha movido a la papelera.</translation>
    </message>
    <message>
        <source>&amp;Undo</source>
        <translation>&amp;Deshacer</translation>
    </message>
    <message>
        <source>The guest could not be restored</source>
        <translation>No se pudo restaurar el invitado</translation>
    </message>
    <message>
        <source>The settings were not stored</source>
        <translation>No se guardaron los ajustes</translation>
    </message>
    <message>
        <source>Waiting for the guests to shut down…</source>
        <translation>Esperando a que se apaguen los invitados…</translation>
    </message>
    <message>
        <source>Some guests did not shut down</source>
        <translation>Algunos invitados no se apagaron</translation>
    </message>
    <message>
        <source>They may wait for an answer on their screen. Quit again to force them off.</source>
        <translation>Quizá esperan una respuesta en su pantalla. Salga otra vez para forzar el apagado.</translation>
    </message>
    <message>
        <source>Importing %1…</source>
        <translation>Importando %1…</translation>
    </message>
    <message>
        <source>The guest was not imported</source>
        <translation>El invitado no se ha importado</translation>
    </message>
    <message>
        <source>Exporting “%1”…</source>
        <translation>Exportando «%1»…</translation>
    </message>
    <message>
        <source>“%1” was exported to %2.</source>
        <translation>«%1» se ha exportado a %2.</translation>
    </message>
    <message>
        <source>“%1” was not exported</source>
        <translation>«%1» no se ha exportado</translation>
    </message>
    <message>
        <source>Not possible: a disk lies outside of the guest&apos;s folder.</source>
        <translation>No es posible: un disco está fuera de la carpeta del invitado.</translation>
    </message>
    <message>
        <source>Not possible: a disk is not in the format qcow2.</source>
        <translation>No es posible: un disco no tiene el formato qcow2.</translation>
    </message>
    <message>
        <source>There is no disk that could be shared.</source>
        <translation>No hay ningún disco que se pueda compartir.</translation>
    </message>
    <message>
        <source>Import an appliance, a disk or an exported guest</source>
        <translation>Importar un dispositivo virtual, un disco o un invitado exportado</translation>
    </message>
    <message>
        <source>Appliances, disks and exported guests (*.ova *.ovf *.vmdk *.vdi *.vhd *.vhdx *.qcow2 *.img *.raw *.tar *.tar.gz *.tar.zst)</source>
        <translation>Dispositivos virtuales, discos e invitados exportados (*.ova *.ovf *.vmdk *.vdi *.vhd *.vhdx *.qcow2 *.img *.raw *.tar *.tar.gz *.tar.zst)</translation>
    </message>
    <message>
        <source>All files (*)</source>
        <translation>Todos los archivos (*)</translation>
    </message>
    <message>
        <source>Export “%1” to</source>
        <translation>Exportar «%1» a</translation>
    </message>
    <message>
        <source>Exported guests (*.tar.zst)</source>
        <translation>Invitados exportados (*.tar.zst)</translation>
    </message>
    <message>
        <source>&amp;Restart</source>
        <translation>&amp;Reiniciar</translation>
    </message>
    <message>
        <source>It does not end. Try “Force off” and start it again.</source>
        <translation>No termina. Pruebe «Forzar apagado» e inícielo de nuevo.</translation>
    </message>
    <message>
        <source>Restart this guest with its new settings?</source>
        <translation>¿Reiniciar este invitado con su nueva configuración?</translation>
    </message>
    <message>
        <source>The guest was not restarted</source>
        <translation>El invitado no se ha reiniciado</translation>
    </message>
</context>
<context>
    <name>app::MessageBar</name>
    <message>
        <source>Close the message</source>
        <translation>Cerrar el mensaje</translation>
    </message>
</context>
<context>
    <name>app::NetworkClient</name>
    <message>
        <source>Guesthouse cannot listen on port %1 of this computer: another program uses it. Choose another port, or end that program (“ss -lnp” names it).</source>
        <translation>Guesthouse no puede escuchar en el puerto %1 de este equipo: lo usa otro programa. Elija otro puerto o cierre ese programa («ss -lnp» lo nombra).</translation>
    </message>
    <message>
        <source>Guesthouse cannot listen on port %1 of this computer: ports below 1024 belong to its administrator. Choose a higher one, for example %2.</source>
        <translation>Guesthouse no puede escuchar en el puerto %1 de este equipo: los puertos por debajo de 1024 pertenecen a su administrador. Elija uno más alto, por ejemplo %2.</translation>
    </message>
</context>
<context>
    <name>app::NetworkPage</name>
    <message>
        <source>&amp;Copy</source>
        <translation>&amp;Copiar</translation>
    </message>
    <message>
        <source>C&amp;onnect now</source>
        <translation>C&amp;onectar ahora</translation>
    </message>
    <message>
        <source>Cable &amp;plugged in</source>
        <translation>Cable co&amp;nectado</translation>
    </message>
    <message>
        <source>&amp;Allow again</source>
        <translation>Permitir de &amp;nuevo</translation>
    </message>
    <message>
        <source>The network can be seen here while the guest runs.</source>
        <translation>La red se ve aquí mientras el invitado funciona.</translation>
    </message>
    <message>
        <source>Address of the guest</source>
        <translation>Dirección del invitado</translation>
    </message>
    <message>
        <source>Copy the guest&apos;s address</source>
        <translation>Copiar la dirección del invitado</translation>
    </message>
    <message>
        <source>Where the cable leads</source>
        <translation>Adónde lleva el cable</translation>
    </message>
    <message>
        <source>User network</source>
        <translation>Red de usuario</translation>
    </message>
    <message>
        <source>Isolated</source>
        <translation>Aislada</translation>
    </message>
    <message>
        <source>Network between guests</source>
        <translation>Red entre invitados</translation>
    </message>
    <message>
        <source>Tap interface</source>
        <translation>Interfaz tap</translation>
    </message>
    <message>
        <source>Name of the network or interface</source>
        <translation>Nombre de la red o de la interfaz</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>Nombre</translation>
    </message>
    <message>
        <source>Takes effect now; the guest sees its cable pulled and plugged in again</source>
        <translation>Surte efecto ahora; el invitado ve su cable desconectado y conectado de nuevo</translation>
    </message>
    <message>
        <source>Address:</source>
        <translation>Dirección:</translation>
    </message>
    <message>
        <source>Names that the guest has looked up</source>
        <translation>Nombres que el invitado ha consultado</translation>
    </message>
    <message>
        <source>Blocked peers</source>
        <translation>Interlocutores bloqueados</translation>
    </message>
    <message>
        <source>More about the network</source>
        <translation>Más sobre la red</translation>
    </message>
    <message>
        <source>Forwarded ports</source>
        <translation>Puertos redirigidos</translation>
    </message>
    <message>
        <source>Line and recording</source>
        <translation>Línea y grabación</translation>
    </message>
    <message>
        <source>Names looked up</source>
        <translation>Nombres consultados</translation>
    </message>
    <message>
        <source>none yet</source>
        <translation>ninguna todavía</translation>
    </message>
    <message>
        <source>The guest listens on port %1. Lead port %2 of this computer there?</source>
        <translation>El invitado escucha en el puerto %1. ¿Llevar allí el puerto %2 de este equipo?</translation>
    </message>
    <message>
        <source>Forward</source>
        <translation>Redirigir</translation>
    </message>
</context>
<context>
    <name>app::OverviewPage</name>
    <message>
        <source>%1/s</source>
        <translation>%1/s</translation>
    </message>
    <message>
        <source>Processors</source>
        <translation>Procesadores</translation>
    </message>
    <message>
        <source>Memory</source>
        <translation>Memoria</translation>
    </message>
    <message>
        <source>Disk</source>
        <translation>Disco</translation>
    </message>
    <message>
        <source>Network</source>
        <translation>Red</translation>
    </message>
    <message>
        <source>Screen of the guest</source>
        <translation>Pantalla del invitado</translation>
    </message>
    <message>
        <source>Open the console</source>
        <translation>Abrir la consola</translation>
    </message>
    <message>
        <source>Facts about the guest</source>
        <translation>Datos del invitado</translation>
    </message>
    <message>
        <source>State</source>
        <translation>Estado</translation>
    </message>
    <message>
        <source>System</source>
        <translation>Sistema</translation>
    </message>
    <message>
        <source>Firmware</source>
        <translation>Firmware</translation>
    </message>
    <message>
        <source>UEFI</source>
        <translation>UEFI</translation>
    </message>
    <message>
        <source>BIOS</source>
        <translation>BIOS</translation>
    </message>
    <message>
        <source>CD</source>
        <translation>CD</translation>
    </message>
    <message>
        <source>empty</source>
        <translation>vacío</translation>
    </message>
    <message>
        <source>Folder</source>
        <translation>Carpeta</translation>
    </message>
    <message>
        <source>Notes</source>
        <translation>Notas</translation>
    </message>
</context>
<context>
    <name>app::PreferencesDialog</name>
    <message>
        <source>Preferences</source>
        <translation>Preferencias</translation>
    </message>
    <message>
        <source>Scaling of the screen</source>
        <translation>Escala de la pantalla</translation>
    </message>
    <message>
        <source>Fit the window</source>
        <translation>Ajustar a la ventana</translation>
    </message>
    <message>
        <source>Whole multiples</source>
        <translation>Múltiplos enteros</translation>
    </message>
    <message>
        <source>Exact pixels</source>
        <translation>Píxeles exactos</translation>
    </message>
    <message>
        <source>All guests</source>
        <translation>Todos los invitados</translation>
    </message>
    <message>
        <source>A guest&apos;s own settings can say otherwise.</source>
        <translation>Los ajustes de un invitado pueden decir otra cosa.</translation>
    </message>
    <message>
        <source>&amp;Scaling of the screen:</source>
        <translation>E&amp;scala de la pantalla:</translation>
    </message>
    <message>
        <source>Keep the computer &amp;awake while guests run</source>
        <translation>Mantener el equipo &amp;despierto mientras haya invitados en marcha</translation>
    </message>
    <message>
        <source>&amp;Tell me when a guest ends</source>
        <translation>&amp;Avisarme cuando termine un invitado</translation>
    </message>
    <message>
        <source>Window</source>
        <translation>Ventana</translation>
    </message>
    <message>
        <source>&amp;Dark colours</source>
        <translation>Colores &amp;oscuros</translation>
    </message>
    <message>
        <source>&amp;Closing the window leaves guests running, without a question</source>
        <translation>Al &amp;cerrar la ventana los invitados siguen en marcha, sin preguntar</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Cerrar</translation>
    </message>
</context>
<context>
    <name>app::SessionInhibitor</name>
    <message>
        <source>Guests are running</source>
        <translation>Hay invitados en marcha</translation>
    </message>
</context>
<context>
    <name>app::SettingsPage</name>
    <message>
        <source>Search settings</source>
        <translation>Buscar ajustes</translation>
    </message>
    <message>
        <source>Sections</source>
        <translation>Secciones</translation>
    </message>
    <message>
        <source>&amp;Apply</source>
        <translation>&amp;Aplicar</translation>
    </message>
    <message>
        <source>&amp;Discard</source>
        <translation>&amp;Descartar</translation>
    </message>
    <message>
        <source>This is not complete yet. %1</source>
        <translation>Aún no está completo. %1</translation>
    </message>
    <message>
        <source>%1: %2 → %3</source>
        <translation>%1: %2 → %3</translation>
    </message>
    <message>
        <source> (now)</source>
        <translation> (ahora)</translation>
    </message>
    <message>
        <source> (after restart)</source>
        <translation> (tras reiniciar)</translation>
    </message>
    <message>
        <source>The settings were not stored</source>
        <translation>No se guardaron los ajustes</translation>
    </message>
    <message>
        <source>Takes effect now.</source>
        <translation>Surte efecto ahora.</translation>
    </message>
    <message>
        <source>Takes effect after a restart.</source>
        <translation>Surte efecto tras un reinicio.</translation>
    </message>
    <message>
        <source>&amp;Restart now…</source>
        <translation>&amp;Reiniciar ahora…</translation>
    </message>
    <message>
        <source>The guest sees its new settings when it has been switched off and on again.</source>
        <translation>El invitado verá su nueva configuración cuando se apague y se vuelva a encender.</translation>
    </message>
</context>
<context>
    <name>app::UserGuide</name>
    <message>
        <source>User guide</source>
        <translation>Guía del usuario</translation>
    </message>
    <message>
        <source>The user guide is not installed with this build. It is in the folder docs/user-guide of the source code.</source>
        <translation>La guía no está instalada con esta versión. Está en la carpeta docs/user-guide del código fuente.</translation>
    </message>
</context>
<context>
    <name>wizards::CloneDialog</name>
    <message>
        <source>Clone “%1”</source>
        <translation>Clonar «%1»</translation>
    </message>
    <message>
        <source>Name of the copy</source>
        <translation>Nombre de la copia</translation>
    </message>
    <message>
        <source>&amp;Clone</source>
        <translation>&amp;Clonar</translation>
    </message>
    <message>
        <source>&amp;Name:</source>
        <translation>&amp;Nombre:</translation>
    </message>
    <message>
        <source>&amp;Full copy</source>
        <translation>Copia &amp;completa</translation>
    </message>
    <message>
        <source>&amp;Linked copy</source>
        <translation>Copia &amp;enlazada</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Cancelar</translation>
    </message>
    <message>
        <source>Copy as co&amp;mmand</source>
        <translation>Copiar como &amp;orden</translation>
    </message>
    <message>
        <source>Disks and an identity of its own. At most %1 are copied.</source>
        <translation>Discos e identidad propios. Se copian como mucho %1.</translation>
    </message>
    <message>
        <source>Ready at once and small: both share what they have in common, and each keeps its own changes.</source>
        <translation>Lista al instante y pequeña: ambos comparten lo que tienen en común y cada uno conserva sus propios cambios.</translation>
    </message>
</context>
<context>
    <name>wizards::MediumChooser</name>
    <message>
        <source>Choose &amp;file…</source>
        <translation>Elegir &amp;archivo…</translation>
    </message>
    <message>
        <source>Drop an ISO or a disk image here, or choose a file:</source>
        <translation>Suelte aquí una ISO o imagen de disco, o elija un archivo:</translation>
    </message>
    <message>
        <source>File to start from</source>
        <translation>Archivo de arranque</translation>
    </message>
    <message>
        <source>ISO, disk image (qcow2, raw, vmdk, vdi), floppy or appliance (ova)</source>
        <translation>ISO, imagen de disco (qcow2, raw, vmdk, vdi), disquete o appliance (ova)</translation>
    </message>
    <message>
        <source>Media and disks (*.iso *.img *.qcow2 *.raw *.vmdk *.vdi *.vhd *.vhdx *.flp *.ova *.ovf)</source>
        <translation>Medios y discos (*.iso *.img *.qcow2 *.raw *.vmdk *.vdi *.vhd *.vhdx *.flp *.ova *.ovf)</translation>
    </message>
    <message>
        <source>All files (*)</source>
        <translation>Todos los archivos (*)</translation>
    </message>
    <message>
        <source>Choose a medium</source>
        <translation>Elegir un medio</translation>
    </message>
</context>
<context>
    <name>wizards::NewGuestWizard</name>
    <message>
        <source>New guest</source>
        <translation>Nuevo invitado</translation>
    </message>
    <message>
        <source>&amp;Create</source>
        <translation>&amp;Crear</translation>
    </message>
    <message>
        <source>&amp;Back</source>
        <translation>&amp;Atrás</translation>
    </message>
    <message>
        <source>&amp;Next</source>
        <translation>&amp;Siguiente</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Cancelar</translation>
    </message>
</context>
<context>
    <name>wizards::ResourceSlider</name>
    <message>
        <source>%1, exact value</source>
        <translation>%1, valor exacto</translation>
    </message>
    <message>
        <source>Processors</source>
        <translation>Procesadores</translation>
    </message>
    <message>
        <source>Memory</source>
        <translation>Memoria</translation>
    </message>
    <message>
        <source>Disk</source>
        <translation>Disco</translation>
    </message>
    <message>
        <source>MiB</source>
        <translation>MiB</translation>
    </message>
    <message>
        <source>GiB</source>
        <translation>GiB</translation>
    </message>
    <message numerus="yes">
        <source>This computer has %n processor(s); guests share them.</source>
        <translation>
            <numerusform>Este equipo tiene %n procesador; los invitados lo comparten.</numerusform>
            <numerusform>Este equipo tiene %n procesadores; los invitados los comparten.</numerusform>
        </translation>
    </message>
    <message>
        <source>Leaves %1 of the computer&apos;s %2.</source>
        <translation>Deja %1 de los %2 del equipo.</translation>
    </message>
    <message>
        <source>Grows as it is used; %1 are free now.</source>
        <translation>Crece con el uso; ahora hay %1 libres.</translation>
    </message>
    <message numerus="yes">
        <source>%n processor(s)</source>
        <translation>
            <numerusform>%n procesador</numerusform>
            <numerusform>%n procesadores</numerusform>
        </translation>
    </message>
    <message>
        <source>The guest&apos;s system needs at least %1.</source>
        <translation>El sistema del invitado necesita al menos %1.</translation>
    </message>
    <message>
        <source>More processors than the computer has make the guest slower.</source>
        <translation>Más procesadores de los que tiene el equipo hacen más lento al invitado.</translation>
    </message>
    <message>
        <source>The computer itself may become slow.</source>
        <translation>El propio equipo puede volverse lento.</translation>
    </message>
    <message>
        <source>There is not so much free space; a full guest would stop.</source>
        <translation>No hay tanto espacio libre; un invitado lleno se pararía.</translation>
    </message>
    <message>
        <source>Takes effect now.</source>
        <translation>Tiene efecto ahora.</translation>
    </message>
    <message>
        <source>Takes effect after a restart of the guest.</source>
        <translation>Tiene efecto tras reiniciar el invitado.</translation>
    </message>
    <message>
        <source>The guest has no disk.</source>
        <translation>El invitado no tiene disco.</translation>
    </message>
    <message>
        <source>none</source>
        <translation>ninguno</translation>
    </message>
</context>
<context>
    <name>wizards::SizePage</name>
    <message>
        <source>How much may it use?</source>
        <translation>¿Cuánto puede usar?</translation>
    </message>
    <message>
        <source>You can change all of this later.</source>
        <translation>Todo esto se puede cambiar después.</translation>
    </message>
    <message>
        <source>Firmware</source>
        <translation>Firmware</translation>
    </message>
    <message>
        <source>BIOS</source>
        <translation>BIOS</translation>
    </message>
    <message>
        <source>UEFI</source>
        <translation>UEFI</translation>
    </message>
    <message>
        <source>&amp;Disk:</source>
        <translation>&amp;Disco:</translation>
    </message>
    <message>
        <source>&amp;Processors:</source>
        <translation>&amp;Procesadores:</translation>
    </message>
    <message>
        <source>&amp;Memory:</source>
        <translation>&amp;Memoria:</translation>
    </message>
    <message>
        <source>&amp;Firmware:</source>
        <translation>&amp;Firmware:</translation>
    </message>
</context>
<context>
    <name>wizards::StartPage</name>
    <message>
        <source>Enter a name for the guest.</source>
        <translation>Escriba un nombre para el invitado.</translation>
    </message>
    <message>
        <source>The name is too long.</source>
        <translation>El nombre es demasiado largo.</translation>
    </message>
    <message>
        <source>A guest called “%1” already exists.</source>
        <translation>Ya existe un invitado llamado «%1».</translation>
    </message>
    <message>
        <source>&amp;Start it now</source>
        <translation>&amp;Iniciar ahora</translation>
    </message>
    <message>
        <source>Ready to go</source>
        <translation>Listo para empezar</translation>
    </message>
    <message>
        <source>Give it a name and start.</source>
        <translation>Póngale un nombre y empiece.</translation>
    </message>
    <message>
        <source>Name of the guest</source>
        <translation>Nombre del invitado</translation>
    </message>
    <message>
        <source>Copy as co&amp;mmand</source>
        <translation>Copiar como o&amp;rden</translation>
    </message>
    <message>
        <source>The command line that creates the same guest</source>
        <translation>La línea de órdenes que crea el mismo invitado</translation>
    </message>
    <message>
        <source>&amp;Name:</source>
        <translation>&amp;Nombre:</translation>
    </message>
    <message>
        <source>Summary:</source>
        <translation>Resumen:</translation>
    </message>
    <message>
        <source>Starts from %1</source>
        <translation>Arranca desde %1</translation>
    </message>
    <message numerus="yes">
        <source>%n processor(s)</source>
        <translation>
            <numerusform>%n procesador</numerusform>
            <numerusform>%n procesadores</numerusform>
        </translation>
    </message>
    <message>
        <source>%1 of memory</source>
        <translation>%1 de memoria</translation>
    </message>
    <message>
        <source>A new disk of %1, which grows as it is used</source>
        <translation>Un disco nuevo de %1, que crece con el uso</translation>
    </message>
    <message>
        <source>UEFI firmware</source>
        <translation>Firmware UEFI</translation>
    </message>
    <message>
        <source>BIOS firmware</source>
        <translation>Firmware BIOS</translation>
    </message>
    <message>
        <source>Network with access to the Internet</source>
        <translation>Red con acceso a Internet</translation>
    </message>
    <message numerus="yes">
        <source>%n disk(s) of the appliance, converted and copied</source>
        <translation>
            <numerusform>%n disco del dispositivo virtual, convertido y copiado</numerusform>
            <numerusform>%n discos del dispositivo virtual, convertidos y copiados</numerusform>
        </translation>
    </message>
    <message>
        <source>A copy of %1</source>
        <translation>Una copia de %1</translation>
    </message>
    <message>
        <source>The name must not begin with “-”.</source>
        <translation>El nombre no debe empezar por «-».</translation>
    </message>
</context>
<context>
    <name>wizards::WhatPage</name>
    <message>
        <source>From an &amp;ISO, a disk or an appliance</source>
        <translation>Desde una &amp;ISO, un disco o un appliance</translation>
    </message>
    <message>
        <source>The built-in &amp;demo: a small tour, nothing to download</source>
        <translation>La &amp;demo incluida: un pequeño recorrido, nada que descargar</translation>
    </message>
    <message>
        <source>An &amp;empty guest; I add a medium later</source>
        <translation>Un invitado &amp;vacío; añadiré un medio después</translation>
    </message>
    <message>
        <source>&amp;Copy the disk into the guest&apos;s folder</source>
        <translation>&amp;Copiar el disco a la carpeta del invitado</translation>
    </message>
    <message>
        <source>What shall run?</source>
        <translation>¿Qué quiere ejecutar?</translation>
    </message>
    <message>
        <source>Any medium works; a known one gets better defaults.</source>
        <translation>Sirve cualquier medio; uno conocido tiene mejores valores iniciales.</translation>
    </message>
    <message>
        <source>Operating system</source>
        <translation>Sistema operativo</translation>
    </message>
    <message>
        <source>The original stays as it is. Otherwise the guest writes to it.</source>
        <translation>El original queda como está. Si no, el invitado escribe en él.</translation>
    </message>
    <message>
        <source>&amp;System:</source>
        <translation>&amp;Sistema:</translation>
    </message>
    <message>
        <source>Not known</source>
        <translation>Desconocido</translation>
    </message>
    <message>
        <source>Looking at the file…</source>
        <translation>Examinando el archivo…</translation>
    </message>
    <message>
        <source>This file cannot be opened. Check the path and that you may read it.</source>
        <translation>No se puede abrir este archivo. Compruebe la ruta y que puede leerlo.</translation>
    </message>
    <message>
        <source>Not recognised (%1). You can use it as a CD all the same.</source>
        <translation>No reconocido (%1). Puede usarlo como CD igualmente.</translation>
    </message>
    <message>
        <source>Recognised: %1.</source>
        <translation>Reconocido: %1.</translation>
    </message>
    <message>
        <source>A CD or DVD called “%1”; its system is not known. You can use it all the same.</source>
        <translation>Un CD o DVD llamado «%1»; su sistema es desconocido. Puede usarlo igualmente.</translation>
    </message>
    <message>
        <source>A floppy disk.</source>
        <translation>Un disquete.</translation>
    </message>
    <message>
        <source>A disk in the format %1.</source>
        <translation>Un disco en formato %1.</translation>
    </message>
    <message>
        <source>This appliance cannot be used: %1</source>
        <translation>Este dispositivo virtual no se puede usar: %1</translation>
    </message>
    <message>
        <source>%1 of memory</source>
        <translation>%1 de memoria</translation>
    </message>
    <message numerus="yes">
        <source>%n disk(s)</source>
        <translation>
            <numerusform>%n disco</numerusform>
            <numerusform>%n discos</numerusform>
        </translation>
    </message>
    <message>
        <source>The appliance “%1”: %2. Its disks are copied.</source>
        <translation>El dispositivo virtual «%1»: %2. Sus discos se copian.</translation>
    </message>
</context>
<context>
    <name>wizards::ZonedSlider</name>
    <message>
        <source>minimum</source>
        <extracomment>Label of a slider&apos;s tick: the guest&apos;s system needs at least this much</extracomment>
        <translation>mínimo</translation>
    </message>
    <message>
        <source>recommended</source>
        <extracomment>Label of a slider&apos;s tick: the guest&apos;s system recommends this much</extracomment>
        <translation>recomendado</translation>
    </message>
</context>
</TS>

<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="fr">
<context>
    <name>BootCoach</name>
    <message>
        <source>Neither the disk nor the CD can be started. Is it the right medium?</source>
        <translation>Ni le disque ni le CD ne peuvent démarrer. Est-ce le bon support ?</translation>
    </message>
    <message>
        <source>Choose another medium…</source>
        <translation>Choisir un autre support…</translation>
    </message>
    <message>
        <source>The disk is still empty: there is nothing to start. Insert an installation CD.</source>
        <translation>Le disque est encore vide : il n&apos;y a rien à démarrer. Insérez un CD d&apos;installation.</translation>
    </message>
    <message>
        <source>Choose a medium…</source>
        <translation>Choisir un support…</translation>
    </message>
    <message>
        <source>This medium starts only with a BIOS, and the guest uses UEFI.</source>
        <translation>Ce support ne démarre qu&apos;avec un BIOS, et l&apos;invité utilise UEFI.</translation>
    </message>
    <message>
        <source>Switch to BIOS and restart</source>
        <translation>Passer au BIOS et redémarrer</translation>
    </message>
    <message>
        <source>This medium starts only with UEFI, and the guest uses a BIOS.</source>
        <translation>Ce support ne démarre qu&apos;avec UEFI, et l&apos;invité utilise un BIOS.</translation>
    </message>
    <message>
        <source>Switch to UEFI and restart</source>
        <translation>Passer à UEFI et redémarrer</translation>
    </message>
    <message>
        <source>The guest crashed so badly that it reset itself.</source>
        <translation>L&apos;invité a planté si gravement qu&apos;il s&apos;est réinitialisé.</translation>
    </message>
    <message>
        <source>Show the log</source>
        <translation>Afficher le journal</translation>
    </message>
    <message>
        <source>The guest has halted and waits for nothing.</source>
        <translation>L&apos;invité s&apos;est arrêté et n&apos;attend plus rien.</translation>
    </message>
    <message>
        <source>Restart</source>
        <translation>Redémarrer</translation>
    </message>
    <message>
        <source>The computer&apos;s disk is full. The guest waits; free some space and resume it.</source>
        <translation>Le disque de l&apos;ordinateur est plein. L&apos;invité attend ; libérez de la place et reprenez-le.</translation>
    </message>
    <message>
        <source>Open the folder</source>
        <translation>Ouvrir le dossier</translation>
    </message>
    <message>
        <source>The guest restarts. If the installation has finished, take the CD out.</source>
        <translation>L&apos;invité redémarre. Si l&apos;installation est terminée, retirez le CD.</translation>
    </message>
    <message>
        <source>Eject the CD</source>
        <translation>Éjecter le CD</translation>
    </message>
    <message>
        <source>The guest failed: %1</source>
        <translation>L&apos;invité a échoué : %1</translation>
    </message>
    <message>
        <source>Switched on</source>
        <translation>Allumé</translation>
    </message>
    <message>
        <source>Tries to start from a medium</source>
        <translation>Essaie de démarrer depuis un support</translation>
    </message>
    <message>
        <source>That did not work</source>
        <translation>Cela n’a pas fonctionné</translation>
    </message>
    <message>
        <source>The medium&apos;s own program started</source>
        <translation>Le programme du support a démarré</translation>
    </message>
    <message>
        <source>Nothing on the media can be started</source>
        <translation>Rien sur les supports ne peut démarrer</translation>
    </message>
    <message>
        <source>Nothing to start from</source>
        <translation>Rien depuis quoi démarrer</translation>
    </message>
    <message>
        <source>The medium needs a BIOS</source>
        <translation>Le support a besoin d’un BIOS</translation>
    </message>
    <message>
        <source>The medium needs UEFI</source>
        <translation>Le support a besoin de l’UEFI</translation>
    </message>
    <message>
        <source>Crashed and reset itself</source>
        <translation>A planté et s’est réinitialisé</translation>
    </message>
    <message>
        <source>Halted for good</source>
        <translation>Arrêté définitivement</translation>
    </message>
    <message>
        <source>The computer&apos;s disk is full</source>
        <translation>Le disque de l’ordinateur est plein</translation>
    </message>
    <message>
        <source>Firmware started</source>
        <translation>Micrologiciel démarré</translation>
    </message>
    <message>
        <source>Firmware found the hardware</source>
        <translation>Le micrologiciel a trouvé le matériel</translation>
    </message>
    <message>
        <source>First read from a disk</source>
        <translation>Première lecture d&apos;un disque</translation>
    </message>
    <message>
        <source>Operating system started</source>
        <translation>Système d&apos;exploitation démarré</translation>
    </message>
</context>
<context>
    <name>DefaultReason</name>
    <message>
        <source>This is what the makers of the system recommend.</source>
        <translation>C&apos;est ce que recommandent les auteurs du système.</translation>
    </message>
    <message>
        <source>The makers of the system state only a minimum.</source>
        <translation>Les auteurs du système n&apos;indiquent qu&apos;un minimum.</translation>
    </message>
    <message>
        <source>The system would like more than this computer can spare.</source>
        <translation>Le système voudrait plus que cet ordinateur ne peut offrir.</translation>
    </message>
    <message>
        <source>A size that suits most systems.</source>
        <translation>Une taille qui convient à la plupart des systèmes.</translation>
    </message>
    <message>
        <source>The system runs from its own medium.</source>
        <translation>Le système fonctionne depuis son propre support.</translation>
    </message>
    <message>
        <source>The medium starts only with a BIOS.</source>
        <translation>Le support ne démarre qu&apos;avec un BIOS.</translation>
    </message>
    <message>
        <source>The medium starts only with UEFI.</source>
        <translation>Le support ne démarre qu&apos;avec UEFI.</translation>
    </message>
    <message>
        <source>The system asks for UEFI.</source>
        <translation>Le système demande UEFI.</translation>
    </message>
    <message>
        <source>A BIOS starts nearly every medium, and fast.</source>
        <translation>Un BIOS démarre presque tous les supports, et vite.</translation>
    </message>
    <message>
        <source>The system has drivers for virtual hardware: the fastest choice.</source>
        <translation>Le système a des pilotes pour le matériel virtuel : le choix le plus rapide.</translation>
    </message>
    <message>
        <source>Nearly every system has drivers for this hardware.</source>
        <translation>Presque tous les systèmes ont des pilotes pour ce matériel.</translation>
    </message>
    <message>
        <source>The appliance was made with this.</source>
        <translation>L’appliance a été créée avec cette valeur.</translation>
    </message>
</context>
<context>
    <name>ErrorText</name>
    <message>
        <source>The disk is full. Free some space and try again.</source>
        <translation>Le disque est plein. Libérez de la place et réessayez.</translation>
    </message>
    <message>
        <source>Access is denied. Check who owns the file and that you may write to it.</source>
        <translation>Accès refusé. Vérifiez à qui est le fichier et que vous pouvez y écrire.</translation>
    </message>
    <message>
        <source>Something is missing that the guest needs.</source>
        <translation>Il manque quelque chose dont l&apos;invité a besoin.</translation>
    </message>
    <message>
        <source>It is in use by another program.</source>
        <translation>C&apos;est utilisé par un autre programme.</translation>
    </message>
    <message>
        <source>The file is damaged; it is left untouched.</source>
        <translation>Le fichier est endommagé ; il n&apos;est pas modifié.</translation>
    </message>
</context>
<context>
    <name>GuestDraft</name>
    <message>
        <source>Demo</source>
        <translation>Démo</translation>
    </message>
    <message>
        <source>New guest</source>
        <translation>Nouvel invité</translation>
    </message>
</context>
<context>
    <name>GuestState</name>
    <message>
        <source>Off</source>
        <translation>Éteint</translation>
    </message>
    <message>
        <source>Starting</source>
        <translation>Démarrage</translation>
    </message>
    <message>
        <source>Running</source>
        <translation>En marche</translation>
    </message>
    <message>
        <source>Paused</source>
        <translation>En pause</translation>
    </message>
    <message>
        <source>Shutting down</source>
        <translation>Arrêt en cours</translation>
    </message>
    <message>
        <source>Failed</source>
        <translation>En échec</translation>
    </message>
    <message>
        <source>Damaged</source>
        <translation>Endommagé</translation>
    </message>
</context>
<context>
    <name>QObject</name>
    <message>
        <source>Screen of the guest</source>
        <translation>Écran de l&apos;invité</translation>
    </message>
</context>
<context>
    <name>Setting</name>
    <message>
        <source>Choose…</source>
        <translation>Choisir…</translation>
    </message>
    <message>
        <source>Choose a file: %1</source>
        <translation>Choisir un fichier : %1</translation>
    </message>
    <message>
        <source>General</source>
        <translation>Général</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>Nom</translation>
    </message>
    <message>
        <source>Group</source>
        <translation>Groupe</translation>
    </message>
    <message>
        <source>Guests of one group are listed together.</source>
        <translation>Les invités d&apos;un groupe sont listés ensemble.</translation>
    </message>
    <message>
        <source>Notes</source>
        <translation>Notes</translation>
    </message>
    <message>
        <source>Favourite</source>
        <translation>Favori</translation>
    </message>
    <message>
        <source>Favourites are listed first.</source>
        <translation>Les favoris sont listés en premier.</translation>
    </message>
    <message>
        <source>Processors and memory</source>
        <translation>Processeurs et mémoire</translation>
    </message>
    <message>
        <source>Processors</source>
        <translation>Processeurs</translation>
    </message>
    <message>
        <source>Memory</source>
        <translation>Mémoire</translation>
    </message>
    <message>
        <source>Start</source>
        <translation>Démarrer</translation>
    </message>
    <message>
        <source>Firmware</source>
        <translation>Micrologiciel</translation>
    </message>
    <message>
        <source>An installed system starts only with the one it was installed with.</source>
        <translation>Un système installé ne démarre qu&apos;avec celui de son installation.</translation>
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
        <translation>Fichier personnel</translation>
    </message>
    <message>
        <source>Start first from</source>
        <translation>Démarrer d&apos;abord depuis</translation>
    </message>
    <message>
        <source>Automatic: the disk as soon as something is installed on it.</source>
        <translation>Automatique : le disque dès que quelque chose y est installé.</translation>
    </message>
    <message>
        <source>Automatic</source>
        <translation>Automatique</translation>
    </message>
    <message>
        <source>CD</source>
        <translation>CD</translation>
    </message>
    <message>
        <source>Disk</source>
        <translation>Disque</translation>
    </message>
    <message>
        <source>Floppy</source>
        <translation>Disquette</translation>
    </message>
    <message>
        <source>Network</source>
        <translation>Réseau</translation>
    </message>
    <message>
        <source>Clock shows local time</source>
        <translation>L&apos;horloge indique l&apos;heure locale</translation>
    </message>
    <message>
        <source>Windows expects this.</source>
        <translation>Windows s&apos;y attend.</translation>
    </message>
    <message>
        <source>Stop instead of restarting</source>
        <translation>S&apos;arrêter au lieu de redémarrer</translation>
    </message>
    <message>
        <source>Disk %1</source>
        <translation>Disque %1</translation>
    </message>
    <message>
        <source>Image file</source>
        <translation>Fichier image</translation>
    </message>
    <message>
        <source>Connected by</source>
        <translation>Connecté par</translation>
    </message>
    <message>
        <source>Every system knows SATA; virtio and NVMe are faster.</source>
        <translation>Tous les systèmes connaissent SATA ; virtio et NVMe sont plus rapides.</translation>
    </message>
    <message>
        <source>Read only</source>
        <translation>Lecture seule</translation>
    </message>
    <message>
        <source>Forget changes</source>
        <translation>Oublier les changements</translation>
    </message>
    <message>
        <source>What the guest writes is thrown away when it ends.</source>
        <translation>Ce que l&apos;invité écrit est jeté à la fin.</translation>
    </message>
    <message>
        <source>CD and floppy</source>
        <translation>CD et disquette</translation>
    </message>
    <message>
        <source>Empty: no disc.</source>
        <translation>Vide : pas de disque.</translation>
    </message>
    <message>
        <source>Network %1</source>
        <translation>Réseau %1</translation>
    </message>
    <message>
        <source>Access</source>
        <translation>Accès</translation>
    </message>
    <message>
        <source>None</source>
        <translation>Aucun</translation>
    </message>
    <message>
        <source>Internet</source>
        <translation>Internet</translation>
    </message>
    <message>
        <source>Isolated</source>
        <translation>Isolé</translation>
    </message>
    <message>
        <source>Between guests</source>
        <translation>Entre invités</translation>
    </message>
    <message>
        <source>Tap interface</source>
        <translation>Interface tap</translation>
    </message>
    <message>
        <source>Card</source>
        <translation>Carte</translation>
    </message>
    <message>
        <source>Every system knows the Intel card.</source>
        <translation>Tous les systèmes connaissent la carte Intel.</translation>
    </message>
    <message>
        <source>Of the network between guests, or of the tap interface.</source>
        <translation>Du réseau entre invités ou de l&apos;interface tap.</translation>
    </message>
    <message>
        <source>MAC address</source>
        <translation>Adresse MAC</translation>
    </message>
    <message>
        <source>Empty: made from the guest&apos;s identity.</source>
        <translation>Vide : formée d&apos;après l&apos;identité de l&apos;invité.</translation>
    </message>
    <message>
        <source>Forwarded ports</source>
        <translation>Ports redirigés</translation>
    </message>
    <message>
        <source>One a line: tcp:127.0.0.1:2222:22 makes the guest&apos;s port 22 reachable at 2222.</source>
        <translation>Un par ligne : tcp:127.0.0.1:2222:22 rend le port 22 de l&apos;invité accessible en 2222.</translation>
    </message>
    <message>
        <source>Screen and input</source>
        <translation>Écran et entrée</translation>
    </message>
    <message>
        <source>Has a screen</source>
        <translation>A un écran</translation>
    </message>
    <message>
        <source>Graphics card</source>
        <translation>Carte graphique</translation>
    </message>
    <message>
        <source>Every system knows the VGA; virtio-gpu follows the window&apos;s size.</source>
        <translation>Tout système connaît la VGA ; virtio-gpu suit la taille de la fenêtre.</translation>
    </message>
    <message>
        <source>Pointer</source>
        <translation>Pointeur</translation>
    </message>
    <message>
        <source>PS/2 mouse</source>
        <translation>Souris PS/2</translation>
    </message>
    <message>
        <source>USB tablet</source>
        <translation>Tablette USB</translation>
    </message>
    <message>
        <source>virtio tablet</source>
        <translation>Tablette virtio</translation>
    </message>
    <message>
        <source>Keyboard</source>
        <translation>Clavier</translation>
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
        <translation>Les invités sans pilote pour le clavier choisi ont le clavier PS/2.</translation>
    </message>
    <message>
        <source>With a tablet the pointer follows yours without being captured. Guests without a driver for it have the mouse.</source>
        <translation>Avec une tablette, le pointeur suit le vôtre sans être capturé. Les invités sans pilote pour elle ont la souris.</translation>
    </message>
    <message>
        <source>As in the preferences</source>
        <translation>Comme dans les préférences</translation>
    </message>
    <message>
        <source>Yes</source>
        <translation>Oui</translation>
    </message>
    <message>
        <source>No</source>
        <translation>Non</translation>
    </message>
    <message>
        <source>Scaling</source>
        <translation>Mise à l’échelle</translation>
    </message>
    <message>
        <source>Fit the window</source>
        <translation>Ajuster à la fenêtre</translation>
    </message>
    <message>
        <source>Whole multiples</source>
        <translation>Multiples entiers</translation>
    </message>
    <message>
        <source>Exact pixels</source>
        <translation>Pixels exacts</translation>
    </message>
    <message>
        <source>Desktop</source>
        <translation>Bureau</translation>
    </message>
    <message>
        <source>Keep the computer awake</source>
        <translation>Garder l’ordinateur éveillé</translation>
    </message>
    <message>
        <source>While this guest runs, the computer does not go to sleep by itself.</source>
        <translation>Tant que cet invité fonctionne, l’ordinateur ne se met pas en veille de lui-même.</translation>
    </message>
    <message>
        <source>Tell me when it ends</source>
        <translation>Me prévenir quand il s’arrête</translation>
    </message>
    <message>
        <source>Size</source>
        <translation>Taille</translation>
    </message>
    <message>
        <source>A disk only grows. Afterwards its partition and file system must grow too, inside of the guest: in Linux with growpart and resize2fs, in Windows with Disk Management.</source>
        <translation>Un disque ne fait que grandir. Ensuite, sa partition et son système de fichiers doivent aussi grandir, dans l’invité : sous Linux avec growpart et resize2fs, sous Windows avec la Gestion des disques.</translation>
    </message>
    <message>
        <source>A new, empty disk; the system in the guest sets it up.</source>
        <translation>Un nouveau disque vide ; le système de l’invité le prépare.</translation>
    </message>
</context>
<context>
    <name>Size</name>
    <message>
        <source>TiB</source>
        <translation>Tio</translation>
    </message>
    <message>
        <source>GiB</source>
        <translation>Gio</translation>
    </message>
    <message>
        <source>MiB</source>
        <translation>Mio</translation>
    </message>
</context>
<context>
    <name>WindowDialogs</name>
    <message>
        <source>Keyboard shortcuts</source>
        <translation>Raccourcis clavier</translation>
    </message>
    <message>
        <source>Ctrl+Alt, pressed and released alone</source>
        <translation>Ctrl+Alt, pressées puis relâchées seules</translation>
    </message>
    <message>
        <source>Give keyboard and pointer back from a guest</source>
        <translation>Reprendre le clavier et le pointeur à un invité</translation>
    </message>
    <message numerus="yes">
        <source>%n guest(s) still run.</source>
        <translation>
            <numerusform>%n invité est encore en marche.</numerusform>
            <numerusform>%n invités sont encore en marche.</numerusform>
        </translation>
    </message>
    <message>
        <source>They run inside of Guesthouse: what shall become of them?</source>
        <translation>Ils fonctionnent dans Guesthouse : que doivent-ils devenir ?</translation>
    </message>
    <message>
        <source>&amp;Shut down, then quit</source>
        <translation>É&amp;teindre, puis quitter</translation>
    </message>
    <message>
        <source>&amp;Keep running, close the window</source>
        <translation>&amp;Laisser tourner, fermer la fenêtre</translation>
    </message>
    <message>
        <source>&amp;Force off and quit</source>
        <translation>&amp;Forcer l&apos;arrêt et quitter</translation>
    </message>
    <message>
        <source>Guests run on when the window is closed.</source>
        <translation>Les invités continuent quand la fenêtre est fermée.</translation>
    </message>
    <message>
        <source>Open Guesthouse again, or its symbol in the system tray, to see them. “Quit” in the Machine menu ends them.</source>
        <translation>Rouvrez Guesthouse, ou son icône dans la zone de notification, pour les voir. « Quitter » dans le menu Machine les arrête.</translation>
    </message>
    <message>
        <source>&amp;Keep them running</source>
        <translation>&amp;Les laisser tourner</translation>
    </message>
    <message>
        <source>&amp;Shut them down</source>
        <translation>Les é&amp;teindre</translation>
    </message>
    <message>
        <source>&amp;Name:</source>
        <translation>&amp;Nom :</translation>
    </message>
</context>
<context>
    <name>app::CommandPalette</name>
    <message>
        <source>All commands</source>
        <translation>Toutes les commandes</translation>
    </message>
    <message>
        <source>Type a few letters of a command or a guest</source>
        <translation>Tapez quelques lettres d&apos;une commande ou d&apos;un invité</translation>
    </message>
    <message>
        <source>Command</source>
        <translation>Commande</translation>
    </message>
    <message>
        <source>Commands</source>
        <translation>Commandes</translation>
    </message>
</context>
<context>
    <name>app::ConnectionTable</name>
    <message>
        <source>opening</source>
        <translation>en cours d’ouverture</translation>
    </message>
    <message>
        <source>open</source>
        <translation>ouverte</translation>
    </message>
    <message>
        <source>closing</source>
        <translation>en cours de fermeture</translation>
    </message>
    <message>
        <source>closed</source>
        <translation>fermée</translation>
    </message>
    <message>
        <source>refused</source>
        <translation>refusée</translation>
    </message>
    <message>
        <source>cut</source>
        <translation>coupée</translation>
    </message>
    <message>
        <source>blocked</source>
        <translation>bloquée</translation>
    </message>
    <message>
        <source>to %1</source>
        <translation>vers %1</translation>
    </message>
    <message>
        <source>from %1</source>
        <translation>de %1</translation>
    </message>
    <message>
        <source>%1 s</source>
        <translation>%1 s</translation>
    </message>
    <message>
        <source>Cu&amp;t</source>
        <translation>&amp;Couper</translation>
    </message>
    <message>
        <source>&amp;Block peer</source>
        <translation>&amp;Bloquer le correspondant</translation>
    </message>
    <message>
        <source>Protocol</source>
        <translation>Protocole</translation>
    </message>
    <message>
        <source>Peer</source>
        <translation>Correspondant</translation>
    </message>
    <message>
        <source>Port</source>
        <translation>Port</translation>
    </message>
    <message>
        <source>State</source>
        <translation>État</translation>
    </message>
    <message>
        <source>Sent</source>
        <translation>Envoyé</translation>
    </message>
    <message>
        <source>Received</source>
        <translation>Reçu</translation>
    </message>
    <message>
        <source>Time</source>
        <translation>Durée</translation>
    </message>
    <message>
        <source>Connections of the guest</source>
        <translation>Connexions de l’invité</translation>
    </message>
    <message>
        <source>End this connection; both sides are told</source>
        <translation>Mettre fin à cette connexion ; les deux côtés en sont avertis</translation>
    </message>
    <message>
        <source>Let nothing through to or from this peer until you allow it again</source>
        <translation>Ne plus rien laisser passer vers ou depuis ce correspondant jusqu’à nouvelle autorisation</translation>
    </message>
    <message>
        <source>Connections</source>
        <translation>Connexions</translation>
    </message>
</context>
<context>
    <name>app::ConsolePage</name>
    <message>
        <source>Start</source>
        <translation>Démarrer</translation>
    </message>
    <message>
        <source>The guest is off.</source>
        <translation>L&apos;invité est éteint.</translation>
    </message>
    <message>
        <source>The guest has no screen.</source>
        <translation>L&apos;invité n&apos;a pas d&apos;écran.</translation>
    </message>
    <message>
        <source>This build has no console; use any VNC viewer on %1</source>
        <translation>Cette version n&apos;a pas de console ; utilisez un client VNC sur %1</translation>
    </message>
</context>
<context>
    <name>app::ConsoleWindow</name>
    <message>
        <source>Screens of guests</source>
        <translation>Écrans des invités</translation>
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
        <translation>Pages de l&apos;invité</translation>
    </message>
    <message>
        <source>Overview</source>
        <translation>Aperçu</translation>
    </message>
    <message>
        <source>Console</source>
        <translation>Console</translation>
    </message>
    <message>
        <source>Settings</source>
        <translation>Paramètres</translation>
    </message>
    <message>
        <source>Log</source>
        <translation>Journal</translation>
    </message>
    <message>
        <source>Network</source>
        <translation>Réseau</translation>
    </message>
    <message>
        <source>%1 · new settings after a restart</source>
        <translation>%1 · nouveaux réglages après un redémarrage</translation>
    </message>
</context>
<context>
    <name>app::EmptyPage</name>
    <message>
        <source>Welcome to Guesthouse</source>
        <translation>Bienvenue dans Guesthouse</translation>
    </message>
    <message>
        <source>Drop an ISO or a disk image anywhere on this window,
or begin with one of these:</source>
        <translation>Déposez une ISO ou une image disque sur cette fenêtre,
ou commencez ainsi :</translation>
    </message>
    <message>
        <source>&amp;New guest…</source>
        <translation>&amp;Nouvel invité…</translation>
    </message>
    <message>
        <source>Start the &amp;demo</source>
        <translation>Lancer la &amp;démo</translation>
    </message>
    <message>
        <source>A small guest that is part of Guesthouse; nothing to download</source>
        <translation>Un petit invité fourni avec Guesthouse ; rien à télécharger</translation>
    </message>
</context>
<context>
    <name>app::ForwardPanel</name>
    <message>
        <source>%1: port %2 of this computer leads to port %3 of the guest</source>
        <translation>%1 : le port %2 de cet ordinateur mène au port %3 de l’invité</translation>
    </message>
    <message>
        <source>Port of this computer</source>
        <translation>Port de cet ordinateur</translation>
    </message>
    <message>
        <source>Port of the guest</source>
        <translation>Port de l’invité</translation>
    </message>
    <message>
        <source>&amp;Remove</source>
        <translation>&amp;Retirer</translation>
    </message>
    <message>
        <source>Forwarded ports</source>
        <translation>Ports redirigés</translation>
    </message>
    <message>
        <source>Protocol</source>
        <translation>Protocole</translation>
    </message>
    <message>
        <source>&amp;Forward</source>
        <translation>Re&amp;diriger</translation>
    </message>
    <message>
        <source>Port of this computer:</source>
        <translation>Port de cet ordinateur :</translation>
    </message>
    <message>
        <source>Port of the guest:</source>
        <translation>Port de l’invité :</translation>
    </message>
</context>
<context>
    <name>app::GuestConnection</name>
    <message>
        <source>The guest did not answer in time.</source>
        <translation>L&apos;invité n&apos;a pas répondu à temps.</translation>
    </message>
    <message>
        <source>The guest does not run any more.</source>
        <translation>L&apos;invité ne fonctionne plus.</translation>
    </message>
</context>
<context>
    <name>app::GuestListModel</name>
    <message>
        <source>Favourites</source>
        <translation>Favoris</translation>
    </message>
    <message>
        <source>Guests</source>
        <translation>Invités</translation>
    </message>
    <message>
        <source>Started elsewhere</source>
        <translation>Démarrés ailleurs</translation>
    </message>
</context>
<context>
    <name>app::GuestListPanel</name>
    <message>
        <source>Search guests</source>
        <translation>Chercher des invités</translation>
    </message>
    <message>
        <source>Search</source>
        <translation>Chercher</translation>
    </message>
    <message>
        <source>Guests</source>
        <translation>Invités</translation>
    </message>
</context>
<context>
    <name>app::GuestStore</name>
    <message>
        <source>The guests cannot be read</source>
        <translation>Les invités ne peuvent pas être lus</translation>
    </message>
    <message>
        <source>“%1” could not be started</source>
        <translation>« %1 » n&apos;a pas pu démarrer</translation>
    </message>
    <message>
        <source>“%1” could not do that</source>
        <translation>« %1 » n&apos;a pas pu faire cela</translation>
    </message>
    <message>
        <source>Guest</source>
        <translation>Invité</translation>
    </message>
    <message>
        <source>“%1” needs attention</source>
        <translation>« %1 » demande votre attention</translation>
    </message>
</context>
<context>
    <name>app::HostCheckPage</name>
    <message>
        <source>Command that mends it</source>
        <translation>Commande qui répare</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>Copier</translation>
    </message>
    <message>
        <source>works</source>
        <translation>fonctionne</translation>
    </message>
    <message>
        <source>fails</source>
        <translation>échoue</translation>
    </message>
    <message>
        <source>Check &amp;again</source>
        <translation>Vérifier à &amp;nouveau</translation>
    </message>
    <message>
        <source>&amp;Close</source>
        <translation>&amp;Fermer</translation>
    </message>
    <message>
        <source>Checking this computer…</source>
        <translation>Vérification de cet ordinateur…</translation>
    </message>
    <message>
        <source>This computer can run guests.</source>
        <translation>Cet ordinateur peut exécuter des invités.</translation>
    </message>
    <message>
        <source>This computer cannot run guests yet.</source>
        <translation>Cet ordinateur ne peut pas encore exécuter d&apos;invités.</translation>
    </message>
</context>
<context>
    <name>app::JobBar</name>
    <message>
        <source>Cancel</source>
        <translation>Annuler</translation>
    </message>
    <message numerus="yes">
        <source>about %n second(s) left</source>
        <translation>
            <numerusform>encore %n seconde environ</numerusform>
            <numerusform>encore %n secondes environ</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>about %n minute(s) left</source>
        <translation>
            <numerusform>encore %n minute environ</numerusform>
            <numerusform>encore %n minutes environ</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>app::LinePanel</name>
    <message>
        <source>no limit</source>
        <translation>sans limite</translation>
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
        <translation>Débit vers l’invité</translation>
    </message>
    <message>
        <source>Bandwidth from the guest</source>
        <translation>Débit depuis l’invité</translation>
    </message>
    <message>
        <source>Delay of a round trip</source>
        <translation>Délai aller-retour</translation>
    </message>
    <message>
        <source>Loss each way</source>
        <translation>Pertes dans chaque sens</translation>
    </message>
    <message>
        <source>&amp;Good line again</source>
        <translation>&amp;Bonne ligne à nouveau</translation>
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
        <translation>&amp;Arrêter l’enregistrement</translation>
    </message>
    <message>
        <source>&amp;Record frames</source>
        <translation>&amp;Enregistrer les trames</translation>
    </message>
    <message>
        <source>Recording to %1</source>
        <translation>Enregistrement dans %1</translation>
    </message>
</context>
<context>
    <name>app::LogPage</name>
    <message>
        <source>Time</source>
        <translation>Heure</translation>
    </message>
    <message>
        <source>Step</source>
        <translation>Étape</translation>
    </message>
    <message>
        <source>Details</source>
        <translation>Détails</translation>
    </message>
    <message>
        <source>Timeline of the boot</source>
        <translation>Chronologie du démarrage</translation>
    </message>
    <message>
        <source>Part</source>
        <translation>Partie</translation>
    </message>
    <message>
        <source>Message</source>
        <translation>Message</translation>
    </message>
    <message>
        <source>Log of the guest</source>
        <translation>Journal de l&apos;invité</translation>
    </message>
    <message>
        <source>Log</source>
        <translation>Journal</translation>
    </message>
</context>
<context>
    <name>app::MachineActions</name>
    <message>
        <source>&amp;New guest…</source>
        <translation>&amp;Nouvel invité…</translation>
    </message>
    <message>
        <source>&amp;Add a guest&apos;s folder…</source>
        <translation>&amp;Ajouter le dossier d&apos;un invité…</translation>
    </message>
    <message>
        <source>&amp;Start</source>
        <translation>&amp;Démarrer</translation>
    </message>
    <message>
        <source>&amp;Pause</source>
        <translation>&amp;Pause</translation>
    </message>
    <message>
        <source>R&amp;esume</source>
        <translation>R&amp;eprendre</translation>
    </message>
    <message>
        <source>Shut &amp;down</source>
        <translation>É&amp;teindre</translation>
    </message>
    <message>
        <source>Rese&amp;t</source>
        <translation>Réin&amp;itialiser</translation>
    </message>
    <message>
        <source>&amp;Force off…</source>
        <translation>&amp;Forcer l&apos;arrêt…</translation>
    </message>
    <message>
        <source>Rena&amp;me…</source>
        <translation>Reno&amp;mmer…</translation>
    </message>
    <message>
        <source>&amp;Clone…</source>
        <translation>&amp;Cloner…</translation>
    </message>
    <message>
        <source>De&amp;lete</source>
        <translation>&amp;Supprimer</translation>
    </message>
    <message>
        <source>Open f&amp;older</source>
        <translation>&amp;Ouvrir le dossier</translation>
    </message>
    <message>
        <source>Cop&amp;y as command</source>
        <translation>Cop&amp;ier comme commande</translation>
    </message>
    <message>
        <source>&amp;Quit</source>
        <translation>&amp;Quitter</translation>
    </message>
    <message>
        <source>&amp;Overview</source>
        <translation>A&amp;perçu</translation>
    </message>
    <message>
        <source>&amp;Console</source>
        <translation>&amp;Console</translation>
    </message>
    <message>
        <source>S&amp;ettings</source>
        <translation>Param&amp;ètres</translation>
    </message>
    <message>
        <source>&amp;Log</source>
        <translation>&amp;Journal</translation>
    </message>
    <message>
        <source>&amp;Find a guest</source>
        <translation>&amp;Chercher un invité</translation>
    </message>
    <message>
        <source>F&amp;ull screen</source>
        <translation>Pl&amp;ein écran</translation>
    </message>
    <message>
        <source>&amp;Dark colours</source>
        <translation>Couleurs &amp;sombres</translation>
    </message>
    <message>
        <source>Send Ctrl+Alt+&amp;Delete</source>
        <translation>Envoyer Ctrl+Alt+&amp;Suppr</translation>
    </message>
    <message>
        <source>&amp;Type the clipboard&apos;s text</source>
        <translation>&amp;Taper le texte du presse-papiers</translation>
    </message>
    <message>
        <source>Save a &amp;picture of the screen…</source>
        <translation>Enregistrer une &amp;image de l&apos;écran…</translation>
    </message>
    <message>
        <source>&amp;Insert a CD…</source>
        <translation>&amp;Insérer un CD…</translation>
    </message>
    <message>
        <source>&amp;Eject the CD</source>
        <translation>É&amp;jecter le CD</translation>
    </message>
    <message>
        <source>&amp;All commands…</source>
        <translation>&amp;Toutes les commandes…</translation>
    </message>
    <message>
        <source>&amp;Keyboard shortcuts</source>
        <translation>&amp;Raccourcis clavier</translation>
    </message>
    <message>
        <source>Check this &amp;computer</source>
        <translation>Vérifier cet &amp;ordinateur</translation>
    </message>
    <message>
        <source>A&amp;bout Guesthouse</source>
        <translation>À &amp;propos de Guesthouse</translation>
    </message>
    <message>
        <source>&amp;Machine</source>
        <translation>&amp;Machine</translation>
    </message>
    <message>
        <source>&amp;View</source>
        <translation>&amp;Affichage</translation>
    </message>
    <message>
        <source>&amp;Input</source>
        <translation>&amp;Entrée</translation>
    </message>
    <message>
        <source>&amp;Devices</source>
        <translation>&amp;Périphériques</translation>
    </message>
    <message>
        <source>&amp;Help</source>
        <translation>A&amp;ide</translation>
    </message>
    <message>
        <source>&amp;Import…</source>
        <translation>&amp;Importer…</translation>
    </message>
    <message>
        <source>Fa&amp;vourite</source>
        <translation>Fa&amp;vori</translation>
    </message>
    <message>
        <source>E&amp;xport…</source>
        <translation>E&amp;xporter…</translation>
    </message>
    <message>
        <source>Console in its own &amp;window</source>
        <translation>Console dans sa propre &amp;fenêtre</translation>
    </message>
    <message>
        <source>Console in a new &amp;tab</source>
        <translation>Console dans un nouvel &amp;onglet</translation>
    </message>
    <message>
        <source>&amp;Back to the list of guests</source>
        <translation>&amp;Retour à la liste des invités</translation>
    </message>
    <message>
        <source>&amp;Preferences…</source>
        <translation>&amp;Préférences…</translation>
    </message>
    <message>
        <source>User &amp;guide</source>
        <translation>&amp;Guide d’utilisation</translation>
    </message>
    <message>
        <source>Send &amp;other keys</source>
        <translation>Envoyer d’&amp;autres touches</translation>
    </message>
    <message>
        <source>Super</source>
        <translation>Super</translation>
    </message>
    <message>
        <source>Print</source>
        <translation>Impr. écran</translation>
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
        <translation>Nouvel invité…</translation>
    </message>
    <message>
        <source>“%1” failed</source>
        <translation>« %1 » a échoué</translation>
    </message>
    <message>
        <source>“%1” is off</source>
        <translation>« %1 » est éteint</translation>
    </message>
    <message>
        <source>The guest has shut down.</source>
        <translation>L&apos;invité s&apos;est éteint.</translation>
    </message>
    <message numerus="yes">
        <source>Guesthouse: %n guest(s) running</source>
        <translation>
            <numerusform>Guesthouse : %n invité en marche</numerusform>
            <numerusform>Guesthouse : %n invités en marche</numerusform>
        </translation>
    </message>
    <message>
        <source>%1 – Guesthouse</source>
        <translation>%1 – Guesthouse</translation>
    </message>
    <message>
        <source>&amp;Show Guesthouse</source>
        <translation>&amp;Afficher Guesthouse</translation>
    </message>
    <message>
        <source>Reset this guest?</source>
        <translation>Réinitialiser cet invité ?</translation>
    </message>
    <message>
        <source>What it has not written to its disk is lost.</source>
        <translation>Ce qu&apos;il n&apos;a pas écrit sur son disque est perdu.</translation>
    </message>
    <message>
        <source>&amp;Reset</source>
        <translation>&amp;Réinitialiser</translation>
    </message>
    <message>
        <source>Force this guest off?</source>
        <translation>Forcer l&apos;arrêt de cet invité ?</translation>
    </message>
    <message>
        <source>It is like pulling the plug. Try “Shut down” first.</source>
        <translation>C&apos;est comme débrancher la prise. Essayez d&apos;abord « Éteindre ».</translation>
    </message>
    <message>
        <source>&amp;Force off</source>
        <translation>&amp;Forcer l&apos;arrêt</translation>
    </message>
    <message>
        <source>About Guesthouse</source>
        <translation>À propos de Guesthouse</translation>
    </message>
    <message>
        <source>Guesthouse %1</source>
        <translation>Guesthouse %1</translation>
    </message>
    <message>
        <source>Virtual machines for the Linux desktop. Free software under the GNU General Public License, version 3 or later.</source>
        <translation>Machines virtuelles pour le bureau Linux. Logiciel libre sous licence publique générale GNU, version 3 ou ultérieure.</translation>
    </message>
    <message>
        <source>Insert a CD</source>
        <translation>Insérer un CD</translation>
    </message>
    <message>
        <source>Save the picture as</source>
        <translation>Enregistrer l&apos;image sous</translation>
    </message>
    <message>
        <source>Pictures (*.png)</source>
        <translation>Images (*.png)</translation>
    </message>
    <message>
        <source>Rename “%1”</source>
        <translation>Renommer « %1 »</translation>
    </message>
    <message>
        <source>The guest was not renamed</source>
        <translation>L&apos;invité n&apos;a pas été renommé</translation>
    </message>
    <message>
        <source>%1 (copy)</source>
        <translation>%1 (copie)</translation>
    </message>
    <message>
        <source>%1 (copy %2)</source>
        <translation>%1 (copie %2)</translation>
    </message>
    <message>
        <source>Add a guest&apos;s folder</source>
        <translation>Ajouter le dossier d&apos;un invité</translation>
    </message>
    <message>
        <source>This folder cannot be used as a guest</source>
        <translation>Ce dossier ne peut pas servir d&apos;invité</translation>
    </message>
    <message>
        <source>Go to “%1”</source>
        <translation>Aller à « %1 »</translation>
    </message>
    <message>
        <source>Creating “%1”…</source>
        <translation>Création de « %1 »…</translation>
    </message>
    <message>
        <source>“%1” was not created</source>
        <translation>« %1 » n&apos;a pas été créé</translation>
    </message>
    <message>
        <source>Cloning to “%1”…</source>
        <translation>Clonage vers « %1 »…</translation>
    </message>
    <message>
        <source>The guest was not cloned</source>
        <translation>L&apos;invité n&apos;a pas été cloné</translation>
    </message>
    <message>
        <source>“%1” was not deleted</source>
        <translation>« %1 » n&apos;a pas été supprimé</translation>
    </message>
    <message>
        <source>“%1” is no longer listed; its files stay where they are.</source>
        <translation>« %1 » n&apos;est plus dans la liste ; ses fichiers restent en place.</translation>
    </message>
    <message>
        <source>“%1” was moved to the trash.</source>
        <translation>« %1 » a été mis à la corbeille.</translation>
    </message>
    <message>
        <source>&amp;Undo</source>
        <translation>&amp;Annuler</translation>
    </message>
    <message>
        <source>The guest could not be restored</source>
        <translation>L&apos;invité n&apos;a pas pu être restauré</translation>
    </message>
    <message>
        <source>The settings were not stored</source>
        <translation>Les paramètres n&apos;ont pas été enregistrés</translation>
    </message>
    <message>
        <source>Waiting for the guests to shut down…</source>
        <translation>Attente de l&apos;arrêt des invités…</translation>
    </message>
    <message>
        <source>Some guests did not shut down</source>
        <translation>Certains invités ne se sont pas éteints</translation>
    </message>
    <message>
        <source>They may wait for an answer on their screen. Quit again to force them off.</source>
        <translation>Ils attendent peut-être une réponse à l&apos;écran. Quittez à nouveau pour forcer l&apos;arrêt.</translation>
    </message>
    <message>
        <source>Importing %1…</source>
        <translation>Importation de %1…</translation>
    </message>
    <message>
        <source>The guest was not imported</source>
        <translation>L’invité n’a pas été importé</translation>
    </message>
    <message>
        <source>Exporting “%1”…</source>
        <translation>Exportation de « %1 »…</translation>
    </message>
    <message>
        <source>“%1” was exported to %2.</source>
        <translation>« %1 » a été exporté vers %2.</translation>
    </message>
    <message>
        <source>“%1” was not exported</source>
        <translation>« %1 » n’a pas été exporté</translation>
    </message>
    <message>
        <source>Not possible: a disk lies outside of the guest&apos;s folder.</source>
        <translation>Impossible : un disque se trouve hors du dossier de l’invité.</translation>
    </message>
    <message>
        <source>Not possible: a disk is not in the format qcow2.</source>
        <translation>Impossible : un disque n’est pas au format qcow2.</translation>
    </message>
    <message>
        <source>There is no disk that could be shared.</source>
        <translation>Il n’y a aucun disque à partager.</translation>
    </message>
    <message>
        <source>Import an appliance, a disk or an exported guest</source>
        <translation>Importer une appliance, un disque ou un invité exporté</translation>
    </message>
    <message>
        <source>Appliances, disks and exported guests (*.ova *.ovf *.vmdk *.vdi *.vhd *.vhdx *.qcow2 *.img *.raw *.tar *.tar.gz *.tar.zst)</source>
        <translation>Appliances, disques et invités exportés (*.ova *.ovf *.vmdk *.vdi *.vhd *.vhdx *.qcow2 *.img *.raw *.tar *.tar.gz *.tar.zst)</translation>
    </message>
    <message>
        <source>All files (*)</source>
        <translation>Tous les fichiers (*)</translation>
    </message>
    <message>
        <source>Export “%1” to</source>
        <translation>Exporter « %1 » vers</translation>
    </message>
    <message>
        <source>Exported guests (*.tar.zst)</source>
        <translation>Invités exportés (*.tar.zst)</translation>
    </message>
    <message>
        <source>&amp;Restart</source>
        <translation>&amp;Redémarrer</translation>
    </message>
    <message>
        <source>It does not end. Try “Force off” and start it again.</source>
        <translation>Il ne s’arrête pas. Essayez « Forcer l’arrêt » puis démarrez-le de nouveau.</translation>
    </message>
    <message>
        <source>Restart this guest with its new settings?</source>
        <translation>Redémarrer cet invité avec ses nouveaux réglages ?</translation>
    </message>
    <message>
        <source>The guest was not restarted</source>
        <translation>L’invité n’a pas été redémarré</translation>
    </message>
</context>
<context>
    <name>app::MessageBar</name>
    <message>
        <source>Close the message</source>
        <translation>Fermer le message</translation>
    </message>
</context>
<context>
    <name>app::NetworkClient</name>
    <message>
        <source>Guesthouse cannot listen on port %1 of this computer: another program uses it. Choose another port, or end that program (“ss -lnp” names it).</source>
        <translation>Guesthouse ne peut pas écouter sur le port %1 de cet ordinateur : un autre programme l’utilise. Choisissez un autre port ou terminez ce programme (« ss -lnp » le nomme).</translation>
    </message>
    <message>
        <source>Guesthouse cannot listen on port %1 of this computer: ports below 1024 belong to its administrator. Choose a higher one, for example %2.</source>
        <translation>Guesthouse ne peut pas écouter sur le port %1 de cet ordinateur : les ports inférieurs à 1024 sont réservés à son administrateur. Choisissez-en un plus élevé, par exemple %2.</translation>
    </message>
</context>
<context>
    <name>app::NetworkPage</name>
    <message>
        <source>&amp;Copy</source>
        <translation>&amp;Copier</translation>
    </message>
    <message>
        <source>C&amp;onnect now</source>
        <translation>C&amp;onnecter maintenant</translation>
    </message>
    <message>
        <source>Cable &amp;plugged in</source>
        <translation>Câble &amp;branché</translation>
    </message>
    <message>
        <source>&amp;Allow again</source>
        <translation>&amp;Autoriser à nouveau</translation>
    </message>
    <message>
        <source>The network can be seen here while the guest runs.</source>
        <translation>Le réseau est visible ici pendant que l’invité fonctionne.</translation>
    </message>
    <message>
        <source>Address of the guest</source>
        <translation>Adresse de l’invité</translation>
    </message>
    <message>
        <source>Copy the guest&apos;s address</source>
        <translation>Copier l’adresse de l’invité</translation>
    </message>
    <message>
        <source>Where the cable leads</source>
        <translation>Où mène le câble</translation>
    </message>
    <message>
        <source>User network</source>
        <translation>Réseau utilisateur</translation>
    </message>
    <message>
        <source>Isolated</source>
        <translation>Isolé</translation>
    </message>
    <message>
        <source>Network between guests</source>
        <translation>Réseau entre invités</translation>
    </message>
    <message>
        <source>Tap interface</source>
        <translation>Interface tap</translation>
    </message>
    <message>
        <source>Name of the network or interface</source>
        <translation>Nom du réseau ou de l’interface</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>Nom</translation>
    </message>
    <message>
        <source>Takes effect now; the guest sees its cable pulled and plugged in again</source>
        <translation>Prend effet maintenant ; l’invité voit son câble débranché puis rebranché</translation>
    </message>
    <message>
        <source>Address:</source>
        <translation>Adresse :</translation>
    </message>
    <message>
        <source>Names that the guest has looked up</source>
        <translation>Noms que l’invité a recherchés</translation>
    </message>
    <message>
        <source>Blocked peers</source>
        <translation>Correspondants bloqués</translation>
    </message>
    <message>
        <source>More about the network</source>
        <translation>Plus sur le réseau</translation>
    </message>
    <message>
        <source>Forwarded ports</source>
        <translation>Ports redirigés</translation>
    </message>
    <message>
        <source>Line and recording</source>
        <translation>Ligne et enregistrement</translation>
    </message>
    <message>
        <source>Names looked up</source>
        <translation>Noms recherchés</translation>
    </message>
    <message>
        <source>none yet</source>
        <translation>aucune pour l’instant</translation>
    </message>
    <message>
        <source>The guest listens on port %1. Lead port %2 of this computer there?</source>
        <translation>L’invité écoute sur le port %1. Y mener le port %2 de cet ordinateur ?</translation>
    </message>
    <message>
        <source>Forward</source>
        <translation>Rediriger</translation>
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
        <translation>Processeurs</translation>
    </message>
    <message>
        <source>Memory</source>
        <translation>Mémoire</translation>
    </message>
    <message>
        <source>Disk</source>
        <translation>Disque</translation>
    </message>
    <message>
        <source>Network</source>
        <translation>Réseau</translation>
    </message>
    <message>
        <source>Screen of the guest</source>
        <translation>Écran de l&apos;invité</translation>
    </message>
    <message>
        <source>Open the console</source>
        <translation>Ouvrir la console</translation>
    </message>
    <message>
        <source>Facts about the guest</source>
        <translation>Informations sur l&apos;invité</translation>
    </message>
    <message>
        <source>State</source>
        <translation>État</translation>
    </message>
    <message>
        <source>System</source>
        <translation>Système</translation>
    </message>
    <message>
        <source>Firmware</source>
        <translation>Micrologiciel</translation>
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
        <translation>vide</translation>
    </message>
    <message>
        <source>Folder</source>
        <translation>Dossier</translation>
    </message>
    <message>
        <source>Notes</source>
        <translation>Notes</translation>
    </message>
</context>
<context>
    <name>app::PreferencesDialog</name>
    <message>
        <source>Preferences</source>
        <translation>Préférences</translation>
    </message>
    <message>
        <source>Scaling of the screen</source>
        <translation>Mise à l’échelle de l’écran</translation>
    </message>
    <message>
        <source>Fit the window</source>
        <translation>Ajuster à la fenêtre</translation>
    </message>
    <message>
        <source>Whole multiples</source>
        <translation>Multiples entiers</translation>
    </message>
    <message>
        <source>Exact pixels</source>
        <translation>Pixels exacts</translation>
    </message>
    <message>
        <source>All guests</source>
        <translation>Tous les invités</translation>
    </message>
    <message>
        <source>A guest&apos;s own settings can say otherwise.</source>
        <translation>Les réglages d’un invité peuvent en décider autrement.</translation>
    </message>
    <message>
        <source>&amp;Scaling of the screen:</source>
        <translation>&amp;Mise à l’échelle de l’écran :</translation>
    </message>
    <message>
        <source>Keep the computer &amp;awake while guests run</source>
        <translation>Garder l’ordinateur &amp;éveillé tant que des invités fonctionnent</translation>
    </message>
    <message>
        <source>&amp;Tell me when a guest ends</source>
        <translation>Me &amp;prévenir quand un invité s’arrête</translation>
    </message>
    <message>
        <source>Window</source>
        <translation>Fenêtre</translation>
    </message>
    <message>
        <source>&amp;Dark colours</source>
        <translation>Couleurs &amp;sombres</translation>
    </message>
    <message>
        <source>&amp;Closing the window leaves guests running, without a question</source>
        <translation>&amp;Fermer la fenêtre laisse les invités fonctionner, sans poser de question</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Fermer</translation>
    </message>
</context>
<context>
    <name>app::SessionInhibitor</name>
    <message>
        <source>Guests are running</source>
        <translation>Des invités sont en marche</translation>
    </message>
</context>
<context>
    <name>app::SettingsPage</name>
    <message>
        <source>Search settings</source>
        <translation>Chercher un paramètre</translation>
    </message>
    <message>
        <source>Sections</source>
        <translation>Sections</translation>
    </message>
    <message>
        <source>&amp;Apply</source>
        <translation>&amp;Appliquer</translation>
    </message>
    <message>
        <source>&amp;Discard</source>
        <translation>&amp;Abandonner</translation>
    </message>
    <message>
        <source>This is not complete yet. %1</source>
        <translation>Ce n&apos;est pas encore complet. %1</translation>
    </message>
    <message>
        <source>%1: %2 → %3</source>
        <translation>%1 : %2 → %3</translation>
    </message>
    <message>
        <source> (now)</source>
        <translation> (maintenant)</translation>
    </message>
    <message>
        <source> (after restart)</source>
        <translation> (après redémarrage)</translation>
    </message>
    <message>
        <source>The settings were not stored</source>
        <translation>Les paramètres n&apos;ont pas été enregistrés</translation>
    </message>
    <message>
        <source>Takes effect now.</source>
        <translation>Prend effet maintenant.</translation>
    </message>
    <message>
        <source>Takes effect after a restart.</source>
        <translation>Prend effet après un redémarrage.</translation>
    </message>
    <message>
        <source>&amp;Restart now…</source>
        <translation>&amp;Redémarrer maintenant…</translation>
    </message>
    <message>
        <source>The guest sees its new settings when it has been switched off and on again.</source>
        <translation>L’invité verra ses nouveaux réglages une fois éteint puis rallumé.</translation>
    </message>
</context>
<context>
    <name>app::UserGuide</name>
    <message>
        <source>User guide</source>
        <translation>Guide d’utilisation</translation>
    </message>
    <message>
        <source>The user guide is not installed with this build. It is in the folder docs/user-guide of the source code.</source>
        <translation>Le guide n’est pas installé avec cette version. Il se trouve dans le dossier docs/user-guide du code source.</translation>
    </message>
</context>
<context>
    <name>wizards::CloneDialog</name>
    <message>
        <source>Clone “%1”</source>
        <translation>Cloner « %1 »</translation>
    </message>
    <message>
        <source>Name of the copy</source>
        <translation>Nom de la copie</translation>
    </message>
    <message>
        <source>&amp;Clone</source>
        <translation>&amp;Cloner</translation>
    </message>
    <message>
        <source>&amp;Name:</source>
        <translation>&amp;Nom :</translation>
    </message>
    <message>
        <source>&amp;Full copy</source>
        <translation>Copie &amp;complète</translation>
    </message>
    <message>
        <source>&amp;Linked copy</source>
        <translation>Copie &amp;liée</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Annuler</translation>
    </message>
    <message>
        <source>Copy as co&amp;mmand</source>
        <translation>Copier comme co&amp;mmande</translation>
    </message>
    <message>
        <source>Disks and an identity of its own. At most %1 are copied.</source>
        <translation>Disques et identité propres. Au plus %1 sont copiés.</translation>
    </message>
    <message>
        <source>Ready at once and small: both share what they have in common, and each keeps its own changes.</source>
        <translation>Prête tout de suite et petite : les deux partagent ce qu’ils ont en commun et chacun garde ses propres changements.</translation>
    </message>
</context>
<context>
    <name>wizards::MediumChooser</name>
    <message>
        <source>Choose &amp;file…</source>
        <translation>Choisir un &amp;fichier…</translation>
    </message>
    <message>
        <source>Drop an ISO or a disk image here, or choose a file:</source>
        <translation>Déposez ici une ISO ou une image disque, ou choisissez un fichier :</translation>
    </message>
    <message>
        <source>File to start from</source>
        <translation>Fichier de démarrage</translation>
    </message>
    <message>
        <source>ISO, disk image (qcow2, raw, vmdk, vdi), floppy or appliance (ova)</source>
        <translation>ISO, image disque (qcow2, raw, vmdk, vdi), disquette ou appliance (ova)</translation>
    </message>
    <message>
        <source>Media and disks (*.iso *.img *.qcow2 *.raw *.vmdk *.vdi *.vhd *.vhdx *.flp *.ova *.ovf)</source>
        <translation>Supports et disques (*.iso *.img *.qcow2 *.raw *.vmdk *.vdi *.vhd *.vhdx *.flp *.ova *.ovf)</translation>
    </message>
    <message>
        <source>All files (*)</source>
        <translation>Tous les fichiers (*)</translation>
    </message>
    <message>
        <source>Choose a medium</source>
        <translation>Choisir un support</translation>
    </message>
</context>
<context>
    <name>wizards::NewGuestWizard</name>
    <message>
        <source>New guest</source>
        <translation>Nouvel invité</translation>
    </message>
    <message>
        <source>&amp;Create</source>
        <translation>&amp;Créer</translation>
    </message>
    <message>
        <source>&amp;Back</source>
        <translation>&amp;Retour</translation>
    </message>
    <message>
        <source>&amp;Next</source>
        <translation>&amp;Suivant</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Annuler</translation>
    </message>
</context>
<context>
    <name>wizards::ResourceSlider</name>
    <message>
        <source>%1, exact value</source>
        <translation>%1, valeur exacte</translation>
    </message>
    <message>
        <source>Processors</source>
        <translation>Processeurs</translation>
    </message>
    <message>
        <source>Memory</source>
        <translation>Mémoire</translation>
    </message>
    <message>
        <source>Disk</source>
        <translation>Disque</translation>
    </message>
    <message>
        <source>MiB</source>
        <translation>Mio</translation>
    </message>
    <message>
        <source>GiB</source>
        <translation>Gio</translation>
    </message>
    <message numerus="yes">
        <source>This computer has %n processor(s); guests share them.</source>
        <translation>
            <numerusform>Cet ordinateur a %n processeur ; les invités le partagent.</numerusform>
            <numerusform>Cet ordinateur a %n processeurs ; les invités les partagent.</numerusform>
        </translation>
    </message>
    <message>
        <source>Leaves %1 of the computer&apos;s %2.</source>
        <translation>Laisse %1 sur les %2 de l&apos;ordinateur.</translation>
    </message>
    <message>
        <source>Grows as it is used; %1 are free now.</source>
        <translation>Grandit à l&apos;usage ; %1 sont libres maintenant.</translation>
    </message>
    <message numerus="yes">
        <source>%n processor(s)</source>
        <translation>
            <numerusform>%n processeur</numerusform>
            <numerusform>%n processeurs</numerusform>
        </translation>
    </message>
    <message>
        <source>The guest&apos;s system needs at least %1.</source>
        <translation>Le système de l&apos;invité a besoin d&apos;au moins %1.</translation>
    </message>
    <message>
        <source>More processors than the computer has make the guest slower.</source>
        <translation>Plus de processeurs que l&apos;ordinateur n&apos;en a ralentissent l&apos;invité.</translation>
    </message>
    <message>
        <source>The computer itself may become slow.</source>
        <translation>L&apos;ordinateur lui-même peut ralentir.</translation>
    </message>
    <message>
        <source>There is not so much free space; a full guest would stop.</source>
        <translation>Il n&apos;y a pas tant de place ; un invité plein s&apos;arrêterait.</translation>
    </message>
    <message>
        <source>Takes effect now.</source>
        <translation>Prend effet maintenant.</translation>
    </message>
    <message>
        <source>Takes effect after a restart of the guest.</source>
        <translation>Prend effet après un redémarrage de l&apos;invité.</translation>
    </message>
    <message>
        <source>The guest has no disk.</source>
        <translation>L’invité n’a pas de disque.</translation>
    </message>
    <message>
        <source>none</source>
        <translation>aucun</translation>
    </message>
</context>
<context>
    <name>wizards::SizePage</name>
    <message>
        <source>How much may it use?</source>
        <translation>Combien peut-il utiliser ?</translation>
    </message>
    <message>
        <source>You can change all of this later.</source>
        <translation>Vous pourrez tout changer plus tard.</translation>
    </message>
    <message>
        <source>Firmware</source>
        <translation>Micrologiciel</translation>
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
        <translation>&amp;Disque :</translation>
    </message>
    <message>
        <source>&amp;Processors:</source>
        <translation>&amp;Processeurs :</translation>
    </message>
    <message>
        <source>&amp;Memory:</source>
        <translation>&amp;Mémoire :</translation>
    </message>
    <message>
        <source>&amp;Firmware:</source>
        <translation>Micro&amp;logiciel :</translation>
    </message>
</context>
<context>
    <name>wizards::StartPage</name>
    <message>
        <source>Enter a name for the guest.</source>
        <translation>Donnez un nom à l&apos;invité.</translation>
    </message>
    <message>
        <source>The name is too long.</source>
        <translation>Le nom est trop long.</translation>
    </message>
    <message>
        <source>A guest called “%1” already exists.</source>
        <translation>Un invité nommé « %1 » existe déjà.</translation>
    </message>
    <message>
        <source>&amp;Start it now</source>
        <translation>&amp;Démarrer maintenant</translation>
    </message>
    <message>
        <source>Ready to go</source>
        <translation>Prêt à démarrer</translation>
    </message>
    <message>
        <source>Give it a name and start.</source>
        <translation>Donnez-lui un nom et démarrez.</translation>
    </message>
    <message>
        <source>Name of the guest</source>
        <translation>Nom de l&apos;invité</translation>
    </message>
    <message>
        <source>Copy as co&amp;mmand</source>
        <translation>Copier comme co&amp;mmande</translation>
    </message>
    <message>
        <source>The command line that creates the same guest</source>
        <translation>La ligne de commande qui crée le même invité</translation>
    </message>
    <message>
        <source>&amp;Name:</source>
        <translation>&amp;Nom :</translation>
    </message>
    <message>
        <source>Summary:</source>
        <translation>Résumé :</translation>
    </message>
    <message>
        <source>Starts from %1</source>
        <translation>Démarre depuis %1</translation>
    </message>
    <message numerus="yes">
        <source>%n processor(s)</source>
        <translation>
            <numerusform>%n processeur</numerusform>
            <numerusform>%n processeurs</numerusform>
        </translation>
    </message>
    <message>
        <source>%1 of memory</source>
        <translation>%1 de mémoire</translation>
    </message>
    <message>
        <source>A new disk of %1, which grows as it is used</source>
        <translation>Un nouveau disque de %1, qui grandit à l&apos;usage</translation>
    </message>
    <message>
        <source>UEFI firmware</source>
        <translation>Micrologiciel UEFI</translation>
    </message>
    <message>
        <source>BIOS firmware</source>
        <translation>Micrologiciel BIOS</translation>
    </message>
    <message>
        <source>Network with access to the Internet</source>
        <translation>Réseau avec accès à Internet</translation>
    </message>
    <message numerus="yes">
        <source>%n disk(s) of the appliance, converted and copied</source>
        <translation>
            <numerusform>%n disque de l’appliance, converti et copié</numerusform>
            <numerusform>%n disques de l’appliance, convertis et copiés</numerusform>
        </translation>
    </message>
    <message>
        <source>A copy of %1</source>
        <translation>Une copie de %1</translation>
    </message>
    <message>
        <source>The name must not begin with “-”.</source>
        <translation>Le nom ne doit pas commencer par « - ».</translation>
    </message>
</context>
<context>
    <name>wizards::WhatPage</name>
    <message>
        <source>From an &amp;ISO, a disk or an appliance</source>
        <translation>Depuis une &amp;ISO, un disque ou une appliance</translation>
    </message>
    <message>
        <source>The built-in &amp;demo: a small tour, nothing to download</source>
        <translation>La &amp;démo intégrée : une petite visite, rien à télécharger</translation>
    </message>
    <message>
        <source>An &amp;empty guest; I add a medium later</source>
        <translation>Un invité &amp;vide ; j&apos;ajouterai un support plus tard</translation>
    </message>
    <message>
        <source>&amp;Copy the disk into the guest&apos;s folder</source>
        <translation>&amp;Copier le disque dans le dossier de l&apos;invité</translation>
    </message>
    <message>
        <source>What shall run?</source>
        <translation>Que voulez-vous lancer ?</translation>
    </message>
    <message>
        <source>Any medium works; a known one gets better defaults.</source>
        <translation>Tout support convient ; un support connu a de meilleures valeurs par défaut.</translation>
    </message>
    <message>
        <source>Operating system</source>
        <translation>Système d&apos;exploitation</translation>
    </message>
    <message>
        <source>The original stays as it is. Otherwise the guest writes to it.</source>
        <translation>L&apos;original reste tel quel. Sinon l&apos;invité y écrit.</translation>
    </message>
    <message>
        <source>&amp;System:</source>
        <translation>&amp;Système :</translation>
    </message>
    <message>
        <source>Not known</source>
        <translation>Inconnu</translation>
    </message>
    <message>
        <source>Looking at the file…</source>
        <translation>Examen du fichier…</translation>
    </message>
    <message>
        <source>This file cannot be opened. Check the path and that you may read it.</source>
        <translation>Ce fichier ne peut pas être ouvert. Vérifiez le chemin et que vous pouvez le lire.</translation>
    </message>
    <message>
        <source>Not recognised (%1). You can use it as a CD all the same.</source>
        <translation>Non reconnu (%1). Vous pouvez quand même l&apos;utiliser comme CD.</translation>
    </message>
    <message>
        <source>Recognised: %1.</source>
        <translation>Reconnu : %1.</translation>
    </message>
    <message>
        <source>A CD or DVD called “%1”; its system is not known. You can use it all the same.</source>
        <translation>Un CD ou DVD nommé « %1 » ; son système est inconnu. Vous pouvez quand même l&apos;utiliser.</translation>
    </message>
    <message>
        <source>A floppy disk.</source>
        <translation>Une disquette.</translation>
    </message>
    <message>
        <source>A disk in the format %1.</source>
        <translation>Un disque au format %1.</translation>
    </message>
    <message>
        <source>This appliance cannot be used: %1</source>
        <translation>Cette appliance ne peut pas être utilisée : %1</translation>
    </message>
    <message>
        <source>%1 of memory</source>
        <translation>%1 de mémoire</translation>
    </message>
    <message numerus="yes">
        <source>%n disk(s)</source>
        <translation>
            <numerusform>%n disque</numerusform>
            <numerusform>%n disques</numerusform>
        </translation>
    </message>
    <message>
        <source>The appliance “%1”: %2. Its disks are copied.</source>
        <translation>L’appliance « %1 » : %2. Ses disques sont copiés.</translation>
    </message>
</context>
<context>
    <name>wizards::ZonedSlider</name>
    <message>
        <source>minimum</source>
        <extracomment>Label of a slider&apos;s tick: the guest&apos;s system needs at least this much</extracomment>
        <translation>minimum</translation>
    </message>
    <message>
        <source>recommended</source>
        <extracomment>Label of a slider&apos;s tick: the guest&apos;s system recommends this much</extracomment>
        <translation>recommandé</translation>
    </message>
</context>
</TS>

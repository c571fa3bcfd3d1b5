<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="de">
<context>
    <name>BootCoach</name>
    <message>
        <source>Neither the disk nor the CD can be started. Is it the right medium?</source>
        <translation>Weder die Platte noch die CD lässt sich starten. Ist es das richtige Medium?</translation>
    </message>
    <message>
        <source>Choose another medium…</source>
        <translation>Anderes Medium wählen …</translation>
    </message>
    <message>
        <source>The disk is still empty: there is nothing to start. Insert an installation CD.</source>
        <translation>Die Platte ist noch leer: Es gibt nichts zu starten. Legen Sie eine Installations-CD ein.</translation>
    </message>
    <message>
        <source>Choose a medium…</source>
        <translation>Medium wählen …</translation>
    </message>
    <message>
        <source>This medium starts only with a BIOS, and the guest uses UEFI.</source>
        <translation>Dieses Medium startet nur mit einem BIOS, und der Gast benutzt UEFI.</translation>
    </message>
    <message>
        <source>Switch to BIOS and restart</source>
        <translation>Zu BIOS wechseln und neu starten</translation>
    </message>
    <message>
        <source>This medium starts only with UEFI, and the guest uses a BIOS.</source>
        <translation>Dieses Medium startet nur mit UEFI, und der Gast benutzt ein BIOS.</translation>
    </message>
    <message>
        <source>Switch to UEFI and restart</source>
        <translation>Zu UEFI wechseln und neu starten</translation>
    </message>
    <message>
        <source>The guest crashed so badly that it reset itself.</source>
        <translation>Der Gast ist so schwer abgestürzt, dass er sich selbst zurückgesetzt hat.</translation>
    </message>
    <message>
        <source>Show the log</source>
        <translation>Protokoll zeigen</translation>
    </message>
    <message>
        <source>The guest has halted and waits for nothing.</source>
        <translation>Der Gast hat angehalten und wartet auf nichts.</translation>
    </message>
    <message>
        <source>Restart</source>
        <translation>Neu starten</translation>
    </message>
    <message>
        <source>The computer&apos;s disk is full. The guest waits; free some space and resume it.</source>
        <translation>Die Platte des Rechners ist voll. Der Gast wartet; schaffen Sie Platz und setzen Sie ihn fort.</translation>
    </message>
    <message>
        <source>Open the folder</source>
        <translation>Ordner öffnen</translation>
    </message>
    <message>
        <source>The guest restarts. If the installation has finished, take the CD out.</source>
        <translation>Der Gast startet neu. Wenn die Installation fertig ist, nehmen Sie die CD heraus.</translation>
    </message>
    <message>
        <source>Eject the CD</source>
        <translation>CD auswerfen</translation>
    </message>
    <message>
        <source>The guest failed: %1</source>
        <translation>Der Gast ist ausgefallen: %1</translation>
    </message>
    <message>
        <source>Switched on</source>
        <translation>Eingeschaltet</translation>
    </message>
    <message>
        <source>Tries to start from a medium</source>
        <translation>Versucht, von einem Medium zu starten</translation>
    </message>
    <message>
        <source>That did not work</source>
        <translation>Das ging nicht</translation>
    </message>
    <message>
        <source>The medium&apos;s own program started</source>
        <translation>Das Programm des Mediums läuft</translation>
    </message>
    <message>
        <source>Nothing on the media can be started</source>
        <translation>Auf den Medien ist nichts, was starten könnte</translation>
    </message>
    <message>
        <source>Nothing to start from</source>
        <translation>Nichts da, wovon gestartet werden könnte</translation>
    </message>
    <message>
        <source>The medium needs a BIOS</source>
        <translation>Das Medium braucht ein BIOS</translation>
    </message>
    <message>
        <source>The medium needs UEFI</source>
        <translation>Das Medium braucht UEFI</translation>
    </message>
    <message>
        <source>Crashed and reset itself</source>
        <translation>Abgestürzt und neu gestartet</translation>
    </message>
    <message>
        <source>Halted for good</source>
        <translation>Endgültig angehalten</translation>
    </message>
    <message>
        <source>The computer&apos;s disk is full</source>
        <translation>Der Datenträger des Computers ist voll</translation>
    </message>
    <message>
        <source>Firmware started</source>
        <translation>Firmware gestartet</translation>
    </message>
    <message>
        <source>Firmware found the hardware</source>
        <translation>Firmware hat die Hardware gefunden</translation>
    </message>
    <message>
        <source>First read from a disk</source>
        <translation>Erstes Lesen von einer Platte</translation>
    </message>
    <message>
        <source>Operating system started</source>
        <translation>Betriebssystem gestartet</translation>
    </message>
</context>
<context>
    <name>DefaultReason</name>
    <message>
        <source>This is what the makers of the system recommend.</source>
        <translation>Das empfehlen die Hersteller des Systems.</translation>
    </message>
    <message>
        <source>The makers of the system state only a minimum.</source>
        <translation>Die Hersteller des Systems nennen nur ein Minimum.</translation>
    </message>
    <message>
        <source>The system would like more than this computer can spare.</source>
        <translation>Das System hätte gern mehr, als dieser Rechner entbehren kann.</translation>
    </message>
    <message>
        <source>A size that suits most systems.</source>
        <translation>Eine Größe, die den meisten Systemen genügt.</translation>
    </message>
    <message>
        <source>The system runs from its own medium.</source>
        <translation>Das System läuft von seinem eigenen Medium.</translation>
    </message>
    <message>
        <source>The medium starts only with a BIOS.</source>
        <translation>Das Medium startet nur mit einem BIOS.</translation>
    </message>
    <message>
        <source>The medium starts only with UEFI.</source>
        <translation>Das Medium startet nur mit UEFI.</translation>
    </message>
    <message>
        <source>The system asks for UEFI.</source>
        <translation>Das System verlangt UEFI.</translation>
    </message>
    <message>
        <source>A BIOS starts nearly every medium, and fast.</source>
        <translation>Ein BIOS startet fast jedes Medium, und das schnell.</translation>
    </message>
    <message>
        <source>The system has drivers for virtual hardware: the fastest choice.</source>
        <translation>Das System hat Treiber für virtuelle Hardware: die schnellste Wahl.</translation>
    </message>
    <message>
        <source>Nearly every system has drivers for this hardware.</source>
        <translation>Fast jedes System hat Treiber für diese Hardware.</translation>
    </message>
    <message>
        <source>The appliance was made with this.</source>
        <translation>Die Appliance wurde damit erstellt.</translation>
    </message>
</context>
<context>
    <name>ErrorText</name>
    <message>
        <source>The disk is full. Free some space and try again.</source>
        <translation>Die Platte ist voll. Schaffen Sie Platz und versuchen Sie es noch einmal.</translation>
    </message>
    <message>
        <source>Access is denied. Check who owns the file and that you may write to it.</source>
        <translation>Der Zugriff ist verboten. Prüfen Sie, wem die Datei gehört und ob Sie sie schreiben dürfen.</translation>
    </message>
    <message>
        <source>Something is missing that the guest needs.</source>
        <translation>Es fehlt etwas, das der Gast braucht.</translation>
    </message>
    <message>
        <source>It is in use by another program.</source>
        <translation>Ein anderes Programm benutzt es gerade.</translation>
    </message>
    <message>
        <source>The file is damaged; it is left untouched.</source>
        <translation>Die Datei ist beschädigt; sie bleibt unberührt.</translation>
    </message>
</context>
<context>
    <name>GuestDraft</name>
    <message>
        <source>Demo</source>
        <translation>Vorführung</translation>
    </message>
    <message>
        <source>New guest</source>
        <translation>Neuer Gast</translation>
    </message>
</context>
<context>
    <name>GuestState</name>
    <message>
        <source>Off</source>
        <translation>Aus</translation>
    </message>
    <message>
        <source>Starting</source>
        <translation>Startet</translation>
    </message>
    <message>
        <source>Running</source>
        <translation>Läuft</translation>
    </message>
    <message>
        <source>Paused</source>
        <translation>Angehalten</translation>
    </message>
    <message>
        <source>Shutting down</source>
        <translation>Fährt herunter</translation>
    </message>
    <message>
        <source>Failed</source>
        <translation>Ausgefallen</translation>
    </message>
    <message>
        <source>Damaged</source>
        <translation>Beschädigt</translation>
    </message>
</context>
<context>
    <name>QObject</name>
    <message>
        <source>Screen of the guest</source>
        <translation>Bildschirm des Gastes</translation>
    </message>
</context>
<context>
    <name>Setting</name>
    <message>
        <source>Choose…</source>
        <translation>Wählen …</translation>
    </message>
    <message>
        <source>Choose a file: %1</source>
        <translation>Datei wählen: %1</translation>
    </message>
    <message>
        <source>General</source>
        <translation>Allgemein</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>Name</translation>
    </message>
    <message>
        <source>Group</source>
        <translation>Gruppe</translation>
    </message>
    <message>
        <source>Guests of one group are listed together.</source>
        <translation>Gäste einer Gruppe stehen beieinander.</translation>
    </message>
    <message>
        <source>Notes</source>
        <translation>Notizen</translation>
    </message>
    <message>
        <source>Favourite</source>
        <translation>Liebling</translation>
    </message>
    <message>
        <source>Favourites are listed first.</source>
        <translation>Lieblinge stehen zuerst.</translation>
    </message>
    <message>
        <source>Processors and memory</source>
        <translation>Prozessoren und Speicher</translation>
    </message>
    <message>
        <source>Processors</source>
        <translation>Prozessoren</translation>
    </message>
    <message>
        <source>Memory</source>
        <translation>Arbeitsspeicher</translation>
    </message>
    <message>
        <source>Start</source>
        <translation>Start</translation>
    </message>
    <message>
        <source>Firmware</source>
        <translation>Firmware</translation>
    </message>
    <message>
        <source>An installed system starts only with the one it was installed with.</source>
        <translation>Ein installiertes System startet nur mit der, mit der es installiert wurde.</translation>
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
        <translation>Eigene Datei</translation>
    </message>
    <message>
        <source>Start first from</source>
        <translation>Zuerst starten von</translation>
    </message>
    <message>
        <source>Automatic: the disk as soon as something is installed on it.</source>
        <translation>Automatisch: die Platte, sobald etwas darauf installiert ist.</translation>
    </message>
    <message>
        <source>Automatic</source>
        <translation>Automatisch</translation>
    </message>
    <message>
        <source>CD</source>
        <translation>CD</translation>
    </message>
    <message>
        <source>Disk</source>
        <translation>Platte</translation>
    </message>
    <message>
        <source>Floppy</source>
        <translation>Diskette</translation>
    </message>
    <message>
        <source>Network</source>
        <translation>Netzwerk</translation>
    </message>
    <message>
        <source>Clock shows local time</source>
        <translation>Uhr zeigt Ortszeit</translation>
    </message>
    <message>
        <source>Windows expects this.</source>
        <translation>Windows erwartet das.</translation>
    </message>
    <message>
        <source>Stop instead of restarting</source>
        <translation>Ausschalten statt neu starten</translation>
    </message>
    <message>
        <source>Disk %1</source>
        <translation>Platte %1</translation>
    </message>
    <message>
        <source>Image file</source>
        <translation>Abbilddatei</translation>
    </message>
    <message>
        <source>Connected by</source>
        <translation>Angeschlossen über</translation>
    </message>
    <message>
        <source>Every system knows SATA; virtio and NVMe are faster.</source>
        <translation>Jedes System kennt SATA; virtio und NVMe sind schneller.</translation>
    </message>
    <message>
        <source>Read only</source>
        <translation>Nur lesen</translation>
    </message>
    <message>
        <source>Forget changes</source>
        <translation>Änderungen vergessen</translation>
    </message>
    <message>
        <source>What the guest writes is thrown away when it ends.</source>
        <translation>Was der Gast schreibt, wird an seinem Ende verworfen.</translation>
    </message>
    <message>
        <source>CD and floppy</source>
        <translation>CD und Diskette</translation>
    </message>
    <message>
        <source>Empty: no disc.</source>
        <translation>Leer: keine Scheibe.</translation>
    </message>
    <message>
        <source>Network %1</source>
        <translation>Netzwerk %1</translation>
    </message>
    <message>
        <source>Access</source>
        <translation>Zugang</translation>
    </message>
    <message>
        <source>None</source>
        <translation>Keiner</translation>
    </message>
    <message>
        <source>Internet</source>
        <translation>Internet</translation>
    </message>
    <message>
        <source>Isolated</source>
        <translation>Abgeschottet</translation>
    </message>
    <message>
        <source>Between guests</source>
        <translation>Zwischen Gästen</translation>
    </message>
    <message>
        <source>Tap interface</source>
        <translation>Tap-Schnittstelle</translation>
    </message>
    <message>
        <source>Card</source>
        <translation>Karte</translation>
    </message>
    <message>
        <source>Every system knows the Intel card.</source>
        <translation>Jedes System kennt die Intel-Karte.</translation>
    </message>
    <message>
        <source>Of the network between guests, or of the tap interface.</source>
        <translation>Des Netzwerks zwischen Gästen oder der Tap-Schnittstelle.</translation>
    </message>
    <message>
        <source>MAC address</source>
        <translation>MAC-Adresse</translation>
    </message>
    <message>
        <source>Empty: made from the guest&apos;s identity.</source>
        <translation>Leer: wird aus der Identität des Gastes gebildet.</translation>
    </message>
    <message>
        <source>Forwarded ports</source>
        <translation>Weitergeleitete Ports</translation>
    </message>
    <message>
        <source>One a line: tcp:127.0.0.1:2222:22 makes the guest&apos;s port 22 reachable at 2222.</source>
        <translation>Einer je Zeile: tcp:127.0.0.1:2222:22 macht Port 22 des Gastes unter 2222 erreichbar.</translation>
    </message>
    <message>
        <source>Screen and input</source>
        <translation>Bildschirm und Eingabe</translation>
    </message>
    <message>
        <source>Has a screen</source>
        <translation>Hat einen Bildschirm</translation>
    </message>
    <message>
        <source>Graphics card</source>
        <translation>Grafikkarte</translation>
    </message>
    <message>
        <source>Every system knows the VGA; virtio-gpu follows the window&apos;s size.</source>
        <translation>Jedes System kennt die VGA; virtio-gpu folgt der Größe des Fensters.</translation>
    </message>
    <message>
        <source>Pointer</source>
        <translation>Zeiger</translation>
    </message>
    <message>
        <source>PS/2 mouse</source>
        <translation>PS/2-Maus</translation>
    </message>
    <message>
        <source>USB tablet</source>
        <translation>USB-Tablett</translation>
    </message>
    <message>
        <source>virtio tablet</source>
        <translation>virtio-Tablett</translation>
    </message>
    <message>
        <source>Keyboard</source>
        <translation>Tastatur</translation>
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
        <translation>Gäste ohne Treiber für die gewählte haben die PS/2-Tastatur.</translation>
    </message>
    <message>
        <source>With a tablet the pointer follows yours without being captured. Guests without a driver for it have the mouse.</source>
        <translation>Mit einem Tablett folgt der Zeiger Ihrem, ohne gefangen zu sein. Gäste ohne Treiber dafür haben die Maus.</translation>
    </message>
    <message>
        <source>As in the preferences</source>
        <translation>Wie in den Einstellungen des Programms</translation>
    </message>
    <message>
        <source>Yes</source>
        <translation>Ja</translation>
    </message>
    <message>
        <source>No</source>
        <translation>Nein</translation>
    </message>
    <message>
        <source>Scaling</source>
        <translation>Skalierung</translation>
    </message>
    <message>
        <source>Fit the window</source>
        <translation>In das Fenster einpassen</translation>
    </message>
    <message>
        <source>Whole multiples</source>
        <translation>Ganzzahlige Vielfache</translation>
    </message>
    <message>
        <source>Exact pixels</source>
        <translation>Pixelgenau</translation>
    </message>
    <message>
        <source>Desktop</source>
        <translation>Arbeitsfläche</translation>
    </message>
    <message>
        <source>Keep the computer awake</source>
        <translation>Computer wach halten</translation>
    </message>
    <message>
        <source>While this guest runs, the computer does not go to sleep by itself.</source>
        <translation>Solange dieser Gast läuft, geht der Computer nicht von selbst in den Ruhezustand.</translation>
    </message>
    <message>
        <source>Tell me when it ends</source>
        <translation>Mitteilen, wenn er endet</translation>
    </message>
    <message>
        <source>Size</source>
        <translation>Größe</translation>
    </message>
    <message>
        <source>A disk only grows. Afterwards its partition and file system must grow too, inside of the guest: in Linux with growpart and resize2fs, in Windows with Disk Management.</source>
        <translation>Eine Festplatte wächst nur. Danach müssen im Gast auch Partition und Dateisystem wachsen: unter Linux mit growpart und resize2fs, unter Windows mit der Datenträgerverwaltung.</translation>
    </message>
    <message>
        <source>A new, empty disk; the system in the guest sets it up.</source>
        <translation>Eine neue, leere Platte; das System im Gast richtet sie ein.</translation>
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
        <translation>Tastenkürzel</translation>
    </message>
    <message>
        <source>Ctrl+Alt, pressed and released alone</source>
        <translation>Strg+Alt, allein gedrückt und losgelassen</translation>
    </message>
    <message>
        <source>Give keyboard and pointer back from a guest</source>
        <translation>Tastatur und Zeiger vom Gast zurückholen</translation>
    </message>
    <message numerus="yes">
        <source>%n guest(s) still run.</source>
        <translation>
            <numerusform>%n Gast läuft noch.</numerusform>
            <numerusform>%n Gäste laufen noch.</numerusform>
        </translation>
    </message>
    <message>
        <source>They run inside of Guesthouse: what shall become of them?</source>
        <translation>Sie laufen in Guesthouse: Was soll mit ihnen geschehen?</translation>
    </message>
    <message>
        <source>&amp;Shut down, then quit</source>
        <translation>&amp;Herunterfahren, dann beenden</translation>
    </message>
    <message>
        <source>&amp;Keep running, close the window</source>
        <translation>&amp;Weiterlaufen lassen, Fenster schließen</translation>
    </message>
    <message>
        <source>&amp;Force off and quit</source>
        <translation>Ausschalten er&amp;zwingen und beenden</translation>
    </message>
    <message>
        <source>Guests run on when the window is closed.</source>
        <translation>Gäste laufen weiter, wenn das Fenster geschlossen ist.</translation>
    </message>
    <message>
        <source>Open Guesthouse again, or its symbol in the system tray, to see them. “Quit” in the Machine menu ends them.</source>
        <translation>Öffnen Sie Guesthouse wieder oder sein Symbol in der Systemleiste, um sie zu sehen. „Beenden“ im Menü Maschine beendet sie.</translation>
    </message>
    <message>
        <source>&amp;Keep them running</source>
        <translation>&amp;Weiterlaufen lassen</translation>
    </message>
    <message>
        <source>&amp;Shut them down</source>
        <translation>&amp;Herunterfahren</translation>
    </message>
    <message>
        <source>&amp;Name:</source>
        <translation>&amp;Name:</translation>
    </message>
</context>
<context>
    <name>app::CommandPalette</name>
    <message>
        <source>All commands</source>
        <translation>Alle Befehle</translation>
    </message>
    <message>
        <source>Type a few letters of a command or a guest</source>
        <translation>Einige Buchstaben eines Befehls oder Gastes eingeben</translation>
    </message>
    <message>
        <source>Command</source>
        <translation>Befehl</translation>
    </message>
    <message>
        <source>Commands</source>
        <translation>Befehle</translation>
    </message>
</context>
<context>
    <name>app::ConnectionTable</name>
    <message>
        <source>opening</source>
        <translation>wird geöffnet</translation>
    </message>
    <message>
        <source>open</source>
        <translation>offen</translation>
    </message>
    <message>
        <source>closing</source>
        <translation>wird geschlossen</translation>
    </message>
    <message>
        <source>closed</source>
        <translation>geschlossen</translation>
    </message>
    <message>
        <source>refused</source>
        <translation>abgelehnt</translation>
    </message>
    <message>
        <source>cut</source>
        <translation>getrennt</translation>
    </message>
    <message>
        <source>blocked</source>
        <translation>gesperrt</translation>
    </message>
    <message>
        <source>to %1</source>
        <translation>zu %1</translation>
    </message>
    <message>
        <source>from %1</source>
        <translation>von %1</translation>
    </message>
    <message>
        <source>%1 s</source>
        <translation>%1 s</translation>
    </message>
    <message>
        <source>Cu&amp;t</source>
        <translation>&amp;Trennen</translation>
    </message>
    <message>
        <source>&amp;Block peer</source>
        <translation>Gegenstelle &amp;sperren</translation>
    </message>
    <message>
        <source>Protocol</source>
        <translation>Protokoll</translation>
    </message>
    <message>
        <source>Peer</source>
        <translation>Gegenstelle</translation>
    </message>
    <message>
        <source>Port</source>
        <translation>Port</translation>
    </message>
    <message>
        <source>State</source>
        <translation>Zustand</translation>
    </message>
    <message>
        <source>Sent</source>
        <translation>Gesendet</translation>
    </message>
    <message>
        <source>Received</source>
        <translation>Empfangen</translation>
    </message>
    <message>
        <source>Time</source>
        <translation>Zeit</translation>
    </message>
    <message>
        <source>Connections of the guest</source>
        <translation>Verbindungen des Gastes</translation>
    </message>
    <message>
        <source>End this connection; both sides are told</source>
        <translation>Diese Verbindung beenden; beide Seiten erfahren es</translation>
    </message>
    <message>
        <source>Let nothing through to or from this peer until you allow it again</source>
        <translation>Nichts mehr zu oder von dieser Gegenstelle durchlassen, bis Sie es wieder erlauben</translation>
    </message>
    <message>
        <source>Connections</source>
        <translation>Verbindungen</translation>
    </message>
</context>
<context>
    <name>app::ConsolePage</name>
    <message>
        <source>Start</source>
        <translation>Start</translation>
    </message>
    <message>
        <source>The guest is off.</source>
        <translation>Der Gast ist aus.</translation>
    </message>
    <message>
        <source>The guest has no screen.</source>
        <translation>Der Gast hat keinen Bildschirm.</translation>
    </message>
    <message>
        <source>This build has no console; use any VNC viewer on %1</source>
        <translation>Dieses Programm wurde ohne Konsole gebaut; benutzen Sie einen VNC-Betrachter mit %1</translation>
    </message>
</context>
<context>
    <name>app::ConsoleWindow</name>
    <message>
        <source>Screens of guests</source>
        <translation>Bildschirme der Gäste</translation>
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
        <translation>Seiten des Gastes</translation>
    </message>
    <message>
        <source>Overview</source>
        <translation>Übersicht</translation>
    </message>
    <message>
        <source>Console</source>
        <translation>Konsole</translation>
    </message>
    <message>
        <source>Settings</source>
        <translation>Einstellungen</translation>
    </message>
    <message>
        <source>Log</source>
        <translation>Protokoll</translation>
    </message>
    <message>
        <source>Network</source>
        <translation>Netzwerk</translation>
    </message>
    <message>
        <source>%1 · new settings after a restart</source>
        <translation>%1 · neue Einstellungen nach einem Neustart</translation>
    </message>
</context>
<context>
    <name>app::EmptyPage</name>
    <message>
        <source>Welcome to Guesthouse</source>
        <translation>Willkommen bei Guesthouse</translation>
    </message>
    <message>
        <source>Drop an ISO or a disk image anywhere on this window,
or begin with one of these:</source>
        <translation>Lassen Sie ein ISO oder Plattenabbild irgendwo auf dieses Fenster fallen
oder beginnen Sie so:</translation>
    </message>
    <message>
        <source>&amp;New guest…</source>
        <translation>&amp;Neuer Gast …</translation>
    </message>
    <message>
        <source>Start the &amp;demo</source>
        <translation>&amp;Vorführung starten</translation>
    </message>
    <message>
        <source>A small guest that is part of Guesthouse; nothing to download</source>
        <translation>Ein kleiner Gast, der zu Guesthouse gehört; nichts herunterzuladen</translation>
    </message>
</context>
<context>
    <name>app::ForwardPanel</name>
    <message>
        <source>%1: port %2 of this computer leads to port %3 of the guest</source>
        <translation>%1: Port %2 dieses Computers führt zu Port %3 des Gastes</translation>
    </message>
    <message>
        <source>Port of this computer</source>
        <translation>Port dieses Computers</translation>
    </message>
    <message>
        <source>Port of the guest</source>
        <translation>Port des Gastes</translation>
    </message>
    <message>
        <source>&amp;Remove</source>
        <translation>&amp;Entfernen</translation>
    </message>
    <message>
        <source>Forwarded ports</source>
        <translation>Weitergeleitete Ports</translation>
    </message>
    <message>
        <source>Protocol</source>
        <translation>Protokoll</translation>
    </message>
    <message>
        <source>&amp;Forward</source>
        <translation>&amp;Weiterleiten</translation>
    </message>
    <message>
        <source>Port of this computer:</source>
        <translation>Port dieses Computers:</translation>
    </message>
    <message>
        <source>Port of the guest:</source>
        <translation>Port des Gastes:</translation>
    </message>
</context>
<context>
    <name>app::GuestConnection</name>
    <message>
        <source>The guest did not answer in time.</source>
        <translation>Der Gast hat nicht rechtzeitig geantwortet.</translation>
    </message>
    <message>
        <source>The guest does not run any more.</source>
        <translation>Der Gast läuft nicht mehr.</translation>
    </message>
</context>
<context>
    <name>app::GuestListModel</name>
    <message>
        <source>Favourites</source>
        <translation>Lieblinge</translation>
    </message>
    <message>
        <source>Guests</source>
        <translation>Gäste</translation>
    </message>
    <message>
        <source>Started elsewhere</source>
        <translation>Anderswo gestartet</translation>
    </message>
</context>
<context>
    <name>app::GuestListPanel</name>
    <message>
        <source>Search guests</source>
        <translation>Gäste suchen</translation>
    </message>
    <message>
        <source>Search</source>
        <translation>Suchen</translation>
    </message>
    <message>
        <source>Guests</source>
        <translation>Gäste</translation>
    </message>
</context>
<context>
    <name>app::GuestStore</name>
    <message>
        <source>The guests cannot be read</source>
        <translation>Die Gäste können nicht gelesen werden</translation>
    </message>
    <message>
        <source>“%1” could not be started</source>
        <translation>„%1“ konnte nicht gestartet werden</translation>
    </message>
    <message>
        <source>“%1” could not do that</source>
        <translation>„%1“ konnte das nicht tun</translation>
    </message>
    <message>
        <source>Guest</source>
        <translation>Gast</translation>
    </message>
    <message>
        <source>“%1” needs attention</source>
        <translation>„%1“ braucht Aufmerksamkeit</translation>
    </message>
</context>
<context>
    <name>app::HostCheckPage</name>
    <message>
        <source>Command that mends it</source>
        <translation>Befehl, der es behebt</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>Kopieren</translation>
    </message>
    <message>
        <source>works</source>
        <translation>geht</translation>
    </message>
    <message>
        <source>fails</source>
        <translation>geht nicht</translation>
    </message>
    <message>
        <source>Check &amp;again</source>
        <translation>&amp;Noch einmal prüfen</translation>
    </message>
    <message>
        <source>&amp;Close</source>
        <translation>&amp;Schließen</translation>
    </message>
    <message>
        <source>Checking this computer…</source>
        <translation>Dieser Rechner wird geprüft …</translation>
    </message>
    <message>
        <source>This computer can run guests.</source>
        <translation>Dieser Rechner kann Gäste ausführen.</translation>
    </message>
    <message>
        <source>This computer cannot run guests yet.</source>
        <translation>Dieser Rechner kann noch keine Gäste ausführen.</translation>
    </message>
</context>
<context>
    <name>app::JobBar</name>
    <message>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
    <message numerus="yes">
        <source>about %n second(s) left</source>
        <translation>
            <numerusform>noch etwa %n Sekunde</numerusform>
            <numerusform>noch etwa %n Sekunden</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>about %n minute(s) left</source>
        <translation>
            <numerusform>noch etwa %n Minute</numerusform>
            <numerusform>noch etwa %n Minuten</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>app::LinePanel</name>
    <message>
        <source>no limit</source>
        <translation>unbegrenzt</translation>
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
        <translation>Bandbreite zum Gast</translation>
    </message>
    <message>
        <source>Bandwidth from the guest</source>
        <translation>Bandbreite vom Gast</translation>
    </message>
    <message>
        <source>Delay of a round trip</source>
        <translation>Verzögerung hin und zurück</translation>
    </message>
    <message>
        <source>Loss each way</source>
        <translation>Verlust je Richtung</translation>
    </message>
    <message>
        <source>&amp;Good line again</source>
        <translation>Wieder &amp;gute Leitung</translation>
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
        <translation>Aufzeichnung &amp;beenden</translation>
    </message>
    <message>
        <source>&amp;Record frames</source>
        <translation>Pakete &amp;aufzeichnen</translation>
    </message>
    <message>
        <source>Recording to %1</source>
        <translation>Aufzeichnung nach %1</translation>
    </message>
</context>
<context>
    <name>app::LogPage</name>
    <message>
        <source>Time</source>
        <translation>Zeit</translation>
    </message>
    <message>
        <source>Step</source>
        <translation>Schritt</translation>
    </message>
    <message>
        <source>Details</source>
        <translation>Einzelheiten</translation>
    </message>
    <message>
        <source>Timeline of the boot</source>
        <translation>Ablauf des Starts</translation>
    </message>
    <message>
        <source>Part</source>
        <translation>Teil</translation>
    </message>
    <message>
        <source>Message</source>
        <translation>Meldung</translation>
    </message>
    <message>
        <source>Log of the guest</source>
        <translation>Protokoll des Gastes</translation>
    </message>
    <message>
        <source>Log</source>
        <translation>Protokoll</translation>
    </message>
</context>
<context>
    <name>app::MachineActions</name>
    <message>
        <source>&amp;New guest…</source>
        <translation>&amp;Neuer Gast …</translation>
    </message>
    <message>
        <source>&amp;Add a guest&apos;s folder…</source>
        <translation>Ordner eines Gastes &amp;hinzufügen …</translation>
    </message>
    <message>
        <source>&amp;Start</source>
        <translation>&amp;Starten</translation>
    </message>
    <message>
        <source>&amp;Pause</source>
        <translation>&amp;Anhalten</translation>
    </message>
    <message>
        <source>R&amp;esume</source>
        <translation>&amp;Fortsetzen</translation>
    </message>
    <message>
        <source>Shut &amp;down</source>
        <translation>&amp;Herunterfahren</translation>
    </message>
    <message>
        <source>Rese&amp;t</source>
        <translation>&amp;Zurücksetzen</translation>
    </message>
    <message>
        <source>&amp;Force off…</source>
        <translation>Ausschalten er&amp;zwingen …</translation>
    </message>
    <message>
        <source>Rena&amp;me…</source>
        <translation>&amp;Umbenennen …</translation>
    </message>
    <message>
        <source>&amp;Clone…</source>
        <translation>&amp;Klonen …</translation>
    </message>
    <message>
        <source>De&amp;lete</source>
        <translation>&amp;Löschen</translation>
    </message>
    <message>
        <source>Open f&amp;older</source>
        <translation>&amp;Ordner öffnen</translation>
    </message>
    <message>
        <source>Cop&amp;y as command</source>
        <translation>Als &amp;Befehl kopieren</translation>
    </message>
    <message>
        <source>&amp;Quit</source>
        <translation>&amp;Beenden</translation>
    </message>
    <message>
        <source>&amp;Overview</source>
        <translation>Ü&amp;bersicht</translation>
    </message>
    <message>
        <source>&amp;Console</source>
        <translation>&amp;Konsole</translation>
    </message>
    <message>
        <source>S&amp;ettings</source>
        <translation>&amp;Einstellungen</translation>
    </message>
    <message>
        <source>&amp;Log</source>
        <translation>&amp;Protokoll</translation>
    </message>
    <message>
        <source>&amp;Find a guest</source>
        <translation>&amp;Gast suchen</translation>
    </message>
    <message>
        <source>F&amp;ull screen</source>
        <translation>&amp;Vollbild</translation>
    </message>
    <message>
        <source>&amp;Dark colours</source>
        <translation>&amp;Dunkle Farben</translation>
    </message>
    <message>
        <source>Send Ctrl+Alt+&amp;Delete</source>
        <translation>Strg+Alt+&amp;Entf senden</translation>
    </message>
    <message>
        <source>&amp;Type the clipboard&apos;s text</source>
        <translation>&amp;Text der Zwischenablage tippen</translation>
    </message>
    <message>
        <source>Save a &amp;picture of the screen…</source>
        <translation>&amp;Bild des Bildschirms speichern …</translation>
    </message>
    <message>
        <source>&amp;Insert a CD…</source>
        <translation>CD &amp;einlegen …</translation>
    </message>
    <message>
        <source>&amp;Eject the CD</source>
        <translation>CD &amp;auswerfen</translation>
    </message>
    <message>
        <source>&amp;All commands…</source>
        <translation>&amp;Alle Befehle …</translation>
    </message>
    <message>
        <source>&amp;Keyboard shortcuts</source>
        <translation>&amp;Tastenkürzel</translation>
    </message>
    <message>
        <source>Check this &amp;computer</source>
        <translation>Diesen &amp;Rechner prüfen</translation>
    </message>
    <message>
        <source>A&amp;bout Guesthouse</source>
        <translation>&amp;Über Guesthouse</translation>
    </message>
    <message>
        <source>&amp;Machine</source>
        <translation>&amp;Maschine</translation>
    </message>
    <message>
        <source>&amp;View</source>
        <translation>&amp;Ansicht</translation>
    </message>
    <message>
        <source>&amp;Input</source>
        <translation>&amp;Eingabe</translation>
    </message>
    <message>
        <source>&amp;Devices</source>
        <translation>&amp;Geräte</translation>
    </message>
    <message>
        <source>&amp;Help</source>
        <translation>&amp;Hilfe</translation>
    </message>
    <message>
        <source>&amp;Import…</source>
        <translation>&amp;Importieren …</translation>
    </message>
    <message>
        <source>Fa&amp;vourite</source>
        <translation>Fa&amp;vorit</translation>
    </message>
    <message>
        <source>E&amp;xport…</source>
        <translation>E&amp;xportieren …</translation>
    </message>
    <message>
        <source>Console in its own &amp;window</source>
        <translation>Konsole in eigenem &amp;Fenster</translation>
    </message>
    <message>
        <source>Console in a new &amp;tab</source>
        <translation>Konsole in neuem &amp;Reiter</translation>
    </message>
    <message>
        <source>&amp;Back to the list of guests</source>
        <translation>&amp;Zurück zur Liste der Gäste</translation>
    </message>
    <message>
        <source>&amp;Preferences…</source>
        <translation>&amp;Programmeinstellungen …</translation>
    </message>
    <message>
        <source>User &amp;guide</source>
        <translation>&amp;Handbuch</translation>
    </message>
    <message>
        <source>Send &amp;other keys</source>
        <translation>&amp;Andere Tasten senden</translation>
    </message>
    <message>
        <source>Super</source>
        <translation>Super</translation>
    </message>
    <message>
        <source>Print</source>
        <translation>Druck</translation>
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
        <translation>Neuer Gast …</translation>
    </message>
    <message>
        <source>“%1” failed</source>
        <translation>„%1“ ist ausgefallen</translation>
    </message>
    <message>
        <source>“%1” is off</source>
        <translation>„%1“ ist aus</translation>
    </message>
    <message>
        <source>The guest has shut down.</source>
        <translation>Der Gast ist heruntergefahren.</translation>
    </message>
    <message numerus="yes">
        <source>Guesthouse: %n guest(s) running</source>
        <translation>
            <numerusform>Guesthouse: %n Gast läuft</numerusform>
            <numerusform>Guesthouse: %n Gäste laufen</numerusform>
        </translation>
    </message>
    <message>
        <source>%1 – Guesthouse</source>
        <translation>%1 – Guesthouse</translation>
    </message>
    <message>
        <source>&amp;Show Guesthouse</source>
        <translation>Guesthouse &amp;zeigen</translation>
    </message>
    <message>
        <source>Reset this guest?</source>
        <translation>Diesen Gast zurücksetzen?</translation>
    </message>
    <message>
        <source>What it has not written to its disk is lost.</source>
        <translation>Was er nicht auf seine Platte geschrieben hat, geht verloren.</translation>
    </message>
    <message>
        <source>&amp;Reset</source>
        <translation>&amp;Zurücksetzen</translation>
    </message>
    <message>
        <source>Force this guest off?</source>
        <translation>Diesen Gast zwangsweise ausschalten?</translation>
    </message>
    <message>
        <source>It is like pulling the plug. Try “Shut down” first.</source>
        <translation>Das ist, als zöge man den Stecker. Versuchen Sie zuerst „Herunterfahren“.</translation>
    </message>
    <message>
        <source>&amp;Force off</source>
        <translation>Ausschalten er&amp;zwingen</translation>
    </message>
    <message>
        <source>About Guesthouse</source>
        <translation>Über Guesthouse</translation>
    </message>
    <message>
        <source>Guesthouse %1</source>
        <translation>Guesthouse %1</translation>
    </message>
    <message>
        <source>Virtual machines for the Linux desktop. Free software under the GNU General Public License, version 3 or later.</source>
        <translation>Virtuelle Maschinen für den Linux-Schreibtisch. Freie Software unter der GNU General Public License, Version 3 oder neuer.</translation>
    </message>
    <message>
        <source>Insert a CD</source>
        <translation>CD einlegen</translation>
    </message>
    <message>
        <source>Save the picture as</source>
        <translation>Bild speichern als</translation>
    </message>
    <message>
        <source>Pictures (*.png)</source>
        <translation>Bilder (*.png)</translation>
    </message>
    <message>
        <source>Rename “%1”</source>
        <translation>„%1“ umbenennen</translation>
    </message>
    <message>
        <source>The guest was not renamed</source>
        <translation>Der Gast wurde nicht umbenannt</translation>
    </message>
    <message>
        <source>%1 (copy)</source>
        <translation>%1 (Kopie)</translation>
    </message>
    <message>
        <source>%1 (copy %2)</source>
        <translation>%1 (Kopie %2)</translation>
    </message>
    <message>
        <source>Add a guest&apos;s folder</source>
        <translation>Ordner eines Gastes hinzufügen</translation>
    </message>
    <message>
        <source>This folder cannot be used as a guest</source>
        <translation>Dieser Ordner ist als Gast nicht brauchbar</translation>
    </message>
    <message>
        <source>Go to “%1”</source>
        <translation>Zu „%1“ gehen</translation>
    </message>
    <message>
        <source>Creating “%1”…</source>
        <translation>„%1“ wird angelegt …</translation>
    </message>
    <message>
        <source>“%1” was not created</source>
        <translation>„%1“ wurde nicht angelegt</translation>
    </message>
    <message>
        <source>Cloning to “%1”…</source>
        <translation>Klonen nach „%1“ …</translation>
    </message>
    <message>
        <source>The guest was not cloned</source>
        <translation>Der Gast wurde nicht geklont</translation>
    </message>
    <message>
        <source>“%1” was not deleted</source>
        <translation>„%1“ wurde nicht gelöscht</translation>
    </message>
    <message>
        <source>“%1” is no longer listed; its files stay where they are.</source>
        <translation>„%1“ steht nicht mehr in der Liste; seine Dateien bleiben, wo sie sind.</translation>
    </message>
    <message>
        <source>“%1” was moved to the trash.</source>
        <translation>„%1“ wurde in den Papierkorb gelegt.</translation>
    </message>
    <message>
        <source>&amp;Undo</source>
        <translation>&amp;Rückgängig</translation>
    </message>
    <message>
        <source>The guest could not be restored</source>
        <translation>Der Gast konnte nicht wiederhergestellt werden</translation>
    </message>
    <message>
        <source>The settings were not stored</source>
        <translation>Die Einstellungen wurden nicht gespeichert</translation>
    </message>
    <message>
        <source>Waiting for the guests to shut down…</source>
        <translation>Warten, bis die Gäste heruntergefahren sind …</translation>
    </message>
    <message>
        <source>Some guests did not shut down</source>
        <translation>Einige Gäste sind nicht heruntergefahren</translation>
    </message>
    <message>
        <source>They may wait for an answer on their screen. Quit again to force them off.</source>
        <translation>Vielleicht warten sie auf ihrem Bildschirm auf eine Antwort. Noch einmal beenden schaltet sie zwangsweise aus.</translation>
    </message>
    <message>
        <source>Importing %1…</source>
        <translation>%1 wird importiert …</translation>
    </message>
    <message>
        <source>The guest was not imported</source>
        <translation>Der Gast wurde nicht importiert</translation>
    </message>
    <message>
        <source>Exporting “%1”…</source>
        <translation>„%1“ wird exportiert …</translation>
    </message>
    <message>
        <source>“%1” was exported to %2.</source>
        <translation>„%1“ wurde nach %2 exportiert.</translation>
    </message>
    <message>
        <source>“%1” was not exported</source>
        <translation>„%1“ wurde nicht exportiert</translation>
    </message>
    <message>
        <source>Not possible: a disk lies outside of the guest&apos;s folder.</source>
        <translation>Nicht möglich: Eine Festplatte liegt außerhalb des Ordners des Gastes.</translation>
    </message>
    <message>
        <source>Not possible: a disk is not in the format qcow2.</source>
        <translation>Nicht möglich: Eine Festplatte hat nicht das Format qcow2.</translation>
    </message>
    <message>
        <source>There is no disk that could be shared.</source>
        <translation>Es gibt keine Festplatte, die geteilt werden könnte.</translation>
    </message>
    <message>
        <source>Import an appliance, a disk or an exported guest</source>
        <translation>Appliance, Festplatte oder exportierten Gast importieren</translation>
    </message>
    <message>
        <source>Appliances, disks and exported guests (*.ova *.ovf *.vmdk *.vdi *.vhd *.vhdx *.qcow2 *.img *.raw *.tar *.tar.gz *.tar.zst)</source>
        <translation>Appliances, Festplatten und exportierte Gäste (*.ova *.ovf *.vmdk *.vdi *.vhd *.vhdx *.qcow2 *.img *.raw *.tar *.tar.gz *.tar.zst)</translation>
    </message>
    <message>
        <source>All files (*)</source>
        <translation>Alle Dateien (*)</translation>
    </message>
    <message>
        <source>Export “%1” to</source>
        <translation>„%1“ exportieren nach</translation>
    </message>
    <message>
        <source>Exported guests (*.tar.zst)</source>
        <translation>Exportierte Gäste (*.tar.zst)</translation>
    </message>
    <message>
        <source>&amp;Restart</source>
        <translation>&amp;Neu starten</translation>
    </message>
    <message>
        <source>It does not end. Try “Force off” and start it again.</source>
        <translation>Er endet nicht. Versuchen Sie „Ausschalten erzwingen“ und starten Sie ihn wieder.</translation>
    </message>
    <message>
        <source>Restart this guest with its new settings?</source>
        <translation>Diesen Gast mit seinen neuen Einstellungen neu starten?</translation>
    </message>
    <message>
        <source>The guest was not restarted</source>
        <translation>Der Gast wurde nicht neu gestartet</translation>
    </message>
</context>
<context>
    <name>app::MessageBar</name>
    <message>
        <source>Close the message</source>
        <translation>Meldung schließen</translation>
    </message>
</context>
<context>
    <name>app::NetworkClient</name>
    <message>
        <source>Guesthouse cannot listen on port %1 of this computer: another program uses it. Choose another port, or end that program (“ss -lnp” names it).</source>
        <translation>Guesthouse kann Port %1 dieses Computers nicht belegen: Ein anderes Programm benutzt ihn. Wählen Sie einen anderen Port oder beenden Sie das Programm („ss -lnp“ nennt es).</translation>
    </message>
    <message>
        <source>Guesthouse cannot listen on port %1 of this computer: ports below 1024 belong to its administrator. Choose a higher one, for example %2.</source>
        <translation>Guesthouse kann Port %1 dieses Computers nicht belegen: Ports unter 1024 gehören seinem Verwalter. Wählen Sie einen höheren, zum Beispiel %2.</translation>
    </message>
</context>
<context>
    <name>app::NetworkPage</name>
    <message>
        <source>&amp;Copy</source>
        <translation>&amp;Kopieren</translation>
    </message>
    <message>
        <source>C&amp;onnect now</source>
        <translation>&amp;Jetzt verbinden</translation>
    </message>
    <message>
        <source>Cable &amp;plugged in</source>
        <translation>Kabel &amp;eingesteckt</translation>
    </message>
    <message>
        <source>&amp;Allow again</source>
        <translation>Wieder &amp;erlauben</translation>
    </message>
    <message>
        <source>The network can be seen here while the guest runs.</source>
        <translation>Hier ist das Netzwerk zu sehen, während der Gast läuft.</translation>
    </message>
    <message>
        <source>Address of the guest</source>
        <translation>Adresse des Gastes</translation>
    </message>
    <message>
        <source>Copy the guest&apos;s address</source>
        <translation>Adresse des Gastes kopieren</translation>
    </message>
    <message>
        <source>Where the cable leads</source>
        <translation>Wohin das Kabel führt</translation>
    </message>
    <message>
        <source>User network</source>
        <translation>Benutzernetz</translation>
    </message>
    <message>
        <source>Isolated</source>
        <translation>Abgeschottet</translation>
    </message>
    <message>
        <source>Network between guests</source>
        <translation>Netz zwischen Gästen</translation>
    </message>
    <message>
        <source>Tap interface</source>
        <translation>Tap-Schnittstelle</translation>
    </message>
    <message>
        <source>Name of the network or interface</source>
        <translation>Name des Netzes oder der Schnittstelle</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>Name</translation>
    </message>
    <message>
        <source>Takes effect now; the guest sees its cable pulled and plugged in again</source>
        <translation>Wirkt sofort; der Gast sieht sein Kabel gezogen und wieder eingesteckt</translation>
    </message>
    <message>
        <source>Address:</source>
        <translation>Adresse:</translation>
    </message>
    <message>
        <source>Names that the guest has looked up</source>
        <translation>Namen, die der Gast nachgeschlagen hat</translation>
    </message>
    <message>
        <source>Blocked peers</source>
        <translation>Gesperrte Gegenstellen</translation>
    </message>
    <message>
        <source>More about the network</source>
        <translation>Mehr über das Netzwerk</translation>
    </message>
    <message>
        <source>Forwarded ports</source>
        <translation>Weitergeleitete Ports</translation>
    </message>
    <message>
        <source>Line and recording</source>
        <translation>Leitung und Aufzeichnung</translation>
    </message>
    <message>
        <source>Names looked up</source>
        <translation>Nachgeschlagene Namen</translation>
    </message>
    <message>
        <source>none yet</source>
        <translation>noch keine</translation>
    </message>
    <message>
        <source>The guest listens on port %1. Lead port %2 of this computer there?</source>
        <translation>Der Gast lauscht auf Port %1. Soll Port %2 dieses Computers dorthin führen?</translation>
    </message>
    <message>
        <source>Forward</source>
        <translation>Weiterleiten</translation>
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
        <translation>Prozessoren</translation>
    </message>
    <message>
        <source>Memory</source>
        <translation>Arbeitsspeicher</translation>
    </message>
    <message>
        <source>Disk</source>
        <translation>Platte</translation>
    </message>
    <message>
        <source>Network</source>
        <translation>Netzwerk</translation>
    </message>
    <message>
        <source>Screen of the guest</source>
        <translation>Bildschirm des Gastes</translation>
    </message>
    <message>
        <source>Open the console</source>
        <translation>Konsole öffnen</translation>
    </message>
    <message>
        <source>Facts about the guest</source>
        <translation>Angaben zum Gast</translation>
    </message>
    <message>
        <source>State</source>
        <translation>Zustand</translation>
    </message>
    <message>
        <source>System</source>
        <translation>System</translation>
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
        <translation>leer</translation>
    </message>
    <message>
        <source>Folder</source>
        <translation>Ordner</translation>
    </message>
    <message>
        <source>Notes</source>
        <translation>Notizen</translation>
    </message>
</context>
<context>
    <name>app::PreferencesDialog</name>
    <message>
        <source>Preferences</source>
        <translation>Programmeinstellungen</translation>
    </message>
    <message>
        <source>Scaling of the screen</source>
        <translation>Skalierung des Bildschirms</translation>
    </message>
    <message>
        <source>Fit the window</source>
        <translation>In das Fenster einpassen</translation>
    </message>
    <message>
        <source>Whole multiples</source>
        <translation>Ganzzahlige Vielfache</translation>
    </message>
    <message>
        <source>Exact pixels</source>
        <translation>Pixelgenau</translation>
    </message>
    <message>
        <source>All guests</source>
        <translation>Alle Gäste</translation>
    </message>
    <message>
        <source>A guest&apos;s own settings can say otherwise.</source>
        <translation>Die Einstellungen eines Gastes können davon abweichen.</translation>
    </message>
    <message>
        <source>&amp;Scaling of the screen:</source>
        <translation>&amp;Skalierung des Bildschirms:</translation>
    </message>
    <message>
        <source>Keep the computer &amp;awake while guests run</source>
        <translation>Computer &amp;wach halten, solange Gäste laufen</translation>
    </message>
    <message>
        <source>&amp;Tell me when a guest ends</source>
        <translation>&amp;Mitteilen, wenn ein Gast endet</translation>
    </message>
    <message>
        <source>Window</source>
        <translation>Fenster</translation>
    </message>
    <message>
        <source>&amp;Dark colours</source>
        <translation>&amp;Dunkle Farben</translation>
    </message>
    <message>
        <source>&amp;Closing the window leaves guests running, without a question</source>
        <translation>Beim S&amp;chließen des Fensters laufen Gäste ohne Rückfrage weiter</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Schließen</translation>
    </message>
</context>
<context>
    <name>app::SessionInhibitor</name>
    <message>
        <source>Guests are running</source>
        <translation>Gäste laufen</translation>
    </message>
</context>
<context>
    <name>app::SettingsPage</name>
    <message>
        <source>Search settings</source>
        <translation>Einstellungen suchen</translation>
    </message>
    <message>
        <source>Sections</source>
        <translation>Abschnitte</translation>
    </message>
    <message>
        <source>&amp;Apply</source>
        <translation>&amp;Anwenden</translation>
    </message>
    <message>
        <source>&amp;Discard</source>
        <translation>&amp;Verwerfen</translation>
    </message>
    <message>
        <source>This is not complete yet. %1</source>
        <translation>Das ist noch nicht vollständig. %1</translation>
    </message>
    <message>
        <source>%1: %2 → %3</source>
        <translation>%1: %2 → %3</translation>
    </message>
    <message>
        <source> (now)</source>
        <translation> (sofort)</translation>
    </message>
    <message>
        <source> (after restart)</source>
        <translation> (nach Neustart)</translation>
    </message>
    <message>
        <source>The settings were not stored</source>
        <translation>Die Einstellungen wurden nicht gespeichert</translation>
    </message>
    <message>
        <source>Takes effect now.</source>
        <translation>Wirkt sofort.</translation>
    </message>
    <message>
        <source>Takes effect after a restart.</source>
        <translation>Wirkt nach einem Neustart.</translation>
    </message>
    <message>
        <source>&amp;Restart now…</source>
        <translation>Jetzt &amp;neu starten …</translation>
    </message>
    <message>
        <source>The guest sees its new settings when it has been switched off and on again.</source>
        <translation>Der Gast sieht seine neuen Einstellungen, wenn er aus- und wieder eingeschaltet wurde.</translation>
    </message>
</context>
<context>
    <name>app::UserGuide</name>
    <message>
        <source>User guide</source>
        <translation>Handbuch</translation>
    </message>
    <message>
        <source>The user guide is not installed with this build. It is in the folder docs/user-guide of the source code.</source>
        <translation>Das Handbuch ist mit dieser Version nicht installiert. Es liegt im Ordner docs/user-guide des Quelltextes.</translation>
    </message>
</context>
<context>
    <name>wizards::CloneDialog</name>
    <message>
        <source>Clone “%1”</source>
        <translation>„%1“ klonen</translation>
    </message>
    <message>
        <source>Name of the copy</source>
        <translation>Name der Kopie</translation>
    </message>
    <message>
        <source>&amp;Clone</source>
        <translation>&amp;Klonen</translation>
    </message>
    <message>
        <source>&amp;Name:</source>
        <translation>&amp;Name:</translation>
    </message>
    <message>
        <source>&amp;Full copy</source>
        <translation>&amp;Vollständige Kopie</translation>
    </message>
    <message>
        <source>&amp;Linked copy</source>
        <translation>Ver&amp;knüpfte Kopie</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
    <message>
        <source>Copy as co&amp;mmand</source>
        <translation>Als &amp;Befehl kopieren</translation>
    </message>
    <message>
        <source>Disks and an identity of its own. At most %1 are copied.</source>
        <translation>Eigene Festplatten und eine eigene Identität. Höchstens %1 werden kopiert.</translation>
    </message>
    <message>
        <source>Ready at once and small: both share what they have in common, and each keeps its own changes.</source>
        <translation>Sofort fertig und klein: Beide teilen, was sie gemeinsam haben, und jeder behält seine eigenen Änderungen.</translation>
    </message>
</context>
<context>
    <name>wizards::MediumChooser</name>
    <message>
        <source>Choose &amp;file…</source>
        <translation>&amp;Datei wählen …</translation>
    </message>
    <message>
        <source>Drop an ISO or a disk image here, or choose a file:</source>
        <translation>Ein ISO oder Plattenabbild hierher ziehen oder eine Datei wählen:</translation>
    </message>
    <message>
        <source>File to start from</source>
        <translation>Datei, von der gestartet wird</translation>
    </message>
    <message>
        <source>ISO, disk image (qcow2, raw, vmdk, vdi), floppy or appliance (ova)</source>
        <translation>ISO, Plattenabbild (qcow2, raw, vmdk, vdi), Diskette oder Appliance (ova)</translation>
    </message>
    <message>
        <source>Media and disks (*.iso *.img *.qcow2 *.raw *.vmdk *.vdi *.vhd *.vhdx *.flp *.ova *.ovf)</source>
        <translation>Medien und Platten (*.iso *.img *.qcow2 *.raw *.vmdk *.vdi *.vhd *.vhdx *.flp *.ova *.ovf)</translation>
    </message>
    <message>
        <source>All files (*)</source>
        <translation>Alle Dateien (*)</translation>
    </message>
    <message>
        <source>Choose a medium</source>
        <translation>Medium wählen</translation>
    </message>
</context>
<context>
    <name>wizards::NewGuestWizard</name>
    <message>
        <source>New guest</source>
        <translation>Neuer Gast</translation>
    </message>
    <message>
        <source>&amp;Create</source>
        <translation>&amp;Anlegen</translation>
    </message>
    <message>
        <source>&amp;Back</source>
        <translation>&amp;Zurück</translation>
    </message>
    <message>
        <source>&amp;Next</source>
        <translation>&amp;Weiter</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
</context>
<context>
    <name>wizards::ResourceSlider</name>
    <message>
        <source>%1, exact value</source>
        <translation>%1, genauer Wert</translation>
    </message>
    <message>
        <source>Processors</source>
        <translation>Prozessoren</translation>
    </message>
    <message>
        <source>Memory</source>
        <translation>Arbeitsspeicher</translation>
    </message>
    <message>
        <source>Disk</source>
        <translation>Platte</translation>
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
            <numerusform>Dieser Rechner hat %n Prozessor; Gäste teilen ihn sich.</numerusform>
            <numerusform>Dieser Rechner hat %n Prozessoren; Gäste teilen sie sich.</numerusform>
        </translation>
    </message>
    <message>
        <source>Leaves %1 of the computer&apos;s %2.</source>
        <translation>Lässt dem Rechner %1 von %2.</translation>
    </message>
    <message>
        <source>Grows as it is used; %1 are free now.</source>
        <translation>Wächst mit der Benutzung; zurzeit sind %1 frei.</translation>
    </message>
    <message numerus="yes">
        <source>%n processor(s)</source>
        <translation>
            <numerusform>%n Prozessor</numerusform>
            <numerusform>%n Prozessoren</numerusform>
        </translation>
    </message>
    <message>
        <source>The guest&apos;s system needs at least %1.</source>
        <translation>Das System des Gastes braucht mindestens %1.</translation>
    </message>
    <message>
        <source>More processors than the computer has make the guest slower.</source>
        <translation>Mehr Prozessoren, als der Rechner hat, machen den Gast langsamer.</translation>
    </message>
    <message>
        <source>The computer itself may become slow.</source>
        <translation>Der Rechner selbst könnte langsam werden.</translation>
    </message>
    <message>
        <source>There is not so much free space; a full guest would stop.</source>
        <translation>So viel Platz ist nicht frei; ein voller Gast bliebe stehen.</translation>
    </message>
    <message>
        <source>Takes effect now.</source>
        <translation>Wirkt sofort.</translation>
    </message>
    <message>
        <source>Takes effect after a restart of the guest.</source>
        <translation>Wirkt nach einem Neustart des Gastes.</translation>
    </message>
    <message>
        <source>The guest has no disk.</source>
        <translation>Der Gast hat keine Platte.</translation>
    </message>
    <message>
        <source>none</source>
        <translation>keine</translation>
    </message>
</context>
<context>
    <name>wizards::SizePage</name>
    <message>
        <source>How much may it use?</source>
        <translation>Wie viel darf er benutzen?</translation>
    </message>
    <message>
        <source>You can change all of this later.</source>
        <translation>All das können Sie später ändern.</translation>
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
        <translation>&amp;Platte:</translation>
    </message>
    <message>
        <source>&amp;Processors:</source>
        <translation>P&amp;rozessoren:</translation>
    </message>
    <message>
        <source>&amp;Memory:</source>
        <translation>&amp;Speicher:</translation>
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
        <translation>Geben Sie dem Gast einen Namen.</translation>
    </message>
    <message>
        <source>The name is too long.</source>
        <translation>Der Name ist zu lang.</translation>
    </message>
    <message>
        <source>A guest called “%1” already exists.</source>
        <translation>Einen Gast namens „%1“ gibt es schon.</translation>
    </message>
    <message>
        <source>&amp;Start it now</source>
        <translation>&amp;Jetzt starten</translation>
    </message>
    <message>
        <source>Ready to go</source>
        <translation>Fertig zum Start</translation>
    </message>
    <message>
        <source>Give it a name and start.</source>
        <translation>Geben Sie ihm einen Namen und starten Sie.</translation>
    </message>
    <message>
        <source>Name of the guest</source>
        <translation>Name des Gastes</translation>
    </message>
    <message>
        <source>Copy as co&amp;mmand</source>
        <translation>Als &amp;Befehl kopieren</translation>
    </message>
    <message>
        <source>The command line that creates the same guest</source>
        <translation>Die Befehlszeile, die denselben Gast anlegt</translation>
    </message>
    <message>
        <source>&amp;Name:</source>
        <translation>&amp;Name:</translation>
    </message>
    <message>
        <source>Summary:</source>
        <translation>Zusammenfassung:</translation>
    </message>
    <message>
        <source>Starts from %1</source>
        <translation>Startet von %1</translation>
    </message>
    <message numerus="yes">
        <source>%n processor(s)</source>
        <translation>
            <numerusform>%n Prozessor</numerusform>
            <numerusform>%n Prozessoren</numerusform>
        </translation>
    </message>
    <message>
        <source>%1 of memory</source>
        <translation>%1 Arbeitsspeicher</translation>
    </message>
    <message>
        <source>A new disk of %1, which grows as it is used</source>
        <translation>Eine neue Platte mit %1, die mit der Benutzung wächst</translation>
    </message>
    <message>
        <source>UEFI firmware</source>
        <translation>UEFI-Firmware</translation>
    </message>
    <message>
        <source>BIOS firmware</source>
        <translation>BIOS-Firmware</translation>
    </message>
    <message>
        <source>Network with access to the Internet</source>
        <translation>Netzwerk mit Zugang zum Internet</translation>
    </message>
    <message numerus="yes">
        <source>%n disk(s) of the appliance, converted and copied</source>
        <translation>
            <numerusform>%n Festplatte der Appliance, umgewandelt und kopiert</numerusform>
            <numerusform>%n Festplatten der Appliance, umgewandelt und kopiert</numerusform>
        </translation>
    </message>
    <message>
        <source>A copy of %1</source>
        <translation>Eine Kopie von %1</translation>
    </message>
    <message>
        <source>The name must not begin with “-”.</source>
        <translation>Der Name darf nicht mit „-“ beginnen.</translation>
    </message>
</context>
<context>
    <name>wizards::WhatPage</name>
    <message>
        <source>From an &amp;ISO, a disk or an appliance</source>
        <translation>Von einem &amp;ISO, einer Platte oder einer Appliance</translation>
    </message>
    <message>
        <source>The built-in &amp;demo: a small tour, nothing to download</source>
        <translation>Die eingebaute &amp;Vorführung: ein kleiner Rundgang, nichts herunterzuladen</translation>
    </message>
    <message>
        <source>An &amp;empty guest; I add a medium later</source>
        <translation>Ein &amp;leerer Gast; ein Medium kommt später</translation>
    </message>
    <message>
        <source>&amp;Copy the disk into the guest&apos;s folder</source>
        <translation>Die Platte in den Ordner des Gastes &amp;kopieren</translation>
    </message>
    <message>
        <source>What shall run?</source>
        <translation>Was soll laufen?</translation>
    </message>
    <message>
        <source>Any medium works; a known one gets better defaults.</source>
        <translation>Jedes Medium geht; für ein bekanntes gibt es bessere Vorgaben.</translation>
    </message>
    <message>
        <source>Operating system</source>
        <translation>Betriebssystem</translation>
    </message>
    <message>
        <source>The original stays as it is. Otherwise the guest writes to it.</source>
        <translation>Das Original bleibt, wie es ist. Sonst schreibt der Gast darauf.</translation>
    </message>
    <message>
        <source>&amp;System:</source>
        <translation>&amp;System:</translation>
    </message>
    <message>
        <source>Not known</source>
        <translation>Nicht bekannt</translation>
    </message>
    <message>
        <source>Looking at the file…</source>
        <translation>Die Datei wird angesehen …</translation>
    </message>
    <message>
        <source>This file cannot be opened. Check the path and that you may read it.</source>
        <translation>Diese Datei lässt sich nicht öffnen. Prüfen Sie den Pfad und ob Sie sie lesen dürfen.</translation>
    </message>
    <message>
        <source>Not recognised (%1). You can use it as a CD all the same.</source>
        <translation>Nicht erkannt (%1). Sie können es trotzdem als CD benutzen.</translation>
    </message>
    <message>
        <source>Recognised: %1.</source>
        <translation>Erkannt: %1.</translation>
    </message>
    <message>
        <source>A CD or DVD called “%1”; its system is not known. You can use it all the same.</source>
        <translation>Eine CD oder DVD namens „%1“; ihr System ist nicht bekannt. Sie können sie trotzdem benutzen.</translation>
    </message>
    <message>
        <source>A floppy disk.</source>
        <translation>Eine Diskette.</translation>
    </message>
    <message>
        <source>A disk in the format %1.</source>
        <translation>Eine Platte im Format %1.</translation>
    </message>
    <message>
        <source>This appliance cannot be used: %1</source>
        <translation>Diese Appliance ist nicht verwendbar: %1</translation>
    </message>
    <message>
        <source>%1 of memory</source>
        <translation>%1 Arbeitsspeicher</translation>
    </message>
    <message numerus="yes">
        <source>%n disk(s)</source>
        <translation>
            <numerusform>%n Festplatte</numerusform>
            <numerusform>%n Festplatten</numerusform>
        </translation>
    </message>
    <message>
        <source>The appliance “%1”: %2. Its disks are copied.</source>
        <translation>Die Appliance „%1“: %2. Ihre Festplatten werden kopiert.</translation>
    </message>
</context>
<context>
    <name>wizards::ZonedSlider</name>
    <message>
        <source>minimum</source>
        <extracomment>Label of a slider&apos;s tick: the guest&apos;s system needs at least this much</extracomment>
        <translation>Minimum</translation>
    </message>
    <message>
        <source>recommended</source>
        <extracomment>Label of a slider&apos;s tick: the guest&apos;s system recommends this much</extracomment>
        <translation>empfohlen</translation>
    </message>
</context>
</TS>

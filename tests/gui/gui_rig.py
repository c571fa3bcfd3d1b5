# SPDX-License-Identifier: GPL-3.0-or-later
"""A display of the test's own with a window manager, and folders that belong to nobody else."""
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time


def skip(reason):
    print("skipped:", reason)
    sys.exit(77)


def python_with_accessibility():
    """An interpreter that can ask the accessibility bus: the one of the system, if not this one."""
    for python in (sys.executable, "/usr/bin/python3"):
        known = subprocess.run([python, "-c", "import gi; gi.require_version('Atspi', '2.0')"], capture_output=True,
                               check=False)
        if known.returncode == 0:
            return python
    skip("python3-gi or gir1.2-atspi-2.0 is not installed")
    return None


class Metronome(threading.Thread):
    """Notes how late a thread that only sleeps is woken up: how long others wait on this machine for their turn. The
    program waits for the X server and for its disk, and they are no faster than that."""
    STEP = 0.005

    def __init__(self):
        super().__init__(daemon=True)
        self.late = []  # (when, seconds)

    def run(self):
        while True:
            before = time.monotonic()
            time.sleep(self.STEP)
            after = time.monotonic()
            if after - before - self.STEP > 0.01:
                self.late.append((after, after - before - self.STEP))

    def worst(self, begin, end):
        return max((late for when, late in self.late if begin <= when <= end), default=0)


class Rig:
    def __init__(self, tools=("Xvfb", "openbox", "xdotool", "dbus-daemon"), screen="1280x860"):
        for tool in tools:
            if not shutil.which(tool):
                skip(f"{tool} is not installed")
        self.folder = tempfile.mkdtemp(prefix="guesthouse-gui-")
        self.complaints = open(os.path.join(self.folder, "complaints"), "w", encoding="utf-8")  # pylint: disable=consider-using-with
        self.processes = []
        self.screen = screen
        self.metronome = Metronome()
        self.metronome.start()
        self.pictures = os.environ.get("GUESTHOUSE_GUI_PICTURES", "")
        self.environment = dict(os.environ, LC_ALL="C.UTF-8", LANGUAGE="en", QT_LINUX_ACCESSIBILITY_ALWAYS_ON="1")
        for variable, name in (("XDG_RUNTIME_DIR", "run"), ("XDG_DATA_HOME", "data"), ("XDG_CONFIG_HOME", "config"),
                               ("HOME", "home")):
            path = os.path.join(self.folder, name)
            os.mkdir(path, 0o700)
            self.environment[variable] = path
        self.environment.pop("WAYLAND_DISPLAY", None)
        self.stalls = os.path.join(self.folder, "stalls")
        self.environment["GUESTHOUSE_STALL_LOG"] = self.stalls

    def __enter__(self):
        read_end, write_end = os.pipe()
        self.start(["Xvfb", "-displayfd", str(write_end), "-screen", "0", self.screen + "x24", "-nolisten", "tcp", "-dpi", "96"],
                   pass_fds=(write_end,))
        os.close(write_end)
        with os.fdopen(read_end, encoding="ascii") as pipe:
            number = pipe.readline().strip()  # to the end of the line: Xvfb writes it in two pieces
        if not number:
            skip("Xvfb did not start")
        self.environment["DISPLAY"] = ":" + number
        self.start(["openbox"])
        time.sleep(0.5)
        return self

    def __exit__(self, *_):
        for process in reversed(self.processes):
            process.terminate()
        for process in self.processes:
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    def start_session_bus(self):
        """For what the program and the test must both reach: the accessibility bus above all."""
        bus = self.start(["dbus-daemon", "--session", "--nofork", "--print-address"], stdout=subprocess.PIPE, text=True)
        self.environment["DBUS_SESSION_BUS_ADDRESS"] = bus.stdout.readline().strip()

    def start(self, command, **options):
        process = subprocess.Popen(command, env=self.environment, stderr=self.complaints, **options)
        self.processes.append(process)
        return process

    def run(self, *command):
        return subprocess.run(command, env=self.environment, capture_output=True, text=True, timeout=60)

    def keys(self, *names):
        for name in names:
            self.run("xdotool", "key", name)
            time.sleep(0.15)

    def type(self, text):
        self.run("xdotool", "type", "--delay", "8", text)

    def window(self, title, timeout=30):
        """Waits for a window whose title contains `title`."""
        found = self.wait(lambda: self.run("xdotool", "search", "--onlyvisible", "--name", title).stdout.split(), timeout)
        if not found:
            self.fail(f"no window “{title}” after {timeout} s")
        self.run("xdotool", "windowactivate", "--sync", found[0])
        return found[0]

    @staticmethod
    def wait(condition, timeout):
        end = time.monotonic() + timeout
        while time.monotonic() < end:
            result = condition()
            if result:
                return result
            time.sleep(0.2)
        return None

    def picture(self, name):
        """Kept when somebody wants to look: GUESTHOUSE_GUI_PICTURES names a folder."""
        if self.pictures and shutil.which("import"):
            os.makedirs(self.pictures, exist_ok=True)
            self.run("import", "-window", "root", os.path.join(self.pictures, name + ".png"))

    def check_stalls(self):
        """The user's thread was never busy for longer than the program's watch allows, and this machine lets it."""
        try:
            with open(self.stalls, encoding="utf-8", errors="replace") as log:
                lines = log.read().splitlines()
        except FileNotFoundError:
            self.fail("the program keeps no watch")
        bad = []
        for line in lines:
            end, lasted = (int(number) / 1000 for number in line.split()[:2])
            allowed = 0.05 + self.metronome.worst(end - lasted - 1, end + 1)
            print(f"stall: {line} (allowed on this machine at that time: {allowed * 1000:.0f} ms)")
            if lasted > allowed:
                bad.append(line)
        if bad:
            self.fail("the window stood still:\n" + "\n".join(bad))

    def fail(self, reason):
        if shutil.which("import"):
            picture = os.path.join(tempfile.gettempdir(), "guesthouse-gui-failure.png")
            self.run("import", "-window", "root", picture)
            print("picture of the failure:", picture)
        self.complaints.flush()
        with open(self.complaints.name, encoding="utf-8", errors="replace") as said:
            print("".join(said.readlines()[-20:]))
        print("FAILED:", reason)
        self.__exit__()
        sys.exit(1)

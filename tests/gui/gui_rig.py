# SPDX-License-Identifier: GPL-3.0-or-later
"""A display of the test's own with a window manager, and folders that belong to nobody else."""
import os
import shutil
import subprocess
import sys
import tempfile
import time


def skip(reason):
    print("skipped:", reason)
    sys.exit(77)


class Rig:
    def __init__(self, tools=("Xvfb", "openbox", "xdotool", "dbus-run-session")):
        for tool in tools:
            if not shutil.which(tool):
                skip(f"{tool} is not installed")
        self.folder = tempfile.mkdtemp(prefix="guesthouse-gui-")
        self.processes = []
        self.environment = dict(os.environ, LC_ALL="C.UTF-8", LANGUAGE="en", QT_LINUX_ACCESSIBILITY_ALWAYS_ON="1")
        for variable, name in (("XDG_RUNTIME_DIR", "run"), ("XDG_DATA_HOME", "data"), ("XDG_CONFIG_HOME", "config"),
                               ("HOME", "home")):
            path = os.path.join(self.folder, name)
            os.mkdir(path, 0o700)
            self.environment[variable] = path
        self.environment.pop("WAYLAND_DISPLAY", None)

    def __enter__(self):
        read_end, write_end = os.pipe()
        self.start(["Xvfb", "-displayfd", str(write_end), "-screen", "0", "1280x860x24", "-nolisten", "tcp", "-dpi", "96"],
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

    def start(self, command, **options):
        process = subprocess.Popen(command, env=self.environment, stderr=subprocess.DEVNULL, **options)
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

    def fail(self, reason):
        if shutil.which("import"):
            picture = os.path.join(tempfile.gettempdir(), "guesthouse-gui-failure.png")
            self.run("import", "-window", "root", picture)
            print("picture of the failure:", picture)
        print("FAILED:", reason)
        self.__exit__()
        sys.exit(1)

# SPDX-License-Identifier: GPL-3.0-or-later
"""A guest of ours with its screen in the console widget, under a display of the test's own."""
import ctypes
import ctypes.util
import glob
import os
import pathlib
import shutil
import subprocess
import sys
import threading
import time

from gui_rig import Rig, skip

sys.path.append(str(pathlib.Path(__file__).resolve().parent.parent / "bench"))
import guest_runs  # noqa: E402

NATIVE = guest_runs.LINUX
CACHE = pathlib.Path(os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache")
USB = pathlib.Path(os.environ.get("GUESTHOUSE_USB_KERNEL") or CACHE / "guesthouse-tests/usb-kernel/vmlinux")


class Lines:
    """What a process prints, as it comes."""

    def __init__(self, process):
        self.lines, self.process = [], process
        self.changed = threading.Condition()
        threading.Thread(target=self.read, daemon=True).start()

    def read(self):
        for line in self.process.stdout:
            with self.changed:
                self.lines.append(line.decode(errors="replace").strip())
                self.changed.notify_all()

    def wait(self, found, seconds=30):
        """What `found(lines)` gives when it is true; None after a while."""
        deadline = time.monotonic() + seconds
        with self.changed:
            while True:
                result = found(self.lines)
                if result or time.monotonic() > deadline:
                    return result or None
                self.changed.wait(min(1.0, max(0.0, deadline - time.monotonic())))

    def since(self, start):
        with self.changed:
            return self.lines[start:]

    def count(self):
        with self.changed:
            return len(self.lines)


class Console:
    """A running guest and the widget that shows it."""

    def __init__(self, rig, program, options, ready):
        self.rig, self.program = rig, program
        self.guest = rig.start([program, "run", "--name", "console", "--network", "none", "--serial", "stdio"] + options,
                               stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.serial = Lines(self.guest)
        if not self.serial.wait(lambda lines: any(ready in line for line in lines), 240):
            rig.fail("the guest does not say “%s”:\n%s" % (ready, "\n".join(self.serial.since(0)[-20:])))
        self.view = self.shown = None

    def show(self, view, mode="actual", size=(900, 640), scale="1"):
        self.hide()
        path = max(glob.glob(os.path.join(self.rig.environment["XDG_RUNTIME_DIR"], "guesthouse", "*", "rfb.sock")),
                   key=os.path.getmtime)  # one that was killed leaves its socket
        environment = dict(self.rig.environment, QT_SCALE_FACTOR=scale, QT_QPA_PLATFORM="xcb")
        self.view = subprocess.Popen([view, "--connect", path, "--mode", mode, "--width", str(size[0]), "--height",
                                      str(size[1])], env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        self.rig.processes.append(self.view)
        self.shown = Lines(self.view)
        self.window = self.rig.window("Guesthouse console")
        self.wait_state("picture")
        time.sleep(0.5)

    def hide(self):
        if self.view:
            self.view.terminate()
            self.view.wait(20)
            self.rig.processes.remove(self.view)
            self.view = None

    def state(self, kind):
        """The words after `kind` in its last line."""
        found = [line.split()[1:] for line in self.shown.since(0) if line.startswith(kind + " ")]
        return found[-1] if found else None

    def wait_state(self, kind, *words, seconds=30):
        def now(lines):
            found = [line.split()[1:] for line in lines if line.startswith(kind + " ")]
            return found and (not words or found[-1] == list(words)) and found[-1]
        result = self.shown.wait(now, seconds)
        if not result:
            self.rig.fail("the widget does not say “%s”, but %s" % (" ".join((kind,) + words), self.state(kind)))
        return result

    def point_at(self, x, y, *more):
        """Moves the pointer to a place in the window, in pixels of the display."""
        self.rig.run("xdotool", "mousemove", "--window", self.window, str(x), str(y), *more)

    def click_middle(self):
        x, y, width, height = (int(word) for word in self.wait_state("picture")[:4])
        self.point_at(x + width // 2, y + height // 2, "click", "1")

    def stop(self):
        self.hide()
        self.guest.kill()
        self.guest.wait()
        self.rig.processes.remove(self.guest)


def evdev_initrd(folder, echo, devices):
    """A user space that prints the events of its input devices."""
    if not shutil.which("busybox"):
        skip("busybox is not installed")
    entry = guest_runs._cpio_entry
    script = ("#!/bin/busybox sh\n/bin/busybox mount -t devtmpfs dev /dev\n/bin/busybox stty -F /dev/ttyS0 -echo\n"
              "exec /echo %d </dev/ttyS0 >/dev/ttyS0 2>&1\n" % devices)
    archive = entry("dev", 0o40755, inode=1) + entry("dev/console", 0o20600, inode=2, device=(5, 1))
    archive += entry("bin", 0o40755, inode=3)
    archive += entry("bin/busybox", 0o100755, pathlib.Path(shutil.which("busybox")).read_bytes(), inode=4)
    archive += entry("init", 0o100755, script.encode(), inode=5)
    archive += entry("echo", 0o100755, pathlib.Path(echo).read_bytes(), inode=6) + entry("TRAILER!!!", 0)
    path = os.path.join(folder, "evdev-%d.cpio" % devices)
    pathlib.Path(path).write_bytes(archive)
    return path


def linux(kernel, initrd, keyboard, pointer):
    """Options for a Linux guest that prints events."""
    return ["--memory", "256M", "--kernel", str(kernel), "--initrd", initrd, "--append",
            "console=ttyS0 panic=-1 quiet", "--keyboard", keyboard, "--pointer", pointer]


def auto_repeat(rig, on):
    """Whether the display repeats keys that are held."""
    x = ctypes.CDLL(ctypes.util.find_library("X11"))
    x.XOpenDisplay.restype = ctypes.c_void_p
    display = ctypes.c_void_p(x.XOpenDisplay(rig.environment["DISPLAY"].encode()))
    (x.XAutoRepeatOn if on else x.XAutoRepeatOff)(display)
    x.XSync(display, 0)
    x.XCloseDisplay(display)


def require_kvm():
    if not os.access("/dev/kvm", os.R_OK | os.W_OK):
        skip("/dev/kvm is missing or not permitted")

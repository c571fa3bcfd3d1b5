# SPDX-License-Identifier: GPL-3.0-or-later
"""The screen's cost and its delay, against the reference emulator's VNC server and gvncviewer, in turns:
usage: screen_bench.py GUESTHOUSE DEMO_VIEW SCREEN_PAINTER KEY_ECHO [video] [large] [idle] [keys]"""

import os
import pathlib
import random
import shutil
import socket
import statistics
import struct
import subprocess
import sys
import tempfile
import time

import guest_runs
from shown_frames import ShownFrames

TICKS = os.sysconf("SC_CLK_TCK")
LINE = "console=ttyS0 panic=-1 quiet reboot=t "


def threads(pid):
    """CPU seconds of a process's threads by name."""
    seconds = {}
    for task in pathlib.Path(f"/proc/{pid}/task").iterdir():
        try:
            text = (task / "stat").read_text()
        except OSError:
            continue
        name, fields = text[text.index("(") + 1:text.rindex(")")], text[text.rindex(")") + 2:].split()
        seconds[task.name, name] = (int(fields[11]) + int(fields[12])) / TICKS
    return seconds


def cpu(pid):
    """CPU seconds of everything that is not a virtual CPU."""
    return sum(value for (_, name), value in threads(pid).items() if "vcpu" not in name and "/KVM" not in name)


class Display:
    """An X server of our own; the viewers' windows fill it."""

    def __init__(self, size):
        read_end, write_end = os.pipe()
        self.process = subprocess.Popen(["Xvfb", "-displayfd", str(write_end), "-screen", "0", size + "x24",
                                         "-nolisten", "tcp"], pass_fds=(write_end,), stderr=subprocess.DEVNULL)
        os.close(write_end)
        with os.fdopen(read_end, encoding="ascii") as pipe:
            self.environment = dict(os.environ, DISPLAY=":" + pipe.readline().strip())

    def stop(self):
        self.process.terminate()
        self.process.wait()


class Contest:
    """One monitor with its guest, and perhaps a viewer."""

    def __init__(self, command, folder, ready):
        environment = dict(os.environ, XDG_RUNTIME_DIR=folder)
        self.log = open(os.path.join(folder, "serial"), "wb+")
        self.process = subprocess.Popen(command, env=environment, stdin=subprocess.DEVNULL, stdout=self.log,
                                        stderr=subprocess.STDOUT)
        self.viewer = None
        deadline = time.monotonic() + 120
        while not ready(self):
            if time.monotonic() > deadline or self.process.poll() is not None:
                raise RuntimeError("the guest did not come up: " + self.serial()[-500:])
            time.sleep(0.2)

    def serial(self):
        self.log.seek(0)
        return self.log.read().decode(errors="replace")

    def frames(self):
        counts = [line.split()[1] for line in self.serial().splitlines() if line.startswith("FRAMES ")]
        return int(counts[-1]) if counts else 0

    def show(self, command, display):
        self.viewer = subprocess.Popen(command, env=display.environment, stdout=subprocess.DEVNULL,
                                       stderr=subprocess.DEVNULL)
        time.sleep(4)
        if self.viewer.poll() is not None:
            raise RuntimeError("the viewer ended: " + str(command))

    def measure(self, seconds, display=None):
        """CPU seconds of monitor and viewer, frames that the guest drew meanwhile, frames that were shown."""
        eye = ShownFrames(display.environment["DISPLAY"]) if display else None
        if eye:
            eye.start()
        before, drawn, start = (cpu(self.process.pid), cpu(self.viewer.pid)), self.frames(), time.monotonic()
        time.sleep(seconds)
        after, elapsed = (cpu(self.process.pid), cpu(self.viewer.pid)), time.monotonic() - start
        shown = eye.stop() if eye else 0
        return (after[0] - before[0], after[1] - before[1], self.frames() - drawn, elapsed, shown)

    def stop(self):
        for process in (self.viewer, self.process):
            if process:
                process.kill()
                process.wait()
        self.log.close()


class Bench:
    def __init__(self, program, view, painter, echo, folder):
        self.program, self.view, self.folder = program, view, folder
        self.initrd = pathlib.Path(folder) / "painter.cpio"
        entry = guest_runs._cpio_entry
        self.initrd.write_bytes(entry("dev", 0o40755, inode=1)
                                + entry("dev/console", 0o20600, inode=2, device=(5, 1))
                                + entry("init", 0o100755, pathlib.Path(painter).read_bytes(), inode=3)
                                + entry("TRAILER!!!", 0))
        self.disk = pathlib.Path(folder) / "key-echo.img"
        self.disk.write_bytes(pathlib.Path(echo).read_bytes().ljust(1 << 20, b"\0"))

    def ours(self, line, card="vga"):
        folder = tempfile.mkdtemp(dir=self.folder)
        command = [self.program, "run", "--name", "bench", "--display", card, "--memory", "384M", "--network", "none",
                   "--kernel", str(guest_runs.LINUX), "--initrd", str(self.initrd), "--append", LINE + line,
                   "--serial", "stdio"]
        contest = Contest(command, folder, lambda run: "MODE" in run.serial())
        contest.socket = next(pathlib.Path(folder).glob("guesthouse/*/rfb.sock"))
        return contest

    def theirs(self, line):
        folder = tempfile.mkdtemp(dir=self.folder)
        with socket.socket() as probe:  # gvncviewer knows TCP only
            probe.bind(("127.0.0.1", 0))
            number = probe.getsockname()[1] - 5900
        command = ["qemu-system-x86_64", "-M", "q35", "-bios", "qboot.rom", "-nodefaults", "-device", "VGA",
                   "-accel", "kvm", "-cpu", "host,-arch-capabilities", "-m", "384", "-name", "bench,debug-threads=on",
                   "-display", f"vnc=127.0.0.1:{number}", "-serial", "stdio", "-kernel", str(guest_runs.LINUX), "-initrd",
                   str(self.initrd), "-append", LINE + line]
        contest = Contest(command, folder, lambda run: "MODE" in run.serial())
        contest.socket = f"127.0.0.1:{number}"
        return contest

    def watch_ours(self, line, display, size, seconds, card="vga", video=True):
        contest = self.ours(line, card)
        try:
            contest.show([self.view, "--connect", str(contest.socket), "--width", size[0], "--height", size[1]],
                         display)
            return contest.measure(seconds, display if video else None)
        finally:
            contest.stop()

    def watch_theirs(self, line, display, seconds):
        contest = self.theirs(line)
        try:
            contest.show(["gvncviewer", str(contest.socket)], display)
            return contest.measure(seconds, display)
        finally:
            contest.stop()

    def video(self):
        """1920x1080, all of it redrawn 60 times a second."""
        display, line = Display("1920x1080"), "PAINT=video SIZE=1920x1080"
        try:
            ours, theirs = [], []
            for _ in range(3):
                ours.append(self.watch_ours(line, display, ("1920", "1080"), 8))
                theirs.append(self.watch_theirs(line, display, 8))
        finally:
            display.stop()

        def middle(runs, name):
            monitor, viewer, frames, seconds, shown = sorted(runs, key=lambda run: (run[0] + run[1]) / max(run[4], 1))[1]
            guest_runs.report(f"{name}: frames that the guest drew", frames / seconds, "1/s")
            guest_runs.report(f"{name}: frames that were shown", shown / seconds, "1/s")
            guest_runs.report(f"{name}: monitor, per frame shown", 1000 * monitor / max(shown, 1), "ms")
            guest_runs.report(f"{name}: viewer, per frame shown", 1000 * viewer / max(shown, 1), "ms")
            return (monitor + viewer) / max(shown, 1)

        a, b = middle(ours, "ours"), middle(theirs, "QEMU with gvncviewer")
        return guest_runs.report("CPU per frame shown, ours / theirs", a / b, "", 0.25)

    def large(self):
        """3840x2160 at 60 a second: scan-out, transport and widget together."""
        display, card = Display("3840x2160"), "virtio-gpu"
        try:
            monitor, viewer, frames, seconds, shown = self.watch_ours("PAINT=video SIZE=3840x2160", display,
                                                                      ("3840", "2160"), 8, card)
        finally:
            display.stop()
        guest_runs.report("3840x2160: frames that the guest drew", frames / seconds, "1/s")
        guest_runs.report("3840x2160: frames that were shown", shown / seconds, "1/s")
        guest_runs.report("3840x2160: monitor", 100 * monitor / seconds, "% of a core")
        guest_runs.report("3840x2160: viewer", 100 * viewer / seconds, "% of a core")
        return guest_runs.report("3840x2160: together", 100 * (monitor + viewer) / seconds, "% of a core", 100)

    def idle(self):
        """A screen on which nothing happens."""
        display, kept = Display("1920x1080"), True
        try:
            for card in ("vga", "virtio-gpu"):
                monitor, viewer, _, seconds, _ = self.watch_ours("PAINT=pattern SIZE=1920x1080", display,
                                                                 ("1920", "1080"), 20, card, video=False)
                kept &= guest_runs.report(f"idle screen ({card}), monitor and viewer",
                                          100 * (monitor + viewer) / seconds, "% of a core", 0.5)
        finally:
            display.stop()
        return kept

    def keys(self):
        """From a key that leaves the viewer to the pixel that comes back."""
        delays = {"ours": [], "QEMU": []}
        for _ in range(2):
            for name in delays:
                folder = tempfile.mkdtemp(dir=self.folder)
                if name == "ours":
                    command = [self.program, "run", "--name", "keys", "--memory", "64M", "--network", "none", "--disk",
                               str(self.disk)]
                    find = lambda where=folder: next(pathlib.Path(where).glob("guesthouse/*/rfb.sock"), None)
                else:
                    command = ["qemu-system-x86_64", "-M", "q35", "-accel", "kvm", "-cpu", "host,-arch-capabilities",
                               "-m", "64", "-nodefaults", "-device", "VGA", "-drive", f"file={self.disk},format=raw",
                               "-display", f"vnc=unix:{folder}/vnc.sock"]
                    find = lambda where=folder: pathlib.Path(where) / "vnc.sock"
                contest = Contest(command, folder, lambda run, find=find: find() and find().exists())
                try:
                    delays[name] += KeyClient(str(find())).delays(100)
                finally:
                    contest.stop()
        for name, values in delays.items():
            values.sort()
            guest_runs.report(f"key to pixel, {name}: median", 1000 * statistics.median(values), "ms")
            guest_runs.report(f"key to pixel, {name}: 99th percentile", 1000 * values[int(len(values) * .99) - 1], "ms")
        at = lambda name, part: delays[name][int(len(delays[name]) * part) - 1]
        kept = guest_runs.report("key to pixel, median, ours / theirs", at("ours", .5) / at("QEMU", .5), "", 1)
        return guest_runs.report("key to pixel, 99th percentile, ours / theirs", at("ours", .99) / at("QEMU", .99), "",
                                 1) and kept


class KeyClient:
    """A viewer that only knows raw pixels (RFC 6143)."""

    def __init__(self, path):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(60)
        self.socket.connect(path)
        self.read(12)
        self.socket.sendall(b"RFB 003.008\n")
        self.read(self.read(1)[0])
        self.socket.sendall(b"\1")
        self.read(4)
        self.socket.sendall(b"\1")
        self.width, self.height = struct.unpack(">HH", self.read(4))
        self.read(16)
        self.read(struct.unpack(">I", self.read(4))[0])
        self.socket.sendall(struct.pack(">BxHii", 2, 2, 0, -223))
        self.corner = b""
        self.ask(False)

    def read(self, count):
        data = b""
        while len(data) < count:
            piece = self.socket.recv(count - len(data))
            if not piece:
                raise RuntimeError("the server hung up")
            data += piece
        return data

    def ask(self, incremental):
        self.socket.sendall(struct.pack(">BBHHHH", 3, incremental, 0, 0, self.width, self.height))

    def update(self):
        """Reads one message; remembers the pixel in the corner."""
        kind = self.read(1)[0]
        if kind != 0:
            if kind == 2:
                return
            raise RuntimeError(f"message {kind}")
        _, count = struct.unpack(">BH", self.read(3))
        resized = False
        for _ in range(count):
            x, y, width, height, encoding = struct.unpack(">HHHHi", self.read(12))
            if encoding == -223:
                self.width, self.height, resized = width, height, True
                continue
            pixels = self.read(width * height * 4)
            if x == 0 and y == 0 and pixels:
                self.corner = pixels[:3]
        self.ask(not resized)

    def wait_for_change(self, limit):
        before, deadline = self.corner, time.monotonic() + limit
        self.socket.settimeout(limit)
        try:
            while self.corner == before and time.monotonic() < deadline:
                self.update()
        except TimeoutError:
            pass
        self.socket.settimeout(60)
        return self.corner != before

    def press(self):
        self.socket.sendall(struct.pack(">BBxxI", 4, 1, 0x61) + struct.pack(">BBxxI", 4, 0, 0x61))

    def delays(self, count):
        deadline = time.monotonic() + 120
        while self.width not in (320, 640):  # until the guest has set its mode
            self.update()
            if time.monotonic() > deadline:
                raise RuntimeError("the guest never set its mode")
        time.sleep(3)
        values = []
        for i in range(count + 5):
            start = time.monotonic()
            self.press()
            if not self.wait_for_change(3):
                continue
            if i >= 5:
                values.append(time.monotonic() - start)
            time.sleep(0.15 + random.random() / 10)
        if len(values) < count / 2:
            raise RuntimeError("most keys were not answered")
        return values


def main():
    program, view, painter, echo, *parts = sys.argv[1:]
    for tool in ("Xvfb", "qemu-system-x86_64", "gvncviewer"):
        guest_runs.require(shutil.which(tool), f"{tool} is not installed")
    guest_runs.require(guest_runs.LINUX.exists(), "no linux-native guest")
    guest_runs.require(os.access("/dev/kvm", os.R_OK | os.W_OK), "/dev/kvm is missing or not permitted")
    guest_runs.report_load()
    kept = True
    with tempfile.TemporaryDirectory(prefix="gh-screen-", ignore_cleanup_errors=True) as folder:
        bench = Bench(program, view, painter, echo, folder)
        for part in parts or ("video", "large", "idle", "keys"):
            kept &= getattr(bench, part)()
    sys.exit(0 if kept else 1)


if __name__ == "__main__":
    main()

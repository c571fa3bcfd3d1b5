#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Drives our machine and a reference emulator with the same qtest commands and compares the answers.

    compare.py SCRIPT --server PATH/guesthouse-qtest [--verbose]

SCRIPT is a module in scripts/ with:
    run(pair)            makes the accesses through a Pair
    EXPECTED             list of (regular expression of a difference's line, reason)
    OPTIONS (optional)   dict: "ours" and "reference" (lists of further command line options, in which
                         {dir} is a scratch folder), "prepare" (a function of the folder), "running" (true: the
                         reference's clock and network go on, with CPUs that do nothing)

Every difference must match an entry of EXPECTED and every entry must match a difference; exit code 1
otherwise. Exit code 77, with the reason, where there is no reference emulator.
"""
import argparse
import importlib.util
import pathlib
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import zlib

REFERENCE = "qemu-system-x86_64"
MEMORY = "512M"
CPUS = "2"


class Peer:
    """One machine behind a qtest socket."""

    def __init__(self, name, command, path):
        self.name = name
        self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL)
        self.socket = self._connect(path)
        # For reading only: a file for both directions forgets what it has read ahead when it writes.
        self.lines = self.socket.makefile("r", encoding="ascii", newline="\n")
        self.interrupts = []

    def _connect(self, path):
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                raise SystemExit(f"{self.name} ended with code {self.process.returncode} before it could be driven")
            try:
                peer = socket.socket(socket.AF_UNIX)
                peer.connect(str(path))
                peer.settimeout(60)
                return peer
            except OSError:
                peer.close()
                time.sleep(0.02)
        raise SystemExit(f"{self.name} did not open its socket")

    def ask(self, line):
        self.socket.sendall(line.encode("ascii") + b"\n")
        while True:
            answer = self.lines.readline()
            if not answer:
                raise SystemExit(f"{self.name} went away at: {line}")
            answer = answer.rstrip("\n")
            if answer.startswith("IRQ "):
                self.interrupts.append(answer)
            else:
                return answer

    def close(self):
        self.socket.close()
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def shorten(answer, most=200):
    text = str(answer)
    return text if len(text) <= most else f"{text[:most]}... (crc {zlib.crc32(text.encode()):08x})"


class Pair:
    """Does everything to both machines; answers with the reference's value."""

    def __init__(self, ours, reference, verbose):
        self.ours, self.reference, self.verbose = ours, reference, verbose
        self.accesses = 0
        self.differences = []
        self.label = ""

    def at(self, label):
        """Names what follows, in the lines of the report."""
        self.label = label

    def note(self, what, ours, reference):
        self.accesses += 1
        if ours != reference:
            self.differences.append(f"{self.label}: {what}: ours {shorten(ours)}, reference {shorten(reference)}")

    def command(self, line):
        ours, reference = self.ours.ask(line), self.reference.ask(line)
        self.note(line if len(line) < 100 else line[:97] + "...", ours, reference)
        return reference

    def value(self, line):
        return int(self.command(line).split()[1], 16)

    def inb(self, port): return self.value(f"inb {port:#x}")
    def inw(self, port): return self.value(f"inw {port:#x}")
    def inl(self, port): return self.value(f"inl {port:#x}")
    def outb(self, port, value): self.command(f"outb {port:#x} {value:#x}")
    def outw(self, port, value): self.command(f"outw {port:#x} {value:#x}")
    def outl(self, port, value): self.command(f"outl {port:#x} {value:#x}")
    def readb(self, address): return self.value(f"readb {address:#x}")
    def readw(self, address): return self.value(f"readw {address:#x}")
    def readl(self, address): return self.value(f"readl {address:#x}")
    def readq(self, address): return self.value(f"readq {address:#x}")
    def writeb(self, address, value): self.command(f"writeb {address:#x} {value:#x}")
    def writew(self, address, value): self.command(f"writew {address:#x} {value:#x}")
    def writel(self, address, value): self.command(f"writel {address:#x} {value:#x}")
    def writeq(self, address, value): self.command(f"writeq {address:#x} {value:#x}")

    def read(self, address, length):
        return bytes.fromhex(self.command(f"read {address:#x} {length:#x}").split()[1][2:])

    def write(self, address, data):
        self.command(f"write {address:#x} {len(data):#x} 0x{data.hex()}")

    def until(self, what, done, seconds=10):
        """Waits until `done(peer)` holds on each machine; work that other threads do. Not compared."""
        for peer in (self.ours, self.reference):
            deadline = time.monotonic() + seconds
            while not done(peer):
                if time.monotonic() > deadline:
                    self.note(f"{what} on {peer.name}", "late", "in time")
                    break
                time.sleep(0.005)

    # PCI configuration mechanism #1, with the register's name in the report
    def config_read(self, device, function, offset, width=4):
        self.outl(0xcf8, 0x8000_0000 | device << 11 | function << 8 | offset & 0xfc)
        return {1: self.inb, 2: self.inw, 4: self.inl}[width](0xcfc + (offset & 3))

    def config_write(self, device, function, offset, value, width=4):
        self.outl(0xcf8, 0x8000_0000 | device << 11 | function << 8 | offset & 0xfc)
        {1: self.outb, 2: self.outw, 4: self.outl}[width](0xcfc + (offset & 3), value)

    def compare_interrupts(self):
        """The interrupts that arrived since the last call, without those of a running timer (input 0)."""
        self.command("endianness")  # what came before its answer has been read now
        ours, self.ours.interrupts = self.ours.interrupts, []
        reference, self.reference.interrupts = self.reference.interrupts, []
        ours, reference = ([line for line in lines if not line.endswith(" 0")] for lines in (ours, reference))
        self.note("interrupts", ours, reference)


def load(script):
    path = pathlib.Path(__file__).parent / "scripts" / f"{script}.py"
    spec = importlib.util.spec_from_file_location(script, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def start(arguments, script, folder):
    options = getattr(script, "OPTIONS", {})
    if "prepare" in options:
        options["prepare"](folder)
    def fill(name):
        return [word.replace("{dir}", str(folder)) for word in options.get(name, [])]
    mode = ["-S"]
    if options.get("running"):
        halt = bytes([0xfa, 0xf4, 0xeb, 0xfd])  # cli; hlt; once more
        (folder / "idle.bin").write_bytes(bytes(0xfff0) + halt.ljust(16, b"\0"))
        mode = ["-bios", str(folder / "idle.bin")]
    own = fill("ours")
    if "--pointer" not in own:
        own += ["--pointer", "ps2"]  # without a USB controller, which the reference does not have by default
    ours = Peer("ours", [arguments.server, f"unix:{folder}/ours", "--memory", MEMORY, "--cpus", CPUS] + own,
                folder / "ours")
    try:
        reference = Peer("reference", [
            REFERENCE, "-M", "q35,smm=off,accel=tcg", *mode, "-display", "none", "-nodefaults", "-no-hpet",
            "-vga", "std", "-m", MEMORY, "-smp", CPUS, "-serial", "null", "-serial", "null", "-parallel", "null",
            "-rtc", "base=utc", "-qtest", f"unix:{folder}/reference,server=on,wait=off", "-qtest-log", "/dev/null"]
            + fill("reference"), folder / "reference")
    except BaseException:
        ours.close()
        raise
    return ours, reference


def judge(pair, expected):
    unexplained, seen = [], set()
    for difference in pair.differences:
        matches = [pattern for pattern, _ in expected if re.search(pattern, difference)]
        seen.update(matches)
        if not matches:
            unexplained.append(difference)
    stale = [pattern for pattern, _ in expected if pattern not in seen]
    for difference in unexplained[:200]:
        print("UNEXPECTED", difference)
    for pattern in stale:
        print("NO LONGER THERE", pattern)
    print(f"{pair.accesses} answers compared, {len(pair.differences)} differ, "
          f"{len(unexplained)} of them unexpected, {len(stale)} expected differences did not occur")
    return 1 if unexplained or stale else 0


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("script")
    parser.add_argument("--server", required=True)
    parser.add_argument("--verbose", action="store_true", help="print every difference")
    arguments = parser.parse_args()
    if not shutil.which(REFERENCE):
        print(f"skipped: {REFERENCE} is not installed")
        return 77
    script = load(arguments.script)
    with tempfile.TemporaryDirectory(prefix="conformance-") as name:
        folder = pathlib.Path(name)
        ours, reference = start(arguments, script, folder)
        try:
            pair = Pair(ours, reference, arguments.verbose)
            script.run(pair)
        finally:
            ours.close()
            reference.close()
    if arguments.verbose:
        for difference in pair.differences:
            print(difference)
    return judge(pair, script.EXPECTED)


if __name__ == "__main__":
    sys.exit(main())

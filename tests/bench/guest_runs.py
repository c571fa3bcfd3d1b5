# SPDX-License-Identifier: GPL-3.0-or-later
"""What the Python benchmarks share: a minimal initial RAM disk, and the monitors that are compared."""

import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
SOURCE = HERE.parent.parent
LINUX = SOURCE.parent / "shared/guests/linux-native/vmlinux"
COMMAND_LINE = "console=ttyS0 panic=-1 quiet reboot=t"
MEMORY_MIB = 256


def require(condition, reason):
    """Ends with the exit code for 'could not be measured here'."""
    if not condition:
        print(f"skipped: {reason}")
        sys.exit(77)


def _cpio_entry(name, mode, data=b"", inode=0, device=(0, 0)):
    fields = (inode, mode, 0, 0, 1, 0, len(data), 0, 0, *device, len(name) + 1, 0)
    head = b"070701" + b"".join(b"%08X" % field for field in fields) + name.encode() + b"\0"
    head += b"\0" * (-len(head) % 4)
    return head + data + b"\0" * (-len(data) % 4)


def make_initrd(folder, stay):
    """Builds the tiny init and packs it; returns the file."""
    compiler = shutil.which("clang-19") or shutil.which("clang") or shutil.which("gcc")
    require(compiler, "no C compiler for the guest's init")
    init = folder / ("init-stay" if stay else "init-restart")
    subprocess.run([compiler, "-nostdlib", "-static", "-Os", "-fno-stack-protector", "-s", "-o", init]
                   + (["-DSTAY"] if stay else []) + [HERE / "tiny_init.c"], check=True)
    return pack_initrd(folder, init)


def pack_initrd(folder, init):
    """Packs a program as the only one of a user space; returns the file."""
    archive = (_cpio_entry("dev", 0o40755, inode=1)
               + _cpio_entry("dev/console", 0o20600, inode=2, device=(5, 1))
               + _cpio_entry("init", 0o100755, init.read_bytes(), inode=3)
               + _cpio_entry("TRAILER!!!", 0))
    image = folder / (init.name + ".cpio")
    image.write_bytes(archive)
    return image


def ours(program, initrd, *more):
    return [str(program), "run", *more, "--memory", f"{MEMORY_MIB}M", "--kernel", str(LINUX), "--initrd",
            str(initrd), "--append", COMMAND_LINE, "--serial", "stdio", "--exit-on-reset"]


def _qemu(initrd, *machine):
    return ["qemu-system-x86_64", *machine, "-nodefaults", "-vga", "none", "-accel", "kvm", "-cpu",
            "host,-arch-capabilities", "-m", str(MEMORY_MIB), "-nographic", "-serial", "stdio", "-no-reboot",
            "-kernel", str(LINUX), "-initrd", str(initrd), "-append", COMMAND_LINE]


def qemu_q35(initrd):
    return _qemu(initrd, "-M", "q35", "-bios", "qboot.rom")


def qemu_microvm(initrd):
    return _qemu(initrd, "-M", "microvm,acpi=off,rtc=on,pit=on,pic=on,isa-serial=on")


class Run:
    """One monitor with its guest; its standard output is the guest's serial port."""

    def __init__(self, command):
        self._folder = tempfile.TemporaryDirectory(prefix="guesthouse-bench-")
        environment = dict(os.environ, XDG_RUNTIME_DIR=self._folder.name)
        self.started = time.monotonic()
        self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                        stderr=subprocess.STDOUT, env=environment)
        self.output = b""

    def wait_for(self, text, limit=120):
        """Seconds from the start of the process until `text` appears."""
        while text not in self.output:
            chunk = os.read(self.process.stdout.fileno(), 4096)
            if not chunk or time.monotonic() - self.started > limit:
                raise RuntimeError(f"no {text!r} in: {self.output.decode(errors='replace')}")
            self.output += chunk
        return time.monotonic() - self.started

    def wait_for_end(self):
        """Seconds from the start of the process until it has ended."""
        self.output += self.process.stdout.read()
        self.process.wait(60)
        seconds = time.monotonic() - self.started
        self._folder.cleanup()
        return seconds

    def stop(self):
        self.process.kill()
        self.process.stdout.close()
        self.process.wait()
        self._folder.cleanup()


def report(name, value, unit, bound=None):
    """Prints one figure; True when it keeps its bound."""
    kept = bound is None or value <= bound
    limit = "" if bound is None else f"  (at most {bound:g}){'' if kept else '  MISSED'}"
    print(f"{name:<58} {value:10.3f} {unit}{limit}", flush=True)
    return kept


def report_load():
    print(f"load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors", flush=True)

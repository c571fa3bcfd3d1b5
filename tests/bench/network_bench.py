#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""network_bench.py GUESTHOUSE [ROUNDS]: TCP through the user network, ours and QEMU's in turns in one run, with the
same guest and card: MiB/s out of the guest and into it, microseconds for one byte to and fro. The medians are
compared. Exit code 1 when a bound is missed, 77 when it cannot run."""

import pathlib
import re
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import threading

import guest_runs as runs

MEGABYTES = 96
E1000E_LINUX = pathlib.Path.home() / ".cache/guesthouse-tests/network-kernel/vmlinux"


class Host:
    """A server on loopback: swallows, pours out or echoes, as the first byte asks."""

    def __init__(self):
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self._run, daemon=True).start()

    def _run(self):
        while True:
            client, _ = self.listener.accept()
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client):
        block = bytearray(1 << 18)
        with client:
            try:
                what = client.recv(1)
                if what == b"S":
                    while client.recv_into(block):
                        pass
                    client.sendall(b"x")
                elif what == b"R":
                    for _ in range(MEGABYTES * 4):
                        client.sendall(block)
                elif what == b"P":
                    while data := client.recv(16):
                        client.sendall(data)
            except OSError:
                pass


def make_initrd(folder):
    compiler = shutil.which("gcc") or shutil.which("clang-19") or shutil.which("clang")
    runs.require(compiler, "no C compiler for the guest's init")
    init = folder / "init"
    built = subprocess.run([compiler, "-static", "-O2", "-s", "-o", init, runs.HERE / "network_init.c"])
    runs.require(built.returncode == 0, "no static C library for the guest's init")
    image = folder / "network.cpio"
    image.write_bytes(runs._cpio_entry("dev", 0o40755, inode=1)
                      + runs._cpio_entry("dev/console", 0o20600, inode=2, device=(5, 1))
                      + runs._cpio_entry("init", 0o100755, init.read_bytes(), inode=3)
                      + runs._cpio_entry("TRAILER!!!", 0))
    return image


def ours(program, kernel, initrd, line, card):
    return [str(program), "run", "--memory", "256M", "--no-display", "--kernel", str(kernel), "--initrd", str(initrd),
            "--append", line, "--serial", "stdio", "--exit-on-reset", "--network", f"user,model={card},host-access"]


def qemu(kernel, initrd, line, card):
    device = {"virtio": "virtio-net-pci", "e1000e": "e1000e"}[card]
    return ["qemu-system-x86_64", "-M", "q35", "-bios", "qboot.rom", "-nodefaults", "-vga", "none", "-accel", "kvm",
            "-cpu", "host,-arch-capabilities", "-m", "256", "-nographic", "-serial", "stdio", "-no-reboot", "-kernel",
            str(kernel), "-initrd", str(initrd), "-append", line, "-netdev", "user,id=n",
            "-device", f"{device},netdev=n,romfile="]


def measure(command, samples):
    run = runs.Run(command)
    try:
        run.wait_for(b"DONE", 240)
    finally:
        run.stop()
    for key, value in re.findall(r"(OUT|IN|TRIP) ([0-9.]+)", run.output.decode(errors="replace")):
        samples.setdefault(key, []).append(float(value))


def main():
    program = pathlib.Path(sys.argv[1])
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 3
    runs.require(runs.LINUX.exists(), f"no kernel at {runs.LINUX}")
    runs.require(shutil.which("qemu-system-x86_64"), "no QEMU to compare with")
    host = Host()
    line = f"{runs.COMMAND_LINE} PORT={host.port}"
    kept = True
    with tempfile.TemporaryDirectory(prefix="guesthouse-bench-") as folder:
        initrd = make_initrd(pathlib.Path(folder))
        runs.report_load()
        for card, kernel in (("virtio", runs.LINUX), ("e1000e", E1000E_LINUX)):
            if not kernel.exists():
                print(f"{card}: no kernel with its driver; tools/build-network-kernel makes one")
                continue
            mine, theirs = {}, {}
            for _ in range(rounds):
                measure(ours(program, kernel, initrd, line, card), mine)
                measure(qemu(kernel, initrd, line, card), theirs)
            for key, name, unit in (("OUT", "out of the guest", "MiB/s"), ("IN", "into the guest", "MiB/s"),
                                    ("TRIP", "one byte to and fro", "us")):
                own, other = statistics.median(mine[key]), statistics.median(theirs[key])
                runs.report(f"{card}, {name}: ours", own, unit)
                runs.report(f"{card}, {name}: QEMU", other, unit)
                # As "at most 1": what the reference does in the time that we take.
                kept &= runs.report(f"{card}, {name}: " + ("ours / QEMU" if key == "TRIP" else "QEMU / ours"),
                                    own / other if key == "TRIP" else other / own, "", 1.0)
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())

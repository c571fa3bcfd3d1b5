#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""guest_io_bench.py GUESTHOUSE [ROUNDS [BUS... [FORMAT...]]]: a small I/O tool as the init of linux-native, on a
disk behind virtio, NVMe and AHCI, in turns with QEMU's q35 machine with the same bus. Both use the host's page
cache (QEMU: cache=writeback), which the image is in, no flushes, one CPU. Medians of operations per second; the
bound is the ratio to QEMU. Exit code 1 when it is missed, 77 when it cannot run.

On a host that others use, too, run it with `chrt -r 5`: both sides then get the processors when they want them."""

import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile

import guest_runs as runs

BOUND = 1.0
DISK_MIB = 256
SECONDS = "0.5"
QEMU_DEVICES = {"virtio": "virtio-blk-pci,drive=d", "nvme": "nvme,drive=d,serial=BENCH",
                "ahci": "ide-hd,drive=d,bus=ide.0"}


def make_disk(folder, image_format):
    disk = folder / f"disk.{image_format}"
    raw = folder / "disk.raw"
    if not raw.exists():
        with raw.open("wb") as file:
            for number in range(DISK_MIB):
                file.write(bytes([number & 0xff or 1]) * (1 << 20))
    if image_format != "raw":
        subprocess.run(["qemu-img", "convert", "-f", "raw", "-O", image_format, raw, disk], check=True)
    disk.read_bytes()  # now it is in the page cache
    return disk


def figures(command):
    run = runs.Run(command)
    run.wait_for(b"IO-END", limit=240)
    run.stop()
    text = run.output.decode(errors="replace")
    if "IO-ERROR" in text:
        raise RuntimeError(text)
    return {words[1]: float(words[2]) for words in map(str.split, text.splitlines()) if words[:1] == ["IO"]}


def main():
    program = pathlib.Path(sys.argv[1])
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 3
    buses = [word for word in sys.argv[3:] if word in QEMU_DEVICES] or list(QEMU_DEVICES)
    formats = [word for word in sys.argv[3:] if word in ("raw", "qcow2")] or ["raw", "qcow2"]
    runs.require(runs.LINUX.exists(), f"no kernel at {runs.LINUX}")
    runs.require(shutil.which("qemu-system-x86_64") and shutil.which("qemu-img"), "no QEMU to compare with")
    runs.require(shutil.which("gcc"), "no C compiler for the guest's init")
    kept = True
    with tempfile.TemporaryDirectory(prefix="guesthouse-bench-") as name:
        folder = pathlib.Path(name)
        init = folder / "init"
        subprocess.run(["gcc", "-O2", "-static", "-s", "-o", init, runs.HERE / "guest_io.c"], check=True)
        initrd = runs.pack_initrd(folder, init)
        runs.report_load()
        for image_format in formats:
            disk = make_disk(folder, image_format)
            for bus in buses:
                ours = runs.ours(program, initrd, "--no-display", "--disk", f"{disk},bus={bus},format={image_format}")
                theirs = runs.qemu_q35(initrd) + [
                    "-drive", f"if=none,id=d,format={image_format},file={disk},cache=writeback",
                    "-device", QEMU_DEVICES[bus]]
                for command in (ours, theirs):
                    command[command.index(runs.COMMAND_LINE)] += f" seconds={SECONDS}"
                results = [(figures(ours), figures(theirs)) for _ in range(rounds)]
                for load in results[0][0]:
                    mine = statistics.median(result[0][load] for result in results)
                    other = statistics.median(result[1][load] for result in results)
                    ratio = mine / other
                    kept &= ratio >= BOUND
                    print(f"{image_format:<6} {bus:<7} {load:<24} ours {mine:10.0f}  QEMU {other:10.0f}  "
                          f"{ratio:6.2f}{'' if ratio >= BOUND else '  MISSED'}", flush=True)
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())

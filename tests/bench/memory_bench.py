#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""memory_bench.py GUESTHOUSE: what a running guest costs beside its own memory: the resident set of the
process without the mappings of guest RAM, while linux-native sleeps in user space. QEMU stands beside it.
Exit code 1 when the bound is missed, 77 when it cannot run."""

import pathlib
import re
import shutil
import sys
import tempfile
import time

import guest_runs as runs

BOUND_MIB = 12


def mappings(pid):
    """(name, bytes of the mapping, resident bytes) of every mapping."""
    found = []
    for line in pathlib.Path(f"/proc/{pid}/smaps").read_text().splitlines():
        head = re.match(r"([0-9a-f]+)-([0-9a-f]+) \S+ \S+ \S+ \S+ *(.*)", line)
        if head:
            found.append([head[3], int(head[2], 16) - int(head[1], 16), 0])
        elif line.startswith("Rss:"):
            found[-1][2] = int(line.split()[1]) * 1024
    return found


def is_guest_memory(name, size):
    """Ours is named; QEMU's is the anonymous mapping of the guest's size."""
    return "guest-ram" in name or (not name and size >= runs.MEMORY_MIB << 20)


def measure(command):
    run = runs.Run(command)
    try:
        run.wait_for(b"HELLO")
        time.sleep(2)  # what the start needed and gives back
        found = mappings(run.process.pid)
    finally:
        run.stop()
    guest = sum(resident for name, size, resident in found if is_guest_memory(name, size))
    rest = {}
    for name, size, resident in found:
        if not is_guest_memory(name, size):
            rest[pathlib.Path(name).name or "anonymous"] = rest.get(pathlib.Path(name).name or "anonymous", 0) + resident
    return guest / 2**20, sum(rest.values()) / 2**20, rest


def main():
    program = pathlib.Path(sys.argv[1])
    runs.require(runs.LINUX.exists(), f"no kernel at {runs.LINUX}")
    runs.require(program.exists(), f"no program at {program}")
    kept = True
    with tempfile.TemporaryDirectory(prefix="guesthouse-bench-") as folder:
        initrd = runs.make_initrd(pathlib.Path(folder), stay=True)
        monitors = {"ours, default devices": (runs.ours(program, initrd), BOUND_MIB),
                    "ours, without display": (runs.ours(program, initrd, "--no-display"), BOUND_MIB)}
        if shutil.which("qemu-system-x86_64"):
            monitors["QEMU q35"] = (runs.qemu_q35(initrd), None)
            monitors["QEMU microvm"] = (runs.qemu_microvm(initrd), None)
        runs.report_load()
        for name, (command, bound) in monitors.items():
            guest, rest, parts = measure(command)
            runs.report(f"touched memory of the guest: {name}", guest, "MiB")
            kept &= runs.report(f"resident beside it: {name}", rest, "MiB", bound)
            largest = sorted(parts.items(), key=lambda part: -part[1])[:6]
            print("   " + ", ".join(f"{part} {size / 2**20:.1f}" for part, size in largest))
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""memory_bench.py GUESTHOUSE: what a running guest costs beside its own memory, while linux-native sleeps in
user space: the resident set of the process without the mappings of guest RAM and of video memory. Both are
the guest's (their pages exist because the guest wrote them) and mappings of their own, so smaps tells them
exactly; the figure that counts video memory as ours is printed too. QEMU stands beside it.
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


def owner(name, size):
    """"ram", "video" or "monitor". Our mappings are named; QEMU's RAM is the anonymous mapping of its size."""
    if "guest-ram" in name or (not name and size >= runs.MEMORY_MIB << 20):
        return "ram"
    return "video" if "video-memory" in name else "monitor"


def measure(command):
    run = runs.Run(command)
    try:
        run.wait_for(b"HELLO")
        time.sleep(2)  # what the start needed and gives back
        found = mappings(run.process.pid)
    finally:
        run.stop()
    total = {"ram": 0, "video": 0, "monitor": 0}
    parts = {}
    for name, size, resident in found:
        total[owner(name, size)] += resident
        if owner(name, size) == "monitor":
            label = pathlib.Path(name).name or "anonymous"
            parts[label] = parts.get(label, 0) + resident
    return {part: size / 2**20 for part, size in total.items()}, parts


def main():
    program = pathlib.Path(sys.argv[1])
    runs.require(runs.LINUX.exists(), f"no kernel at {runs.LINUX}")
    runs.require(program.exists(), f"no program at {program}")
    kept = True
    with tempfile.TemporaryDirectory(prefix="guesthouse-bench-") as folder:
        initrd = runs.make_initrd(pathlib.Path(folder), stay=True)
        monitors = {"ours, default devices": (runs.ours(program, initrd), BOUND_MIB),
                    "ours, without display": (runs.ours(program, initrd, "--no-display"), BOUND_MIB),
                    "ours, without display and network": (
                        runs.ours(program, initrd, "--no-display", "--network", "none"), BOUND_MIB)}
        if shutil.which("qemu-system-x86_64"):
            monitors["QEMU q35"] = (runs.qemu_q35(initrd), None)
            monitors["QEMU microvm"] = (runs.qemu_microvm(initrd), None)
        runs.report_load()
        for name, (command, bound) in monitors.items():
            total, parts = measure(command)
            print(name)
            runs.report("  RAM that the guest has touched", total["ram"], "MiB")
            runs.report("  video memory that the guest has drawn", total["video"], "MiB")
            kept &= runs.report("  resident beside both", total["monitor"], "MiB", bound)
            runs.report("  resident beside RAM, video memory included", total["monitor"] + total["video"], "MiB")
            largest = sorted(parts.items(), key=lambda part: -part[1])[:8]
            print("   " + ", ".join(f"{part} {size / 2**20:.1f}" for part, size in largest))
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())

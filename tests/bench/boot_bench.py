#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""boot_bench.py GUESTHOUSE [ROUNDS]: from exec to the first line of user space of linux-native on our whole
Q35 machine, in turns with QEMU's q35 and microvm machines and the same kernel, initial RAM disk and command
line. Medians; the bound is the ratio to QEMU's q35. Exit code 1 when it is missed, 77 when it cannot run."""

import pathlib
import shutil
import statistics
import sys
import tempfile

import guest_runs as runs

BOUND = 0.6


def main():
    program = pathlib.Path(sys.argv[1])
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 7
    runs.require(runs.LINUX.exists(), f"no kernel at {runs.LINUX}")
    runs.require(program.exists(), f"no program at {program}")
    with tempfile.TemporaryDirectory(prefix="guesthouse-bench-") as folder:
        initrd = runs.make_initrd(pathlib.Path(folder), stay=False)
        monitors = {"ours, default devices": runs.ours(program, initrd),
                    "ours, without display": runs.ours(program, initrd, "--no-display"),
                    "ours, with a CD drive on AHCI": runs.ours(program, initrd, "--cd", "")}
        if shutil.which("qemu-system-x86_64"):
            monitors["QEMU q35"] = runs.qemu_q35(initrd)
            monitors["QEMU microvm"] = runs.qemu_microvm(initrd)
        user_space = {name: [] for name in monitors}
        whole = {name: [] for name in monitors}
        for turn in range(rounds + 1):  # the first one warms the page cache
            for name, command in monitors.items():
                run = runs.Run(command)
                seconds = run.wait_for(b"HELLO")
                end = run.wait_for_end()
                if turn > 0:
                    user_space[name].append(seconds)
                    whole[name].append(end)
    runs.report_load()
    medians = {name: statistics.median(values) for name, values in user_space.items()}
    for name in monitors:
        runs.report(f"exec to user space: {name}", medians[name], "s")
        runs.report(f"exec to the process's end: {name}", statistics.median(whole[name]), "s")
    if "QEMU q35" not in monitors:
        print("no QEMU on this machine to compare with")
        return 77
    kept = True
    for name in ("ours, default devices", "ours, without display", "ours, with a CD drive on AHCI"):
        bound = BOUND if name != "ours, with a CD drive on AHCI" else None
        kept &= runs.report(f"ratio to QEMU q35: {name}", medians[name] / medians["QEMU q35"], "x", bound)
        runs.report(f"ratio to QEMU microvm: {name}", medians[name] / medians["QEMU microvm"], "x")
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""bad_input_test.py GUESTHOUSE: what cannot work ends at once, with one clear sentence, an exit code that is
not 0, and nothing left behind. Exit code 77 without a usable /dev/kvm."""

import os
import pathlib
import struct
import subprocess
import sys
import tempfile

FAILED, USAGE, GUEST_FAILED = 1, 2, 3


def cut_elf():
    """A 64-bit x86 executable whose only segment lies behind the end of the file."""
    identity = b"\x7fELF\x02\x01\x01" + bytes(9)
    header = identity + struct.pack("<HHIQQQIHHHHHH", 2, 62, 1, 0x1000000, 64, 0, 0, 64, 56, 1, 0, 0, 0)
    segment = struct.pack("<IIQQQQQQ", 1, 5, 0x1000, 0x1000000, 0x1000000, 0x100000, 0x100000, 0x1000)
    return header + segment


def cases(folder):
    """(arguments of run, a part of the sentence, exit code)."""
    def file(name, content):
        (folder / name).write_bytes(content)
        return str(folder / name)

    text = file("text", b"This is no kernel.\n" * 100)
    empty = file("empty", b"")
    cut = file("cut", cut_elf())
    odd = file("odd.fd", bytes(100000))
    absent = str(folder / "absent")
    nowhere = str(folder / "absent" / "file")
    return [
        (["--kernel", text], "is not a Linux kernel", GUEST_FAILED),
        (["--kernel", cut], "is truncated", FAILED),
        (["--kernel", empty], "is empty", FAILED),
        (["--kernel", absent], "cannot be opened", FAILED),
        (["--kernel", str(folder)], "is not a regular file", FAILED),
        (["--append", "quiet"], "add --kernel", USAGE),
        (["--firmware", odd], "has 100000 bytes", FAILED),
        (["--firmware", empty], "is empty", FAILED),
        (["--firmware", absent], "cannot be opened", FAILED),
        (["--memory", "1000000G"], "at most 95 %", USAGE),
        (["--memory", "99999999999999999999G"], "more than any computer has", USAGE),
        (["--memory", "0"], "at least 64 MiB", USAGE),
        (["--memory", "-5"], "is not a size", USAGE),
        (["--memory", "much"], "is not a size", USAGE),
        (["--cpus", "0"], "must be 1 to 255", USAGE),
        (["--cpus", "100000"], "must be 1 to 255", USAGE),
        (["--disk", absent], "cannot open the disk image", FAILED),
        (["--disk", str(folder)], "is not a disk image", FAILED),
        (["--disk", empty], "is empty", FAILED),
        (["--disk", text + ",bus=floppy"], "does not know", USAGE),
        (["--cd", absent], "cannot open the disk image", FAILED),
        (["--cd", empty], "is empty", FAILED),
        (["--floppy", empty], "is not a floppy image", FAILED),
        (["--floppy", file("long", bytes(4 << 20))], "is not a floppy image", FAILED),
        (["--option-rom", absent], "cannot be opened", FAILED),
        (["--option-rom", file("text.rom", b"This is no ROM.\n" * 64)], "does not begin like a PCI option ROM", FAILED),
        (["--option-rom", text, "--firmware", "ovmf"], "needs a BIOS", USAGE),
        (["--serial", "carrier-pigeon"], "--serial takes", USAGE),
        (["--serial", "file:" + nowhere], "No such file or directory", FAILED),
        (["--serial", "unix:" + nowhere], "No such file or directory", FAILED),
        (["--debug-console", nowhere], "No such file or directory", FAILED),
        (["--network", "avian"], "does not know", USAGE),
        (["--forward", "tcp:99999:22"], "is not a port forward", USAGE),
        (["--name", "a\tb"], "no control characters", USAGE),
        ([absent], "there is no file", FAILED),
    ]


def check(program, arguments, sentence, code, runtime):
    """The complaints about one case."""
    try:
        run = subprocess.run([program, "run", *arguments], stdin=subprocess.DEVNULL, capture_output=True, text=True,
                             timeout=60, env=dict(os.environ, XDG_RUNTIME_DIR=str(runtime), LC_ALL="C.UTF-8"))
    except subprocess.TimeoutExpired:
        return ["it runs"]
    problems = []
    if run.returncode != code:
        problems.append(f"exit code {run.returncode}, not {code}")
    lines = run.stderr.splitlines()
    if len(lines) != 1 or not lines[0].startswith("guesthouse: ") or sentence not in lines[0]:
        problems.append(f"said {run.stderr!r}, not one sentence with {sentence!r}")
    left = [str(path) for path in runtime.rglob("*") if not path.is_dir()]
    if left:
        problems.append(f"left {left} behind")
    return problems


def main():
    if not os.access("/dev/kvm", os.R_OK | os.W_OK):
        print("skipped: no usable /dev/kvm")
        return 77
    failed = 0
    with tempfile.TemporaryDirectory() as temporary:
        folder = pathlib.Path(temporary) / "files"
        runtime = pathlib.Path(temporary) / "runtime"
        folder.mkdir()
        runtime.mkdir(mode=0o700)
        for arguments, sentence, code in cases(folder):
            for problem in check(sys.argv[1], arguments, sentence, code, runtime):
                print(f"run {' '.join(arguments)}: {problem}")
                failed = 1
    return failed


if __name__ == "__main__":
    sys.exit(main())

# SPDX-License-Identifier: GPL-3.0-or-later
"""The UEFI variable store: a CFI flash of the Intel command set below the firmware's code."""

BASE = 0xffc00000
SIZE = 540672
BLOCK = 0x1000
CODE = BASE + SIZE

EXPECTED = [
    (r"^identifier",
     "the reference has no identifier codes for this board"),
    (r"^query 0x1[bc]",
     "supply voltages: 2.7 to 3.6 V of the flash this board has"),
    (r"^query 0x27",
     "a size that is no power of two: rounded up here, wrong there"),
    (r"^query 0x28",
     "an 8-bit part, accessed in bytes"),
    (r"^query 0x3f",
     "optional features of the extended query: none here"),
    (r"^program clears only",
     "programming only clears bits (Intel 28F640J5, 4.8)"),
    (r"^(erase without confirmation|after that)",
     "a wrong second cycle ends in status with SR.4 and SR.5 set (28F640J5, table 14); the reference goes back to the array"),
]


def prepare(folder):
    data = open("/usr/share/OVMF/OVMF_VARS_4M.fd", "rb").read()
    (folder / "vars.fd").write_bytes(data)


OPTIONS = {
    "ours": ["--firmware", "ovmf"],
    "reference": ["-drive", "if=pflash,format=raw,unit=0,readonly=on,file=/usr/share/OVMF/OVMF_CODE_4M.fd",
                  "-drive", "if=pflash,format=raw,unit=1,file={dir}/vars.fd"],
    "prepare": prepare,
}


def status(pair, what, address):
    pair.at(what)
    pair.writeb(address, 0x70)
    pair.readb(address)
    pair.writeb(address, 0x50)
    pair.readb(address)
    pair.writeb(address, 0xff)
    pair.readb(address)


def run(pair):
    for offset in (0, 0x10, 0x40, 0x1000, 0x40000, SIZE - 16):
        pair.at(f"array {offset:#x}")
        pair.read(BASE + offset, 16)
    pair.at("code")
    pair.read(CODE, 16)
    pair.read(0xfffffff0, 16)
    status(pair, "status", BASE)
    pair.at("identifier")
    pair.writeb(BASE, 0x90)
    for offset in (0, 1, 2, 3):
        pair.readb(BASE + offset)
    pair.writeb(BASE, 0xff)
    pair.at("query")
    pair.writeb(BASE, 0x98)
    for offset in range(0, 0x60):
        pair.at(f"query {offset:#x}")
        pair.readb(BASE + offset)
    pair.writeb(BASE, 0xff)
    spare = BASE + 0x50000
    pair.at("erase")
    pair.writeb(spare, 0x20)
    pair.writeb(spare, 0xd0)
    pair.readb(spare)
    status(pair, "after erase", spare)
    pair.read(spare, 16)
    for command in (0x10, 0x40):
        pair.at(f"program {command:#x}")
        pair.writeb(spare + command, command)
        pair.writeb(spare + command, 0x5a)
        pair.readb(spare + command)
        status(pair, f"after program {command:#x}", spare)
        pair.read(spare, 0x60)
    pair.at("program clears only")
    pair.writeb(spare + 0x10, 0x40)
    pair.writeb(spare + 0x10, 0xf3)
    pair.writeb(spare, 0xff)
    pair.readb(spare + 0x10)
    pair.at("buffer")
    pair.writeb(spare + 0x100, 0xe8)
    pair.readb(spare + 0x100)
    pair.writeb(spare + 0x100, 0x03)
    for index in range(4):
        pair.writeb(spare + 0x100 + index, 0x11 * (index + 1))
    pair.writeb(spare + 0x100, 0xd0)
    pair.readb(spare + 0x100)
    status(pair, "after buffer", spare)
    pair.read(spare + 0x100, 16)
    pair.at("lock")
    pair.writeb(spare, 0x60)
    pair.writeb(spare, 0x01)
    pair.readb(spare)
    pair.writeb(spare, 0x60)
    pair.writeb(spare, 0xd0)
    pair.readb(spare)
    pair.writeb(spare, 0xff)
    pair.at("erase without confirmation")
    pair.writeb(spare, 0x20)
    pair.writeb(spare, 0x33)
    pair.readb(spare)
    status(pair, "after that", spare)
    pair.at("unknown command")
    pair.writeb(spare, 0x77)
    pair.readb(spare)
    pair.writeb(spare, 0xff)
    pair.at("code is read-only")
    pair.writeb(CODE, 0x12)
    pair.readb(CODE)
    pair.at("widths")
    pair.readl(BASE + 0x28)
    pair.readq(BASE + 0x28)

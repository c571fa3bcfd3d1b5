# SPDX-License-Identifier: GPL-3.0-or-later
"""The AHCI controller with a disk and a CD drive: reset values, register masks, and the first commands."""

BASE = 0xfebd0000
LIST, FIS, TABLE, DATA = 0x100000, 0x101000, 0x102000, 0x110000

EXPECTED = [
    (r"^(reset|started) port [01] 0x2[04]",
     "the device has sent its first register FIS already; the reference waits until FIS reception is enabled"),
    (r"^port 3 0x[08] = 0xffffffff",
     "the low bits of PxCLB and PxFB are reserved (AHCI 1.3.1, 3.3.1 and 3.3.3)"),
    (r"^started port 0 0x10",
     "the same first FIS: interrupt status was cleared after it here, before it there"),
    (r"^identify( packet)?, (port register 0x10|FIS)",
     "PIO data-in ends with the PIO Setup FIS (SATA 3.x, 11.8); the reference sends a register FIS behind it"),
    (r"^beyond the end",
     "the ID-not-found error (ACS-3, 6.2.4) here, abort there"),
    (r"^(first sense|request sense), data",
     "a cleared drive has the Valid bit clear and says once that it was reset (SPC-4, 4.5.3)"),
    (r"^inquiry, data",
     "names, and the versions of the standards"),
]


def prepare(folder):
    (folder / "disk.raw").write_bytes(bytes(range(256)) * 4096 * 4)
    (folder / "cd.iso").write_bytes(b"\0" * 32768 + b"\1CD001\1" + b"\0" * 2041 + bytes(range(256)) * 2000)


OPTIONS = {
    "ours": ["--disk", "{dir}/disk.raw,format=raw,snapshot", "--cd", "{dir}/cd.iso"],
    "reference": ["-drive", "if=none,id=d,format=raw,snapshot=on,file={dir}/disk.raw", "-device", "ide-hd,bus=ide.0,drive=d",
                  "-drive", "if=none,id=c,format=raw,readonly=on,media=cdrom,file={dir}/cd.iso",
                  "-device", "ide-cd,bus=ide.1,drive=c"],
    "prepare": prepare,
}


def port(number, register):
    return BASE + 0x100 + 0x80 * number + register


def dump(pair, what):
    for offset in range(0, 0x2c, 4):
        pair.at(f"{what} global {offset:#x}")
        pair.readl(BASE + offset)
    for number in range(7):
        for register in range(0, 0x48, 4):
            pair.at(f"{what} port {number} {register:#x}")
            pair.readl(port(number, register))


def masks(pair):
    for register in (0x00, 0x04, 0x08, 0x0c, 0x14):
        for value in (0xffffffff, 0):
            pair.at(f"port 3 {register:#x} = {value:#x}")
            pair.writel(port(3, register), value)
            pair.readl(port(3, register))


def start(pair, number):
    pair.at(f"port {number} starts")
    pair.writel(port(number, 0x00), LIST)
    pair.writel(port(number, 0x04), 0)
    pair.writel(port(number, 0x08), FIS)
    pair.writel(port(number, 0x0c), 0)
    pair.writel(port(number, 0x30), 0xffffffff)
    pair.writel(port(number, 0x10), 0xffffffff)
    pair.writel(port(number, 0x18), pair.readl(port(number, 0x18)) | 0x10)
    pair.writel(port(number, 0x18), pair.readl(port(number, 0x18)) | 0x01)
    pair.readl(port(number, 0x18))


def command(pair, number, what, ata, packet=b"", length=512, lba=0, count=0, features=0, device=0x40):
    """One non-queued command in slot 0 that reads to DATA."""
    pair.command(f"memset {DATA:#x} {max(length, 16):#x} 0xee")
    pair.command(f"memset {FIS:#x} 0x100 0")
    fis = bytes([0x27, 0x80, ata, features, lba & 0xff, lba >> 8 & 0xff, lba >> 16 & 0xff, device,
                 lba >> 24 & 0xff, 0, 0, 0, count & 0xff, count >> 8, 0, 0, 0, 0, 0, 0])
    pair.write(TABLE, fis.ljust(64, b"\0") + packet.ljust(64, b"\0")
               + DATA.to_bytes(8, "little") + bytes(4) + (max(length, 2) - 1).to_bytes(4, "little"))
    flags = 5 | (0x20 if packet else 0) | (1 << 16 if length else 0)
    pair.write(LIST, flags.to_bytes(4, "little") + bytes(4) + TABLE.to_bytes(8, "little"))
    pair.at(what)
    pair.writel(port(number, 0x38), 1)
    pair.until(what, lambda peer: int(peer.ask(f"readl {port(number, 0x38):#x}").split()[1], 16) & 1 == 0
               or int(peer.ask(f"readl {port(number, 0x10):#x}").split()[1], 16) & 0x40000000 != 0)
    for register in (0x10, 0x20, 0x28, 0x30, 0x38):
        pair.at(f"{what}, port register {register:#x}")
        pair.readl(port(number, register))
    pair.at(f"{what}, byte count")
    pair.readl(LIST + 4)
    pair.at(f"{what}, FIS")
    for offset in (0x40, 0x58):  # the rest of a register FIS means nothing after success
        pair.readl(FIS + offset)
    if length and not what.startswith("identify"):
        pair.at(f"{what}, data")
        pair.read(DATA, length)
    pair.writel(port(number, 0x10), 0xffffffff)
    pair.writel(port(number, 0x30), 0xffffffff)


def run(pair):
    pair.command("irq_intercept_in ioapic")
    pair.config_write(31, 2, 0x24, BASE)
    pair.config_write(31, 2, 0x04, 0x0006, 2)
    dump(pair, "reset")
    pair.at("GHC.AE cannot be cleared")
    pair.writel(BASE + 4, 0)
    pair.readl(BASE + 4)
    pair.writel(BASE + 4, 0x80000000)
    masks(pair)
    start(pair, 0)
    dump(pair, "started")
    command(pair, 0, "identify", 0xec)
    command(pair, 0, "read DMA", 0xc8, lba=1, count=1)
    command(pair, 0, "read DMA ext", 0x25, lba=2, count=2, length=1024)
    command(pair, 0, "read verify", 0x40, lba=2, count=1, length=0)
    command(pair, 0, "beyond the end", 0x25, lba=0xfffffff, count=1)
    pair.at("restart after an error")
    for value in (0x0, 0x1):
        now = pair.readl(port(0, 0x18))
        pair.writel(port(0, 0x18), now & ~1 | value)
    command(pair, 0, "flush", 0xe7, length=0)
    start(pair, 1)
    command(pair, 1, "identify packet", 0xa1)
    # Both may have something to say after a reset; what follows starts from the same state.
    command(pair, 1, "first sense", 0xa0, packet=bytes([0x03, 0, 0, 0, 18]), length=18, features=1)
    command(pair, 1, "test unit ready", 0xa0, packet=bytes(12), length=0)
    command(pair, 1, "inquiry", 0xa0, packet=bytes([0x12, 0, 0, 0, 36]), length=36, features=1)
    command(pair, 1, "request sense", 0xa0, packet=bytes([0x03, 0, 0, 0, 18]), length=18, features=1)
    command(pair, 1, "read capacity", 0xa0, packet=bytes([0x25]), length=8, features=1)
    command(pair, 1, "read 10", 0xa0, packet=bytes([0x28, 0, 0, 0, 0, 16, 0, 0, 1]), length=2048, features=1)
    dump(pair, "end")

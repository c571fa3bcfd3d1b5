# SPDX-License-Identifier: GPL-3.0-or-later
"""What the two bridges place: shadow RAM (PAM), RCBA, interrupt routes, and the small ports behind them."""

EXPECTED = [
    (r"^(above ram|RCBA off|RCBA moved|across the end of ram)",
     "nobody answers: all ones as on a PCI bus without a target, zeros at the reference"),
    (r"^PAM 0x90",
     "only the high half of PAM0 has a meaning (316966, 5.1.17)"),
    (r"^area 0x[cdef][048c]000 (write-protected|kept)",
     "the reference lets its own test interface write through the protection"),
    (r"^route 0x6[0-9a-b] = 0xff",
     "bits 6 to 4 of PIRQn_ROUT are reserved (316972, 13.1.17)"),
    (r"^port 0x8[04]",
     "ports 80h, 84h-86h, 88h, 8Ch-8Eh hold what is written (316972, table 9-2)"),
    (r"^parallel port 0x37[89]",
     "no printer: the data register starts at zero and the time-out bit is clear"),
    (r"^dma 0xc?0 status and mask",
     "a master clear masks all channels (8237A, register description)"),
]


def pam(pair):
    areas = [0xc0000 + 0x4000 * i for i in range(16)]
    for area in areas:
        pair.at(f"area {area:#x} at reset")
        if area >= 0xe0000:
            pair.readl(area)
        pair.writel(area, 0x11223344)
    for offset in range(0x90, 0x97):
        pair.at(f"PAM {offset:#x}")
        pair.config_write(0, 0, offset, 0x33, 1)
        pair.config_read(0, 0, offset, 1)
    for area in areas:
        pair.at(f"area {area:#x} as RAM")
        pair.writel(area + 4, area ^ 0x5a5a5a5a)
        pair.readl(area + 4)
    for offset in range(0x90, 0x97):
        pair.config_write(0, 0, offset, 0x11, 1)
    for area in areas:
        pair.at(f"area {area:#x} write-protected")
        pair.writel(area + 4, 0)
        pair.readl(area + 4)
    for offset in range(0x90, 0x97):
        pair.config_write(0, 0, offset, 0x00, 1)
    for area in areas[8:]:
        pair.at(f"area {area:#x} as ROM again")
        pair.readl(area + 4)
    for offset in range(0x90, 0x97):
        pair.config_write(0, 0, offset, 0x33, 1)
    for area in areas:
        pair.at(f"area {area:#x} kept its contents")
        pair.readl(area + 4)


def rcba(pair):
    pair.at("RCBA off")
    pair.readl(0xfed1c000)
    pair.config_write(31, 0, 0xf0, 0xfed1c001)
    pair.config_read(31, 0, 0xf0)
    for offset in list(range(0x3100, 0x3160, 4)) + [0x0, 0x50, 0x3400, 0x3404, 0x3410, 0x3414, 0x3418, 0x3ffc]:
        pair.at(f"RCBA {offset:#06x}")
        pair.readl(0xfed1c000 + offset)
    for offset in (0x3140, 0x3144, 0x314c):
        pair.at(f"RCBA {offset:#06x} written")
        pair.writew(0xfed1c000 + offset, 0x0123)
        pair.readw(0xfed1c000 + offset)
        pair.readl(0xfed1c000 + offset)
    pair.at("RCBA moved")
    pair.config_write(31, 0, 0xf0, 0xfed20001)
    pair.readl(0xfed1c000 + 0x3140)
    pair.readw(0xfed20000 + 0x3140)
    pair.config_write(31, 0, 0xf0, 0xfed1c000)
    pair.readl(0xfed20000 + 0x3140)


def routes(pair):
    for offset in (0x60, 0x61, 0x62, 0x63, 0x68, 0x69, 0x6a, 0x6b):
        for value in (0x0a, 0x0b, 0x80, 0xff, 0x00):
            pair.at(f"route {offset:#x} = {value:#04x}")
            pair.config_write(31, 0, offset, value, 1)
            pair.config_read(31, 0, offset, 1)
        pair.config_write(31, 0, offset, 0x80, 1)


def small_ports(pair):
    for port in (0x80, 0x81, 0x84, 0x87, 0x8f):
        for value in (0x00, 0x5a, 0xff):
            pair.at(f"port {port:#x} = {value:#04x}")
            pair.outb(port, value)
            pair.inb(port)
    pair.at("port 92h")
    pair.inb(0x92)
    for value in (0x02, 0x00, 0x02):
        pair.outb(0x92, value)
        pair.inb(0x92)
    pair.at("reset control")
    pair.inb(0xcf9)
    for value in (0x02, 0x00):
        pair.outb(0xcf9, value)
        pair.inb(0xcf9)
    for port in (0x378, 0x379, 0x37a):
        pair.at(f"parallel port {port:#x}")
        pair.inb(port)
    for value in (0x55, 0xaa):
        pair.at(f"parallel port {value:#x}")
        pair.outb(0x378, value)
        pair.inb(0x378)
        pair.outb(0x37a, value)
        pair.inb(0x37a)
    for port in (0x200, 0x220, 0x300, 0x3e8, 0x1000, 0xfff0, 0xffff):
        pair.at(f"nothing at {port:#x}")
        pair.inb(port)
        pair.inl(port & 0xfffc)


def dma(pair):
    for base, step in ((0x00, 1), (0xc0, 2)):
        for register in range(8):
            pair.at(f"dma {base + register * step:#x}")
            pair.outb(base + 0x0c * step, 0)
            pair.outb(base + register * step, 0x34)
            pair.outb(base + register * step, 0x12)
            pair.outb(base + 0x0c * step, 0)
            pair.inb(base + register * step)
            pair.inb(base + register * step)
        pair.at(f"dma {base:#x} status and mask")
        pair.outb(base + 0x0d * step, 0)
        pair.inb(base + 0x08 * step)
        pair.inb(base + 0x0f * step)


def memory(pair):
    for address in (0x0, 0x9fffc, 0x100000, 0x1ffffffc):
        pair.at(f"ram {address:#x}")
        pair.writel(address, 0xdeadbeef)
        pair.readl(address)
    pair.at("above ram")
    for address in (0x20000000, 0x8000_0000, 0xbffffffc, 0x1_0000_0000, 0xff_ffff_fff8):
        pair.readl(address)
    pair.at("across the end of ram")
    pair.readq(0x1ffffffc)
    pair.at("firmware")
    pair.read(0xfffffff0, 16)
    pair.read(0xfffc0000, 16)
    pair.read(0xffff0, 16)
    pair.writel(0xfffffff0, 0)
    pair.readl(0xfffffff0)


def run(pair):
    memory(pair)
    pam(pair)
    rcba(pair)
    routes(pair)
    small_ports(pair)
    dma(pair)

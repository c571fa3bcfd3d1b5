# SPDX-License-Identifier: GPL-3.0-or-later
"""PCI configuration space of every function both machines have: identity, masks, BAR sizes, moving BARs."""

FUNCTIONS = {"mch": (0, 0), "vga": (1, 0), "lpc": (31, 0), "ahci": (31, 2), "smbus": (31, 3)}
BAR_REGISTERS = (0x10, 0x14, 0x18, 0x1c, 0x20, 0x24, 0x30)

EXPECTED = [
    (r"^absent 2\.0",
     "this machine has a source of random numbers there"),
    (r"^(video memory|registers with video memory|no memory decoding|rom|ecam off|ecam moves).*(: ours OK 0x0+f+, reference OK 0x0+)$",
     "nobody answers: all ones as on a PCI bus without a target, zeros at the reference"),
    (r"^mch reset 0x50",
     "a register of the reference alone (size of an extended TSEG), which the datasheet does not have"),
    (r"^mch mask 0x50",
     "the same"),
    (r"^address register",
     "reserved bits of CONFIG_ADDRESS read as zeros (PCI 3.0, 3.2.2.3.2); the reference keeps them"),
    (r"^(mch|vga|lpc|ahci|smbus) mask 0x([4-9a-f][048c]): inl",
     "the reference keeps whatever is written behind the header; ours has the bits that the datasheets give"),
]


def dump(pair, name, what):
    for offset in range(0, 256, 4):
        pair.at(f"{name} {what} {offset:#04x}")
        pair.config_read(*FUNCTIONS[name], offset)


def probe_masks(pair, name):
    """Which bits of the header and the device's registers hold what is written."""
    skipped = {"mch": {0x60, 0x64}, "lpc": {0x40, 0x44, 0xf0}}.get(name, set())
    for offset in range(0, 256, 4):
        if offset in skipped or offset == 0x04:
            continue
        pair.at(f"{name} mask {offset:#04x}")
        before = pair.config_read(*FUNCTIONS[name], offset)
        pair.config_write(*FUNCTIONS[name], offset, 0xffffffff)
        pair.config_read(*FUNCTIONS[name], offset)
        pair.config_write(*FUNCTIONS[name], offset, 0)
        pair.config_read(*FUNCTIONS[name], offset)
        pair.config_write(*FUNCTIONS[name], offset, before)
        pair.config_read(*FUNCTIONS[name], offset)


def probe_widths(pair):
    for name, address in FUNCTIONS.items():
        for offset in (0x00, 0x08, 0x2c, 0x34, 0x3c):
            for width in (1, 2):
                for at in range(offset, offset + 4, width):
                    pair.at(f"{name} width {width} at {at:#04x}")
                    pair.config_read(*address, at, width)
        for width, value in ((1, 0x5a), (2, 0xa5c3)):
            pair.at(f"{name} interrupt line, {width} bytes")
            pair.config_write(*address, 0x3c, value, width)
            pair.config_read(*address, 0x3c)
        pair.config_write(*address, 0x3c, 0, 1)


def absent_functions(pair):
    for device in range(32):
        for function in range(8):
            if (device, function) in FUNCTIONS.values():
                continue
            pair.at(f"absent {device:x}.{function}")
            pair.config_read(device, function, 0)
    pair.at("other bus")
    pair.outl(0xcf8, 0x80010000)
    pair.inl(0xcfc)
    pair.at("address register")
    for value in (0, 0xffffffff, 0x80000001, 0x7fffffff, 0x8000f8fc):
        pair.outl(0xcf8, value)
        pair.inl(0xcf8)
    pair.outl(0xcf8, 0x00000000)
    pair.at("address disabled")
    pair.inl(0xcfc)


def move_bars(pair):
    vga = FUNCTIONS["vga"]
    pair.config_write(*vga, 0x04, 0, 2)
    for base in (0xc0000000, 0xd0000000, 0xc1000000):
        pair.at(f"video memory at {base:#x}")
        pair.config_write(*vga, 0x10, base | 8)
        pair.config_read(*vga, 0x10)
        pair.config_write(*vga, 0x18, 0xe0000000 + (base >> 12 & 0xf0000))
        pair.config_read(*vga, 0x18)
        pair.readl(base)
        pair.config_write(*vga, 0x04, 2, 2)
        pair.config_read(*vga, 0x04)
        pair.writel(base + 0x123000, base ^ 0x1234567)
        pair.readl(base + 0x123000)
        pair.readb(base + 0xffffff)
        pair.readl(base + 0x1000000)
        pair.at(f"registers with video memory at {base:#x}")
        mmio = 0xe0000000 + (base >> 12 & 0xf0000)
        for offset in (0x500, 0x502, 0x504, 0x508):
            pair.readw(mmio + offset)
        pair.readl(mmio + 0x1000)
    pair.at("no memory decoding")
    pair.config_write(*vga, 0x04, 0, 2)
    pair.readl(0xc1123000)
    pair.at("rom")
    pair.config_write(*vga, 0x30, 0xc2000001)
    pair.config_read(*vga, 0x30)
    pair.config_write(*vga, 0x04, 2, 2)
    pair.readw(0xc2000000)
    pair.writew(0xc2000000, 0)
    pair.readw(0xc2000000)
    pair.config_write(*vga, 0x30, 0xc2000000)
    pair.readw(0xc2000000)
    pair.config_write(*vga, 0x04, 0, 2)


def move_ports(pair):
    smbus = FUNCTIONS["smbus"]
    pair.config_write(*smbus, 0x40, 1, 1)  # HST_EN
    for base in (0x700, 0x800, 0xc000):
        pair.at(f"smbus at {base:#x}")
        pair.config_write(*smbus, 0x20, base)
        pair.config_read(*smbus, 0x20)
        pair.config_write(*smbus, 0x04, 1, 2)
        pair.outb(base + 4, 0x5a)
        pair.inb(base + 4)
        pair.config_write(*smbus, 0x04, 0, 2)
        pair.inb(base + 4)
    pair.at("ahci ports")
    pair.config_write(*FUNCTIONS["ahci"], 0x20, 0xc040)
    pair.config_read(*FUNCTIONS["ahci"], 0x20)


def ecam(pair):
    pair.at("ecam off")
    pair.readl(0xb0000000)
    pair.config_write(0, 0, 0x64, 0)
    pair.config_write(0, 0, 0x60, 0xb0000001)
    for name, (device, function) in FUNCTIONS.items():
        base = 0xb0000000 | device << 15 | function << 12
        for offset in list(range(0, 0x40, 4)) + [0xfc, 0x100, 0x104, 0xffc]:
            pair.at(f"ecam {name} {offset:#05x}")
            pair.readl(base + offset)
        pair.at(f"ecam {name} widths")
        pair.readb(base + 1)
        pair.readw(base + 2)
        pair.writeb(base + 0x3c, 0x77)
        pair.readb(base + 0x3c)
    pair.at("ecam absent")
    pair.readl(0xb0000000 | 5 << 15)
    pair.readl(0xb0100000)
    pair.at("ecam moves")
    pair.config_write(0, 0, 0x60, 0xe0000001)
    pair.readl(0xb0000000)
    pair.readl(0xe0000000)
    pair.config_write(0, 0, 0x60, 0xb0000000)
    pair.config_read(0, 0, 0x60)
    pair.readl(0xe0000000)


def run(pair):
    for name in FUNCTIONS:
        dump(pair, name, "reset")
    absent_functions(pair)
    probe_widths(pair)
    for name in FUNCTIONS:
        probe_masks(pair, name)
    for name in FUNCTIONS:
        pair.at(f"{name} command")
        pair.config_write(*FUNCTIONS[name], 0x04, 0xffff, 2)
        pair.config_read(*FUNCTIONS[name], 0x04)
        pair.config_write(*FUNCTIONS[name], 0x04, 0, 2)
        pair.config_read(*FUNCTIONS[name], 0x04)
    move_bars(pair)
    move_ports(pair)
    ecam(pair)

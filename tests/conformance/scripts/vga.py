# SPDX-License-Identifier: GPL-3.0-or-later
"""The display adapter's ports: sequencer, CRT controller, graphics and attribute controllers, DAC, DISPI."""

EXPECTED = [
    (r"inb 0x3da|inb 0x3ba",
     "where the beam is: the clock stands here, the reference toggles the bits at each read"),
    (r"^crtc 0x19",
     "there is no such register"),
    (r"^palette mask",
     "the reference has no pixel mask register"),
]


def indexed(pair, name, port, count):
    for index in range(count):
        pair.at(f"{name} {index:#04x}")
        pair.outb(port, index)
        before = pair.inb(port + 1)
        for value in (0xff, 0x00, 0x5a):
            pair.at(f"{name} {index:#04x} = {value:#04x}")
            pair.outb(port + 1, value)
            pair.inb(port + 1)
        pair.outb(port + 1, before)
    pair.at(f"{name} index")
    for value in (0x00, 0x3f, 0xff):
        pair.outb(port, value)
        pair.inb(port)
        pair.inb(port + 1)


def attributes(pair):
    for index in range(0x15):
        pair.at(f"attribute {index:#04x}")
        pair.inb(0x3da)
        pair.outb(0x3c0, index)
        pair.inb(0x3c0)
        pair.inb(0x3c1)
        for value in (0xff, 0x2a):
            pair.inb(0x3da)
            pair.outb(0x3c0, index)
            pair.outb(0x3c0, value)
            pair.inb(0x3c1)
    pair.inb(0x3da)
    pair.outb(0x3c0, 0x20)


def palette(pair):
    pair.at("palette mask")
    for value in (0xff, 0x0f, 0xff):
        pair.outb(0x3c6, value)
        pair.inb(0x3c6)
    for index in (0, 1, 7, 0x80, 0xff):
        pair.at(f"palette {index:#04x}")
        pair.outb(0x3c8, index)
        pair.inb(0x3c8)
        for value in (0x3f, 0x15, 0xff):
            pair.outb(0x3c9, value)
        pair.inb(0x3c8)
        pair.outb(0x3c7, index)
        pair.inb(0x3c7)
        for _ in range(6):
            pair.inb(0x3c9)


def dispi(pair):
    def get(index):
        pair.at(f"dispi {index}")
        pair.outw(0x1ce, index)
        return pair.inw(0x1cf)

    def put(index, value):
        pair.at(f"dispi {index} = {value:#x}")
        pair.outw(0x1ce, index)
        pair.outw(0x1cf, value)
        pair.inw(0x1cf)
    for index in range(16):
        get(index)
    for version in (0xb0c0, 0xb0c2, 0xb0c5, 0xb0c6, 0x1234, 0xb0c5):
        put(0, version)
    for x, y, depth in ((1024, 768, 32), (800, 600, 16), (640, 480, 8), (1280, 800, 24), (640, 400, 15)):
        put(4, 0)
        put(1, x)
        put(2, y)
        put(3, depth)
        put(4, 0x41)
        for index in range(11):
            get(index)
    put(4, 0x03)  # the limits
    for index in (1, 2, 3):
        get(index)
    put(4, 0)
    put(1, 640)
    put(2, 480)
    put(3, 32)
    put(4, 0x41)
    for index, values in ((6, (1024, 100)), (7, (960,)), (8, (100, 5000)), (9, (200, 60000)), (5, (0, 1, 300))):
        for value in values:
            put(index, value)
            for other in range(10):
                get(other)
    put(4, 0)
    pair.at("dispi bytes")
    pair.outb(0x1ce, 0)
    pair.inb(0x1cf)
    pair.inw(0x1ce)


def window(pair):
    """Planes through the window at A0000h in the mode that firmware sets for 320x200, and text."""
    def set_registers(port, values):
        for index, value in values.items():
            pair.outb(port, index)
            pair.outb(port + 1, value)
    pair.at("planes")
    set_registers(0x3c4, {0: 3, 1: 1, 2: 0x0f, 3: 0, 4: 0x06})
    set_registers(0x3ce, {0: 0, 1: 0, 2: 0, 3: 0, 4: 0, 5: 0, 6: 0x05, 7: 0x0f, 8: 0xff})
    for plane in range(4):
        set_registers(0x3c4, {2: 1 << plane})
        set_registers(0x3ce, {4: plane})
        pair.writeb(0xa0000, 0x11 * (plane + 1))
        pair.readb(0xa0000)
        pair.writel(0xa1000, 0x12345678)
        pair.readl(0xa1000)
    for mode in range(4):
        pair.at(f"write mode {mode}")
        set_registers(0x3c4, {2: 0x0f})
        set_registers(0x3ce, {0: 0x05, 1: 0x0f if mode == 0 else 0, 3: 0x00, 5: mode, 8: 0x3c})
        pair.readb(0xa0000)
        pair.writeb(0xa0000, 0xa7)
        for plane in range(4):
            set_registers(0x3ce, {4: plane})
            pair.readb(0xa0000)
    pair.at("outside the window")
    pair.readb(0xb8000)
    set_registers(0x3ce, {6: 0x0e})
    pair.readb(0xa0000)
    pair.writew(0xb8000, 0x0741)
    pair.readw(0xb8000)


def run(pair):
    for port in (0x3c2, 0x3ca, 0x3cc, 0x3ba, 0x3d4, 0x3b4):
        pair.at(f"reset {port:#x}")
        pair.inb(port)
    pair.at("misc output")
    for value in (0x67, 0xe3, 0x00, 0x67):
        pair.outb(0x3c2, value)
        pair.inb(0x3cc)
    pair.at("crtc unlocked")
    pair.outb(0x3d4, 0x11)
    pair.outb(0x3d5, 0)
    indexed(pair, "sequencer", 0x3c4, 8)
    indexed(pair, "crtc", 0x3d4, 0x1a)
    indexed(pair, "graphics", 0x3ce, 9)
    attributes(pair)
    palette(pair)
    dispi(pair)
    window(pair)

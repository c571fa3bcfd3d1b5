# SPDX-License-Identifier: GPL-3.0-or-later
"""The real-time clock and its battery-backed memory (ports 70h, 71h)."""

EXPECTED = [
    (r"^cmos 0x37",
     "the reference mirrors the century there as PS/2 machines did; tables name register 32h"),
    (r"^cmos 0x3[8d]",
     "boot order for old BIOSes: this machine has no floppy drive to start from"),
]

SELECTED = 0x70
DATA = 0x71
CLOCK_REGISTERS = (0x00, 0x02, 0x04, 0x06, 0x07, 0x08, 0x09, 0x32)


def get(pair, index):
    pair.at(f"cmos {index:#04x}")
    pair.outb(SELECTED, index)
    return pair.inb(DATA)


def put(pair, index, value):
    pair.at(f"cmos {index:#04x} = {value:#04x}")
    pair.outb(SELECTED, index)
    pair.outb(DATA, value)


def quietly(pair, index, value=None):
    """The same on both, without comparing: the time runs."""
    for peer in (pair.ours, pair.reference):
        peer.ask(f"outb 0x70 {index:#x}")
        if value is not None:
            peer.ask(f"outb 0x71 {value:#x}")


def stop_clock(pair):
    # SET (register B bit 7) keeps the time from moving.
    quietly(pair, 0x0b, 0x82)


def memory(pair):
    for index in range(0x0d, 0x80):
        get(pair, index)
    for index in list(range(0x10, 0x32)) + list(range(0x33, 0x80)):
        for value in (0x00, 0xff, 0x5a, index):
            put(pair, index, value)
            get(pair, index)
    pair.at("nmi bit")
    pair.outb(SELECTED, 0x80 | 0x40)
    pair.inb(DATA)
    pair.at("index reads")
    pair.inb(SELECTED)


def set_time(pair, mode, values):
    put(pair, 0x0b, 0x80 | mode)
    for index, value in zip(CLOCK_REGISTERS, values):
        put(pair, index, value)
    for index in CLOCK_REGISTERS:
        get(pair, index)
    get(pair, 0x0b)


def alarms(pair):
    for index in (0x01, 0x03, 0x05):
        for value in (0x00, 0x59, 0xc0, 0xff):
            put(pair, index, value)
            get(pair, index)


def run(pair):
    stop_clock(pair)
    memory(pair)
    set_time(pair, 0x02, (0x30, 0x15, 0x10, 0x01, 0x22, 0x11, 0x26, 0x20))  # BCD, 24 hours
    set_time(pair, 0x06, (30, 15, 10, 1, 22, 11, 26, 20))                    # binary, 24 hours
    set_time(pair, 0x00, (0x30, 0x15, 0x90, 0x01, 0x22, 0x11, 0x26, 0x20))  # BCD, 12 hours, afternoon
    alarms(pair)
    for value in (0x26, 0x20, 0x2f, 0x76, 0xff, 0x06, 0x26):
        put(pair, 0x0a, value)
        get(pair, 0x0a)
    for value in (0x82, 0x86, 0x84, 0x80, 0x8a, 0x83):
        put(pair, 0x0b, value)
        get(pair, 0x0b)
    put(pair, 0x0c, 0xff)
    get(pair, 0x0c)
    get(pair, 0x0c)
    put(pair, 0x0d, 0x00)
    get(pair, 0x0d)
    pair.at("words")
    pair.inw(SELECTED)

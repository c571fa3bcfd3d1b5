# SPDX-License-Identifier: GPL-3.0-or-later
"""The keyboard controller (60h, 64h) with keyboard and mouse; nobody types."""

EXPECTED = [
    (r"^keyboard 0xfe",
     "Resend repeats the last byte (PS/2 technical reference, keyboard commands); the reference answers FEh"),
    (r"^keyboard 0x00",
     "an unknown command is answered with Resend; the reference acknowledges it"),
    (r"^controller 0xd0: inb 0x60",
     "ours reports the clock and data lines of both devices (bits 6 and 7), the reference what was written last"),
]

DATA = 0x60
COMMAND = 0x64


def status(pair, what):
    pair.at(what)
    return pair.inb(COMMAND)


def drain(pair, what):
    """Reads until the output buffer is empty on both."""
    for _ in range(16):
        if not status(pair, what) & 1:
            break
        pair.at(what)
        pair.inb(DATA)


def command(pair, value, data=None):
    what = f"controller {value:#04x}" + (f" {data:#04x}" if data is not None else "")
    pair.at(what)
    pair.outb(COMMAND, value)
    if data is not None:
        status(pair, what + ", before the data")
        pair.at(what)
        pair.outb(DATA, data)
    drain(pair, what)


def keyboard(pair, *bytes_):
    what = "keyboard " + " ".join(f"{b:#04x}" for b in bytes_)
    for byte in bytes_:
        pair.at(what)
        pair.outb(DATA, byte)
        drain(pair, what)


def mouse(pair, *bytes_):
    what = "mouse " + " ".join(f"{b:#04x}" for b in bytes_)
    for byte in bytes_:
        pair.at(what)
        pair.outb(COMMAND, 0xd4)
        pair.outb(DATA, byte)
        drain(pair, what)


def run(pair):
    pair.command("irq_intercept_in ioapic")
    status(pair, "reset")
    pair.inb(DATA)
    command(pair, 0xaa)          # self test
    command(pair, 0xab)          # keyboard port test
    command(pair, 0xa9)          # mouse port test
    command(pair, 0x20)          # command byte
    command(pair, 0x60, 0x30)    # both devices off
    command(pair, 0x20)
    command(pair, 0xae)
    command(pair, 0xa8)
    command(pair, 0x20)
    command(pair, 0xad)
    command(pair, 0xa7)
    command(pair, 0x20)
    command(pair, 0x60, 0x00)
    command(pair, 0xc0)          # input port
    command(pair, 0xd0)          # output port
    command(pair, 0xd1, 0x03)    # A20 on
    command(pair, 0xd0)
    command(pair, 0xd2, 0x5a)    # into the output buffer as from the keyboard
    command(pair, 0xd3, 0xa5)    # as from the mouse
    command(pair, 0xdd)
    command(pair, 0xdf)
    command(pair, 0xff)
    keyboard(pair, 0xff)
    keyboard(pair, 0xf2)
    keyboard(pair, 0xee)
    keyboard(pair, 0xf0, 0x00)
    keyboard(pair, 0xf0, 0x01)
    keyboard(pair, 0xf0, 0x00)
    keyboard(pair, 0xf0, 0x02)
    keyboard(pair, 0xed, 0x07)
    keyboard(pair, 0xf3, 0x20)
    keyboard(pair, 0xf5)
    keyboard(pair, 0xf4)
    keyboard(pair, 0xf6)
    keyboard(pair, 0xfe)
    keyboard(pair, 0x00)
    mouse(pair, 0xff)
    mouse(pair, 0xf2)
    mouse(pair, 0xf6)
    mouse(pair, 0xe9)
    mouse(pair, 0xe8, 0x03)
    mouse(pair, 0xf3, 100)
    mouse(pair, 0xe7)
    mouse(pair, 0xe9)
    mouse(pair, 0xe6)
    mouse(pair, 0xea)
    mouse(pair, 0xf0)
    mouse(pair, 0xeb)
    mouse(pair, 0xee)
    mouse(pair, 0x55)
    mouse(pair, 0xec)
    mouse(pair, 0xf3, 200)       # the wheel's knock
    mouse(pair, 0xf3, 100)
    mouse(pair, 0xf3, 80)
    mouse(pair, 0xf2)
    mouse(pair, 0xeb)
    mouse(pair, 0xf4)
    mouse(pair, 0xf5)
    pair.at("interrupts off")
    pair.compare_interrupts()
    command(pair, 0x60, 0x03)    # both interrupts on
    keyboard(pair, 0xf2)
    mouse(pair, 0xf2)
    pair.at("interrupts on")
    pair.compare_interrupts()

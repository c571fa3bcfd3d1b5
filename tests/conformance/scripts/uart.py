# SPDX-License-Identifier: GPL-3.0-or-later
"""The serial ports at 3F8h and 2F8h: registers, loopback, interrupts. Nothing is connected."""

EXPECTED = [
    (r"reset, register 4",
     "MCR is zero after a reset (PC16550D, table III); the reference starts with OUT2 set"),
    (r"loopback",
     "the modem inputs change with the outputs in loopback mode, so MSR reports the changes too (PC16550D, 8.6)"),
    (r"loopback off: interrupts",
     "OUT2 gates the interrupt on this board as on a PC/AT; the reference has no gate"),
]

RBR, IER, IIR, LCR, MCR, LSR, MSR, SCR = range(8)


def dump(pair, base, what):
    for register in range(8):
        pair.at(f"{base:#x} {what}, register {register}")
        pair.inb(base + register)


def run_port(pair, base):
    dump(pair, base, "reset")
    for value in (0x00, 0xff, 0x5a):
        for register in (IER, LCR, MCR, SCR):
            pair.at(f"{base:#x} register {register} = {value:#04x}")
            pair.outb(base + LCR, 0)
            pair.outb(base + register, value)
            pair.inb(base + register)
            pair.outb(base + LCR, 0)
            pair.outb(base + IER, 0)
            pair.outb(base + MCR, 0)
    for divisor in (1, 12, 96, 0xffff, 0):
        pair.at(f"{base:#x} divisor {divisor}")
        pair.outb(base + LCR, 0x83)
        pair.outb(base, divisor & 0xff)
        pair.outb(base + 1, divisor >> 8)
        pair.inb(base)
        pair.inb(base + 1)
        pair.outb(base + LCR, 0x03)
        pair.inb(base + 1)
    pair.at(f"{base:#x} divisor restored")
    pair.outb(base + LCR, 0x83)
    pair.outb(base, 1)
    pair.outb(base + 1, 0)
    pair.outb(base + LCR, 0x03)
    for value in (0x00, 0x01, 0xc1, 0x07, 0xc7, 0x00):
        pair.at(f"{base:#x} fifo control {value:#04x}")
        pair.outb(base + IIR, value)
        pair.inb(base + IIR)
        pair.inb(base + LSR)


def loopback(pair, base):
    pair.outb(base + IIR, 0x07)
    for lines in (0x10, 0x11, 0x12, 0x14, 0x18, 0x1f, 0x10):
        pair.at(f"{base:#x} loopback of the modem lines {lines:#04x}")
        pair.outb(base + MCR, lines)
        pair.inb(base + MSR)
        pair.inb(base + MSR)
    pair.outb(base + MCR, 0)
    pair.at(f"{base:#x} loopback off")
    pair.inb(base + MSR)
    pair.inb(base + MSR)


def interrupts(pair, base):
    pair.compare_interrupts()
    pair.outb(base + IIR, 0x00)
    pair.outb(base + MCR, 0x08)
    pair.outb(base + IER, 0x02)  # transmitter empty
    pair.at(f"{base:#x} transmitter interrupt")
    pair.inb(base + IIR)
    pair.inb(base + IIR)
    pair.compare_interrupts()
    pair.outb(base + IER, 0x00)
    pair.compare_interrupts()
    pair.outb(base + MCR, 0x00)
    dump(pair, base, "end")


def run(pair):
    pair.command("irq_intercept_in ioapic")
    for base in (0x3f8, 0x2f8):
        run_port(pair, base)
        loopback(pair, base)
        interrupts(pair, base)
    for base in (0x3e8, 0x2e8):
        dump(pair, base, "absent")

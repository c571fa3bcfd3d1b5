# SPDX-License-Identifier: GPL-3.0-or-later
"""The power management block at PMBASE: fixed registers, SMI and general-purpose event registers."""

EXPECTED = [
    (r"^reset 0x00",
     "the reference counts the very first moment as an overflow of the timer"),
    (r"^(reset|end) 0x06",
     "a reserved register: zeros here, nothing there"),
    (r"^(reset|end) 0x60",
     "TCO_RLD reads the count, which starts at the value of TCO_TMR (4); the reference has not started it"),
    (r"^PM1_EN = 0xffff",
     "only the bits that the datasheet gives can be set (316972, 13.8.3.2)"),
    (r"^PM1_(EN|CNT) = 0x[0-9a-f]*, bytes: inb 0x60[35]",
     "the reference answers bytes of these words from their low byte or with zero"),
    (r"^PM1_CNT = 0x0000",
     "SCI_EN belongs to firmware (ACPI 6.4, 4.8.3.2.1): without SMM it is always set"),
    (r"^APM control 0x02",
     "the same: ours had it set all the time"),
]

BASE = 0x600


def enable(pair):
    pair.at("before ACPI_EN")
    pair.inw(BASE)
    pair.config_write(31, 0, 0x40, BASE | 1)
    pair.config_write(31, 0, 0x44, 0x80, 1)
    pair.at("PMBASE")
    pair.config_read(31, 0, 0x40)
    pair.config_read(31, 0, 0x44)


def dump(pair, what):
    for offset in range(0, 0x80, 2):
        if 0x08 <= offset < 0x0c:
            continue  # PM_TMR runs
        pair.at(f"{what} {offset:#04x}")
        if 0x30 <= offset < 0x38:  # SMI_EN and SMI_STS are double words
            pair.inl(BASE + (offset & ~3))
        else:
            pair.inw(BASE + offset)


def masks(pair):
    for name, offset, values in (("PM1_STS", 0x00, (0xffff, 0)), ("PM1_EN", 0x02, (0xffff, 0, 0x0120, 0)),
                                 ("PM1_CNT", 0x04, (0x0001, 0x1c01, 0x0000)),
                                 ("GPE0_STS", 0x20, (0xffff, 0)), ("GPE0_STS high", 0x22, (0xffff, 0)),
                                 ("GPE0_EN", 0x28, (0xffff, 0))):
        for value in values:
            pair.at(f"{name} = {value:#06x}")
            pair.outw(BASE + offset, value)
            pair.inw(BASE + offset)
            pair.at(f"{name} = {value:#06x}, bytes")
            pair.inb(BASE + offset)
            pair.inb(BASE + offset + 1)


def smi(pair):
    for offset, values in ((0x30, (0, 0x20, 0x21)), (0x34, (0xffffffff, 0))):
        for value in values:
            pair.at(f"SMI register {offset:#x} = {value:#x}")
            pair.outl(BASE + offset, value)
            pair.inl(BASE + offset)


def move(pair):
    pair.at("moved")
    pair.config_write(31, 0, 0x40, 0xb001)
    pair.config_read(31, 0, 0x40)
    pair.inw(BASE + 4)
    pair.inw(0xb004)
    pair.config_write(31, 0, 0x44, 0x00, 1)
    pair.at("switched off")
    pair.inw(0xb004)


def apm(pair):
    for value in (0x00, 0x5a, 0xff):
        pair.at(f"APM status {value:#04x}")
        pair.outb(0xb3, value)
        pair.inb(0xb3)
    for value in (0x02, 0x03):  # ACPI enable and disable
        pair.at(f"APM control {value:#04x}")
        pair.outb(0xb2, value)
        pair.inb(0xb2)
        pair.inw(BASE + 4)


def run(pair):
    enable(pair)
    dump(pair, "reset")
    masks(pair)
    smi(pair)
    apm(pair)
    dump(pair, "end")
    move(pair)

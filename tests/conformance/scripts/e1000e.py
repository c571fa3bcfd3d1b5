# SPDX-License-Identifier: GPL-3.0-or-later
"""The 82574L network card: configuration space, reset values and masks of its registers, the PHY and the
EEPROM, interrupts by wire and by message, a frame sent and its answer received through the rings."""

import struct
import time

DEVICE = (16, 0)
BASE, PORTS, VECTORS = 0xe0000000, 0xc040, 0xe0020000
MAC = "52:54:00:12:34:56"
TRANSMIT_RING, RECEIVE_RING, DATA, BUFFERS, MESSAGES = 0x100000, 0x101000, 0x110000, 0x120000, 0x130000

CTRL, STATUS, EERD, CTRL_EXT, MDIC = 0x0000, 0x0008, 0x0014, 0x0018, 0x0020
ICR, ICS, IMS, IMC, EIAC, IAM, IVAR = 0x00c0, 0x00c8, 0x00d0, 0x00d8, 0x00dc, 0x00e0, 0x00e4
RCTL, TCTL, RFCTL = 0x0100, 0x0400, 0x5008
RDBAL, RDLEN, RDH, RDT = 0x2800, 0x2808, 0x2810, 0x2818
TDBAL, TDLEN, TDH, TDT = 0x3800, 0x3808, 0x3810, 0x3818

EXPECTED = [
    (r"^config (reset|0x..) ?(0xe[48] |= 0x[0f]+|0xe8)?.*0x2810|^config 0xe8 = 0xffffffff",
     "Device Control has the reset value and the bits of PCI Express 1.1, 7.8.4; the reference's is fixed at zero"),
    (r"^config 0x14 = 0xffffffff",
     "a BAR for flash memory, which this card does not have (its EEPROM says so)"),
    (r"^config 0x([4-9]|ac|b|c[04]|f[48c])\S* = 0xffffffff",
     "the reference keeps whatever is written where there are no registers"),
    (r"^config 0xdc = 0xffffffff",
     "message data has 16 bits (PCI 3.0, 6.8.1.6)"),
    (r"^(reset|software reset|mask \S+ = \S+) \S*:? ?readl 0xe0000000|^(reset|software reset) 0x0000",
     "bit 18 of CTRL is reserved"),
    (r"readl 0xe0000008: |^[12] bytes at 0x000[89a]|^port window 0x0008",
     "bit 31 of STATUS is reserved and reads as one; and narrow reads give the bytes that they name, where the "
     "reference repeats the lowest"),
    (r"readl 0xe0000400: ours OK 0x000000000003f0f8",
     "TCTL begins with the collision values and short packets padded (10.2.6.1)"),
    (r"readl 0xe0001010: ",
     "EEMNGCTL says that the configuration is done (CFG_DONE), which drivers wait for, and is read only"),
    (r"readl 0xe0005820: |readl 0xe0005b00: ",
     "MANC and GCR begin with zeros: no management controller, no latencies of a PCI Express link"),
    (r"readl 0xe0005b50: |readl 0xe0005b58: ",
     "SWSM: the semaphore is free at first and has its own bits alone (10.2.2.18)"),
    (r"^(mask|reset|software reset) 0x(0014|0020|00d0)|^software reset 0x",
     "a software reset takes back the interrupt mask, EERD and MDIC too (4.6.1)"),
    (r"^EEPROM word",
     "words of hardware that this card does not have, and the checksum over them (chapter 6)"),
    (r"^EEPROM beyond the end",
     "a read of no word ends, with ones; at the reference it does not end"),
    (r"^PHY ([15]|6|10|31|[14]|9) (reset|=)|^PHY 5 ",
     "the partner is one that negotiates, and negotiation is over at once"),
    (r"^PHY \d+ (reset|= 0x[0f]+): .*(reference OK 0x000000005)",
     "a register that is not there or cannot be written makes an MDIC error at the reference; here it reads as "
     "zeros and ignores writes (IEEE 802.3, 22.2.4.3)"),
    (r"^PHY address",
     "MDIC keeps the address that was asked for"),
    (r"^PHY 25 = ",
     "the bit that restarts negotiation clears itself there"),
    (r"^mask 0x(0010|0018|00dc|00e4|0410|5000|2170|[23][89]28|3[89]40|0100|0400) ",
     "reserved bits cannot be set"),
    (r"^mask 0x3820 ",
     "TIDV keeps its value (10.2.6.7)"),
    (r"statistic 0x4058",
     "the reference lets software write this counter"),
    (r"statistic 0x4100",
     "interrupts asserted are not counted; the reference counts its throttling timer"),
    (r"statistic 0x(405c|4060|4090|40c8|40d8)",
     "octets and sizes are counted with the FCS (10.2.7)"),
    (r"^everything masked",
     "the reference's link came up again after the PHY was written"),
    (r": readl 0xe00000c[08]: ours OK 0x(0000000001|0000000081|00000000805|00000000005)",
     "OTHER and the causes of single queues are set with any kind of interrupt (10.2.4.1)"),
    (r": readl 0xe00000c0: ours OK 0x0000000000000.*reference OK 0x0000000080000",
     "INT_ASSERTED is set where an interrupt is asserted, not where the causes are masked"),
    (r"^(an un)?masked vector(, cause)?: readl 0xe00000c0",
     "a read of asserted causes clears them, with messages as well (10.2.4.1)"),
    (r"^IAM with IAME: readl 0xe00000d0",
     "reading the causes masks by IAM (10.2.2.5); the reference forgets that it was asserted first"),
    (r"receive descriptor: read|^packet split, descriptor",
     "IXSM says that no checksum was looked at (7.1.4)"),
]

OPTIONS = {
    "running": True,
    "ours": ["--network", f"isolated,model=e1000e,mac={MAC}"],
    "reference": ["-netdev", "user,id=n,restrict=on", "-device", f"e1000e,netdev=n,mac={MAC},addr={DEVICE[0]:#x},rombar=0"],
}

# Every register of the datasheet's chapter 10 that software may look at without starting something.
PLAIN = (
    [0x0000, 0x0008, 0x0010, 0x0014, 0x0018, 0x001c, 0x0020, 0x0028, 0x002c, 0x0030, 0x0038]
    + [0x00c4, 0x00d0, 0x00dc, 0x00e0, 0x00e4] + list(range(0xe8, 0xfc, 4))
    + [0x0100, 0x0170, 0x0178, 0x0400, 0x0410, 0x0458, 0x0e00, 0x0f00, 0x0f08, 0x0f10, 0x1000, 0x1008, 0x1010]
    + [0x2008, 0x2160, 0x2168, 0x2170, 0x2c00, 0x2c08, 0x5000, 0x5008, 0x5800, 0x5808, 0x5818, 0x5820, 0x5b00, 0x5b50, 0x5b58]
    + [ring + queue + register for ring in (0x2800, 0x3800) for queue in (0, 0x100)
       for register in (0x00, 0x04, 0x08, 0x10, 0x18, 0x20, 0x28, 0x2c)] + [0x3840, 0x3940]
    + [0x3410, 0x3418, 0x3420, 0x3428, 0x3430, 0x2410, 0x2418, 0x2420, 0x2428, 0x2430])
TABLES = {"MTA": (0x5200, 128), "RA": (0x5400, 32), "VFTA": (0x5600, 128), "RETA": (0x5c00, 32), "RSSRK": (0x5c80, 10)}
STATISTICS = range(0x4000, 0x4128, 4)
PHY = range(32)


def read(pair, register):
    return pair.readl(BASE + register)


def write(pair, register, value):
    pair.writel(BASE + register, value)


def peek(peer, address):
    return int(peer.ask(f"readl {address:#x}").split()[1], 16)


def settle(milliseconds):
    """The reference negotiates for half a second and holds interrupts back for a short time."""
    time.sleep(milliseconds / 1000)


def configuration(pair):
    for offset in range(0, 256, 4):
        pair.at(f"config reset {offset:#04x}")
        pair.config_read(*DEVICE, offset)
    for offset in range(0, 256, 4):
        if offset == 0x04:
            continue
        before = pair.config_read(*DEVICE, offset)
        for value in (0xffffffff, 0):
            pair.at(f"config {offset:#04x} = {value:#x}")
            pair.config_write(*DEVICE, offset, value)
            pair.config_read(*DEVICE, offset)
        pair.config_write(*DEVICE, offset, before)
    pair.at("config command")
    for value in (0xffff, 0):
        pair.config_write(*DEVICE, 0x04, value, 2)
        pair.config_read(*DEVICE, 0x04, 2)
    pair.at("config walk")
    at, seen = pair.config_read(*DEVICE, 0x34, 1), []
    while at and len(seen) < 16:
        seen.append(at)
        at = pair.config_read(*DEVICE, at + 1, 1)
    pair.config_write(*DEVICE, 0x10, BASE)
    pair.config_write(*DEVICE, 0x18, PORTS)
    pair.config_write(*DEVICE, 0x1c, VECTORS)
    pair.config_write(*DEVICE, 0x04, 0x0007, 2)


def dump(pair, what):
    for register in PLAIN:
        pair.at(f"{what} {register:#06x}")
        read(pair, register)
    for name, (first, count) in TABLES.items():
        for index in range(count):
            pair.at(f"{what} {name}[{index}]")
            read(pair, first + 4 * index)
    for register in STATISTICS:
        pair.at(f"{what} statistic {register:#06x}")
        read(pair, register)


def masks(pair):
    left_out = {0x0000, 0x0014, 0x0020, 0x0100, 0x0400, 0x3818, 0x3918, 0x2818, 0x2918}
    for register in PLAIN:
        if register in left_out:
            continue
        before = read(pair, register)
        for value in (0xffffffff, 0):
            pair.at(f"mask {register:#06x} = {value:#x}")
            write(pair, register, value)
            read(pair, register)
        write(pair, register, before)
    for name, (first, count) in TABLES.items():
        for index in (0, 1, count // 2, count - 1):
            for value in (0xffffffff, 0xa5a5a5a5, 0):
                pair.at(f"mask {name}[{index}] = {value:#x}")
                write(pair, first + 4 * index, value)
                read(pair, first + 4 * index)
    for register in (RCTL, TCTL):
        for value in (0x7ffffffc & ~2, 0):
            pair.at(f"mask {register:#06x} = {value:#x}")
            write(pair, register, value & ~2)
            read(pair, register)
    for register in STATISTICS:
        pair.at(f"statistic {register:#06x} is not writable")
        write(pair, register, 0x1234)
        read(pair, register)


def widths(pair):
    for register, size in ((STATUS, 1), (STATUS + 1, 1), (STATUS, 2), (STATUS + 2, 2), (RCTL, 1), (0x5400, 2), (0x5402, 2)):
        pair.at(f"{size} bytes at {register:#06x}")
        {1: pair.readb, 2: pair.readw}[size](BASE + register)
    pair.at("8 bytes of RA")
    pair.readq(BASE + 0x5400)
    pair.at("beyond the registers")
    for register in (0x6000, 0x8000, 0x10000, 0x1fffc):
        read(pair, register)
    for register in (STATUS, 0x5400, 0x38, 0x1fffc):
        pair.at(f"port window {register:#06x}")
        pair.outl(PORTS, register)
        pair.inl(PORTS)
        pair.inl(PORTS + 4)
    pair.at("port window writes")
    pair.outl(PORTS, 0x38)
    pair.outl(PORTS + 4, 0x88a8)
    read(pair, 0x38)
    pair.outl(PORTS + 4, 0x8100)
    read(pair, 0x38)


def eeprom(pair):
    for word in range(64):
        pair.at(f"EEPROM word {word:#04x}")
        write(pair, EERD, word << 2 | 1)
        read(pair, EERD)
    pair.at("EEPROM beyond the end")
    write(pair, EERD, 0x40 << 2 | 1)
    read(pair, EERD)


def phy_read(pair, number):
    write(pair, MDIC, 2 << 26 | 1 << 21 | number << 16)
    return read(pair, MDIC)


def phy_write(pair, number, value):
    write(pair, MDIC, 1 << 26 | 1 << 21 | number << 16 | value)
    return read(pair, MDIC)


def phy(pair):
    settle(700)
    for number in PHY:
        pair.at(f"PHY {number} reset")
        phy_read(pair, number)
    for number in PHY:
        if number in (0, 22, 31):
            continue
        before = phy_read(pair, number) & 0xffff
        for value in (0xffff, 0):
            pair.at(f"PHY {number} = {value:#x}")
            phy_write(pair, number, value)
            phy_read(pair, number)
        phy_write(pair, number, before)
    for value in (0x0000, 0x2100, 0x1140):
        pair.at(f"PHY control = {value:#x}")
        phy_write(pair, 0, value)
        settle(700)
        phy_read(pair, 0)
        phy_read(pair, 1)
    for address in (0, 2, 31):
        pair.at(f"PHY address {address}")
        write(pair, MDIC, 2 << 26 | address << 21 | 1 << 16)
        read(pair, MDIC)


def interrupts(pair):
    pair.command("irq_intercept_in ioapic")
    pair.at("everything masked")
    write(pair, IMC, 0xffffffff)
    read(pair, ICR)
    pair.compare_interrupts()
    pair.at("causes set while masked")
    write(pair, ICS, 0x04)
    read(pair, ICS)
    pair.compare_interrupts()
    pair.at("unmasked")
    write(pair, IMS, 0x04)
    read(pair, IMS)
    pair.compare_interrupts()
    pair.at("cause read")
    read(pair, ICR)
    pair.compare_interrupts()
    read(pair, ICR)
    for cause in (0x01, 0x02, 0x04, 0x10, 0x40, 0x80, 0x200, 0x8000, 0x10000, 0x20000, 0x100000, 0x200000, 0x400000, 0x800000, 0x1000000):
        pair.at(f"cause {cause:#x}")
        write(pair, IMC, 0xffffffff)
        write(pair, IMS, cause)
        write(pair, ICS, cause)
        settle(2)
        pair.compare_interrupts()
        pair.at(f"cause {cause:#x} written back")
        write(pair, ICR, cause)
        pair.compare_interrupts()
        read(pair, ICR)
        pair.compare_interrupts()
    pair.at("interrupt mask registers")
    write(pair, IMC, 0xffffffff)
    write(pair, IMS, 0xffffffff)
    read(pair, IMS)
    write(pair, IMC, 0x5)
    read(pair, IMS)
    write(pair, IMC, 0xffffffff)
    read(pair, IMS)
    pair.at("command register disables the wire")
    write(pair, IMS, 0x04)
    write(pair, ICS, 0x04)
    settle(2)
    pair.compare_interrupts()
    pair.config_write(*DEVICE, 0x04, 0x0407, 2)
    pair.compare_interrupts()
    pair.at("interrupt status in the configuration space")
    pair.config_read(*DEVICE, 0x06, 2)
    pair.config_write(*DEVICE, 0x04, 0x0007, 2)
    pair.compare_interrupts()
    read(pair, ICR)
    write(pair, IMC, 0xffffffff)
    pair.compare_interrupts()
    pair.config_read(*DEVICE, 0x06, 2)


def automatic_mask(pair):
    pair.at("IAM with IAME")
    write(pair, IAM, 0x84)
    write(pair, CTRL_EXT, 1 << 27)
    write(pair, IMS, 0x94)
    write(pair, ICS, 0x80)
    read(pair, ICR)
    read(pair, IMS)
    pair.at("IAM without IAME")
    write(pair, CTRL_EXT, 0)
    write(pair, IMS, 0x94)
    write(pair, ICS, 0x80)
    read(pair, ICR)
    read(pair, IMS)
    write(pair, IAM, 0)
    write(pair, IMC, 0xffffffff)
    pair.compare_interrupts()


def start_rings(pair, extended):
    pair.at("rings")
    pair.command(f"memset {TRANSMIT_RING:#x} 0x20000 0")
    pair.command(f"memset {BUFFERS:#x} 0x8000 0xee")
    for index in range(8):
        pair.write(RECEIVE_RING + 16 * index, struct.pack("<QQ", BUFFERS + 0x800 * index, 0))
    for base, length, head, tail, place in ((TDBAL, TDLEN, TDH, TDT, TRANSMIT_RING), (RDBAL, RDLEN, RDH, RDT, RECEIVE_RING)):
        write(pair, base, place)
        write(pair, base + 4, 0)
        write(pair, length, 128)
        write(pair, head, 0)
        write(pair, tail, 0)
        for register in (base, base + 4, length, head, tail):
            read(pair, register)
    write(pair, RFCTL, 1 << 15 if extended else 0)
    write(pair, TCTL, 0x0103f0fa)
    write(pair, RCTL, 0x04008002)
    write(pair, RDT, 7)


def arp_request():
    own = bytes.fromhex(MAC.replace(":", ""))
    return (b"\xff" * 6 + own + bytes.fromhex("0806000108000604 0001".replace(" ", "")) + own
            + bytes([10, 0, 2, 15]) + bytes(6) + bytes([10, 0, 2, 2])).ljust(60, b"\0")


def exchange(pair, what, index, command, answered=True):
    """Sends one frame through transmit descriptor `index`; its answer comes through a receive descriptor."""
    frame = arp_request()
    pair.write(DATA, frame)
    pair.write(TRANSMIT_RING + 16 * index, struct.pack("<QII", DATA, len(frame) | command, 0))
    write(pair, TDT, index + 1)
    pair.at(what)
    pair.until(what, lambda peer: peek(peer, BASE + TDH) == index + 1)
    if answered:
        pair.until(what, lambda peer: peek(peer, BASE + RDH) == index + 1)
    pair.at(f"{what}, transmit descriptor")
    pair.read(TRANSMIT_RING + 16 * index, 16)
    pair.at(f"{what}, receive descriptor")
    pair.read(RECEIVE_RING + 16 * index, 16)
    pair.at(f"{what}, received bytes")
    pair.read(BUFFERS + 0x800 * index, 64)
    for register in (TDH, TDT, RDH, RDT):
        pair.at(f"{what}, {register:#06x}")
        read(pair, register)


def traffic(pair):
    write(pair, IMC, 0xffffffff)
    start_rings(pair, extended=False)
    read(pair, ICR)
    write(pair, IMS, 0x80)
    exchange(pair, "legacy frame with report", 0, 0x0b000000)
    pair.at("legacy frame, interrupts")
    settle(2)
    pair.compare_interrupts()
    pair.at("legacy frame, causes")
    read(pair, ICR)
    pair.compare_interrupts()
    write(pair, IMC, 0xffffffff)
    exchange(pair, "legacy frame without report", 1, 0x03000000)
    exchange(pair, "data descriptor", 2, 0x2b100000)
    for register in STATISTICS:
        pair.at(f"after three frames, statistic {register:#06x}")
        read(pair, register)
        read(pair, register)
    start_rings(pair, extended=True)
    exchange(pair, "extended receive descriptor", 0, 0x0b000000)
    pair.at("the receiver off")
    write(pair, RCTL, 0)
    exchange(pair, "the receiver off", 1, 0x0b000000, answered=False)
    pair.at("the transmitter off")
    write(pair, TCTL, 0)
    pair.write(TRANSMIT_RING + 32, struct.pack("<QII", DATA, 60 | 0x0b000000, 0))
    write(pair, TDT, 3)
    read(pair, TDH)
    pair.read(TRANSMIT_RING + 32, 16)
    write(pair, TDT, 2)


def packet_split(pair):
    """Descriptors of 32 bytes with four buffers each: the first of 128 bytes, the others of 1 KiB."""
    start_rings(pair, extended=True)
    write(pair, RCTL, 0)
    write(pair, 0x2170, 0x01010101)
    write(pair, RDH, 0)
    for index in range(4):
        pair.write(RECEIVE_RING + 32 * index, struct.pack("<QQQQ", *(BUFFERS + 0x2000 * index + 0x800 * part for part in range(4))))
    write(pair, RDT, 6)  # head and tail count 16 bytes
    write(pair, RCTL, 0x04008442)
    frame = bytes.fromhex(MAC.replace(":", "")) * 2 + b"\x88\xb5" + bytes(range(250)) * 3
    pair.write(DATA, frame)
    pair.write(TRANSMIT_RING, struct.pack("<QII", DATA, len(frame) | 0x0b000000, 0))
    write(pair, TDT, 1)
    pair.until("packet split", lambda peer: peek(peer, BASE + TDH) == 1 and peek(peer, BASE + RDH) == 2)
    pair.at("packet split, descriptor")
    pair.read(RECEIVE_RING, 32)
    for part in range(4):
        pair.at(f"packet split, buffer {part}")
        pair.read(BUFFERS + 0x800 * part, 1040)
    write(pair, RCTL, 0)


def loopback(pair):
    for what, receive, control in (("MAC loopback", 0x04008042, 0x1140), ("PHY loopback", 0x04008002, 0x4140)):
        start_rings(pair, extended=False)
        write(pair, RCTL, receive)
        phy_write(pair, 0, control)
        exchange(pair, what, 0, 0x0b000000)
        phy_write(pair, 0, 0x1140)


def messages(pair):
    """A message is a write to memory: vectors 0 to 4 write to five cells of it."""
    write(pair, IMC, 0xffffffff)
    read(pair, ICR)
    for vector in range(5):
        pair.at(f"vector {vector} at reset")
        for word in range(4):
            pair.readl(VECTORS + 16 * vector + 4 * word)
        for word, value in enumerate((MESSAGES + 4 * vector, 0, 0x40 + vector, 0)):
            pair.writel(VECTORS + 16 * vector + 4 * word, value)
    pair.at("pending bits")
    pair.readl(VECTORS + 0x2000)
    pair.at("MSI-X on")
    pair.config_write(*DEVICE, 0xa2, 0x8004, 2)
    pair.config_read(*DEVICE, 0xa2, 2)
    write(pair, IVAR, 0x800cba98)
    write(pair, EIAC, 0x01f00000)
    for vector, cause in enumerate((0x100000, 0x200000, 0x400000, 0x800000, 0x04)):
        announce(pair, f"vector {vector}", cause)
    pair.at("a masked vector")
    pair.writel(VECTORS + 12, 1)
    announce(pair, "masked vector", 0x100000)
    pair.readl(VECTORS + 0x2000)
    pair.writel(VECTORS + 12, 0)
    pair.at("an unmasked vector")
    pair.readl(VECTORS + 0x2000)
    pair.read(MESSAGES, 20)
    pair.config_write(*DEVICE, 0xa2, 0x0004, 2)
    write(pair, IMC, 0xffffffff)
    read(pair, ICR)
    pair.at("MSI")
    pair.config_write(*DEVICE, 0xd4, MESSAGES)
    pair.config_write(*DEVICE, 0xd8, 0)
    pair.config_write(*DEVICE, 0xdc, 0x77, 2)
    pair.config_write(*DEVICE, 0xd2, 1, 2)
    announce(pair, "MSI", 0x04)
    pair.compare_interrupts()
    pair.config_write(*DEVICE, 0xd2, 0, 2)


def announce(pair, what, cause):
    pair.command(f"memset {MESSAGES:#x} 20 0")
    write(pair, IMS, cause if cause >= 0x100000 else cause | 0x01000000)
    write(pair, ICS, cause)
    settle(2)
    pair.at(f"{what}, messages")
    pair.read(MESSAGES, 20)
    pair.at(f"{what}, mask")
    read(pair, IMS)
    pair.at(f"{what}, cause")
    read(pair, ICR)


def run(pair):
    configuration(pair)
    dump(pair, "reset")
    eeprom(pair)
    phy(pair)
    masks(pair)
    widths(pair)
    pair.at("software reset")
    write(pair, CTRL, 0x04140241)
    settle(700)
    dump(pair, "software reset")
    interrupts(pair)
    automatic_mask(pair)
    traffic(pair)
    loopback(pair)
    packet_split(pair)
    messages(pair)

# SPDX-License-Identifier: GPL-3.0-or-later
"""The firmware configuration device: the items that both machines must agree on, through ports and DMA."""

EXPECTED = [
    (r"file bios-geometry",
     "disk geometry for BIOSes that cannot ask the disk; empty at the reference"),
    (r"file etc/smi/",
     "there is no SMM to negotiate"),
    (r"file etc/tpm/log",
     "no TPM"),
    (r"file genroms/kvmvapic.bin",
     "an option ROM of the reference for old Windows guests"),
    (r"contents: etc/e820",
     "what is reserved differs: pages that KVM needs here, an AMD hole there"),
    (r"contents: etc/system-states",
     "only S5 here, S3 and S4 too there"),
]

SELECT, DATA, DMA = 0x510, 0x511, 0x514
SAME_ITEMS = {0x0000: 4, 0x0001: 4, 0x0003: 8, 0x0004: 2, 0x0005: 2, 0x0008: 4, 0x000b: 4, 0x000d: 24,
              0x000e: 2, 0x000f: 2, 0x0014: 4, 0x0017: 4, 0x8002: 4, 0x0100: 4, 0x3fff: 4}
ERROR, READ, SKIP, SELECT_BIT, WRITE = 1, 2, 4, 8, 16
CONTROL, BUFFER = 0x1000, 0x2000


def ports(pair):
    for item, length in SAME_ITEMS.items():
        pair.outw(SELECT, item)
        for at in range(length + 2):
            pair.at(f"item {item:#06x} byte {at}")
            pair.inb(DATA)
    pair.at("select port")
    pair.inb(SELECT)
    pair.inw(SELECT)
    pair.at("wide data")
    pair.outw(SELECT, 0)
    pair.inw(DATA)
    pair.inl(DATA)
    pair.at("data writes")
    pair.outw(SELECT, 0)
    pair.outb(DATA, 0x12)
    pair.inb(DATA)
    pair.at("signature of the DMA window")
    for port in range(DMA, DMA + 8):
        pair.inb(port)
    pair.inl(DMA)
    pair.inl(DMA + 4)
    pair.inw(DMA + 6)


def dma(pair, what, control, length, address=BUFFER):
    pair.at(what)
    pair.write(CONTROL, control.to_bytes(4, "big") + length.to_bytes(4, "big") + address.to_bytes(8, "big"))
    pair.outl(DMA, 0)
    pair.outl(DMA + 4, int.from_bytes(CONTROL.to_bytes(4, "big"), "little"))
    pair.read(CONTROL, 16)


def dma_transfers(pair):
    for item, length in SAME_ITEMS.items():
        pair.command(f"memset {BUFFER:#x} 64 0xee")
        dma(pair, f"dma item {item:#06x}", item << 16 | SELECT_BIT | READ, length + 4)
        pair.read(BUFFER, 64)
    dma(pair, "dma select only", 0 << 16 | SELECT_BIT, 0)
    dma(pair, "dma skip", SKIP, 2)
    dma(pair, "dma read on", READ, 2)
    pair.read(BUFFER, 4)
    dma(pair, "dma write of a read-only item", 0 << 16 | SELECT_BIT | WRITE, 4)
    dma(pair, "dma read outside memory", 0 << 16 | SELECT_BIT | READ, 4, 0x8000_0000_0000)
    dma(pair, "dma of nothing", 0, 4)
    pair.at("dma in one 64-bit register, as two ports")
    pair.outl(DMA + 4, int.from_bytes(CONTROL.to_bytes(4, "big"), "little"))
    pair.read(CONTROL, 16)


def files(peer):
    """The directory as {name: (item, size)}."""
    peer.ask(f"outw {SELECT:#x} 0x19")
    def number(count):
        return int.from_bytes(bytes(int(peer.ask(f"inb {DATA:#x}").split()[1], 16) for _ in range(count)), "big")
    listed = {}
    for _ in range(number(4)):
        size, item, _reserved = number(4), number(2), number(2)
        name = bytes(int(peer.ask(f"inb {DATA:#x}").split()[1], 16) for _ in range(56)).rstrip(b"\0").decode()
        listed[name] = (item, size)
    return listed


def directory(pair):
    ours, reference = files(pair.ours), files(pair.reference)
    pair.at("directory")
    for name in sorted(set(ours) | set(reference)):
        pair.note(f"file {name}", "present" if name in ours else "absent",
                  "present" if name in reference else "absent")
    pair.note("order", list(ours) == sorted(ours), list(reference) == sorted(reference))
    for name in ("etc/e820", "etc/system-states"):
        contents = []
        for peer, listed in ((pair.ours, ours), (pair.reference, reference)):
            peer.ask(f"outw {SELECT:#x} {listed[name][0]:#x}")
            contents.append(bytes(int(peer.ask(f"inb {DATA:#x}").split()[1], 16)
                                  for _ in range(listed[name][1])).hex())
        pair.at("contents")
        pair.note(name, *contents)


def run(pair):
    ports(pair)
    dma_transfers(pair)
    directory(pair)

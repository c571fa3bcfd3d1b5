#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes the seeds of ahci_fuzz, nvme_fuzz, virtqueue_fuzz and virtio_pci_fuzz: what drivers do when they
start, read, write and leave, in the encodings that these targets take apart.

    make_device_seeds.py [FOLDER]        FOLDER: tests/fuzz/corpus
"""
import pathlib
import struct
import sys


def pack(form, *values):
    return struct.pack("<" + form, *values)


# --- nvme_fuzz: an operation, then what it takes
NVME_KNOWN = [0x00, 0x01, 0x02, 0x04, 0x05, 0x06, 0x08, 0x09, 0x0a, 0x0c, 0x7c]
SETTLE = bytes([3])


def nvme(queue, opcode, *dwords, nsid=0, prp1=0, prp2=0, cid=[0]):
    """One command; the identifiers count up as a driver's do."""
    cid[0] = (cid[0] + 1) % 256
    choice = NVME_KNOWN.index(opcode) if opcode in NVME_KNOWN else opcode
    words = b"".join(pack("BI", 255, word) for word in (*dwords, 0, 0, 0)[:3])
    return bytes([5, queue, choice, cid[0], nsid]) + pack("HH", prp1, prp2) + words + SETTLE


def nvme_seeds():
    start = (nvme(0, 0x06, 1) + nvme(0, 0x09, 7, 0x30003) + nvme(0, 0x05, 15 << 16 | 1, 3)
             + nvme(0, 0x01, 15 << 16 | 1, 1 << 16 | 1) + nvme(0, 0x06, 2) + nvme(0, 0x06, 0, nsid=1)
             + nvme(0, 0x06, 3, nsid=1))
    leave = nvme(0, 0x00, 1) + nvme(0, 0x04, 1) + bytes([0, 0x14]) + pack("I", 0x00464001) + SETTLE
    shadow = nvme(0, 0x7c, nsid=1)
    transfers = b"".join(nvme(1, code, block, 0, blocks - 1, nsid=1, prp1=0x400, prp2=0x400)
                         for code, block, blocks in ((2, 0, 1), (2, 8, 8), (1, 16, 8), (5, 16, 8), (2, 500, 16)))
    ranges = (bytes([2]) + pack("HB", 0x6000, 32) + pack("IIQIIQ", 0, 8, 16, 0, 1, 511)
              + nvme(1, 0x09, 1, 4, nsid=1, prp1=0) + nvme(1, 0x08, 0, 0, 15, nsid=1) + nvme(1, 0x00, nsid=1))
    logs = b"".join(nvme(0, 0x02, number | 127 << 16) for number in (1, 2, 3, 5)) + nvme(0, 0x0c) * 5
    features = b"".join(nvme(0, 0x0a, number) + nvme(0, 0x09, number, 1) for number in range(1, 12))
    ring = b"".join(bytes([4, place, value]) + SETTLE for place, value in ((2, 1), (3, 1), (2, 200), (3, 255)))
    return {"start": start, "transfers": start + transfers + leave, "ranges": start + ranges + leave,
            "shadow_doorbells": start + shadow + transfers + ranges + ring + leave, "logs": start + logs + nvme(0, 0x08, 1),
            "features": features, "unknown": b"".join(nvme(queue, code) for queue in (0, 1) for code in (0xc0, 0xff)),
            "delete_busy": start + transfers.replace(SETTLE, b"") + nvme(0, 0x00, 1) + nvme(0, 0x04, 1)}


# --- ahci_fuzz
AHCI_SETTLE = bytes([2])


def ata(command, lba=0, count=0, features=0, size=512, slot=0, device=0x40):
    return (bytes([4, 0, slot, command]) + pack("QHHBBH", lba, count, features, device, 0, size) + bytes([0, 0])
            + AHCI_SETTLE)


def atapi(*packet, size=2048, features=1):
    return (bytes([4, 1, 0, 0xa0]) + pack("QHHBBH", 0, 0, features, 0, 0, size) + bytes([1])
            + bytes(packet).ljust(12, b"\0") + bytes([0, 0]) + AHCI_SETTLE)


def ahci_seeds():
    start = ata(0xec) + ata(0xef, count=0x46, features=3, size=0) + ata(0xef, features=2, size=0)
    reads = (ata(0x20, 1, 1) + ata(0xc8, 8, 8, size=4096) + ata(0x25, 16, 8, size=4096) + ata(0x24, 24, 1)
             + ata(0x29, 0, 1) + ata(0xc4, 0, 2, size=1024) + ata(0x40, 0, 8, size=0) + ata(0x42, 0, 8, size=0))
    writes = (ata(0x30, 1, 1) + ata(0xca, 8, 8, size=4096) + ata(0x35, 16, 8, size=4096) + ata(0x3d, 16, 8, size=4096)
              + ata(0xe7, size=0) + ata(0xea, size=0) + ata(0x06, count=1, features=1) + ata(0x45, 0, 8, size=0))
    queued = b"".join(ata(0x60 + (slot & 1), 8 * slot, slot << 3, 8, 4096, slot)[:-1] for slot in range(8)) + AHCI_SETTLE
    others = b"".join(ata(code, size=size) for code, size in ((0xb0, 512), (0x2f, 512), (0xe0, 0), (0xe5, 0), (0x91, 0), (0x10, 0),
                                                              (0x27, 0), (0xf8, 0), (0xef, 0), (0x90, 0), (0x00, 0)))
    disc = (atapi(0x12, 0, 0, 0, 36) + atapi(0x00, size=0) + atapi(0x03, 0, 0, 0, 18) + atapi(0x25, size=8)
            + atapi(0x43, 0, 0, 0, 0, 0, 0, 0, 12) + atapi(0x46, 2, 0, 0, 0, 0, 0, 0, 200)
            + atapi(0x4a, 1, 0, 0, 0x10, 0, 0, 0, 8) + atapi(0x5a, 0, 0x2a, 0, 0, 0, 0, 0, 128)
            + atapi(0x51, 0, 0, 0, 0, 0, 0, 0, 34) + atapi(0x28, 0, 0, 0, 0, 16, 0, 0, 1)
            + atapi(0xa8, 0, 0, 0, 0, 16, 0, 0, 0, 1) + atapi(0xbe, 0, 0, 0, 0, 16, 0, 0, 1, 0xf8, size=2352))
    tray = (atapi(0x1e, 0, 0, 0, 1, size=0) + atapi(0x1b, 0, 0, 0, 2, size=0) + atapi(0x1e, 0, 0, 0, 0, size=0)
            + atapi(0x1b, 0, 0, 0, 2, size=0) + atapi(0x4a, 1, 0, 0, 0x10, 0, 0, 0, 8) + atapi(0x1b, 0, 0, 0, 3, size=0)
            + atapi(0x00, size=0) + atapi(0xad, 0, 0, 0, 0, 0, 0, 0, 0, 8) + atapi(0xbd, 0, 0, 0, 0, 0, 0, 0, 0, 8))
    restart = bytes([0]) + pack("HBQ", 0x118, 3, 0x16) + AHCI_SETTLE + bytes([3, 0]) + bytes([0]) + pack("HBQ", 0x12c, 3, 1)
    return {"start": start, "reads": start + reads, "writes": start + writes, "queued": start + queued, "others": others,
            "disc": atapi(0x12, 0, 0, 0, 36) + disc, "tray": tray, "restart": start + restart + reads}


# --- virtqueue_fuzz: a queue, an operation, what it takes
def block(kind, sector, writable, length, head=0, queue=0):
    return bytes([queue, 4, kind]) + pack("HBBH", sector, writable, head, length) + bytes([queue, 5, queue, 6])


def virtqueue_seeds():
    requests = (block(0, 1, 1, 512) + block(1, 2, 0, 1024, 3) + block(4, 0, 1, 0, 6) + block(8, 0, 1, 20)
                + block(0, 100, 1, 4096, 0, 1))
    ranges = (bytes([0, 2, 32]) + pack("QIIQII", 8, 8, 0, 16, 1, 1) + pack("H", 0xf100) + block(13, 0, 0, 32)
              + block(11, 0, 0, 16))
    def descriptor(index, address, length, flags, following):
        return bytes([0, 1]) + pack("HBHBB", (address - 0x10000) // 16, index, length, flags, following)
    loop = descriptor(0, 0x100000, 16, 1, 1) + descriptor(1, 0x101000, 512, 3, 0) + bytes([0, 3, 0, 0, 5, 0, 6])
    indirect = (bytes([0, 2, 48]) + pack("QIHHQIHHQIHH", 0x100000, 16, 1, 1, 0x101000, 512, 3, 2, 0x100800, 1, 2, 0)
                + pack("H", 0xf800) + descriptor(0, 0x108000, 48, 4, 0) + bytes([0, 3, 0, 0, 5, 0, 6]))
    nested = (bytes([0, 2, 16]) + pack("QIHH", 0x108000, 16, 4, 0) + pack("H", 0xf800)
              + descriptor(0, 0x108000, 16, 4, 0) + bytes([0, 3, 0, 0, 5, 0, 6]))
    reset = bytes([0, 0, 1, 0x1c]) + pack("Q", 1) + bytes([0, 0, 1, 0x38]) + pack("Q", 1)
    return {"requests": bytes([0]) + requests, "event_index": bytes([1]) + requests * 3, "ranges": bytes([0]) + ranges,
            "loop": bytes([0]) + loop, "indirect": bytes([0]) + indirect + requests, "nested": bytes([0]) + nested,
            "queue_reset": bytes([1]) + requests + reset + requests}


# --- virtio_pci_fuzz
def virtio_pci_seeds():
    def offer(index, address, length, flags, following):
        return bytes([6, index, flags, address & 0xf0, length, following])
    request = offer(2, 0x20, 1, 2, 0) + offer(1, 0x40, 64, 3, 2) + offer(0, 0, 16, 1, 1) + bytes([4, 0, 7])
    window = b"".join(bytes([0x80, offset]) + pack("I", value) for offset, value in
                      ((0x88, 0), (0x8c, 0x14), (0x90, 1), (0x94, 0), (0x94, 15)))
    messages = bytes([0x40, 0x9a]) + pack("I", 0xc000) + bytes([0x41, 0x10]) + pack("Q", 1)
    registers = b"".join(bytes([0x03 | width, *pack("H", offset)]) for width in (0, 0x40, 0x80, 0xc0)
                         for offset in (0, 0x14, 0x16, 0x1000, 0x2000, 0x3000))
    seeds = {}
    for name, target in (("disk", 1), ("entropy", 0)):
        head = bytes([target, 0])
        seeds[f"{name}_request"] = head + request * 3
        seeds[f"{name}_window"] = head + window + request
        seeds[f"{name}_messages"] = head + messages + request
        seeds[f"{name}_registers"] = head + registers
        seeds[f"{name}_asleep"] = bytes([target, 255]) + registers + request
    return seeds


def main():
    folder = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parent / "corpus")
    for target, seeds in (("nvme_fuzz", nvme_seeds()), ("ahci_fuzz", ahci_seeds()), ("virtqueue_fuzz", virtqueue_seeds()),
                          ("virtio_pci_fuzz", virtio_pci_seeds())):
        (folder / target).mkdir(parents=True, exist_ok=True)
        for name, content in seeds.items():
            (folder / target / name).write_bytes(content)


if __name__ == "__main__":
    main()

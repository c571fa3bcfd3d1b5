# SPDX-License-Identifier: GPL-3.0-or-later
"""virtio-blk over PCI: capabilities, common and device configuration, features, requests, MSI-X."""
import struct

from virtio_pci import DEVICE, ISR, Ring, VirtioFunction

SLOT = 4
RING, HEADER, STATUS, TABLE, DATA = 0x100000, 0x110000, 0x111000, 0x112000, 0x120000
SECTORS = 8192
IN, OUT, FLUSH, ID, DISCARD, ZEROES = 0, 1, 4, 8, 11, 13

EXPECTED = [
    (r"(device_feature( = .*)?|features 0 to 31): readl 0xfe000004: ours OK 0x0000000030007e44, reference OK 0x0000000030007e54",
     "the reference offers cylinders, heads and sectors (bit 4), which no driver needs"),
    (r"^device geometry",
     "the same"),
    (r"^queue (2|65535) after reset: readw 0xfe00001e",
     "a queue that does not exist has no notification address"),
    (r"^queue_select = 0x(ffffffff|5a5a)",
     "holds any number here; the size of a queue that does not exist is zero (VIRTIO 1.2, 4.1.4.3.1)"),
    (r"^device topology",
     "blocks of the host's 4 KiB here; the reference does not know the file's"),
    (r"^device (max_discard|discard_sector|max_write_zeroes)",
     "limits and alignment of one's own choice"),
    (r"^device behind",
     "zeros behind the end here, nobody there"),
    (r"^FEATURES_OK: readb",
     "features that were not offered, or no version 1, are refused (VIRTIO 1.2, 2.2.2 and 6.2)"),
    (r"^(running|reset again) (device_feature_select|device_feature|driver_feature_select|driver_feature):",
     "a reset makes all fields what they were (VIRTIO 1.2, 2.4.1); some selectors stay at the reference"),
    (r"^identifier, data",
     "20 bytes, filled with zeros (VIRTIO 1.2, 5.2.6); the reference leaves the rest of the buffer alone"),
    (r"^(read beyond the end|read far beyond|read half a sector|no such request), used element",
     "what was written is the status alone; the reference counts the buffer"),
]


def prepare(folder):
    (folder / "disk.raw").write_bytes(bytes(range(256)) * (2 * SECTORS))


OPTIONS = {
    "ours": ["--disk", "{dir}/disk.raw,format=raw,snapshot,bus=virtio"],
    "reference": ["-drive", "if=none,id=d,format=raw,snapshot=on,discard=unmap,file={dir}/disk.raw",
                  "-device", f"virtio-blk-pci,drive=d,serial=GH1,addr={SLOT},disable-legacy=on,num-queues=2"],
    "prepare": prepare,
}

DEVICE_FIELDS = [("capacity", 0, 8), ("size_max", 8, 4), ("seg_max", 12, 4), ("geometry", 16, 4), ("blk_size", 20, 4),
                 ("topology exponent", 24, 1), ("topology alignment", 25, 1), ("topology minimum", 26, 2),
                 ("topology optimum", 28, 4), ("writeback", 32, 1), ("num_queues", 34, 2), ("max_discard_sectors", 36, 4),
                 ("max_discard_seg", 40, 4), ("discard_sector_alignment", 44, 4), ("max_write_zeroes_sectors", 48, 4),
                 ("max_write_zeroes_seg", 52, 4), ("write_zeroes_may_unmap", 56, 1), ("behind", 57, 3)]


class Disk:
    def __init__(self, pair, ring):
        self.pair, self.ring = pair, ring

    def request(self, what, kind, sector=0, buffers=(), indirect=False):
        """One request; `buffers`: [(address, length, is_written)] between header and status."""
        pair = self.pair
        pair.at(what)
        pair.write(HEADER, struct.pack("<IIQ", kind, 0, sector))
        pair.write(STATUS, b"\xee")
        chain = [(HEADER, 16, False), *buffers, (STATUS, 1, True)]
        self.ring.fill(chain, TABLE if indirect else None)
        self.ring.offer()
        self.ring.wait(what)
        pair.at(f"{what}, status")
        pair.readb(STATUS)
        for address, length, is_written in buffers:
            if is_written:
                pair.at(f"{what}, data")
                pair.read(address, length)


def read(disk, what, sector, sectors, **options):
    disk.pair.command(f"memset {DATA:#x} {max(512 * sectors, 512):#x} 0xee")
    disk.request(what, IN, sector, [(DATA, 512 * sectors, True)], **options)


def requests(pair, ring):
    disk = Disk(pair, ring)
    read(disk, "read 1", 1, 1)
    read(disk, "read 16", 100, 16)
    read(disk, "read through an indirect table", 7, 8, indirect=True)
    disk.request("read into three pieces", IN, 3, [(DATA, 100, True), (DATA + 0x1000, 924, True), (DATA + 0x2000, 512, True)])
    pair.write(DATA, bytes((7 * i + 3) & 0xff for i in range(4096)))
    disk.request("write 8", OUT, 200, [(DATA, 4096, False)])
    read(disk, "read what was written", 199, 10)
    disk.request("flush", FLUSH)
    disk.request("identifier", ID, 0, [(DATA, 20, True)])
    read(disk, "read the last sector", SECTORS - 1, 1)
    read(disk, "read beyond the end", SECTORS - 1, 2)
    read(disk, "read far beyond", 1 << 60, 1)
    disk.request("read half a sector", IN, 0, [(DATA, 256, True)])
    disk.request("write beyond the end", OUT, SECTORS, [(DATA, 512, False)])
    pair.write(TABLE + 0x800, struct.pack("<QII", 202, 2, 0))
    disk.request("write zeroes", ZEROES, 0, [(TABLE + 0x800, 16, False)])
    read(disk, "read zeroes", 199, 10)
    pair.write(TABLE + 0x800, struct.pack("<QII", 204, 1, 1))
    disk.request("write zeroes and unmap", ZEROES, 0, [(TABLE + 0x800, 16, False)])
    pair.write(TABLE + 0x800, struct.pack("<QII", 204, 1, 2))
    disk.request("write zeroes, unknown flag", ZEROES, 0, [(TABLE + 0x800, 16, False)])
    pair.write(TABLE + 0x800, struct.pack("<QII", SECTORS, 1, 0))
    disk.request("write zeroes beyond the end", ZEROES, 0, [(TABLE + 0x800, 16, False)])
    pair.write(TABLE + 0x800, struct.pack("<QII", 1024, 64, 0))
    disk.request("discard", DISCARD, 0, [(TABLE + 0x800, 16, False)])
    pair.write(TABLE + 0x800, struct.pack("<QII", 1024, 64, 1))
    disk.request("discard, unmap flag", DISCARD, 0, [(TABLE + 0x800, 16, False)])
    disk.request("no such request", 0x55, 0, [(DATA, 512, True)])
    pair.at("header in two pieces")
    pair.write(HEADER, struct.pack("<IIQ", IN, 0, 5))
    ring.fill([(HEADER, 5, False), (HEADER + 5, 11, False), (DATA, 512, True), (STATUS, 1, True)])
    ring.offer()
    ring.wait("header in two pieces")
    pair.read(DATA, 512)


def many(pair, ring):
    """Three requests with one notification; interrupts and the ISR register."""
    pair.compare_interrupts()
    pair.at("interrupt status")
    pair.readb(ring.function.bar + ISR)
    pair.readb(ring.function.bar + ISR)
    disk = Disk(pair, ring)
    disk.request("flush with an interrupt", FLUSH)
    pair.until("interrupt", lambda peer: peer.interrupts)
    pair.at("interrupt status after a request")
    pair.readb(ring.function.bar + ISR)
    pair.readb(ring.function.bar + ISR)
    pair.at("wire")
    pair.compare_interrupts()
    pair.at("no interrupt wanted")
    pair.write(ring.avail, struct.pack("<H", 1))
    disk.request("flush without an interrupt", FLUSH)
    pair.readb(ring.function.bar + ISR)
    pair.compare_interrupts()
    pair.write(ring.avail, struct.pack("<H", 0))


def messages(pair, function):
    msix = function.msix()
    pair.at("messages")
    msix.entry(0, [0xfee00000, 0, 0x41, 1])
    msix.entry(1, [0xfee00000, 0, 0x42, 1])
    msix.control(0xc000)
    msix.control(0x8000)
    pair.at("vectors")
    for vector in (0, 1, 2, 3, 0x55, 0xffff):
        function.write("config_msix_vector", vector)
        function.read("config_msix_vector")
    return msix


def run(pair):
    pair.command("irq_intercept_in ioapic")
    function = VirtioFunction(pair, SLOT)
    function.start()
    function.dump("reset")
    for queue in (1, 2, 0xffff):
        pair.at(f"queue {queue} after reset")
        function.write("queue_select", queue)
        for field in ("queue_size", "queue_msix_vector", "queue_enable", "queue_notify_off", "queue_desc"):
            function.read(field)
    function.check_masks()
    both = function.offered()
    function.device_config(DEVICE_FIELDS)
    pair.at("refuses what was not offered")
    function.negotiate(1 << 32 | 1 << 3)
    pair.at("refuses a driver without version 1")
    function.negotiate(1 << 9)
    function.negotiate(both & ~(1 << 29 | 1 << 33))
    ring = Ring(function, 0, RING, 16)
    pair.at("DRIVER_OK")
    function.set_status(15)
    function.dump("running")
    requests(pair, ring)
    many(pair, ring)
    pair.at("write-back switch")
    for value in (0, 1):
        pair.writeb(function.bar + DEVICE + 32, value)
        pair.readb(function.bar + DEVICE + 32)
    pair.at("reset while running")
    function.set_status(0)
    function.dump("reset again")
    msix = messages(pair, function)
    function.negotiate(both & ~(1 << 29 | 1 << 33))
    ring = Ring(function, 0, RING, 16, vector=1)
    pair.at("DRIVER_OK with messages")
    function.set_status(15)
    Disk(pair, ring).request("flush with a masked message", FLUSH)
    pair.at("messages")
    msix.pending("after a request")
    pair.compare_interrupts()

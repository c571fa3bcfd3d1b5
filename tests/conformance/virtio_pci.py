# SPDX-License-Identifier: GPL-3.0-or-later
"""A driver for a virtio PCI function (VIRTIO 1.2, 4.1) that drives both machines of a Pair."""
import struct

from pci_tools import Msix, capabilities, compare_capabilities, peer_config

COMMON, ISR, DEVICE, NOTIFY = 0x0000, 0x1000, 0x2000, 0x3000
NAMES = {1: "common", 2: "notify", 3: "isr", 4: "device", 5: "window"}
# Fields of the common configuration: (offset, bytes)
FIELDS = {"device_feature_select": (0x00, 4), "device_feature": (0x04, 4), "driver_feature_select": (0x08, 4),
          "driver_feature": (0x0c, 4), "config_msix_vector": (0x10, 2), "num_queues": (0x12, 2), "device_status": (0x14, 1),
          "config_generation": (0x15, 1), "queue_select": (0x16, 2), "queue_size": (0x18, 2), "queue_msix_vector": (0x1a, 2),
          "queue_enable": (0x1c, 2), "queue_notify_off": (0x1e, 2), "queue_desc": (0x20, 8), "queue_driver": (0x28, 8),
          "queue_device": (0x30, 8)}
NEXT, WRITE, INDIRECT = 1, 2, 4


class VirtioFunction:
    """`bar`: where the registers go, `messages`: where the MSI-X table goes."""

    def __init__(self, pair, slot, bar=0xfe000000, messages=0xfe010000):
        self.pair, self.slot, self.bar, self.messages = pair, slot, bar, messages

    def start(self):
        """Identity, capabilities, addresses."""
        pair, slot = self.pair, self.slot
        pair.at("function")
        for offset, width in ((0x00, 4), (0x08, 4), (0x2c, 4), (0x3d, 1), (0x06, 2)):
            pair.config_read(slot, 0, offset, width)
        compare_capabilities(pair, slot, {0x11: 8})
        self.compare_structures()
        pair.at("addresses")
        pair.config_write(slot, 0, 0x14, self.messages)
        pair.config_write(slot, 0, 0x20, self.bar)
        pair.config_write(slot, 0, 0x24, 0)
        for offset in (0x14, 0x20, 0x24):
            pair.config_read(slot, 0, offset)
        pair.config_write(slot, 0, 0x04, 0x0006, 2)

    def compare_structures(self):
        """BAR, offset and length of each virtio structure, and the multiplier."""
        for kind, name in NAMES.items():
            found = []
            for peer in (self.pair.ours, self.pair.reference):
                places = [at for identifier, at in capabilities(peer, self.slot)
                          if identifier == 9 and peer_config(peer, self.slot, at + 3, 1) == kind]
                words = (8, 12, 16) if kind == 2 else (8, 12)
                found.append([[peer_config(peer, self.slot, at + 4, 1)]
                              + [hex(peer_config(peer, self.slot, at + word)) for word in words] for at in places])
            self.pair.at(f"structure {name}")
            self.pair.note("place", *found)

    def read(self, field):
        offset, width = FIELDS[field]
        address = self.bar + COMMON + offset
        if width == 8:
            return self.pair.readl(address) | self.pair.readl(address + 4) << 32
        return {1: self.pair.readb, 2: self.pair.readw, 4: self.pair.readl}[width](address)

    def write(self, field, value):
        offset, width = FIELDS[field]
        address = self.bar + COMMON + offset
        if width == 8:
            self.pair.writel(address, value & 0xffffffff)
            self.pair.writel(address + 4, value >> 32)
        else:
            {1: self.pair.writeb, 2: self.pair.writew, 4: self.pair.writel}[width](address, value)

    def dump(self, what):
        for field in FIELDS:
            self.pair.at(f"{what} {field}")
            self.read(field)

    def offered(self):
        """Compares the offered features and gives those that both machines offer."""
        common = 0
        for word in range(3):
            self.pair.at(f"features {32 * word} to {32 * word + 31}")
            self.write("device_feature_select", word)
            self.read("device_feature")
            both = [int(peer.ask(f"readl {self.bar + 4:#x}").split()[1], 16)
                    for peer in (self.pair.ours, self.pair.reference)]
            common |= (both[0] & both[1]) << 32 * word
        return common

    def set_status(self, value):
        self.write("device_status", value)
        if value == 0:
            self.pair.until("reset", lambda peer: peer.ask(f"readb {self.bar + 0x14:#x}").endswith("0000"))
        return self.read("device_status")

    def negotiate(self, features):
        for value in (0, 1, 3):
            self.pair.at(f"status {value:#x}")
            self.set_status(value)
        for word in (0, 1):
            self.pair.at(f"accepts features, word {word}")
            self.write("driver_feature_select", word)
            self.write("driver_feature", features >> 32 * word & 0xffffffff)
            self.read("driver_feature")
        self.pair.at("FEATURES_OK")
        self.set_status(11)

    def check_masks(self):
        """What the fields hold when a driver writes nonsense, before it has negotiated."""
        for field in ("device_feature_select", "driver_feature_select", "config_msix_vector", "num_queues",
                      "config_generation", "queue_select", "device_feature"):
            for value in (0xffffffff, 0x5a5a, 0):
                self.pair.at(f"{field} = {value:#x}")
                self.write(field, value & ((1 << 8 * FIELDS[field][1]) - 1))
                self.read(field)

    def device_config(self, places):
        """Compares fields of the device configuration: [(name, offset, bytes)]."""
        for name, offset, width in places:
            self.pair.at(f"device {name}")
            for at in range(offset, offset + width, 4):
                left = offset + width - at
                {1: self.pair.readb, 2: self.pair.readw}.get(left, self.pair.readl)(self.bar + DEVICE + at)

    def msix(self):
        return Msix(self.pair, self.slot, {1: self.messages, 4: self.bar})


class Ring:
    """A split virtqueue at `base` (32 KiB), without notification suppression."""

    def __init__(self, function, number, base, size, vector=0xffff):
        self.function, self.pair, self.number, self.size = function, function.pair, number, size
        self.desc, self.avail, self.used = base, base + 0x4000, base + 0x6000
        self.next_avail = self.next_used = 0
        self.pair.command(f"memset {base:#x} 0x8000 0")
        write = function.write
        self.pair.at(f"queue {number}")
        write("queue_select", number)
        function.read("queue_size")
        function.read("queue_notify_off")
        write("queue_size", size)
        write("queue_msix_vector", vector)
        for field, address in (("queue_desc", self.desc), ("queue_driver", self.avail), ("queue_device", self.used)):
            write(field, address)
        write("queue_enable", 1)
        for field in ("queue_size", "queue_msix_vector", "queue_enable", "queue_desc", "queue_driver", "queue_device"):
            function.read(field)

    def fill(self, buffers, table=None):
        """Writes descriptors for [(address, length, is_written)] from 0 on; in `table` for an indirect one."""
        chain = b""
        for i, (address, length, is_written) in enumerate(buffers):
            flags = (WRITE if is_written else 0) | (NEXT if i + 1 < len(buffers) else 0)
            chain += struct.pack("<QIHH", address, length, flags, i + 1)
        self.pair.write(table or self.desc, chain)
        if table:
            self.pair.write(self.desc, struct.pack("<QIHH", table, len(chain), INDIRECT, 0))

    def offer(self, head=0):
        """Puts the chain at `head` into the ring and notifies."""
        self.pair.write(self.avail + 4 + 2 * (self.next_avail % self.size), struct.pack("<H", head))
        self.next_avail = (self.next_avail + 1) & 0xffff
        self.pair.write(self.avail + 2, struct.pack("<H", self.next_avail))
        self.pair.writew(self.function.bar + NOTIFY + 4 * self.number, self.number)

    def wait(self, what):
        """Waits until the chain is used and compares the used element."""
        expected = (self.next_used + 1) & 0xffff
        self.pair.until(what, lambda peer: int(peer.ask(f"readw {self.used + 2:#x}").split()[1], 16) == expected)
        self.pair.at(f"{what}, used element")
        self.pair.read(self.used + 4 + 8 * (self.next_used % self.size), 8)
        self.next_used = expected

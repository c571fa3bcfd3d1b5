# SPDX-License-Identifier: GPL-3.0-or-later
"""The virtio network card (VIRTIO 1.2): capabilities, common and device configuration, feature bits, setting
queues up, a frame sent and its answer received, interrupts by wire and by message."""

import struct
import time

DEVICE = (16, 0)
VECTORS, BASE = 0xe0000000, 0xe0010000
COMMON, ISR, CONFIG, NOTIFY = BASE, BASE + 0x1000, BASE + 0x2000, BASE + 0x3000
MAC = "52:54:00:12:34:56"
QUEUES, DATA, BUFFERS, MESSAGES = 0x100000, 0x110000, 0x120000, 0x130000
ENTRIES = 8
RECEIVE, TRANSMIT = 0, 1

MAC_BIT, MERGE_BIT, STATUS_BIT, INDIRECT_BIT, EVENT_BIT, VERSION_BIT = 5, 15, 16, 28, 29, 32

EXPECTED = [
    (r"^config reset 0x34",
     "the capabilities are in another order"),
    (r"^capabilities: id 17|num_queues",
     "no control queue, so one vector and one queue fewer"),
    (r"device_feature(:|_select)|driver_feature(:|_select)",
     "a reset takes the selectors back to zero; the reference keeps them"),
    (r"^feature: bit ([01]|1[12]): ours 1",
     "checksums and large segments, which the reference takes from a tap device only"),
    (r"^feature: bit (2|17|18|19|20|21|23): ours 0",
     "everything that goes through a control queue: the card takes every frame that the network has for it, and its "
     "address cannot change"),
    (r"^queue 0xffff, queue_select",
     "the reference forgets a selection beyond its own limit"),
    (r"^status: readb \S+: ours OK 0x0+3,",
     "FEATURES_OK does not stay without VERSION_1 (6.1); the reference takes it until the driver is ready"),
    (r"queue_notify_data",
     "the queue's number, also where the feature was not offered (4.1.4.3)"),
    (r"^event index, frame 0",
     "the index is not reached yet (2.7.7.2); the reference interrupts once in any case"),
    (r"^messages: readb 0xe0011000",
     "with messages nothing is noted in ISR (4.1.4.5)"),
]

OPTIONS = {
    "running": True,
    "ours": ["--network", f"isolated,model=virtio,mac={MAC}"],
    "reference": ["-netdev", "user,id=n,restrict=on", "-device",
                  f"virtio-net-pci,disable-legacy=on,netdev=n,mac={MAC},host_mtu=1500,addr={DEVICE[0]:#x},rombar=0"],
}

# Name, offset, bytes of struct virtio_pci_common_cfg (4.1.4.3)
FIELDS = (("device_feature_select", 0, 4), ("device_feature", 4, 4), ("driver_feature_select", 8, 4),
          ("driver_feature", 12, 4), ("config_msix_vector", 16, 2), ("num_queues", 18, 2), ("device_status", 20, 1),
          ("config_generation", 21, 1), ("queue_select", 22, 2), ("queue_size", 24, 2), ("queue_msix_vector", 26, 2),
          ("queue_enable", 28, 2), ("queue_notify_off", 30, 2), ("queue_desc_lo", 32, 4), ("queue_desc_hi", 36, 4),
          ("queue_driver_lo", 40, 4), ("queue_driver_hi", 44, 4), ("queue_device_lo", 48, 4),
          ("queue_device_hi", 52, 4), ("queue_notify_data", 56, 2), ("queue_reset", 58, 2))
PLACES = {name: (offset, size) for name, offset, size in FIELDS}


def get(pair, name):
    offset, size = PLACES[name]
    return {1: pair.readb, 2: pair.readw, 4: pair.readl}[size](COMMON + offset)


def put(pair, name, value):
    offset, size = PLACES[name]
    {1: pair.writeb, 2: pair.writew, 4: pair.writel}[size](COMMON + offset, value)


def reset(pair):
    """A driver waits until the status reads 0 (2.4.2): the device may have other threads to stop."""
    put(pair, "device_status", 0)
    pair.until("reset", lambda peer: peek(peer, COMMON + PLACES["device_status"][0], "b") == 0)


def peek(peer, address, width="w"):
    return int(peer.ask(f"read{width} {address:#x}").split()[1], 16)


def settle():
    time.sleep(0.02)


def config_byte(peer, offset):
    peer.ask(f"outl 0xcf8 {0x80000000 | DEVICE[0] << 11 | offset & 0xfc:#x}")
    return int(peer.ask(f"inb {0xcfc + (offset & 3):#x}").split()[1], 16)


def capabilities(peer):
    """Each capability by what it says; where in the configuration space it is does not matter."""
    found, at = {}, config_byte(peer, 0x34)
    while at and len(found) < 16:
        read = [config_byte(peer, at + i) for i in range(20)]
        if read[0] == 9:
            found[f"vendor {read[3]}"] = {"bar": read[4], "offset": bytes(read[8:12]).hex(), "length": bytes(read[12:16]).hex(),
                                          "extra": bytes(read[16:20]).hex() if read[3] == 2 else ""}
        else:
            found[f"id {read[0]}"] = bytes(read[2:12]).hex() if read[0] == 0x11 else ""
        at = read[1]
    return found


def configuration(pair):
    for offset in range(0, 0x40, 4):
        pair.at(f"config reset {offset:#04x}")
        pair.config_read(*DEVICE, offset)
    for offset in (0x10, 0x14, 0x18, 0x1c, 0x20, 0x24, 0x2c, 0x3c):
        for value in (0xffffffff, 0):
            pair.at(f"config {offset:#04x} = {value:#x}")
            pair.config_write(*DEVICE, offset, value)
            pair.config_read(*DEVICE, offset)
    ours, reference = capabilities(pair.ours), capabilities(pair.reference)
    for name in sorted(set(ours) | set(reference)):
        pair.at("capabilities")
        pair.note(name, ours.get(name), reference.get(name))
    pair.config_write(*DEVICE, 0x14, VECTORS)
    pair.config_write(*DEVICE, 0x20, BASE)
    pair.config_write(*DEVICE, 0x24, 0)
    pair.config_write(*DEVICE, 0x04, 0x0006, 2)


def dump(pair, what):
    for name, _, _ in FIELDS:
        pair.at(f"{what} {name}")
        get(pair, name)
    pair.at(f"{what} isr")
    pair.readb(ISR)
    for offset in range(12):
        pair.at(f"{what} device configuration {offset}")
        pair.readb(CONFIG + offset)


def device_configuration(pair):
    for offset, size in ((0, 4), (4, 2), (6, 2), (8, 2), (10, 2), (0, 2), (2, 2), (4, 4)):
        pair.at(f"device configuration, {size} bytes at {offset}")
        {2: pair.readw, 4: pair.readl}[size](CONFIG + offset)
    pair.at("device configuration is read only")
    pair.writew(CONFIG + 6, 0)
    pair.writew(CONFIG + 10, 9000)
    pair.readl(CONFIG + 4)
    pair.readl(CONFIG + 8)


def features(pair):
    for word in range(4):
        put(pair, "device_feature_select", word)
        pair.at(f"feature select {word}")
        get(pair, "device_feature_select")
        offered = []
        for peer in (pair.ours, pair.reference):
            offered.append(peek(peer, COMMON + 4, "l"))
        for bit in range(32):
            pair.at("feature")
            pair.note(f"bit {32 * word + bit}", offered[0] >> bit & 1, offered[1] >> bit & 1)
    for word, value in ((0, 0xffffffff), (1, 1), (2, 0)):
        pair.at(f"driver feature {word}")
        put(pair, "driver_feature_select", word)
        get(pair, "driver_feature_select")
        put(pair, "driver_feature", 0)
        get(pair, "driver_feature")
    pair.at("device feature is read only")
    put(pair, "device_feature_select", 1)
    put(pair, "device_feature", 0)
    pair.note("VERSION_1", *(peek(peer, COMMON + 4, "l") & 1 for peer in (pair.ours, pair.reference)))


def queues(pair):
    for queue in range(2):
        put(pair, "queue_select", queue)
        for name in ("queue_size", "queue_msix_vector", "queue_enable", "queue_notify_off"):
            pair.at(f"queue {queue}, {name}")
            get(pair, name)
        for name in ("queue_desc_lo", "queue_desc_hi", "queue_driver_lo", "queue_driver_hi", "queue_device_lo", "queue_device_hi"):
            for value in (0xfffff000, 0):
                pair.at(f"queue {queue}, {name} = {value:#x}")
                put(pair, name, value)
                get(pair, name)
        for vector in (0, 1, 0x77, 0xffff):
            pair.at(f"queue {queue}, vector {vector:#x}")
            put(pair, "queue_msix_vector", vector)
            get(pair, "queue_msix_vector")
    for queue in (3, 0xffff):
        put(pair, "queue_select", queue)
        for name in ("queue_select", "queue_size", "queue_enable", "queue_desc_lo"):
            pair.at(f"queue {queue:#x}, {name}")
            get(pair, name)
    for vector in (0, 2, 0x77, 0xffff):
        pair.at(f"configuration vector {vector:#x}")
        put(pair, "config_msix_vector", vector)
        get(pair, "config_msix_vector")


def negotiate(pair, bits):
    pair.at("status")
    reset(pair)
    get(pair, "device_status")
    for value in (1, 3):
        put(pair, "device_status", value)
        get(pair, "device_status")
    for word in (0, 1):
        put(pair, "driver_feature_select", word)
        put(pair, "driver_feature", sum(1 << bit - 32 * word for bit in bits if bit // 32 == word))
        get(pair, "driver_feature")
    put(pair, "device_status", 11)
    get(pair, "device_status")


def area(queue):
    place = QUEUES + 0x4000 * queue
    return place, place + 0x1000, place + 0x2000  # descriptors, available, used


def set_up(pair, bits, vectors=False):
    negotiate(pair, bits)
    pair.command(f"memset {QUEUES:#x} 0x8000 0")
    pair.command(f"memset {BUFFERS:#x} 0x8000 0xee")
    for queue in (RECEIVE, TRANSMIT):
        pair.at(f"queue {queue} is set up")
        put(pair, "queue_select", queue)
        put(pair, "queue_size", ENTRIES)
        get(pair, "queue_size")
        for name, place in zip(("queue_desc_lo", "queue_driver_lo", "queue_device_lo"), area(queue)):
            put(pair, name, place)
            get(pair, name)
        put(pair, "queue_msix_vector", queue + 1 if vectors else 0xffff)
        get(pair, "queue_msix_vector")
        put(pair, "queue_enable", 1)
        get(pair, "queue_enable")
    descriptors, available, _ = area(RECEIVE)
    for index in range(ENTRIES):
        pair.write(descriptors + 16 * index, struct.pack("<QIHH", BUFFERS + 0x800 * index, 0x800, 2, 0))
    pair.write(available, struct.pack(f"<HH{ENTRIES}H", 0, ENTRIES, *range(ENTRIES)))
    pair.at("driver ok")
    put(pair, "device_status", 15)
    get(pair, "device_status")
    pair.writew(NOTIFY + 4 * RECEIVE, RECEIVE)


def arp_request():
    own = bytes.fromhex(MAC.replace(":", ""))
    return (b"\xff" * 6 + own + bytes.fromhex("08060001080006040001") + own
            + bytes([10, 0, 2, 15]) + bytes(6) + bytes([10, 0, 2, 2])).ljust(60, b"\0")


def exchange(pair, what, index, header=bytes(12), split=True, answered=True, flags=0):
    """Sends a frame, as header and data in two descriptors or in one; its answer comes back."""
    descriptors, available, used = area(TRANSMIT)
    frame = arp_request()
    pair.write(DATA, header + frame)
    if split:
        pair.write(descriptors, struct.pack("<QIHHQIHH", DATA, 12, 1, 1, DATA + 12, len(frame), 0, 0))
    else:
        pair.write(descriptors, struct.pack("<QIHH", DATA, 12 + len(frame), 0, 0))
    pair.write(available, struct.pack("<H", flags))
    pair.write(available + 4 + 2 * (index % ENTRIES), struct.pack("<H", 0))
    pair.write(available + 2, struct.pack("<H", index + 1))
    pair.writew(NOTIFY + 4 * TRANSMIT, TRANSMIT)
    pair.at(what)
    pair.until(what, lambda peer: peek(peer, used + 2) == index + 1)
    if answered:
        pair.until(what, lambda peer: peek(peer, area(RECEIVE)[2] + 2) == index + 1)
    settle()
    for queue in (RECEIVE, TRANSMIT):
        pair.at(f"{what}, used ring of queue {queue}")
        pair.read(area(queue)[2] + 2, 2 + 8 * ENTRIES)
    pair.at(f"{what}, received header")
    pair.read(BUFFERS + 0x800 * index, 12)
    pair.at(f"{what}, received bytes")
    pair.read(BUFFERS + 0x800 * index + 12, 64)


def traffic(pair):
    set_up(pair, (MAC_BIT, MERGE_BIT, STATUS_BIT, VERSION_BIT))
    pair.compare_interrupts()
    exchange(pair, "first frame", 0)
    pair.compare_interrupts()
    pair.at("first frame, isr")
    pair.readb(ISR)
    pair.compare_interrupts()
    pair.readb(ISR)
    exchange(pair, "one descriptor", 1, split=False)
    pair.readb(ISR)
    pair.compare_interrupts()
    pair.at("no interrupts wanted")
    pair.write(area(RECEIVE)[1], struct.pack("<H", 1))
    exchange(pair, "no interrupts wanted", 2, flags=1)
    pair.compare_interrupts()
    pair.readb(ISR)
    pair.write(area(RECEIVE)[1], struct.pack("<H", 0))
    exchange(pair, "after a pause", 3)
    pair.compare_interrupts()
    pair.readb(ISR)
    pair.compare_interrupts()


def event_index(pair):
    set_up(pair, (MAC_BIT, MERGE_BIT, STATUS_BIT, EVENT_BIT, VERSION_BIT))
    pair.at("event index")
    for queue, event in ((RECEIVE, 1), (TRANSMIT, 0x4000)):  # the second received frame interrupts, nothing else
        pair.write(area(queue)[1] + 4 + 2 * ENTRIES, struct.pack("<H", event))
    for index in range(3):
        exchange(pair, f"event index, frame {index}", index)
        pair.compare_interrupts()
        pair.readb(ISR)
        pair.compare_interrupts()
    pair.at("event index, available event")
    pair.read(area(TRANSMIT)[2] + 4 + 8 * ENTRIES, 2)


def no_version(pair):
    """A driver that does not know version 1 is not served (2.2.3, 6.1)."""
    reset(pair)
    negotiate(pair, (MAC_BIT,))
    reset(pair)


def messages(pair):
    set_up(pair, (MAC_BIT, MERGE_BIT, STATUS_BIT, VERSION_BIT), vectors=True)
    pair.command(f"memset {MESSAGES:#x} 16 0")
    for vector in range(3):
        pair.at(f"vector {vector}")
        for word, value in enumerate((MESSAGES + 4 * vector, 0, 0x40 + vector, 0)):
            pair.writel(VECTORS + 16 * vector + 4 * word, value)
            pair.readl(VECTORS + 16 * vector + 4 * word)
    for peer in (pair.ours, pair.reference):
        enable_messages(peer)
    put(pair, "config_msix_vector", 0)
    exchange(pair, "by message", 0)
    pair.at("messages")
    pair.read(MESSAGES, 12)
    pair.readb(ISR)
    pair.compare_interrupts()


def enable_messages(peer):
    at = config_byte(peer, 0x34)
    while config_byte(peer, at) != 0x11:
        at = config_byte(peer, at + 1)
    peer.ask(f"outl 0xcf8 {0x80000000 | DEVICE[0] << 11 | at & 0xfc:#x}")
    peer.ask("outw 0xcfe 0x8000")


def run(pair):
    pair.command("irq_intercept_in ioapic")
    configuration(pair)
    dump(pair, "reset")
    device_configuration(pair)
    features(pair)
    queues(pair)
    no_version(pair)
    traffic(pair)
    dump(pair, "after traffic")
    event_index(pair)
    pair.at("reset by status")
    reset(pair)
    settle()
    dump(pair, "reset by status")
    messages(pair)

# SPDX-License-Identifier: GPL-3.0-or-later
"""The NVMe controller: registers, admin queue, identify, features, log pages, an I/O queue pair, MSI-X."""
import struct

from pci_tools import Msix, capabilities, compare_capabilities

SLOT = 4
BASE, MESSAGES = 0xfe000000, 0xfe010000
ADMIN_SQ, ADMIN_CQ, IO_SQ, IO_CQ, LIST, DATA = 0x100000, 0x101000, 0x102000, 0x103000, 0x104000, 0x110000
BLOCKS = 8192

EXPECTED = [
    (r"^capability list",
     "the reference has power states, which an integrated function that is always on does without"),
    (r"^capability 0x10 \+ 0x(c|12)",
     "an endpoint of the root complex has no link to describe (PCIe 3.0, 7.8.6)"),
    (r"^address 0x20",
     "MSI-X has a BAR of its own here; it lies in BAR 0 there"),
    (r"register 0x0: |^read only 0x0: ",
     "CAP.MQES: queues of up to 1024 entries here, 2048 there"),
    (r"register 0x4: ",
     "CAP.CSS: the NVM command set alone here; command set choice there"),
    (r"^mask 0x2[48] = 0xffffffff|^mask 0x30 = 0xffffffff",
     "reserved bits of AQA, ASQ and ACQ (NVMe 1.4, 3.1.8 to 3.1.10)"),
    (r"^controller (MN|FR|IEEE|SUBNQN)",
     "names"),
    (r"^controller (MDTS|ELPE|PSD0)",
     "larger transfers, a longer error log, no latencies of power states here"),
    (r"^controller (OAES|CTRATT|OACS|LPA|NN|ONCS|OCFS|SGLS)",
     "the reference has optional features besides: namespaces, format, copy, time stamp, saved features, SGLs"),
    (r"^namespace (NSFEAT|NLBAF|MC|DPC|DLFEAT|NPWG-NOWS|EUI64)",
     "one format without metadata or protection, the sizes of the host's blocks, and an identifier here"),
    (r"^(identify|flush|read from) namespace 2, status",
     "there is no second namespace here (Invalid Namespace); it exists inactively there"),
    (r"^get feature 0x(0[1289]|0a)/3",
     "changeable by Set Features here; the reference reports that for some features alone"),
    (r"^get feature 0x06/1",
     "the write cache is on by default"),
    (r"^log page 0x7f, status",
     "Invalid Log Page here (NVMe 1.4, 5.14), Invalid Field there"),
    (r"^health spare",
     "100 % spare with a threshold of 10 %, as of a drive in order"),
    (r"^messages: MSI-X entry 2",
     "reserved bits of the table (PCI 3.0, 6.8.2.6 and 6.8.2.9)"),
    (r"^delete completion queue in use",
     "with Do Not Retry here: again would end the same"),
    (r"^messages: MSI-X pending of",
     "the admin queue signals vector 0, too; the reference forgets it when MSI-X comes after the controller"),
    (r"^read with an odd offset",
     "PRP entries are double word aligned (NVMe 1.4, 4.3); the reference takes any"),
    (r"^function level reset register 0x30",
     "only a controller reset leaves ACQ alone (NVMe 1.4, 7.3.2)"),
]


def prepare(folder):
    (folder / "disk.raw").write_bytes(bytes(range(256)) * (2 * BLOCKS))


OPTIONS = {
    "ours": ["--disk", "{dir}/disk.raw,format=raw,snapshot,bus=nvme"],
    "reference": ["-drive", "if=none,id=d,format=raw,snapshot=on,file={dir}/disk.raw",
                  "-device", f"nvme,drive=d,serial=GH1,addr={SLOT},max_ioqpairs=16,msix_qsize=17"],
    "prepare": prepare,
}


def registers(pair, what):
    for offset in range(0, 0x40, 4):
        pair.at(f"{what} register {offset:#x}")
        pair.readl(BASE + offset)


def masks(pair):
    """What the controller's registers hold while it is off."""
    for offset in (0x0c, 0x10, 0x24, 0x28, 0x2c, 0x30, 0x34):
        for value in (0xffffffff, 0):
            pair.at(f"mask {offset:#x} = {value:#x}")
            pair.writel(BASE + offset, value)
            pair.readl(BASE + offset)
    for offset in (0x00, 0x08, 0x1c):
        pair.at(f"read only {offset:#x}")
        pair.writel(BASE + offset, 0xffffffff)
        pair.readl(BASE + offset)


def status(peer):
    return int(peer.ask(f"readl {BASE + 0x1c:#x}").split()[1], 16)


def enable(pair, what, configuration):
    pair.at(what)
    pair.writel(BASE + 0x14, configuration)
    pair.until(what, lambda peer: status(peer) & 3 == configuration & 1)
    pair.readl(BASE + 0x1c)
    pair.readl(BASE + 0x14)


class Queue:
    """A submission queue and its completion queue, driven without interrupts."""

    def __init__(self, pair, number, submission, completion, entries):
        self.pair, self.number, self.entries = pair, number, entries
        self.submission, self.completion = submission, completion
        self.tail = self.head = self.next_id = 0
        self.phase = 1
        self.wire_changes = None  # so far, when every command is to end with a quiet wire

    def run(self, what, opcode, prp1=0, prp2=0, namespace=0, dwords=(), compare_result=True):
        """One command; compares its completion and gives the reference's status field."""
        pair = self.pair
        self.next_id += 1
        words = list(dwords) + [0] * (6 - len(dwords))
        pair.at(what)
        pair.write(self.submission + 64 * self.tail, struct.pack(
            "<BBHIQQQQ6I", opcode, 0, self.next_id, namespace, 0, 0, prp1, prp2, *words))
        self.tail = (self.tail + 1) % self.entries
        pair.writel(BASE + 0x1000 + 8 * self.number, self.tail)
        entry = self.completion + 16 * self.head
        pair.until(what, lambda peer: int(peer.ask(f"readw {entry + 14:#x}").split()[1], 16) & 1 == self.phase)
        pair.at(f"{what}, result")
        if compare_result:
            pair.readl(entry)
        pair.at(f"{what}, queue")
        pair.readl(entry + 8)
        pair.at(f"{what}, identifier")
        pair.readw(entry + 12)
        pair.at(f"{what}, status")
        answer = pair.readw(entry + 14)
        self.head = (self.head + 1) % self.entries
        if self.head == 0:
            self.phase ^= 1
        pair.writel(BASE + 0x1004 + 8 * self.number, self.head)
        if self.wire_changes is not None:
            self.wire_changes += 2
            pair.until("a quiet wire", lambda peer: peer.ask("endianness") and len(peer.interrupts) == self.wire_changes)
        return answer >> 1


def fields(pair, what, places):
    """Compares parts of the page at DATA: [(name, offset, bytes)]."""
    for name, offset, length in places:
        pair.at(f"{what} {name}")
        pair.read(DATA + offset, length)


CONTROLLER = [("VID", 0, 2), ("SSVID", 2, 2), ("SN", 4, 20), ("MN", 24, 40), ("FR", 64, 8), ("RAB", 72, 1), ("IEEE", 73, 3),
              ("CMIC", 76, 1), ("MDTS", 77, 1), ("CNTLID", 78, 2), ("VER", 80, 4), ("RTD3", 84, 8), ("OAES", 92, 4),
              ("CTRATT", 96, 4), ("CNTRLTYPE", 111, 1), ("OACS", 256, 2), ("ACL", 258, 1), ("AERL", 259, 1), ("FRMW", 260, 1),
              ("LPA", 261, 1), ("ELPE", 262, 1), ("NPSS", 263, 1), ("WCTEMP", 266, 2), ("CCTEMP", 268, 2), ("SQES", 512, 1),
              ("CQES", 513, 1), ("MAXCMD", 514, 2), ("NN", 516, 4), ("ONCS", 520, 2), ("FUSES", 522, 2), ("FNA", 524, 1),
              ("VWC", 525, 1), ("AWUN", 526, 4), ("OCFS", 534, 2), ("SGLS", 536, 4), ("SUBNQN", 768, 256), ("PSD0", 2048, 32)]
NAMESPACE = [("NSZE", 0, 8), ("NCAP", 8, 8), ("NUSE", 16, 8), ("NSFEAT", 24, 1), ("NLBAF", 25, 1), ("FLBAS", 26, 1),
             ("MC", 27, 1), ("DPC", 28, 1), ("DPS", 29, 1), ("NMIC", 30, 1), ("RESCAP", 31, 1), ("DLFEAT", 33, 1),
             ("NPWG-NOWS", 64, 10), ("NGUID", 104, 16), ("EUI64", 120, 8), ("LBAF0", 128, 4)]


def identify(pair, admin):
    def ask(what, structure, namespace=0):
        pair.command(f"memset {DATA:#x} 0x1000 0xee")
        return admin.run(what, 0x06, DATA, namespace=namespace, dwords=[structure])
    ask("identify controller", 1)
    fields(pair, "controller", CONTROLLER)
    ask("identify namespace 1", 0, 1)
    fields(pair, "namespace", NAMESPACE)
    ask("identify namespace 2", 0, 2)
    ask("active namespaces", 2)
    fields(pair, "list", [("all", 0, 64)])
    ask("active namespaces above 1", 2, 1)
    fields(pair, "list above 1", [("all", 0, 64)])
    ask("namespace descriptors", 3, 1)
    ask("identify nothing", 0xfe)


def features(pair, admin):
    for number in range(0x0c):
        for select in (0, 1, 3):
            admin.run(f"get feature {number:#04x}/{select}", 0x0a, namespace=1 if number == 5 else 0,
                      dwords=[number | select << 8])
    admin.run("set queues", 0x09, dwords=[7, 3 << 16 | 3])
    admin.run("set no queues", 0x09, dwords=[7, 0xffffffff])
    admin.run("set write cache off", 0x09, dwords=[6, 0])
    admin.run("get write cache", 0x0a, dwords=[6])
    admin.run("set write cache on", 0x09, dwords=[6, 1])
    admin.run("set and save", 0x09, dwords=[1 | 1 << 31, 0])
    admin.run("get unknown feature", 0x0a, dwords=[0x7f])


def logs(pair, admin):
    for number, length in ((1, 64), (2, 512), (3, 512), (0x7f, 64)):
        pair.command(f"memset {DATA:#x} 0x1000 0xee")
        admin.run(f"log page {number:#x}", 0x02, DATA, namespace=0xffffffff, dwords=[number | (length // 4 - 1) << 16])
    pair.command(f"memset {DATA:#x} 0x1000 0xee")
    admin.run("health log again", 0x02, DATA, namespace=0xffffffff, dwords=[2 | 127 << 16])
    fields(pair, "health", [("warning", 0, 1), ("spare", 3, 3), ("media errors", 160, 16)])
    admin.run("log page, offset beyond", 0x02, DATA, namespace=0xffffffff, dwords=[2 | 15 << 16, 0, 0x1000])


def queues(pair, admin):
    admin.run("create completion queue 0", 0x05, IO_CQ, dwords=[15 << 16, 1])
    admin.run("create completion queue 99", 0x05, IO_CQ, dwords=[15 << 16 | 99, 1])
    admin.run("create completion queue of 1", 0x05, IO_CQ, dwords=[1, 1])
    admin.run("create completion queue, vector 99", 0x05, IO_CQ, dwords=[15 << 16 | 1, 99 << 16 | 3])
    admin.run("create submission queue without completions", 0x01, IO_SQ, dwords=[15 << 16 | 1, 1 << 16 | 1])
    admin.run("create completion queue 1", 0x05, IO_CQ, dwords=[15 << 16 | 1, 1 << 16 | 3])
    admin.run("create completion queue 1 again", 0x05, IO_CQ, dwords=[15 << 16 | 1, 3])
    admin.run("create submission queue 1", 0x01, IO_SQ, dwords=[15 << 16 | 1, 1 << 16 | 1])
    admin.run("create submission queue 1 again", 0x01, IO_SQ, dwords=[15 << 16 | 1, 1 << 16 | 1])
    admin.run("delete completion queue in use", 0x04, dwords=[1])
    admin.run("delete submission queue 5", 0x00, dwords=[5])
    admin.run("abort", 0x08, dwords=[0x1234 << 16 | 1])
    admin.run("no such admin command", 0x3f)


def io(pair, queue):
    def read(what, block, blocks, prp1=DATA, prp2=0):
        pair.command(f"memset {DATA:#x} 0x4000 0xee")
        code = queue.run(what, 0x02, prp1, prp2, 1, [block, 0, blocks - 1])
        pair.at(f"{what}, data")
        pair.read(DATA, 0x4000)
        return code
    read("read 1", 1, 1)
    read("read 8", 2, 8)
    read("read with an offset", 3, 8, DATA + 0x200, DATA + 0x1000)
    read("read with an odd offset", 3, 1, DATA + 2)
    pair.write(LIST, struct.pack("<3Q", DATA + 0x1000, DATA + 0x2000, DATA + 0x3000))
    read("read through a list", 16, 32, DATA, LIST)
    read("read the end", BLOCKS - 1, 1)
    read("read beyond the end", BLOCKS - 1, 2)
    read("read far beyond", 0xffffffff, 1)
    pair.write(DATA, bytes((7 * i + 3) & 0xff for i in range(4096)))
    queue.run("write 8", 0x01, DATA, 0, 1, [100, 0, 7])
    queue.run("compare equal", 0x05, DATA, 0, 1, [100, 0, 7])
    queue.run("compare other", 0x05, DATA, 0, 1, [200, 0, 7])
    read("read what was written", 99, 10, DATA, DATA + 0x1000)
    queue.run("write zeroes", 0x08, 0, 0, 1, [102, 0, 1])
    read("read zeroes", 100, 8)
    pair.write(DATA, struct.pack("<IIQ", 0, 1, 104))
    queue.run("deallocate", 0x09, DATA, 0, 1, [0, 4])
    queue.run("flush", 0x00, namespace=1)
    queue.run("flush everything", 0x00, namespace=0xffffffff)
    queue.run("flush namespace 2", 0x00, namespace=2)
    queue.run("read from namespace 2", 0x02, DATA, 0, 2, [0, 0, 0])
    queue.run("write beyond the end", 0x01, DATA, 0, 1, [BLOCKS, 0, 0])
    queue.run("no such command", 0x7e, DATA, 0, 1)


def messages(pair, msix):
    """Every vector is masked, so that what is signalled stays in the pending bits."""
    pair.at("messages")
    msix.entry(1, [0xfee00000, 0, 0x41, 1])
    msix.entry(2, [0xffffffff, 0x1, 0xffffffff, 0xffffffff])
    msix.entry(2, [0, 0, 0, 1])
    msix.control(0xc000)
    msix.control(0xffff)
    msix.control(0x8000)
    msix.pending("before")


def function_reset(pair):
    """Initiate Function Level Reset (PCIe 3.0, 6.6.2); the capability lies elsewhere on each machine."""
    pair.at("function level reset")
    for peer in (pair.ours, pair.reference):
        at = dict(capabilities(peer, SLOT))[0x10] + 8
        peer.ask(f"outl 0xcf8 {0x8000_0000 | SLOT << 11 | at & 0xfc:#x}")
        peer.ask(f"outw {0xcfc + (at & 3):#x} 0x8000")
    for offset, width in ((0x04, 2), (0x10, 4), (0x3c, 1)):
        pair.config_read(SLOT, 0, offset, width)
    pair.config_write(SLOT, 0, 0x10, BASE)
    pair.config_write(SLOT, 0, 0x04, 0x0006, 2)
    registers(pair, "function level reset")


def run(pair):
    pair.command("irq_intercept_in ioapic")
    pair.at("function")
    for offset, width in ((0x00, 4), (0x08, 4), (0x2c, 4), (0x3d, 1), (0x06, 2)):
        pair.config_read(SLOT, 0, offset, width)
    compare_capabilities(pair, SLOT, {0x11: 4, 0x10: 0x14})
    for offset, base in ((0x10, BASE), (0x20, MESSAGES)):
        pair.at(f"address {offset:#x}")
        pair.config_write(SLOT, 0, offset, base)
        pair.config_write(SLOT, 0, offset + 4, 0)
        pair.config_read(SLOT, 0, offset)
    pair.config_write(SLOT, 0, 0x04, 0x0006, 2)
    registers(pair, "reset")
    masks(pair)
    pair.at("admin queues")
    pair.writel(BASE + 0x24, 15 << 16 | 15)
    pair.writeq(BASE + 0x28, ADMIN_SQ)
    pair.writeq(BASE + 0x30, ADMIN_CQ)
    pair.command(f"memset {ADMIN_SQ:#x} 0x8000 0")
    enable(pair, "enable", 0x00460001)
    registers(pair, "enabled")
    admin = Queue(pair, 0, ADMIN_SQ, ADMIN_CQ, 16)
    admin.wire_changes = 0
    identify(pair, admin)
    features(pair, admin)
    logs(pair, admin)
    pair.at("wire")
    admin.wire_changes = None
    pair.compare_interrupts()
    msix = Msix(pair, SLOT, {0: BASE, 4: MESSAGES})
    messages(pair, msix)
    queues(pair, admin)
    pair.at("messages")
    msix.pending("of the admin queue")
    queue = Queue(pair, 1, IO_SQ, IO_CQ, 16)
    io(pair, queue)
    pair.at("messages")
    msix.pending("of both queues")
    pair.compare_interrupts()
    admin.run("delete submission queue 1", 0x00, dwords=[1])
    admin.run("delete completion queue 1", 0x04, dwords=[1])
    pair.at("shutdown")
    pair.writel(BASE + 0x14, 0x00464001)
    pair.until("shutdown", lambda peer: status(peer) >> 2 & 3 == 2)
    pair.readl(BASE + 0x1c)
    enable(pair, "disable", 0x00460000)
    registers(pair, "disabled")
    pair.at("enable without queues")
    pair.writeq(BASE + 0x28, 0)
    pair.writel(BASE + 0x24, 0)
    pair.writel(BASE + 0x14, 0x00460001)
    pair.until("failure", lambda peer: status(peer) & 2)
    pair.readl(BASE + 0x1c)
    function_reset(pair)

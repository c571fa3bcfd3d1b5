# SPDX-License-Identifier: GPL-3.0-or-later
"""The xHCI controller: capability, operational, runtime and port registers, and commands on a ring, with the events
that they bring. Numbers from xHCI 1.2, chapters 5 and 6."""
import time

SLOT = 0x1d
BASE = 0xfe000000
CONTEXTS, COMMANDS, EVENTS, TABLE = 0x100000, 0x101000, 0x102000, 0x103000
TRB_NO_OP, TRB_ENABLE, TRB_DISABLE, TRB_RESET_DEVICE = 23, 9, 10, 17

EXPECTED = [
    (r"^configuration 0x60", "FLADJ is 20h after power-on (5.2.4)"),
    (r"^capability 0x0", "version 1.1 here, 1.0 there"),
    (r"^capability 0x4", "32 slots and 8 interrupters here, 64 and 16 there"),
    (r"^capability 0x8", "the longest segment table, and how far ahead work has to be offered"),
    (r"^capability 0x10", "no streams here, and the extended capabilities are elsewhere"),
    (r"^(reset|running|port 1 reset|halted) port \d|^port changes cleared",
     "the USB 2.0 ports come first here and last there, with a tablet of another speed; empty ports there report a "
     "change of connection"),
    (r"^(reset|running|port 1 reset|halted) operational 0x4|^(running|port 1 reset|halted) interrupter 0x(20|38)",
     "a device that was there before the start is told at the start (4.19.4): an event and PCD, nothing there"),
    (r"operational 0x18", "the pointer in CRCR reads as 0 (5.4.5); the reference gives it back"),
    (r"^operational 0x38", "U3E and CIE, which version 1.1 has (5.4.7)"),
    (r"interrupter 0x24", "IMODI is 4000 after a reset (5.5.2.2) and the counter reads as what is left"),
    (r"^disable slot that is none, event's control", "the event names the slot of the command (6.4.2.2)"),
    (r"^reset device that has no address, event's status",
     "Context State Error for a slot that is only enabled (4.6.11); success there"),
]

OPTIONS = {
    "ours": ["--pointer", "usb-tablet"],
    "reference": ["-device", f"qemu-xhci,id=usb,addr={SLOT:#x},p2=4,p3=4", "-device",
                  "usb-tablet,bus=usb.0,port=1"],
}


class Controller:
    """Registers at the offsets that each machine's own capabilities name; both are the same here, or it is said."""

    def __init__(self, pair):
        self.pair = pair
        pair.at("capability 0x0")
        self.operational = BASE + (pair.readl(BASE) & 0xff)
        self.doorbells = BASE + (pair.readl(BASE + 0x14) & ~3)
        self.runtime = BASE + (pair.readl(BASE + 0x18) & ~31)
        self.index, self.events = 0, {}

    def port(self, number):
        return self.operational + 0x400 + 0x10 * (number - 1)

    def registers(self, what):
        for offset in (0x00, 0x04, 0x08, 0x14, 0x18, 0x1c, 0x30, 0x34, 0x38):
            self.pair.at(f"{what} operational {offset:#x}")
            self.pair.readl(self.operational + offset)
        for offset in (0x20, 0x24, 0x28, 0x30, 0x34, 0x38, 0x3c):
            self.pair.at(f"{what} interrupter {offset:#x}")
            self.pair.readl(self.runtime + offset)
        for number in range(1, 9):
            for offset in (0, 4, 8, 12):
                self.pair.at(f"{what} port {number} {offset:#x}")
                self.pair.readl(self.port(number) + offset)

    def start(self):
        pair = self.pair
        pair.at("start")
        pair.writel(self.operational, 2)
        pair.until("reset", lambda peer: int(peer.ask(f"readl {self.operational + 4:#x}").split()[1], 16) & 0x800 == 0)
        pair.command(f"memset {CONTEXTS:#x} 0x10000 0")
        pair.writel(self.operational + 0x38, 32)
        pair.writeq(self.operational + 0x30, CONTEXTS)
        pair.writeq(self.operational + 0x18, COMMANDS | 1)
        pair.writeq(TABLE, EVENTS)
        pair.writeq(TABLE + 8, 64)
        pair.writel(self.runtime + 0x28, 1)
        pair.writeq(self.runtime + 0x38, EVENTS)
        pair.writeq(self.runtime + 0x30, TABLE)
        pair.writel(self.operational, 1)
        self.index, self.events = 0, {}

    def command(self, what, kind, parameter=0, rest=0):
        """One command, and the event that completes it."""
        pair = self.pair
        at = COMMANDS + 16 * self.index
        pair.writeq(at, parameter)
        pair.writel(at + 8, 0)
        pair.writel(at + 12, kind << 10 | rest | 1)
        pair.writel(self.doorbells, 0)
        self.index += 1
        self.next_event(what)

    def next_event(self, what, kind=33):
        """The next event of this kind on each machine; when ports tell of themselves is looked at elsewhere."""
        found = []
        for peer in (self.pair.ours, self.pair.reference):
            found.append(self.event_of(peer, kind))
        for name, values in zip(("parameter", "status", "control"), zip(*found)):
            self.pair.at(f"{what}, event's {name}")
            self.pair.note("value", *values)

    def event_of(self, peer, kind):
        deadline = time.monotonic() + 2
        while time.monotonic() < deadline:
            at = EVENTS + 16 * self.events.get(peer.name, 0)
            control = word(peer, "readl", at + 12)
            if control & 1:
                self.events[peer.name] = self.events.get(peer.name, 0) + 1
                peer.ask(f"writeq {self.runtime + 0x38:#x} {at + 16 | 8:#x}")
                if control >> 10 & 0x3f == kind:
                    return hex(word(peer, "readq", at)), hex(word(peer, "readl", at + 8)), hex(control)
            else:
                time.sleep(0.01)
        return "no event", "", ""


def word(peer, command, address):
    return int(peer.ask(f"{command} {address:#x}").split()[1], 16)


def run(pair):
    pair.command("irq_intercept_in ioapic")
    for offset in (0x00, 0x08, 0x60):
        pair.at(f"configuration {offset:#x}")
        pair.config_read(SLOT, 0, offset)
    pair.config_write(SLOT, 0, 0x10, BASE)
    pair.config_write(SLOT, 0, 0x14, 0)
    pair.config_write(SLOT, 0, 0x04, 0x0006, 2)
    for offset in range(0, 0x20, 4):
        pair.at(f"capability {offset:#x}")
        pair.readl(BASE + offset)
    controller = Controller(pair)
    controller.registers("reset")
    for offset in (0x04, 0x14, 0x18, 0x38):
        for value in (0xffffffff, 0):
            pair.at(f"operational {offset:#x} = {value:#x}")
            pair.writel(controller.operational + offset, value)
            pair.readl(controller.operational + offset)
    for offset in (0x24, 0x28):
        for value in (0xffffffff, 0):
            pair.at(f"interrupter {offset:#x} = {value:#x}")
            pair.writel(controller.runtime + offset, value)
            pair.readl(controller.runtime + offset)
    controller.start()
    controller.registers("running")
    controller.command("no operation", TRB_NO_OP)
    controller.command("enable slot", TRB_ENABLE)
    controller.command("enable slot again", TRB_ENABLE)
    controller.command("disable slot", TRB_DISABLE, rest=2 << 24)
    controller.command("disable slot that is none", TRB_DISABLE, rest=2 << 24)
    controller.command("reset device that has no address", TRB_RESET_DEVICE, rest=1 << 24)
    controller.command("no such command", 50)
    pair.at("port reset")
    pair.writel(controller.port(1), 0x210)
    controller.next_event("port reset", 34)
    controller.registers("port 1 reset")
    pair.at("port changes cleared")
    pair.writel(controller.port(1), 0xfe0200)
    pair.readl(controller.port(1))
    pair.at("stop")
    pair.writel(controller.operational, 0)
    pair.until("halt", lambda peer: int(peer.ask(f"readl {controller.operational + 4:#x}").split()[1], 16) & 1 == 1)
    controller.registers("halted")

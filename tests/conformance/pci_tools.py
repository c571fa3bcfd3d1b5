# SPDX-License-Identifier: GPL-3.0-or-later
"""What scripts about a PCI function need: its capabilities on each machine, BARs, the MSI-X table."""


def peer_config(peer, device, offset, width=4):
    """A configuration register of one machine, not compared."""
    peer.ask(f"outl 0xcf8 {0x8000_0000 | device << 11 | offset & 0xfc:#x}")
    return int(peer.ask(f"in{ {1: 'b', 2: 'w', 4: 'l'}[width]} {0xcfc + (offset & 3):#x}").split()[1], 16)


def capabilities(peer, device):
    """[(identifier, offset)] in the order of the list."""
    found, at = [], peer_config(peer, device, 0x34, 1)
    while at and len(found) < 48:
        found.append((peer_config(peer, device, at, 1), at))
        at = peer_config(peer, device, at + 1, 1)
    return found


def compare_capabilities(pair, device, lengths):
    """Same capabilities, wherever they lie; `lengths`: bytes to compare behind the header, by identifier."""
    ours, reference = capabilities(pair.ours, device), capabilities(pair.reference, device)
    pair.at("capability list")
    pair.note("identifiers", sorted(identifier for identifier, _ in ours),
              sorted(identifier for identifier, _ in reference))
    for identifier, length in lengths.items():
        sides = [[at for found, at in side if found == identifier] for side in (ours, reference)]
        if len(sides[0]) != 1 or len(sides[1]) != 1:
            continue
        for offset in range(2, length, 2):
            pair.at(f"capability {identifier:#04x} + {offset:#x}")
            pair.note("value", *(f"{peer_config(peer, device, at[0] + offset, 2):#06x}"
                                 for peer, at in zip((pair.ours, pair.reference), sides)))


class Msix:
    """The MSI-X capability (PCI 3.0, 6.8.2) of a function whose BARs are set."""

    def __init__(self, pair, device, bars):
        self.pair, self.device = pair, device
        self.sides = []
        for peer in (pair.ours, pair.reference):
            at = dict(capabilities(peer, device))[0x11]
            table, pending = peer_config(peer, device, at + 4), peer_config(peer, device, at + 8)
            self.sides.append({"peer": peer, "at": at, "vectors": (peer_config(peer, device, at + 2, 2) & 0x7ff) + 1,
                               "table": bars[table & 7] + (table & ~7), "pending": bars[pending & 7] + (pending & ~7)})

    def control(self, value):
        """Writes Message Control and compares what it holds then, but for the size of the table."""
        held = []
        for side in self.sides:
            peer, at = side["peer"], side["at"] + 2
            peer.ask(f"outl 0xcf8 {0x8000_0000 | self.device << 11 | at & 0xfc:#x}")
            peer.ask(f"outw {0xcfc + (at & 3):#x} {value:#x}")
            held.append(f"{peer_config(peer, self.device, at, 2) & ~0x7ff:#06x}")
        self.pair.note(f"MSI-X control = {value:#x}", *held)

    def entry(self, vector, words):
        """Writes an entry of the table and compares what it holds then."""
        held = []
        for side in self.sides:
            at = side["table"] + 16 * vector
            for i, word in enumerate(words):
                side["peer"].ask(f"writel {at + 4 * i:#x} {word:#x}")
            held.append([f"{int(side['peer'].ask(f'readl {at + 4 * i:#x}').split()[1], 16):#x}" for i in range(4)])
        self.pair.note(f"MSI-X entry {vector}", *held)

    def pending(self, what):
        """Compares the pending bits of the first 32 vectors."""
        self.pair.note(f"MSI-X pending {what}", *(side["peer"].ask(f"readl {side['pending']:#x}")
                                                 for side in self.sides))

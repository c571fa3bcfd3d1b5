# SPDX-License-Identifier: GPL-3.0-or-later
"""Every key of a PC keyboard, pressed under X in three layouts, through the console widget into guests: raw scan
codes in one of our own, evdev codes in Linux on PS/2, virtio and USB. Modifiers, repeat, lights, loss of focus.
usage: console_keys.py GUESTHOUSE DEMO_VIEW SCAN_CODES EVDEV_ECHO"""
import os
import pathlib
import re
import sys
import time

from console_rig import NATIVE, USB, Console, auto_repeat, evdev_initrd, linux, require_kvm
from gui_rig import Rig

# linux/input-event-codes.h; set 1 has the same number for most.
PLAIN = list(range(1, 84)) + [86, 87, 88]
# Those that set 1 tells with a prefix (IBM PS/2 Hardware Interface Technical Reference).
PREFIXED = {96: 0x1c, 97: 0x1d, 98: 0x35, 100: 0x38, 102: 0x47, 103: 0x48, 104: 0x49, 105: 0x4b, 106: 0x4d, 107: 0x4f,
            108: 0x50, 109: 0x51, 110: 0x52, 111: 0x53, 125: 0x5b, 126: 0x5c, 127: 0x5d}
PRINT_SCREEN, PAUSE = 99, 119
KEYS = PLAIN + list(PREFIXED) + [PRINT_SCREEN, PAUSE]
LOCKS = {58: "caps", 69: "num", 70: "scroll"}
A, B, LEFT_SHIFT, RIGHT_ALT = 30, 48, 42, 100


def scan_codes(key, down):
    """The bytes of set 1, in hexadecimal."""
    if key == PAUSE:
        return ["E1", "1D", "45", "E1", "9D", "C5"] if down else []
    if key == PRINT_SCREEN:
        return ["E0", "2A", "E0", "37"] if down else ["E0", "B7", "E0", "AA"]
    number = PREFIXED.get(key, key) | (0 if down else 0x80)
    return (["E0"] if key in PREFIXED else []) + ["%02X" % number]


def evdev(key, down):
    """Event lines; a PS/2 Pause key goes up by itself."""
    return ["%d %d" % (key, down)]


def x_key(key):
    """xdotool takes a single digit for a character."""
    return "Escape" if key == 1 else str(key + 8)


class KeyTest:
    def __init__(self, rig, console, name, expected, arrived):
        self.rig, self.console, self.name = rig, console, name
        self.expected, self.arrived = expected, arrived

    def expect(self, what, wanted, start, seconds=60):
        self.console.serial.wait(lambda lines: len(self.arrived(lines[start:])) >= len(wanted), seconds)
        time.sleep(0.05)  # and nothing more
        got = self.arrived(self.console.serial.since(start))
        if got != wanted:
            at = next((i for i, pair in enumerate(zip(got, wanted)) if pair[0] != pair[1]), min(len(got), len(wanted)))
            self.rig.fail("%s, %s: after %s came %s, expected %s" % (self.name, what, got[max(0, at - 4):at], got[at:at + 6],
                                                                   wanted[at:at + 6]))

    def press_all(self, layout):
        self.rig.run("setxkbmap", layout)
        # In portions that fit into Linux's buffer for events, however slow this machine is.
        for first in range(0, len(KEYS), 7):
            keys, start = KEYS[first:first + 7], self.console.serial.count()
            self.rig.run("xdotool", "key", "--delay", "8", *map(x_key, keys))
            self.expect("layout " + layout, [code for key in keys for down in (1, 0) for code in self.expected(key, down)],
                        start)

    def hold_modifiers(self):
        start = self.console.serial.count()
        keys = (LEFT_SHIFT, RIGHT_ALT, A)
        self.rig.run("xdotool", *[word for key in keys for word in ("keydown", x_key(key))])
        self.rig.run("xdotool", *[word for key in reversed(keys) for word in ("keyup", x_key(key))])
        self.expect("modifiers", [code for key in keys for code in self.expected(key, 1)]
                    + [code for key in reversed(keys) for code in self.expected(key, 0)], start)

    def repeat(self, repeated):
        # X repeats by going up and down; Qt joins the two when the second is there as it looks at the first, which
        # is not always so. Then the guest gets strokes of the same key. Nothing else may come, and it must end up.
        start = self.console.serial.count()
        down, up = self.expected(B, 1), self.expected(B, 0)
        self.rig.run("xdotool", "keydown", x_key(B))
        enough = self.console.serial.wait(
            lambda lines: sum(code in (repeated, *down) for code in self.arrived(lines[start:])) >= 4, 20)
        self.rig.run("xdotool", "keyup", x_key(B))
        if not enough:
            self.rig.fail("%s: a key that is held does not repeat: %s" % (self.name, self.console.serial.since(start)))
        time.sleep(1)
        got = self.arrived(self.console.serial.since(start))
        if got[:1] != down or got[-1:] != up or not set(got) <= {repeated, *down, *up}:
            self.rig.fail("%s: holding a key gave %s" % (self.name, got))

    def lose_focus(self):
        """Keys that are held come up when another window takes the focus."""
        start = self.console.serial.count()
        self.rig.run("xdotool", "keydown", x_key(LEFT_SHIFT), "keydown", x_key(A))
        self.console.serial.wait(lambda lines: len(self.arrived(lines[start:])) >= 2, 20)
        other = self.rig.start([sys.argv[2], "--width", "200", "--height", "150"])
        self.console.serial.wait(lambda lines: self.arrived(lines[start:])[-1:] == self.expected(LEFT_SHIFT, 0), 20)
        self.rig.run("xdotool", "keyup", x_key(A), "keyup", x_key(LEFT_SHIFT))
        other.terminate()
        other.wait(20)
        self.rig.processes.remove(other)
        # The guest may repeat by itself.
        got = [code for code in self.arrived(self.console.serial.since(start)) if not code.endswith(" 2")]
        wanted = self.expected(LEFT_SHIFT, 1) + self.expected(A, 1) + self.expected(A, 0) + self.expected(LEFT_SHIFT, 0)
        if got != wanted:
            self.rig.fail("%s: losing the focus gave %s, expected %s" % (self.name, got, wanted))
        self.rig.run("xdotool", "windowactivate", "--sync", self.console.window)
        self.console.click_middle()

    def everything(self, repeated):
        self.console.click_middle()  # captured: F11 is the guest's, too
        self.console.wait_state("captured", "1")
        auto_repeat(self.rig, False)  # a slow machine lets go of keys late
        for layout in ("us", "de", "fr"):
            self.press_all(layout)
        self.hold_modifiers()
        auto_repeat(self.rig, True)
        self.repeat(repeated)
        auto_repeat(self.rig, False)
        self.lose_focus()
        print("%s: %d keys in 3 layouts, modifiers, repeat, focus" % (self.name, len(KEYS)), flush=True)


def test_scan_codes(rig, program, view, guest):
    floppy = os.path.join(rig.folder, "codes.img")
    pathlib.Path(floppy).write_bytes(pathlib.Path(guest).read_bytes().ljust(1474560, b"\0"))
    console = Console(rig, program, ["--memory", "64M", "--floppy", floppy, "--pointer", "ps2"], "ready")
    console.show(view)
    test = KeyTest(rig, console, "scan codes", scan_codes,
                   lambda lines: [line for line in lines if re.fullmatch("[0-9A-F]{2}", line)])
    test.everything("30")
    for key, light in LOCKS.items():
        wanted = {"caps": ("0", "0", "1"), "num": ("0", "1", "0"), "scroll": ("1", "0", "0")}[light]
        # Pressing every key in three layouts has switched each light on; now off, on, and off again.
        lit = console.wait_state("lights")
        for _ in range(2):
            rig.run("xdotool", "key", x_key(key))
            lit = [str(int(a) ^ int(b)) for a, b in zip(lit, wanted)]
            console.wait_state("lights", *lit)
    print("scan codes: lights", flush=True)
    console.stop()


def test_linux(rig, program, view, name, kernel, initrd, options, device):
    if not kernel.exists():
        print("left out: %s, as there is no %s" % (name, kernel), flush=True)
        return
    console = Console(rig, program, linux(kernel, initrd, *options), "READY")
    console.show(view)
    number = next((line.split()[1] for line in console.serial.since(0) if line.startswith("dev ") and device in line), None)
    if number is None:
        rig.fail("%s: no device “%s” in %s" % (name, device, console.serial.since(0)))
    event = re.compile(r"ev %s 1 (\d+ \d)" % number)
    test = KeyTest(rig, console, name, evdev,
                   lambda lines: [found.group(1) for found in map(event.fullmatch, lines)
                                  if found and int(found.group(1).split()[0]) < 0x100])
    if console.state("pointer") == ["absolute"]:
        console.click_middle()
    test.everything("%d 2" % B)
    for code, lit in ((1, ("0", "0", "1")), (0, ("0", "1", "0")), (2, ("1", "0", "0"))):
        for value in (0, 1, 2):
            console.guest.stdin.write(b"led %s %d 0\n" % (number.encode(), value))
        console.guest.stdin.write(b"led %s %d 1\n" % (number.encode(), code))
        console.guest.stdin.flush()
        console.wait_state("lights", *lit)
    print("%s: lights" % name, flush=True)
    console.stop()


def main():
    program, view, guest, echo = sys.argv[1:]
    require_kvm()
    with Rig(("Xvfb", "openbox", "xdotool", "setxkbmap")) as rig:
        test_scan_codes(rig, program, view, guest)
        if not NATIVE.exists():
            print("left out: Linux, as there is no", NATIVE)
            return
        plain, more = evdev_initrd(rig.folder, echo, 3), evdev_initrd(rig.folder, echo, 5)
        test_linux(rig, program, view, "PS/2", NATIVE, plain, ("ps2", "ps2"), "Set 2 keyboard")
        test_linux(rig, program, view, "virtio", NATIVE, more, ("virtio", "virtio-tablet"), "Virtio Keyboard")
        test_linux(rig, program, view, "USB", USB, more, ("usb", "usb-tablet"), "USB Keyboard")


if __name__ == "__main__":
    main()

# SPDX-License-Identifier: GPL-3.0-or-later
"""The pointer through the console widget: a tablet's positions to the pixel at 1x, 1.5x and 2x, the motion of a
mouse while it is captured, the chord that gives it back, and the guest's own pointer image meanwhile.
usage: console_pointer.py GUESTHOUSE DEMO_VIEW SCREEN_PAINTER EVDEV_ECHO"""
import os
import pathlib
import re
import shutil
import struct
import sys
import time

from console_rig import NATIVE, USB, Console, evdev_initrd, guest_runs, linux, require_kvm
from gui_rig import Rig, skip

WINDOW = (1620, 1020)  # in pixels of the display: more than the guest has, and whole at each scale
LARGEST = 32767  # of an axis of ours


class Axes:
    """What a device of the guest has said last."""

    def __init__(self, console, device):
        self.console = console
        number = next((line.split()[1] for line in console.serial.since(0) if line.startswith("dev ") and device in line),
                      None)
        if number is None:
            console.rig.fail("no device “%s” in %s" % (device, console.serial.since(0)))
        self.event = re.compile(r"ev %s (\d+) (\d+) (-?\d+)" % number)

    def values(self, lines, kind):
        for line in lines:
            found = self.event.fullmatch(line)
            if found and int(found.group(1)) == kind:
                yield int(found.group(2)), int(found.group(3))

    def position(self, lines):
        return dict(self.values(lines, 3))

    def motion(self, lines):
        total = [0, 0]
        for axis, value in self.values(lines, 2):
            if axis < 2:
                total[axis] += value
        return total


def pixel_of(value, pixels):
    """Both ways in which systems turn a position into a pixel; None when they disagree."""
    by_share, by_ends = value * pixels // (LARGEST + 1), (2 * value * (pixels - 1) + LARGEST) // (2 * LARGEST)
    return by_share if by_share == by_ends else None


def samples(pixels, count):
    inner = [(2 * i + 1) * pixels // (2 * count) for i in range(count)]
    return sorted({0, 1, 2, pixels // 2, pixels - 2, pixels - 1, *inner})


def place(console):
    """Where the picture is in the window, and the size of the guest's screen."""
    return [int(word) for word in console.wait_state("picture") if word != "of"]


def point_everywhere(console, axes, name, scale, mode):
    x, y, wide, high, width, height = place(console)
    checked = 0
    rows, columns = samples(height, 5), samples(width, 8)
    for row in rows:
        for column in columns:
            console.point_at(x + (2 * column + 1) * wide // (2 * width), y + (2 * row + 1) * high // (2 * height))

            def arrived(lines):
                now = axes.position(lines)
                return len(now) == 2 and (pixel_of(now[0], width), pixel_of(now[1], height)) == (column, row)
            if not console.serial.wait(arrived, 10):
                now = axes.position(console.serial.since(0))
                console.rig.fail("%s at %s, %s: pixel %s became %s" % (
                    name, scale, mode, (column, row), (pixel_of(now.get(0, 0), width), pixel_of(now.get(1, 0), height))))
            checked += 1
    print("%s, %sx, %s: %d pixels of %dx%d, error 0" % (name, scale, mode, checked, width, height), flush=True)


def test_tablet(rig, program, view, echo, name, kernel, keyboard, pointer, device):
    if not kernel.exists():
        print("left out: %s, as there is no %s" % (name, kernel), flush=True)
        return
    console = Console(rig, program, linux(kernel, evdev_initrd(rig.folder, echo, 5), keyboard, pointer), "READY")
    axes = Axes(console, device)
    for scale in ("1", "1.5", "2"):
        for mode in ("actual", "fit"):
            console.show(view, mode, [int(side / float(scale)) for side in WINDOW], scale)
            console.wait_state("pointer", "absolute")
            point_everywhere(console, axes, name, scale, mode)
    console.stop()


def test_mouse(rig, program, view, echo):
    console = Console(rig, program, linux(NATIVE, evdev_initrd(rig.folder, echo, 3), "ps2", "ps2"), "READY")
    axes = Axes(console, "Mouse")
    console.show(view, "actual", WINDOW)
    console.wait_state("pointer", "relative")
    console.click_middle()
    console.wait_state("captured", "1")
    time.sleep(1)
    start = console.serial.count()
    wanted = [0, 0]
    # Far enough that the pointer has to be put back to the middle several times.
    for dx, dy in [(30, -7)] * 40 + [(-11, 23)] * 40 + [(1, 1)] * 10 + [(0, -90)] * 10:
        rig.run("xdotool", "mousemove_relative", "--", str(dx), str(dy))
        wanted = [wanted[0] + dx, wanted[1] + dy]
    if not console.serial.wait(lambda lines: axes.motion(lines[start:]) == wanted, 20):
        rig.fail("the mouse moved by %s and the guest saw %s" % (wanted, axes.motion(console.serial.since(start))))
    rig.run("xdotool", "keydown", "37", "keydown", "64", "keyup", "64", "keyup", "37")  # Ctrl and Alt, alone
    console.wait_state("captured", "0")
    time.sleep(0.5)
    start = console.serial.count()
    for _ in range(10):
        rig.run("xdotool", "mousemove_relative", "--", "9", "5")
    time.sleep(1)
    if axes.motion(console.serial.since(start)) != [0, 0]:
        rig.fail("the mouse still belongs to the guest after the chord: %s" % console.serial.since(start))
    print("mouse: motion %s, and released by the chord" % wanted, flush=True)
    console.stop()


def window_pixel(console, x, y):
    """The colour at a place of the window, from a picture in X's own format (XWDFile.h)."""
    path = os.path.join(console.rig.folder, "window.xwd")
    console.rig.run("xwd", "-id", console.window, "-silent", "-out", path)
    data = pathlib.Path(path).read_bytes()
    head = struct.unpack(">25I", data[:100])
    pixels = head[0] + 12 * head[19]  # the header, then the colours
    at = pixels + y * head[12] + x * head[11] // 8
    return int.from_bytes(data[at:at + 4], "little" if head[7] == 0 else "big") & 0xffffff


def test_pointer_image(rig, program, view, painter):
    entry = guest_runs._cpio_entry
    initrd = os.path.join(rig.folder, "painter.cpio")
    pathlib.Path(initrd).write_bytes(
        entry("dev", 0o40755, inode=1) + entry("dev/console", 0o20600, inode=2, device=(5, 1))
        + entry("init", 0o100755, pathlib.Path(painter).read_bytes(), inode=3) + entry("TRAILER!!!", 0))
    console = Console(rig, program, ["--memory", "256M", "--display", "virtio-gpu", "--pointer", "ps2", "--kernel",
                                     str(NATIVE), "--initrd", initrd, "--append",
                                     "console=ttyS0 panic=-1 quiet PAINT=pattern SIZE=640x480 CURSOR=1"], "CURSOR")
    console.show(view, "actual", WINDOW)
    console.wait_state("pointer", "relative")
    place_x, place_y = place(console)[:2]

    def colour(x, y):
        return window_pixel(console, place_x + x, place_y + y)

    def pattern(x, y):
        return (x & 255) << 16 | (y & 255) << 8 | (x ^ y) & 255
    # The guest's image has its corner at (200, 100) and is opaque where x + y < 32.
    if not rig.wait(lambda: colour(205, 105) == pattern(205, 105), 20):
        rig.fail("the guest's pointer is drawn though the host's is to be seen: %06x" % colour(205, 105))
    console.click_middle()
    console.wait_state("captured", "1")
    for at, wanted in (((205, 105), 0xff00ff), ((200, 100), 0xff00ff), ((231, 100), 0xff00ff),
                       ((199, 100), pattern(199, 100)), ((232, 100), pattern(232, 100))):
        if not rig.wait(lambda: colour(*at) == wanted, 20):
            rig.fail("captured: the colour at %s is %06x, not %06x" % (at, colour(*at), wanted))
    rig.run("xdotool", "keydown", "37", "keydown", "64", "keyup", "64", "keyup", "37")
    console.wait_state("captured", "0")
    if not rig.wait(lambda: colour(205, 105) == pattern(205, 105), 20):
        rig.fail("the guest's pointer is still drawn after the chord")
    print("the captured guest's own pointer is drawn at its place", flush=True)
    console.stop()


def main():
    program, view, painter, echo = sys.argv[1:]
    require_kvm()
    if not NATIVE.exists():
        skip("no linux-native guest")
    with Rig(("Xvfb", "openbox", "xdotool"), "1700x1100") as rig:
        test_tablet(rig, program, view, echo, "virtio tablet", NATIVE, "virtio", "virtio-tablet", "Virtio Tablet")
        test_tablet(rig, program, view, echo, "USB tablet", USB, "usb", "usb-tablet", "USB Tablet")
        test_mouse(rig, program, view, echo)
        if shutil.which("xwd"):
            test_pointer_image(rig, program, view, painter)
        else:
            print("left out: the guest's pointer image, as xwd is not installed (x11-apps)")


if __name__ == "__main__":
    main()

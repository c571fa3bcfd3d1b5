#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""As somebody new would: a medium becomes a running guest in three steps, the guest is answered by keyboard, its
memory and disk sliders are moved, and after a restart the guest sees the new sizes.

first_guest.py PROGRAM DRAG_SOURCE mouse|keyboard mikeos|grub|qcow2|demo|short-demo [MEDIUM]"""
import json
import os
import re
import shutil
import subprocess
import sys
import time

from gui_rig import Rig, skip
from person import Person

MIB, GIB = 1 << 20, 1 << 30
BOOT_PATIENCE = 300  # GRUB decompresses itself; where the processor is emulated that takes its time

program, drag_source, hand, kind = sys.argv[1:5]
medium = sys.argv[5] if len(sys.argv) > 5 else ""
by_mouse = hand == "mouse"
is_short = kind == "short-demo"  # ends when the guest answers
kind = kind.removeprefix("short-")


def make_medium(rig):
    """The file that is dropped or typed; empty for the demo."""
    if kind == "demo":
        return ""
    if kind == "grub":
        if not shutil.which("grub-mkrescue") or not shutil.which("xorriso"):
            skip("grub-mkrescue or xorriso is not installed")
        folder = os.path.join(rig.folder, "grub")
        os.makedirs(os.path.join(folder, "boot", "grub"))
        with open(os.path.join(folder, "boot", "grub", "grub.cfg"), "w", encoding="ascii") as menu:
            menu.write('set timeout=-1\nset pager=0\nmenuentry "First entry" { echo first ; sleep 60 }\n'
                       'menuentry "Second entry" { echo second ; sleep 60 }\n')
        image = os.path.join(rig.folder, "rescue.iso")
        subprocess.run(["grub-mkrescue", "-o", image, folder], check=True, capture_output=True)
        return image
    if not os.path.exists(medium):
        skip(f"{medium} is not on this machine")
    if kind == "qcow2":
        if not shutil.which("qemu-img"):
            skip("qemu-img is not installed")
        image = os.path.join(rig.folder, "basic.qcow2")
        subprocess.run(["qemu-img", "convert", "-f", "raw", "-O", "qcow2", medium, image], check=True)
        subprocess.run(["qemu-img", "resize", "-q", image, "1G"], check=True)
        return image
    return shutil.copy(medium, rig.folder)


class Story:
    def __init__(self, rig):
        self.rig = rig
        self.person = Person(rig)
        self.number = 0
        self.name = {"mikeos": "MikeOS 4", "grub": "ISOIMAGE", "qcow2": "basic", "demo": "Demo"}[kind]

    def picture(self, what):
        self.number += 1
        self.rig.picture(f"{kind}-{hand}-{self.number:02}-{what}")

    def screen(self):
        return self.rig.run(program, "screen-text", self.name).stdout

    def wait_for_screen(self, text):
        if not self.rig.wait(lambda: re.search(text, self.screen()), BOOT_PATIENCE):
            self.rig.fail(f"the guest's screen never shows “{text}”:\n{self.screen()}")

    # Each step, by hand or by keyboard.

    def choose_medium(self, path):
        person = self.person
        if not path:
            if by_mouse:
                person.click("push button", "demo")
            else:
                person.press("ctrl+n")
                person.see("radio button", "demo")
                person.press("alt+d", "alt+n", "alt+n")
            return
        if by_mouse:
            source = self.rig.start([drag_source, path])
            self.rig.window("Drag from here")
            self.picture("before-drop")
            window = person.see("frame", "Guesthouse")
            person.drag((1150, 750), (window["x"] + window["width"] / 2, window["y"] + window["height"] / 3))
            person.see("dialog", "New guest")
            source.terminate()
        else:
            person.press("ctrl+n")
            person.see("dialog", "New guest")
            person.type(path)
        self.check_recognition()

    def check_recognition(self):
        wanted = {"mikeos": "MikeOS|its system is not known", "grub": "its system is not known|Recognised",
                  "qcow2": "A disk in the format qcow2"}[kind]
        label = self.person.see("label", "", lambda thing: re.search(wanted, thing["name"]))
        print("the wizard says:", label["name"])
        self.picture("what")

    def next(self):
        self.person.enabled("push button", "Next")
        self.person.click("push button", "Next") if by_mouse else self.person.press("alt+n")
        time.sleep(0.5)

    def create(self):
        self.person.enabled("push button", "Create")
        self.picture("go")
        self.person.click("push button", "Create") if by_mouse else self.person.press("alt+c")

    def make_guest(self, path):
        self.choose_medium(path)
        if path:
            self.next()
            self.picture("how-much")
            self.next()
        if path or not by_mouse:  # the empty window's button starts the demo at once
            self.create()

    def answer(self):
        """The guest's own menu, and a key that it reacts to."""
        person = self.person
        if kind == "mikeos":
            self.wait_for_screen("Please select an interface")
            self.picture("menu")
            person.press("Return")
            self.wait_for_screen("KERNEL.BIN")
        elif kind == "grub":
            self.wait_for_screen("First entry")
            self.picture("menu")
            person.press("c")
            self.wait_for_screen("grub>")
        elif kind == "qcow2":
            self.wait_for_screen(r"(?m)^>")
            self.picture("menu")
            person.type("print 6*7")
            person.press("Return")
            self.wait_for_screen("42")
        else:
            self.wait_for_screen("Welcome!")
            self.picture("menu")
            person.press("6")
            self.wait_for_screen("The BIOS lists")
        self.picture("answered")

    # Other sizes, and the guest that sees them.

    def stored(self):
        return json.loads(self.rig.run(program, "show", "--json", self.name).stdout)

    def keep_firmware_log(self):
        """What SeaBIOS finds is written down from the next start on: what a guest cannot say itself."""
        path = os.path.join(self.rig.environment["XDG_DATA_HOME"], "guesthouse", "guests", self.name, "guest.json")
        with open(path, encoding="utf-8") as file:
            guest = json.load(file)
        guest["hardware"]["debugConsoleFile"] = "firmware.log"
        with open(path + ".changed", "w", encoding="utf-8") as file:
            json.dump(guest, file)
        os.rename(path + ".changed", path)
        return os.path.join(os.path.dirname(path), "firmware.log")

    def move_sliders(self):
        person = self.person
        if by_mouse:
            person.click("page tab", "Settings")
            person.click("list item", "Processors and memory")
            person.click("slider", "Memory", share=0.62)
            person.click("list item", "Disk 1")
            self.picture("settings")
            person.click("slider", "Disk", share=0.5)
        else:
            person.press("ctrl+alt")  # the guest gives the keyboard back
            person.press("ctrl+3")
            for search, slider in (("memory", "Memory"), ("size", "Disk")):
                person.see("text", "Search settings", lambda thing: thing["focused"])
                person.type(search)
                person.tab_to("slider", slider, most=8)
                person.press("Prior", "Prior", "Right")
                self.picture("settings")
                person.press("ctrl+3", "ctrl+a", "BackSpace")
        time.sleep(0.5)
        self.picture("moved")
        sizes = [int(self.person.see("slider", name)["value"]) for name in ("Memory", "Disk")]
        if by_mouse:
            person.click("push button", "Apply")
        else:
            person.tab_to("push button", "Apply")
            person.press("space")
        return sizes

    def restart(self):
        person = self.person
        person.enabled("push button", "Restart now")
        self.picture("applied")
        if by_mouse:
            person.click("push button", "Restart now")
            person.see("alert", "")
            self.picture("really")
            person.click("push button", "Restart")
        else:
            person.tab_to("push button", "Restart now")
            person.press("space")
            person.see("alert", "")
            self.picture("really")
            person.press("alt+r")

    def check_disk_in(self, firmware_log, disk):
        with open(firmware_log, encoding="latin-1") as file:
            log = file.read()
        if not re.search(rf"Hard-Disk \(({disk // MIB} MiBytes|{disk // GIB} GiBytes)\)", log):
            self.rig.fail(f"SeaBIOS sees another disk than {disk // GIB} GiB:\n{log}")

    def check_sizes(self, firmware_log):
        """The configuration and the guest's own view agree."""
        def is_applied():
            shown = self.stored()
            return shown["state"] == "running" and shown["disks"] and "capacityAfterRestart" not in shown["disks"][0]
        if not self.rig.wait(is_applied, 40):
            self.rig.fail(f"the guest did not come back with its new sizes: {self.stored()}")
        shown = self.stored()
        memory, disk = shown["memoryBytes"], shown["disks"][0]["capacityBytes"]
        print(f"chosen: {memory // MIB} MiB of memory, a disk of {disk // GIB} GiB")
        if kind == "demo":
            self.wait_for_screen("Welcome!")
            tenths = memory % GIB * 10 // GIB
            size = f"{memory // GIB}{f'.{tenths}' if tenths else ''} GiB" if memory >= GIB else f"{memory // MIB} MiB"
            self.wait_for_screen(re.escape(size) + r".*disk " + f"{disk // GIB} GiB")
        elif kind == "grub":
            self.wait_for_screen("First entry")
            self.person.press("c")
            self.person.type("lsmmap")
            self.person.press("Return")
            self.wait_for_screen(r"(?s)base_addr.*grub>")  # the console scrolls slowly
            usable = sum(int(length, 16) for length in re.findall(r"length = (0x[0-9a-f]+).*available", self.screen()))
            if not memory - 16 * MIB < usable <= memory:
                self.rig.fail(f"GRUB sees {usable} bytes of memory:\n{self.screen()}")
            self.check_disk_in(firmware_log, disk)  # GRUB itself would try every file system on it first
        else:
            self.wait_for_screen("select an interface" if kind == "mikeos" else r"(?m)^>")
            with open(firmware_log, encoding="latin-1") as file:
                log = file.read()
            usable = sum(int(end, 16) - int(start, 16) for start, end
                         in re.findall(r"([0-9a-f]{16}) - ([0-9a-f]{16}) = 1 RAM", log))
            if not memory - 16 * MIB < usable <= memory:
                self.rig.fail(f"SeaBIOS sees {usable} bytes of memory:\n{log}")
            self.check_disk_in(firmware_log, disk)
        self.picture("new-sizes")


with Rig() as rig:
    if not os.access("/dev/kvm", os.R_OK | os.W_OK):
        skip("/dev/kvm is not accessible")
    path = make_medium(rig)
    story = Story(rig)
    rig.start([program])
    rig.window("Guesthouse")
    story.person.see("push button", "New guest")
    story.picture("first-window")
    story.person.begin = time.monotonic()
    story.make_guest(path)
    story.answer()
    story.person.report("from the first window to a guest that answers")
    rig.check_stalls()
    if is_short:
        print("passed")
        sys.exit(0)
    before = story.stored()
    log = story.keep_firmware_log() if kind != "demo" else ""
    story.move_sliders()
    story.restart()
    story.check_sizes(log)
    after = story.stored()
    if after["memoryBytes"] <= before["memoryBytes"]:
        rig.fail(f"the memory slider changed nothing: {before} {after}")
    if after["disks"][0]["capacityBytes"] <= sum(disk["capacityBytes"] for disk in before["disks"]):
        rig.fail(f"the disk slider changed nothing: {before} {after}")
    story.person.report("and with other sizes, seen by the guest")
    rig.check_stalls()
    print("passed")

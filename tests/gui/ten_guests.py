#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Ten guests at once in one window: one dies of a triple fault, one fills the computer's disk. The others and the
window live on, and each row says what is true.

ten_guests.py PROGRAM FOLDER_OF_SMALL_SYSTEMS FOLDER_OF_SMALL_LINUX"""
import json
import os
import subprocess
import sys
import time
import uuid

from gui_rig import Rig, skip
from person import Person

MIB = 1 << 20
SECTOR = 512

program, systems, linux = sys.argv[1:4]
if "--mounted" not in sys.argv:
    if not os.access("/dev/kvm", os.R_OK | os.W_OK):
        skip("/dev/kvm is not accessible")
    if subprocess.run(["unshare", "-rm", "true"], capture_output=True, check=False).returncode != 0:
        skip("this machine lets nobody mount a small file system of their own")
    if not os.path.exists(os.path.join(systems, "mikeos.flp")) or not os.path.exists(os.path.join(linux, "vmlinux")):
        skip("the small systems are not on this machine")
    os.execvp("unshare", ["unshare", "-rm", sys.executable, __file__, program, systems, linux, "--mounted"])


def boot_sector(code):
    return code.ljust(SECTOR - 2, b"\0") + b"\x55\xaa"


# In protected mode and without a single interrupt gate an undefined instruction becomes a triple fault
# (Intel SDM, volume 3, 6.15, interrupt 8).
TRIPLE_FAULT = boot_sector(bytes.fromhex("fa 0f011e107c 0f20c0 0c01 0f22c0 0f0b 000000000000"))
# Phoenix EDD 3.0, INT 13h AH=43h: 127 sectors out of the BIOS's ROM, one piece behind the other.
FILL_DISK = boot_sector(bytes.fromhex("31c0 8ed8 be207c b80043 b280 cd13 668306287c7f ebf1").ljust(0x20, b"\x90")
                        + bytes.fromhex("1000 7f00 0000 00f0 0100000000000000"))


class House:
    """The library, written as the program writes it."""

    def __init__(self, rig):
        self.root = os.path.join(rig.environment["XDG_DATA_HOME"], "guesthouse", "guests")
        self.small = os.path.join(rig.folder, "small")
        os.mkdir(self.small)
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=8m", "none", self.small], check=True)

    def add(self, name, **hardware):
        folder = os.path.join(self.root, name)
        os.makedirs(folder)
        guest = {"name": name, "id": str(uuid.uuid4()), "cpuCount": 1, "memoryBytes": 64 * MIB,
                 "firmware": {"kind": "bios"}, **hardware}
        with open(os.path.join(folder, "guest.json"), "w", encoding="utf-8") as file:
            json.dump({"version": 1, "hardware": guest}, file)
        return folder

    def disk(self, path, first_sector, size):
        with open(path, "wb") as image:
            image.write(first_sector)
            image.truncate(size)
        return [{"path": path, "bus": "ahci", "format": "raw"}]

    def fill(self):
        crash = os.path.join(self.small, "..", "crash.img")
        self.add("Crash", stopOnReset=True, disks=self.disk(crash, TRIPLE_FAULT, MIB))
        self.add("Full", disks=self.disk(os.path.join(self.small, "full.img"), FILL_DISK, 64 * MIB))
        for number in (1, 2, 3):
            self.add(f"Linux {number}", memoryBytes=96 * MIB, kernel={
                "path": os.path.join(linux, "vmlinux"), "initrdPath": os.path.join(linux, "initrd.gz"),
                "commandLine": "console=tty0 rdinit=/bin/sh quiet"})
        for number in (1, 2):
            self.add(f"MikeOS {number}", floppyPath=os.path.join(systems, "mikeos.flp"))
        for name in ("basic", "floppybird", "tetros"):
            self.add(name.title(), floppyPath=os.path.join(systems, name + ".img"))


def states(rig):
    """As the command line knows them: what really is."""
    listed = json.loads(rig.run(program, "list", "--json").stdout)
    return {guest["name"]: guest["state"] for guest in listed}


def rows(person):
    """As the window shows them, by name."""
    return {thing["name"].split(",")[0]: thing["name"] for thing in person.look("list item") if "," in thing["name"]}


with Rig() as rig:
    house = House(rig)
    house.fill()
    person = Person(rig)
    window = rig.start([program])
    rig.window("Guesthouse")
    names = sorted((name for name in os.listdir(house.root) if not name.startswith(".")), key=str.lower)
    person.see("list item", names[-1])
    for name in names:
        person.click("list item", name)
        person.press("ctrl+r")
        print("starts:", name, flush=True)
    expected = {name: "Running" for name in names} | {"Crash": "Off", "Full": "Paused"}
    if not rig.wait(lambda: states(rig) == {name: word.lower() for name, word in expected.items()}, 200):
        rig.fail(f"the guests are not what they should be: {states(rig)}")
    print("all ten are what they should be:", expected)
    if not rig.wait(lambda: all(word in rows(person).get(name, "") for name, word in expected.items()), 20):
        rig.fail(f"the window shows {rows(person)}")
    person.press("ctrl+alt")
    person.click("list item", "Full")
    person.see("label", "disk is full")
    rig.picture("ten-guests-full")
    # There is space again: the guest goes on where it was.
    subprocess.run(["mount", "-o", "remount,size=80m", house.small], check=True)
    person.click("push button", "Resume")
    if not rig.wait(lambda: states(rig)["Full"] == "running" and "Running" in rows(person)["Full"], 30):
        rig.fail(f"the guest does not go on: {states(rig)}")
    used = os.stat(os.path.join(house.small, "full.img")).st_blocks * 512
    if not rig.wait(lambda: os.stat(os.path.join(house.small, "full.img")).st_blocks * 512 > used, 60):
        rig.fail(f"the guest writes nothing more than {used} bytes")
    # The window still does what it is told.
    person.click("list item", "MikeOS 2")
    person.press("ctrl+2")
    if not rig.wait(lambda: "select an interface" in rig.run(program, "screen-text", "MikeOS 2").stdout, 120):
        rig.fail("no greeting: " + rig.run(program, "screen-text", "MikeOS 2").stdout)
    person.press("Return")
    if not rig.wait(lambda: "KERNEL.BIN" in rig.run(program, "screen-text", "MikeOS 2").stdout, 30):
        rig.fail("the guest does not hear the keyboard: " + rig.run(program, "screen-text", "MikeOS 2").stdout)
    person.press("ctrl+alt")
    person.click("list item", "Crash")
    person.click("page tab", "Overview")
    person.see("label", "crashed")
    rig.picture("ten-guests-crash")
    if window.poll() is not None:
        rig.fail("the window is gone")
    person.report("ten guests")
    rig.check_stalls()
    for name in names:
        rig.run(program, "kill", name)
    if not rig.wait(lambda: set(states(rig).values()) == {"off"}, 60):
        rig.fail(f"not all end: {states(rig)}")
    subprocess.run(["umount", "-l", house.small], check=False)
    print("passed")

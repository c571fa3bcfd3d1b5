#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes the user guide's pictures of sliders and settings, light and dark: guide_pictures.py PROGRAM FOLDER"""
import json
import os
import shutil
import subprocess
import sys
import time
import uuid

from gui_rig import Rig, skip
from person import Person

program, folder = sys.argv[1:3]
for tool in ("xorriso", "import"):
    if not shutil.which(tool):
        skip(f"{tool} is not installed")


def take(rig, title, name):
    time.sleep(1)
    window = rig.window(title)
    rig.run("import", "-window", window, os.path.join(folder, name + ".png"))
    print("made", name)


def make(suffix):
    with Rig(screen="1280x900") as rig:
        home = os.path.join(rig.environment["XDG_DATA_HOME"], "guesthouse", "guests", "Workshop")
        os.makedirs(os.path.join(home, "disks"))
        subprocess.run(["truncate", "-s", "20G", os.path.join(home, "disks", "system.img")], check=True)
        with open(os.path.join(home, "guest.json"), "w", encoding="utf-8") as file:
            json.dump({"version": 1, "presentation": {"group": "Lab"}, "hardware": {
                "name": "Workshop", "id": str(uuid.uuid4()), "cpuCount": 2, "memoryBytes": 2 << 30, "cds": [{}],
                "disks": [{"path": "disks/system.img", "format": "raw"}], "networks": [{}]}}, file)
        medium = os.path.join(rig.environment["HOME"], "debian-12.iso")
        content = os.path.join(rig.folder, "content")
        os.mkdir(content)
        subprocess.run(["xorriso", "-as", "mkisofs", "-quiet", "-V", "Debian 12.5.0 amd64 n", "-o", medium, content],
                       check=True, capture_output=True)
        if suffix:
            settings = os.path.join(rig.environment["XDG_CONFIG_HOME"], "guesthouse", "guesthouse.conf")
            os.makedirs(os.path.dirname(settings))
            with open(settings, "w", encoding="ascii") as file:
                file.write("[look]\ndark=true\n")
        person = Person(rig)
        rig.start([program])
        rig.window("Guesthouse")
        person.see("list item", "Workshop")
        person.click("page tab", "Settings")
        person.click("slider", "Memory", share=0.7)
        person.click("list item", "Disk 1")
        person.click("slider", "Disk", share=0.3)
        take(rig, "Workshop", "settings" + suffix)
        person.press("ctrl+n")
        person.see("dialog", "New guest")
        person.type(medium)
        person.see("label", "Recognised")
        person.press("alt+n")
        person.see("slider", "Memory")
        take(rig, "New guest", "sizes" + suffix)
        rig.check_stalls()


os.makedirs(folder, exist_ok=True)
make("")
make("-dark")

#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""From nothing to a guest that answers the keyboard, without touching the mouse."""
import json
import os
import sys
import time

from gui_rig import Rig, skip

program, medium = sys.argv[1:3]
if not os.path.exists(medium):
    skip("no MikeOS image on this machine")
if not os.access("/dev/kvm", os.R_OK | os.W_OK):
    skip("/dev/kvm is not accessible")


def screen(rig):
    return rig.run(program, "screen-text", "MikeOS 4").stdout


with Rig() as rig:
    begin = time.monotonic()
    rig.start_session_bus()
    rig.start([program])
    rig.window("Guesthouse")
    pressed = 0
    rig.keys("ctrl+n")
    rig.window("New guest")
    time.sleep(0.5)
    rig.type(medium)
    time.sleep(1.5)
    for key in ("alt+n", "alt+n", "alt+c"):
        rig.keys(key)
        time.sleep(0.7)
        pressed += 1
    if not rig.wait(lambda: "MikeOS 4" in rig.run(program, "list", "--running").stdout, 30):
        rig.fail("the guest does not run: " + rig.run(program, "list", "--running").stdout)
    if not rig.wait(lambda: "Please select an interface" in screen(rig), 60):
        rig.fail("no greeting on the guest's screen: " + screen(rig))
    print(f"from start to the guest's greeting: {time.monotonic() - begin:.1f} s, {pressed + 1} key presses and a path")
    rig.window("MikeOS 4")
    rig.keys("Return")
    if not rig.wait(lambda: "KERNEL.BIN" in screen(rig), 30):
        rig.fail("the guest does not answer the keyboard: " + screen(rig))
    folder = os.path.join(rig.environment["XDG_DATA_HOME"], "guesthouse", "guests", "MikeOS 4")
    with open(os.path.join(folder, "guest.json"), encoding="utf-8") as file:
        stored = json.load(file)
    if stored["hardware"]["cds"][0]["path"] != medium:
        rig.fail("the configuration names another medium")
    rig.run(program, "kill", "MikeOS 4")
    if not rig.wait(lambda: "MikeOS 4" not in rig.run(program, "list", "--running").stdout, 20):
        rig.fail("the guest does not end")
    if not rig.wait(lambda: os.path.exists(os.path.join(folder, "last-frame.png")), 20):
        rig.fail("the last picture was not kept")
    rig.check_stalls()
    print("passed")

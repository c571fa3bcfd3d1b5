# SPDX-License-Identifier: GPL-3.0-or-later
"""Somebody who uses the program: finds things on the screen by what they are called, points, clicks and types, and
counts all of it."""
import json
import os
import subprocess
import time

from gui_rig import python_with_accessibility

PATIENCE = 40


class Person:
    def __init__(self, rig):
        self.rig = rig
        self.clicks = 0
        self.keys = 0
        self.begin = time.monotonic()
        python = python_with_accessibility()
        rig.start_session_bus()
        self.eyes = rig.start([python, os.path.join(os.path.dirname(__file__), "accessible_things.py")],
                              stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def look(self, role="", name=""):
        """Everything on the screen of this role whose name contains `name`."""
        self.eyes.stdin.write(json.dumps({"role": role, "name": name}) + "\n")
        self.eyes.stdin.flush()
        answer = self.eyes.stdout.readline()
        if not answer:
            self.rig.fail("the accessibility bus cannot be asked")
        return json.loads(answer)

    def see(self, role="", name="", accepts=lambda thing: True, timeout=PATIENCE):
        """Waits for it; the test fails when it does not come."""
        found = self.rig.wait(lambda: [thing for thing in self.look(role, name) if accepts(thing)], timeout)
        if not found:
            seen = sorted({thing["name"] for thing in self.look(role) if thing["name"]})
            self.rig.fail(f"no {role or 'thing'} “{name}” after {timeout} s; there are {seen}")
        return found[0]

    def enabled(self, role, name, timeout=PATIENCE):
        return self.see(role, name, lambda thing: thing["enabled"] and thing["width"] > 0, timeout)

    def point(self, x, y):
        self.rig.run("xdotool", "mousemove", "--sync", str(int(x)), str(int(y)))
        time.sleep(0.05)

    def click(self, role, name, share=0.5):
        """In the middle; `share`: how far along its width."""
        thing = self.enabled(role, name)
        self.point(thing["x"] + thing["width"] * share, thing["y"] + thing["height"] / 2)
        self.rig.run("xdotool", "click", "1")
        self.clicks += 1
        time.sleep(0.3)

    def drag(self, start, end):
        """From one place on the screen to another, as a hand does: not in one leap."""
        self.point(*start)
        self.rig.run("xdotool", "mousedown", "1")
        for step in range(1, 21):
            self.point(*(start[axis] + (end[axis] - start[axis]) * step / 20 for axis in (0, 1)))
        time.sleep(0.4)
        self.rig.run("xdotool", "mouseup", "1")
        self.clicks += 1

    def press(self, *names):
        for name in names:
            self.rig.keys(name)
            self.keys += 1

    def type(self, text):
        self.rig.run("xdotool", "type", "--delay", "12", text)
        self.keys += len(text)

    def tab_to(self, role, name, most=60):
        """Tab until this thing has the focus."""
        for _ in range(most):
            if any(thing["focused"] for thing in self.look(role, name)):
                return
            self.press("Tab")
        self.rig.fail(f"Tab does not lead to {role} “{name}”")

    def report(self, what):
        print(f"{what}: {self.clicks} clicks, {self.keys} keys, {time.monotonic() - self.begin:.0f} s")

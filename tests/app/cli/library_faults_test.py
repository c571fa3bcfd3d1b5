#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""library_faults_test.py GUESTHOUSE kills|faults: the library of guests when things go wrong.

kills: the program is killed at any moment while it creates, imports, clones or changes guests; nothing that was there
is lost and the next start is clean.
faults: no space, a read-only folder, a disk or a CD that is gone; one clear sentence, nothing half done left behind."""
import glob
import json
import os
import random
import subprocess
import sys
import tempfile
import time

program, part = sys.argv[1:3]
MIB = 1 << 20
KILLS = 120
problems = []


def check(condition, text):
    if not condition:
        problems.append(text)
        print("FAILED:", text)


class House:
    def __init__(self, folder):
        self.environment = dict(os.environ, LC_ALL="C.UTF-8", HOME=folder)
        for variable, name in (("XDG_DATA_HOME", "data"), ("XDG_RUNTIME_DIR", "run"), ("XDG_CONFIG_HOME", "config")):
            self.environment[variable] = os.path.join(folder, name)
            os.makedirs(self.environment[variable], 0o700, exist_ok=True)
        self.root = os.path.join(folder, "data", "guesthouse", "guests")

    def start(self, *words):
        return subprocess.Popen([program, *words], env=self.environment, stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE, text=True)

    def run(self, *words):
        process = self.start(*words)
        output, complaint = process.communicate(timeout=120)
        return process.returncode, output, complaint

    def names(self):
        code, output, complaint = self.run("list", "--json")
        check(code == 0, f"list fails: {complaint}")
        return sorted(guest["name"] for guest in json.loads(output or "[]"))

    def leftovers(self):
        """What a finished operation must not leave: staging folders and half-written files."""
        return glob.glob(self.root + "/.new-*") + glob.glob(self.root + "/**/*.new", recursive=True)


def sound(house, name):
    """The guest can be shown, says what it did before, and its disk is whole."""
    code, output, complaint = house.run("show", "--json", name)
    if code != 0:
        return f"{name} cannot be shown: {complaint}"
    for disk in json.loads(output)["disks"]:
        code, _, complaint = house.run("disk", "check", disk["path"])
        if code != 0:
            return f"the disk of {name} is damaged: {complaint}"
    return ""


def kills(folder):
    house = House(folder)
    source = os.path.join(folder, "source.img")
    with open(source, "wb") as image:
        for _ in range(24):
            image.write(os.urandom(MIB))
    check(house.run("create", "Old", "--disk-size", "1G")[0] == 0, "no guest to begin with")
    check(house.run("export", "Old", os.path.join(folder, "old.tar.zst"))[0] == 0, "no archive to begin with")
    luck = random.Random(20261122)
    finished, expected_memory = 0, json.loads(house.run("show", "--json", "Old")[1])["memoryBytes"]
    for number in range(KILLS):
        memory = luck.randrange(64, 512, 16)
        words = luck.choice([("create", f"New {number}", source, "--copy"),
                             ("create", f"New {number}", "--disk-size", "2G"),
                             ("import", os.path.join(folder, "old.tar.zst"), "--name", f"New {number}"),
                             ("clone", "Old", f"New {number}"),
                             ("set", "Old", f"memory={memory}M")])
        process = house.start(*words)
        # Mostly early: a change of a setting takes a few milliseconds.
        time.sleep(luck.random() ** 3 * 0.3)
        process.kill()
        process.communicate()
        finished += process.returncode == 0
        names = house.names()
        check("Old" in names, f"“Old” is lost after {words}")
        check(not house.leftovers(), f"after {words} and a start there is {house.leftovers()}")
        for name in names:
            trouble = sound(house, name)
            check(not trouble, f"after {words}: {trouble}")
        now = json.loads(house.run("show", "--json", "Old")[1])["memoryBytes"]
        check(now in (expected_memory, memory * MIB), f"after {words} “Old” has {now} bytes of memory")
        expected_memory = now
        for name in names:
            if name != "Old":
                check(house.run("delete", name)[0] == 0, f"{name} cannot be deleted")
    print(f"{KILLS} kills, {finished} of them too late")
    check(finished < KILLS, "nothing was interrupted")


def complains(house, words, *parts):
    """It ends at once with a failure and a sentence that names the cause."""
    code, _, complaint = house.run(*words)
    print(" ".join(words[:3]), "->", complaint.strip())
    check(code not in (0, None), f"{words} claims to have worked")
    check(any(part in complaint for part in parts), f"{words} says “{complaint.strip()}”, not {parts}")
    check(complaint.count("\n") <= 3, f"{words} talks too much: {complaint}")


def faults(folder):
    small = os.path.join(folder, "small")
    os.mkdir(small)
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=3m", "none", small], check=True)
    house = House(small)
    source = os.path.join(folder, "source.img")
    with open(source, "wb") as image:
        image.write(os.urandom(8 * MIB))
    check(house.run("create", "Old", "--disk-size", "1G")[0] == 0, "no guest to begin with")
    complains(house, ["create", "Copy", source, "--copy"], "No space", "no space", "full")
    check(house.names() == ["Old"] and not house.leftovers(), f"a failed copy leaves {house.leftovers()}")
    with open(os.path.join(small, "filler"), "wb") as filler:
        try:
            filler.write(bytes(8 * MIB))
        except OSError:
            pass
    complains(house, ["create", "New", "--disk-size", "1G"], "No space", "no space", "full")
    before = house.run("show", "--json", "Old")[1]
    complains(house, ["set", "Old", "memory=128M"], "No space", "no space", "full")
    check(house.run("show", "--json", "Old")[1] == before, "a change that failed changed something")
    os.remove(os.path.join(small, "filler"))
    check(house.run("set", "Old", "memory=128M")[0] == 0, "with space again it still fails")

    subprocess.run(["mount", "-o", "remount,ro", small], check=True)
    complains(house, ["set", "Old", "memory=256M"], "Read-only", "read-only")
    complains(house, ["create", "New", "--disk-size", "1G"], "Read-only", "read-only")
    check(house.names() == ["Old"], "a read-only library is not listed")
    subprocess.run(["mount", "-o", "remount,rw", small], check=True)

    if os.access("/dev/kvm", os.R_OK | os.W_OK):
        cd = os.path.join(folder, "cd.iso")
        with open(cd, "wb") as image:
            image.write(bytes(2 * MIB))
        check(house.run("set", "Old", f"cd={cd}")[0] == 0, "no CD in the drive")
        running = house.start("start", "Old")
        for _ in range(100):
            if '"firmware"' in house.run("timeline", "--json", "Old")[1]:  # it reads its CD by now
                break
            time.sleep(0.2)
        check(running.poll() is None, f"the guest does not start: {running.poll() and running.communicate()}")
        os.remove(cd)  # while the guest has it
        code, _, complaint = house.run("reset", "Old")
        check(code == 0, "a guest whose CD file is gone cannot be reset: " + complaint)
        time.sleep(2)
        check("Old" in house.run("list", "--running")[1], "a guest dies with its CD file")
        house.run("kill", "Old")
        running.communicate(timeout=60)
        complains(house, ["start", "Old"], "cd.iso")
        check(house.run("set", "Old", "cd=")[0] == 0, "the missing CD cannot be taken out")
        os.remove(glob.glob(house.root + "/Old/disks/*")[0])
        complains(house, ["start", "Old"], "system.qcow2")
        check(house.names() == ["Old"], "a guest whose disk is missing is not listed")
    subprocess.run(["umount", "-l", small], check=False)


if part == "faults" and "--mounted" not in sys.argv:
    if subprocess.run(["unshare", "-rm", "true"], capture_output=True, check=False).returncode != 0:
        print("skipped: this machine lets nobody mount a small file system of their own")
        sys.exit(77)
    os.execvp("unshare", ["unshare", "-rm", sys.executable, __file__, program, part, "--mounted"])
with tempfile.TemporaryDirectory(prefix="guesthouse-faults-") as place:
    {"kills": kills, "faults": faults}[part](place)
sys.exit(1 if problems else 0)

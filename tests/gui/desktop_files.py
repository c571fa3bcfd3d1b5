#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Desktop file, metainfo and Flatpak manifest agree with each other and ask for no more than they should."""
import configparser
import os
import re
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ElementTree

source = sys.argv[1]
ID = "io.github.guesthouse.Guesthouse"
# Nothing of the user's files, no session services: whatever is added here must be needed by every user.
ALLOWED = {"--share=ipc", "--share=network", "--socket=wayland", "--socket=fallback-x11", "--device=kvm"}
problems = []


def path(name):
    return os.path.join(source, "flatpak", name)


desktop = configparser.ConfigParser(interpolation=None)
desktop.optionxform = str
desktop.read(path(ID + ".desktop"), encoding="utf-8")
entry = desktop["Desktop Entry"]
if entry["Icon"] != ID or not entry["Exec"].startswith("guesthouse"):
    problems.append("the desktop file names another program or icon")
for language in ("de", "fr", "es"):
    if f"Comment[{language}]" not in entry:
        problems.append(f"the desktop file has no comment in {language}")
with open(os.path.join(source, "app/desktop/desktop.cpp"), encoding="utf-8") as file:
    if ID not in file.read():
        problems.append("the program gives its windows another application id")

root = ElementTree.parse(path(ID + ".metainfo.xml")).getroot()
if root.findtext("id") != ID or root.findtext("launchable") != ID + ".desktop":
    problems.append("the metainfo is about another application")
if root.findtext("summary") != entry["Comment"] or len(root.findtext("summary")) > 35:
    problems.append("the summary is too long, or not the desktop file's comment")
with open(os.path.join(source, "CMakeLists.txt"), encoding="utf-8") as file:
    version = re.search(r"VERSION ([0-9.]+)", file.read().split("project(")[1]).group(1)
if root.find("releases/release").get("version") != version:
    problems.append(f"the newest release in the metainfo is not {version}")
for image in root.iter("image"):
    local = os.path.join(source, image.text.split(f"/v{version}/")[-1])
    if not os.path.exists(local):
        problems.append(f"no such picture: {local}")

with open(path(ID + ".yml"), encoding="utf-8") as file:
    manifest = file.read()
if f"id: {ID}" not in manifest:
    problems.append("the manifest is about another application")
asked = set(re.findall(r"^  - (--\S+)$", manifest, re.MULTILINE))
for permission in sorted(asked - ALLOWED):
    problems.append(f"a permission too many: {permission}")
if "--device=kvm" not in asked:
    problems.append("without /dev/kvm no guest runs")
if re.search(r"branch:\s", manifest):
    problems.append("sources must be tags, not branches")

for tool, arguments in (("appstreamcli", ["validate", "--no-net", path(ID + ".metainfo.xml")]),
                        ("desktop-file-validate", [path(ID + ".desktop")])):
    if not shutil.which(tool):
        print(tool, "is not installed; left out")
        continue
    result = subprocess.run([tool, *arguments], capture_output=True, text=True, timeout=50, check=False)
    if result.returncode != 0:
        problems.append(f"{tool}: {result.stdout}{result.stderr}")
for problem in problems:
    print(problem)
sys.exit(1 if problems else 0)

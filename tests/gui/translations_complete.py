#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every text of the application is translated in every language, and nothing else is in the files."""
import os
import re
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ElementTree

from gui_rig import skip

source = sys.argv[1]
LUPDATE = "/usr/lib/qt6/bin/lupdate"
if not os.path.exists(LUPDATE):
    skip("lupdate is not installed")


def messages(path):
    result = {}
    for context in ElementTree.parse(path).getroot().findall("context"):
        for message in context.findall("message"):
            translation = message.find("translation")
            forms = [form.text or "" for form in translation.findall("numerusform")] or [translation.text or ""]
            key = (context.find("name").text, message.find("source").text)
            result[key] = (forms, translation.get("type"))
    return result


def placeholders(text):
    return sorted(re.findall(r"%[0-9n]", text))


with tempfile.TemporaryDirectory() as folder:
    fresh = os.path.join(folder, "fresh.ts")
    parts = [os.path.join(source, part) for part in ("app/ui", "app/control", "app/desktop", "wizards")]
    includes = [argument for part in (".", "app", "engine") for argument in ("-I", os.path.join(source, part))]
    subprocess.run([LUPDATE, "-silent", "-no-obsolete", *includes, *parts, "-ts", fresh], check=True,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    wanted = set(messages(fresh))
    if len(wanted) < 100:
        sys.exit("lupdate found hardly any text")
    problems = 0
    for language in ("de", "fr", "es"):
        have = messages(os.path.join(source, "translations", f"guesthouse_{language}.ts"))
        for key in sorted(wanted ^ set(have)):
            print(f"{language}: {'missing' if key in wanted else 'not in the program'}: {key}")
            problems += 1
        for key, (forms, kind) in have.items():
            isPlural = "%n" in key[1]
            if kind or not all(forms) or (isPlural and len(forms) != 2):
                print(f"{language}: not finished: {key}")
                problems += 1
            elif any(placeholders(form) != placeholders(key[1]) for form in forms):
                print(f"{language}: other placeholders: {key}")
                problems += 1
    print(f"{len(wanted)} texts, {problems} problems")
    sys.exit(1 if problems else 0)

#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a screen reader sees: every control of the main window, the settings, the wizard and the preferences has a
name and a role, and the Tab key leads through all of them and round again."""
import json
import os
import subprocess
import sys
import time
import uuid

from gui_rig import Rig, python_with_accessibility

if sys.argv[1] != "--inside":
    # Accessibility needs a session bus that the program and this script share.
    python = python_with_accessibility()
    with Rig() as rig:
        for number in range(3):
            folder = os.path.join(rig.environment["XDG_DATA_HOME"], "guesthouse", "guests", f"Guest {number}")
            os.makedirs(folder)
            with open(os.path.join(folder, "guest.json"), "w", encoding="utf-8") as file:
                json.dump({"version": 1, "hardware": {"name": f"Guest {number}", "id": str(uuid.uuid4()), "cds": [{}],
                                                      "networks": [{}]}}, file)
        result = subprocess.run(["dbus-run-session", "--", python, __file__, "--inside", *sys.argv[1:]],
                                env=rig.environment, timeout=280)
    sys.exit(result.returncode)

import gi
gi.require_version("Atspi", "2.0")
from gi.repository import Atspi  # noqa: E402

INTERACTIVE = {Atspi.Role.PUSH_BUTTON, Atspi.Role.TOGGLE_BUTTON, Atspi.Role.CHECK_BOX, Atspi.Role.RADIO_BUTTON,
               Atspi.Role.COMBO_BOX, Atspi.Role.ENTRY, Atspi.Role.TEXT, Atspi.Role.PASSWORD_TEXT, Atspi.Role.SPIN_BUTTON,
               Atspi.Role.SLIDER, Atspi.Role.LIST, Atspi.Role.TABLE, Atspi.Role.TREE, Atspi.Role.TREE_TABLE,
               Atspi.Role.PAGE_TAB, Atspi.Role.MENU, Atspi.Role.MENU_ITEM, Atspi.Role.CHECK_MENU_ITEM}
CONTROLS = (INTERACTIVE | {Atspi.Role.PAGE_TAB_LIST}) - {Atspi.Role.PAGE_TAB, Atspi.Role.MENU, Atspi.Role.MENU_ITEM}
COMPOSED = {Atspi.Role.COMBO_BOX, Atspi.Role.SPIN_BUTTON}


def children(node):
    for index in range(node.get_child_count()):
        child = node.get_child_at_index(index)
        if child is not None:
            yield child


def has(node, state):
    return node.get_state_set().contains(state)


def walk(node, depth=0):
    if depth > 30:
        return
    yield node
    # The parts of a combo box or spin box are announced as the whole.
    if node.get_role() not in COMPOSED:
        for child in children(node):
            yield from walk(child, depth + 1)


def name_of(node):
    if node.get_name():
        return node.get_name()
    for relation in node.get_relation_set():
        if relation.get_relation_type() == Atspi.RelationType.LABELLED_BY:
            return relation.get_target(0).get_name()
    return ""


def key(*names):
    for name in names:
        subprocess.run(["xdotool", "key", name], check=True)
        time.sleep(0.4)


def wait(condition, what, timeout=40):
    end = time.monotonic() + timeout
    while time.monotonic() < end:
        found = condition()
        if found:
            return found
        time.sleep(0.3)
    sys.exit("FAILED: no " + what)


def application():
    desktop = Atspi.get_desktop(0)
    return next((child for child in children(desktop) if "guesthouse" in (child.get_name() or "").lower()), None)


def window(title):
    app = application()
    for frame in children(app) if app else ():
        if title in (frame.get_name() or "") and has(frame, Atspi.StateType.SHOWING):
            return frame
    return None


problems = []


def check_names(frame, where):
    seen = 0
    for node in walk(frame):
        role = node.get_role()
        if not has(node, Atspi.StateType.SHOWING) or not has(node, Atspi.StateType.VISIBLE):
            continue
        if has(node, Atspi.StateType.FOCUSABLE) and role in (Atspi.Role.UNKNOWN, Atspi.Role.INVALID):
            problems.append(f"{where}: a control without a role, called “{node.get_name()}”")
        if role not in INTERACTIVE or (role == Atspi.Role.TEXT and not has(node, Atspi.StateType.EDITABLE)):
            continue
        seen += 1
        if not name_of(node).strip():
            problems.append(f"{where}: a {node.get_role_name()} without a name, in {node.get_parent().get_name()}")
    print(f"{where}: {seen} controls")
    if seen < 4:
        problems.append(f"{where}: only {seen} controls are visible to a screen reader")


def focused(frame):
    # Current items of lists and tabs call themselves focused as well; the control itself is meant.
    for node in walk(frame):
        if has(node, Atspi.StateType.FOCUSED) and node.get_role() in CONTROLS:
            return (node.get_role_name(), name_of(node))
    return None


def check_tab_order(frame, where, least):
    order = []
    for _ in range(80):
        key("Tab")
        now = focused(frame)
        if now is None:
            continue
        if order and now == order[0] and len(set(order)) >= least:
            print(f"{where}: Tab goes round {len(set(order))} controls")
            return list(dict.fromkeys(order))
        if len(order) > 3 and order[-1] == order[-2] == order[-3] == now:
            problems.append(f"{where}: Tab does not leave {now}")
            return order
        order.append(now)
    problems.append(f"{where}: Tab does not come back to where it began: {order}")
    return order


program = subprocess.Popen([sys.argv[2]], stderr=subprocess.DEVNULL)
try:
    main = wait(lambda: window("Guesthouse"), "main window on the accessibility bus")
    wait(lambda: "Guest 0" in main.get_name(), "selected guest")
    check_names(main, "main window")
    names = [name for _, name in check_tab_order(main, "main window", 4)]
    # Left to right, top to bottom: the list's column, then the header's buttons, then the tabs.
    wanted = ["Search guests", "Guests", "New guest…", "Start"]
    found = [name for name in names + names if name in wanted]
    if not any(found[at:at + len(wanted)] == wanted for at in range(len(found))):
        problems.append(f"main window: Tab goes another way than the eye: {names}")
    key("ctrl+3")
    time.sleep(1)
    check_names(main, "settings")
    check_tab_order(main, "settings", 12)
    key("ctrl+4")
    time.sleep(0.5)
    check_names(main, "log")
    key("ctrl+n")
    wizard = wait(lambda: window("New guest"), "wizard")
    check_names(wizard, "wizard, what")
    check_tab_order(wizard, "wizard, what", 4)
    key("alt+e", "alt+n")
    time.sleep(1)
    check_names(wizard, "wizard, how much")
    check_tab_order(wizard, "wizard, how much", 6)
    key("alt+n")
    time.sleep(1)
    check_names(wizard, "wizard, go")
    check_tab_order(wizard, "wizard, go", 4)
    key("Escape")
    key("ctrl+shift+comma")
    preferences = wait(lambda: window("Preferences"), "preferences")
    check_names(preferences, "preferences")
    check_tab_order(preferences, "preferences", 5)
finally:
    program.terminate()
    program.wait(10)
for problem in problems:
    print(problem)
print("FAILED" if problems else "passed")
sys.exit(1 if problems else 0)

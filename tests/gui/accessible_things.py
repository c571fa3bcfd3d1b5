#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Answers questions about what is on the screen, as a screen reader would find it: one JSON request a line.

{"role": "push button", "name": "Next"} gives the shown things of this role whose name contains the text, each with
name, role, states, value and place on the screen. Without a role: of every role."""
import json
import sys
import warnings

import gi

gi.require_version("Atspi", "2.0")
from gi.repository import Atspi, GLib  # noqa: E402

warnings.simplefilter("ignore", DeprecationWarning)  # older libraries do not have what replaces them

MOST_THINGS = 4000


def children(thing):
    for index in range(thing.get_child_count()):
        child = thing.get_child_at_index(index)
        if child:
            yield child


def describe(thing, shown):
    states = thing.get_state_set()
    place = thing.get_component_iface()
    extents = place.get_extents(Atspi.CoordType.SCREEN) if place else None
    value = thing.get_value_iface()
    text = thing.get_text_iface()
    return {"name": thing.get_name(), "role": thing.get_role_name(), "description": thing.get_description(),
            "x": extents.x if extents else 0, "y": extents.y if extents else 0,
            "width": extents.width if extents else 0, "height": extents.height if extents else 0,
            "value": value.get_current_value() if value else None,
            "text": text.get_text(0, min(text.get_character_count(), 2000)) if text else None,
            "shown": shown,
            "enabled": states.contains(Atspi.StateType.ENABLED),
            "focused": states.contains(Atspi.StateType.FOCUSED),
            "selected": states.contains(Atspi.StateType.SELECTED),
            "checked": states.contains(Atspi.StateType.CHECKED)}


def programs():
    found = [program for program in children(Atspi.get_desktop(0)) if "uesthouse" in (program.get_name() or "")]
    for program in found:
        program.set_cache_mask(Atspi.Cache.NONE)  # what is on the screen now, not what was
    return found


def find(role, name):
    found, looked_at = [], 0
    queue = programs()
    while queue and looked_at < MOST_THINGS:
        thing = queue.pop(0)
        looked_at += 1
        try:
            shown = thing.get_state_set().contains(Atspi.StateType.SHOWING)
            if shown and (not role or thing.get_role_name() == role) and name in (thing.get_name() or ""):
                found.append(describe(thing, shown))
            # Items of long lists are looked at like everything else; hidden pages are not.
            if shown or thing.get_role() in (Atspi.Role.APPLICATION, Atspi.Role.FRAME):
                queue.extend(children(thing))
        except GLib.Error:
            pass  # it went away while we looked
    return found


for line in sys.stdin:
    wanted = json.loads(line)
    try:
        answer = find(wanted.get("role", ""), wanted.get("name", ""))
    except GLib.Error:
        answer = []
    print(json.dumps(answer), flush=True)

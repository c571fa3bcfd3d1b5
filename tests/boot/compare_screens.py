#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Compares a guest's screen with the reference emulator's, pixel by pixel, at the same moment.

compare_screens.py --guesthouse PROGRAM --shared FOLDER [--build FOLDER] [--keep FOLDER] [GUEST...]

Each guest runs in both at once and is brought to the same moments. A moment is passed when both have shown
the very same picture. What blinks or moves by itself is looked at until both are caught in the same phase;
what may differ is listed with the reason in DIFFERENCES or at the guest, and is the only thing left out.
Exit code 77: nothing could be compared here.
"""
import argparse
import hashlib
import os
import re
import shutil
import signal
import sys
import tempfile
import time

import screen_guests
from screen_machines import Ours, Reference
from screen_pictures import differing, same_size, write_ppm

# Text that may differ in every guest.
DIFFERENCES = [
    (r'Machine UUID ([0-9a-f-]{36})', 'every guest has a UUID of its own'),
]
NINTH_DOT = ('characters B0h to BFh with nine dots: the reference continues their lines into the ninth dot, '
             'a VGA those of C0h to DFh only')


def wait_for_text(machine, wanted, limit):
    deadline = time.monotonic() + limit
    while not re.search(wanted, machine.text()):
        if time.monotonic() > deadline or not machine.running():
            return False
        time.sleep(0.3)
    return True


class Comparison:
    """One guest in both machines."""

    def __init__(self, name, guest, ours, reference, options):
        self.name, self.guest, self.options = name, guest, options
        self.ours, self.reference = ours, reference
        self.shown_before = set()
        self.reasons = set()

    def boxes(self, moment, picture):
        """Pixels that may differ: what the lists say, where their text is on the screen."""
        found = []
        if not moment.get('text mode', self.guest.get('text mode', True)):
            return found
        address, rows = moment.get('page', (0xb8000, 25))
        cells, texts = self.reference.cells(address, rows), (self.ours.text(), self.reference.text())
        across, down = picture.width // 80, picture.height // rows
        for pattern, reason in DIFFERENCES + self.guest.get('differences', []) + moment.get('differences', []):
            for text in texts:
                for row, line in enumerate(text.split('\n')[:25]):
                    for match in re.finditer(pattern, line):
                        group = 1 if match.re.groups else 0
                        found.append((match.start(group) * across, row * down, match.end(group) * across,
                                      (row + 1) * down))
                        self.reasons.add(reason)
        for row, first, last, reason in self.guest.get('cells', []):
            found.append((first * across, row * down, last * across, (row + 1) * down))
            self.reasons.add(reason)
        if picture.width == 720 and any(0xb0 <= cell <= 0xbf for cell in cells):
            self.reasons.add(NINTH_DOT)
            for at, cell in enumerate(cells):
                if 0xb0 <= cell <= 0xbf:
                    x, y = at % 80 * 9, at // 80 * down
                    found.append((x + 8, y, x + 9, y + down))
        return found

    def pass_moment(self, number, moment):
        """None when both have shown the same picture; otherwise what differed."""
        for machine, who in ((self.ours, 'ours'), (self.reference, 'the reference')):
            if 'type' in moment:
                machine.type(moment['type'])
            if 'text' in moment and not wait_for_text(machine, moment['text'], self.options.limit):
                return '%s did not reach its moment\n%s' % (who, machine.text())
        seen = ({}, {})
        deadline = time.monotonic() + moment.get('patience', 90)
        while True:
            pair = same_size(self.ours.picture(), self.reference.picture())
            boxes = self.boxes(moment, pair[0])
            rows = []
            for picture, sort in zip(pair, seen):
                reduced = picture.with_bits(moment.get('bits', 0xff))
                rows.append(reduced.without(boxes))
                key = hashlib.sha256(b'%d %d ' % (picture.width, picture.height) + b''.join(rows[-1])).digest()
                if key not in self.shown_before and moment.get('size', (picture.width, picture.height)) \
                        == (picture.width, picture.height):
                    sort[key] = True
            if seen[0].keys() & seen[1].keys():
                self.shown_before = seen[0].keys() | seen[1].keys()
                self.keep(number, pair)
                return None
            if time.monotonic() > deadline or not self.ours.running() or not self.reference.running():
                self.keep(number, pair)
                return self.describe(pair, rows)
            time.sleep(moment.get('pause', 0.15))

    @staticmethod
    def describe(pair, rows):
        if (pair[0].width, pair[0].height) != (pair[1].width, pair[1].height):
            return '%dx%d against %dx%d' % (pair[0].width, pair[0].height, pair[1].width, pair[1].height)
        bad = differing(*rows)
        if not bad:
            return 'the picture is the one of the moment before, or of another size than expected'
        return '%d pixels of %dx%d differ, first at %s; ours %s, reference %s' % (
            len(bad), pair[0].width, pair[0].height, bad[0], pair[0].pixel(*bad[0]).hex(),
            pair[1].pixel(*bad[0]).hex())

    def keep(self, number, pair):
        if self.options.keep:
            for label, picture in zip(('ours', 'reference'), pair):
                write_ppm(os.path.join(self.options.keep, '%s-%d-%s.ppm' % (self.name, number, label)), picture)

    def run(self):
        failed = 0
        for number, moment in enumerate(self.guest['moments']):
            what = self.name + (' (%s)' % moment['what'] if 'what' in moment else '')
            problem = self.pass_moment(number, moment)
            print('EQUAL ' + what if problem is None else 'FAIL %s: %s' % (what, problem))
            failed += problem is not None
        for reason in sorted(self.reasons):
            print('    left out: ' + reason)
        return failed == 0


def run_one(name, guest, options):
    missing = [path for path in guest['needs'] if not os.path.exists(path)]
    if missing:
        print('SKIP %s: not on this machine: %s' % (name, ', '.join(missing)))
        return None
    with tempfile.TemporaryDirectory(prefix='gh-screens-') as folder:
        ours, reference = Ours(options.guesthouse, folder, guest['ours']), None
        try:
            reference = Reference(folder, guest['reference'])
            return Comparison(name, guest, ours, reference, options).run()
        finally:
            for machine in (ours, reference):
                if machine:
                    machine.end()


def main():
    parser = argparse.ArgumentParser(description='Compare screens with the reference emulator')
    parser.add_argument('--guesthouse', required=True)
    parser.add_argument('--shared', required=True)
    parser.add_argument('--build', default='', help='where the guests of the tests have been built')
    parser.add_argument('--keep', help='leave both pictures of each moment in this folder')
    parser.add_argument('--limit', type=int, default=900, help='seconds for one machine to get there')
    parser.add_argument('guests', nargs='*')
    options = parser.parse_args()
    if not os.access('/dev/kvm', os.R_OK | os.W_OK) or not shutil.which('qemu-system-x86_64'):
        print('SKIP: no /dev/kvm, or no qemu-system-x86_64')
        return 77
    sys.stdout.reconfigure(line_buffering=True)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    with tempfile.TemporaryDirectory(prefix='gh-media-') as scratch:
        table = screen_guests.guests(options.shared, options.build, scratch)
        results = [run_one(name, table[name], options) for name in options.guests or table]
    if all(result is None for result in results):
        return 77
    return 0 if all(result is not False for result in results) else 1


if __name__ == '__main__':
    sys.exit(main())

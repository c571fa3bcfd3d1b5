#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Compares a guest's screen with the reference emulator's, pixel by pixel, at the same moment.

compare_screens.py --guesthouse PROGRAM --shared FOLDER [--keep FOLDER] [GUEST...]

Each guest is started in both and brought to a moment at which it draws nothing. Where pixels may differ
is listed with the reason in DIFFERENCES or at the guest; everything else must be equal. Exit code 77:
nothing could be compared here.
"""
import argparse
import json
import os
import re
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time
import zlib

# Lines of text that may differ, in every guest.
DIFFERENCES = [
    (r'Machine UUID', 'every guest has a UUID of its own'),
    (r'SeaBIOS \(version', 'the line before which firmware may print other lines'),
]


class Picture:
    """Pixels as rows of (r, g, b) bytes."""

    def __init__(self, width, height, rows):
        self.width, self.height, self.rows = width, height, rows

    def scaled(self, across, down):
        rows = []
        for row in self.rows:
            wide = b''.join(row[x * 3:x * 3 + 3] * across for x in range(self.width))
            rows.extend([wide] * down)
        return Picture(self.width * across, self.height * down, rows)

    def pixel(self, x, y):
        return self.rows[y][x * 3:x * 3 + 3]


def read_ppm(path):
    with open(path, 'rb') as file:
        data = file.read()
    fields = data.split(maxsplit=4)
    if len(fields) < 4 or fields[0] != b'P6':
        raise ValueError('not a picture: ' + path)
    width, height = int(fields[1]), int(fields[2])
    pixels = data[len(data) - width * height * 3:]
    return Picture(width, height, [pixels[y * width * 3:(y + 1) * width * 3] for y in range(height)])


def unfilter(kind, row, above, step):
    """PNG (third edition), 9.2: what the filters of a row have done."""
    for i in range(len(row)):
        left = row[i - step] if i >= step else 0
        up = above[i]
        corner = above[i - step] if i >= step else 0
        if kind == 1:
            row[i] = row[i] + left & 255
        elif kind == 2:
            row[i] = row[i] + up & 255
        elif kind == 3:
            row[i] = row[i] + (left + up >> 1) & 255
        elif kind == 4:
            guess = left + up - corner
            distances = abs(guess - left), abs(guess - up), abs(guess - corner)
            row[i] = row[i] + (left, up, corner)[distances.index(min(distances))] & 255


def read_png(path):
    with open(path, 'rb') as file:
        data = file.read()
    at, packed, palette = 8, b'', b''
    while at < len(data):
        length, kind = struct.unpack('>I4s', data[at:at + 8])
        body = data[at + 8:at + 8 + length]
        if kind == b'IHDR':
            width, height, depth, colour = struct.unpack('>IIBB', body[:10])
        elif kind == b'IDAT':
            packed += body
        elif kind == b'PLTE':
            palette = body
        at += 12 + length
    step = {0: 1, 2: 3, 3: 1, 6: 4}[colour]
    if depth != 8:
        raise ValueError('a PNG with %d bits' % depth)
    raw = zlib.decompress(packed)
    above, rows = bytearray(width * step), []
    for y in range(height):
        start = y * (width * step + 1)
        row = bytearray(raw[start + 1:start + 1 + width * step])
        if raw[start]:
            unfilter(raw[start], row, above, step)
        above = row
        if colour == 6:
            row = b''.join(row[x * 4:x * 4 + 3] for x in range(width))
        elif colour == 3:
            row = b''.join(palette[c * 3:c * 3 + 3] for c in row)
        elif colour == 0:
            row = b''.join(bytes((c, c, c)) for c in row)
        rows.append(bytes(row))
    return Picture(width, height, rows)


class Ours:
    """Our program, driven by its verbs."""

    def __init__(self, program, folder, options):
        self.program, self.folder = program, folder
        self.name = 'compared'
        self.environment = dict(os.environ, XDG_RUNTIME_DIR=folder)
        self.process = subprocess.Popen([program, 'run', '--name', self.name] + options,
                                        env=self.environment, stdout=subprocess.DEVNULL,
                                        stderr=subprocess.PIPE)

    def verb(self, *words):
        return subprocess.run([self.program, words[0], self.name] + list(words[1:]), env=self.environment,
                              capture_output=True, text=True, timeout=60, check=False)

    def running(self):
        return self.process.poll() is None

    def text(self):
        done = self.verb('screen-text')
        return done.stdout if done.returncode == 0 else ''

    def cursor(self):
        done = self.verb('screen-text', '--json')
        if done.returncode != 0:
            return None
        view = json.loads(done.stdout)
        cursor = view.get('cursor', view)
        for names in (('column', 'row'), ('cursorColumn', 'cursorRow')):
            if names[0] in cursor:
                return cursor[names[0]], cursor[names[1]]
        return None

    def picture(self):
        path = os.path.join(self.folder, 'ours.png')
        done = self.verb('screenshot', path)
        if done.returncode != 0:
            raise RuntimeError('our screenshot failed: ' + done.stderr)
        return read_png(path)

    def type(self, text):
        self.verb('type', text)

    def end(self):
        self.process.kill()
        self.process.wait()


class Reference:
    """QEMU with its own interpreter, driven through QMP."""

    def __init__(self, folder, options):
        self.folder = folder
        path = os.path.join(folder, 'qmp')
        self.process = subprocess.Popen(
            ['qemu-system-x86_64', '-M', 'q35', '-accel', 'tcg', '-nodefaults', '-display', 'none', '-vga',
             'std', '-serial', 'null', '-qmp', 'unix:%s,server=on,wait=off' % path] + options,
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        self.socket = socket.socket(socket.AF_UNIX)
        for _ in range(200):
            try:
                self.socket.connect(path)
                break
            except OSError:
                time.sleep(0.1)
        self.file = self.socket.makefile('rw')
        self.file.readline()
        self.command('qmp_capabilities')

    def command(self, name, **arguments):
        self.file.write(json.dumps({'execute': name, 'arguments': arguments}) + '\n')
        self.file.flush()
        while True:
            answer = json.loads(self.file.readline())
            if 'return' in answer:
                return answer['return']
            if 'error' in answer:
                raise RuntimeError(answer['error'])

    def running(self):
        return self.process.poll() is None

    def text(self):
        path = os.path.join(self.folder, 'text.bin')
        self.command('pmemsave', val=0xb8000, size=4000, filename=path)
        with open(path, 'rb') as file:
            cells = file.read()[::2].decode('cp437')
        return '\n'.join(cells[row * 80:row * 80 + 80].rstrip() for row in range(25))

    def picture(self):
        path = os.path.join(self.folder, 'reference.ppm')
        self.command('screendump', filename=path)
        return read_ppm(path)

    def type(self, text):
        names = {' ': 'spc', '\n': 'ret'}
        for character in text:
            self.command('send-key', keys=[{'type': 'qcode', 'data': names.get(character, character)}])
            time.sleep(0.1)

    def end(self):
        self.process.kill()
        self.process.wait()


def stays(before, now):
    """True when nothing but a blinking cursor has changed."""
    if not before or (before.width, before.height) != (now.width, now.height):
        return False
    columns, rows = set(), set()
    for y in range(now.height):
        if now.rows[y] != before.rows[y]:
            rows.add(y)
            columns.update(x for x in range(now.width) if now.pixel(x, y) != before.pixel(x, y))
    return not rows or (max(rows) - min(rows) < 16 and max(columns) - min(columns) < 9)


def wait_for(machine, guest, limit):
    """Until the guest's moment: its text, if it has one, then a picture that stays."""
    deadline = time.monotonic() + limit
    wanted = guest.get('text')
    while wanted and not re.search(wanted, machine.text()):
        if time.monotonic() > deadline or not machine.running():
            return None
        time.sleep(0.5)
    for key in guest.get('type', []):
        machine.type(key)
        time.sleep(guest.get('after typing', 2))
    last = None
    while time.monotonic() < deadline and machine.running():
        now = machine.picture()
        size = guest.get('size')
        if (not size or size == (now.width, now.height)) and stays(last, now):
            return now
        last = now
        time.sleep(guest.get('pause', 2.5))
    return None


def masks(guest, texts, width, height):
    """Rectangles (x0, y0, x1, y1) that may differ, with reasons."""
    found = [(box, reason) for box, reason in guest.get('may differ', [])]
    lines = [text.split('\n') for text in texts]
    rows = max(len(line) for line in lines)
    for row in range(min(rows, 25)):
        for pattern, reason in DIFFERENCES + guest.get('lines', []):
            if any(row < len(text) and re.search(pattern, text[row]) for text in lines):
                found.append(((0, row * height // 25, width, (row + 1) * height // 25), reason))
    return found


def compare(ours, reference, allowed):
    """Differing pixels outside of what is allowed, and how many differ inside."""
    bad, excused = [], 0
    for y in range(ours.height):
        if ours.rows[y] == reference.rows[y]:
            continue
        for x in range(ours.width):
            if ours.pixel(x, y) == reference.pixel(x, y):
                continue
            if any(box[0] <= x < box[2] and box[1] <= y < box[3] for box, _ in allowed):
                excused += 1
            else:
                bad.append((x, y))
    return bad, excused


def same_size(ours, reference):
    """Low modes are doubled by one and not by the other; the pixels are the same."""
    for a, b in ((ours, reference), (reference, ours)):
        if a.width < b.width and b.width % a.width == 0 and b.height % a.height == 0:
            grown = a.scaled(b.width // a.width, b.height // a.height)
            return (grown, b) if a is ours else (b, grown)
    return ours, reference


def keep(folder, name, ours, reference):
    if not folder:
        return
    for label, picture in (('ours', ours), ('reference', reference)):
        with open(os.path.join(folder, '%s-%s.ppm' % (name, label)), 'wb') as file:
            file.write(b'P6\n%d %d\n255\n' % (picture.width, picture.height) + b''.join(picture.rows))


def run_one(name, guest, options):
    missing = [path for path in guest['needs'] if not os.path.exists(path)]
    if missing:
        print('SKIP %s: not on this machine: %s' % (name, ', '.join(missing)))
        return None
    with tempfile.TemporaryDirectory(prefix='gh-screens-') as folder:
        pictures, texts, cursor = [], [], None
        for kind in ('ours', 'reference'):
            machine = Ours(options.guesthouse, folder, guest['ours']) if kind == 'ours' \
                else Reference(folder, guest['reference'])
            try:
                picture = wait_for(machine, guest, options.limit)
                if picture is None:
                    print('FAIL %s: %s did not reach its moment\n%s' % (name, kind, machine.text()))
                    return False
                pictures.append(picture)
                texts.append(machine.text() if guest.get('text mode', True) else '')
                if kind == 'ours' and guest.get('text mode', True):
                    cursor = machine.cursor()
            finally:
                machine.end()
    keep(options.keep, name, *pictures)
    ours, reference = same_size(*pictures)
    if (ours.width, ours.height) != (reference.width, reference.height):
        print('FAIL %s: %dx%d against %dx%d' % (name, ours.width, ours.height, reference.width,
                                                reference.height))
        return False
    allowed = masks(guest, texts, ours.width, ours.height)
    if cursor:
        cell = ours.width // 80, ours.height // 25
        allowed.append(((cursor[0] * cell[0], cursor[1] * cell[1], (cursor[0] + 1) * cell[0],
                         (cursor[1] + 1) * cell[1]), 'the cursor blinks'))
    bad, excused = compare(ours, reference, allowed)
    print('%s %s: %dx%d, %d pixels differ, %d more where they may' % (
        'FAIL' if bad else 'EQUAL', name, ours.width, ours.height, len(bad), excused))
    for reason in sorted({reason for _, reason in allowed}) if excused else []:
        print('    may differ: ' + reason)
    if bad:
        print('    first at %s; ours %s, reference %s' % (bad[0], ours.pixel(*bad[0]).hex(),
                                                         reference.pixel(*bad[0]).hex()))
    return not bad


def media(kind, path):
    """Options for a medium in ours and in the reference."""
    return {'floppy': (['--floppy', path], ['-drive', 'if=floppy,format=raw,readonly=on,file=' + path]),
            'cd': (['--cd', path], ['-cdrom', path]),
            'kernel': (['--kernel', path], ['-kernel', path]),
            'firmware': (['--firmware', path], ['-bios', path])}[kind]


def guests(shared, scratch):
    others = os.path.join(shared, 'guests', 'others')

    def guest(kind, path, megabytes, **more):
        ours, reference = media(kind, path) if kind else ([], [])
        return dict({'needs': [path] if path else [],
                     'ours': ['--memory', '%dM' % megabytes] + ours,
                     'reference': ['-m', str(megabytes)] + reference}, **more)

    table = {
        'seabios': guest(None, None, 128, text='No bootable device'),
        'mikeos': guest('floppy', os.path.join(others, 'mikeos.flp'), 128, text='Please select an interface'),
        'bootbasic': guest('floppy', os.path.join(others, 'basic.img'), 128, text='(?m)^>'),
        'floppybird': guest('floppy', os.path.join(others, 'floppybird.img'), 128,
                            **{'text mode': False, 'size': (640, 400)}),
        'grub': guest('cd', '/usr/lib/grub-rescue/grub-rescue-cdrom.iso', 128, text='grub>'),
        'memtest86+': guest('cd', '/usr/lib/memtest86+/memtest86+x64.iso', 128, text='Press <F1>'),
        'u-boot': guest('firmware', '/usr/lib/u-boot/qemu-x86/u-boot.rom', 256,
                        **{'text mode': False, 'size': (1024, 768)}),
    }
    hdt = make_hdt_disc(scratch)
    if hdt:
        table['hdt'] = guest('cd', hdt, 128, text='Hardware Detection Tool')
    return table


def make_hdt_disc(folder):
    """A CD with ISOLINUX and the Hardware Detection Tool; None where they are not installed."""
    modules = '/usr/lib/syslinux/modules/bios'
    loader = '/usr/lib/ISOLINUX/isolinux.bin'
    names = ['hdt', 'libcom32', 'libgpl', 'libmenu', 'libutil', 'ldlinux']
    if not shutil.which('xorriso') or not os.path.exists(loader):
        return None
    tree = os.path.join(folder, 'hdt')
    os.makedirs(tree)
    for name in names:
        shutil.copy(os.path.join(modules, name + '.c32'), tree)
    shutil.copy(loader, tree)
    with open(os.path.join(tree, 'isolinux.cfg'), 'w', encoding='ascii') as file:
        file.write('DEFAULT hdt\nPROMPT 0\nLABEL hdt\n  COM32 hdt.c32\n')
    disc = os.path.join(folder, 'hdt.iso')
    subprocess.run(['xorriso', '-as', 'mkisofs', '-quiet', '-o', disc, '-b', 'isolinux.bin', '-no-emul-boot',
                    '-boot-load-size', '4', '-boot-info-table', tree], check=True, capture_output=True)
    return disc


def main():
    parser = argparse.ArgumentParser(description='Compare screens with the reference emulator')
    parser.add_argument('--guesthouse', required=True)
    parser.add_argument('--shared', required=True)
    parser.add_argument('--keep', help='leave both pictures of each guest in this folder')
    parser.add_argument('--limit', type=int, default=900, help='seconds for one machine to get there')
    parser.add_argument('guests', nargs='*')
    options = parser.parse_args()
    if not os.access('/dev/kvm', os.R_OK | os.W_OK) or not shutil.which('qemu-system-x86_64'):
        print('SKIP: no /dev/kvm, or no qemu-system-x86_64')
        return 77
    sys.stdout.reconfigure(line_buffering=True)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    with tempfile.TemporaryDirectory(prefix='gh-media-') as scratch:
        table = guests(options.shared, scratch)
        results = [run_one(name, table[name], options) for name in options.guests or table]
    if all(result is None for result in results):
        return 77
    return 0 if all(result is not False for result in results) else 1


if __name__ == '__main__':
    sys.exit(main())

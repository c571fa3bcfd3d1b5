# SPDX-License-Identifier: GPL-3.0-or-later
"""Our program and the reference emulator behind one interface: start, type, read the screen, end."""
import json
import os
import socket
import subprocess
import time

from screen_pictures import read_png, read_ppm


# SeaBIOS prints it; ours has one of its own.
UUID = '01234567-89ab-4def-8123-456789abcdef'


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
        # Without the option ROM for Windows XP that QEMU's interrupt controller brings along: the firmware takes
        # it for a disk's and starts from disks first.
        options = ['-global', 'apic.vapic=off'] + options
        self.process = subprocess.Popen(
            ['qemu-system-x86_64', '-M', 'q35', '-accel', 'tcg', '-nodefaults', '-display', 'none', '-vga',
             'std', '-serial', 'null', '-uuid', UUID, '-qmp', 'unix:%s,server=on,wait=off' % path] + options,
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

    def cells(self, address=0xb8000, rows=25):
        """The characters of a page of text with 80 columns."""
        path = os.path.join(self.folder, 'text.bin')
        self.command('pmemsave', val=address, size=rows * 160, filename=path)
        with open(path, 'rb') as file:
            return file.read()[::2]

    def text(self):
        cells = self.cells().decode('cp437')
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

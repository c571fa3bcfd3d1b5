# SPDX-License-Identifier: GPL-3.0-or-later
"""The guests whose screens are compared: what they start from, and the moments that are looked at.

A moment has the text to wait for ('text'), the keys that lead to it ('type'), the size of its picture
('size'), the text that may differ with the reason ('differences'), where its page of text is and how many
rows it has ('page'), the bits of a colour that count ('bits'). A guest may have 'cells' that differ.
"""
import os
import shutil
import subprocess


# Rows and columns of memtest86+'s screen.
MEMTEST_CELLS = [
    *[(row, 29, 80, 'memtest86+: the name of the CPU, and how far the test has come') for row in range(6)],
    *[(row, 10, 18, 'memtest86+: clock and caches of the CPU') for row in range(1, 5)],
    (7, 50, 59, 'memtest86+: the time'), (7, 76, 79, 'memtest86+: the wheel that turns'),
    (8, 7, 20, 'memtest86+: which CPU does the present test'),
    (23, 10, 70, 'memtest86+: the name of the machine'),
]


def media(kind, path):
    """Options for a medium in ours and in the reference."""
    return {'floppy': (['--floppy', path], ['-boot', 'order=ac', '-drive',
                                            'if=floppy,format=raw,readonly=on,file=' + path]),
            'cd': (['--cd', path], ['-boot', 'order=d', '-cdrom', path]),
            'nothing': ([], ['-boot', 'order=ac'])}[kind]


def guest(kind, path, megabytes, *moments, **more):
    ours, reference = media(kind, path or '')
    return dict({'needs': [path] if path else [],
                 'ours': ['--network', 'none', '--memory', '%dM' % megabytes] + ours,
                 'reference': ['-m', str(megabytes)] + reference,
                 'moments': moments}, **more)


def guests(shared, build, scratch):
    others = os.path.join(shared, 'guests', 'others')
    table = {
        'seabios': guest('nothing', None, 128, {'text': 'No bootable device'}),
        'mikeos': guest('floppy', os.path.join(others, 'mikeos.flp'), 128,
                        {'text': 'Please select an interface'}),
        'bootbasic': guest('floppy', os.path.join(others, 'basic.img'), 128, {'text': '(?m)^>'}),
        'floppybird': guest('floppy', os.path.join(others, 'floppybird.img'), 128,
                            {'size': (640, 400), 'text mode': False}),
        'grub': guest('cd', '/usr/lib/grub-rescue/grub-rescue-cdrom.iso', 128,
                      {'what': 'menu', 'text': 'before booting or'},
                      {'what': 'prompt', 'type': 'c', 'text': 'grub>'}),
        'memtest86+': guest('cd', '/usr/lib/memtest86+/memtest86+x64.iso', 128,
                            {'text': 'Status: Testing', 'patience': 240}, cells=MEMTEST_CELLS),
    }
    modes = os.path.join(build, 'tests', 'guests', 'vga_modes.bin')
    if os.path.exists(modes):
        table['modes'] = screen_modes(modes, scratch)
    hdt = make_hdt_disc(scratch)
    if hdt:
        table['hdt'] = guest('cd', hdt, 128, {
            'text': 'Hardware Detection Tool',
            'differences': [(r'PCI Devices\( *(\d+)\)', 'the machines have different numbers of PCI devices')]})
    return table


def screen_modes(program, scratch):
    """Our own guest that goes through the modes of the BIOS, one a key."""
    floppy = os.path.join(scratch, 'modes.img')
    shutil.copy(program, floppy)
    os.truncate(floppy, 1474560)
    text = [('text 80x25', (720, 400)), ('text 40x25', (640, 400)), ('text with a tall cursor', (720, 400)),
            ('text 80x50', (720, 400)), ('text 80x28', (720, 392)), ('text with two fonts', (720, 400)),
            ('text, fourth page', (720, 400)), ('monochrome text', (720, 400))]
    graphics = [('4 colours', (1280, 400)), ('2 colours', (640, 400)), ('0Dh', (640, 400)), ('0Eh', (640, 400)),
                ('10h', (640, 350)), ('11h', (640, 480)), ('12h', (640, 480)), ('13h', (640, 400)),
                ('13h with a palette', (640, 400)), ('unchained 320x400', (640, 400)), ('100h', (640, 400)),
                ('101h with a palette', (640, 480)), ('101h, wide palette', (640, 480)),
                ('101h, moved', (640, 480)), ('102h', (800, 600)), ('110h', (640, 480)), ('111h', (640, 480)),
                ('111h, moved', (640, 480)), ('112h', (640, 480)), ('142h', (640, 480)), ('143h', (800, 600)),
                ('105h', (1024, 768))]
    moments = [{'what': what, 'size': size, 'type': ' ', 'patience': 60} for what, size in text]
    moments += [{'what': what, 'size': size, 'type': ' ', 'patience': 60, 'text mode': False}
                for what, size in graphics]
    del moments[0]['type']
    special = {'110h': {'bits': 0xf8},  # five bits a colour: the reference leaves the other three 0
               'text 80x50': {'page': (0xb8000, 50)}, 'text 80x28': {'page': (0xb8000, 28)},
               'text, fourth page': {'page': (0xbb000, 25)}, 'monochrome text': {'page': (0xb0000, 25)}}
    for moment in moments:
        moment.update(special.get(moment['what'], {}))
    return guest('floppy', floppy, 64, *moments)


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

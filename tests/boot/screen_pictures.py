# SPDX-License-Identifier: GPL-3.0-or-later
"""Pictures of screens as two machines write them, and what of them is compared."""
import struct
import zlib


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

    def without(self, boxes):
        """The rows with the rectangles (x0, y0, x1, y1) blackened."""
        rows = list(self.rows)
        for x0, y0, x1, y1 in boxes:
            for y in range(max(y0, 0), min(y1, self.height)):
                rows[y] = rows[y][:x0 * 3] + bytes((x1 - x0) * 3) + rows[y][x1 * 3:]
        return rows

    def with_bits(self, mask):
        """Only these bits of each component."""
        table = bytes(value & mask for value in range(256))
        return Picture(self.width, self.height, [row.translate(table) for row in self.rows])


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


def same_size(ours, reference):
    """Low modes are doubled by one and not by the other; the pixels are the same."""
    for a, b in ((ours, reference), (reference, ours)):
        if a.width < b.width and b.width % a.width == 0 and b.height % a.height == 0:
            grown = a.scaled(b.width // a.width, b.height // a.height)
            return (grown, b) if a is ours else (b, grown)
    return ours, reference


def differing(ours, reference):
    """The pixels (x, y) that differ between rows of the same length."""
    found = []
    for y, (mine, theirs) in enumerate(zip(ours, reference)):
        if mine != theirs:
            found.extend((x, y) for x in range(len(mine) // 3) if mine[x * 3:x * 3 + 3] != theirs[x * 3:x * 3 + 3])
    return found


def write_ppm(path, picture):
    with open(path, 'wb') as file:
        file.write(b'P6\n%d %d\n255\n' % (picture.width, picture.height) + b''.join(picture.rows))

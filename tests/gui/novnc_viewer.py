#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A guest's shared screen in a browser: noVNC in headless Chromium, through websockify, shows the same pixels."""
import base64
import functools
import http.server
import os
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time
import zlib

from gui_rig import skip

program = sys.argv[1]
NOVNC = "/usr/share/novnc"
BROWSER = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
if not os.path.exists(os.path.join(NOVNC, "core/rfb.js")):
    skip("noVNC is not installed (package novnc)")
if not BROWSER:
    skip("Chromium is not installed (package chromium)")
if not shutil.which("websockify"):
    skip("websockify is not installed")
if not os.access("/dev/kvm", os.R_OK | os.W_OK):
    skip("/dev/kvm is missing or not permitted")

# Sends the picture once it has had the same size for a while, then again until the test has what it wants.
PAGE = """<!DOCTYPE html><body><div id=screen></div><script type=module>
import RFB from './core/rfb.js';
const rfb = new RFB(document.getElementById('screen'), 'ws://127.0.0.1:%d',
                    {credentials: {password: 'secret'}});
const say = (kind, body) => fetch('/' + kind, {method: 'POST', body});
rfb.addEventListener('securityfailure', event => say('failure', event.detail.reason || 'refused'));
rfb.addEventListener('connect', () => {
    setInterval(() => say('picture', document.querySelector('canvas').toDataURL('image/png')), 1500);
});
</script>"""


def read_png(data):
    """Width, height and RGB rows of an 8-bit RGB or RGBA picture without interlacing."""
    at, packed, header = 8, b"", None
    while at < len(data):
        length, kind = struct.unpack_from(">I4s", data, at)
        body = data[at + 8:at + 8 + length]
        if kind == b"IHDR":
            header = struct.unpack(">IIBBBBB", body)
        elif kind == b"IDAT":
            packed += body
        at += length + 12
    width, height, depth, colour, *rest = header
    assert depth == 8 and colour in (2, 6) and rest[2] == 0, header
    step = 3 if colour == 2 else 4
    raw, stride, rows, above = zlib.decompress(packed), width * step, [], bytes(width * step)
    for y in range(height):
        kind, line = raw[y * (stride + 1)], bytearray(raw[y * (stride + 1) + 1:(y + 1) * (stride + 1)])
        for x in range(stride):
            left = line[x - step] if x >= step else 0
            up, corner = above[x], above[x - step] if x >= step else 0
            if kind == 1:
                line[x] = line[x] + left & 255
            elif kind == 2:
                line[x] = line[x] + up & 255
            elif kind == 3:
                line[x] = line[x] + (left + up) // 2 & 255
            elif kind == 4:
                guess = left + up - corner
                distances = (abs(guess - left), abs(guess - up), abs(guess - corner))
                line[x] = line[x] + (left, up, corner)[distances.index(min(distances))] & 255
        above = bytes(line)
        rows.append([tuple(above[x:x + 3]) for x in range(0, stride, step)])
    return width, height, rows


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Handler(http.server.SimpleHTTPRequestHandler):
    page, said = "", {}

    def do_GET(self):
        if self.path != "/":
            super().do_GET()
            return
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(self.page.encode())

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        Handler.said[self.path] = body
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_):
        pass


def difference(one, other):
    """The number of pixels that differ; all of them when the sizes do."""
    if one[:2] != other[:2]:
        return one[0] * one[1]
    return sum(a != b for left, right in zip(one[2], other[2]) for a, b in zip(left, right))


def main(folder):
    environment = dict(os.environ, XDG_RUNTIME_DIR=os.path.join(folder, "run"), HOME=folder)
    os.mkdir(environment["XDG_RUNTIME_DIR"], 0o700)
    processes = []

    def start(*command):
        processes.append(subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL,
                                          stderr=subprocess.DEVNULL))

    def guesthouse(*words, check=True):
        return subprocess.run([program, *words], env=environment, capture_output=True, text=True, timeout=60,
                              check=check)

    try:
        start(program, "run", "--name", "browser", "--memory", "64M", "--network", "none")
        deadline = time.monotonic() + 180
        while "No bootable device" not in guesthouse("screen-text", "browser", check=False).stdout:
            if time.monotonic() > deadline:
                skip("the firmware did not come up in time on this machine")
            time.sleep(1)
        password = os.path.join(folder, "password")
        with open(password, "w", encoding="ascii") as file:
            file.write("secret\n")
        shared = guesthouse("share", "browser", "--password-file", password)
        address, port = shared.stdout.split()
        assert address == "127.0.0.1" and "not encrypted" in shared.stderr, shared

        bridge = free_port()
        start("websockify", f"127.0.0.1:{bridge}", f"127.0.0.1:{port}")
        Handler.page = PAGE % bridge
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Handler, directory=NOVNC))
        threading.Thread(target=server.serve_forever, daemon=True).start()
        start(BROWSER, "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
              "--user-data-dir=" + os.path.join(folder, "profile"), f"http://127.0.0.1:{server.server_port}/")

        picture = os.path.join(folder, "screen.png")
        deadline, differs = time.monotonic() + 120, None
        while time.monotonic() < deadline:
            assert "/failure" not in Handler.said, Handler.said
            if data := Handler.said.pop("/picture", None):
                seen = read_png(base64.b64decode(data.split(",", 1)[1]))
                guesthouse("screenshot", "browser", picture)
                with open(picture, "rb") as file:
                    differs = difference(seen, read_png(file.read()))
                if differs <= 40:  # the text cursor blinks: 9 x 2 pixels
                    break
            time.sleep(0.5)
        assert differs is not None, "the browser showed nothing"
        assert differs <= 40, f"{differs} pixels differ"
        guesthouse("share", "browser", "--stop")
        with socket.socket() as late:
            assert late.connect_ex(("127.0.0.1", int(port))) != 0, "the port is still open"
        print(f"noVNC shows {seen[0]}x{seen[1]}, {differs} pixels differ")
    finally:
        for process in reversed(processes):
            process.terminate()
        for process in processes:
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()


with tempfile.TemporaryDirectory(prefix="guesthouse-novnc-", ignore_cleanup_errors=True) as work:
    main(work)

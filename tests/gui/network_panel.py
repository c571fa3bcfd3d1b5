#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A running guest's network, by mouse: its address is copied, a port forwarded and fetched through, a connection seen,
cut and its peer blocked, a port refused that another program has, the line made slow.

network_panel.py PROGRAM KERNEL"""
import json
import os
import re
import socket
import subprocess
import sys
import time

from gui_rig import Rig, skip
from person import Person

program, kernel = sys.argv[1:3]
PAGE = b"served-by-the-guest"
INIT = """#!/bin/busybox sh
B=/bin/busybox
$B mount -t proc proc /proc; $B mount -t devtmpfs dev /dev 2>/dev/null
$B cat > /lease <<'END'
#!/bin/busybox sh
[ "$1" = bound ] && /bin/busybox ifconfig $interface $ip netmask $subnet up && /bin/busybox route add default gw $router
END
$B chmod 755 /lease
$B ifconfig lo up; $B ifconfig eth0 up
$B udhcpc -i eth0 -n -q -t 20 -T 1 -s /lease
echo served-by-the-guest > /www/index.html
$B httpd -p 8080 -h /www
while :; do $B sleep 100; done
"""


def cpio(entries):
    """An archive in the format of the kernel's initial RAM disks."""
    data = b""
    for inode, (name, mode, content) in enumerate(entries + [("TRAILER!!!", 0, b"")], 1):
        fields = (inode, mode, 0, 0, 1, 0, len(content), 0, 0, 0, 0, len(name) + 1, 0)
        data += b"070701" + b"".join(b"%08X" % field for field in fields) + name.encode() + b"\0"
        data += b"\0" * (-len(data) % 4) + content
        data += b"\0" * (-len(data) % 4)
    return data


def make_initrd(folder):
    busybox = "/bin/busybox"
    if not os.path.exists(busybox):
        skip("busybox is not installed")
    with open(busybox, "rb") as file:
        content = file.read()
    path = os.path.join(folder, "initrd")
    with open(path, "wb") as file:
        file.write(cpio([(name, 0o40755, b"") for name in ("bin", "proc", "dev", "www")]
                        + [("bin/busybox", 0o100755, content), ("init", 0o100755, INIT.encode())]))
    return path


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


def fetch(port):
    try:
        with socket.create_connection(("127.0.0.1", port), 10) as client:
            client.sendall(b"GET /index.html HTTP/1.0\r\n\r\n")
            answer = b""
            while chunk := client.recv(4096):
                answer += chunk
            return answer
    except OSError as problem:
        return str(problem).encode()


class Story:
    def __init__(self, rig):
        self.rig = rig
        self.person = Person(rig)

    def network(self):
        answer = self.rig.run(program, "network", "show", "web", "--json").stdout
        return json.loads(answer) if answer.strip() else {}

    def open_tab(self):
        self.person.click("list item", "web")
        self.person.click("page tab", "Network")
        self.person.see("label", "10.0.2.15")
        self.rig.picture("network-1-tab")

    def copy_address(self):
        self.person.click("push button", "Copy")
        # Into the only line there is to write in; out again, for it hides guests.
        self.person.click("text", "Search guests")
        self.person.press("ctrl+v")
        self.person.see("text", "Search guests", lambda thing: (thing["text"] or "").startswith("10.0.2.15"))
        self.person.press("ctrl+a", "BackSpace")
        self.person.click("list item", "web")

    def set_port(self, name, port):
        self.person.click("spin button", name, share=0.3)
        self.person.press("ctrl+a")
        self.person.type(str(port))
        self.person.press("Tab")

    def forward(self, port):
        self.person.click("page tab", "Forwarded ports")
        self.set_port("Port of this computer", port)
        self.set_port("Port of the guest", 8080)
        self.person.click("push button", "Forward")
        self.person.see("list item", f"TCP: port {port} of this computer leads to port 8080")
        self.rig.picture("network-2-forward")
        if PAGE not in fetch(port):
            self.rig.fail("nothing can be fetched through the forward: " + repr(fetch(port)))

    def open_connection(self, port):
        """One that stays, and its row."""
        client = socket.create_connection(("127.0.0.1", port), 10)
        client.sendall(b"GET ")
        self.person.see("", "open", lambda thing: thing["name"] == "open")
        return client

    def choose_open_row(self):
        row = self.person.see("", "open", lambda thing: thing["name"] == "open" and thing["width"] > 0)
        self.person.point(row["x"] + row["width"] / 2, row["y"] + row["height"] / 2)
        self.rig.run("xdotool", "click", "1")
        self.person.clicks += 1
        time.sleep(0.3)

    def cut(self, port):
        with self.open_connection(port) as client:
            self.choose_open_row()
            self.rig.picture("network-3-connection")
            self.person.click("push button", "Cut")
            client.settimeout(20)
            try:
                ended = client.recv(1) == b""
            except ConnectionError:
                ended = True
            except TimeoutError:
                ended = False
            if not ended:
                self.rig.fail("the connection goes on after Cut")
        self.person.see("", "cut", lambda thing: thing["name"] == "cut")

    def block_and_allow(self, port):
        with self.open_connection(port):
            self.choose_open_row()
            self.person.click("push button", "Block peer")
            self.person.see("", "blocked", lambda thing: thing["name"] == "blocked")
        if PAGE in fetch(port):
            self.rig.fail("a blocked peer still reaches the guest")
        self.person.click("page tab", "Blocked peers")
        self.person.click("list item", "10.0.2.2")
        self.rig.picture("network-4-blocked")
        self.person.click("push button", "Allow again")
        if not self.rig.wait(lambda: not self.network()["blocked"], 20):
            self.rig.fail("Allow again does nothing")
        if PAGE not in fetch(port):
            self.rig.fail("a peer that is allowed again does not reach the guest")

    def refuse_busy_port(self):
        self.person.click("page tab", "Forwarded ports")
        with socket.create_server(("127.0.0.1", 0)) as listener:
            port = listener.getsockname()[1]
            self.set_port("Port of this computer", port)
            self.person.click("push button", "Forward")
            said = self.person.see("", str(port), lambda thing: re.search("in use|uses|taken", thing["name"]))
            self.rig.picture("network-5-busy-port")
        print("the window says:", said["name"])
        for word in ("Guesthouse cannot listen", str(port), "Choose another port"):
            if word not in said["name"]:
                self.rig.fail(f"the sentence does not name “{word}”")

    def slow_line(self):
        person = self.person
        person.click("page tab", "Line and recording")
        slider = person.enabled("slider", "Bandwidth to the guest")
        middle = slider["y"] + slider["height"] / 2
        person.drag((slider["x"] + slider["width"] - 6, middle), (slider["x"] + slider["width"] * 0.4, middle))
        if not self.rig.wait(lambda: self.network()["shaping"]["downBitsPerSecond"] > 0, 20):
            self.rig.fail("the slider does not reach the line")
        print("bandwidth to the guest:", self.network()["shaping"]["downBitsPerSecond"], "bit/s")
        self.rig.picture("network-6-line")
        person.click("push button", "Good line again")
        if not self.rig.wait(lambda: self.network()["shaping"]["downBitsPerSecond"] == 0, 20):
            self.rig.fail("the line stays slow")

    def remove_forward(self, port):
        self.person.click("page tab", "Forwarded ports")
        self.person.click("list item", f"TCP: port {port}")
        self.person.click("push button", "Remove")
        if not self.rig.wait(lambda: not self.network()["forwards"], 20):
            self.rig.fail("the forward stays")
        if PAGE in fetch(port):
            self.rig.fail("a removed forward still leads to the guest")


with Rig() as rig:
    if not os.access("/dev/kvm", os.R_OK | os.W_OK):
        skip("/dev/kvm is not accessible")
    if not os.path.exists(kernel):
        skip(f"{kernel} is not on this machine")
    rig.start([program, "run", "--name", "web", "--memory", "128M", "--no-display", "--kernel", kernel, "--initrd",
               make_initrd(rig.folder), "--append", "console=ttyS0 panic=-1 quiet", "--network", "user,model=virtio"],
              stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    story = Story(rig)
    rig.start([program])
    rig.window("Guesthouse")
    if not rig.wait(lambda: story.network().get("addresses"), 90):
        rig.fail("the guest gets no address")
    own_port = free_port()
    story.open_tab()
    story.copy_address()
    story.forward(own_port)
    story.cut(own_port)
    story.block_and_allow(own_port)
    story.refuse_busy_port()
    story.slow_line()
    story.remove_forward(own_port)
    story.person.report("a network that is used, seen, cut, blocked and made slow")
    print("passed")

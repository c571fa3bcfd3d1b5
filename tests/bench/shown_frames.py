# SPDX-License-Identifier: GPL-3.0-or-later
"""How many pictures of the video that screen_painter plays get onto an X display: looks at one pixel, often."""

import ctypes
import ctypes.util
import threading
import time

ZPixmap = 2


class ShownFrames:
    """Counts the changes of the frame's number from start() to stop(), and how many numbers were passed over."""

    def __init__(self, name):
        self.x = ctypes.CDLL(ctypes.util.find_library("X11"))
        self.x.XOpenDisplay.restype = ctypes.c_void_p
        self.x.XDefaultRootWindow.restype = ctypes.c_ulong
        self.x.XDefaultRootWindow.argtypes = [ctypes.c_void_p]
        self.x.XGetImage.restype = ctypes.c_void_p
        self.x.XGetImage.argtypes = [ctypes.c_void_p, ctypes.c_ulong, ctypes.c_int, ctypes.c_int, ctypes.c_uint,
                                     ctypes.c_uint, ctypes.c_ulong, ctypes.c_int]
        self.x.XGetPixel.restype = ctypes.c_ulong
        self.x.XGetPixel.argtypes = [ctypes.c_void_p, ctypes.c_int, ctypes.c_int]
        self.x.XCloseDisplay.argtypes = [ctypes.c_void_p]
        self.display = self.x.XOpenDisplay(name.encode())
        if not self.display:
            raise RuntimeError("the X display cannot be opened")
        self.root = self.x.XDefaultRootWindow(self.display)
        self.running, self.shown, self.thread = False, 0, None

    def column(self, x, y, height):
        """The colours of some pixels below one another."""
        image = self.x.XGetImage(self.display, self.root, x, y, 1, height, 0xffffffff, ZPixmap)
        if not image:
            raise RuntimeError("the X display shows no picture")
        colours = [self.x.XGetPixel(image, 0, row) & 0xffffff for row in range(height)]
        # XDestroyImage() is a macro; what XGetImage() gives is freed by the function in its table.
        self.x.XDestroyImage.argtypes = [ctypes.c_void_p]
        self.x.XDestroyImage(image)
        return colours

    def find(self, seconds=20):
        """Where the number is: viewers may have a menu above the picture."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            column = self.column(8, 0, 200)
            for y in range(len(column) - 8):
                if column[y] >> 16 == 0xa5 and len(set(column[y:y + 8])) == 1:
                    return y + 4
            time.sleep(0.1)
        raise RuntimeError("the viewer does not show the video")

    def start(self):
        y = self.find()
        self.running, self.shown = True, 0
        self.thread = threading.Thread(target=self.watch, args=(y,), daemon=True)
        self.thread.start()

    def watch(self, y):
        last = None
        while self.running:
            colour = self.column(8, y, 1)[0]
            if colour >> 16 == 0xa5 and colour != last:
                self.shown += last is not None
                last = colour
            time.sleep(0.004)

    def stop(self):
        self.running = False
        self.thread.join()
        self.x.XCloseDisplay(self.display)
        return self.shown

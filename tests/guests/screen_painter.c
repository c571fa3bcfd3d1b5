// SPDX-License-Identifier: GPL-3.0-or-later
// The first program of a Linux guest: draws on its screen through the kernel's mode setting interface
// (drm.h, drm_mode.h) and says on standard output what it has done. What it does is chosen by the
// kernel's command line, which arrives as environment:
//   PAINT=pattern  draws a pattern in the monitor's preferred size, again whenever the monitor changes
//   PAINT=video    redraws the whole screen RATE times a second (60): coarse noise over a gradient, both moving, so
//                  that each pixel is another one in each frame and no part is of one colour. The upper left
//                  corner, 32x16 pixels, has the colour A5h << 16 | number of the frame & FFFFh
//   SIZE=1920x1080 asks for that size, whatever the monitor prefers
//   CURSOR=1       shows a pointer image at (200, 100), hot spot (3, 5)
#include <drm.h>
#include <drm_mode.h>
#include <fcntl.h>
#include <linux/netlink.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { MaxModes = 128, CursorSide = 64 };

struct Screen {
    int card;
    uint32_t crtc, connector, frame, handle;
    struct drm_mode_modeinfo mode;
    uint32_t pitch;
    uint64_t bytes;
    uint8_t *pixels;
};

static void fail(const char *what)
{
    printf("FAILED %s\n", what);
    for (;;)
        pause();
}

static void need(int result, const char *what)
{
    if (result < 0)
        fail(what);
}

static void findOutputs(struct Screen *screen)
{
    uint32_t crtcs[8], connectors[8], encoders[8];
    struct drm_mode_card_res resources = {.crtc_id_ptr = (uintptr_t)crtcs,
                                          .connector_id_ptr = (uintptr_t)connectors,
                                          .encoder_id_ptr = (uintptr_t)encoders,
                                          .count_crtcs = 8,
                                          .count_connectors = 8,
                                          .count_encoders = 8};
    need(ioctl(screen->card, DRM_IOCTL_MODE_GETRESOURCES, &resources), "GETRESOURCES");
    if (resources.count_crtcs == 0 || resources.count_connectors == 0)
        fail("no outputs");
    screen->crtc = crtcs[0];
    screen->connector = connectors[0];
}

/// The monitor's preferred mode; the first question makes the kernel ask the monitor again.
static struct drm_mode_modeinfo preferredMode(const struct Screen *screen, unsigned *count)
{
    static struct drm_mode_modeinfo modes[MaxModes];
    struct drm_mode_get_connector connector = {.connector_id = screen->connector};
    need(ioctl(screen->card, DRM_IOCTL_MODE_GETCONNECTOR, &connector), "GETCONNECTOR");
    if (connector.count_modes > MaxModes)
        fail("too many modes");
    struct drm_mode_get_connector again = {.connector_id = screen->connector,
                                           .modes_ptr = (uintptr_t)modes,
                                           .count_modes = connector.count_modes};
    need(ioctl(screen->card, DRM_IOCTL_MODE_GETCONNECTOR, &again), "GETCONNECTOR");
    *count = again.count_modes;
    for (unsigned i = 0; i < again.count_modes; ++i)
        if (modes[i].type & DRM_MODE_TYPE_PREFERRED)
            return modes[i];
    if (again.count_modes == 0)
        fail("no modes");
    return modes[0];
}

/// A mode with some blanking at 60 Hz; virtual monitors take any.
static struct drm_mode_modeinfo modeOf(unsigned width, unsigned height)
{
    struct drm_mode_modeinfo mode = {.clock = (width + 160) * (height + 60) * 60 / 1000,
                                     .hdisplay = (uint16_t)width,
                                     .hsync_start = (uint16_t)(width + 48),
                                     .hsync_end = (uint16_t)(width + 80),
                                     .htotal = (uint16_t)(width + 160),
                                     .vdisplay = (uint16_t)height,
                                     .vsync_start = (uint16_t)(height + 3),
                                     .vsync_end = (uint16_t)(height + 9),
                                     .vtotal = (uint16_t)(height + 60),
                                     .vrefresh = 60,
                                     .type = DRM_MODE_TYPE_USERDEF,
                                     .name = "asked for"};
    return mode;
}

static uint8_t *createBuffer(const struct Screen *screen, uint32_t width, uint32_t height, uint32_t *handle,
                             uint32_t *pitch, uint64_t *bytes)
{
    struct drm_mode_create_dumb create = {.width = width, .height = height, .bpp = 32};
    need(ioctl(screen->card, DRM_IOCTL_MODE_CREATE_DUMB, &create), "CREATE_DUMB");
    struct drm_mode_map_dumb map = {.handle = create.handle};
    need(ioctl(screen->card, DRM_IOCTL_MODE_MAP_DUMB, &map), "MAP_DUMB");
    void *pixels = mmap(NULL, create.size, PROT_READ | PROT_WRITE, MAP_SHARED, screen->card, (off_t)map.offset);
    if (pixels == MAP_FAILED)
        fail("mmap");
    *handle = create.handle;
    *pitch = create.pitch;
    *bytes = create.size;
    return pixels;
}

static void dropBuffer(struct Screen *screen)
{
    if (!screen->pixels)
        return;
    munmap(screen->pixels, screen->bytes);
    ioctl(screen->card, DRM_IOCTL_MODE_RMFB, &screen->frame);
    struct drm_mode_destroy_dumb destroy = {.handle = screen->handle};
    ioctl(screen->card, DRM_IOCTL_MODE_DESTROY_DUMB, &destroy);
    screen->pixels = NULL;
}

static void flush(const struct Screen *screen)
{
    // Drivers without a need for it answer with an error, which is fine.
    struct drm_mode_fb_dirty_cmd dirty = {.fb_id = screen->frame};
    (void)ioctl(screen->card, DRM_IOCTL_MODE_DIRTYFB, &dirty);
}

static void drawPattern(const struct Screen *screen)
{
    for (uint32_t y = 0; y < screen->mode.vdisplay; ++y) {
        uint32_t *row = (uint32_t *)(screen->pixels + (size_t)y * screen->pitch);
        for (uint32_t x = 0; x < screen->mode.hdisplay; ++x)
            row[x] = (x & 255) << 16 | (y & 255) << 8 | ((x ^ y) & 255);
    }
    flush(screen);
}

static void setMode(struct Screen *screen)
{
    unsigned count = 0;
    struct drm_mode_modeinfo mode = preferredMode(screen, &count);
    unsigned width = 0, height = 0;
    if (getenv("SIZE") && sscanf(getenv("SIZE"), "%ux%u", &width, &height) == 2)
        mode = modeOf(width, height);
    struct Screen old = *screen;
    screen->mode = mode;
    screen->pixels = createBuffer(screen, mode.hdisplay, mode.vdisplay, &screen->handle, &screen->pitch,
                                  &screen->bytes);
    struct drm_mode_fb_cmd frame = {.width = mode.hdisplay,
                                    .height = mode.vdisplay,
                                    .pitch = screen->pitch,
                                    .bpp = 32,
                                    .depth = 24,
                                    .handle = screen->handle};
    need(ioctl(screen->card, DRM_IOCTL_MODE_ADDFB, &frame), "ADDFB");
    screen->frame = frame.fb_id;
    struct drm_mode_crtc crtc = {.set_connectors_ptr = (uintptr_t)&screen->connector,
                                 .count_connectors = 1,
                                 .crtc_id = screen->crtc,
                                 .fb_id = screen->frame,
                                 .mode_valid = 1,
                                 .mode = mode};
    need(ioctl(screen->card, DRM_IOCTL_MODE_SETCRTC, &crtc), "SETCRTC");
    drawPattern(screen);
    dropBuffer(&old);
    printf("MODE %ux%u of %u\n", mode.hdisplay, mode.vdisplay, count);
}

static void showCursor(const struct Screen *screen)
{
    uint32_t handle, pitch;
    uint64_t bytes;
    uint8_t *pixels = createBuffer(screen, CursorSide, CursorSide, &handle, &pitch, &bytes);
    for (uint32_t y = 0; y < CursorSide; ++y)
        for (uint32_t x = 0; x < CursorSide; ++x)
            ((uint32_t *)(pixels + (size_t)y * pitch))[x] = x + y < 32 ? 0xffff00ff : 0;
    struct drm_mode_cursor2 cursor = {.flags = DRM_MODE_CURSOR_BO,
                                      .crtc_id = screen->crtc,
                                      .width = CursorSide,
                                      .height = CursorSide,
                                      .handle = handle,
                                      .hot_x = 3,
                                      .hot_y = 5};
    need(ioctl(screen->card, DRM_IOCTL_MODE_CURSOR2, &cursor), "CURSOR2");
    struct drm_mode_cursor move = {.flags = DRM_MODE_CURSOR_MOVE, .crtc_id = screen->crtc, .x = 200, .y = 100};
    need(ioctl(screen->card, DRM_IOCTL_MODE_CURSOR, &move), "CURSOR");
    printf("CURSOR\n");
}

/// One picture of the video, in ordinary memory.
static uint32_t *makeTexture(const struct Screen *screen)
{
    const uint32_t width = screen->mode.hdisplay, height = screen->mode.vdisplay;
    uint32_t *texture = malloc((size_t)width * height * 4);
    if (!texture)
        fail("malloc");
    uint32_t noise = 12345;
    for (uint32_t y = 0; y < height; ++y)
        for (uint32_t x = 0; x < width; ++x) {
            if (x % 4 == 0)
                noise = noise * 1664525 + 1013904223;
            texture[(size_t)y * width + x] = ((x * 255 / width) << 16 | (y * 255 / height) << 8 | 0x80)
                                             ^ (noise >> 8 & 0x1f1f1f);
        }
    return texture;
}

/// The texture, moved by some pixels to the left and some rows up.
static void drawVideoFrame(const struct Screen *screen, const uint32_t *texture, unsigned long number)
{
    const uint32_t width = screen->mode.hdisplay, height = screen->mode.vdisplay;
    const uint32_t right = (uint32_t)(number * 5 % width);
    for (uint32_t y = 0; y < height; ++y) {
        const uint32_t *from = texture + (size_t)((y + number * 3) % height) * width;
        uint8_t *to = screen->pixels + (size_t)y * screen->pitch;
        memcpy(to, from + right, (size_t)(width - right) * 4);
        memcpy(to + (size_t)(width - right) * 4, from, (size_t)right * 4);
    }
    for (uint32_t y = 0; y < 16; ++y)
        for (uint32_t x = 0; x < 32; ++x)
            ((uint32_t *)(screen->pixels + (size_t)y * screen->pitch))[x] = 0xa50000 | (number & 0xffff);
}

static void playVideo(const struct Screen *screen, long rate)
{
    const uint32_t *texture = makeTexture(screen);
    struct timespec next;
    clock_gettime(CLOCK_MONOTONIC, &next);
    printf("VIDEO\n");
    for (unsigned long i = 0;; ++i) {
        drawVideoFrame(screen, texture, i);
        flush(screen);
        next.tv_nsec += 1000000000L / rate;
        if (next.tv_nsec >= 1000000000L) {
            next.tv_nsec -= 1000000000L;
            ++next.tv_sec;
        }
        clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &next, NULL);
        if (i % 60 == 59)
            printf("FRAMES %lu\n", i + 1);
    }
}

static void followMonitor(struct Screen *screen)
{
    const int events = socket(AF_NETLINK, SOCK_DGRAM, NETLINK_KOBJECT_UEVENT);
    struct sockaddr_nl address = {.nl_family = AF_NETLINK, .nl_groups = 1};
    need(bind(events, (struct sockaddr *)&address, sizeof address), "bind");
    for (;;) {
        char text[4096];
        const ssize_t length = recv(events, text, sizeof text, 0);
        for (ssize_t at = 0; at < length; at += (ssize_t)strlen(text + at) + 1)
            if (strcmp(text + at, "HOTPLUG=1") == 0) {
                setMode(screen);
                break;
            }
    }
}

int main(void)
{
    setvbuf(stdout, NULL, _IOLBF, 0);
    mkdir("/dev", 0755);
    (void)mount("dev", "/dev", "devtmpfs", 0, NULL);
    struct Screen screen = {.card = open("/dev/dri/card0", O_RDWR | O_CLOEXEC)};
    need(screen.card, "/dev/dri/card0");
    struct drm_version version = {0};
    char name[64] = "";
    version.name = name;
    version.name_len = sizeof name - 1;
    need(ioctl(screen.card, DRM_IOCTL_VERSION, &version), "VERSION");
    printf("DRIVER %s\n", name);
    findOutputs(&screen);
    const char *paint = getenv("PAINT");
    if (paint) {
        setMode(&screen);
        if (getenv("CURSOR"))
            showCursor(&screen);
        if (strcmp(paint, "video") == 0)
            playVideo(&screen, getenv("RATE") ? atol(getenv("RATE")) : 60);
        followMonitor(&screen);
    }
    printf("IDLE\n");
    for (;;)
        pause();
}

// SPDX-License-Identifier: GPL-3.0-or-later
// A guest's first program: prints every input device, then every event of theirs, on the console.
//     dev NUMBER "NAME" abs=MAXIMUM
//     ev NUMBER TYPE CODE VALUE
// A line "led NUMBER CODE VALUE" on standard input switches a light. "READY" says that all devices are open.
#include <dirent.h>
#include <fcntl.h>
#include <linux/input.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

enum { MostDevices = 16 };

static int devices[MostDevices];

static void openNewDevices(void)
{
    for (int i = 0; i < MostDevices; ++i) {
        if (devices[i] >= 0)
            continue;
        char path[32];
        snprintf(path, sizeof path, "/dev/input/event%d", i);
        const int fd = open(path, O_RDWR | O_NONBLOCK);
        if (fd < 0)
            continue;
        char name[128] = "";
        struct input_absinfo axis;
        memset(&axis, 0, sizeof axis);
        ioctl(fd, EVIOCGNAME(sizeof name - 1), name);
        ioctl(fd, EVIOCGABS(ABS_X), &axis);
        devices[i] = fd;
        printf("dev %d \"%s\" abs=%d\n", i, name, axis.maximum);
    }
}

static void printEvents(int number)
{
    struct input_event events[64];
    ssize_t got = read(devices[number], events, sizeof events);
    for (ssize_t i = 0; i < got / (ssize_t)sizeof events[0]; ++i)
        printf("ev %d %u %u %d\n", number, events[i].type, events[i].code, events[i].value);
    if (got < 0) { // unplugged
        close(devices[number]);
        devices[number] = -1;
    }
}

static void runCommand(void)
{
    char line[128];
    unsigned number;
    unsigned code;
    int value;
    if (!fgets(line, sizeof line, stdin))
        return;
    if (sscanf(line, "led %u %u %d", &number, &code, &value) == 3 && number < MostDevices
        && devices[number] >= 0) {
        struct input_event event = {.type = EV_LED, .code = (unsigned short)code, .value = value};
        printf("lit %zd\n", write(devices[number], &event, sizeof event));
    }
}

int main(int argc, char** argv)
{
    const int wanted = argc > 1 ? atoi(argv[1]) : 1; // devices before READY
    for (int i = 0; i < MostDevices; ++i)
        devices[i] = -1;
    setvbuf(stdout, NULL, _IOLBF, 1 << 16);
    int told = 0;
    for (;;) {
        openNewDevices();
        int open = 0;
        struct pollfd waiting[MostDevices + 1] = {{.fd = 0, .events = POLLIN}};
        for (int i = 0; i < MostDevices; ++i) {
            waiting[i + 1].fd = devices[i];
            waiting[i + 1].events = POLLIN;
            open += devices[i] >= 0;
        }
        if (!told && open >= wanted) {
            told = 1;
            printf("READY\n");
        }
        if (poll(waiting, MostDevices + 1, 100) <= 0)
            continue;
        for (int i = 0; i < MostDevices; ++i)
            if (waiting[i + 1].revents != 0)
                printEvents(i);
        if ((waiting[0].revents & POLLIN) != 0)
            runCommand();
    }
}

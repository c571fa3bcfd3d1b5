// SPDX-License-Identifier: GPL-3.0-or-later
// Init of a benchmark guest: loads its first disk through the kernel's asynchronous I/O, past the guest's page
// cache, and prints one line per load: "IO NAME OPERATIONS_PER_SECOND". Then it restarts the machine.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/aio_abi.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum { MaxDepth = 32, Kib4 = 4096, Mib = 1 << 20 };
static const uint64_t UsedBytes = 256ull << 20; // the part of the disk that is used

struct Load {
    const char* name;
    int isWrite;
    unsigned depth;
    unsigned bytes;
};

static const struct Load Loads[] = {
    {"4k-random-read-d1", 0, 1, Kib4},       {"4k-random-read-d32", 0, 32, Kib4},
    {"4k-random-write-d1", 1, 1, Kib4},      {"4k-random-write-d32", 1, 32, Kib4},
    {"1m-sequential-read-d1", 0, 1, Mib},    {"1m-sequential-read-d32", 0, 32, Mib},
    {"1m-sequential-write-d1", 1, 1, Mib},   {"1m-sequential-write-d32", 1, 32, Mib},
};

static char* buffers[MaxDepth];

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

static uint64_t nextOffset(const struct Load* load, uint64_t* state)
{
    if (load->bytes == Mib) {
        const uint64_t at = *state;
        *state = (at + Mib) % UsedBytes;
        return at;
    }
    *state = *state * 6364136223846793005ull + 1442695040888963407ull;
    return (*state >> 33) % (UsedBytes / Kib4) * Kib4;
}

static int submit(aio_context_t context, int fd, const struct Load* load, unsigned slot, uint64_t* state)
{
    struct iocb block;
    struct iocb* blocks[1] = {&block};
    memset(&block, 0, sizeof block);
    block.aio_data = slot;
    block.aio_fildes = (uint32_t)fd;
    block.aio_lio_opcode = load->isWrite ? IOCB_CMD_PWRITE : IOCB_CMD_PREAD;
    block.aio_buf = (uint64_t)(uintptr_t)buffers[slot];
    block.aio_nbytes = load->bytes;
    block.aio_offset = (int64_t)nextOffset(load, state);
    return syscall(SYS_io_submit, context, 1, blocks) == 1;
}

/// Operations per second, or 0 with a message.
static double measure(int fd, const struct Load* load, double seconds)
{
    aio_context_t context = 0;
    uint64_t state = 0;
    uint64_t done = 0;
    unsigned running = 0;
    if (syscall(SYS_io_setup, MaxDepth, &context) != 0) {
        printf("IO-ERROR io_setup: %s\n", strerror(errno));
        return 0;
    }
    const double start = now();
    double end = start;
    for (; running < load->depth; ++running)
        if (!submit(context, fd, load, running, &state))
            printf("IO-ERROR io_submit: %s\n", strerror(errno));
    while (running != 0) {
        struct io_event events[MaxDepth];
        const long count = syscall(SYS_io_getevents, context, 1, MaxDepth, events, NULL);
        end = now();
        for (long i = 0; i < count; ++i) {
            if (events[i].res != load->bytes)
                printf("IO-ERROR %s: result %lld\n", load->name, (long long)events[i].res);
            ++done;
            if (end - start >= seconds || !submit(context, fd, load, (unsigned)events[i].data, &state))
                --running;
        }
    }
    syscall(SYS_io_destroy, context);
    return (double)done / (end - start);
}

static int openDisk(void)
{
    static const char* const Names[] = {"/dev/vda", "/dev/nvme0n1", "/dev/sda"};
    for (unsigned attempt = 0; attempt < 200; ++attempt) {
        for (unsigned i = 0; i < sizeof Names / sizeof *Names; ++i) {
            const int fd = open(Names[i], O_RDWR | O_DIRECT);
            if (fd >= 0)
                return fd;
        }
        usleep(20000); // AHCI looks for its links in the background
    }
    return -1;
}

int main(int argc, char** argv)
{
    (void)argc, (void)argv;
    const char* const wanted = getenv("seconds"); // from the kernel's command line
    const double seconds = wanted != NULL ? atof(wanted) : 0.5;
    mkdir("/dev", 0755);
    mount("dev", "/dev", "devtmpfs", 0, "");
    const int console = open("/dev/console", O_RDWR);
    if (console >= 0)
        dup2(console, 1);
    setvbuf(stdout, NULL, _IOLBF, 0);
    for (unsigned i = 0; i < MaxDepth; ++i) {
        buffers[i] = aligned_alloc(Kib4, Mib);
        memset(buffers[i], (int)i + 1, Mib);
    }
    const int fd = openDisk();
    if (fd < 0)
        printf("IO-ERROR no disk\n");
    const char* const only = getenv("load");
    for (unsigned i = 0; fd >= 0 && i < sizeof Loads / sizeof *Loads; ++i) {
        if (only != NULL && strcmp(only, Loads[i].name) != 0)
            continue;
        measure(fd, &Loads[i], seconds / 4); // warms up
        printf("IO %s %.1f\n", Loads[i].name, measure(fd, &Loads[i], seconds));
    }
    printf("IO-END\n");
    reboot(RB_AUTOBOOT);
    return 0;
}

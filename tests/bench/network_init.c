// SPDX-License-Identifier: GPL-3.0-or-later
// The guest's side of network_bench.py, as the first program of linux-native: sets up eth0 and measures
// TCP towards 10.0.2.2, port PORT on the kernel's command line: bytes out, bytes in, one byte to and fro.
#include <arpa/inet.h>
#include <fcntl.h>
#include <net/if.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { Megabytes = 96, Trips = 1500, BufferBytes = 256 * 1024 };
static char buffer[BufferBytes];

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

static struct sockaddr_in address(const char* text, int port)
{
    struct sockaddr_in result;
    memset(&result, 0, sizeof result);
    result.sin_family = AF_INET;
    result.sin_port = htons((unsigned short)port);
    inet_pton(AF_INET, text, &result.sin_addr);
    return result;
}

static void set_up(void)
{
    const int fd = socket(AF_INET, SOCK_DGRAM, 0);
    struct ifreq request;
    memset(&request, 0, sizeof request);
    strcpy(request.ifr_name, "eth0");
    struct sockaddr_in own = address("10.0.2.15", 0);
    memcpy(&request.ifr_addr, &own, sizeof own);
    if (ioctl(fd, SIOCSIFADDR, &request) != 0)
        perror("eth0");
    own = address("255.255.255.0", 0);
    memcpy(&request.ifr_netmask, &own, sizeof own);
    ioctl(fd, SIOCSIFNETMASK, &request);
    request.ifr_flags = IFF_UP | IFF_RUNNING;
    ioctl(fd, SIOCSIFFLAGS, &request);
    close(fd);
}

static int open_connection(int port, char what)
{
    const struct sockaddr_in host = address("10.0.2.2", port);
    for (int attempt = 0; attempt < 100; ++attempt) {
        const int fd = socket(AF_INET, SOCK_STREAM, 0);
        const int on = 1;
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        if (connect(fd, (const struct sockaddr*)&host, sizeof host) == 0 && write(fd, &what, 1) == 1)
            return fd;
        close(fd);
        usleep(100000); // the link comes up
    }
    printf("NO-CONNECTION\n");
    return -1;
}

static void send_all(int port)
{
    const int fd = open_connection(port, 'S');
    const double start = now();
    for (long left = (long)Megabytes << 20; left > 0;) {
        const ssize_t count = write(fd, buffer, BufferBytes);
        if (count <= 0)
            break;
        left -= count;
    }
    shutdown(fd, SHUT_WR);
    (void)!read(fd, buffer, 1); // the host has it all
    printf("OUT %.3f\n", Megabytes / (now() - start));
    close(fd);
}

static void receive_all(int port)
{
    const int fd = open_connection(port, 'R');
    const double start = now();
    long bytes = 0;
    for (ssize_t count; (count = read(fd, buffer, BufferBytes)) > 0;)
        bytes += count;
    printf("IN %.3f\n", (double)bytes / (1 << 20) / (now() - start));
    close(fd);
}

static int compare(const void* a, const void* b)
{
    const double difference = *(const double*)a - *(const double*)b;
    return difference < 0 ? -1 : difference > 0;
}

static void to_and_fro(int port)
{
    static double times[Trips];
    const int fd = open_connection(port, 'P');
    for (int i = 0; i < Trips; ++i) {
        const double start = now();
        if (write(fd, buffer, 1) != 1 || read(fd, buffer, 1) != 1)
            break;
        times[i] = now() - start;
    }
    qsort(times, Trips, sizeof times[0], compare);
    printf("TRIP %.2f\n", times[Trips / 2] * 1e6);
    close(fd);
}

int main(void)
{
    char line[1024] = "";
    mkdir("/proc", 0755);
    mount("proc", "/proc", "proc", 0, NULL);
    const int fd = open("/proc/cmdline", O_RDONLY);
    (void)!read(fd, line, sizeof line - 1);
    const char* found = strstr(line, "PORT=");
    const int port = found ? atoi(found + 5) : 0;
    setvbuf(stdout, NULL, _IONBF, 0);
    set_up();
    for (int round = 0; round < 2; ++round) {
        send_all(port);
        receive_all(port);
        to_and_fro(port);
    }
    printf("DONE\n");
    sync();
    reboot(RB_AUTOBOOT);
    return 0;
}

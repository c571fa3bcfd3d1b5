// SPDX-License-Identifier: GPL-3.0-or-later
// udp_echo PORT: a guest's UDP service. Each datagram comes back with "echo:" in front.
#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

int main(int count, char** words)
{
    const int fd = socket(AF_INET, SOCK_DGRAM, 0);
    struct sockaddr_in own = {.sin_family = AF_INET, .sin_port = htons(count > 1 ? atoi(words[1]) : 7000)};
    if (bind(fd, (struct sockaddr*)&own, sizeof own) != 0)
        return 1;
    for (;;) {
        char text[1500] = "echo:";
        struct sockaddr_in peer;
        socklen_t length = sizeof peer;
        const ssize_t got = recvfrom(fd, text + 5, sizeof text - 5, 0, (struct sockaddr*)&peer, &length);
        if (got >= 0)
            sendto(fd, text, 5 + (size_t)got, 0, (struct sockaddr*)&peer, length);
    }
}

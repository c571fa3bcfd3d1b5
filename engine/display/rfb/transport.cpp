// SPDX-License-Identifier: GPL-3.0-or-later
#include "display/rfb/transport.h"

#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <cstring>

namespace engine::display::rfb {
namespace {

constexpr std::size_t MaxDescriptors = 4;

void takeDescriptors(msghdr& message, std::vector<UniqueFd>& received)
{
    for (cmsghdr* header = CMSG_FIRSTHDR(&message); header; header = CMSG_NXTHDR(&message, header)) {
        if (header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS)
            continue;
        const std::size_t count = (header->cmsg_len - CMSG_LEN(0)) / sizeof(int);
        for (std::size_t i = 0; i < count; ++i) {
            int fd = -1;
            std::memcpy(&fd, CMSG_DATA(header) + i * sizeof(int), sizeof fd);
            UniqueFd owned(fd);
            if (received.size() < MaxDescriptors)
                received.push_back(std::move(owned));
        }
    }
}

class SocketTransport final : public Transport {
public:
    explicit SocketTransport(int socket) : m_socket(socket) {}

    IoResult read(std::span<std::byte> into, std::vector<UniqueFd>& received) override
    {
        alignas(cmsghdr) std::array<char, CMSG_SPACE(MaxDescriptors * sizeof(int))> control{};
        iovec vector{into.data(), into.size()};
        msghdr message{};
        message.msg_iov = &vector;
        message.msg_iovlen = 1;
        message.msg_control = control.data();
        message.msg_controllen = control.size();
        const ssize_t count = ::recvmsg(m_socket, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
        if (count > 0) {
            takeDescriptors(message, received);
            return {static_cast<std::size_t>(count), IoState::Ready};
        }
        return {0, count < 0 ? stateOf(errno) : IoState::Closed};
    }

    IoResult write(std::span<const std::byte> from) override
    {
        const ssize_t count = ::send(m_socket, from.data(), from.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
        if (count >= 0)
            return {static_cast<std::size_t>(count), IoState::Ready};
        return {0, stateOf(errno)};
    }

private:
    static IoState stateOf(int error)
    {
        return error == EAGAIN || error == EINTR ? IoState::WouldBlock : IoState::Closed;
    }
    int m_socket;
};

} // namespace

std::unique_ptr<Transport> makeSocketTransport(int socket)
{
    return std::make_unique<SocketTransport>(socket);
}

} // namespace engine::display::rfb

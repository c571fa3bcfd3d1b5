// SPDX-License-Identifier: GPL-3.0-or-later
#include "display/rfb/shared_frame_sender.h"

#include "display/rfb/byte_order.h"

#include <fcntl.h>
#include <sys/socket.h>

#include <array>
#include <cstring>
#include <string>

namespace engine::display::rfb {
namespace {

constexpr std::uint32_t Magic = 0x47485346; // "GHSF"
constexpr std::uint16_t LayoutVersion = 1;

/// A second, read-only description of the same memory: a viewer can look but not touch.
UniqueFd reopenReadOnly(int fd)
{
    const std::string path = "/proc/self/fd/" + std::to_string(fd);
    return UniqueFd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
}

bool sendWithDescriptor(int socket, std::span<const std::byte> data, int fd)
{
    alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> control{};
    // SAFETY: sendmsg() only reads through iov_base, which lacks const.
    iovec vector{const_cast<std::byte*>(data.data()), data.size()};
    msghdr message{};
    message.msg_iov = &vector;
    message.msg_iovlen = 1;
    if (fd >= 0) {
        message.msg_control = control.data();
        message.msg_controllen = control.size();
        cmsghdr* header = CMSG_FIRSTHDR(&message);
        header->cmsg_level = SOL_SOCKET;
        header->cmsg_type = SCM_RIGHTS;
        header->cmsg_len = CMSG_LEN(sizeof fd);
        std::memcpy(CMSG_DATA(header), &fd, sizeof fd);
    }
    return ::sendmsg(socket, &message, MSG_DONTWAIT | MSG_NOSIGNAL) == static_cast<ssize_t>(data.size());
}

} // namespace

std::uint16_t SharedFrameSender::announce(const FrameDescriptor& frame)
{
    const bool known = m_block.lock() == frame.block && m_blockNumber != 0;
    UniqueFd memory;
    if (!known) {
        memory = reopenReadOnly(frame.block->fd());
        if (!memory)
            return 0;
        ++m_blockNumber;
    }
    m_serial = static_cast<std::uint16_t>(m_serial == 0xffff ? 1 : m_serial + 1);
    ByteWriter message;
    message.u32(Magic);
    message.u16(LayoutVersion);
    message.u16(m_serial);
    message.u32(m_blockNumber);
    message.u32(frame.width);
    message.u32(frame.height);
    message.u32(frame.stride);
    message.integer(frame.offset);
    message.integer(frame.block->sizeBytes());
    if (!sendWithDescriptor(m_socket.get(), message.data(), memory.get()))
        return 0;
    m_block = frame.block;
    return m_serial;
}

} // namespace engine::display::rfb

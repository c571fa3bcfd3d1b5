// SPDX-License-Identifier: GPL-3.0-or-later
#include "rfb/shared_frame_receiver.h"

#include "rfb/outgoing_messages.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include <array>
#include <cstring>

namespace console {
namespace {

constexpr std::uint32_t Magic = 0x47485346; // "GHSF"
constexpr std::uint16_t LayoutVersion = 1;
constexpr std::uint64_t MaxBlock = std::uint64_t{1} << 30U;
constexpr std::uint32_t MaxSide = 0x7fff; // QImage counts in int; RFB in 16 bits

template <class T>
T bigEndian(std::span<const std::byte> from, std::size_t offset)
{
    T value = 0;
    for (std::size_t i = 0; i < sizeof(T); ++i)
        value = static_cast<T>(static_cast<T>(value << 8U) | std::to_integer<T>(from[offset + i]));
    return value;
}

} // namespace

/// Memory of the server's, mapped read-only.
class SharedFrameReceiver::Mapping {
public:
    Mapping(const std::uint8_t* data, std::size_t size) : m_data(data), m_size(size) {}
    Mapping(const Mapping&) = delete;
    Mapping& operator=(const Mapping&) = delete;
    Mapping(Mapping&&) = delete;
    Mapping& operator=(Mapping&&) = delete;
    ~Mapping()
    {
        // SAFETY: mapped in map() with this address and size; munmap() lacks const.
        ::munmap(const_cast<std::uint8_t*>(m_data), m_size);
    }
    [[nodiscard]] const std::uint8_t* data() const { return m_data; }
    [[nodiscard]] std::size_t size() const { return m_size; }

private:
    const std::uint8_t* m_data;
    std::size_t m_size;
};

class SharedFrameReceiver::SharedFrame final : public FrameMemory {
public:
    SharedFrame(const Announcement& frame, std::shared_ptr<Mapping> mapping)
        : FrameMemory(static_cast<int>(frame.width), static_cast<int>(frame.height), frame.stride,
                      mapping->data() + frame.offset),
          m_mapping(std::move(mapping))
    {}

private:
    std::shared_ptr<Mapping> m_mapping;
};

std::optional<SharedFrameReceiver> SharedFrameReceiver::attach(int connection)
{
    std::array<int, 2> pair{};
    if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair.data()) != 0)
        return std::nullopt;
    OwnedFd ours(pair[0]);
    const OwnedFd theirs(pair[1]);
    rfb::Bytes bytes = rfb::sharedFrameControl(rfb::SharedFrameOperation::Attach);
    alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> control{};
    iovec vector{bytes.data(), bytes.size()};
    msghdr message{};
    message.msg_iov = &vector;
    message.msg_iovlen = 1;
    message.msg_control = control.data();
    message.msg_controllen = control.size();
    cmsghdr* header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof(int));
    const int fd = theirs.get();
    std::memcpy(CMSG_DATA(header), &fd, sizeof fd);
    if (::sendmsg(connection, &message, MSG_NOSIGNAL) != static_cast<ssize_t>(bytes.size()))
        return std::nullopt;
    return SharedFrameReceiver(std::move(ours));
}

bool SharedFrameReceiver::readMessage(std::span<std::byte> into, OwnedFd& memory)
{
    // The server sends the announcement first, so it is here; a short wait covers odd schedulers.
    pollfd waiting{m_socket.get(), POLLIN, 0};
    if (::poll(&waiting, 1, 2000) != 1)
        return false;
    alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> control{};
    iovec vector{into.data(), into.size()};
    msghdr message{};
    message.msg_iov = &vector;
    message.msg_iovlen = 1;
    message.msg_control = control.data();
    message.msg_controllen = control.size();
    const ssize_t count = ::recvmsg(m_socket.get(), &message, MSG_CMSG_CLOEXEC | MSG_DONTWAIT);
    const cmsghdr* header = CMSG_FIRSTHDR(&message);
    if (count > 0 && header && header->cmsg_level == SOL_SOCKET && header->cmsg_type == SCM_RIGHTS
        && header->cmsg_len == CMSG_LEN(sizeof(int))) {
        int fd = -1;
        std::memcpy(&fd, CMSG_DATA(header), sizeof fd);
        memory.reset(fd);
    }
    return count == static_cast<ssize_t>(into.size());
}

std::optional<SharedFrameReceiver::Announcement>
SharedFrameReceiver::parse(std::span<const std::byte> message)
{
    if (bigEndian<std::uint32_t>(message, 0) != Magic
        || bigEndian<std::uint16_t>(message, 4) != LayoutVersion)
        return std::nullopt;
    Announcement frame{.serial = bigEndian<std::uint16_t>(message, 6),
                       .block = bigEndian<std::uint32_t>(message, 8),
                       .width = bigEndian<std::uint32_t>(message, 12),
                       .height = bigEndian<std::uint32_t>(message, 16),
                       .stride = bigEndian<std::uint32_t>(message, 20),
                       .offset = bigEndian<std::uint64_t>(message, 24),
                       .size = bigEndian<std::uint64_t>(message, 32)};
    if (frame.width == 0 || frame.height == 0 || frame.width > MaxSide || frame.height > MaxSide
        || frame.size > MaxBlock || frame.stride % 4 != 0 || frame.offset % 4 != 0
        || frame.stride / 4 < frame.width)
        return std::nullopt;
    const std::uint64_t bytes =
        std::uint64_t{frame.stride} * (frame.height - 1) + std::uint64_t{frame.width} * 4;
    if (frame.offset > frame.size || bytes > frame.size - frame.offset)
        return std::nullopt;
    return frame;
}

std::shared_ptr<SharedFrameReceiver::Mapping> SharedFrameReceiver::map(OwnedFd memory, std::uint64_t size)
{
    // A file that can shrink would turn reading it into SIGBUS.
    const int seals = ::fcntl(memory.get(), F_GET_SEALS);
    struct stat status{};
    if (seals < 0 || (seals & F_SEAL_SHRINK) == 0 || ::fstat(memory.get(), &status) != 0
        || static_cast<std::uint64_t>(status.st_size) < size)
        return nullptr;
    void* address = ::mmap(nullptr, size, PROT_READ, MAP_SHARED, memory.get(), 0);
    if (address == MAP_FAILED)
        return nullptr;
    return std::make_shared<Mapping>(static_cast<const std::uint8_t*>(address), size);
}

std::shared_ptr<FrameMemory> SharedFrameReceiver::receive(std::uint32_t serial)
{
    std::array<std::byte, MessageSize> message{};
    OwnedFd memory;
    if (!readMessage(message, memory))
        return nullptr;
    const auto frame = parse(message);
    if (!frame || frame->serial != serial)
        return nullptr;
    if (memory) {
        m_mapping = map(std::move(memory), frame->size);
        m_block = frame->block;
    }
    if (!m_mapping || frame->block != m_block || frame->size > m_mapping->size())
        return nullptr;
    return std::make_shared<SharedFrame>(*frame, m_mapping);
}

} // namespace console

// SPDX-License-Identifier: GPL-3.0-or-later
#include "net/tap_device.h"

#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstring>

namespace engine::net {

namespace {

/// struct virtio_net_hdr without its last field: every frame is whole and has its checksums.
constexpr std::size_t HeaderBytes = 10;
constexpr int FramesAtOnce = 64; ///< before others on this thread have their turn

Error explain(const std::string& name, int err)
{
    const std::string advice = "; make one for yourself with: sudo ip tuntap add dev " + name
                               + " mode tap user $USER && sudo ip link set " + name + " up";
    if (err == EPERM || err == EACCES)
        return {
            ErrorCode::Denied, err, "the tap interface " + name + " belongs to another user" + advice, {}};
    if (err == EBUSY)
        return {ErrorCode::Busy, err, "the tap interface " + name + " is used by another program", {}};
    if (err == EINVAL)
        return {ErrorCode::InvalidArgument, err, name + " is no tap interface" + advice, {}};
    return Error::system("cannot use the tap interface " + name, err);
}

} // namespace

Result<std::unique_ptr<TapDevice>> TapDevice::open(EventLoop& loop, const std::string& name, GuestSide guest)
{
    // TUNSETIFF would make an interface that is missing, where we may; nobody has asked for that.
    if (name.empty() || name.size() >= IFNAMSIZ || ::if_nametoindex(name.c_str()) == 0)
        return fail(ErrorCode::NotFound, "there is no network interface \"" + name
                                             + "\"; make one with: sudo ip tuntap add dev " + name
                                             + " mode tap user $USER && sudo ip link set " + name + " up");
    UniqueFd fd(::open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC));
    if (!fd)
        return failSystem("cannot open /dev/net/tun, which tap interfaces need");
    ifreq request{};
    std::memcpy(request.ifr_name, name.c_str(), name.size() + 1);
    request.ifr_flags = IFF_TAP | IFF_NO_PI | IFF_VNET_HDR;
    if (::ioctl(fd.get(), TUNSETIFF, &request) != 0)
        return std::unexpected(explain(name, errno));
    int headerBytes = HeaderBytes;
    if (::ioctl(fd.get(), TUNSETVNETHDRSZ, &headerBytes) != 0 || ::ioctl(fd.get(), TUNSETOFFLOAD, 0) != 0)
        return failSystem("cannot set up the tap interface " + name);
    std::unique_ptr<TapDevice> tap(new TapDevice(loop, std::move(fd), std::move(guest)));
    VM_TRY(loop.watch(tap->m_fd.get(), EPOLLIN, [raw = tap.get()](std::uint32_t) { raw->receive(); }));
    return tap;
}

TapDevice::~TapDevice()
{
    m_loop.unwatch(m_fd.get());
}

void TapDevice::receive()
{
    constexpr std::size_t LongestMessage = HeaderBytes + 65536;
    static thread_local std::vector<std::byte> message(LongestMessage);
    for (int i = 0; i < FramesAtOnce && !m_guest.isCongested(); ++i) {
        const ssize_t length = ::read(m_fd.get(), message.data(), message.size());
        if (length <= 0)
            break;
        const auto size = static_cast<std::size_t>(length);
        if (size > HeaderBytes && size - HeaderBytes <= OrdinaryFrameBytes)
            m_guest.deliver(std::span(message).subspan(HeaderBytes, size - HeaderBytes));
    }
    followCongestion();
}

void TapDevice::followCongestion()
{
    const bool reads = !m_guest.isCongested();
    if (reads != m_isReading
        && m_loop.changeEvents(m_fd.get(), reads ? static_cast<std::uint32_t>(EPOLLIN) : 0U))
        m_isReading = reads;
}

void TapDevice::wake()
{
    followCongestion();
}

void TapDevice::input(std::span<const std::byte> frame)
{
    std::array<std::byte, HeaderBytes> header{};
    std::array<iovec, 2> parts{{{.iov_base = header.data(), .iov_len = header.size()},
                                {.iov_base = const_cast<std::byte*>(frame.data()), .iov_len = frame.size()}}};
    // A full queue or an interface that is down loses the frame, as a wire would.
    (void)::writev(m_fd.get(), parts.data(), static_cast<int>(parts.size()));
}

} // namespace engine::net

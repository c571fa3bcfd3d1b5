// SPDX-License-Identifier: GPL-3.0-or-later
#include "kvm/assist/linear_memory.h"

#include <algorithm>

namespace engine::kvm::assist {

namespace {

constexpr std::uint64_t PageBytes = 4096;

std::size_t lengthInPage(std::uint64_t address, std::size_t wanted)
{
    return static_cast<std::size_t>(std::min<std::uint64_t>(wanted, PageBytes - address % PageBytes));
}

} // namespace

std::optional<GuestFault> LinearMemory::read(std::uint64_t linear, std::span<std::byte> data) const
{
    for (const bool move : {false, true})
        for (std::size_t done = 0; done < data.size();) {
            const std::uint64_t address = wrap(linear + done);
            const std::size_t length = lengthInPage(address, data.size() - done);
            const auto physical = find(address, AccessKind::Read);
            if (!physical)
                return physical.error();
            if (move)
                m_pages.read(*physical, data.subspan(done, length));
            done += length;
        }
    return std::nullopt;
}

std::optional<GuestFault> LinearMemory::checkWritable(std::uint64_t linear, std::size_t length) const
{
    for (std::size_t done = 0; done < length;) {
        const std::uint64_t address = wrap(linear + done);
        if (const auto physical = find(address, AccessKind::Write); !physical)
            return physical.error();
        done += lengthInPage(address, length - done);
    }
    return std::nullopt;
}

std::optional<GuestFault> LinearMemory::write(std::uint64_t linear, std::span<const std::byte> data) const
{
    if (auto fault = checkWritable(linear, data.size()))
        return fault;
    for (std::size_t done = 0; done < data.size();) {
        const std::uint64_t address = wrap(linear + done);
        const std::size_t length = lengthInPage(address, data.size() - done);
        const auto physical = find(address, AccessKind::Write);
        if (!physical)
            return physical.error(); // another CPU has changed the tables in between
        m_pages.write(*physical, data.subspan(done, length));
        done += length;
    }
    return std::nullopt;
}

std::expected<std::size_t, GuestFault> LinearMemory::fetch(std::uint64_t linear,
                                                           std::span<std::byte> data) const
{
    std::size_t done = 0;
    while (done < data.size()) {
        const std::uint64_t address = wrap(linear + done);
        const std::size_t length = lengthInPage(address, data.size() - done);
        const auto physical = find(address, AccessKind::Fetch);
        if (!physical) {
            if (done == 0)
                return std::unexpected(physical.error());
            break;
        }
        m_pages.read(*physical, data.subspan(done, length));
        done += length;
    }
    return done;
}

std::expected<LinearMemory::AtomicTarget, GuestFault> LinearMemory::atomicTarget(std::uint64_t linear,
                                                                                 std::size_t length) const
{
    const auto physical = find(wrap(linear), AccessKind::Write);
    if (!physical)
        return std::unexpected(physical.error());
    return AtomicTarget{.host = m_pages.writableRam(*physical, length), .physical = *physical};
}

} // namespace engine::kvm::assist

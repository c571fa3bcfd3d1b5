// SPDX-License-Identifier: GPL-3.0-or-later
#include "devices/chipset/debug_ports.h"

#include <algorithm>
#include <vector>

namespace engine {

namespace {

constexpr std::byte DebugConPresent{0xe9};

} // namespace

void DebugCon::read(std::uint64_t /*offset*/, std::span<std::byte> data)
{
    std::ranges::fill(data, DebugConPresent);
}

void DebugCon::write(std::uint64_t /*offset*/, std::span<const std::byte> data)
{
    if (!m_sink)
        return;
    std::vector<std::uint8_t> bytes(data.size());
    std::ranges::transform(data, bytes.begin(), [](std::byte b) { return std::to_integer<std::uint8_t>(b); });
    const std::scoped_lock order(m_order);
    m_sink->write(bytes);
}

void PostPort::read(std::uint64_t /*offset*/, std::span<std::byte> data)
{
    std::ranges::fill(data, std::byte{0xff});
    if (!data.empty())
        data.front() = std::byte{lastCode()};
}

void PostPort::write(std::uint64_t offset, std::span<const std::byte> data)
{
    if (offset != 0 || data.empty())
        return;
    const auto code = std::to_integer<std::uint8_t>(data.front());
    if (m_code.exchange(code, std::memory_order_relaxed) != code && m_onCode)
        m_onCode(code);
}

void PostPort::saveState(StateWriter& out) const
{
    out.version(1);
    out.integer(lastCode());
}

Result<> PostPort::restoreState(StateReader& in)
{
    (void)in.version(1);
    const auto code = in.integer<std::uint8_t>();
    VM_TRY(in.finish());
    m_code = code;
    return {};
}

void DebugExit::read(std::uint64_t /*offset*/, std::span<std::byte> data)
{
    std::ranges::fill(data, std::byte{0});
}

void DebugExit::write(std::uint64_t /*offset*/, std::span<const std::byte> data)
{
    if (m_onExit)
        m_onExit(static_cast<std::uint32_t>(loadLittleEndian(data)));
}

} // namespace engine

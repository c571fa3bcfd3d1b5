// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/state.h"

#include <algorithm>

namespace engine {

void StateWriter::bytes(std::span<const std::byte> value)
{
    integer(static_cast<std::uint32_t>(value.size()));
    m_bytes.insert(m_bytes.end(), value.begin(), value.end());
}

std::span<const std::byte> StateReader::take(std::size_t length)
{
    if (m_broken || length > m_data.size()) {
        m_broken = true;
        return {};
    }
    const auto taken = m_data.first(length);
    m_data = m_data.subspan(length);
    return taken;
}

std::uint16_t StateReader::version(std::uint16_t newestKnown)
{
    const auto number = integer<std::uint16_t>();
    if (number == 0 || number > newestKnown)
        m_broken = true;
    return number;
}

bool StateReader::boolean()
{
    const auto raw = integer<std::uint8_t>();
    if (raw > 1)
        m_broken = true;
    return raw == 1;
}

void StateReader::bytes(std::span<std::byte> into)
{
    if (integer<std::uint32_t>() != into.size()) {
        m_broken = true;
        return;
    }
    std::ranges::copy(take(into.size()), into.begin());
}

std::vector<std::byte> StateReader::bytes(std::size_t limit)
{
    const std::size_t length = integer<std::uint32_t>();
    if (length > limit) {
        m_broken = true;
        return {};
    }
    const auto raw = take(length);
    return {raw.begin(), raw.end()};
}

std::string StateReader::string(std::size_t limit)
{
    const auto raw = bytes(limit);
    std::string text(raw.size(), '\0');
    std::ranges::transform(raw, text.begin(), [](std::byte b) { return static_cast<char>(b); });
    return text;
}

Result<> StateReader::finish() const
{
    if (m_broken)
        return fail(ErrorCode::Corrupt, "saved device state is truncated or malformed");
    if (!m_data.empty())
        return fail(ErrorCode::Corrupt, "saved device state has unexpected extra data");
    return {};
}

} // namespace engine

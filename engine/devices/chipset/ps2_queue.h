// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/state.h"

#include <cstdint>
#include <deque>
#include <initializer_list>
#include <optional>
#include <span>

namespace engine {

/// A bounded queue of bytes on their way to the guest.
class Ps2Queue {
public:
    static constexpr std::size_t Capacity = 256;

    /// All of `bytes` or, without room, none of them.
    bool push(std::span<const std::uint8_t> bytes)
    {
        if (bytes.size() > Capacity - m_bytes.size())
            return false;
        m_bytes.insert(m_bytes.end(), bytes.begin(), bytes.end());
        return true;
    }
    bool push(std::initializer_list<std::uint8_t> bytes)
    {
        return push(std::span(bytes.begin(), bytes.size()));
    }
    [[nodiscard]] std::optional<std::uint8_t> pop()
    {
        if (m_bytes.empty())
            return std::nullopt;
        const std::uint8_t byte = m_bytes.front();
        m_bytes.pop_front();
        return byte;
    }
    void clear() { m_bytes.clear(); }
    [[nodiscard]] bool isEmpty() const { return m_bytes.empty(); }
    [[nodiscard]] std::size_t size() const { return m_bytes.size(); }

    void save(StateWriter& out) const
    {
        const std::vector<std::uint8_t> bytes(m_bytes.begin(), m_bytes.end());
        out.bytes(std::as_bytes(std::span(bytes)));
    }
    void restore(StateReader& in)
    {
        m_bytes.clear();
        for (const std::byte byte : in.bytes(Capacity))
            m_bytes.push_back(std::to_integer<std::uint8_t>(byte));
    }

private:
    std::deque<std::uint8_t> m_bytes; // at most Capacity
};

/// A byte that a PS/2 device sends: the answer to a command, or what a person did.
struct Ps2Byte {
    std::uint8_t value = 0;
    bool isReply = false;
};

} // namespace engine

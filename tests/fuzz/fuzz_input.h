// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>

namespace engine::test {

/// Takes values off a fuzzer's input; zeros when it is used up.
class FuzzInput {
public:
    FuzzInput(const std::uint8_t* data, std::size_t size) : m_data(data, size) {}

    [[nodiscard]] bool isEmpty() const { return m_data.empty(); }
    template <std::unsigned_integral T>
    [[nodiscard]] T take()
    {
        T value = 0;
        for (std::size_t i = 0; i < sizeof(T) && !m_data.empty(); ++i) {
            value = static_cast<T>(value | static_cast<T>(T{m_data.front()} << (8 * i)));
            m_data = m_data.subspan(1);
        }
        return value;
    }
    [[nodiscard]] std::span<const std::uint8_t> takeBytes(std::size_t count)
    {
        const auto taken = m_data.first(std::min(count, m_data.size()));
        m_data = m_data.subspan(taken.size());
        return taken;
    }

private:
    std::span<const std::uint8_t> m_data;
};

} // namespace engine::test

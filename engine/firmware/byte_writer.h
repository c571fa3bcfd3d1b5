// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

namespace engine::firmware {

using Bytes = std::vector<std::byte>;

/// Builds a packed little-endian structure from front to back.
class ByteWriter {
public:
    ByteWriter& u8(std::uint8_t value) { return append(value, 1); }
    ByteWriter& u16(std::uint16_t value) { return append(value, 2); }
    ByteWriter& u32(std::uint32_t value) { return append(value, 4); }
    ByteWriter& u64(std::uint64_t value) { return append(value, 8); }
    ByteWriter& bytes(std::span<const std::byte> data)
    {
        m_data.insert(m_data.end(), data.begin(), data.end());
        return *this;
    }
    /// Exactly `width` bytes: cut off, or filled up with `fill`.
    ByteWriter& text(std::string_view value, std::size_t width, char fill = '\0')
    {
        for (std::size_t i = 0; i < width; ++i)
            m_data.push_back(static_cast<std::byte>(i < value.size() ? value[i] : fill));
        return *this;
    }
    ByteWriter& zeros(std::size_t count)
    {
        m_data.resize(m_data.size() + count);
        return *this;
    }
    /// Zeros up to the next multiple of `alignment`.
    ByteWriter& align(std::size_t alignment)
    {
        return zeros((alignment - m_data.size() % alignment) % alignment);
    }
    /// Overwrites `width` bytes at `offset`, which exist already.
    ByteWriter& patch(std::size_t offset, std::uint64_t value, unsigned width)
    {
        for (unsigned i = 0; i < width; ++i)
            m_data.at(offset + i) = static_cast<std::byte>(value >> (8 * i));
        return *this;
    }

    [[nodiscard]] std::size_t size() const { return m_data.size(); }
    [[nodiscard]] std::span<const std::byte> data() const { return m_data; }
    [[nodiscard]] Bytes take() { return std::exchange(m_data, {}); }

private:
    ByteWriter& append(std::uint64_t value, unsigned width)
    {
        for (unsigned i = 0; i < width; ++i)
            m_data.push_back(static_cast<std::byte>(value >> (8 * i)));
        return *this;
    }

    Bytes m_data;
};

} // namespace engine::firmware

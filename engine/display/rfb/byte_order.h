// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

namespace engine::display::rfb {

/// Appends big-endian numbers to a byte vector; RFB's byte order (RFC 6143 section 7).
class ByteWriter {
public:
    template <std::unsigned_integral T>
    void integer(T value)
    {
        for (std::size_t i = sizeof(T); i-- > 0;)
            m_bytes.push_back(std::byte(static_cast<std::uint8_t>(value >> (8 * i))));
    }
    void u8(std::uint8_t value) { m_bytes.push_back(std::byte(value)); }
    void u16(std::uint16_t value) { integer(value); }
    void u32(std::uint32_t value) { integer(value); }
    void s32(std::int32_t value) { integer(static_cast<std::uint32_t>(value)); }
    void zeros(std::size_t count) { m_bytes.resize(m_bytes.size() + count); }
    void bytes(std::span<const std::byte> data) { m_bytes.insert(m_bytes.end(), data.begin(), data.end()); }
    void text(std::string_view value) { bytes(std::as_bytes(std::span(value))); }

    /// Overwrites a number written before at `offset`.
    void patchU16(std::size_t offset, std::uint16_t value)
    {
        m_bytes[offset] = std::byte(static_cast<std::uint8_t>(value >> 8U));
        m_bytes[offset + 1] = std::byte(static_cast<std::uint8_t>(value));
    }
    /// Makes room for `count` bytes at the end and hands it out; valid until the next call.
    [[nodiscard]] std::span<std::byte> extend(std::size_t count)
    {
        m_bytes.resize(m_bytes.size() + count);
        return std::span(m_bytes).last(count);
    }
    void shrinkTo(std::size_t size) { m_bytes.resize(size); }

    [[nodiscard]] std::size_t size() const { return m_bytes.size(); }
    [[nodiscard]] bool isEmpty() const { return m_bytes.empty(); }
    [[nodiscard]] std::span<const std::byte> data() const { return m_bytes; }
    [[nodiscard]] std::vector<std::byte> take() { return std::exchange(m_bytes, {}); }
    void clear() { m_bytes.clear(); }

private:
    std::vector<std::byte> m_bytes;
};

/// Reads big-endian numbers from a span that the caller has checked to be long enough.
class ByteReader {
public:
    explicit ByteReader(std::span<const std::byte> data) : m_data(data) {}
    template <std::unsigned_integral T>
    [[nodiscard]] T integer()
    {
        T value = 0;
        for (std::size_t i = 0; i < sizeof(T); ++i)
            value = static_cast<T>(static_cast<T>(value << 8U) | std::to_integer<T>(m_data[m_position + i]));
        m_position += sizeof(T);
        return value;
    }
    [[nodiscard]] std::uint8_t u8() { return std::to_integer<std::uint8_t>(m_data[m_position++]); }
    [[nodiscard]] std::uint16_t u16() { return integer<std::uint16_t>(); }
    [[nodiscard]] std::uint32_t u32() { return integer<std::uint32_t>(); }
    [[nodiscard]] std::int32_t s32() { return static_cast<std::int32_t>(u32()); }
    void skip(std::size_t count) { m_position += count; }
    [[nodiscard]] std::span<const std::byte> bytes(std::size_t count)
    {
        const auto part = m_data.subspan(m_position, count);
        m_position += count;
        return part;
    }
    [[nodiscard]] std::size_t remaining() const { return m_data.size() - m_position; }

private:
    std::span<const std::byte> m_data;
    std::size_t m_position = 0;
};

} // namespace engine::display::rfb

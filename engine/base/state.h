// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace engine {

/// Writes a device's state: little-endian numbers and length-prefixed byte strings.
class StateWriter {
public:
    /// First in every device's state: the version of its layout, from 1.
    void version(std::uint16_t number) { integer(number); }
    template <std::unsigned_integral T>
    void integer(T value)
    {
        for (std::size_t i = 0; i < sizeof(T); ++i)
            m_bytes.push_back(std::byte(static_cast<std::uint8_t>(value >> (8 * i))));
    }
    void boolean(bool value) { integer(static_cast<std::uint8_t>(value)); }
    void bytes(std::span<const std::byte> value);
    void string(std::string_view value) { bytes(std::as_bytes(std::span(value))); }

    [[nodiscard]] std::span<const std::byte> data() const { return m_bytes; }
    [[nodiscard]] std::vector<std::byte> take() { return std::move(m_bytes); }

private:
    std::vector<std::byte> m_bytes;
};

/// Reads what StateWriter wrote. State files are hostile until checked: a read past the end or of
/// a wrong size yields zeros and is remembered, so a device reads all fields into a local struct,
/// asks finish() and its own range checks, and only then takes the values over.
class StateReader {
public:
    explicit StateReader(std::span<const std::byte> data) : m_data(data) {}

    /// The layout version; remembered as an error when it is 0 or above `newestKnown`.
    [[nodiscard]] std::uint16_t version(std::uint16_t newestKnown);
    template <std::unsigned_integral T>
    [[nodiscard]] T integer()
    {
        T value = 0;
        const auto raw = take(sizeof(T));
        for (std::size_t i = 0; i < raw.size(); ++i)
            value = static_cast<T>(
                value | static_cast<T>(static_cast<T>(std::to_integer<std::uint8_t>(raw[i])) << (8 * i)));
        return value;
    }
    [[nodiscard]] bool boolean();
    /// Fills `into`; the stored length must be exactly its size.
    void bytes(std::span<std::byte> into);
    /// A byte string of at most `limit` bytes.
    [[nodiscard]] std::vector<std::byte> bytes(std::size_t limit);
    [[nodiscard]] std::string string(std::size_t limit);

    /// Success when everything so far was well-formed and nothing is left over.
    [[nodiscard]] Result<> finish() const;

private:
    [[nodiscard]] std::span<const std::byte> take(std::size_t length);

    std::span<const std::byte> m_data;
    bool m_broken = false;
};

/// Something whose state a snapshot carries. Called with all vCPUs and workers stopped.
class Saveable {
public:
    virtual ~Saveable() = default;
    /// Unique within a machine and stable between releases ("rtc", "ahci0").
    [[nodiscard]] virtual std::string stateName() const = 0;
    virtual void saveState(StateWriter& out) const = 0;
    /// All or nothing: on error the device is as it was. Values are re-validated like guest writes.
    [[nodiscard]] virtual Result<> restoreState(StateReader& in) = 0;
};

} // namespace engine

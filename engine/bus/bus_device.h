// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace engine {

/// A device behind a port or MMIO window. It only sees offsets inside its own window and never
/// learns where it was placed. Called on vCPU threads, several at once: implementations lock.
/// Guests choose offset, width (1 to 8 bytes, also odd ones) and value freely.
class BusDevice {
public:
    virtual ~BusDevice() = default;
    /// Fills all of `data`.
    virtual void read(std::uint64_t offset, std::span<std::byte> data) = 0;
    virtual void write(std::uint64_t offset, std::span<const std::byte> data) = 0;
};

/// Little-endian value of 1 to 8 bytes on the bus.
[[nodiscard]] inline std::uint64_t loadLittleEndian(std::span<const std::byte> data)
{
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < data.size() && i < sizeof value; ++i)
        value |= std::to_integer<std::uint64_t>(data[i]) << (8 * i);
    return value;
}

inline void storeLittleEndian(std::span<std::byte> data, std::uint64_t value)
{
    for (std::size_t i = 0; i < data.size(); ++i)
        data[i] = i < sizeof value ? std::byte(static_cast<std::uint8_t>(value >> (8 * i))) : std::byte{0};
}

} // namespace engine

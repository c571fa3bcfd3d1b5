// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstdint>
#include <span>

namespace engine {

/// The TCO watchdog's registers (ICH9 datasheet 13.9): plain storage with the reset values and write masks of
/// the chip. Its timer never counts, so it never fires; a driver that arms it reads what it wrote.
class TcoRegisters {
public:
    static constexpr std::uint64_t BlockBytes = 32;

    [[nodiscard]] std::uint8_t read(std::uint64_t offset) const;
    void write(std::uint64_t offset, std::uint8_t value);
    void reset() { *this = TcoRegisters(); }

    [[nodiscard]] std::span<const std::uint8_t> bytes() const { return m_bytes; }
    [[nodiscard]] std::span<std::uint8_t> bytes() { return m_bytes; }

private:
    std::array<std::uint8_t, BlockBytes> m_bytes = initialBytes();
    [[nodiscard]] static constexpr std::array<std::uint8_t, BlockBytes> initialBytes()
    {
        std::array<std::uint8_t, BlockBytes> bytes{};
        bytes[0x0a] = 0x08; // TCO2_CNT
        bytes[0x10] = 0x03; // SW_IRQ_GEN
        bytes[0x12] = 0x04; // TCO_TMR
        return bytes;
    }
};

} // namespace engine

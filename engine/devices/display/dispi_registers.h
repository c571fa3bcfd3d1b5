// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstdint>

namespace engine::display {

/// Registers of the Bochs display interface (DISPI), index as written to port 1CE.
enum class DispiIndex : std::uint8_t {
    Identification,   ///< VBE_DISPI_INDEX_ID
    HorizontalPixels, ///< XRES
    VerticalPixels,   ///< YRES
    BitsPerPixel,     ///< BPP
    Enable,           ///< ENABLE
    Bank,             ///< BANK, 64 KiB steps of the A0000 window
    VirtualWidth,     ///< VIRT_WIDTH, pixels from one row to the next
    VirtualHeight,    ///< VIRT_HEIGHT, read only: rows that fit into video memory
    HorizontalOffset, ///< X_OFFSET
    VerticalOffset,   ///< Y_OFFSET
    VideoMemoryUnits, ///< VIDEO_MEMORY_64K, read only
};

/// What the scan-out needs to know about an enabled DISPI mode. Always inside video memory.
struct DispiGeometry {
    std::uint16_t width = 0;
    std::uint16_t height = 0;
    std::uint8_t bitsPerPixel = 0; ///< 4, 8, 15, 16, 24 or 32
    std::uint32_t stride = 0;      ///< bytes from one row to the next
    std::uint32_t start = 0;       ///< offset of the first pixel's word in video memory, multiple of 4
    bool operator==(const DispiGeometry&) const = default;
};

/// The DISPI register file: a plain value. The registers hold what the guest wrote while the mode is
/// off; while it is on every change is clamped so that the whole picture lies in video memory.
class DispiRegisters {
public:
    static constexpr std::uint16_t FirstIdentification = 0xb0c0;
    static constexpr std::uint16_t LastIdentification = 0xb0c5;
    static constexpr std::uint16_t MaxWidth = 16000;
    static constexpr std::uint16_t MaxHeight = 12000;
    static constexpr std::uint16_t MaxBitsPerPixel = 32;
    /// Bits of the Enable register.
    static constexpr std::uint16_t Enabled = 0x01;
    static constexpr std::uint16_t GetCapabilities = 0x02; ///< sizes read as the largest possible
    static constexpr std::uint16_t EightBitDac = 0x20;
    static constexpr std::uint16_t LinearFrameBuffer = 0x40;
    static constexpr std::uint16_t NoClearMemory = 0x80;
    static constexpr std::size_t RegisterCount = 10; // the stored ones

    /// `memoryBytes` is a power of two.
    explicit DispiRegisters(std::uint32_t memoryBytes) : m_memoryBytes(memoryBytes) {}

    /// Registers that do not exist read as 0.
    [[nodiscard]] std::uint16_t read(std::uint16_t index) const;

    enum class Effect : std::uint8_t {
        None,         ///< ignored
        Changed,      ///< a register has a new value
        ModeSwitched, ///< the picture's geometry (or its being on) may have changed
        TurnedOn,     ///< as before, and the mode has just been enabled
    };
    Effect write(std::uint16_t index, std::uint16_t value);

    [[nodiscard]] bool isEnabled() const { return (reg(DispiIndex::Enable) & Enabled) != 0; }
    [[nodiscard]] bool isEightBitDac() const { return (reg(DispiIndex::Enable) & EightBitDac) != 0; }
    /// Enabled with one or more bytes in a pixel: memory is linear for the CPU.
    [[nodiscard]] bool isPacked() const { return isEnabled() && reg(DispiIndex::BitsPerPixel) != 4; }
    /// Only meaningful while enabled.
    [[nodiscard]] DispiGeometry geometry() const;
    /// Where the 64 KiB window at A0000 starts in video memory.
    [[nodiscard]] std::uint32_t bankOffset() const { return m_bankOffset; }

    /// For saved state: the raw registers, and back again through the same checks as guest writes.
    [[nodiscard]] const std::array<std::uint16_t, RegisterCount>& raw() const { return m_registers; }
    void restore(const std::array<std::uint16_t, RegisterCount>& registers, bool bankActive);

    bool operator==(const DispiRegisters&) const = default;

private:
    [[nodiscard]] std::uint16_t reg(DispiIndex index) const
    {
        return m_registers[static_cast<std::size_t>(index)];
    }
    std::uint16_t& reg(DispiIndex index) { return m_registers[static_cast<std::size_t>(index)]; }
    [[nodiscard]] std::uint32_t bitsStored() const;
    [[nodiscard]] std::uint64_t startOffset(std::uint32_t x, std::uint32_t y) const;
    [[nodiscard]] Effect writeEnable(std::uint16_t value);
    void clampToMemory();

    std::uint32_t m_memoryBytes;
    std::array<std::uint16_t, RegisterCount> m_registers{LastIdentification};
    std::uint32_t m_bankOffset = 0;
};

} // namespace engine::display

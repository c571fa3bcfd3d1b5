// SPDX-License-Identifier: GPL-3.0-or-later
#include "devices/display/dispi_registers.h"

#include <algorithm>

namespace engine::display {

namespace {
constexpr std::uint32_t BankUnit = 64 * 1024;
constexpr std::uint16_t WidthStep = 8; // widths are whole characters
} // namespace

std::uint16_t DispiRegisters::read(std::uint16_t index) const
{
    if (index == static_cast<std::uint16_t>(DispiIndex::VideoMemoryUnits))
        return static_cast<std::uint16_t>(m_memoryBytes / BankUnit);
    if (index >= RegisterCount)
        return 0;
    if ((reg(DispiIndex::Enable) & GetCapabilities) != 0) {
        switch (static_cast<DispiIndex>(index)) {
        case DispiIndex::HorizontalPixels: return MaxWidth;
        case DispiIndex::VerticalPixels: return MaxHeight;
        case DispiIndex::BitsPerPixel: return MaxBitsPerPixel;
        default: break;
        }
    }
    return m_registers[index];
}

DispiRegisters::Effect DispiRegisters::write(std::uint16_t index, std::uint16_t value)
{
    if (index >= RegisterCount)
        return Effect::None;
    switch (static_cast<DispiIndex>(index)) {
    case DispiIndex::Identification:
        if (value < FirstIdentification || value > LastIdentification)
            return Effect::None;
        m_registers[index] = value;
        return Effect::Changed;
    case DispiIndex::HorizontalPixels:
    case DispiIndex::VerticalPixels:
    case DispiIndex::BitsPerPixel:
    case DispiIndex::VirtualWidth:
    case DispiIndex::HorizontalOffset:
    case DispiIndex::VerticalOffset:
        m_registers[index] = value;
        clampToMemory();
        return isEnabled() ? Effect::ModeSwitched : Effect::Changed;
    case DispiIndex::Bank:
        m_registers[index] = static_cast<std::uint16_t>(value & (m_memoryBytes / BankUnit - 1));
        m_bankOffset = m_registers[index] * BankUnit;
        return Effect::Changed;
    case DispiIndex::Enable: return writeEnable(value);
    case DispiIndex::VirtualHeight:
    case DispiIndex::VideoMemoryUnits: break; // read only
    }
    return Effect::None;
}

DispiRegisters::Effect DispiRegisters::writeEnable(std::uint16_t value)
{
    const bool turnsOn = (value & Enabled) != 0 && !isEnabled();
    reg(DispiIndex::Enable) = value;
    if (!turnsOn) {
        m_bankOffset = 0;
        return Effect::ModeSwitched;
    }
    reg(DispiIndex::VirtualWidth) = 0;
    reg(DispiIndex::HorizontalOffset) = 0;
    reg(DispiIndex::VerticalOffset) = 0;
    clampToMemory();
    return Effect::TurnedOn;
}

std::uint32_t DispiRegisters::bitsStored() const
{
    const std::uint16_t bits = reg(DispiIndex::BitsPerPixel);
    return bits == 15 ? 16 : bits;
}

std::uint64_t DispiRegisters::startOffset(std::uint32_t x, std::uint32_t y) const
{
    const std::uint64_t stride = reg(DispiIndex::VirtualWidth) * bitsStored() / 8;
    return y * stride + std::uint64_t{x} * bitsStored() / 8;
}

void DispiRegisters::clampToMemory()
{
    if (!isEnabled())
        return;
    auto& bits = reg(DispiIndex::BitsPerPixel);
    constexpr std::array<std::uint16_t, 6> Depths{4, 8, 15, 16, 24, 32};
    if (std::ranges::find(Depths, bits) == Depths.end())
        bits = 8;

    const auto wholeCharacters = [](std::uint16_t width) {
        return static_cast<std::uint16_t>(std::min(width, MaxWidth) / WidthStep * WidthStep);
    };
    auto& width = reg(DispiIndex::HorizontalPixels);
    width = std::max(wholeCharacters(width), WidthStep);
    auto& virtualWidth = reg(DispiIndex::VirtualWidth);
    virtualWidth = std::max(wholeCharacters(virtualWidth), width);

    // The longest row is 64,000 bytes: at least four fit into the smallest memory.
    const std::uint32_t rows = m_memoryBytes / (virtualWidth * bitsStored() / 8);
    auto& height = reg(DispiIndex::VerticalPixels);
    height = static_cast<std::uint16_t>(
        std::min<std::uint32_t>(std::clamp<std::uint16_t>(height, 1, MaxHeight), rows));
    reg(DispiIndex::VirtualHeight) = static_cast<std::uint16_t>(std::min<std::uint32_t>(rows, 0xffff));

    auto& x = reg(DispiIndex::HorizontalOffset);
    auto& y = reg(DispiIndex::VerticalOffset);
    x = std::min(x, MaxWidth);
    y = std::min(y, MaxHeight);
    const auto fits = [&] { return startOffset(x, y) + startOffset(0, height) <= m_memoryBytes; };
    if (!fits())
        y = 0;
    if (!fits())
        x = 0;
}

DispiGeometry DispiRegisters::geometry() const
{
    const auto start = startOffset(reg(DispiIndex::HorizontalOffset), reg(DispiIndex::VerticalOffset));
    return {.width = reg(DispiIndex::HorizontalPixels),
            .height = reg(DispiIndex::VerticalPixels),
            .bitsPerPixel = static_cast<std::uint8_t>(reg(DispiIndex::BitsPerPixel)),
            .stride = reg(DispiIndex::VirtualWidth) * bitsStored() / 8,
            .start = static_cast<std::uint32_t>(start) & ~3U};
}

void DispiRegisters::restore(const std::array<std::uint16_t, RegisterCount>& registers, bool bankActive)
{
    const auto id = registers[0];
    m_registers = registers;
    if (id < FirstIdentification || id > LastIdentification)
        m_registers[0] = LastIdentification;
    (void)write(static_cast<std::uint16_t>(DispiIndex::Bank), reg(DispiIndex::Bank));
    if (!bankActive)
        m_bankOffset = 0;
    clampToMemory();
}

} // namespace engine::display

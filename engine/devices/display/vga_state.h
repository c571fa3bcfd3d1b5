// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "devices/display/dispi_registers.h"

#include <array>
#include <cstdint>

namespace engine::display {

/// Indices of the VGA's register files and the bits that decide something (FreeVGA, "Sequencer",
/// "CRTC", "Graphics" and "Attribute Controller Registers").
namespace sequencer {
inline constexpr std::uint8_t ClockingMode = 1; ///< SR1
inline constexpr std::uint8_t EightDots = 0x01;
inline constexpr std::uint8_t HalfDotClock = 0x08;
inline constexpr std::uint8_t ScreenOff = 0x20;
inline constexpr std::uint8_t MapMask = 2;            ///< SR2
inline constexpr std::uint8_t CharacterMapSelect = 3; ///< SR3
inline constexpr std::uint8_t MemoryMode = 4;         ///< SR4
inline constexpr std::uint8_t OddEvenDisable = 0x04;
inline constexpr std::uint8_t Chain4 = 0x08;
} // namespace sequencer

namespace crtc {
inline constexpr std::uint8_t HorizontalTotal = 0x00;
inline constexpr std::uint8_t HorizontalDisplayEnd = 0x01;
inline constexpr std::uint8_t VerticalTotal = 0x06;
inline constexpr std::uint8_t Overflow = 0x07;
inline constexpr std::uint8_t PresetRowScan = 0x08;
inline constexpr std::uint8_t MaximumScanLine = 0x09;
inline constexpr std::uint8_t CursorStart = 0x0a;
inline constexpr std::uint8_t CursorEnd = 0x0b;
inline constexpr std::uint8_t StartAddressHigh = 0x0c;
inline constexpr std::uint8_t StartAddressLow = 0x0d;
inline constexpr std::uint8_t CursorLocationHigh = 0x0e;
inline constexpr std::uint8_t CursorLocationLow = 0x0f;
inline constexpr std::uint8_t VerticalRetraceStart = 0x10;
inline constexpr std::uint8_t VerticalRetraceEnd = 0x11;
inline constexpr std::uint8_t ProtectTiming = 0x80;
inline constexpr std::uint8_t VerticalDisplayEnd = 0x12;
inline constexpr std::uint8_t Offset = 0x13;
inline constexpr std::uint8_t UnderlineLocation = 0x14;
inline constexpr std::uint8_t ModeControl = 0x17;
inline constexpr std::uint8_t LineCompare = 0x18;
inline constexpr std::uint8_t Count = 0x19;
} // namespace crtc

namespace graphics {
inline constexpr std::uint8_t SetReset = 0;
inline constexpr std::uint8_t EnableSetReset = 1;
inline constexpr std::uint8_t ColourCompare = 2;
inline constexpr std::uint8_t DataRotate = 3;
inline constexpr std::uint8_t ReadMapSelect = 4;
inline constexpr std::uint8_t Mode = 5;
inline constexpr std::uint8_t ReadMode1 = 0x08;
inline constexpr std::uint8_t HostOddEven = 0x10;
inline constexpr std::uint8_t Miscellaneous = 6;
inline constexpr std::uint8_t GraphicsMode = 0x01;
inline constexpr std::uint8_t ColourDontCare = 7;
inline constexpr std::uint8_t BitMask = 8;
inline constexpr std::uint8_t Count = 9;
} // namespace graphics

namespace attribute {
inline constexpr std::uint8_t ModeControl = 0x10;
inline constexpr std::uint8_t MonochromeEmulation = 0x02;
inline constexpr std::uint8_t LineGraphics = 0x04;
inline constexpr std::uint8_t Blink = 0x08;
inline constexpr std::uint8_t PanningCompatible = 0x20;
inline constexpr std::uint8_t PaletteBits54 = 0x80;
inline constexpr std::uint8_t ColourPlaneEnable = 0x12;
inline constexpr std::uint8_t PixelPanning = 0x13;
inline constexpr std::uint8_t ColourSelect = 0x14;
inline constexpr std::uint8_t Count = 0x15;
inline constexpr std::uint8_t PaletteAddressSource = 0x20; ///< of the index register: 1 shows the picture
} // namespace attribute

/// Miscellaneous Output Register (written at 3C2, read at 3CC).
namespace miscellaneous {
inline constexpr std::uint8_t ColourAddresses = 0x01; ///< CRTC at 3Dx, else at 3Bx
inline constexpr std::uint8_t Unimplemented = 0x10;
} // namespace miscellaneous

/// The digital-to-analogue converter: 256 colours and the machinery of ports 3C6-3C9.
struct DacState {
    std::uint8_t pixelMask = 0xff;
    std::uint8_t readIndex = 0;
    std::uint8_t writeIndex = 0;
    std::uint8_t component = 0;              ///< 0 red, 1 green, 2 blue: the next one on port 3C9
    bool reading = false;                    ///< the last index went to 3C7
    std::array<std::uint8_t, 2> pending{};   ///< red and green, until blue makes the colour
    std::array<std::uint8_t, 768> colours{}; ///< as written: red, green, blue
    bool operator==(const DacState&) const = default;
};

/// Every register of the adapter. A plain value: the scan-out works on a copy.
struct VgaState {
    std::uint8_t miscOutput = 0;
    std::uint8_t featureControl = 0;
    std::uint8_t sequencerIndex = 0;
    std::uint8_t crtcIndex = 0;
    std::uint8_t graphicsIndex = 0;
    std::uint8_t attributeIndex = 0;   ///< with PaletteAddressSource
    bool attributeExpectsData = false; ///< the flip-flop behind port 3C0
    bool bigEndianPixels = false;
    std::array<std::uint8_t, 8> sequencer{};
    std::array<std::uint8_t, crtc::Count> crtc{};
    std::array<std::uint8_t, graphics::Count> graphics{};
    std::array<std::uint8_t, attribute::Count> attribute{};
    DacState dac;
    DispiRegisters dispi;
    std::uint32_t latch = 0; ///< the four planes' bytes of the last read, plane 0 lowest

    explicit VgaState(std::uint32_t memoryBytes) : dispi(memoryBytes) {}
    bool operator==(const VgaState&) const = default;
};

} // namespace engine::display

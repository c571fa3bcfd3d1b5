// SPDX-License-Identifier: GPL-3.0-or-later
#include "devices/display/vga_text_setup.h"

#include <algorithm>
#include <array>

namespace engine::display {

namespace {

// Register values of the standard mode 3 (IBM VGA technical reference, "Video modes"; FreeVGA).
constexpr std::uint8_t MiscOutput = 0x67;
constexpr std::array<std::uint8_t, 5> SequencerValues{0x03, 0x00, 0x03, 0x00, 0x02};
constexpr std::array<std::uint8_t, 25> CrtcValues{0x5f, 0x4f, 0x50, 0x82, 0x55, 0x81, 0xbf, 0x1f, 0x00,
                                                  0x4f, 0x0d, 0x0e, 0x00, 0x00, 0x00, 0x00, 0x9c, 0x8e,
                                                  0x8f, 0x28, 0x1f, 0x96, 0xb9, 0xa3, 0xff};
constexpr std::array<std::uint8_t, 9> GraphicsValues{0x00, 0x00, 0x00, 0x00, 0x00, 0x10, 0x0e, 0x0f, 0xff};
constexpr std::array<std::uint8_t, 21> AttributeValues{0x00, 0x01, 0x02, 0x03, 0x04, 0x05, 0x14,
                                                       0x07, 0x38, 0x39, 0x3a, 0x3b, 0x3c, 0x3d,
                                                       0x3e, 0x3f, 0x0c, 0x00, 0x0f, 0x08, 0x00};

constexpr std::uint16_t AttributePort = 0x3c0;
constexpr std::uint16_t MiscOutputPort = 0x3c2;
constexpr std::uint16_t SequencerPort = 0x3c4;
constexpr std::uint16_t DacMaskPort = 0x3c6;
constexpr std::uint16_t DacWriteIndexPort = 0x3c8;
constexpr std::uint16_t DacDataPort = 0x3c9;
constexpr std::uint16_t GraphicsPort = 0x3ce;
constexpr std::uint16_t CrtcPort = 0x3d4;
constexpr std::uint16_t InputStatusPort = 0x3da;
constexpr std::uint32_t TextOffset = 0x18000; // B8000, in the window at A0000
constexpr std::uint32_t TextCells = 0x4000;
constexpr std::size_t GlyphRows = 16;
constexpr std::size_t GlyphSlot = 32; // bytes between glyphs in plane 2

/// The adapter as the CPU reaches it.
class Programmer {
public:
    explicit Programmer(VgaAdapter& adapter) : m_adapter(adapter) {}
    void out(std::uint16_t port, std::uint8_t value)
    {
        const std::array bytes{std::byte{value}};
        m_adapter.legacyPorts().write(port - VgaAdapter::LegacyPortsBase, bytes);
    }
    void in(std::uint16_t port)
    {
        std::array<std::byte, 1> bytes{};
        m_adapter.legacyPorts().read(port - VgaAdapter::LegacyPortsBase, bytes);
    }
    void indexed(std::uint16_t port, std::uint8_t index, std::uint8_t value)
    {
        out(port, index);
        out(static_cast<std::uint16_t>(port + 1), value);
    }
    void poke(std::uint32_t offset, std::span<const std::byte> bytes)
    {
        m_adapter.window().write(offset, bytes);
    }

private:
    VgaAdapter& m_adapter;
};

void setRegisters(Programmer& vga)
{
    vga.out(MiscOutputPort, MiscOutput);
    for (std::uint8_t i = 0; i < SequencerValues.size(); ++i)
        vga.indexed(SequencerPort, i, SequencerValues.at(i));
    vga.indexed(CrtcPort, crtc::VerticalRetraceEnd, 0); // lifts the protection of the timing
    for (std::uint8_t i = 0; i < CrtcValues.size(); ++i)
        vga.indexed(CrtcPort, i, CrtcValues.at(i));
    for (std::uint8_t i = 0; i < GraphicsValues.size(); ++i)
        vga.indexed(GraphicsPort, i, GraphicsValues.at(i));
    vga.in(InputStatusPort); // the next write to 3C0 is an index
    for (std::uint8_t i = 0; i < AttributeValues.size(); ++i) {
        vga.out(AttributePort, i);
        vga.out(AttributePort, AttributeValues.at(i));
    }
    vga.out(AttributePort, attribute::PaletteAddressSource);
}

/// The 64 colours of the EGA: two bits for each component, the weaker one in the upper half.
void setColours(Programmer& vga)
{
    constexpr std::uint8_t Strong = 0x2a;
    constexpr std::uint8_t Weak = 0x15;
    vga.out(DacMaskPort, 0xff);
    vga.out(DacWriteIndexPort, 0);
    for (unsigned colour = 0; colour < 64; ++colour)
        for (const unsigned component : {2U, 1U, 0U}) {
            const bool strong = (colour >> component & 1) != 0;
            const bool weak = (colour >> (component + 3) & 1) != 0;
            vga.out(DacDataPort, static_cast<std::uint8_t>((strong ? Strong : 0) + (weak ? Weak : 0)));
        }
}

void loadFont(Programmer& vga, std::span<const std::byte> font)
{
    // Plane 2 alone, flat at A0000, and back to text.
    vga.indexed(SequencerPort, sequencer::MapMask, 0x04);
    vga.indexed(SequencerPort, sequencer::MemoryMode, 0x06);
    vga.indexed(GraphicsPort, graphics::Mode, 0x00);
    vga.indexed(GraphicsPort, graphics::Miscellaneous, 0x04);
    for (std::size_t glyph = 0; glyph * GlyphRows < font.size(); ++glyph)
        vga.poke(static_cast<std::uint32_t>(glyph * GlyphSlot), font.subspan(glyph * GlyphRows, GlyphRows));
    vga.indexed(SequencerPort, sequencer::MapMask, SequencerValues[sequencer::MapMask]);
    vga.indexed(SequencerPort, sequencer::MemoryMode, SequencerValues[sequencer::MemoryMode]);
    vga.indexed(GraphicsPort, graphics::Mode, GraphicsValues[graphics::Mode]);
    vga.indexed(GraphicsPort, graphics::Miscellaneous, GraphicsValues[graphics::Miscellaneous]);
}

void clearScreen(Programmer& vga)
{
    constexpr std::array Blank{std::byte{' '}, std::byte{0x07}};
    for (std::uint32_t cell = 0; cell < TextCells; ++cell)
        vga.poke(TextOffset + cell * 2, Blank);
}

} // namespace

std::span<const std::byte> findTextFont(std::span<const std::byte> rom)
{
    // Every such font starts with the blank glyph 0 and the smiling face of code page 437.
    constexpr std::array<std::uint8_t, 2 * GlyphRows> Start{
        0, 0, 0,    0,    0,    0,    0,    0,    0,    0,    0,    0,    0, 0, 0, 0,
        0, 0, 0x7e, 0x81, 0xa5, 0x81, 0x81, 0xbd, 0x99, 0x81, 0x81, 0x7e, 0, 0, 0, 0};
    const auto found = std::ranges::search(
        rom, Start, [](std::byte a, std::uint8_t b) { return std::to_integer<std::uint8_t>(a) == b; });
    const auto offset = static_cast<std::size_t>(found.begin() - rom.begin());
    if (found.empty() || rom.size() - offset < TextFontBytes)
        return {};
    return rom.subspan(offset, TextFontBytes);
}

void enterTextMode(VgaAdapter& adapter, std::span<const std::byte> font)
{
    Programmer vga(adapter);
    setRegisters(vga);
    setColours(vga);
    loadFont(vga, font);
    clearScreen(vga);
}

} // namespace engine::display

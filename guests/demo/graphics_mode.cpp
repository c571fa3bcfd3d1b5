// SPDX-License-Identifier: GPL-3.0-or-later
// The standard VGA's own mode registers (QEMU docs/specs/standard-vga.rst, "Bochs display interface"), and
// those of the VGA (FreeVGA), which have to be brought back for text.
#include "graphics_mode.h"

#include "pci.h"
#include "ports.h"

namespace demo {

namespace {

constexpr std::uint16_t DispiIndex = 0x1CE;
constexpr std::uint16_t DispiData = 0x1CF;
constexpr std::uint16_t OldestWithFrame = 0xB0C2; // the first whose whole memory is mapped
constexpr std::uint16_t NewestKnown = 0xB0CF;
enum Dispi : std::uint16_t {
    Identity,
    XResolution,
    YResolution,
    BitsPerPixel,
    Enable,
    Bank,
    VirtualWidth,
    VirtualHeight,
    XOffset,
    YOffset
};
constexpr std::uint16_t Enabled = 0x01;
constexpr std::uint16_t LinearFrame = 0x40;
constexpr std::uint16_t KeepMemory = 0x80;

// Letters and font of the text mode lie in the first 256 KiB; the picture begins behind 1 MiB.
constexpr std::uint16_t FirstLine = 400;

struct IndexedRegisters {
    std::uint16_t index;
    std::uint16_t data;
    unsigned count;
};
constexpr IndexedRegisters Sequencer{0x3C4, 0x3C5, 5};
constexpr IndexedRegisters Crt{0x3D4, 0x3D5, 25};
constexpr IndexedRegisters GraphicsController{0x3CE, 0x3CF, 9};
constexpr unsigned AttributeCount = 21;
constexpr std::uint16_t AttributePort = 0x3C0; // index and data in turns
constexpr std::uint16_t AttributeRead = 0x3C1;
constexpr std::uint16_t AttributeReset = 0x3DA; // a read here: the next write is an index
constexpr std::uint8_t PaletteOn = 0x20;

std::uint8_t saved[64];

void writeDispi(std::uint16_t index, std::uint16_t value)
{
    out16(DispiIndex, index);
    out16(DispiData, value);
}

std::uint16_t readDispi(std::uint16_t index)
{
    out16(DispiIndex, index);
    return in16(DispiData);
}

std::uint8_t* save(const IndexedRegisters& registers, std::uint8_t* to)
{
    for (unsigned i = 0; i < registers.count; ++i) {
        out8(registers.index, static_cast<std::uint8_t>(i));
        *to++ = in8(registers.data);
    }
    return to;
}

const std::uint8_t* bringBack(const IndexedRegisters& registers, const std::uint8_t* from)
{
    for (unsigned i = 0; i < registers.count; ++i) {
        out8(registers.index, static_cast<std::uint8_t>(i));
        out8(registers.data, *from++);
    }
    return from;
}

void saveText()
{
    std::uint8_t* to = save(GraphicsController, save(Crt, save(Sequencer, saved)));
    for (unsigned i = 0; i < AttributeCount; ++i) {
        (void)in8(AttributeReset);
        out8(AttributePort, static_cast<std::uint8_t>(i));
        *to++ = in8(AttributeRead);
    }
    (void)in8(AttributeReset);
    out8(AttributePort, PaletteOn);
}

void bringBackText()
{
    constexpr std::uint8_t EndOfRetrace = 0x11; // its bit 7 protects registers 0..7
    const std::uint8_t* from = bringBack(Sequencer, saved);
    out8(Crt.index, EndOfRetrace);
    out8(Crt.data, 0);
    from = bringBack(GraphicsController, bringBack(Crt, from));
    for (unsigned i = 0; i < AttributeCount; ++i) {
        (void)in8(AttributeReset);
        out8(AttributePort, static_cast<std::uint8_t>(i));
        out8(AttributePort, *from++);
    }
    (void)in8(AttributeReset);
    out8(AttributePort, PaletteOn);
}

} // namespace

GraphicsMode::GraphicsMode()
{
    const std::uint16_t identity = readDispi(Identity);
    if (identity < OldestWithFrame || identity > NewestKnown || videoMemoryAddress() == 0)
        return;
    saveText();
    writeDispi(Enable, 0);
    writeDispi(XResolution, Canvas::Width);
    writeDispi(YResolution, Canvas::Height);
    writeDispi(BitsPerPixel, 32);
    writeDispi(Enable, Enabled | LinearFrame | KeepMemory);
    writeDispi(YOffset, FirstLine);
    m_isOn = true;
}

GraphicsMode::~GraphicsMode()
{
    if (!m_isOn)
        return;
    writeDispi(Enable, KeepMemory);
    bringBackText();
}

void GraphicsMode::show(const Canvas& canvas)
{
    auto* to = reinterpret_cast<std::uint64_t*>(static_cast<std::uintptr_t>(videoMemoryAddress()))
               + FirstLine * Canvas::Width / 2;
    const void* from = canvas.pixels();
    std::uint64_t count = Canvas::Width * Canvas::Height / 2;
    asm volatile("rep movsq" : "+D"(to), "+S"(from), "+c"(count) : : "memory");
}

} // namespace demo

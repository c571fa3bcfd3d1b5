// SPDX-License-Identifier: GPL-3.0-or-later
// VGA registers: FreeVGA, "Color registers" and "CRT controller registers".
#include "screen.h"

#include "ports.h"

namespace demo {

namespace {

constexpr unsigned Cells = Screen::Columns * Screen::Rows;
constexpr unsigned CellsAtOnce = 4; // one write of 8 bytes
constexpr std::uint16_t PaletteIndex = 0x3C8;
constexpr std::uint16_t PaletteData = 0x3C9;
constexpr std::uint16_t CrtIndex = 0x3D4;
constexpr std::uint16_t CrtData = 0x3D5;

alignas(8) std::uint16_t cells[Cells];
alignas(8) std::uint16_t shown[Cells];
bool isKnown = false;
unsigned pointerCell = Cells;

struct Rgb {
    std::uint8_t red, green, blue;
};

// 6 bits for each; the sixteen numbers are those of Colour.
constexpr Rgb Palette[] = {{5, 6, 8},    {8, 13, 21},  {9, 40, 22},  {6, 35, 39},  {50, 14, 14}, {32, 20, 45},
                           {60, 30, 0},  {47, 49, 51}, {26, 29, 31}, {15, 43, 58}, {20, 52, 28}, {28, 55, 60},
                           {61, 28, 24}, {58, 38, 52}, {63, 52, 18}, {63, 63, 63}};

/// Where the attribute controller of a VGA looks up colour 0..15 in text modes, as the BIOS sets it.
std::uint8_t paletteEntry(unsigned colour)
{
    if (colour == 6)
        return 20;
    return static_cast<std::uint8_t>(colour < 8 ? colour : colour + 48);
}

volatile std::uint64_t* videoMemory()
{
    return reinterpret_cast<volatile std::uint64_t*>(0xB8000);
}

std::uint16_t visible(unsigned cell)
{
    if (cell != pointerCell)
        return cells[cell];
    return static_cast<std::uint16_t>((cells[cell] & 0xFF) | on(Yellow, Black) << 8);
}

} // namespace

void Screen::start()
{
    for (unsigned colour = 0; colour < 16; ++colour) {
        out8(PaletteIndex, paletteEntry(colour));
        out8(PaletteData, Palette[colour].red);
        out8(PaletteData, Palette[colour].green);
        out8(PaletteData, Palette[colour].blue);
    }
    constexpr std::uint8_t CursorStart = 0x0A;
    constexpr std::uint8_t CursorOff = 0x20;
    out8(CrtIndex, CursorStart);
    out8(CrtData, CursorOff);
}

void Screen::put(unsigned column, unsigned row, char letter, std::uint8_t colours)
{
    if (column < Columns && row < Rows)
        cells[row * Columns + column] =
            static_cast<std::uint16_t>(static_cast<unsigned char>(letter) | colours << 8);
}

void Screen::write(unsigned column, unsigned row, const char* text, std::uint8_t colours)
{
    for (; *text; ++text)
        put(column++, row, *text, colours);
}

void Screen::write(unsigned column, unsigned row, const Text& text, std::uint8_t colours)
{
    write(column, row, text.get(), colours);
}

void Screen::fill(unsigned column, unsigned row, unsigned width, unsigned height, char letter,
                  std::uint8_t colours)
{
    for (unsigned y = row; y < row + height; ++y) {
        for (unsigned x = column; x < column + width; ++x)
            put(x, y, letter, colours);
    }
}

void Screen::frame(unsigned column, unsigned row, unsigned width, unsigned height, std::uint8_t colours)
{
    // Code page 437: box drawing.
    const unsigned right = column + width - 1;
    const unsigned bottom = row + height - 1;
    fill(column, row, width, 1, '\xC4', colours);
    fill(column, bottom, width, 1, '\xC4', colours);
    fill(column, row, 1, height, '\xB3', colours);
    fill(right, row, 1, height, '\xB3', colours);
    put(column, row, '\xDA', colours);
    put(right, row, '\xBF', colours);
    put(column, bottom, '\xC0', colours);
    put(right, bottom, '\xD9', colours);
}

void Screen::setPointer(unsigned column, unsigned row)
{
    pointerCell = column < Columns && row < Rows ? row * Columns + column : Cells;
}

void Screen::show()
{
    for (unsigned first = 0; first < Cells; first += CellsAtOnce) {
        std::uint64_t wanted = 0;
        bool isNew = !isKnown;
        for (unsigned i = 0; i < CellsAtOnce; ++i) {
            const std::uint16_t cell = visible(first + i);
            isNew = isNew || shown[first + i] != cell;
            shown[first + i] = cell;
            wanted |= static_cast<std::uint64_t>(cell) << (16 * i);
        }
        if (isNew)
            videoMemory()[first / CellsAtOnce] = wanted;
    }
    isKnown = true;
}

void Screen::forget()
{
    isKnown = false;
}

} // namespace demo

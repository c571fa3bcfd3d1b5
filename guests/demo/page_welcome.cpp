// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages.h"
#include "screen.h"
#include "summary.h"

namespace demo {

namespace {

constexpr unsigned DigitWidth = 3;
constexpr unsigned DigitRows = 5;
constexpr unsigned CardWidth = 17;

/// One bit for each block of a large digit, three in a row, top row first.
constexpr std::uint16_t Digits[] = {075557, 026227, 071747, 071717, 055711,
                                    074717, 074757, 071111, 075757, 075717};
constexpr std::uint16_t Dot = 000002;
constexpr std::uint16_t Dash = 000700;

void drawDigit(unsigned column, unsigned row, std::uint16_t blocks, std::uint8_t colours)
{
    for (unsigned y = 0; y < DigitRows; ++y) {
        const unsigned bits = (blocks >> (DigitWidth * (DigitRows - 1 - y))) & 7;
        for (unsigned x = 0; x < DigitWidth; ++x)
            Screen::put(column + x, row + y, bits & (4U >> x) ? '\xDB' : ' ', colours);
    }
}

std::uint16_t blocksOf(char letter)
{
    if (letter >= '0' && letter <= '9')
        return Digits[letter - '0'];
    return letter == '.' ? Dot : Dash;
}

/// A number in large digits and its unit: "512" and "MiB".
void drawCard(unsigned index, const char* title, const Text& value, Colour colour)
{
    const unsigned left = PageLeft + index * (CardWidth + 1);
    const unsigned top = PageTop + 3;
    Screen::fill(left, top, CardWidth, 9, ' ', on(Black, Silver));
    Screen::write(left + 1, top, title, on(Black, colour));
    unsigned column = left + 1;
    const char* letter = value.get();
    for (; *letter && *letter != ' '; ++letter) {
        drawDigit(column, top + 2, blocksOf(*letter), on(Black, colour));
        column += *letter == '.' ? DigitWidth : DigitWidth + 1;
    }
    Screen::write(left + 1, top + 8, *letter ? letter + 1 : letter, on(Black, White));
}

} // namespace

void drawWelcome()
{
    const Summary now = summary();
    Screen::write(PageLeft, PageTop, "Welcome! This is a small computer inside of yours.", on(Night, White));
    Screen::write(PageLeft, PageTop + 1,
                  "It has booted through a real BIOS. All that it has:", on(Night, Silver));
    drawCard(0, "Memory", Text().size(now.memoryBytes), Cyan);
    drawCard(1, "Processors", Text().number(now.cpuCount).add(now.cpuCount == 1 ? " CPU" : " CPUs"), Lime);
    drawCard(2, now.diskCount > 1 ? "Disks" : "Disk",
             now.diskCount == 0 ? Text("- no disk") : Text().size(now.diskBytes), Yellow);
    Screen::write(PageLeft, PageTop + 13, "Change them: open Settings in Guesthouse, move the",
                  on(Night, Silver));
    Screen::write(PageLeft, PageTop + 14, "sliders, and start this guest again (page 9).", on(Night, Silver));
    Screen::write(PageLeft, PageTop + 16, "\x18 \x19", on(Night, Yellow));
    Screen::write(PageLeft + 4, PageTop + 16, "walk through the pages,", on(Night, Silver));
    Screen::write(PageLeft + 28, PageTop + 16, "Enter", on(Night, Yellow));
    Screen::write(PageLeft + 34, PageTop + 16, "goes into one,", on(Night, Silver));
    Screen::write(PageLeft, PageTop + 17, "Esc", on(Night, Yellow));
    Screen::write(PageLeft + 4, PageTop + 17, "comes back. The mouse works too.", on(Night, Silver));
}

} // namespace demo

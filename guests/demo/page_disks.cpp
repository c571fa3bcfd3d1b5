// SPDX-License-Identifier: GPL-3.0-or-later
#include "boot_facts.h"
#include "pages.h"
#include "screen.h"

namespace demo {

namespace {

unsigned chosen = 0; // 0: the CD, else disk chosen - 1

constexpr unsigned BytesInRow = 8;
constexpr unsigned Rows = 9;

char printable(std::uint8_t byte)
{
    return byte >= ' ' && byte < 0x7F ? static_cast<char>(byte) : '\xFA';
}

void drawBytes(unsigned row, const std::uint8_t* bytes)
{
    for (unsigned y = 0; y < Rows; ++y) {
        Text numbers;
        Text letters;
        for (unsigned x = 0; x < BytesInRow; ++x) {
            numbers.hex(bytes[y * BytesInRow + x], 2).add(' ');
            letters.add(printable(bytes[y * BytesInRow + x]));
        }
        Screen::write(PageLeft, row + y, Text().hex(y * BytesInRow, 4), on(Night, Grey));
        Screen::write(PageLeft + 6, row + y, numbers, on(Night, Silver));
        Screen::write(PageLeft + 32, row + y, letters, on(Night, Cyan));
    }
}

void drawMedium(unsigned index, unsigned row, const Text& text)
{
    const bool isChosen = index == chosen;
    Screen::fill(PageLeft, row, PageWidth, 1, ' ', isChosen ? on(Blue, White) : on(Night, Silver));
    Screen::write(PageLeft + 1, row, text, isChosen ? on(Blue, White) : on(Night, Silver));
}

bool startsSystems(const std::uint8_t* sector)
{
    return sector[510] == 0x55 && sector[511] == 0xAA;
}

} // namespace

bool onDisksKey(const InputEvent& event)
{
    if (!event.isPressed)
        return false;
    const unsigned count = facts().diskCount + 1U;
    if (event.key == KeyDown || event.key == KeyRight)
        chosen = (chosen + 1) % count;
    else if (event.key == KeyUp || event.key == KeyLeft)
        chosen = (chosen + count - 1) % count;
    return event.key == KeyEscape;
}

void drawDisks()
{
    Text cd("CD that this tour comes from");
    drawMedium(0, PageTop, cd);
    for (unsigned i = 0; i < facts().diskCount; ++i) {
        const DiskFacts& disk = disks()[i];
        Text line("Disk ");
        line.number(i + 1).add("   ").size(disk.sectorCount * disk.sectorBytes).padTo(20);
        line.number(disk.sectorCount).add(" sectors of ").number(disk.sectorBytes);
        drawMedium(i + 1, PageTop + 1 + i, line);
    }
    if (facts().diskCount == 0)
        Screen::write(PageLeft + 1, PageTop + 1, "No disk is attached.", on(Night, Grey));
    const unsigned top = PageTop + 7;
    if (chosen == 0) {
        Screen::write(PageLeft, top - 1,
                      facts().isCdRead ? "Its sector 16 says what the volume is called:"
                                       : "It cannot be read.",
                      on(Night, Silver));
        if (facts().isCdRead)
            drawBytes(top + 1, cdSector());
        return;
    }
    const std::uint8_t* sector = diskSector(chosen - 1);
    if (!disks()[chosen - 1].isRead) {
        Screen::write(PageLeft, top - 1, "Its first sector cannot be read.", on(Night, Coral));
        return;
    }
    Screen::write(PageLeft, top - 1,
                  startsSystems(sector) ? "Its first sector, which starts an operating system:"
                                        : "Its first sector; nothing could be started from it:",
                  on(Night, Silver));
    drawBytes(top + 1, sector);
}

} // namespace demo

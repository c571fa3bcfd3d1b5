// SPDX-License-Identifier: GPL-3.0-or-later
// The pages about keyboard and pointer.
#include "log.h"
#include "pages.h"
#include "screen.h"

namespace demo {

namespace {

constexpr unsigned HistoryRows = 11;
InputEvent history[HistoryRows];
unsigned historyCount = 0;
InputEvent lastKey{};

constexpr unsigned FieldTop = PageTop + 4;
constexpr unsigned FieldRows = PageRows - 5;
bool isPainted[FieldRows][PageWidth];

} // namespace

void noteKey(const InputEvent& event)
{
    if (event.kind != InputEvent::Kind::Key)
        return;
    lastKey = event;
    if (historyCount == HistoryRows) {
        for (unsigned i = 1; i < HistoryRows; ++i)
            history[i - 1] = history[i];
        --historyCount;
    }
    history[historyCount++] = event;
}

bool onKeyboardKey(const InputEvent& event)
{
    return event.isPressed && event.key == KeyEscape;
}

void drawKeyboard()
{
    Screen::write(PageLeft, PageTop, "Press keys. Each sends a scan code when it goes down,",
                  on(Night, Silver));
    Screen::write(PageLeft, PageTop + 1, "and the same code plus 80h when it comes up.", on(Night, Silver));
    if (historyCount == 0)
        return;
    const Text name = keyName(lastKey.key);
    const unsigned width = name.length() + 6;
    const std::uint8_t colours = lastKey.isPressed ? on(Blue, White) : on(Black, White);
    Screen::fill(PageLeft, PageTop + 3, width, 3, ' ', colours);
    Screen::frame(PageLeft, PageTop + 3, width, 3, colours);
    Screen::write(PageLeft + 3, PageTop + 4, name, colours);
    for (unsigned i = 0; i < historyCount; ++i) {
        const InputEvent& key = history[i];
        Text line;
        line.add(key.key & 0x80 ? "e0 " : "   ").hex((key.key & 0x7F) | (key.isPressed ? 0 : 0x80), 2);
        line.padTo(8).add(keyName(key.key).get()).padTo(26).add(key.isPressed ? "down" : "up");
        Screen::write(PageLeft, PageTop + 7 + i, line, on(Night, i + 1 == historyCount ? White : Silver));
    }
}

void notePointer(const InputEvent& event)
{
    if (event.kind != InputEvent::Kind::Pointer)
        return;
    const Pointer& now = pointer();
    const bool isInside = now.column >= PageLeft && now.column < PageLeft + PageWidth && now.row >= FieldTop
                          && now.row < FieldTop + FieldRows;
    constexpr std::uint8_t Left = 1;
    constexpr std::uint8_t Right = 2;
    if (isInside && (now.buttons & (Left | Right)))
        isPainted[now.row - FieldTop][now.column - PageLeft] = (now.buttons & Left) != 0;
}

void drawPointer()
{
    const Pointer& now = pointer();
    Screen::write(PageLeft, PageTop, "Move the mouse over here. The left button paints,", on(Night, Silver));
    Screen::write(PageLeft, PageTop + 1, "the right one wipes.", on(Night, Silver));
    Text place("column ");
    place.number(now.column, 2).add("  row ").number(now.row, 2);
    Screen::write(PageLeft, PageTop + 2, place, on(Night, White));
    static constexpr const char* ButtonNames[] = {" left ", " right ", " middle "};
    unsigned column = PageLeft + 24;
    for (unsigned i = 0; i < 3; ++i) {
        Screen::write(column, PageTop + 2, ButtonNames[i],
                      (now.buttons >> i) & 1 ? on(Blue, White) : on(Black, Silver));
        column += lengthOf(ButtonNames[i]) + 1;
    }
    for (unsigned y = 0; y < FieldRows; ++y) {
        for (unsigned x = 0; x < PageWidth; ++x)
            Screen::put(PageLeft + x, FieldTop + y, isPainted[y][x] ? '\xDB' : '\xFA',
                        isPainted[y][x] ? on(Black, Coral) : on(Black, Grey));
    }
}

} // namespace demo

// SPDX-License-Identifier: GPL-3.0-or-later
// The tour itself: a menu on the left, a page on the right. Runs in user mode, see interrupts.asm.
#include "acpi.h"
#include "boot_facts.h"
#include "log.h"
#include "pages.h"
#include "pci.h"
#include "ports.h"
#include "screen.h"
#include "summary.h"

namespace demo {

namespace {

constexpr Page Pages[PageCount] = {
    {.title = "Welcome", .hint = nullptr, .draw = drawWelcome, .onKey = nullptr, .onAny = nullptr},
    {.title = "Keyboard",
     .hint = "keys only here",
     .draw = drawKeyboard,
     .onKey = onKeyboardKey,
     .onAny = noteKey},
    {.title = "Pointer", .hint = nullptr, .draw = drawPointer, .onKey = nullptr, .onAny = notePointer},
    {.title = "Devices", .hint = nullptr, .draw = drawDevices, .onKey = nullptr, .onAny = nullptr},
    {.title = "Processors", .hint = nullptr, .draw = drawProcessors, .onKey = nullptr, .onAny = nullptr},
    {.title = "Memory", .hint = nullptr, .draw = drawMemory, .onKey = nullptr, .onAny = nullptr},
    {.title = "Disks", .hint = "choose a disk", .draw = drawDisks, .onKey = onDisksKey, .onAny = nullptr},
    {.title = "Picture",
     .hint = "draw",
     .draw = drawPictureInvitation,
     .onKey = onPictureKey,
     .onAny = nullptr},
    {.title = "Power",
     .hint = "restart or switch off",
     .draw = drawPower,
     .onKey = onPowerKey,
     .onAny = nullptr},
};

constexpr unsigned MenuTop = 3;
constexpr unsigned MenuWidth = 20;
constexpr unsigned TicksInTenSeconds = 182;
constexpr int PointerStepsX = 8; // mouse steps for one cell
constexpr int PointerStepsY = 16;

unsigned current = 0;
bool isInside = false; // keys belong to the page
Pointer pointerNow{.column = Screen::Columns, .row = Screen::Rows, .buttons = 0};
int pointerX = Screen::Columns / 2 * PointerStepsX;
int pointerY = Screen::Rows / 2 * PointerStepsY;

void drawHeader()
{
    Screen::fill(0, 0, Screen::Columns, 1, ' ', on(Blue, White));
    Screen::write(2, 0, "\x7F Guesthouse demo", on(Blue, White));
    const Text sizes = summaryText();
    Screen::write(Screen::Columns - 2 - sizes.length(), 0, sizes, on(Blue, White));
    Screen::fill(0, 1, Screen::Columns, 1, '\xDF', on(Night, Black));
}

void drawMenu()
{
    for (unsigned i = 0; i < PageCount; ++i) {
        const unsigned row = MenuTop + 2 * i;
        const std::uint8_t colours = i != current ? on(Night, Silver)
                                     : isInside   ? on(Teal, White)
                                                  : on(Blue, White);
        Screen::fill(1, row, MenuWidth, 1, ' ', colours);
        Screen::write(2, row, Text().number(i + 1), i == current ? colours : on(Night, Grey));
        Screen::write(4, row, Pages[i].title, colours);
    }
    Screen::fill(22, 2, 1, Screen::Rows - 4, '\xB3', on(Night, Black));
}

void drawFooter()
{
    Screen::fill(0, Screen::Rows - 1, Screen::Columns, 1, ' ', on(Black, Silver));
    Text keys;
    if (isInside)
        keys.add("Esc back to the menu");
    else
        keys.add("\x18\x19 page   1-9 jump");
    if (!isInside && Pages[current].hint)
        keys.add("   Enter ").add(Pages[current].hint);
    Screen::write(2, Screen::Rows - 1, keys, on(Black, Silver));
    const std::uint32_t seconds = ticks * 10 / TicksInTenSeconds;
    Text clock("awake for ");
    clock.number(seconds / 60).add(':').number(seconds % 60, 2);
    Screen::write(Screen::Columns - 2 - clock.length(), Screen::Rows - 1, clock, on(Black, Grey));
}

void drawAll()
{
    Screen::fill(0, 0, Screen::Columns, Screen::Rows, ' ', on(Night, Silver));
    drawHeader();
    drawMenu();
    Pages[current].draw();
    drawFooter();
    Screen::setPointer(pointerNow.column, pointerNow.row);
    Screen::show();
}

void select(unsigned index)
{
    if (index >= PageCount || index == current)
        return;
    current = index;
    isInside = false;
    log(Text("page ").number(current + 1).add(' ').add(Pages[current].title));
}

void enter()
{
    if (!Pages[current].onKey)
        return;
    isInside = true;
    log(Text("inside ").add(Pages[current].title));
    // Pages that wait for nothing more than Enter.
    if (Pages[current].onKey == onPictureKey)
        isInside = !onPictureKey({});
}

void onMenuKey(std::uint8_t key)
{
    if (key == KeyDown)
        select((current + 1) % PageCount);
    else if (key == KeyUp)
        select((current + PageCount - 1) % PageCount);
    else if (key >= Key1 && key <= Key9)
        select(key - Key1);
    else if (key == KeyEnter || key == KeyPadEnter || key == KeyRight)
        enter();
}

void onKey(const InputEvent& event)
{
    log(Text("key ")
            .hex(event.key, 2)
            .add(' ')
            .add(keyName(event.key).get())
            .add(event.isPressed ? " down" : " up"));
    if (isInside) {
        if (Pages[current].onKey(event)) {
            isInside = false;
            log(Text("menu"));
        }
    } else if (event.isPressed) {
        onMenuKey(event.key);
    }
}

int clamp(int value, int most)
{
    return value < 0 ? 0 : value > most ? most : value;
}

void onPointer(const InputEvent& event)
{
    pointerX = clamp(pointerX + event.dx, Screen::Columns * PointerStepsX - 1);
    pointerY = clamp(pointerY + event.dy, Screen::Rows * PointerStepsY - 1);
    const std::uint8_t before = pointerNow.buttons;
    pointerNow = {.column = static_cast<unsigned>(pointerX / PointerStepsX),
                  .row = static_cast<unsigned>(pointerY / PointerStepsY),
                  .buttons = event.buttons};
    if (before == event.buttons)
        return;
    log(Text("pointer ")
            .number(pointerNow.column)
            .add(' ')
            .number(pointerNow.row)
            .add(" buttons ")
            .number(event.buttons));
    const unsigned row = pointerNow.row;
    if ((event.buttons & 1) && pointerNow.column <= MenuWidth && row >= MenuTop && (row - MenuTop) % 2 == 0)
        select((row - MenuTop) / 2);
}

void logHardware()
{
    log(Text("started: ").add(summaryText().get()));
    log(Text("PCI functions ").number(pciCount()).add(", memory ranges ").number(facts().memoryRangeCount));
    log(Text("CD sector ")
            .add(facts().isCdRead ? "read: " : "not read")
            .add(reinterpret_cast<const char*>(cdSector()) + 1, facts().isCdRead ? 5 : 0));
}

} // namespace

const Page& page(unsigned index)
{
    return Pages[index];
}

const Pointer& pointer()
{
    return pointerNow;
}

extern "C" [[noreturn]] void demoMain()
{
    startLog();
    readAcpi();
    scanPci();
    startInput();
    Screen::start();
    drawAll();
    logHardware();
    std::uint32_t lastSecond = 0;
    for (;;) {
        bool isNew = false;
        for (InputEvent event; nextInput(event);) {
            isNew = true;
            const unsigned before = current;
            if (event.kind == InputEvent::Kind::Key)
                onKey(event);
            else
                onPointer(event);
            if (Pages[current].onAny && before == current)
                Pages[current].onAny(event);
        }
        const std::uint32_t second = ticks * 10 / TicksInTenSeconds;
        if (isNew)
            drawAll();
        else if (second != lastSecond) {
            drawFooter();
            Screen::show();
        }
        lastSecond = second;
        answerPowerButton();
        waitForInterrupt();
    }
}

} // namespace demo

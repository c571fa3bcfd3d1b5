// SPDX-License-Identifier: GPL-3.0-or-later
#include "acpi.h"
#include "log.h"
#include "pages.h"
#include "screen.h"

namespace demo {

namespace {

bool wantsOff = false; // which of the two is chosen
bool cannotSwitchOff = false;

void drawChoice(unsigned row, const char* title, const char* meaning, bool isChosen)
{
    Screen::fill(PageLeft, row, PageWidth, 3, ' ', isChosen ? on(Blue, White) : on(Black, Silver));
    Screen::write(PageLeft + 2, row + 1, title, isChosen ? on(Blue, White) : on(Black, Silver));
    Screen::write(PageLeft + 16, row + 1, meaning, isChosen ? on(Blue, White) : on(Black, Grey));
}

} // namespace

void answerPowerButton()
{
    if (!powerButtonPressed())
        return;
    log(Text("power button: switching off"));
    cannotSwitchOff = !switchOff();
}

void drawPower()
{
    Screen::write(PageLeft, PageTop,
                  "A guest ends itself through its chipset, like a PC:", on(Night, Silver));
    drawChoice(PageTop + 2, "Restart", "writes 06h to port CF9h", !wantsOff);
    drawChoice(PageTop + 6, "Switch off", "ACPI: enters sleep state S5", wantsOff);
    if (cannotSwitchOff)
        Screen::write(PageLeft, PageTop + 10, "This firmware does not say how to switch off.",
                      on(Night, Coral));
}

bool onPowerKey(const InputEvent& event)
{
    if (!event.isPressed)
        return false;
    if (event.key == KeyUp || event.key == KeyDown || event.key == KeyLeft || event.key == KeyRight)
        wantsOff = !wantsOff;
    if (event.key == KeyEnter || event.key == KeyPadEnter) {
        log(Text(wantsOff ? "switching off" : "restarting"));
        if (!wantsOff)
            restart();
        cannotSwitchOff = !switchOff();
    }
    return event.key == KeyEscape;
}

} // namespace demo

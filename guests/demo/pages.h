// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "input.h"

namespace demo {

// The part of the screen that belongs to the page.
constexpr unsigned PageLeft = 24;
constexpr unsigned PageTop = 3;
constexpr unsigned PageWidth = 54;
constexpr unsigned PageRows = 20;

/// One stop of the tour. Functions may be null.
struct Page {
    const char* title;
    const char* hint; ///< what Enter is for; null when the page does nothing with keys
    void (*draw)();
    /// A key while the page has been entered. True: leave it.
    bool (*onKey)(const InputEvent& event);
    /// Every key and movement while the page is shown, entered or not.
    void (*onAny)(const InputEvent& event);
};

constexpr unsigned PageCount = 9;
[[nodiscard]] const Page& page(unsigned index);

/// Where the pointer is, in cells of the text screen.
struct Pointer {
    unsigned column;
    unsigned row;
    std::uint8_t buttons;
};
[[nodiscard]] const Pointer& pointer();

// page_welcome.cpp, pages_input.cpp, pages_hardware.cpp, page_disks.cpp, page_picture.cpp
// and page_power.cpp
void drawWelcome();
void drawKeyboard();
bool onKeyboardKey(const InputEvent& event);
void noteKey(const InputEvent& event);
void drawPointer();
void notePointer(const InputEvent& event);
void drawDevices();
void drawProcessors();
void drawMemory();
void drawDisks();
bool onDisksKey(const InputEvent& event);
void drawPictureInvitation();
bool onPictureKey(const InputEvent& event);
/// Switches off when the power button was pressed.
void answerPowerButton();
void drawPower();
bool onPowerKey(const InputEvent& event);

} // namespace demo

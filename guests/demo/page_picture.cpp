// SPDX-License-Identifier: GPL-3.0-or-later
// A picture: the guesthouse at any hour of the day, with a lit window for each processor.
#include "boot_facts.h"
#include "graphics_mode.h"
#include "log.h"
#include "pages.h"
#include "ports.h"
#include "screen.h"
#include "summary.h"

namespace demo {

namespace {

constexpr std::uintptr_t CanvasAddress = 8 << 20; // behind everything else that we use
constexpr std::uint64_t MemoryNeeded = 12 << 20;
constexpr int Hours = 24;
constexpr int WindowColumns = 4;
constexpr int WindowRows = 2;
constexpr int Windows = WindowColumns * WindowRows;
constexpr int HouseLeft = 270;
constexpr int HouseTop = 300;
constexpr int HouseWidth = 260;
constexpr int HouseHeight = 170;
constexpr int WindowWidth = 36;
constexpr int WindowHeight = 44;

int hour = 21;
unsigned lit = 0; // a bit for each window
int handX = Canvas::Width / 2;
int handY = Canvas::Height / 2;

struct Sky {
    Pixel top, bottom;
};
/// At 0, 3, 6 ... 21 o'clock; between them the colours run into each other.
constexpr Sky Skies[] = {{0x060B1E, 0x16213F}, {0x0A1028, 0x1F2C50}, {0x2C3E73, 0xE39A6B},
                         {0x4A90D9, 0xBFE0F5}, {0x2F86DB, 0xA9D8F7}, {0x3B8EDC, 0xC5E3F2},
                         {0x35427F, 0xF0A35E}, {0x0C1330, 0x2B3A68}};

Sky skyAt(int time)
{
    const Sky& from = Skies[time / 3];
    const Sky& to = Skies[(time / 3 + 1) % 8];
    const unsigned share = static_cast<unsigned>(time % 3) * 256 / 3;
    return {mix(from.top, to.top, share), mix(from.bottom, to.bottom, share)};
}

bool isNight()
{
    return hour < 6 || hour >= 19;
}

int windowLeft(int window)
{
    return HouseLeft + 26 + window % WindowColumns * (WindowWidth + 21);
}

int windowTop(int window)
{
    return HouseTop + 20 + window / WindowColumns * (WindowHeight + 32);
}

void drawSky(Canvas& canvas)
{
    const Sky sky = skyAt(hour);
    for (int y = 0; y < Canvas::Height; ++y)
        canvas.fill(0, y, Canvas::Width, 1,
                    mix(sky.top, sky.bottom, static_cast<unsigned>(y * 256 / Canvas::Height)));
    if (isNight()) {
        std::uint32_t random = 12345; // the same stars every night
        for (int star = 0; star < 140; ++star) {
            random = random * 1664525 + 1013904223;
            const int x = static_cast<int>(random >> 8) % Canvas::Width;
            random = random * 1664525 + 1013904223;
            canvas.blend(x, static_cast<int>(random >> 8) % 330, 0xFFFFFF, 60 + (random & 127));
        }
    }
    // Sun and moon cross the sky from left to right in twelve hours each.
    const int way = (hour + 24 - (isNight() ? 19 : 6)) % 24;
    const int x = 80 + way * 60;
    const int y = 90 + (way - 6) * (way - 6) * 4;
    if (isNight()) {
        canvas.disc(x, y, 34, 0xF2EFD9);
        canvas.disc(
            x + 14, y - 8, 29,
            mix(skyAt(hour).top, skyAt(hour).bottom, static_cast<unsigned>(y * 256 / Canvas::Height)));
    } else {
        canvas.disc(x, y, 40, 0xFFE27A);
    }
}

void drawHills(Canvas& canvas)
{
    const unsigned dark = isNight() ? 150 : 0;
    for (int x = 0; x < Canvas::Width; ++x) {
        const int far = 420 + (x - 560) * (x - 560) / 2600;
        const int near = 470 + (x - 250) * (x - 250) / 4200;
        canvas.fill(x, far, 1, Canvas::Height - far, mix(0x4F9D69, 0x0A1220, dark));
        canvas.fill(x, near, 1, Canvas::Height - near, mix(0x3D8B54, 0x0A1220, dark));
    }
}

void drawHouse(Canvas& canvas)
{
    const unsigned dark = isNight() ? 130 : 0;
    canvas.fill(HouseLeft + 190, HouseTop - 100, 26, 60, mix(0x8C4A3C, 0x0A1220, dark));
    canvas.gable(HouseLeft + HouseWidth / 2, HouseTop - 110, HouseWidth / 2 + 26, 112,
                 mix(0xB4533F, 0x0A1220, dark));
    canvas.fill(HouseLeft, HouseTop, HouseWidth, HouseHeight, mix(0xEBDCC3, 0x0A1220, dark));
    for (int window = 0; window < Windows; ++window) {
        const bool isLit = (lit >> window) & 1;
        const int left = windowLeft(window);
        const int top = windowTop(window);
        canvas.fill(left - 3, top - 3, WindowWidth + 6, WindowHeight + 6, mix(0xFFFFFF, 0x0A1220, dark));
        canvas.fill(left, top, WindowWidth, WindowHeight, isLit ? 0xFFD35C : mix(0x44586B, 0x0A1220, dark));
        canvas.fill(left + WindowWidth / 2 - 1, top, 2, WindowHeight, mix(0xFFFFFF, 0x0A1220, dark));
        canvas.fill(left, top + WindowHeight / 2 - 1, WindowWidth, 2, mix(0xFFFFFF, 0x0A1220, dark));
    }
}

void drawCaption(Canvas& canvas)
{
    Text first("A lit window for each processor: ");
    first.add(summaryText().get()).add('.');
    Text second("800 x 600, drawn by the guest.  ");
    second.add("Left, Right: the hour (")
        .number(static_cast<unsigned>(hour), 2)
        .add(":00)   Space: lights   Esc: back");
    canvas.fill(0, Canvas::Height - 56, Canvas::Width, 56, 0x101820);
    canvas.write(20, Canvas::Height - 48, first.get(), 0xFFFFFF);
    canvas.write(20, Canvas::Height - 26, second.get(), 0x9FB4C7);
    canvas.write(20, 16, "Guesthouse", 0xFFFFFF, 3);
}

void drawHand(Canvas& canvas)
{
    for (int y = 0; y < 18; ++y) {
        canvas.fill(handX, handY + y, y * 2 / 3 + 2, 1, 0x101820);
        if (y > 1 && y < 16)
            canvas.fill(handX + 1, handY + y, y * 2 / 3 - 1, 1, 0xFFFFFF);
    }
}

void draw(GraphicsMode& mode, Canvas& canvas)
{
    drawSky(canvas);
    drawHills(canvas);
    drawHouse(canvas);
    drawCaption(canvas);
    drawHand(canvas);
    mode.show(canvas);
}

int limit(int value, int most)
{
    return value < 0 ? 0 : value > most ? most : value;
}

/// True when the picture is to go.
bool answer(const InputEvent& event)
{
    if (event.kind == InputEvent::Kind::Pointer) {
        handX = limit(handX + event.dx, Canvas::Width - 1);
        handY = limit(handY + event.dy, Canvas::Height - 1);
        for (int window = 0; window < Windows && (event.buttons & 1); ++window) {
            if (handX >= windowLeft(window) && handX < windowLeft(window) + WindowWidth
                && handY >= windowTop(window) && handY < windowTop(window) + WindowHeight)
                lit ^= 1U << window;
        }
        return false;
    }
    if (!event.isPressed)
        return false;
    if (event.key == KeyLeft)
        hour = (hour + Hours - 1) % Hours;
    else if (event.key == KeyRight)
        hour = (hour + 1) % Hours;
    else if (event.key == KeySpace)
        lit = ~lit;
    return event.key == KeyEscape;
}

bool isPossible()
{
    return summary().memoryBytes >= MemoryNeeded;
}

bool couldNotDraw = false;

} // namespace

void drawPictureInvitation()
{
    Screen::write(PageLeft, PageTop, "Up to here the display has shown letters: 80 x 25 of",
                  on(Night, Silver));
    Screen::write(PageLeft, PageTop + 1, "them, two bytes each. It can also show single dots.",
                  on(Night, Silver));
    Screen::write(PageLeft, PageTop + 3, "Press Enter for a picture of 800 x 600 dots.", on(Night, White));
    Screen::write(PageLeft, PageTop + 5, "Left and Right change the hour, Space the lights; a",
                  on(Night, Silver));
    Screen::write(PageLeft, PageTop + 6, "click turns on one light. Esc comes back.", on(Night, Silver));
    if (couldNotDraw)
        Screen::write(PageLeft, PageTop + 8, "This display or this little memory cannot do it.",
                      on(Night, Coral));
}

/// Shows the picture until Esc. Always true: there is nothing to stay for.
bool onPictureKey(const InputEvent& /*event*/)
{
    for (unsigned i = 0; i < summary().cpuCount && i < Windows; ++i)
        lit |= 1U << i;
    {
        GraphicsMode mode;
        couldNotDraw = !mode.isOn() || !isPossible();
        if (couldNotDraw)
            return true;
        Canvas canvas(reinterpret_cast<Pixel*>(CanvasAddress));
        draw(mode, canvas);
        log(Text("picture"));
        for (bool isDone = false; !isDone;) {
            bool isNew = false;
            for (InputEvent event; !isDone && nextInput(event);) {
                isNew = true;
                isDone = answer(event);
            }
            if (isNew && !isDone)
                draw(mode, canvas);
            answerPowerButton();
            if (!isDone)
                waitForInterrupt();
        }
    }
    Screen::start();
    Screen::forget();
    log(Text("text again"));
    return true;
}

} // namespace demo

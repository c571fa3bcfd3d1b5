// SPDX-License-Identifier: GPL-3.0-or-later
// Serial port: National Semiconductor PC16550D datasheet, section 8.
#include "log.h"

#include "ports.h"

namespace demo {

namespace {

constexpr std::uint16_t Serial = 0x3F8;
constexpr std::uint16_t InterruptEnable = Serial + 1;
constexpr std::uint16_t FifoControl = Serial + 2;
constexpr std::uint16_t LineControl = Serial + 3;
constexpr std::uint16_t LineStatus = Serial + 5;
constexpr std::uint16_t Scratch = Serial + 7;
constexpr std::uint8_t DivisorAccess = 0x80;
constexpr std::uint8_t EightBits = 3;
constexpr std::uint8_t CanSend = 0x20;
constexpr std::uint16_t DebugConsole = 0x402;
constexpr std::uint8_t DebugConsoleIsThere = 0xE9;

bool hasSerial = false;
bool hasDebugConsole = false;

void send(char letter)
{
    if (hasDebugConsole)
        out8(DebugConsole, static_cast<std::uint8_t>(letter));
    if (!hasSerial)
        return;
    constexpr int Patience = 10000; // a port that never gets ready must not stop the tour
    for (int i = 0; i < Patience && !(in8(LineStatus) & CanSend); ++i) {
    }
    out8(Serial, static_cast<std::uint8_t>(letter));
}

} // namespace

void startLog()
{
    hasDebugConsole = in8(DebugConsole) == DebugConsoleIsThere;
    out8(Scratch, 0x5A);
    hasSerial = in8(Scratch) == 0x5A;
    if (!hasSerial)
        return;
    out8(InterruptEnable, 0);
    out8(LineControl, DivisorAccess);
    out8(Serial, 1); // 115200 bits a second
    out8(InterruptEnable, 0);
    out8(LineControl, EightBits);
    out8(FifoControl, 7);
}

void log(const Text& line)
{
    for (const char* letter = "demo: "; *letter; ++letter)
        send(*letter);
    for (const char* letter = line.get(); *letter; ++letter)
        send(*letter);
    send('\r');
    send('\n');
}

} // namespace demo

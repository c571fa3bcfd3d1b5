// SPDX-License-Identifier: GPL-3.0-or-later
// Keyboard and mouse behind the keyboard controller: Intel 8042 as in the IBM PS/2 technical reference
// (Keyboard and Auxiliary Device Controller); the handlers in interrupts.asm put each byte into a ring.
#include "input.h"

#include "boot_facts.h"
#include "ports.h"

namespace demo {

namespace {

constexpr std::uint16_t Data = 0x60;
constexpr std::uint16_t Command = 0x64; // reads give the status
constexpr std::uint8_t OutputFull = 1;
constexpr std::uint8_t InputFull = 2;
constexpr std::uint8_t WriteConfiguration = 0x60;
constexpr std::uint8_t Configuration = 0x47; // translate to set 1, passed its test, both interrupts
constexpr std::uint8_t DisableMouse = 0xA7;
constexpr std::uint8_t EnableMouse = 0xA8;
constexpr std::uint8_t DisableKeyboard = 0xAD;
constexpr std::uint8_t EnableKeyboard = 0xAE;
constexpr std::uint8_t ToMouse = 0xD4;
constexpr std::uint8_t MouseDefaults = 0xF6;
constexpr std::uint8_t MouseOn = 0xF4;
constexpr std::uint16_t FromMouse = 0x100; // in the ring
constexpr int Patience = 2000;

constexpr const char* Names[] = {
    nullptr,    "Esc",   "1",          "2",     "3",     "4",         "5",           "6",
    "7",        "8",     "9",          "0",     "-",     "=",         "Backspace",   "Tab",
    "Q",        "W",     "E",          "R",     "T",     "Y",         "U",           "I",
    "O",        "P",     "[",          "]",     "Enter", "Left Ctrl", "A",           "S",
    "D",        "F",     "G",          "H",     "J",     "K",         "L",           ";",
    "'",        "`",     "Left Shift", "\\",    "Z",     "X",         "C",           "V",
    "B",        "N",     "M",          ",",     ".",     "/",         "Right Shift", "Pad *",
    "Left Alt", "Space", "Caps Lock",  "F1",    "F2",    "F3",        "F4",          "F5",
    "F6",       "F7",    "F8",         "F9",    "F10",   "Num Lock",  "Scroll Lock", "Pad 7",
    "Pad 8",    "Pad 9", "Pad -",      "Pad 4", "Pad 5", "Pad 6",     "Pad +",       "Pad 1",
    "Pad 2",    "Pad 3", "Pad 0",      "Pad .", nullptr, nullptr,     "<",           "F11",
    "F12"};

struct ExtendedName {
    std::uint8_t key;
    const char* name;
};
constexpr ExtendedName ExtendedNames[] = {
    {0x9C, "Pad Enter"},  {0x9D, "Right Ctrl"},  {0xB5, "Pad /"},     {0xB7, "Print"},  {0xB8, "Right Alt"},
    {0xC7, "Home"},       {0xC8, "Up"},          {0xC9, "Page Up"},   {0xCB, "Left"},   {0xCD, "Right"},
    {0xCF, "End"},        {0xD0, "Down"},        {0xD1, "Page Down"}, {0xD2, "Insert"}, {0xD3, "Delete"},
    {0xDB, "Left Super"}, {0xDC, "Right Super"}, {0xDD, "Menu"}};

bool isExtended = false;     // the last byte was E0h
std::uint8_t mousePacket[3]; // a movement is three bytes
unsigned mouseBytes = 0;
std::uint8_t tail = 0;

void waitToSend()
{
    for (int i = 0; i < Patience && (in8(Command) & InputFull); ++i) {
    }
}

std::uint8_t receive()
{
    for (int i = 0; i < Patience && !(in8(Command) & OutputFull); ++i) {
    }
    return in8(Data);
}

void sendCommand(std::uint8_t command)
{
    waitToSend();
    out8(Command, command);
}

void sendToMouse(std::uint8_t byte)
{
    sendCommand(ToMouse);
    waitToSend();
    out8(Data, byte);
    (void)receive(); // FAh: understood
}

void drain()
{
    for (int i = 0; i < 32 && (in8(Command) & OutputFull); ++i)
        (void)in8(Data);
}

bool decodeKey(std::uint8_t byte, InputEvent& event)
{
    constexpr std::uint8_t Prefix = 0xE0;
    constexpr std::uint8_t Released = 0x80;
    if (byte == Prefix) {
        isExtended = true;
        return false;
    }
    const auto code = static_cast<std::uint8_t>(byte & 0x7F);
    event = {.kind = InputEvent::Kind::Key,
             .key = static_cast<std::uint8_t>(isExtended ? code | 0x80 : code),
             .isPressed = !(byte & Released),
             .dx = 0,
             .dy = 0,
             .buttons = 0};
    const bool isMadeUp = isExtended && (code == 0x2A || code == 0x36); // shifts that no finger presses
    isExtended = false;
    return !isMadeUp;
}

bool decodeMouse(std::uint8_t byte, InputEvent& event)
{
    constexpr std::uint8_t FirstByte = 0x08; // always set in it, so that we can fall into step
    if (mouseBytes == 0 && !(byte & FirstByte))
        return false;
    mousePacket[mouseBytes++] = byte;
    if (mouseBytes < 3)
        return false;
    mouseBytes = 0;
    const int dx = mousePacket[1] - ((mousePacket[0] & 0x10) << 4);
    const int dy = mousePacket[2] - ((mousePacket[0] & 0x20) << 3); // upwards
    event = {.kind = InputEvent::Kind::Pointer,
             .key = 0,
             .isPressed = false,
             .dx = static_cast<std::int16_t>(dx),
             .dy = static_cast<std::int16_t>(-dy),
             .buttons = static_cast<std::uint8_t>(mousePacket[0] & 7)};
    return true;
}

} // namespace

Text keyName(std::uint8_t key)
{
    if (key < sizeof Names / sizeof *Names && Names[key])
        return Text(Names[key]);
    for (const ExtendedName& extended : ExtendedNames) {
        if (extended.key == key)
            return Text(extended.name);
    }
    return Text("key ").hex(key, 2);
}

void startInput()
{
    // Both devices are silent while the controller is set up, and what they said before is thrown away.
    sendCommand(DisableKeyboard);
    sendCommand(DisableMouse);
    drain();
    sendCommand(WriteConfiguration);
    waitToSend();
    out8(Data, Configuration);
    sendCommand(EnableMouse);
    drain();
    sendToMouse(MouseDefaults);
    sendToMouse(MouseOn);
    drain();
    sendCommand(EnableKeyboard);
    out8(0x21, 0xF8); // the first 8259: timer, keyboard, the second chip
    out8(0xA1, 0xEF); // the second: mouse
}

bool nextInput(InputEvent& event)
{
    while (tail != static_cast<std::uint8_t>(input_head)) {
        const std::uint16_t entry = input_ring[tail++];
        const auto byte = static_cast<std::uint8_t>(entry);
        if (entry & FromMouse ? decodeMouse(byte, event) : decodeKey(byte, event))
            return true;
    }
    return false;
}

} // namespace demo

// SPDX-License-Identifier: GPL-3.0-or-later
#include "devices/chipset/i8042_controller.h"

#include "devices/chipset/ps2_scan_codes.h"

#include <utility>

namespace engine {

namespace {

// Commands to port 64
constexpr std::uint8_t ReadRam = 0x20;  // to 3F
constexpr std::uint8_t WriteRam = 0x60; // to 7F
constexpr std::uint8_t TestPassword = 0xa4;
constexpr std::uint8_t DisableMouse = 0xa7;
constexpr std::uint8_t EnableMouse = 0xa8;
constexpr std::uint8_t TestMouse = 0xa9;
constexpr std::uint8_t SelfTest = 0xaa;
constexpr std::uint8_t TestKeyboard = 0xab;
constexpr std::uint8_t DisableKeyboard = 0xad;
constexpr std::uint8_t EnableKeyboard = 0xae;
constexpr std::uint8_t ReadInputPort = 0xc0;
constexpr std::uint8_t ReadOutputPort = 0xd0;
constexpr std::uint8_t WriteOutputPort = 0xd1;
constexpr std::uint8_t WriteKeyboardOutput = 0xd2;
constexpr std::uint8_t WriteMouseOutput = 0xd3;
constexpr std::uint8_t WriteMouse = 0xd4;
constexpr std::uint8_t CloseA20 = 0xdd;
constexpr std::uint8_t OpenA20 = 0xdf;
constexpr std::uint8_t ReadTestInputs = 0xe0;
constexpr std::uint8_t PulseOutput = 0xf0; // to FF; bits that are 0 are pulsed low

// Status
constexpr std::uint8_t StatusOutputFull = 1 << 0; // OBF
constexpr std::uint8_t StatusSystem = 1 << 2;     // SYS
constexpr std::uint8_t StatusCommand = 1 << 3;  // the last write was a command; this controller leaves it set
constexpr std::uint8_t StatusUnlocked = 1 << 4; // the key in front of the machine
constexpr std::uint8_t StatusMouseData = 1 << 5; // AUX OBF

// Command byte
constexpr std::uint8_t KeyboardInterruptEnable = 1 << 0;
constexpr std::uint8_t MouseInterruptEnable = 1 << 1;
constexpr std::uint8_t KeyboardDisabled = 1 << 4;
constexpr std::uint8_t MouseDisabled = 1 << 5;
constexpr std::uint8_t Translate = 1 << 6;

// Output port
constexpr std::uint8_t NotReset = 1 << 0;
constexpr std::uint8_t GateA20 = 1 << 1;
constexpr std::uint8_t KeyboardFull = 1 << 4;
constexpr std::uint8_t MouseFull = 1 << 5;
constexpr std::uint8_t OutputIdle = 0xcc; // unused pins and idle clock and data lines

constexpr std::uint8_t BreakPrefix = 0xf0;
constexpr std::uint8_t Set1Break = 0x80;

} // namespace

void I8042Controller::fillOutput(std::uint8_t value, Source source)
{
    m_output = value;
    m_outputSource = source;
    m_outputFull = true;
}

std::optional<std::uint8_t> I8042Controller::nextKeyboardByte()
{
    while (const auto byte = m_keyboard.take()) {
        if (!(commandByte() & Translate))
            return byte->value;
        if (byte->isReply)
            return translateScanCode(byte->value);
        if (byte->value == BreakPrefix) {
            m_breakPending = true;
            continue;
        }
        const std::uint8_t code = translateScanCode(byte->value);
        return std::exchange(m_breakPending, false) ? static_cast<std::uint8_t>(code | Set1Break) : code;
    }
    return std::nullopt;
}

void I8042Controller::refill()
{
    if (m_outputFull)
        return;
    if (const auto byte = m_answers.pop()) {
        fillOutput(*byte, Source::Controller);
        return;
    }
    if (!(commandByte() & KeyboardDisabled))
        if (const auto byte = nextKeyboardByte()) {
            fillOutput(*byte, Source::Keyboard);
            return;
        }
    if (!(commandByte() & MouseDisabled))
        if (const auto byte = m_mouse.take())
            fillOutput(byte->value, Source::Mouse);
}

std::uint8_t I8042Controller::readData()
{
    m_outputFull = false;
    const std::uint8_t value = m_output; // an empty buffer shows its last byte again
    refill();
    return value;
}

std::uint8_t I8042Controller::readStatus() const
{
    return static_cast<std::uint8_t>(
        StatusCommand | StatusUnlocked | (m_outputFull ? StatusOutputFull : 0)
        | (m_selfTested ? StatusSystem : 0)
        | (m_outputFull && m_outputSource == Source::Mouse ? StatusMouseData : 0));
}

bool I8042Controller::keyboardInterrupt() const
{
    return m_outputFull && m_outputSource != Source::Mouse && (commandByte() & KeyboardInterruptEnable);
}

bool I8042Controller::mouseInterrupt() const
{
    return m_outputFull && m_outputSource == Source::Mouse && (commandByte() & MouseInterruptEnable);
}

I8042Controller::Effect I8042Controller::writeOutputPort(std::uint8_t value)
{
    m_outputPort = value & (NotReset | GateA20);
    return value & NotReset ? Effect::None : Effect::ResetProcessor;
}

I8042Controller::Effect I8042Controller::writeData(std::uint8_t value)
{
    auto effect = Effect::None;
    const std::uint8_t command = std::exchange(m_pendingCommand, std::uint8_t{0});
    switch (command) {
    case 0:
        // Sending to a device wakes up its interface.
        m_ram[0] &= static_cast<std::uint8_t>(~KeyboardDisabled);
        m_keyboard.write(value);
        break;
    case WriteMouse:
        m_ram[0] &= static_cast<std::uint8_t>(~MouseDisabled);
        m_mouse.write(value);
        break;
    case WriteOutputPort: effect = writeOutputPort(value); break;
    case WriteKeyboardOutput: fillOutput(value, Source::Keyboard); break;
    case WriteMouseOutput: fillOutput(value, Source::Mouse); break;
    default: m_ram.at(command % RamBytes) = value; break; // 60 to 7F
    }
    refill();
    return effect;
}

I8042Controller::Effect I8042Controller::writeCommand(std::uint8_t command)
{
    auto effect = Effect::None;
    m_pendingCommand = 0;
    if (command >= ReadRam && command < ReadRam + RamBytes) {
        answer(m_ram.at(command - ReadRam));
    } else if (command >= WriteRam && command < WriteRam + RamBytes) {
        m_pendingCommand = command;
    } else if (command >= PulseOutput) {
        effect = command & NotReset ? Effect::None : Effect::ResetProcessor;
    } else {
        switch (command) {
        case TestPassword: answer(0xf1); break; // none is set
        case DisableMouse: m_ram[0] |= MouseDisabled; break;
        case EnableMouse: m_ram[0] &= static_cast<std::uint8_t>(~MouseDisabled); break;
        case TestMouse:
        case TestKeyboard: answer(0x00); break;
        case SelfTest:
            m_selfTested = true;
            answer(0x55);
            break;
        case DisableKeyboard: m_ram[0] |= KeyboardDisabled; break;
        case EnableKeyboard: m_ram[0] &= static_cast<std::uint8_t>(~KeyboardDisabled); break;
        case ReadInputPort: answer(0x80); break; // keyboard not locked
        case ReadOutputPort:
            answer(static_cast<std::uint8_t>(
                m_outputPort | OutputIdle
                | (m_outputFull && m_outputSource != Source::Mouse ? KeyboardFull : 0)
                | (m_outputFull && m_outputSource == Source::Mouse ? MouseFull : 0)));
            break;
        case WriteOutputPort:
        case WriteKeyboardOutput:
        case WriteMouseOutput:
        case WriteMouse: m_pendingCommand = command; break;
        case CloseA20: m_outputPort &= static_cast<std::uint8_t>(~GateA20); break;
        case OpenA20: m_outputPort |= GateA20; break;
        case ReadTestInputs: answer(0x00); break;
        default: break; // unknown commands are ignored
        }
    }
    refill();
    return effect;
}

void I8042Controller::reset()
{
    Ps2Keyboard keyboard = m_keyboard;
    keyboard.reset();
    *this = I8042Controller();
    m_keyboard = keyboard;
}

void I8042Controller::save(StateWriter& out) const
{
    m_keyboard.save(out);
    m_mouse.save(out);
    m_answers.save(out);
    out.bytes(std::as_bytes(std::span(m_ram)));
    for (const std::uint8_t value :
         {m_outputPort, m_pendingCommand, m_output, static_cast<std::uint8_t>(m_outputSource)})
        out.integer(value);
    for (const bool value : {m_outputFull, m_selfTested, m_breakPending})
        out.boolean(value);
}

I8042Controller I8042Controller::restore(StateReader& in)
{
    I8042Controller controller;
    controller.m_keyboard = Ps2Keyboard::restore(in);
    controller.m_mouse = Ps2Mouse::restore(in);
    controller.m_answers.restore(in);
    in.bytes(std::as_writable_bytes(std::span(controller.m_ram)));
    controller.m_outputPort = in.integer<std::uint8_t>() & (NotReset | GateA20);
    controller.m_pendingCommand = in.integer<std::uint8_t>();
    controller.m_output = in.integer<std::uint8_t>();
    const auto source = in.integer<std::uint8_t>();
    controller.m_outputSource = source == 1   ? Source::Keyboard
                                : source == 2 ? Source::Mouse
                                              : Source::Controller;
    controller.m_outputFull = in.boolean();
    controller.m_selfTested = in.boolean();
    controller.m_breakPending = in.boolean();
    return controller;
}

} // namespace engine

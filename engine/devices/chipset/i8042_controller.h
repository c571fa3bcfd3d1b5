// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "devices/chipset/ps2_keyboard.h"
#include "devices/chipset/ps2_mouse.h"

#include <cstdint>
#include <optional>

namespace engine {

/// The PS/2 keyboard controller (Intel 8042 with IBM's PS/2 program: IBM PS/2 Hardware Interface Technical
/// Reference, "Keyboard and Auxiliary Device Controller") with its keyboard and mouse, as a pure state
/// machine. One byte waits in the output buffer; answers of the controller go before the keyboard's bytes,
/// and those before the mouse's.
class I8042Controller {
public:
    enum class Effect : std::uint8_t { None, ResetProcessor };

    [[nodiscard]] std::uint8_t readData();
    [[nodiscard]] std::uint8_t readStatus() const;
    [[nodiscard]] Effect writeData(std::uint8_t value);
    [[nodiscard]] Effect writeCommand(std::uint8_t command);

    [[nodiscard]] bool keyboardInterrupt() const; ///< IRQ 1
    [[nodiscard]] bool mouseInterrupt() const;    ///< IRQ 12
    /// The A20 gate as software has set it; it never closes for real.
    [[nodiscard]] bool isA20Open() const { return (m_outputPort & 0x02) != 0; }

    [[nodiscard]] Ps2Keyboard& keyboard() { return m_keyboard; }
    [[nodiscard]] const Ps2Keyboard& keyboard() const { return m_keyboard; }
    [[nodiscard]] Ps2Mouse& mouse() { return m_mouse; }
    /// Moves the next byte into the output buffer when that is empty; call after the devices changed.
    void refill();

    void reset();
    void save(StateWriter& out) const;
    /// The caller asks in.finish() and then takes the result over.
    [[nodiscard]] static I8042Controller restore(StateReader& in);

private:
    static constexpr std::size_t RamBytes = 32; // byte 0 is the command byte

    enum class Source : std::uint8_t { Controller, Keyboard, Mouse };

    [[nodiscard]] std::uint8_t commandByte() const { return m_ram[0]; }
    [[nodiscard]] Effect writeOutputPort(std::uint8_t value);
    void answer(std::uint8_t value) { m_answers.push({value}); }
    [[nodiscard]] std::optional<std::uint8_t> nextKeyboardByte();
    void fillOutput(std::uint8_t value, Source source);

    Ps2Keyboard m_keyboard;
    Ps2Mouse m_mouse;
    Ps2Queue m_answers;
    std::array<std::uint8_t, RamBytes> m_ram{0x03}; // both interrupts on
    std::uint8_t m_outputPort = 0x03;               // not in reset, A20 open
    std::uint8_t m_pendingCommand = 0;              // waits for its data byte; 0: none
    std::uint8_t m_output = 0;
    Source m_outputSource = Source::Controller;
    bool m_outputFull = false;
    bool m_selfTested = false;   // SYS
    bool m_breakPending = false; // translation has swallowed an F0
};

} // namespace engine

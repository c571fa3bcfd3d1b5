// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "devices/chipset/ps2_queue.h"
#include "devices/input/input_sink.h"

#include <array>
#include <bitset>
#include <optional>
#include <span>
#include <utility>

namespace engine {

/// A PS/2 keyboard (IBM PS/2 hardware interface, "101- and 102-key keyboard") as a pure state machine: bytes
/// from the controller in, bytes to the controller out. It does not repeat keys by itself: whoever feeds
/// it calls key() again for a key that is held.
class Ps2Keyboard {
public:
    Ps2Keyboard() { setDefaults(); }

    /// A byte that the guest sent to the keyboard.
    void write(std::uint8_t value);
    /// A key changed. Unknown keys, keys while scanning is off and keys without room are dropped.
    void key(KeyCode code, bool down);
    [[nodiscard]] KeyboardLeds leds() const;

    /// The next byte for the controller: answers go first.
    [[nodiscard]] std::optional<Ps2Byte> take();
    [[nodiscard]] bool hasOutput() const { return !m_replies.isEmpty() || !m_scanCodes.isEmpty(); }

    /// True once after the guest has enabled scanning: it is about to take keys from here.
    [[nodiscard]] bool takeEnabled() { return std::exchange(m_enabled, false); }

    void reset();
    void save(StateWriter& out) const;
    /// The caller asks in.finish() and then takes the result over.
    [[nodiscard]] static Ps2Keyboard restore(StateReader& in);

private:
    static constexpr std::size_t CodeCount = 256;

    void setDefaults();
    void setAllKeys(bool repeats, bool breaks);
    void reply(std::initializer_list<std::uint8_t> bytes);
    /// True when `value` was the argument of the command before.
    [[nodiscard]] bool takeArgument(std::uint8_t value);
    void selectScanCodeSet(std::uint8_t number);
    void runCommand(std::uint8_t command);
    void sendSet3(std::uint8_t code, bool down, bool isRepeat);
    void sendCode(std::uint16_t set1, std::uint16_t set2, bool down);
    void sendPrintScreen(bool down);
    void sendPause();
    [[nodiscard]] bool isHeld(std::initializer_list<KeyCode> keys) const;
    void rememberHeld(KeyCode code, bool down);

    Ps2Queue m_replies;
    Ps2Queue m_scanCodes;
    std::uint8_t m_pendingCommand = 0; // waits for its argument; 0: none
    std::uint8_t m_lastSent = 0;       // for FE
    std::uint8_t m_leds = 0;
    std::uint8_t m_typematic = 0x2b; // 10.9 characters per second after 500 ms
    std::uint8_t m_scanCodeSet = 2;
    bool m_scanning = true;
    bool m_enabled = false;               // since takeEnabled(); not saved
    std::bitset<CodeCount> m_set3Repeats; // by set 3 code
    std::bitset<CodeCount> m_set3Breaks;
    std::bitset<CodeCount> m_held; // by key code; not saved: keys are released across a restore
};

} // namespace engine

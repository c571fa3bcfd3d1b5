// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "devices/input/input_sink.h"
#include "devices/usb/hid/hid_device.h"

#include <bitset>
#include <deque>

namespace engine::usb {

/// A USB keyboard (HID 1.11, appendix B.1 and F): six keys and the modifiers, lights, boot protocol. Each
/// change of a key is a report of its own, so that no stroke is lost. Hosts repeat keys by themselves: a
/// key that goes down twice went down once.
class HidKeyboard final : public HidDevice, public KeyboardSink {
public:
    /// `clock` outlives the keyboard.
    explicit HidKeyboard(DeviceClock& clock);

    void key(KeyCode code, bool down) override;
    [[nodiscard]] KeyboardLeds leds() const override;
    /// Called when the guest has set the lights; on its thread and with locks held. Set before use.
    void setLedCallback(std::function<void()> callback) { m_onLeds = std::move(callback); }

private:
    struct Change {
        std::uint8_t usage = 0;
        bool down = false;
    };
    struct Input {
        std::deque<Change>
            waiting;           ///< bounded: presses beyond the limit are dropped, releases follow presses
        std::bitset<256> held; ///< with everything in `waiting` applied
        std::vector<std::uint8_t> pressed; ///< as reported: without modifiers, oldest first
        std::uint8_t modifiers = 0;        ///< as reported
        std::uint8_t leds = 0;
    };
    [[nodiscard]] bool takeChange() override;
    [[nodiscard]] Bytes inputReport() const override;
    [[nodiscard]] bool setOutput(std::span<const std::byte> report) override;
    [[nodiscard]] Bytes outputReport() const override { return bytesOf({m_input.leds}); }
    void clearInput() override;
    void saveInput(StateWriter& out) const override;
    void readInput(StateReader& in) override;
    void adoptInput() override { m_input = std::move(m_restored); }

    std::function<void()> m_onLeds;
    Input m_input;    // guarded by the device's lock
    Input m_restored; // guarded by the device's lock; between readInput() and adoptInput()
};

} // namespace engine::usb

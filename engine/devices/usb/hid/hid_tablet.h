// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "devices/input/input_sink.h"
#include "devices/usb/hid/hid_device.h"

#include <deque>

namespace engine::usb {

/// A USB pointer with absolute positions, five buttons and two wheels, which every system's HID driver takes
/// for a mouse. Movements that wait are merged; each change of a button is a report of its own.
class HidTablet final : public HidDevice, public PointerSink {
public:
    /// `clock` outlives the tablet.
    explicit HidTablet(DeviceClock& clock);

    [[nodiscard]] bool isAbsolute() const override { return true; }
    void moveRelative(std::int32_t /*dx*/, std::int32_t /*dy*/) override {}
    void moveAbsolute(std::uint16_t x, std::uint16_t y) override;
    void button(PointerButton button, bool down) override;
    void wheel(std::int32_t vertical, std::int32_t horizontal) override;
    void sync() override;

private:
    struct Report {
        std::uint16_t x = 0;
        std::uint16_t y = 0;
        std::uint8_t buttons = 0; ///< one bit per PointerButton
        std::int32_t vertical = 0;
        std::int32_t horizontal = 0;
        bool changesButtons = false;
    };
    void flush();
    [[nodiscard]] bool takeChange() override;
    [[nodiscard]] Bytes inputReport() const override;
    [[nodiscard]] bool setOutput(std::span<const std::byte> /*report*/) override { return false; }
    void clearInput() override;
    void saveInput(StateWriter& out) const override;
    void readInput(StateReader& in) override;
    void adoptInput() override;

    // Guarded by the device's lock:
    Report m_now; ///< with everything that came, also what waits for sync()
    bool m_changed = false;
    std::uint8_t m_lastButtons = 0; ///< of the newest report that waits or has been sent
    std::deque<Report> m_waiting;
    Report m_reported;
    Report m_restored;
};

} // namespace engine::usb

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/state.h"
#include "bus/bus_device.h"
#include "bus/irq_line.h"
#include "devices/chipset/i8042_controller.h"
#include "devices/chipset/reset_request.h"
#include "devices/input/input_sink.h"

#include <functional>
#include <mutex>

namespace engine {

/// The keyboard controller on ports 0x60 (data) and 0x64 (status, command), with IRQ 1 and IRQ 12, and its
/// keyboard and mouse as sinks for what a person does. Any thread.
class I8042 final : public KeyboardSink, public PointerSink, public Saveable {
public:
    /// The lines must outlive the device. `onReset` may be empty.
    I8042(IrqLine& keyboardIrq, IrqLine& mouseIrq, ResetCallback onReset);

    /// One port each: 0x60 and 0x64.
    [[nodiscard]] BusDevice& dataPort() { return m_dataPort; }
    [[nodiscard]] BusDevice& commandPort() { return m_commandPort; }

    /// Called when the guest enables the keyboard, and when it sets the lights; on its thread. Set before
    /// use.
    void setCallbacks(std::function<void()> keyboardEnabled, std::function<void()> ledsChanged)
    {
        m_onEnabled = std::move(keyboardEnabled);
        m_onLeds = std::move(ledsChanged);
    }

    void key(KeyCode code, bool down) override;
    [[nodiscard]] KeyboardLeds leds() const override;

    [[nodiscard]] bool isAbsolute() const override { return false; }
    void moveRelative(std::int32_t dx, std::int32_t dy) override;
    void moveAbsolute(std::uint16_t /*x*/, std::uint16_t /*y*/) override {}
    void button(PointerButton button, bool down) override;
    void wheel(std::int32_t vertical, std::int32_t horizontal) override;
    void sync() override;

    void reset();
    /// As a BIOS leaves it: keyboard on with its interrupt, scan codes translated to set 1, mouse off. For
    /// kernels that start without one.
    void programAsFirmwareWould();

    [[nodiscard]] std::string stateName() const override { return "i8042"; }
    void saveState(StateWriter& out) const override;
    [[nodiscard]] Result<> restoreState(StateReader& in) override;

private:
    enum class PortKind : std::uint8_t { Data, Command };
    class Port final : public BusDevice {
    public:
        Port(I8042& device, PortKind kind) : m_device(device), m_kind(kind) {}
        void read(std::uint64_t offset, std::span<std::byte> data) override;
        void write(std::uint64_t offset, std::span<const std::byte> data) override;

    private:
        I8042& m_device;
        const PortKind m_kind;
    };

    [[nodiscard]] std::uint8_t readPort(PortKind kind);
    void writePort(PortKind kind, std::uint8_t value);
    void publish();

    IrqLine& m_keyboardIrq;
    IrqLine& m_mouseIrq;
    const ResetCallback m_onReset;
    std::function<void()> m_onEnabled;
    std::function<void()> m_onLeds;
    mutable std::mutex m_mutex;
    I8042Controller m_controller; // guarded by m_mutex
    Port m_dataPort{*this, PortKind::Data};
    Port m_commandPort{*this, PortKind::Command};
};

} // namespace engine

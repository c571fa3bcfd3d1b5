// SPDX-License-Identifier: GPL-3.0-or-later
#include "devices/chipset/i8042.h"

#include <algorithm>

namespace engine {

I8042::I8042(IrqLine& keyboardIrq, IrqLine& mouseIrq, ResetCallback onReset)
    : m_keyboardIrq(keyboardIrq), m_mouseIrq(mouseIrq), m_onReset(std::move(onReset))
{}

void I8042::Port::read(std::uint64_t offset, std::span<std::byte> data)
{
    std::ranges::fill(data, std::byte{0xff});
    if (offset == 0 && !data.empty())
        data.front() = std::byte{m_device.readPort(m_kind)};
}

void I8042::Port::write(std::uint64_t offset, std::span<const std::byte> data)
{
    if (offset == 0 && !data.empty())
        m_device.writePort(m_kind, std::to_integer<std::uint8_t>(data.front()));
}

std::uint8_t I8042::readPort(PortKind kind)
{
    std::scoped_lock lock(m_mutex);
    if (kind == PortKind::Command)
        return m_controller.readStatus();
    // The lines fall before they rise for the next byte: the interrupt controller wants an edge for each.
    m_keyboardIrq.setLevel(false);
    m_mouseIrq.setLevel(false);
    const std::uint8_t value = m_controller.readData();
    publish();
    return value;
}

void I8042::writePort(PortKind kind, std::uint8_t value)
{
    auto effect = I8042Controller::Effect::None;
    bool enabled = false;
    bool lit = false;
    {
        std::scoped_lock lock(m_mutex);
        const KeyboardLeds before = m_controller.keyboard().leds();
        effect = kind == PortKind::Data ? m_controller.writeData(value) : m_controller.writeCommand(value);
        publish();
        enabled = m_controller.keyboard().takeEnabled();
        lit = m_controller.keyboard().leds() != before;
    }
    if (enabled && m_onEnabled)
        m_onEnabled();
    if (lit && m_onLeds)
        m_onLeds();
    if (effect == I8042Controller::Effect::ResetProcessor && m_onReset)
        m_onReset(ResetKind::Init);
}

void I8042::programAsFirmwareWould()
{
    constexpr std::uint8_t WriteCommandByte = 0x60;
    constexpr std::uint8_t KeyboardOnTranslated = 0x61;
    writePort(PortKind::Command, WriteCommandByte);
    writePort(PortKind::Data, KeyboardOnTranslated);
}

void I8042::publish()
{
    m_controller.refill();
    m_keyboardIrq.setLevel(m_controller.keyboardInterrupt());
    m_mouseIrq.setLevel(m_controller.mouseInterrupt());
}

void I8042::key(KeyCode code, bool down)
{
    std::scoped_lock lock(m_mutex);
    m_controller.keyboard().key(code, down);
    publish();
}

KeyboardLeds I8042::leds() const
{
    std::scoped_lock lock(m_mutex);
    return m_controller.keyboard().leds();
}

void I8042::moveRelative(std::int32_t dx, std::int32_t dy)
{
    std::scoped_lock lock(m_mutex);
    m_controller.mouse().move(dx, dy);
}

void I8042::button(PointerButton button, bool down)
{
    std::scoped_lock lock(m_mutex);
    m_controller.mouse().button(button, down);
    publish();
}

void I8042::wheel(std::int32_t vertical, std::int32_t /*horizontal*/)
{
    std::scoped_lock lock(m_mutex);
    m_controller.mouse().wheel(vertical);
}

void I8042::sync()
{
    std::scoped_lock lock(m_mutex);
    m_controller.mouse().sync();
    publish();
}

void I8042::reset()
{
    std::scoped_lock lock(m_mutex);
    m_controller.reset();
    publish();
}

void I8042::saveState(StateWriter& out) const
{
    std::scoped_lock lock(m_mutex);
    out.version(1);
    m_controller.save(out);
}

Result<> I8042::restoreState(StateReader& in)
{
    (void)in.version(1);
    auto controller = I8042Controller::restore(in);
    VM_TRY(in.finish());
    std::scoped_lock lock(m_mutex);
    m_controller = std::move(controller);
    m_keyboardIrq.setLevel(m_controller.keyboardInterrupt());
    m_mouseIrq.setLevel(m_controller.mouseInterrupt());
    return {};
}

} // namespace engine

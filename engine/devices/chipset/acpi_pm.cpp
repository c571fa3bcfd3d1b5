// SPDX-License-Identifier: GPL-3.0-or-later
#include "devices/chipset/acpi_pm.h"

#include "base/checked.h"

namespace engine {

AcpiPm::AcpiPm(IrqLine& sci, DeviceClock& clock, SleepTypes types)
    : m_sci(sci), m_clock(clock), m_types(types), m_registers(types), m_timer(clock.createTimer([this] {
          std::scoped_lock lock(m_mutex);
          update();
      }))
{
    m_registers.reset(clock.now());
}

void AcpiPm::update()
{
    m_registers.advance(m_clock.now());
    publish();
}

void AcpiPm::publish()
{
    m_sci.setLevel(m_registers.sciLevel());
    if (const auto next = m_registers.nextEvent())
        m_timer->arm(*next);
    else
        m_timer->cancel();
}

void AcpiPm::read(std::uint64_t offset, std::span<std::byte> data)
{
    if (offset >= AcpiPmRegisters::TimerOffset
        && isInside<std::uint64_t>(offset - AcpiPmRegisters::TimerOffset, data.size(),
                                   AcpiPmRegisters::TimerBytes)) {
        const std::uint64_t ticks = PmTimer::ticks(m_clock.now()) & PmTimer::Mask;
        storeLittleEndian(data, ticks >> (8 * (offset - AcpiPmRegisters::TimerOffset)));
        return;
    }
    std::scoped_lock lock(m_mutex);
    const auto now = m_clock.now();
    for (std::byte& byte : data)
        byte = std::byte{m_registers.read(offset++, now)};
}

void AcpiPm::write(std::uint64_t offset, std::span<const std::byte> data)
{
    std::optional<SleepState> sleep;
    SleepCallback callback;
    std::function<void()> takeover;
    {
        std::scoped_lock lock(m_mutex);
        const auto now = m_clock.now();
        for (const std::byte byte : data)
            if (const auto asked = m_registers.write(offset++, std::to_integer<std::uint8_t>(byte), now))
                sleep = asked;
        update();
        if (sleep)
            callback = m_sleepCallback;
        if (!m_hasTakenOver && m_registers.wantsEvents()) {
            m_hasTakenOver = true;
            takeover = m_takeoverCallback;
        }
    }
    if (takeover)
        takeover();
    if (sleep && callback)
        callback(*sleep);
}

void AcpiPm::setTakeoverCallback(std::function<void()> callback)
{
    std::scoped_lock lock(m_mutex);
    m_takeoverCallback = std::move(callback);
}

void AcpiPm::setSleepCallback(SleepCallback callback)
{
    std::scoped_lock lock(m_mutex);
    m_sleepCallback = std::move(callback);
}

void AcpiPm::raise(AcpiPmRegisters::Event event)
{
    std::scoped_lock lock(m_mutex);
    m_registers.raise(event);
    update();
}

void AcpiPm::raiseGpe(unsigned index)
{
    std::scoped_lock lock(m_mutex);
    m_registers.raiseGpe(index);
    update();
}

void AcpiPm::setSciEnabled(bool enabled)
{
    std::scoped_lock lock(m_mutex);
    m_registers.setSciEnabled(enabled);
    update();
}

bool AcpiPm::isSciEnabled() const
{
    std::scoped_lock lock(m_mutex);
    return m_registers.isSciEnabled();
}

void AcpiPm::reset()
{
    std::scoped_lock lock(m_mutex);
    m_registers.reset(m_clock.now());
    m_hasTakenOver = false;
    update();
}

void AcpiPm::saveState(StateWriter& out) const
{
    std::scoped_lock lock(m_mutex);
    out.version(1);
    m_registers.save(out);
}

Result<> AcpiPm::restoreState(StateReader& in)
{
    (void)in.version(1);
    auto registers = VM_TRY(AcpiPmRegisters::restore(in, m_types));
    std::scoped_lock lock(m_mutex);
    m_registers = registers;
    publish();
    return {};
}

} // namespace engine

// SPDX-License-Identifier: GPL-3.0-or-later
#include "devices/chipset/rtc.h"

#include <algorithm>

namespace engine {

namespace {

constexpr std::uint64_t IndexPort = 0;
constexpr std::uint64_t DataPort = 1;
constexpr std::uint8_t NmiMask = 0x80;

RtcInstant instantOf(const DeviceClock& clock)
{
    return {std::chrono::duration_cast<std::chrono::nanoseconds>(clock.wallTime().time_since_epoch()),
            clock.now()};
}

} // namespace

Rtc::Rtc(IrqLine& irq, DeviceClock& clock, std::chrono::nanoseconds offset)
    : m_irq(irq), m_clock(clock), m_rtc(instantOf(clock)), m_timer(clock.createTimer([this] {
          std::scoped_lock lock(m_mutex);
          update();
      }))
{
    setOffset(offset);
}

RtcInstant Rtc::instant() const
{
    return instantOf(m_clock);
}

void Rtc::update()
{
    m_rtc.advance(instant());
    publish();
}

void Rtc::publish()
{
    m_irq.setLevel(m_rtc.interruptPending());
    if (const auto next = m_rtc.nextEvent(instant()))
        m_timer->arm(*next);
    else
        m_timer->cancel();
}

void Rtc::read(std::uint64_t offset, std::span<std::byte> data)
{
    std::scoped_lock lock(m_mutex);
    bool touched = false;
    for (std::byte& byte : data) {
        // The index port is write-only on this chipset.
        const bool isData = offset++ == DataPort;
        byte = isData ? std::byte{m_rtc.read(m_index, instant())} : std::byte{0xff};
        touched |= isData && m_index == Mc146818::RegisterC;
    }
    if (touched)
        update();
}

void Rtc::write(std::uint64_t offset, std::span<const std::byte> data)
{
    std::scoped_lock lock(m_mutex);
    for (const std::byte byte : data) {
        const auto value = std::to_integer<std::uint8_t>(byte);
        if (offset == IndexPort) {
            m_nmiMasked = (value & NmiMask) != 0;
            m_index = value & ~NmiMask;
        } else if (offset == DataPort) {
            m_rtc.write(m_index, value, instant());
            update();
        }
        ++offset;
    }
}

void Rtc::setCmos(std::uint8_t index, std::uint8_t value)
{
    std::scoped_lock lock(m_mutex);
    std::erase_if(m_machineBytes, [index](const auto& entry) { return entry.first == index; });
    m_machineBytes.emplace_back(index, value);
    m_rtc.setByte(index, value);
}

std::uint8_t Rtc::cmos(std::uint8_t index) const
{
    std::scoped_lock lock(m_mutex);
    return m_rtc.byte(index);
}

void Rtc::setOffset(std::chrono::nanoseconds offset)
{
    std::scoped_lock lock(m_mutex);
    m_rtc.setOffset(offset, instant());
    update();
}

std::chrono::nanoseconds Rtc::offset() const
{
    std::scoped_lock lock(m_mutex);
    return m_rtc.offset();
}

bool Rtc::isNmiMasked() const
{
    std::scoped_lock lock(m_mutex);
    return m_nmiMasked;
}

void Rtc::reset()
{
    std::scoped_lock lock(m_mutex);
    m_rtc.reset();
    m_index = 0;
    m_nmiMasked = false;
    for (const auto& [index, value] : m_machineBytes)
        m_rtc.setByte(index, value);
    update();
}

void Rtc::saveState(StateWriter& out) const
{
    std::scoped_lock lock(m_mutex);
    out.version(1);
    out.integer(m_index);
    out.boolean(m_nmiMasked);
    m_rtc.save(out);
}

Result<> Rtc::restoreState(StateReader& in)
{
    (void)in.version(1);
    const auto index = in.integer<std::uint8_t>();
    const bool nmiMasked = in.boolean();
    auto rtc = VM_TRY(Mc146818::restore(in, instant()));
    VM_TRY(in.finish());
    std::scoped_lock lock(m_mutex);
    m_rtc = rtc;
    m_index = index & 0x7f;
    m_nmiMasked = nmiMasked;
    publish();
    return {};
}

} // namespace engine

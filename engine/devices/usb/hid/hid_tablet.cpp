// SPDX-License-Identifier: GPL-3.0-or-later
#include "devices/usb/hid/hid_tablet.h"

#include <algorithm>
#include <utility>

namespace engine::usb {

namespace {

constexpr std::size_t MostWaiting = 32;
constexpr std::int32_t WheelLimit = 127;
constexpr std::uint8_t AllButtons = 0x1f;

Bytes reportDescriptor()
{
    return bytesOf({
        0x05, 0x01,       // Usage Page (Generic Desktop)
        0x09, 0x02,       // Usage (Mouse)
        0xa1, 0x01,       // Collection (Application)
        0x09, 0x01,       //   Usage (Pointer)
        0xa1, 0x00,       //   Collection (Physical)
        0x05, 0x09,       //     Usage Page (Button)
        0x19, 0x01,       //     Usage Minimum (1)
        0x29, 0x05,       //     Usage Maximum (5)
        0x15, 0x00,       //     Logical Minimum (0)
        0x25, 0x01,       //     Logical Maximum (1)
        0x95, 0x05,       //     Report Count (5)
        0x75, 0x01,       //     Report Size (1)
        0x81, 0x02,       //     Input (Data, Variable, Absolute)
        0x95, 0x01,       //     Report Count (1)
        0x75, 0x03,       //     Report Size (3)
        0x81, 0x01,       //     Input (Constant)
        0x05, 0x01,       //     Usage Page (Generic Desktop)
        0x09, 0x30,       //     Usage (X)
        0x09, 0x31,       //     Usage (Y)
        0x15, 0x00,       //     Logical Minimum (0)
        0x26, 0xff, 0x7f, //     Logical Maximum (32767)
        0x35, 0x00,       //     Physical Minimum (0)
        0x46, 0xff, 0x7f, //     Physical Maximum (32767)
        0x75, 0x10,       //     Report Size (16)
        0x95, 0x02,       //     Report Count (2)
        0x81, 0x02,       //     Input (Data, Variable, Absolute)
        0x09, 0x38,       //     Usage (Wheel)
        0x15, 0x81,       //     Logical Minimum (-127)
        0x25, 0x7f,       //     Logical Maximum (127)
        0x35, 0x00,       //     Physical Minimum (as logical)
        0x45, 0x00,       //     Physical Maximum (as logical)
        0x75, 0x08,       //     Report Size (8)
        0x95, 0x01,       //     Report Count (1)
        0x81, 0x06,       //     Input (Data, Variable, Relative)
        0x05, 0x0c,       //     Usage Page (Consumer)
        0x0a, 0x38, 0x02, //     Usage (AC Pan)
        0x81, 0x06,       //     Input (Data, Variable, Relative)
        0xc0,             //   End Collection
        0xc0,             // End Collection
    });
}

std::int32_t addedWheel(std::int32_t sum, std::int32_t clicks)
{
    return std::clamp(sum + std::clamp(clicks, -WheelLimit, WheelLimit), -WheelLimit, WheelLimit);
}

} // namespace

HidTablet::HidTablet(DeviceClock& clock)
    : HidDevice(
          clock,
          {.identity = {.vendor = 0x0627, .product = 0x0001, .strings = {"Guesthouse", "USB Tablet", "T1"}},
           .report = reportDescriptor(),
           .endpoint = {.address = 0x81, .maxPacket = 8, .interval = 4}})
{}

void HidTablet::moveAbsolute(std::uint16_t x, std::uint16_t y)
{
    std::scoped_lock lock(mutex());
    if (x == m_now.x && y == m_now.y)
        return;
    m_now.x = std::min(x, AbsoluteMax);
    m_now.y = std::min(y, AbsoluteMax);
    m_changed = true;
}

void HidTablet::button(PointerButton button, bool down)
{
    const unsigned bit = 1U << std::to_underlying(button);
    std::scoped_lock lock(mutex());
    if (((m_now.buttons & bit) != 0) == down)
        return;
    if (((m_now.buttons ^ m_lastButtons) & bit) != 0)
        flush(); // pressed and released before sync(): two reports, or the click is lost
    m_now.buttons = static_cast<std::uint8_t>(down ? m_now.buttons | bit : m_now.buttons & ~bit);
    m_changed = true;
}

void HidTablet::wheel(std::int32_t vertical, std::int32_t horizontal)
{
    std::scoped_lock lock(mutex());
    m_now.vertical = addedWheel(m_now.vertical, vertical);
    m_now.horizontal = addedWheel(m_now.horizontal, horizontal);
    m_changed = true;
}

void HidTablet::sync()
{
    {
        std::scoped_lock lock(mutex());
        if (!m_changed)
            return;
        flush();
    }
    reportReady();
}

void HidTablet::flush()
{
    Report next = m_now;
    next.changesButtons = m_now.buttons != m_lastButtons;
    m_now.vertical = m_now.horizontal = 0;
    m_changed = false;
    m_lastButtons = next.buttons;
    if (!isInUse())
        return;
    const bool mayMerge = !m_waiting.empty() && !next.changesButtons && !m_waiting.back().changesButtons;
    if (mayMerge || m_waiting.size() >= MostWaiting) {
        Report& last = m_waiting.back();
        next.vertical = addedWheel(last.vertical, next.vertical);
        next.horizontal = addedWheel(last.horizontal, next.horizontal);
        next.changesButtons = next.changesButtons || last.changesButtons;
        last = next;
    } else {
        m_waiting.push_back(next);
    }
}

bool HidTablet::takeChange()
{
    m_reported.vertical = m_reported.horizontal = 0;
    if (m_waiting.empty())
        return false;
    m_reported = m_waiting.front();
    m_waiting.pop_front();
    return true;
}

Bytes HidTablet::inputReport() const
{
    const unsigned x = m_reported.x;
    const unsigned y = m_reported.y;
    return bytesOf({m_reported.buttons, x & 0xff, x >> 8, y & 0xff, y >> 8,
                    static_cast<std::uint8_t>(m_reported.vertical),
                    static_cast<std::uint8_t>(m_reported.horizontal)});
}

void HidTablet::clearInput()
{
    m_waiting.clear();
    m_reported.buttons = 0;
    m_lastButtons = 0;
    m_now.buttons = 0;
    m_changed = false;
}

void HidTablet::saveInput(StateWriter& out) const
{
    out.integer(m_reported.x);
    out.integer(m_reported.y);
    out.integer(m_reported.buttons);
}

void HidTablet::readInput(StateReader& in)
{
    m_restored = {};
    m_restored.x = std::min(in.integer<std::uint16_t>(), AbsoluteMax);
    m_restored.y = std::min(in.integer<std::uint16_t>(), AbsoluteMax);
    m_restored.buttons = in.integer<std::uint8_t>() & AllButtons;
}

void HidTablet::adoptInput()
{
    clearInput();
    m_reported = m_now = m_restored;
    // Buttons are released across a restore; the guest hears of it.
    m_now.buttons = 0;
    if (m_reported.buttons != 0)
        m_waiting.push_back({.x = m_now.x, .y = m_now.y, .changesButtons = true});
}

} // namespace engine::usb

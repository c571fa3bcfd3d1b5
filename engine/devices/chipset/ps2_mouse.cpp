// SPDX-License-Identifier: GPL-3.0-or-later
#include "devices/chipset/ps2_mouse.h"

#include <algorithm>
#include <utility>

namespace engine {

namespace {

constexpr std::uint8_t Scaling1To1 = 0xe6;
constexpr std::uint8_t Scaling2To1 = 0xe7;
constexpr std::uint8_t SetResolution = 0xe8;
constexpr std::uint8_t StatusRequest = 0xe9;
constexpr std::uint8_t SetStreamMode = 0xea;
constexpr std::uint8_t ReadData = 0xeb;
constexpr std::uint8_t ResetWrapMode = 0xec;
constexpr std::uint8_t SetWrapMode = 0xee;
constexpr std::uint8_t SetRemoteMode = 0xf0;
constexpr std::uint8_t ReadId = 0xf2;
constexpr std::uint8_t SetSampleRate = 0xf3;
constexpr std::uint8_t EnableReporting = 0xf4;
constexpr std::uint8_t DisableReporting = 0xf5;
constexpr std::uint8_t SetDefaults = 0xf6;
constexpr std::uint8_t Resend = 0xfe;
constexpr std::uint8_t Reset = 0xff;

constexpr std::uint8_t Acknowledge = 0xfa;
constexpr std::uint8_t SelfTestPassed = 0xaa;

constexpr std::uint8_t WheelId = 3;
constexpr std::uint8_t FiveButtonId = 4;
constexpr std::uint8_t PrimaryButtons = 0x07; // left, right, middle: the same bits in packets
constexpr unsigned SideButtonsShift = 3;

constexpr std::int32_t MovementLimit = 1 << 20; // keeps the sums far from overflow
constexpr std::int32_t PacketLimit = 255;       // nine bits with sign, symmetric
constexpr std::int32_t WheelLimit = 7;          // four bits with sign, symmetric
constexpr std::size_t MovementPackets = 2;

/// Movement with scaling 2:1 (IBM PS/2 mouse, "Set Scaling 2:1").
std::int32_t doubled(std::int32_t counts)
{
    constexpr std::array<std::int32_t, 6> Small{0, 1, 1, 3, 6, 9};
    const std::int32_t magnitude = std::abs(counts);
    const std::int32_t scaled = magnitude < static_cast<std::int32_t>(Small.size())
                                    ? Small.at(static_cast<std::size_t>(magnitude))
                                    : 2 * magnitude;
    return std::clamp(counts < 0 ? -scaled : scaled, -PacketLimit, PacketLimit);
}

std::int32_t takeUpTo(std::int32_t& sum, std::int32_t limit)
{
    const std::int32_t part = std::clamp(sum, -limit, limit);
    sum -= part;
    return part;
}

/// Clamps before it adds, so that no sum can overflow.
std::int32_t accumulate(std::int32_t sum, std::int64_t change)
{
    return static_cast<std::int32_t>(
        std::clamp<std::int64_t>(sum + change, -std::int64_t{MovementLimit}, MovementLimit));
}

} // namespace

void Ps2Mouse::setDefaults()
{
    m_sampleRate = 100;
    m_resolution = 2;
    m_doubleScale = false;
    m_remote = false;
    m_reporting = false;
    dropMovement();
}

void Ps2Mouse::dropMovement()
{
    m_dx = m_dy = m_dz = 0;
}

void Ps2Mouse::write(std::uint8_t value)
{
    m_reports.clear(); // a command ends a report that is under way, as on the wire
    if (m_wrap && value != ResetWrapMode && value != Reset) {
        reply({value});
        return;
    }
    if (!takeArgument(value))
        runCommand(value);
}

bool Ps2Mouse::takeArgument(std::uint8_t value)
{
    switch (std::exchange(m_pendingCommand, std::uint8_t{0})) {
    case SetResolution:
        m_resolution = value & 3;
        reply({Acknowledge});
        return true;
    case SetSampleRate:
        setSampleRate(value);
        reply({Acknowledge});
        return true;
    default: return false;
    }
}

void Ps2Mouse::setSampleRate(std::uint8_t rate)
{
    m_sampleRate = rate;
    // Three rates in a row unlock the wheel, three others the five buttons (Microsoft IntelliMouse protocol).
    if (m_rateHistory == std::array<std::uint8_t, 2>{200, 100} && rate == 80)
        m_id = std::max(m_id, WheelId);
    else if (m_rateHistory == std::array<std::uint8_t, 2>{200, 200} && rate == 80)
        m_id = FiveButtonId;
    m_rateHistory = {m_rateHistory[1], rate};
}

void Ps2Mouse::runCommand(std::uint8_t command)
{
    switch (command) {
    case Scaling1To1: m_doubleScale = false; break;
    case Scaling2To1: m_doubleScale = true; break;
    case SetResolution:
    case SetSampleRate: m_pendingCommand = command; break;
    case StatusRequest: replyStatus(); return;
    case SetStreamMode:
        m_remote = false;
        dropMovement();
        break;
    case SetRemoteMode:
        m_remote = true;
        dropMovement();
        break;
    case ReadData: {
        reply({Acknowledge});
        const auto packet = buildPacket(false);
        m_replies.push(std::span(packet).first(packetBytes()));
        return;
    }
    case ResetWrapMode: m_wrap = false; break;
    case SetWrapMode: m_wrap = true; break;
    case ReadId: reply({Acknowledge, m_id}); return;
    case EnableReporting:
        m_reporting = true;
        dropMovement();
        break;
    case DisableReporting: m_reporting = false; break;
    case SetDefaults: setDefaults(); break;
    case Resend: reply({m_lastSent}); return;
    case Reset: {
        const std::uint8_t buttons = m_buttons; // the person's fingers stay where they are
        reset();
        m_buttons = m_reportedButtons = buttons;
        reply({Acknowledge, SelfTestPassed, 0x00});
        return;
    }
    default: reply({Resend}); return;
    }
    reply({Acknowledge});
}

void Ps2Mouse::replyStatus()
{
    // Here the right button has bit 0 and the left one bit 2.
    const auto buttons =
        static_cast<std::uint8_t>((m_buttons & 1) << 2 | (m_buttons >> 1 & 1) | (m_buttons >> 2 & 1) << 1);
    const auto status = static_cast<std::uint8_t>((m_remote ? 0x40 : 0) | (m_reporting ? 0x20 : 0)
                                                  | (m_doubleScale ? 0x10 : 0) | buttons);
    reply({Acknowledge, status, m_resolution, m_sampleRate});
}

void Ps2Mouse::move(std::int32_t dx, std::int32_t dy)
{
    m_dx = accumulate(m_dx, dx);
    m_dy = accumulate(m_dy, -std::int64_t{dy});
}

void Ps2Mouse::wheel(std::int32_t clicks)
{
    m_dz = accumulate(m_dz, -std::int64_t{clicks});
}

void Ps2Mouse::button(PointerButton button, bool down)
{
    const auto bit = static_cast<std::uint8_t>(1U << std::to_underlying(button));
    m_buttons = static_cast<std::uint8_t>(down ? m_buttons | bit : m_buttons & ~bit);
    // Each press and each release is a report of its own, or a fast click would be lost.
    sync();
}

bool Ps2Mouse::hasChanges() const
{
    return m_dx != 0 || m_dy != 0 || (m_dz != 0 && m_id != 0);
}

void Ps2Mouse::sync()
{
    if (!m_reporting || m_remote)
        return;
    while (m_buttons != m_reportedButtons
           || (hasChanges() && m_reports.size() < MovementPackets * packetBytes())) {
        if (m_reports.size() + packetBytes() > Ps2Queue::Capacity)
            return;
        const auto packet = buildPacket(m_doubleScale);
        m_reports.push(std::span(packet).first(packetBytes()));
    }
}

std::array<std::uint8_t, 4> Ps2Mouse::buildPacket(bool scaled)
{
    m_reportedButtons = m_buttons;
    std::int32_t dx = takeUpTo(m_dx, PacketLimit);
    std::int32_t dy = takeUpTo(m_dy, PacketLimit);
    if (scaled) {
        dx = doubled(dx);
        dy = doubled(dy);
    }
    const auto flags = static_cast<std::uint8_t>(0x08 | (m_buttons & PrimaryButtons) | (dx < 0 ? 0x10 : 0)
                                                 | (dy < 0 ? 0x20 : 0));
    std::uint8_t fourth = 0;
    if (m_id == 0)
        m_dz = 0;
    else
        fourth = static_cast<std::uint8_t>(takeUpTo(m_dz, WheelLimit));
    if (m_id == FiveButtonId)
        fourth = static_cast<std::uint8_t>((fourth & 0x0f) | (m_buttons >> SideButtonsShift & 3) << 4);
    return {flags, static_cast<std::uint8_t>(dx), static_cast<std::uint8_t>(dy), fourth};
}

std::optional<Ps2Byte> Ps2Mouse::take()
{
    const auto byte = m_replies.isEmpty() ? m_reports.pop() : m_replies.pop();
    if (!byte)
        return std::nullopt;
    m_lastSent = *byte;
    sync(); // there may be room again for movement that waits
    return Ps2Byte{*byte, true};
}

void Ps2Mouse::save(StateWriter& out) const
{
    m_replies.save(out);
    m_reports.save(out);
    for (const std::uint8_t value : {m_pendingCommand, m_lastSent, m_id, m_sampleRate, m_resolution,
                                     m_rateHistory[0], m_rateHistory[1], m_buttons, m_reportedButtons})
        out.integer(value);
    for (const bool value : {m_reporting, m_remote, m_wrap, m_doubleScale})
        out.boolean(value);
    for (const std::int32_t value : {m_dx, m_dy, m_dz})
        out.integer(static_cast<std::uint32_t>(value));
}

Ps2Mouse Ps2Mouse::restore(StateReader& in)
{
    Ps2Mouse mouse;
    mouse.m_replies.restore(in);
    mouse.m_reports.restore(in);
    for (std::uint8_t* value :
         {&mouse.m_pendingCommand, &mouse.m_lastSent, &mouse.m_id, &mouse.m_sampleRate, &mouse.m_resolution,
          &mouse.m_rateHistory[0], &mouse.m_rateHistory[1], &mouse.m_buttons, &mouse.m_reportedButtons})
        *value = in.integer<std::uint8_t>();
    for (bool* value : {&mouse.m_reporting, &mouse.m_remote, &mouse.m_wrap, &mouse.m_doubleScale})
        *value = in.boolean();
    for (std::int32_t* value : {&mouse.m_dx, &mouse.m_dy, &mouse.m_dz})
        *value = accumulate(0, static_cast<std::int32_t>(in.integer<std::uint32_t>()));
    if (mouse.m_id != WheelId && mouse.m_id != FiveButtonId)
        mouse.m_id = 0;
    mouse.m_resolution &= 3;
    mouse.m_buttons &= 0x1f;
    mouse.m_reportedButtons &= 0x1f;
    return mouse;
}

} // namespace engine

// SPDX-License-Identifier: GPL-3.0-or-later
#include "devices/usb/xhci/port.h"

#include <utility>

namespace engine::usb::xhci {

namespace {

constexpr std::uint32_t Connected = 1U << 0; ///< CCS
constexpr std::uint32_t Enabled = 1U << 1;   ///< PED
constexpr std::uint32_t Reset = 1U << 4;     ///< PR
constexpr unsigned LinkShift = 5;            ///< PLS
constexpr std::uint32_t LinkMask = 0xfU << LinkShift;
constexpr std::uint32_t Power = 1U << 9; ///< PP
constexpr unsigned SpeedShift = 10;
constexpr std::uint32_t SpeedMask = 0xfU << SpeedShift;
constexpr std::uint32_t Indicator = 3U << 14;       ///< PIC
constexpr std::uint32_t LinkWrite = 1U << 16;       ///< LWS
constexpr std::uint32_t ConnectChange = 1U << 17;   ///< CSC
constexpr std::uint32_t WarmResetChange = 1U << 19; ///< WRC
constexpr std::uint32_t ResetChange = 1U << 21;     ///< PRC
constexpr std::uint32_t LinkChange = 1U << 22;      ///< PLC
constexpr std::uint32_t Changes = 0x7fU << 17;
constexpr std::uint32_t WakeEnables = 7U << 25; ///< WCE, WDE, WOE
constexpr std::uint32_t WarmReset = 1U << 31;   ///< WPR

constexpr unsigned U0 = 0;
constexpr unsigned U3 = 3;
constexpr unsigned LinkDisabled = 4;
constexpr unsigned RxDetect = 5;
constexpr unsigned Polling = 7;
constexpr unsigned Resume = 15;

constexpr std::uint32_t KeptManagement2 = 0x0000'fff8; ///< USB2 PORTPMSC: RWE, BESL, L1 device slot
constexpr std::uint32_t KeptManagement3 = 0x0001'ffff; ///< USB3 PORTPMSC: U1 and U2 timeouts, FLA

} // namespace

void Port::power()
{
    m_status = Power;
    setLink(RxDetect);
}

void Port::setLink(unsigned state)
{
    m_status = (m_status & ~LinkMask) | state << LinkShift;
}

void Port::change(std::uint32_t bits)
{
    const bool before = hasChange();
    m_status |= bits;
    m_changeEdge = m_changeEdge || !before;
}

void Port::plug(UsbDevice* device)
{
    const bool wasConnected = (m_status & Connected) != 0;
    m_device = device;
    m_status &= ~(Connected | Enabled | SpeedMask);
    setLink(RxDetect);
    if (m_device) {
        m_status |= Connected;
        setLink(Polling);
        // A USB 2.0 port knows a low speed device by its pull-up; full and high speed show after the reset.
        m_status |= static_cast<std::uint32_t>(m_device->speed()) << SpeedShift;
    }
    if (wasConnected || m_device)
        change(ConnectChange);
}

void Port::reset()
{
    m_status = Power;
    m_management = 0;
    setLink(RxDetect);
    m_changeEdge = false;
    if (m_device) {
        m_device->busReset();
        plug(m_device);
    }
}

std::uint32_t Port::read(std::uint32_t offset) const
{
    switch (offset) {
    case 0: return m_status;
    case 4: return m_management;
    default: return 0; // PORTLI: no errors; PORTHLPMC: no hardware link power management
    }
}

void Port::write(std::uint32_t offset, std::uint32_t value)
{
    if (offset == 4)
        m_management = value & (m_protocol == Protocol::Usb2 ? KeptManagement2 : KeptManagement3);
    if (offset != 0)
        return;
    m_status &= ~(value & Changes);
    m_status = (m_status & ~(WakeEnables | Indicator)) | (value & (WakeEnables | Indicator));
    if ((value & WarmReset) != 0 && m_protocol == Protocol::Usb3) {
        startReset(true);
        return;
    }
    if ((value & Reset) != 0) {
        startReset(false);
        return;
    }
    if ((value & Enabled) != 0 && isEnabled()) { // written to disable (RW1CS)
        m_status &= ~Enabled;
        setLink(m_protocol == Protocol::Usb2 ? Polling : LinkDisabled);
    }
    if ((value & LinkWrite) != 0)
        writeLink((value & LinkMask) >> LinkShift);
}

void Port::startReset(bool warm)
{
    if (!m_device)
        return;
    m_device->busReset();
    m_status |= Enabled;
    setLink(U0);
    change(ResetChange | (warm ? WarmResetChange : 0));
}

void Port::writeLink(unsigned state)
{
    const unsigned now = (m_status & LinkMask) >> LinkShift;
    switch (state) {
    case U0:
        if (!isEnabled() || (now != U3 && now != Resume))
            return;
        setLink(U0);
        m_device->setSuspended(false);
        change(LinkChange);
        break;
    case U3:
        if (!isEnabled() || now != U0)
            return;
        setLink(U3);
        m_device->setSuspended(true);
        break;
    case Resume:
        if (m_protocol == Protocol::Usb2 && isEnabled() && now == U3)
            setLink(Resume);
        break;
    case LinkDisabled:
        if (m_protocol == Protocol::Usb3) {
            m_status &= ~Enabled;
            setLink(LinkDisabled);
        }
        break;
    case RxDetect:
        if (m_protocol == Protocol::Usb3 && now == LinkDisabled)
            setLink(RxDetect);
        break;
    default: break;
    }
}

void Port::remoteWakeup()
{
    if (!isEnabled() || (m_status & LinkMask) >> LinkShift != U3)
        return;
    setLink(Resume);
    change(LinkChange);
}

bool Port::isEnabled() const
{
    return m_device && (m_status & Enabled) != 0;
}

bool Port::carriesTransfers() const
{
    return isEnabled() && (m_status & LinkMask) == 0;
}

bool Port::hasChange() const
{
    return (m_status & Changes) != 0;
}

bool Port::takeChangeEdge()
{
    return std::exchange(m_changeEdge, false);
}

void Port::saveState(StateWriter& out) const
{
    out.integer(m_status);
    out.integer(m_management);
    out.boolean(m_changeEdge);
}

void Port::readState(StateReader& in)
{
    constexpr std::uint32_t Known =
        Connected | Enabled | LinkMask | Power | SpeedMask | Indicator | Changes | WakeEnables;
    m_status = (in.integer<std::uint32_t>() & Known) | Power;
    m_management = in.integer<std::uint32_t>();
    m_changeEdge = in.boolean();
    if (!m_device)
        m_status &= ~(Connected | Enabled | SpeedMask);
}

} // namespace engine::usb::xhci

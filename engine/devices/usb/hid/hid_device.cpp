// SPDX-License-Identifier: GPL-3.0-or-later
#include "devices/usb/hid/hid_device.h"

namespace engine::usb {

namespace {

// HID 1.11, 7.2.
constexpr std::uint8_t GetReport = 0x01;
constexpr std::uint8_t GetIdle = 0x02;
constexpr std::uint8_t GetProtocol = 0x03;
constexpr std::uint8_t SetReport = 0x09;
constexpr std::uint8_t SetIdle = 0x0a;
constexpr std::uint8_t SetProtocol = 0x0b;
constexpr std::uint8_t ClassFromInterface = 0xa1;
constexpr std::uint8_t ClassToInterface = 0x21;
constexpr std::uint8_t StandardFromInterface = 0x81;
constexpr unsigned InputReport = 1;
constexpr unsigned OutputReport = 2;
constexpr std::chrono::milliseconds IdleUnit{4};

Bytes hidDescriptor(const Bytes& report)
{
    constexpr unsigned Length = 9;
    const auto size = static_cast<unsigned>(report.size());
    return bytesOf({Length, static_cast<unsigned>(DescriptorType::Hid), 0x11, 0x01, 0, 1,
                    static_cast<unsigned>(DescriptorType::Report), size & 0xff, size >> 8});
}

} // namespace

HidDevice::HidDevice(DeviceClock& clock, HidDescription description)
    : StandardDevice({.speed = Speed::Full,
                      .identity = std::move(description.identity),
                      .function = description.function,
                      .classDescriptor = hidDescriptor(description.report),
                      .endpoint = description.endpoint}),
      m_clock(clock), m_classDescriptor(hidDescriptor(description.report)), m_report(description.report),
      m_hasProtocol(description.hasProtocol), m_firstIdleRate(description.idleRate),
      m_idleRate(description.idleRate)
{
    m_idleTimer = clock.createTimer([this] {
        {
            std::scoped_lock lock(mutex());
            if (!isInUse() || m_idleRate == 0)
                return;
            m_idleReportDue = true;
        }
        reportReady();
    });
}

HidDevice::~HidDevice() = default;

void HidDevice::functionReset()
{
    m_idleRate = m_firstIdleRate;
    m_bootProtocol = false; // HID 1.11, 7.2.6: report protocol after a reset
    m_idleReportDue = false;
    m_idleTimer->cancel();
    clearInput();
}

void HidDevice::useChanged(bool inUse)
{
    if (inUse) {
        armIdleTimer();
    } else {
        m_idleTimer->cancel();
        clearInput();
    }
    if (m_onUse)
        m_onUse(inUse);
}

void HidDevice::armIdleTimer()
{
    if (m_idleRate != 0)
        m_idleTimer->arm(m_clock.now() + m_idleRate * IdleUnit);
    else
        m_idleTimer->cancel();
}

TransferStatus HidDevice::controlClass(const SetupPacket& setup, std::span<const std::byte> out,
                                       std::vector<std::byte>& in)
{
    if (setup.index != 0)
        return TransferStatus::Stall;
    switch (setup.requestType) {
    case StandardFromInterface: return interfaceDescriptor(setup, in);
    case ClassFromInterface: return classToHost(setup, in);
    case ClassToInterface: return classToDevice(setup, out);
    default: return TransferStatus::Stall;
    }
}

TransferStatus HidDevice::interfaceDescriptor(const SetupPacket& setup, std::vector<std::byte>& in) const
{
    if ((setup.value & 0xff) != 0)
        return TransferStatus::Stall;
    switch (static_cast<DescriptorType>(setup.value >> 8)) {
    case DescriptorType::Hid: in = m_classDescriptor; return TransferStatus::Done;
    case DescriptorType::Report: in = m_report; return TransferStatus::Done;
    default: return TransferStatus::Stall;
    }
}

TransferStatus HidDevice::classToHost(const SetupPacket& setup, std::vector<std::byte>& in) const
{
    switch (setup.request) {
    case GetReport: {
        const unsigned type = setup.value >> 8;
        if ((setup.value & 0xff) != 0 || (type != InputReport && type != OutputReport))
            return TransferStatus::Stall;
        in = type == InputReport ? inputReport() : outputReport();
        return in.empty() ? TransferStatus::Stall : TransferStatus::Done;
    }
    case GetIdle: in = bytesOf({m_idleRate}); return TransferStatus::Done;
    case GetProtocol:
        if (!m_hasProtocol)
            return TransferStatus::Stall;
        in = bytesOf({m_bootProtocol ? 0U : 1U});
        return TransferStatus::Done;
    default: return TransferStatus::Stall;
    }
}

TransferStatus HidDevice::classToDevice(const SetupPacket& setup, std::span<const std::byte> out)
{
    switch (setup.request) {
    case SetReport:
        if (setup.value != OutputReport << 8 || !setOutput(out))
            return TransferStatus::Stall;
        return TransferStatus::Done;
    case SetIdle:
        if ((setup.value & 0xff) != 0)
            return TransferStatus::Stall; // there are no numbered reports
        m_idleRate = static_cast<std::uint8_t>(setup.value >> 8);
        armIdleTimer();
        return TransferStatus::Done;
    case SetProtocol:
        if (!m_hasProtocol || setup.value > 1)
            return TransferStatus::Stall;
        m_bootProtocol = setup.value == 0;
        return TransferStatus::Done;
    default: return TransferStatus::Stall;
    }
}

InTransfer HidDevice::nextReport(std::size_t limit)
{
    if (!takeChange() && !m_idleReportDue)
        return {.status = TransferStatus::NotReady, .data = {}};
    m_idleReportDue = false;
    armIdleTimer();
    Bytes report = inputReport();
    if (report.size() > limit)
        return {.status = TransferStatus::Babble, .data = {}};
    return {.status = TransferStatus::Done, .data = std::move(report)};
}

void HidDevice::saveState(StateWriter& out) const
{
    std::scoped_lock lock(mutex());
    out.version(1);
    saveStandard(out);
    out.integer(m_idleRate);
    out.boolean(m_bootProtocol);
    saveInput(out);
}

Result<> HidDevice::restoreState(StateReader& in)
{
    std::scoped_lock lock(mutex());
    (void)in.version(1);
    const StandardState standard = readStandard(in);
    const auto idleRate = in.integer<std::uint8_t>();
    const bool bootProtocol = in.boolean();
    readInput(in);
    VM_TRY(in.finish());
    adoptStandard(standard);
    m_idleRate = idleRate;
    m_bootProtocol = bootProtocol && m_hasProtocol;
    m_idleReportDue = false;
    adoptInput();
    if (isInUse())
        armIdleTimer();
    return {};
}

} // namespace engine::usb

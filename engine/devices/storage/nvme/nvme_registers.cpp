// SPDX-License-Identifier: GPL-3.0-or-later
#include "devices/storage/nvme/nvme_registers.h"

#include "devices/storage/nvme/nvme_types.h"

namespace engine::nvme {

namespace {

// Offsets (NVMe 1.4, figure 68).
constexpr std::uint32_t Capabilities = 0x00; ///< CAP
constexpr std::uint32_t CapabilitiesUpper = 0x04;
constexpr std::uint32_t Version = 0x08;            ///< VS
constexpr std::uint32_t InterruptMaskSet = 0x0c;   ///< INTMS
constexpr std::uint32_t InterruptMaskClear = 0x10; ///< INTMC
constexpr std::uint32_t Configuration = 0x14;      ///< CC
constexpr std::uint32_t ControllerStatus = 0x1c;   ///< CSTS
constexpr std::uint32_t AdminAttributes = 0x24;    ///< AQA
constexpr std::uint32_t AdminSubmission = 0x28;    ///< ASQ
constexpr std::uint32_t AdminCompletion = 0x30;    ///< ACQ

constexpr unsigned MaxPageExponent = 4; // MPSMAX: 64 KiB
// MQES, CQR (queues are contiguous), TO in units of 500 ms.
constexpr std::uint32_t CapabilitiesLow = (MaxQueueEntries - 1) | 1U << 16 | 15U << 24;
// CSS: the NVM command set; MPSMIN 0; MPSMAX.
constexpr std::uint32_t CapabilitiesHigh = 1U << 5 | MaxPageExponent << 20;
constexpr std::uint32_t VersionValue = 0x0001'0400;

constexpr std::uint32_t ConfigurationEnable = 1U << 0;
constexpr std::uint32_t ConfigurationWritable = 0x00ff'fff1;
constexpr std::uint32_t StatusReady = 1U << 0;
constexpr std::uint32_t StatusFatal = 1U << 1;
constexpr unsigned ShutdownShift = 2;
constexpr std::uint64_t PageMask = 0xfff;

} // namespace

std::uint32_t Registers::readRegister(std::uint32_t offset) const
{
    switch (offset) {
    case Capabilities: return CapabilitiesLow;
    case CapabilitiesUpper: return CapabilitiesHigh;
    case Version: return VersionValue;
    case InterruptMaskSet:
    case InterruptMaskClear: return m_interruptMask;
    case Configuration: return m_configuration;
    case ControllerStatus: return m_status;
    case AdminAttributes: return m_adminAttributes;
    case AdminSubmission: return static_cast<std::uint32_t>(m_adminSubmission);
    case AdminSubmission + 4: return static_cast<std::uint32_t>(m_adminSubmission >> 32);
    case AdminCompletion: return static_cast<std::uint32_t>(m_adminCompletion);
    case AdminCompletion + 4: return static_cast<std::uint32_t>(m_adminCompletion >> 32);
    default: return 0;
    }
}

void Registers::read(std::uint64_t offset, std::span<std::byte> data) const
{
    for (std::size_t i = 0; i < data.size(); ++i) {
        const std::uint64_t at = offset + i;
        const std::uint32_t value = at < Bytes ? readRegister(static_cast<std::uint32_t>(at & ~3ULL)) : 0;
        data[i] = std::byte(static_cast<std::uint8_t>(value >> (8 * (at & 3))));
    }
}

bool Registers::write(std::uint64_t offset, std::span<const std::byte> data)
{
    bool work = false;
    std::size_t i = 0;
    while (i < data.size() && offset + i < Bytes) {
        const auto at = static_cast<std::uint32_t>(offset + i);
        std::uint32_t value = 0;
        std::uint32_t mask = 0;
        for (unsigned lane = at & 3; lane < 4 && i < data.size(); ++lane, ++i) {
            value |= std::to_integer<std::uint32_t>(data[i]) << (8 * lane);
            mask |= 0xffU << (8 * lane);
        }
        work |= writeRegister(at & ~3U, value, mask);
    }
    return work;
}

bool Registers::writeRegister(std::uint32_t offset, std::uint32_t value, std::uint32_t byteMask)
{
    const auto merge = [&](std::uint64_t& target, unsigned shift) {
        const std::uint64_t mask = std::uint64_t{byteMask} << shift & ~PageMask;
        target = (target & ~mask) | (std::uint64_t{value} << shift & mask);
    };
    switch (offset) {
    case InterruptMaskSet: m_interruptMask |= value; return true;
    case InterruptMaskClear: m_interruptMask &= ~value; return true;
    case Configuration: return writeConfiguration((m_configuration & ~byteMask) | (value & byteMask));
    case AdminAttributes:
        m_adminAttributes = ((m_adminAttributes & ~byteMask) | (value & byteMask)) & 0x0fff'0fff;
        return false;
    case AdminSubmission: merge(m_adminSubmission, 0); return false;
    case AdminSubmission + 4: merge(m_adminSubmission, 32); return false;
    case AdminCompletion: merge(m_adminCompletion, 0); return false;
    case AdminCompletion + 4: merge(m_adminCompletion, 32); return false;
    default: return false;
    }
}

bool Registers::writeConfiguration(std::uint32_t value)
{
    const bool wasEnabled = isEnabled();
    m_configuration = value & ConfigurationWritable;
    if (wasEnabled && !isEnabled()) {
        // A controller reset (7.3.2) leaves the admin queue registers and nothing else.
        ++m_epoch;
        m_configuration = 0;
        m_interruptMask = 0;
        m_status &= StatusReady; // READY ends when the last command has
    }
    return true;
}

void Registers::reset()
{
    const std::uint64_t epoch = m_epoch + 1;
    *this = {};
    m_epoch = epoch;
}

bool Registers::isEnabled() const
{
    return (m_configuration & ConfigurationEnable) != 0;
}

bool Registers::shutdownRequested() const
{
    return (m_configuration >> 14 & 3) != 0;
}

bool Registers::settingsAreValid() const
{
    const EnableSettings wanted = settings();
    const unsigned commandSet = m_configuration >> 4 & 7;
    const unsigned arbitration = m_configuration >> 11 & 7;
    return commandSet == 0 && arbitration == 0 && wanted.pageShift <= 12 + MaxPageExponent
           && wanted.adminSubmissionEntries >= 2 && wanted.adminCompletionEntries >= 2
           && wanted.adminSubmissionEntries <= 4096 && wanted.adminSubmission.raw() != 0
           && wanted.adminCompletion.raw() != 0;
}

EnableSettings Registers::settings() const
{
    return {.adminSubmission = GuestAddress(m_adminSubmission),
            .adminCompletion = GuestAddress(m_adminCompletion),
            .adminSubmissionEntries = (m_adminAttributes & 0xfff) + 1,
            .adminCompletionEntries = (m_adminAttributes >> 16 & 0xfff) + 1,
            .pageShift = 12 + (m_configuration >> 7 & 15)};
}

void Registers::setReady(bool ready)
{
    m_status = ready ? m_status | StatusReady : m_status & ~StatusReady;
}

void Registers::setFatal()
{
    m_status |= StatusFatal;
}

void Registers::setShutdown(Shutdown state)
{
    m_status = (m_status & ~(3U << ShutdownShift)) | static_cast<std::uint32_t>(state) << ShutdownShift;
}

Registers::Shutdown Registers::shutdown() const
{
    return static_cast<Shutdown>(m_status >> ShutdownShift & 3);
}

void Registers::saveState(StateWriter& out) const
{
    for (const std::uint32_t value : {m_interruptMask, m_configuration, m_status, m_adminAttributes})
        out.integer(value);
    out.integer(m_adminSubmission);
    out.integer(m_adminCompletion);
}

void Registers::readState(StateReader& in)
{
    m_interruptMask = in.integer<std::uint32_t>();
    m_configuration = in.integer<std::uint32_t>() & ConfigurationWritable;
    m_status = in.integer<std::uint32_t>() & 0xb;
    m_adminAttributes = in.integer<std::uint32_t>() & 0x0fff'0fff;
    m_adminSubmission = in.integer<std::uint64_t>() & ~PageMask;
    m_adminCompletion = in.integer<std::uint64_t>() & ~PageMask;
}

} // namespace engine::nvme

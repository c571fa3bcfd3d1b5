// SPDX-License-Identifier: GPL-3.0-or-later
// Features (NVMe 1.4, 5.21.1) and log pages (5.14.1).
#include "devices/storage/nvme/nvme_engine.h"

#include <algorithm>

namespace engine::nvme {

namespace {

constexpr unsigned Arbitration = 0x01;
constexpr unsigned PowerManagement = 0x02;
constexpr unsigned TemperatureThreshold = 0x04;
constexpr unsigned ErrorRecovery = 0x05;
constexpr unsigned WriteCache = 0x06;
constexpr unsigned NumberOfQueues = 0x07;
constexpr unsigned InterruptCoalescing = 0x08;
constexpr unsigned InterruptVector = 0x09;
constexpr unsigned WriteAtomicity = 0x0a;
constexpr unsigned AsyncEvents = 0x0b;

constexpr std::uint32_t QueuesResult = (MaxIoQueues - 1) << 16 | (MaxIoQueues - 1);

} // namespace

void Engine::setFeatures(const Ticket& ticket, const Submission& command)
{
    constexpr std::uint32_t Save = 1U << 31;
    const std::uint32_t value = command.dword11;
    if ((command.dword10 & Save) != 0)
        return finish(ticket, Status::FeatureNotSaveable);
    switch (command.dword10 & 0xff) {
    case Arbitration: m_features.arbitration = value; break;
    case PowerManagement:
        if ((value & 0x1f) != 0) // there is one power state
            return finish(ticket, Status::InvalidField);
        break;
    case TemperatureThreshold:
        if ((value & 0x3f'0000) == 0) // composite temperature, over-temperature threshold
            m_features.temperatureThreshold = value & 0xffff;
        break;
    case ErrorRecovery: m_features.errorRecovery = value; break;
    case WriteCache: {
        const bool enable = (value & 1) != 0;
        const bool wasEnabled = std::exchange(m_features.writeCache, enable);
        if (wasEnabled && !enable) // what the cache holds must be stable before this ends
            return flush(ticket);
        break;
    }
    case NumberOfQueues:
        if ((value & 0xffff) == 0xffff || value >> 16 == 0xffff)
            return finish(ticket, Status::InvalidField);
        return finish(ticket, Status::Success, QueuesResult);
    case InterruptCoalescing: m_features.interruptCoalescing = value & 0xffff; break;
    case InterruptVector:
        if ((value & 0xffff) >= VectorCount)
            return finish(ticket, Status::InvalidField);
        break; // nothing is coalesced, whatever the driver prefers
    case WriteAtomicity: m_features.writeAtomicity = value & 1; break;
    case AsyncEvents: m_features.asyncEvents = value; break;
    default: return finish(ticket, Status::InvalidField);
    }
    finish(ticket, Status::Success);
}

std::optional<std::uint32_t> Engine::feature(const Submission& command, const Features& from) const
{
    switch (command.dword10 & 0xff) {
    case Arbitration: return from.arbitration;
    case PowerManagement: return 0;
    case TemperatureThreshold: {
        const bool isUnder = (command.dword11 >> 20 & 3) == 1;
        return isUnder ? 0 : from.temperatureThreshold;
    }
    case ErrorRecovery: return from.errorRecovery;
    case WriteCache: return from.writeCache ? 1 : 0;
    case NumberOfQueues: return QueuesResult;
    case InterruptCoalescing: return from.interruptCoalescing;
    case InterruptVector: {
        constexpr std::uint32_t CoalescingDisabled = 1U << 16;
        const std::uint32_t vector = command.dword11 & 0xffff;
        return vector < VectorCount ? std::optional(vector | CoalescingDisabled) : std::nullopt;
    }
    case WriteAtomicity: return from.writeAtomicity;
    case AsyncEvents: return from.asyncEvents;
    default: return std::nullopt;
    }
}

void Engine::getFeatures(const Ticket& ticket, const Submission& command)
{
    constexpr std::uint32_t Current = 0;
    constexpr std::uint32_t Supported = 3;
    constexpr std::uint32_t Changeable = 1U << 2;
    constexpr std::uint32_t OfNamespace = 1U << 1;
    const std::uint32_t select = command.dword10 >> 8 & 7;
    const auto value = feature(command, select == Current ? m_features : Features{});
    if (!value || select > Supported)
        return finish(ticket, Status::InvalidField);
    const std::uint32_t capabilities =
        Changeable | ((command.dword10 & 0xff) == ErrorRecovery ? OfNamespace : 0);
    finish(ticket, Status::Success, select == Supported ? capabilities : *value);
}

void Engine::getLogPage(const Ticket& ticket, const Submission& command)
{
    const std::uint64_t doubleWords =
        (command.dword10 >> 16 | std::uint64_t{command.dword11 & 0xffff} << 16) + 1;
    const std::uint64_t offset = command.dword12 | std::uint64_t{command.dword13} << 32;
    DataPage page{};
    std::size_t size = 0;
    switch (command.dword10 & 0xff) {
    case 0x01:
        page = m_activity.errorLog();
        size = Activity::ErrorEntries * Activity::ErrorEntryBytes;
        break;
    case 0x02:
        page = m_activity.healthLog();
        size = 512;
        break;
    case 0x03:
        page = firmwareLog();
        size = 512;
        break;
    case 0x05:
        page = effectsLog(m_info);
        size = page.size();
        break;
    default: return finish(ticket, Status::LogPageInvalid);
    }
    if (offset % 4 != 0 || offset > size)
        return finish(ticket, Status::InvalidField);
    const std::uint64_t length = std::min<std::uint64_t>(doubleWords * 4, size - offset);
    reply(ticket, command, std::span<const std::byte>(page).subspan(offset, length));
}

} // namespace engine::nvme

// SPDX-License-Identifier: GPL-3.0-or-later
#include "devices/storage/nvme/nvme_activity.h"

namespace engine::nvme {

namespace {

void put(DataPage& page, std::size_t at, std::uint64_t value, unsigned bytes)
{
    for (unsigned i = 0; i < bytes; ++i)
        page.at(at + i) = std::byte(static_cast<std::uint8_t>(value >> (8 * i)));
}

/// "Data units": thousands of 512 bytes, rounded up.
std::uint64_t dataUnits(std::uint64_t bytes)
{
    constexpr std::uint64_t UnitBytes = 512'000;
    return bytes / UnitBytes + (bytes % UnitBytes != 0 ? 1 : 0);
}

} // namespace

void Activity::noteError(std::uint16_t queue, const Submission& command, Status status)
{
    constexpr unsigned MediaErrors = 2; // status code type
    if ((std::to_underlying(status) >> 8 & 7) == MediaErrors && status != Status::CompareFailure)
        ++m_mediaErrors;
    if (m_failures.size() == ErrorEntries)
        m_failures.pop_back();
    m_failures.push_front({.number = ++m_errors,
                           .block = queue != 0 ? command.dword10 | std::uint64_t{command.dword11} << 32 : 0,
                           .namespaceId = command.namespaceId,
                           .queue = queue,
                           .id = command.id,
                           .status = status});
}

DataPage Activity::errorLog() const
{
    constexpr std::uint64_t NotOneField = 0xffff; // parameter error location
    DataPage page{};
    std::size_t at = 0;
    for (const Failure& failure : m_failures) {
        put(page, at, failure.number, 8);
        put(page, at + 8, failure.queue, 2);
        put(page, at + 10, failure.id, 2);
        put(page, at + 12, std::uint64_t{std::to_underlying(failure.status)} << 1, 2);
        put(page, at + 14, NotOneField, 2);
        put(page, at + 16, failure.block, 8);
        put(page, at + 24, failure.namespaceId, 4);
        at += ErrorEntryBytes;
    }
    return page;
}

DataPage Activity::healthLog() const
{
    constexpr unsigned RoomTemperature = 300; // kelvin
    DataPage page{};
    put(page, 1, RoomTemperature, 2);
    put(page, 3, 100, 1); // available spare, percent
    put(page, 4, 10, 1);  // its threshold
    put(page, 32, dataUnits(m_readBytes), 8);
    put(page, 48, dataUnits(m_writtenBytes), 8);
    put(page, 64, m_reads, 8);
    put(page, 80, m_writes, 8);
    put(page, 112, m_powerCycles, 8);
    put(page, 160, m_mediaErrors, 8);
    put(page, 176, m_errors, 8);
    return page;
}

void Activity::saveState(StateWriter& out) const
{
    for (const std::uint64_t value :
         {m_reads, m_writes, m_readBytes, m_writtenBytes, m_mediaErrors, m_errors, m_powerCycles})
        out.integer(value);
}

void Activity::readState(StateReader& in)
{
    for (std::uint64_t* value :
         {&m_reads, &m_writes, &m_readBytes, &m_writtenBytes, &m_mediaErrors, &m_errors, &m_powerCycles})
        *value = in.integer<std::uint64_t>();
}

} // namespace engine::nvme

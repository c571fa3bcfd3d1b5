// SPDX-License-Identifier: GPL-3.0-or-later
// Packet commands of OpticalDrive that move sectors: READ (SBC-3, 5.8 ff.) and READ CD (MMC-6, 6.15).
#include "base/checked.h"
#include "devices/storage/optical/optical_drive.h"
#include "devices/storage/optical/packet.h"

namespace engine {

namespace {

namespace op = mmc::operation;

constexpr std::uint64_t RawSectorBytes = 2352;
constexpr std::uint64_t RawDataOffset = 16;
/// The longest transfer of one command; drivers use a fraction of it.
constexpr std::uint64_t TransferLimit = 32 << 20;

std::uint32_t fromTime(const std::array<std::uint8_t, 16>& packet, std::size_t at)
{
    constexpr std::uint32_t LeadIn = 150;
    const std::uint32_t frames = (packet.at(at) * 60U + packet.at(at + 1)) * 75U + packet.at(at + 2);
    return frames < LeadIn ? UINT32_MAX : frames - LeadIn;
}

std::byte decimal(std::uint32_t value)
{
    return std::byte(static_cast<std::uint8_t>((value / 10 % 10) << 4 | value % 10));
}

/// Sync pattern and header of a mode 1 sector (ECMA-130, 14).
std::array<std::byte, RawDataOffset> rawHeader(std::uint32_t sector)
{
    std::array<std::byte, RawDataOffset> header{};
    for (std::size_t i = 1; i <= 10; ++i)
        header.at(i) = std::byte{0xff};
    const std::uint32_t time = mmc::toTime(sector);
    header[12] = decimal(time >> 16);
    header[13] = decimal(time >> 8 & 0xff);
    header[14] = decimal(time & 0xff);
    header[15] = std::byte{1};
    return header;
}

} // namespace

bool OpticalDrive::executeRead(const ata::Command& command, Done& done)
{
    const auto& packet = command.packet;
    switch (packet[0]) {
    case op::Read10: readSectors(command, done, mmc::big32(packet, 2), mmc::big16(packet, 7)); return true;
    case op::Read12: readSectors(command, done, mmc::big32(packet, 2), mmc::big32(packet, 6)); return true;
    case op::ReadCd: readCd(command, done, mmc::big32(packet, 2), mmc::big24(packet, 6)); return true;
    case op::ReadCdMsf: {
        const std::uint32_t first = fromTime(packet, 3);
        const std::uint32_t end = fromTime(packet, 6);
        if (end < first || first == UINT32_MAX)
            bad(done, mmc::AddressOutOfRange);
        else
            readCd(command, done, first, end - first);
        return true;
    }
    default: return false;
    }
}

bool OpticalDrive::checkRange(Done& done, std::uint64_t first, std::uint64_t count)
{
    if (!isInside<std::uint64_t>(first, count, m_sectors)) {
        bad(done, mmc::AddressOutOfRange);
        return false;
    }
    if (count * RawSectorBytes > TransferLimit) {
        bad(done, mmc::InvalidField);
        return false;
    }
    return true;
}

void OpticalDrive::readSectors(const ata::Command& command, Done& done, std::uint64_t first,
                               std::uint64_t count)
{
    if (!checkRange(done, first, count))
        return;
    if (count == 0)
        return good(done, 0);
    auto target = command.buffer.map(IoDirection::ToGuest, count * mmc::SectorBytes);
    if (!target)
        return badTransfer(done, target.error());
    submit(first * mmc::SectorBytes, std::move(*target), std::move(done), count * mmc::SectorBytes);
}

void OpticalDrive::readCd(const ata::Command& command, Done& done, std::uint64_t first, std::uint64_t count)
{
    const unsigned sectorType = command.packet[1] >> 2 & 7;
    const unsigned parts = command.packet[9] & 0xf8U;
    constexpr unsigned AnyType = 0;
    constexpr unsigned ModeOne = 2;
    constexpr unsigned UserData = 0x10;
    constexpr unsigned WholeSector = 0xf8;
    if ((sectorType != AnyType && sectorType != ModeOne) || (command.packet[10] & 7) != 0)
        return bad(done, mmc::InvalidField);
    if (parts == UserData)
        return readSectors(command, done, first, count);
    if (!checkRange(done, first, count))
        return;
    if (parts == 0 || count == 0)
        return good(done, 0);
    if (parts != WholeSector)
        return bad(done, mmc::InvalidField);
    readRaw(command, done, static_cast<std::uint32_t>(first), count);
}

void OpticalDrive::readRaw(const ata::Command& command, Done& done, std::uint32_t first, std::uint64_t count)
{
    const auto target = command.buffer.map(IoDirection::ToGuest, count * RawSectorBytes);
    if (!target)
        return badTransfer(done, target.error());
    target->fillZero(0, target->sizeBytes()); // the error correction bytes stay zero
    IoVectors data;
    for (std::uint64_t i = 0; i < count; ++i) {
        const auto header = rawHeader(first + static_cast<std::uint32_t>(i));
        target->copyFrom(header, i * RawSectorBytes);
        data.append(target->slice(i * RawSectorBytes + RawDataOffset, mmc::SectorBytes));
    }
    submit(std::uint64_t{first} * mmc::SectorBytes, std::move(data), std::move(done), count * RawSectorBytes);
}

void OpticalDrive::submit(std::uint64_t offset, IoVectors into, Done done, std::uint64_t bytes)
{
    // The medium stays until its completion has returned, even when the user takes it out now.
    auto finish = m_tracker->track(
        [this, bytes, medium = m_medium, done = std::move(done)](BlockStatus status) mutable {
            m_loop.post([kept = std::move(medium)] {});
            if (status == BlockStatus::Ok)
                return good(done, bytes);
            m_log.warning(m_name, "the host could not read the medium");
            bad(done, mmc::UnrecoveredRead);
        });
    if (m_medium->loop().isLoopThread()) {
        m_medium->read(offset, std::move(into), std::move(finish));
        return;
    }
    m_medium->loop().post([medium = m_medium, home = &m_loop, offset, into = std::move(into),
                           finish = std::move(finish)]() mutable {
        medium->read(offset, std::move(into), [home, finish = std::move(finish)](BlockStatus status) mutable {
            home->post([finish = std::move(finish), status]() mutable { finish(status); });
        });
    });
}

} // namespace engine

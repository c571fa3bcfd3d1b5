// SPDX-License-Identifier: GPL-3.0-or-later
// Commands of AtaDisk that report or change what the disk says about itself.
#include "devices/storage/ata/ata_disk.h"
#include "devices/storage/ata/identify.h"

namespace engine::ata {

namespace {

/// NAA 5 with no vendor, made from the serial number so that it stays the same.
std::uint64_t worldWideName(std::string_view serial)
{
    std::uint64_t hash = 0xcbf2'9ce4'8422'2325; // FNV-1a
    for (const char character : serial)
        hash = (hash ^ static_cast<unsigned char>(character)) * 0x100'0000'01b3;
    return std::uint64_t{5} << 60 | (hash & 0x0fff'ffff'ffff'ffff);
}

} // namespace

void AtaDisk::identify(const Command& command, Done done)
{
    const auto data = identifyDisk({.serial = m_info.serial,
                                    .sectors = m_info.capacityBytes / m_info.logicalBlockBytes,
                                    .sectorBytes = m_info.logicalBlockBytes,
                                    .physicalBytes = m_info.physicalBlockBytes,
                                    .worldWideName = worldWideName(m_info.serial),
                                    .canTrim = m_info.canDiscard,
                                    .writeCache = m_settings.writeCache,
                                    .lookAhead = m_settings.lookAhead,
                                    .smart = m_settings.smart,
                                    .multiple = m_settings.multiple,
                                    .transferMode = m_settings.transferMode});
    reply(command, done, Protocol::PioIn, data);
}

void AtaDisk::setFeatures(const Command& command, Done done)
{
    // Subcommands (ACS-3, 7.45).
    switch (command.registers.features & 0xff) {
    case 0x02: m_settings.writeCache = true; break;
    case 0x82: // what the cache holds must be stable before the command ends
        m_settings.writeCache = false;
        return flush(command, std::move(done));
    case 0x03: {
        const auto mode = static_cast<std::uint8_t>(command.registers.count);
        const unsigned kind = mode >> 3;
        const unsigned number = mode & 7;
        const bool known = (kind == 0 && number <= 1) || (kind == 1 && number <= 4)
                           || (kind == 4 && number <= 2) || (kind == 8 && number <= 5);
        if (!known)
            return done(failure(command, Protocol::NonData, ErrorAbort));
        m_settings.transferMode = mode;
        break;
    }
    case 0xaa: m_settings.lookAhead = true; break;
    case 0x55: m_settings.lookAhead = false; break;
    case 0x66: // keep settings over a software reset
    case 0xcc: break;
    default: return done(failure(command, Protocol::NonData, ErrorAbort));
    }
    done(finished(command, Protocol::NonData));
}

std::array<std::byte, 512> AtaDisk::logPage(std::uint8_t log) const
{
    std::array<std::byte, 512> page{};
    const auto set = [&page](std::size_t at, std::uint64_t value) {
        page.at(at) = std::byte(static_cast<std::uint8_t>(value));
    };
    if (log == 0x00) { // directory: version 1, one page of log 10h
        set(0, 1);
        set(2 * 0x10, 1);
        return page;
    }
    // NCQ Command Error log (ACS-3, A.14). Bit 7 of byte 0: the last error was not of a queued command.
    if (!m_queuedError) {
        set(0, 0x80);
    } else {
        const Outcome& error = m_queuedError->outcome;
        set(0, m_queuedError->tag);
        set(2, error.status);
        set(3, error.error);
        for (unsigned i = 0; i < 3; ++i) {
            set(4 + i, error.registers.lba >> (8 * i));
            set(8 + i, error.registers.lba >> (24 + 8 * i));
        }
        set(7, error.registers.device);
        set(12, error.registers.count);
        set(13, error.registers.count >> 8);
    }
    sealChecksum(page);
    return page;
}

void AtaDisk::readLog(const Command& command, Done done, Protocol protocol)
{
    const auto log = static_cast<std::uint8_t>(command.registers.lba);
    const std::uint64_t firstPage =
        (command.registers.lba >> 8 & 0xff) | (command.registers.lba >> 32 & 0xff00);
    if ((log != 0x00 && log != 0x10) || firstPage != 0 || command.registers.count != 1)
        return done(failure(command, protocol, ErrorAbort));
    const auto page = logPage(log);
    if (log == 0x10)
        m_queuedError.reset();
    reply(command, done, protocol, page);
}

void AtaDisk::smart(const Command& command, Done done)
{
    constexpr std::uint64_t Key = 0xc24f; // LBA bits 8 to 23
    const unsigned subcommand = command.registers.features & 0xff;
    if ((command.registers.lba >> 8 & 0xffff) != Key || (!m_settings.smart && subcommand != 0xd8))
        return done(failure(command, Protocol::NonData, ErrorAbort));
    switch (subcommand) { // ATA8-ACS, 7.53
    case 0xd0: {          // read data: no attributes, the disk never fails by itself
        std::array<std::byte, 512> data{};
        data.at(0) = std::byte{1};
        data.at(368) = std::byte{3}; // may save attributes
        data.at(369) = std::byte{0};
        sealChecksum(data);
        return reply(command, done, Protocol::PioIn, data);
    }
    case 0xd1: {
        std::array<std::byte, 512> thresholds{};
        thresholds.at(0) = std::byte{1};
        sealChecksum(thresholds);
        return reply(command, done, Protocol::PioIn, thresholds);
    }
    case 0xd2: // autosave
    case 0xd4: // immediate self-test: passes
    case 0xda: // return status: the key unchanged means "no threshold exceeded"
        break;
    case 0xd8: m_settings.smart = true; break;
    case 0xd9: m_settings.smart = false; break;
    default: return done(failure(command, Protocol::NonData, ErrorAbort));
    }
    done(finished(command, Protocol::NonData));
}

} // namespace engine::ata

// SPDX-License-Identifier: GPL-3.0-or-later
// Packet commands of OpticalDrive that inform or control (MMC-6 chapter 6, SPC-4 chapter 6).
#include "devices/storage/optical/optical_drive.h"
#include "devices/storage/optical/packet.h"

#include <algorithm>

namespace engine {

namespace op = mmc::operation;
using mmc::big16;

void OpticalDrive::executePacket(const ata::Command& command, Done done)
{
    const std::uint8_t operation = command.packet[0];
    if (attentionStops(operation))
        return bad(done, m_state.sense);
    if (executeInformation(command, done) || executeControl(command, done))
        return;
    if (!op::needsMedium(operation))
        return bad(done, mmc::InvalidCommand);
    if (!m_state.removalSeen) { // a medium was exchanged: show the gap between the two
        m_state.removalSeen = true;
        return bad(done, mmc::NoMediumTrayClosed);
    }
    if (!hasMedium())
        return bad(done, m_state.trayOpen ? mmc::NoMediumTrayOpen : mmc::NoMediumTrayClosed);
    if (operation == op::TestUnitReady || operation == op::Seek)
        return good(done, 0);
    if (!executeMediumInformation(command, done) && !executeRead(command, done))
        bad(done, mmc::InvalidCommand);
}

bool OpticalDrive::attentionStops(std::uint8_t operation)
{
    const bool exempt = operation == op::Inquiry || operation == op::RequestSense
                        || operation == op::GetConfiguration || operation == op::GetEventStatus;
    if (exempt || m_state.attention.key == 0 || (!m_state.removalSeen && op::needsMedium(operation)))
        return false;
    m_state.sense = m_state.attention;
    m_state.attention = mmc::NoSense;
    return true;
}

bool OpticalDrive::executeInformation(const ata::Command& command, Done& done)
{
    const auto& packet = command.packet;
    switch (packet[0]) {
    case op::RequestSense: {
        const mmc::Sense told = m_state.sense.key != 0 ? m_state.sense : m_state.attention;
        if (m_state.sense.key == 0)
            m_state.attention = mmc::NoSense;
        m_state.sense = mmc::NoSense;
        reply(command, done, mmc::senseReply(told), packet[4]);
        return true;
    }
    case op::Inquiry: {
        const bool vital = (packet[1] & 1) != 0;
        if (!vital && packet[2] != 0)
            bad(done, mmc::InvalidField);
        else
            replyOr(command, done, mmc::inquiryReply(vital ? std::optional(packet[2]) : std::nullopt),
                    big16(packet, 3));
        return true;
    }
    case op::ModeSense6:
    case op::ModeSense10: {
        constexpr unsigned SavedValues = 3;
        const bool isLong = packet[0] == op::ModeSense10;
        if (packet[2] >> 6 == SavedValues)
            bad(done, mmc::SavingNotSupported);
        else
            replyOr(command, done, mmc::modeReply(medium(), packet[2] & 0x3fU, isLong),
                    isLong ? big16(packet, 7) : packet[4]);
        return true;
    }
    case op::GetConfiguration:
        if ((packet[1] & 3) == 3)
            bad(done, mmc::InvalidField);
        else
            reply(command, done, mmc::configurationReply(medium(), packet[1] & 3U, big16(packet, 2)),
                  big16(packet, 7));
        return true;
    case op::GetEventStatus: eventStatus(command, done); return true;
    case op::MechanismStatus:
        reply(command, done, mmc::mechanismReply(medium()), big16(packet, 8));
        return true;
    default: return false;
    }
}

bool OpticalDrive::executeMediumInformation(const ata::Command& command, Done& done)
{
    const auto& packet = command.packet;
    switch (packet[0]) {
    case op::ReadCapacity: reply(command, done, mmc::capacityReply(medium()), 8); return true;
    case op::ReadToc: {
        // Old drivers put the format into the top bits of the control byte.
        const unsigned format = (packet[2] & 0x0f) != 0 ? packet[2] & 0x0fU : packet[9] >> 6U;
        replyOr(command, done, mmc::tocReply(medium(), format, (packet[1] & 2) != 0, packet[6]),
                big16(packet, 7));
        return true;
    }
    case op::ReadDiscInformation:
        if ((packet[1] & 7) != 0)
            bad(done, mmc::InvalidField);
        else
            reply(command, done, mmc::discInformationReply(medium()), big16(packet, 7));
        return true;
    case op::ReadTrackInformation:
        reply(command, done, mmc::trackInformationReply(medium()), big16(packet, 7));
        return true;
    case op::ReadDvdStructure:
        if (!medium().isDvd() || packet[1] != 0)
            bad(done, mmc::InvalidField);
        else
            replyOr(command, done, mmc::dvdStructureReply(medium(), packet[7]), big16(packet, 8));
        return true;
    default: return false;
    }
}

bool OpticalDrive::executeControl(const ata::Command& command, Done& done)
{
    switch (command.packet[0]) {
    case op::StartStopUnit: startStop(command, done); return true;
    case op::PreventRemoval: preventRemoval(command, done); return true;
    case op::SetCdSpeed: good(done, 0); return true;
    default: return false;
    }
}

void OpticalDrive::startStop(const ata::Command& command, Done& done)
{
    constexpr std::uint8_t Start = 1;
    constexpr std::uint8_t LoadEject = 2;
    const std::uint8_t action = command.packet[4];
    if ((action & 0xf0) == 0 && (action & LoadEject) != 0) {
        if ((action & Start) != 0) {
            closeTray();
        } else if (m_state.locked) {
            return bad(done, mmc::RemovalPrevented);
        } else {
            openTray();
        }
    }
    good(done, 0);
}

void OpticalDrive::preventRemoval(const ata::Command& command, Done& done)
{
    const bool locked = (command.packet[4] & 1) != 0;
    const bool changed = locked != m_state.locked;
    m_state.locked = locked;
    publish();
    good(done, 0);
    if (changed && m_events.lockChanged)
        m_events.lockChanged(locked);
}

void OpticalDrive::eventStatus(const ata::Command& command, Done& done)
{
    constexpr unsigned MediaClass = 1U << 4;
    if ((command.packet[1] & 1) == 0) // only immediate answers
        return bad(done, mmc::InvalidField);
    const unsigned classes = command.packet[4];
    auto bytes = mmc::eventReply(medium(), classes, m_state.mediaEvent);
    if ((classes & MediaClass) != 0 && big16(command.packet, 7) > 4)
        m_state.mediaEvent = 0;
    reply(command, done, std::move(bytes), big16(command.packet, 7));
}

void OpticalDrive::good(Done& done, std::uint64_t bytes)
{
    // Interrupt reason "command complete" (ACS-3, 6.4), byte count in the middle of the LBA.
    constexpr std::uint16_t CommandComplete = 3;
    m_state.sense = mmc::NoSense;
    done({.protocol = ata::Protocol::Dma,
          .registers = {.lba = (bytes & 0xffff) << 8, .count = CommandComplete},
          .transferredBytes = bytes});
}

void OpticalDrive::bad(Done& done, const mmc::Sense& sense)
{
    constexpr std::uint16_t CommandComplete = 3;
    m_state.sense = sense;
    done({.protocol = ata::Protocol::Dma,
          .status = ata::StatusGood | ata::StatusError,
          .error = static_cast<std::uint8_t>(sense.key << 4 | (sense.key == 5 ? ata::ErrorAbort : 0)),
          .registers = {.count = CommandComplete}});
}

void OpticalDrive::badTransfer(Done& done, ata::TransferError error)
{
    done({.protocol = ata::Protocol::Dma,
          .status = ata::StatusGood | ata::StatusError,
          .error = ata::ErrorAbort,
          .badAddress = error == ata::TransferError::BadAddress});
}

void OpticalDrive::reply(const ata::Command& command, Done& done, std::vector<std::byte> bytes,
                         std::uint64_t allocated)
{
    bytes.resize(std::min<std::uint64_t>(bytes.size(), allocated));
    const std::uint64_t room = command.buffer.sizeBytes(bytes.size());
    const auto target = command.buffer.map(IoDirection::ToGuest, room);
    if (!target)
        return badTransfer(done, target.error());
    target->copyFrom(bytes);
    good(done, room);
}

void OpticalDrive::replyOr(const ata::Command& command, Done& done,
                           std::optional<std::vector<std::byte>> bytes, std::uint64_t allocated)
{
    if (!bytes)
        return bad(done, mmc::InvalidField);
    reply(command, done, std::move(*bytes), allocated);
}

} // namespace engine

// SPDX-License-Identifier: GPL-3.0-or-later
#include "devices/storage/optical/optical_drive.h"

#include "devices/storage/ata/ata_commands.h"
#include "devices/storage/ata/identify.h"

#include <algorithm>

namespace engine {

namespace {

// Media events (MMC-6, table 319).
constexpr std::uint8_t EventEjectRequest = 1;
constexpr std::uint8_t EventNewMedia = 2;
constexpr std::uint8_t EventMediaRemoval = 3;

constexpr ata::Signature PacketSignature{.lba = 0xeb1401, .count = 1, .status = 0, .error = 1};

} // namespace

std::shared_ptr<OpticalDrive> OpticalDrive::create(EventLoop& loop, Log& log, std::string name,
                                                   OpticalDriveEvents events)
{
    return std::shared_ptr<OpticalDrive>(new OpticalDrive(loop, log, std::move(name), std::move(events)));
}

OpticalDrive::OpticalDrive(EventLoop& loop, Log& log, std::string name, OpticalDriveEvents events)
    : m_loop(loop), m_log(log), m_name(std::move(name)), m_events(std::move(events))
{}

void OpticalDrive::setMedium(std::shared_ptr<BlockBackend> medium)
{
    m_loop.post([weak = weak_from_this(), medium = std::move(medium)]() mutable {
        if (const auto self = weak.lock())
            self->changeMedium(std::move(medium));
    });
}

void OpticalDrive::requestEject()
{
    m_loop.post([weak = weak_from_this()] {
        const auto self = weak.lock();
        if (!self)
            return;
        if (self->m_state.locked)
            self->m_state.mediaEvent = EventEjectRequest;
        else
            self->openTray();
    });
}

void OpticalDrive::changeMedium(std::shared_ptr<BlockBackend> medium)
{
    const bool had = hasMedium();
    m_medium = std::move(medium);
    m_sectors = 0;
    if (m_medium)
        m_sectors = static_cast<std::uint32_t>(
            std::min<std::uint64_t>(m_medium->info().capacityBytes / mmc::SectorBytes, UINT32_MAX));
    if (m_sectors == 0)
        m_medium.reset();
    m_state.trayOpen = false;
    m_state.removalSeen = !had || !m_medium;
    if (had || m_medium)
        m_state.mediaEvent = m_medium ? EventNewMedia : EventMediaRemoval;
    m_state.attention = m_medium ? mmc::MediumChanged : mmc::NoSense;
    publish();
}

void OpticalDrive::openTray()
{
    if (m_state.trayOpen)
        return;
    const bool had = hasMedium();
    m_state.trayOpen = true;
    if (had)
        m_state.mediaEvent = EventMediaRemoval;
    publish();
    if (m_events.guestOpenedTray)
        m_events.guestOpenedTray();
}

void OpticalDrive::closeTray()
{
    if (!m_state.trayOpen)
        return;
    m_state.trayOpen = false;
    if (m_medium) {
        m_state.mediaEvent = EventNewMedia;
        m_state.attention = mmc::MediumChanged;
    }
    publish();
}

void OpticalDrive::publish()
{
    m_lockedOutside = m_state.locked;
    m_trayOpenOutside = m_state.trayOpen;
}

mmc::Medium OpticalDrive::medium() const
{
    return {
        .present = hasMedium(), .sectors = m_sectors, .trayOpen = m_state.trayOpen, .locked = m_state.locked};
}

ata::Signature OpticalDrive::signature() const
{
    return PacketSignature;
}

void OpticalDrive::execute(const ata::Command& command, Done done)
{
    namespace code = ata::command;
    ata::Outcome outcome{.registers = command.registers};
    switch (command.registers.command) {
    case code::Packet: return executePacket(command, std::move(done));
    case code::IdentifyPacketDevice: return identify(command, done);
    case code::IdentifyDevice:
    case code::ReadSectors: return abort(command, done, true);
    case code::DeviceReset: reset(); [[fallthrough]];
    case code::ExecuteDiagnostic:
        outcome.status = PacketSignature.status;
        outcome.error = PacketSignature.error;
        outcome.registers = {.lba = PacketSignature.lba, .count = PacketSignature.count};
        break;
    case code::CheckPowerMode: outcome.registers.count = 0xff; break;
    case code::SetFeatures:
        if ((command.registers.features & 0xff) != 0x03)
            return abort(command, done, false);
        m_state.transferMode = static_cast<std::uint8_t>(command.registers.count);
        break;
    case code::StandbyImmediate:
    case code::IdleImmediate:
    case code::Standby:
    case code::Idle:
    case code::Sleep:
    case code::FlushCache: break;
    default: return abort(command, done, false);
    }
    done(outcome);
}

void OpticalDrive::abort(const ata::Command& command, Done& done, bool showSignature)
{
    ata::Outcome outcome{.status = ata::StatusGood | ata::StatusError,
                         .error = ata::ErrorAbort,
                         .registers = command.registers};
    if (showSignature)
        outcome.registers = {.lba = PacketSignature.lba, .count = PacketSignature.count};
    done(outcome);
}

void OpticalDrive::identify(const ata::Command& command, Done& done)
{
    const auto data = ata::identifyOptical(m_name, m_state.transferMode);
    const auto target = command.buffer.map(IoDirection::ToGuest, data.size());
    if (!target)
        return badTransfer(done, target.error());
    target->copyFrom(data);
    done({.protocol = ata::Protocol::PioIn, .registers = command.registers, .transferredBytes = data.size()});
}

void OpticalDrive::reset()
{
    m_state.sense = mmc::NoSense;
    m_state.attention = mmc::PowerOnReset;
    m_state.transferMode = 0x45;
    if (m_state.locked && m_events.lockChanged)
        m_loop.post([weak = weak_from_this()] {
            if (const auto self = weak.lock())
                self->m_events.lockChanged(self->m_state.locked);
        });
    m_state.locked = false;
    publish();
}

void OpticalDrive::saveState(StateWriter& out) const
{
    out.version(1);
    out.boolean(m_state.trayOpen);
    out.boolean(m_state.locked);
    out.boolean(m_state.removalSeen);
    out.integer(m_state.mediaEvent);
    out.integer(m_state.transferMode);
    for (const mmc::Sense& sense : {m_state.sense, m_state.attention}) {
        out.integer(sense.key);
        out.integer(sense.code);
        out.integer(sense.qualifier);
    }
}

Result<> OpticalDrive::restoreState(StateReader& in)
{
    (void)in.version(1);
    State state;
    state.trayOpen = in.boolean();
    state.locked = in.boolean();
    state.removalSeen = in.boolean();
    state.mediaEvent = in.integer<std::uint8_t>();
    state.transferMode = in.integer<std::uint8_t>();
    for (mmc::Sense* sense : {&state.sense, &state.attention}) {
        sense->key = in.integer<std::uint8_t>();
        sense->code = in.integer<std::uint8_t>();
        sense->qualifier = in.integer<std::uint8_t>();
    }
    VM_TRY(in.finish());
    if (state.mediaEvent > EventMediaRemoval || state.sense.key > 15 || state.attention.key > 15)
        return fail(ErrorCode::Corrupt, "the saved state of a CD drive holds impossible values");
    m_state = state;
    publish();
    return {};
}

} // namespace engine

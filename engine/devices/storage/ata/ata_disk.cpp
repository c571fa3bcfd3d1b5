// SPDX-License-Identifier: GPL-3.0-or-later
#include "devices/storage/ata/ata_disk.h"

#include "devices/storage/ata/ata_commands.h"

namespace engine::ata {

AtaDisk::AtaDisk(std::shared_ptr<BlockBackend> backend, std::shared_ptr<RequestTracker> tracker, Log& log,
                 std::string name)
    : m_backend(std::move(backend)), m_tracker(std::move(tracker)), m_log(log), m_name(std::move(name)),
      m_info(m_backend->info())
{}

bool AtaDisk::isQueued(const TaskFile& registers) const
{
    return registers.command == command::ReadFpdmaQueued || registers.command == command::WriteFpdmaQueued;
}

void AtaDisk::execute(const Command& command, Done done)
{
    if (m_settings.standby && command.registers.command != command::CheckPowerMode)
        m_settings.standby = false;
    if (executeTransfer(command, done) || executeManagement(command, done))
        return;
    done(failure(command, Protocol::NonData, ErrorAbort));
}

bool AtaDisk::executeTransfer(const Command& command, Done& done)
{
    switch (command.registers.command) {
    case command::ReadSectors:
    case command::ReadMultiple: read(command, std::move(done), Protocol::PioIn, false); return true;
    case command::ReadSectorsExt:
    case command::ReadMultipleExt: read(command, std::move(done), Protocol::PioIn, true); return true;
    case command::ReadDma: read(command, std::move(done), Protocol::Dma, false); return true;
    case command::ReadDmaExt: read(command, std::move(done), Protocol::Dma, true); return true;
    case command::ReadFpdmaQueued: read(command, std::move(done), Protocol::Queued, true); return true;
    case command::WriteSectors:
    case command::WriteMultiple: write(command, std::move(done), Protocol::PioOut, false, false); return true;
    case command::WriteSectorsExt:
    case command::WriteMultipleExt:
        write(command, std::move(done), Protocol::PioOut, true, false);
        return true;
    case command::WriteDma: write(command, std::move(done), Protocol::Dma, false, false); return true;
    case command::WriteDmaExt: write(command, std::move(done), Protocol::Dma, true, false); return true;
    case command::WriteDmaFuaExt: write(command, std::move(done), Protocol::Dma, true, true); return true;
    case command::WriteFpdmaQueued: {
        constexpr std::uint8_t ForceUnitAccess = 0x80;
        const bool forced = (command.registers.device & ForceUnitAccess) != 0;
        write(command, std::move(done), Protocol::Queued, true, forced);
        return true;
    }
    case command::ReadVerify: verify(command, std::move(done), false); return true;
    case command::ReadVerifyExt: verify(command, std::move(done), true); return true;
    case command::FlushCache:
    case command::FlushCacheExt: flush(command, std::move(done)); return true;
    case command::DataSetManagement: trim(command, std::move(done)); return true;
    default: return false;
    }
}

bool AtaDisk::executeManagement(const Command& command, Done& done)
{
    Outcome outcome = finished(command, Protocol::NonData);
    switch (command.registers.command) {
    case command::IdentifyDevice: identify(command, std::move(done)); return true;
    case command::SetFeatures: setFeatures(command, std::move(done)); return true;
    case command::ReadLogExt: readLog(command, std::move(done), Protocol::PioIn); return true;
    case command::ReadLogDmaExt: readLog(command, std::move(done), Protocol::Dma); return true;
    case command::Smart: smart(command, std::move(done)); return true;
    case command::CheckPowerMode: outcome.registers.count = m_settings.standby ? 0x00 : 0xff; break;
    case command::StandbyImmediate:
    case command::Standby:
    case command::Sleep: m_settings.standby = true; break;
    case command::IdleImmediate:
    case command::Idle:
    case command::InitializeParameters:
    case command::Recalibrate:
    case command::Seek: break;
    case command::ExecuteDiagnostic: {
        const Signature after;
        outcome.registers.lba = after.lba;
        outcome.registers.count = after.count;
        outcome.error = after.error;
        break;
    }
    case command::SetMultipleMode: {
        const auto sectors = static_cast<std::uint8_t>(command.registers.count);
        if (sectors > 16 || (sectors & (sectors - 1)) != 0)
            return false;
        m_settings.multiple = sectors;
        break;
    }
    default: return false;
    }
    done(outcome);
    return true;
}

Outcome AtaDisk::finished(const Command& command, Protocol protocol, std::uint64_t bytes)
{
    return {.protocol = protocol, .registers = command.registers, .transferredBytes = bytes};
}

Outcome AtaDisk::failure(const Command& command, Protocol protocol, std::uint8_t error)
{
    Outcome outcome = finished(command, protocol);
    outcome.status = StatusGood | StatusError;
    outcome.error = error;
    return outcome;
}

std::uint8_t AtaDisk::errorBits(BlockStatus status)
{
    switch (status) {
    case BlockStatus::Ok: return 0;
    case BlockStatus::IoError: return ErrorUncorrectable;
    case BlockStatus::NoSpace: return ErrorInterfaceCrc | ErrorAbort;
    case BlockStatus::OutOfRange: return ErrorIdNotFound;
    case BlockStatus::ReadOnly:
    case BlockStatus::Cancelled: return ErrorAbort;
    }
    return ErrorAbort;
}

void AtaDisk::reply(const Command& command, Done& done, Protocol protocol, std::span<const std::byte> data)
{
    const auto target = command.buffer.map(IoDirection::ToGuest, data.size());
    if (!target) {
        Outcome outcome = failure(command, protocol, ErrorAbort);
        outcome.badAddress = target.error() == TransferError::BadAddress;
        done(outcome);
        return;
    }
    target->copyFrom(data);
    done(finished(command, protocol, data.size()));
}

void AtaDisk::reset()
{
    m_settings = {};
    m_queuedError.reset();
}

void AtaDisk::saveState(StateWriter& out) const
{
    out.version(1);
    out.boolean(m_settings.writeCache);
    out.boolean(m_settings.lookAhead);
    out.boolean(m_settings.smart);
    out.boolean(m_settings.standby);
    out.integer(m_settings.multiple);
    out.integer(m_settings.transferMode);
    out.boolean(m_queuedError.has_value());
    const QueuedError error = m_queuedError.value_or(QueuedError{});
    out.integer(error.tag);
    out.integer(error.outcome.status);
    out.integer(error.outcome.error);
    out.integer(error.outcome.registers.lba);
    out.integer(error.outcome.registers.count);
    out.integer(error.outcome.registers.device);
}

Result<> AtaDisk::restoreState(StateReader& in)
{
    (void)in.version(1);
    Settings settings;
    settings.writeCache = in.boolean();
    settings.lookAhead = in.boolean();
    settings.smart = in.boolean();
    settings.standby = in.boolean();
    settings.multiple = in.integer<std::uint8_t>();
    settings.transferMode = in.integer<std::uint8_t>();
    const bool hasError = in.boolean();
    QueuedError error;
    error.tag = in.integer<std::uint8_t>();
    error.outcome.status = in.integer<std::uint8_t>();
    error.outcome.error = in.integer<std::uint8_t>();
    error.outcome.registers.lba = in.integer<std::uint64_t>();
    error.outcome.registers.count = in.integer<std::uint16_t>();
    error.outcome.registers.device = in.integer<std::uint8_t>();
    VM_TRY(in.finish());
    if (settings.multiple > 16 || error.tag > 31)
        return fail(ErrorCode::Corrupt, "the saved state of a SATA disk holds impossible values");
    m_settings = settings;
    m_queuedError = hasError ? std::optional(error) : std::nullopt;
    return {};
}

} // namespace engine::ata

// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/stored_guests.h"

#include "cli/exit_codes.h"
#include "runtime/runtime_folder.h"

#include <unistd.h>

#include <algorithm>
#include <iostream>

namespace app {

using engine::ErrorCode;
using engine::fail;
using engine::Result;

int reportFailure(const engine::Error& error)
{
    std::cerr << "guesthouse: " << error.message() << '\n';
    return error.code == ErrorCode::InvalidArgument ? ExitUsage : ExitFailure;
}

Result<GuestEntry> findStoppedGuest(const GuestLibrary& library, const std::string& name, Damaged damaged)
{
    GuestEntry entry = VM_TRY(library.find(name));
    if (entry.problem && damaged == Damaged::Refused)
        return std::unexpected(*entry.problem);
    const auto running = listRunningGuests();
    if (std::ranges::find(running, entry.id(), &RunningGuest::id) != running.end())
        return fail(ErrorCode::InvalidState, "“" + entry.guest.config.name
                                                 + "” is running; shut it down first: guesthouse shutdown '"
                                                 + entry.guest.config.name + "'");
    return entry;
}

DiskProgress showProgress()
{
    if (::isatty(STDERR_FILENO) == 0)
        return {};
    return [last = std::uint64_t{101}](std::uint64_t done, std::uint64_t total) mutable {
        const std::uint64_t percent = total == 0 ? 0 : std::min(done / (total / 100 + 1), std::uint64_t{100});
        if (percent != std::exchange(last, percent))
            std::cerr << '\r' << percent << " %" << (done >= total ? "\n" : "") << std::flush;
        return true;
    };
}

void setFirmware(engine::VmConfig& config, engine::FirmwareConfig firmware)
{
    if (firmware.kind == engine::FirmwareKind::Ovmf)
        firmware.variablesPath = "nvram.fd";
    config.firmware = std::move(firmware);
}

} // namespace app

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "library/new_guest.h"

#include <optional>

namespace app {

/// Prints the error and returns the exit code for it.
[[nodiscard]] int reportFailure(const engine::Error& error);

enum class Damaged : std::uint8_t { Refused, Accepted };

/// A guest of the library that no process runs now; the errors say what to do.
[[nodiscard]] engine::Result<GuestEntry>
findStoppedGuest(const GuestLibrary& library, const std::string& name, Damaged damaged = Damaged::Refused);

/// "12 %" on standard error while it is a terminal; nothing otherwise.
[[nodiscard]] DiskProgress showProgress();

/// The firmware, and a variable store where UEFI needs one.
void setFirmware(engine::VmConfig& config, engine::FirmwareConfig firmware);

} // namespace app

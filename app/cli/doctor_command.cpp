// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/doctor_command.h"

#include "cli/exit_codes.h"

#include <CLI/CLI.hpp>

namespace app {

void addDoctorCommand(CLI::App& program, int& exitCode)
{
    CLI::App* doctor = program.add_subcommand("doctor", "Check whether this computer can run guests");
    doctor->callback([&exitCode] { exitCode = ExitOk; });
}

} // namespace app

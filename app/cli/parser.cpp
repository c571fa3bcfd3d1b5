// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/parser.h"

#include "cli/control_commands.h"
#include "cli/doctor_command.h"
#include "cli/guest_commands.h"
#include "cli/library_commands.h"
#include "cli/network_command.h"
#include "cli/run_command.h"
#include "cli/self_description.h"
#include "cli/share_command.h"

#include <CLI/CLI.hpp>

namespace app {

void addAllCommands(CLI::App& program, int& exitCode)
{
    program.require_subcommand(1);
    program.footer(
        "Exit codes: 0 done, 1 failed, 2 wrong arguments, 3 the guest failed, 4 this computer cannot run "
        "guests (see guesthouse doctor).");
    addRunCommand(program, exitCode);
    addGuestCommands(program, exitCode);
    addControlCommands(program, exitCode);
    addNetworkCommands(program, exitCode);
    addShareCommand(program, exitCode);
    addLibraryCommands(program, exitCode);
    addDoctorCommand(program, exitCode);
    program.add_subcommand("disk", "Create, examine, convert and clone disk images (guesthouse disk --help)");
    addSelfDescription(program, exitCode);
}

} // namespace app

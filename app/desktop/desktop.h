// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "desktop/guest_launcher.h"
#include "desktop/host_check.h"
#include "library/disk_tool.h"
#include "ui/detail/console_factory.h"

#include <filesystem>

namespace app {

/// What the desktop application gets from outside; tests give it others.
struct DesktopServices {
    GuestLauncher& launcher;
    DiskTool& disks;
    HostCheck& hostCheck;
    ConsoleFactory console;
    std::filesystem::path demoImage; ///< empty: none
};

/// Shows the window and returns when the user has quit. A file among the arguments opens the wizard
/// with it.
int runDesktop(int argc, char** argv, DesktopServices services);

} // namespace app

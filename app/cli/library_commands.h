// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "library/new_guest.h"

#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace app {

/// create, import, export, start, delete: the verbs that work on the guests stored on disk. A verb that
/// ran sets `exitCode`.
void addLibraryCommands(CLI::App& program, int& exitCode);

/// The guest that "create ..." or "import ..." would make; makes nothing.
[[nodiscard]] engine::Result<NewGuest> planFromWords(std::vector<std::string> words,
                                                     const GuestLibrary& library);

} // namespace app

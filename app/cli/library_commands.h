// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace CLI {
class App;
}

namespace app {

/// create, start, delete: the verbs that work on the guests stored on disk. A verb that ran sets
/// `exitCode`.
void addLibraryCommands(CLI::App& program, int& exitCode);

} // namespace app

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace CLI {
class App;
}

namespace app {

/// Every verb of the program. A verb that ran sets `exitCode`, which outlives `program`.
void addAllCommands(CLI::App& program, int& exitCode);

} // namespace app

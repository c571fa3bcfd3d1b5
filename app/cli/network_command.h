// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace CLI {
class App;
}

namespace app {

/// forward add|remove|list and connections: a running guest's network. A verb that ran sets `exitCode`.
void addNetworkCommands(CLI::App& program, int& exitCode);

} // namespace app

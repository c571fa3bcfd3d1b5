// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace CLI {
class App;
}

namespace app {

/// list, show, clone, set, suspend, snapshot: what is known about guests, and changes to them.
void addGuestCommands(CLI::App& program, int& exitCode);

} // namespace app

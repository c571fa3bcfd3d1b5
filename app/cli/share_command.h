// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace CLI {
class App;
}

namespace app {

/// share: opens a running guest's screen to VNC viewers on the network, or closes it again.
void addShareCommand(CLI::App& program, int& exitCode);

} // namespace app

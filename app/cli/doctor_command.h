// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace CLI {
class App;
}

namespace app {

/// doctor: tries everything that a guest needs from this computer and names the command that mends
/// what fails.
void addDoctorCommand(CLI::App& program, int& exitCode);

} // namespace app

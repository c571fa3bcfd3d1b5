// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace CLI {
class App;
}

namespace app {

/// list, screen-text, screenshot, type, keys, pause, resume, reset, shutdown, kill, cd, log, timeline: the
/// verbs that talk to a running guest through its control socket. A verb that ran sets `exitCode`.
void addControlCommands(CLI::App& program, int& exitCode);

} // namespace app

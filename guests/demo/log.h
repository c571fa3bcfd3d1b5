// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "text.h"

namespace demo {

/// Finds out which ports listen. Before the first log().
void startLog();
/// One line for those who watch from outside: to the first serial port and to the firmware's debug console.
void log(const Text& line);

} // namespace demo

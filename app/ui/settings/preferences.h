// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "library/guest_file.h"

namespace app {

/// What holds for all guests as long as a guest's own settings say nothing else, and for the window.
/// Stored in the user's configuration file at once. GUI thread.
namespace preferences {

[[nodiscard]] ConsoleScaling scaling(); ///< never Inherit
void setScaling(ConsoleScaling scaling);
[[nodiscard]] bool keepsAwake();
void setKeepsAwake(bool on);
[[nodiscard]] bool notifies();
void setNotifies(bool on);
/// Closing the window leaves guests running without a question.
[[nodiscard]] bool closingKeepsRunning();
void setClosingKeepsRunning(bool on);

} // namespace preferences

/// The guest's own wish, else the preference.
[[nodiscard]] ConsoleScaling effectiveScaling(const GuestPresentation& guest);
[[nodiscard]] bool effectiveKeepsAwake(const GuestPresentation& guest);
[[nodiscard]] bool effectiveNotifies(const GuestPresentation& guest);

} // namespace app

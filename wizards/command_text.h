// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "wizards/guest_draft.h"

#include <QStringList>

namespace wizards {

/// The command line that does the same as the wizard, ready to paste into a shell.
[[nodiscard]] QString createCommand(const GuestDraft& draft);
/// The command line that clones a guest.
[[nodiscard]] QString cloneCommand(const QString& original, const QString& name, bool isLinked);
/// Words joined for a POSIX shell.
[[nodiscard]] QString shellCommand(const QStringList& words);

} // namespace wizards

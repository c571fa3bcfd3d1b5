// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "library/new_guest.h"

#include <QString>

namespace wizards {

/// What the wizard edits; whoever opened the wizard makes the guest.
struct GuestDraft : app::NewGuest {
    bool isDemo = false; ///< the built-in guest, without a medium of the user's
    bool startNow = true;
};

/// app::applyDefaults(), and what the demo needs.
void applyDefaults(GuestDraft& draft, const app::OsDatabase& systems, const app::HostResources& host);

/// The same for the built-in demo, which needs no knowledge about systems.
void applyDemoDefaults(GuestDraft& draft, const app::HostResources& host);

/// A good name: the system's, else the medium's label or file name.
[[nodiscard]] QString suggestedName(const GuestDraft& draft, const app::OsDatabase& systems);

/// Translated app::explain().
[[nodiscard]] QString reasonText(app::DefaultReason reason);

} // namespace wizards

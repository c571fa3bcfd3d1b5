// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "library/guest_defaults.h"

#include <QString>

namespace wizards {

/// A guest that somebody is about to create. The wizard edits it; whoever opened the wizard makes it.
struct GuestDraft {
    app::Medium medium;
    std::string osId;
    app::GuestDefaults defaults;
    engine::VmConfig config;
    std::uint64_t diskBytes = 0; ///< of the new system disk; 0: none
    bool isDemo = false;         ///< the built-in guest, without a medium of the user's
    bool copyMedium = false;     ///< a disk image is copied into the guest's folder, not used in place
    bool startNow = true;
};

/// Defaults and configuration anew for the draft's medium and system. Keeps the name when the user
/// chose one.
void applyDefaults(GuestDraft& draft, const app::OsDatabase& systems, const app::HostResources& host);

/// A good name: the system's, else the medium's label or file name.
[[nodiscard]] QString suggestedName(const GuestDraft& draft, const app::OsDatabase& systems);

/// Translated app::explain().
[[nodiscard]] QString reasonText(app::DefaultReason reason);

} // namespace wizards

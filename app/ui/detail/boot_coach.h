// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/state/guest_item.h"

namespace app {

/// What one button of the coach does.
enum class CoachAction : std::uint8_t {
    None,
    ChooseMedium,
    UseBios,
    UseUefi,
    Restart,
    ShowLog,
    OpenFolder,
    EjectCd
};

/// One plain sentence about what happens in the guest, and one thing to do about it.
struct CoachAdvice {
    QString text;
    QString button; ///< empty when there is nothing to do
    CoachAction action = CoachAction::None;
    bool isProblem = false;
    bool operator==(const CoachAdvice&) const = default;
};

/// Advice after a milestone; nullopt when the user need not know.
[[nodiscard]] std::optional<CoachAdvice> adviceFor(const GuestMilestone& milestone, const GuestItem& guest);
/// After this milestone earlier advice is out of date.
[[nodiscard]] bool isProgress(const GuestMilestone& milestone);
/// Advice about the guest's end or a problem of its host.
[[nodiscard]] std::optional<CoachAdvice> adviceForState(const GuestItem& guest);

/// A milestone's translated name for the timeline.
[[nodiscard]] QString milestoneTitle(const QString& name);

} // namespace app

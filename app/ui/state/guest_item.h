// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "control/guest_connection.h"
#include "library/guest_library.h"

#include <QIcon>
#include <QImage>
#include <QPointer>

namespace app {

/// What a person wants to know about a guest at a glance.
enum class GuestState : std::uint8_t { Off, Starting, Running, Paused, Stopping, Failed, Damaged };

/// One row of the list: a guest of the library, or one that only runs (started from a shell).
struct GuestItem {
    QString id;
    GuestEntry entry;
    GuestState state = GuestState::Off;
    QString failure; ///< why it failed or is damaged
    QPointer<GuestConnection> connection;
    QImage frame;                                ///< the screen, small: now or when it was last seen
    bool isStored = true;                        ///< is in the library
    bool hasCrashed = false;                     ///< in this run; it may have reset itself and gone on
    std::optional<engine::VmConfig> startedWith; ///< while it runs: what was stored when it began to

    [[nodiscard]] QString name() const { return QString::fromStdString(entry.guest.config.name); }
    [[nodiscard]] QString group() const { return QString::fromStdString(entry.guest.presentation.group); }
    /// It runs, and its stored settings hold something that it will see only after being switched off
    /// and on again.
    [[nodiscard]] bool needsRestart() const;
    [[nodiscard]] bool isAlive() const
    {
        return state == GuestState::Starting || state == GuestState::Running || state == GuestState::Paused
               || state == GuestState::Stopping;
    }
};

[[nodiscard]] QString stateWord(GuestState state);
[[nodiscard]] QIcon stateIcon(GuestState state);
/// The state that a running guest's status and the user's last wish make together.
[[nodiscard]] GuestState stateFromStatus(const GuestStatus& status, bool shutdownRequested);

/// A translated sentence for an error: cause first, then the next step.
[[nodiscard]] QString errorText(const engine::Error& error);

} // namespace app

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "library/guest_file.h"

#include <QString>
#include <QStringList>
#include <QVariant>

#include <functional>
#include <vector>

namespace app {

/// When a changed setting reaches a running guest.
enum class SettingEffect : std::uint8_t { Now, AfterRestart };

enum class SettingKind : std::uint8_t { Cpus, Memory, DiskSize, Text, MultiLine, Toggle, Choice, File };

/// One setting of a guest: where it is listed, how it is edited and how it reads and writes the value.
/// The settings page is made of these; there is no code per page.
struct Setting {
    QString section;
    QString label;
    QString help;
    SettingKind kind = SettingKind::Text;
    SettingEffect effect = SettingEffect::AfterRestart;
    std::string field; ///< as engine::ConfigProblem::field, to show problems in place
    QStringList choices;
    std::uint64_t least = 0; ///< of a disk: its size now, below which it cannot go
    std::function<QVariant(const GuestDescription&)> read;
    std::function<void(GuestDescription&, const QVariant&)> write;

    /// A value as people read it.
    [[nodiscard]] QString text(const QVariant& value) const;
    [[nodiscard]] bool matches(const QString& search) const;
};

/// The settings of this guest; devices that it has get their own. `diskBytes`: what its disks hold
/// now, 0 or missing where that is not known (such a disk has no size to set).
[[nodiscard]] std::vector<Setting> settingsOf(const GuestDescription& guest,
                                              const std::vector<std::uint64_t>& diskBytes = {});

/// One difference, for the list that is shown before it is applied.
struct SettingChange {
    QString label;
    QString before;
    QString after;
    SettingEffect effect = SettingEffect::AfterRestart;
};
[[nodiscard]] std::vector<SettingChange> changesBetween(const std::vector<Setting>& settings,
                                                        const GuestDescription& before,
                                                        const GuestDescription& after);

/// "tcp:127.0.0.1:2222:22" or "udp:...", one a line; nullopt when a line is wrong.
[[nodiscard]] std::optional<std::vector<engine::PortForward>> parseForwards(const QString& text);
[[nodiscard]] QString formatForwards(const std::vector<engine::PortForward>& rules);

} // namespace app

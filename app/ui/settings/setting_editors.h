// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "library/guest_defaults.h"
#include "ui/settings/setting.h"

class QWidget;

namespace app {

using EditSetting = std::function<void(const QVariant&)>;

/// The control that edits a setting of this kind; calls `edit` for each change by the user.
[[nodiscard]] QWidget* makeSettingEditor(const Setting& setting, const QVariant& value, const OsInfo* os,
                                         const HostResources& host, EditSetting edit);

} // namespace app

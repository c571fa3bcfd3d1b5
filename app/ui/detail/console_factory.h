// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include <functional>

class QWidget;

namespace app {

/// Makes the widget that shows a guest's screen over the RFB socket at this path. Empty where the
/// program was built without a console.
using ConsoleFactory = std::function<QWidget*(const QString& rfbSocketPath, QWidget* parent)>;

} // namespace app

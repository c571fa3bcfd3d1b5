// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "library/guest_file.h"

#include <QObject>
#include <QString>

#include <functional>

class QWidget;

namespace app {

/// What the window asks of a console widget, and hears from it. Belongs to the widget.
class ConsoleControls : public QObject {
    Q_OBJECT
public:
    using QObject::QObject;
    /// Never Inherit.
    virtual void setScaling(app::ConsoleScaling scaling) = 0;

signals:
    /// The release chord: keyboard and pointer go back to the window.
    void leaveRequested();
    void fullScreenRequested();
};

struct MadeConsole {
    QWidget* widget = nullptr;
    ConsoleControls* controls = nullptr; ///< may be absent
};

/// Makes the widget that shows a guest's screen over the RFB socket at this path. Empty where the
/// program was built without a console.
using ConsoleFactory = std::function<MadeConsole(const QString& rfbSocketPath, QWidget* parent)>;

} // namespace app

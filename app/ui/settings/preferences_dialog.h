// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDialog>

namespace app {

/// What holds for all guests and for the window. Everything takes effect at once.
class PreferencesDialog final : public QDialog {
    Q_OBJECT
public:
    explicit PreferencesDialog(bool isDark, QWidget* parent = nullptr);

signals:
    void darkChosen(bool dark);
    void changed();
};

} // namespace app

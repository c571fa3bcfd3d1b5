// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDialog>

namespace app {

/// The user guide with its pictures, as installed with the program; where it is not, a note that says
/// where to find it.
class UserGuide final : public QDialog {
    Q_OBJECT
public:
    explicit UserGuide(QWidget* parent = nullptr);
    /// The folder of the guide; empty: not installed.
    [[nodiscard]] static QString folder();
};

} // namespace app

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "desktop/host_check.h"

#include <QWidget>

class QLabel;
class QPushButton;
class QVBoxLayout;

namespace app {

/// Says whether this computer can run guests, names the step that fails and the command that mends it.
class HostCheckPage final : public QWidget {
    Q_OBJECT
public:
    /// The check runs on a worker thread and must outlive the page.
    explicit HostCheckPage(HostCheck& check, QWidget* parent = nullptr);
    void check();

signals:
    /// After each check.
    void checked(bool isFine);
    void closeRequested();

private:
    void present(const std::vector<HostCheckStep>& steps);

    HostCheck& m_check;
    QLabel* m_summary;
    QVBoxLayout* m_steps;
    QPushButton* m_again;
    QPushButton* m_close;
};

} // namespace app

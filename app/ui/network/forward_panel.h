// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/network/network_client.h"

#include <QWidget>

class QComboBox;
class QListWidget;
class QPushButton;
class QSpinBox;

namespace app {

/// The ports of this computer that lead to the guest: a list, and one line to add another.
class ForwardPanel final : public QWidget {
    Q_OBJECT
public:
    explicit ForwardPanel(NetworkClient& client, QWidget* parent = nullptr);
    /// A free-looking port of this computer for a port of the guest's.
    [[nodiscard]] static int proposedHostPort(int guestPort);

private:
    void add();
    void refresh();

    NetworkClient& m_client;
    QListWidget* m_list;
    QComboBox* m_protocol;
    QSpinBox* m_hostPort;
    QSpinBox* m_guestPort;
    QPushButton* m_remove;
};

} // namespace app

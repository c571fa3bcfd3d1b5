// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/network/network_client.h"

#include <QWidget>

class QPushButton;
class QTreeWidget;

namespace app {

/// The guest's connections, live, with a way to end one and to refuse its peer from now on.
class ConnectionTable final : public QWidget {
    Q_OBJECT
public:
    explicit ConnectionTable(NetworkClient& client, QWidget* parent = nullptr);

private:
    void refresh(const QList<ConnectionStatus>& connections);
    void updateButtons();

    NetworkClient& m_client;
    QTreeWidget* m_table;
    QPushButton* m_cut;
    QPushButton* m_block;
};

} // namespace app

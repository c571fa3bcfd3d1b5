// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/network/network_client.h"

#include <QWidget>

class QCheckBox;
class QComboBox;
class QLabel;
class QLineEdit;
class QListWidget;
class QPushButton;
class QStackedWidget;
class QTabWidget;

namespace app {

class MessageBar;

/// The selected guest's network while it runs: its address, where its cable leads, its connections,
/// forwarded ports, names looked up, blocked peers and the quality of its line.
class NetworkPage final : public QWidget {
    Q_OBJECT
public:
    explicit NetworkPage(GuestStore& store, QWidget* parent = nullptr);
    void setGuest(const QString& id);

protected:
    void showEvent(QShowEvent* event) override;
    void hideEvent(QHideEvent* event) override;

private:
    QWidget* makeHeader();
    QWidget* makeLists();
    void refresh();
    void showPlace(const QString& place);
    void offerForward();
    void changePlace();

    NetworkClient m_client;
    QStackedWidget* m_stack;
    MessageBar* m_message;
    MessageBar* m_offer;
    QLabel* m_address;
    QPushButton* m_copy;
    QComboBox* m_place;
    QLineEdit* m_placeName;
    QPushButton* m_connect;
    QCheckBox* m_cable;
    QListWidget* m_names;
    QListWidget* m_blocked;
    QPushButton* m_unblock;
    QList<int> m_declined; ///< ports whose forward the user has been offered
    int m_offered = 0;     ///< the port that m_offer is about
    QString m_shownPlace;
};

} // namespace app

// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/network/connection_table.h"

#include "ui/look/icons.h"

#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QLocale>
#include <QPushButton>
#include <QTreeWidget>

using namespace Qt::StringLiterals;

namespace app {

namespace {

constexpr int IdRole = Qt::UserRole;
constexpr int PeerRole = Qt::UserRole + 1;
constexpr int LiveRole = Qt::UserRole + 2;

QString stateText(const QString& state)
{
    if (state == "opening"_L1)
        return ConnectionTable::tr("opening");
    if (state == "open"_L1)
        return ConnectionTable::tr("open");
    if (state == "closing"_L1)
        return ConnectionTable::tr("closing");
    if (state == "closed"_L1)
        return ConnectionTable::tr("closed");
    if (state == "refused"_L1)
        return ConnectionTable::tr("refused");
    if (state == "cut"_L1)
        return ConnectionTable::tr("cut");
    if (state == "blocked"_L1)
        return ConnectionTable::tr("blocked");
    return state;
}

bool isLive(const QString& state)
{
    return state == "opening"_L1 || state == "open"_L1 || state == "closing"_L1;
}

QString peerRule(const ConnectionStatus& connection)
{
    if (connection.peerPort == 0)
        return connection.peerAddress;
    const bool isV6 = connection.peerAddress.contains(u':');
    // Who connects from outside uses another port every time.
    if (!connection.startedByGuest)
        return connection.peerAddress;
    return (isV6 ? u"[%1]:%2"_s : u"%1:%2"_s)
        .arg(connection.peerAddress, QString::number(connection.peerPort));
}

void fill(QTreeWidgetItem* row, const ConnectionStatus& connection)
{
    const QLocale locale;
    const QString peer = connection.peerName.isEmpty()
                             ? connection.peerAddress
                             : u"%1 (%2)"_s.arg(connection.peerName, connection.peerAddress);
    const int port = connection.startedByGuest ? connection.peerPort : connection.guestPort;
    const QStringList cells{connection.protocol,
                            connection.startedByGuest ? ConnectionTable::tr("to %1").arg(peer)
                                                      : ConnectionTable::tr("from %1").arg(peer),
                            port == 0 ? QString() : QString::number(port),
                            stateText(connection.state),
                            locale.formattedDataSize(static_cast<qint64>(connection.bytesFromGuest)),
                            locale.formattedDataSize(static_cast<qint64>(connection.bytesToGuest)),
                            ConnectionTable::tr("%1 s").arg(connection.ageSeconds)};
    for (int column = 0; column < cells.size(); ++column)
        row->setText(column, cells[column]);
    row->setData(0, IdRole, QVariant::fromValue<qulonglong>(connection.id));
    row->setData(0, PeerRole, peerRule(connection));
    row->setData(0, LiveRole, isLive(connection.state));
}

} // namespace

ConnectionTable::ConnectionTable(NetworkClient& client, QWidget* parent)
    : QWidget(parent), m_client(client), m_table(new QTreeWidget),
      m_cut(new QPushButton(themeIcon(u"edit-cut"_s), tr("Cu&t"))),
      m_block(new QPushButton(themeIcon(u"dialog-cancel"_s), tr("&Block peer")))
{
    m_table->setObjectName(u"connections"_s);
    m_table->setHeaderLabels(
        {tr("Protocol"), tr("Peer"), tr("Port"), tr("State"), tr("Sent"), tr("Received"), tr("Time")});
    m_table->setRootIsDecorated(false);
    m_table->setAlternatingRowColors(true);
    m_table->setUniformRowHeights(true);
    m_table->setAccessibleName(tr("Connections of the guest"));
    m_table->header()->setSectionResizeMode(QHeaderView::ResizeToContents);
    m_table->header()->setStretchLastSection(false);
    m_table->header()->setSectionResizeMode(1, QHeaderView::Stretch);
    m_cut->setObjectName(u"cut"_s);
    m_cut->setToolTip(tr("End this connection; both sides are told"));
    m_block->setObjectName(u"block"_s);
    m_block->setToolTip(tr("Let nothing through to or from this peer until you allow it again"));
    auto* title = new QHBoxLayout;
    title->addWidget(new QLabel(tr("Connections")), 1);
    title->addWidget(m_cut);
    title->addWidget(m_block);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addLayout(title);
    layout->addWidget(m_table);
    const auto current = [this](int role) {
        const QTreeWidgetItem* row = m_table->currentItem();
        return row ? row->data(0, role) : QVariant();
    };
    connect(m_cut, &QPushButton::clicked, this, [this, current] {
        m_client.request(u"connection-cut"_s, {{"connection"_L1, current(IdRole).toLongLong()}});
    });
    connect(m_block, &QPushButton::clicked, this, [this, current] {
        m_client.request(u"network-block"_s, {{"peer"_L1, current(PeerRole).toString()}});
    });
    connect(m_table, &QTreeWidget::currentItemChanged, this, &ConnectionTable::updateButtons);
    connect(&client, &NetworkClient::statusChanged, this, [this] { refresh(m_client.status().connections); });
    updateButtons();
}

void ConnectionTable::updateButtons()
{
    const QTreeWidgetItem* row = m_table->currentItem();
    m_cut->setEnabled(row && row->data(0, LiveRole).toBool());
    m_block->setEnabled(row != nullptr);
}

/// Rows stay the same objects, so that the selection and a screen reader's place survive.
void ConnectionTable::refresh(const QList<ConnectionStatus>& connections)
{
    QHash<qulonglong, QTreeWidgetItem*> rows;
    for (int i = 0; i < m_table->topLevelItemCount(); ++i)
        rows.insert(m_table->topLevelItem(i)->data(0, IdRole).toULongLong(), m_table->topLevelItem(i));
    for (const ConnectionStatus& connection : connections) {
        QTreeWidgetItem* row = rows.take(connection.id);
        fill(row ? row : new QTreeWidgetItem(m_table), connection);
    }
    qDeleteAll(rows);
    updateButtons();
}

} // namespace app

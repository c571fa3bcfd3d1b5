// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/network/network_page.h"

#include "ui/look/icons.h"
#include "ui/network/connection_table.h"
#include "ui/network/forward_panel.h"
#include "ui/network/line_panel.h"
#include "ui/window/message_bar.h"

#include <QCheckBox>
#include <QClipboard>
#include <QComboBox>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QPushButton>
#include <QSplitter>
#include <QStackedWidget>
#include <QTabWidget>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace app {

NetworkPage::NetworkPage(GuestStore& store, QWidget* parent)
    : QWidget(parent), m_client(store), m_stack(new QStackedWidget), m_message(new MessageBar),
      m_offer(new MessageBar), m_address(new QLabel),
      m_copy(new QPushButton(themeIcon(u"edit-copy"_s), tr("&Copy"))), m_place(new QComboBox),
      m_placeName(new QLineEdit), m_connect(new QPushButton(tr("C&onnect now"))),
      m_cable(new QCheckBox(tr("Cable &plugged in"))), m_names(new QListWidget), m_blocked(new QListWidget),
      m_unblock(new QPushButton(tr("&Allow again")))
{
    auto* off = new QLabel(tr("The network can be seen here while the guest runs."));
    off->setAlignment(Qt::AlignCenter);
    off->setWordWrap(true);
    auto* splitter = new QSplitter(Qt::Vertical);
    splitter->addWidget(new ConnectionTable(m_client));
    splitter->addWidget(makeLists());
    splitter->setStretchFactor(0, 3);
    splitter->setStretchFactor(1, 2);
    splitter->setChildrenCollapsible(false);
    auto* content = new QWidget;
    auto* inside = new QVBoxLayout(content);
    inside->addWidget(makeHeader());
    inside->addWidget(m_offer);
    inside->addWidget(m_message);
    inside->addWidget(splitter, 1);
    m_stack->addWidget(off);
    m_stack->addWidget(content);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(m_stack);
    connect(&m_client, &NetworkClient::statusChanged, this, &NetworkPage::refresh);
    connect(&m_client, &NetworkClient::runningChanged, this, &NetworkPage::refresh);
    connect(&m_client, &NetworkClient::refused, this,
            [this](const QString& text) { m_message->present(MessageBar::Kind::Error, text); });
    refresh();
}

QWidget* NetworkPage::makeHeader()
{
    m_address->setObjectName(u"guestAddress"_s);
    m_address->setTextFormat(Qt::PlainText);
    m_address->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    m_address->setAccessibleDescription(tr("Address of the guest")); // its name is the address
    m_copy->setObjectName(u"copyAddress"_s);
    m_copy->setToolTip(tr("Copy the guest's address"));
    m_place->setObjectName(u"place"_s);
    m_place->setAccessibleName(tr("Where the cable leads"));
    m_place->addItem(tr("User network"), u"user"_s);
    m_place->addItem(tr("Isolated"), u"isolated"_s);
    m_place->addItem(tr("Network between guests"), u"internal:"_s);
    m_place->addItem(tr("Tap interface"), u"tap:"_s);
    m_placeName->setObjectName(u"placeName"_s);
    m_placeName->setAccessibleName(tr("Name of the network or interface"));
    m_placeName->setPlaceholderText(tr("Name"));
    m_placeName->setMaximumWidth(140);
    m_connect->setObjectName(u"connectNow"_s);
    m_connect->setToolTip(tr("Takes effect now; the guest sees its cable pulled and plugged in again"));
    m_cable->setObjectName(u"cable"_s);
    auto* header = new QWidget;
    auto* line = new QHBoxLayout(header);
    line->setContentsMargins(0, 0, 0, 0);
    line->addWidget(new QLabel(tr("Address:")));
    line->addWidget(m_address);
    line->addWidget(m_copy);
    line->addStretch(1);
    line->addWidget(m_place);
    line->addWidget(m_placeName);
    line->addWidget(m_connect);
    line->addWidget(m_cable);
    connect(m_copy, &QPushButton::clicked, this, [this] {
        if (!m_client.status().addresses.isEmpty())
            QGuiApplication::clipboard()->setText(m_client.status().addresses.first());
    });
    const auto offerChange = [this] {
        const QString kind = m_place->currentData().toString();
        m_placeName->setVisible(kind.endsWith(u':'));
        m_connect->setVisible(m_place->currentData().toString()
                                  + (kind.endsWith(u':') ? m_placeName->text() : QString())
                              != m_client.status().place);
        m_connect->setEnabled(!kind.endsWith(u':') || !m_placeName->text().isEmpty());
    };
    connect(m_place, &QComboBox::currentIndexChanged, this, offerChange);
    connect(m_placeName, &QLineEdit::textChanged, this, offerChange);
    connect(m_placeName, &QLineEdit::returnPressed, this, &NetworkPage::changePlace);
    connect(m_connect, &QPushButton::clicked, this, &NetworkPage::changePlace);
    connect(m_cable, &QCheckBox::clicked, this,
            [this](bool up) { m_client.request(u"network-link"_s, {{"up"_L1, up}}); });
    return header;
}

QWidget* NetworkPage::makeLists()
{
    m_names->setAccessibleName(tr("Names that the guest has looked up"));
    m_blocked->setAccessibleName(tr("Blocked peers"));
    m_blocked->setObjectName(u"blocked"_s);
    m_unblock->setObjectName(u"unblock"_s);
    m_unblock->setEnabled(false);
    auto* blocked = new QWidget;
    auto* blockedLayout = new QVBoxLayout(blocked);
    blockedLayout->addWidget(m_blocked);
    blockedLayout->addWidget(m_unblock, 0, Qt::AlignRight);
    auto* tabs = new QTabWidget;
    tabs->setObjectName(u"networkTabs"_s);
    tabs->setAccessibleName(tr("More about the network"));
    tabs->addTab(new ForwardPanel(m_client), tr("Forwarded ports"));
    tabs->addTab(new LinePanel(m_client), tr("Line and recording"));
    tabs->addTab(m_names, tr("Names looked up"));
    tabs->addTab(blocked, tr("Blocked peers"));
    connect(m_blocked, &QListWidget::currentRowChanged, this,
            [this](int row) { m_unblock->setEnabled(row >= 0); });
    connect(m_unblock, &QPushButton::clicked, this, [this] {
        if (const QListWidgetItem* row = m_blocked->currentItem())
            m_client.request(u"network-unblock"_s, {{"peer"_L1, row->text()}});
    });
    return tabs;
}

void NetworkPage::setGuest(const QString& id)
{
    m_declined.clear();
    m_offered = 0;
    m_offer->dismiss();
    m_message->dismiss();
    m_client.setGuest(id);
}

void NetworkPage::showEvent(QShowEvent* event)
{
    QWidget::showEvent(event);
    m_client.setWatching(true);
}

void NetworkPage::hideEvent(QHideEvent* event)
{
    QWidget::hideEvent(event);
    m_client.setWatching(false);
}

void NetworkPage::refresh()
{
    const auto fillList = [](QListWidget* list, const QStringList& texts) {
        QStringList shown;
        for (int i = 0; i < list->count(); ++i)
            shown << list->item(i)->text();
        if (shown == texts)
            return;
        list->clear();
        list->addItems(texts);
    };
    const NetworkStatus& now = m_client.status();
    m_stack->setCurrentIndex(m_client.isRunning() ? 1 : 0);
    m_address->setText(now.addresses.isEmpty() ? tr("none yet") : now.addresses.join(u", "_s));
    m_copy->setEnabled(!now.addresses.isEmpty());
    m_cable->setChecked(now.linkUp);
    fillList(m_names, now.names);
    fillList(m_blocked, now.blocked);
    if (now.place != m_shownPlace)
        showPlace(now.place);
    offerForward();
}

void NetworkPage::showPlace(const QString& place)
{
    m_shownPlace = place;
    const auto colon = place.indexOf(u':');
    const int index = m_place->findData(colon < 0 ? place : place.left(colon + 1));
    if (index >= 0)
        m_place->setCurrentIndex(index);
    m_placeName->setText(colon < 0 ? QString() : place.mid(colon + 1));
    m_placeName->setVisible(colon >= 0);
    m_connect->setVisible(false);
}

/// One port at a time, each once.
void NetworkPage::offerForward()
{
    const NetworkStatus& now = m_client.status();
    const auto isForwarded = [&](int port) {
        return std::ranges::any_of(now.forwards,
                                   [&](const QString& rule) { return guestPortOf(rule) == port; });
    };
    if (m_offered != 0 && isForwarded(m_offered)) {
        m_offer->dismiss();
        m_offered = 0;
    }
    if (m_offered != 0 && m_offer->isVisibleTo(this))
        return;
    for (const int port : now.listening) {
        if (isForwarded(port) || m_declined.contains(port))
            continue;
        m_declined << port;
        m_offered = port;
        const int hostPort = ForwardPanel::proposedHostPort(port);
        m_offer->present(
            MessageBar::Kind::Information,
            tr("The guest listens on port %1. Lead port %2 of this computer there?").arg(port).arg(hostPort),
            tr("Forward"), [this, port, hostPort] {
                m_client.request(u"forward-add"_s, {{"rule"_L1, u"tcp:%1:%2"_s.arg(hostPort).arg(port)}});
            });
        return;
    }
}

void NetworkPage::changePlace()
{
    const QString kind = m_place->currentData().toString();
    const QString place = kind.endsWith(u':') ? kind + m_placeName->text() : kind;
    m_shownPlace.clear();
    m_client.request(u"network-place"_s, {{"place"_L1, place}});
}

} // namespace app

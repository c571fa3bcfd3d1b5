// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/network/forward_panel.h"

#include "ui/look/icons.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QListWidget>
#include <QPushButton>
#include <QSpinBox>

using namespace Qt::StringLiterals;

namespace app {

namespace {

constexpr int LastPort = 65535;

QSpinBox* portBox(const QString& name, int value)
{
    auto* box = new QSpinBox;
    box->setRange(1, LastPort);
    box->setValue(value);
    box->setAccessibleName(name);
    box->setToolTip(name);
    return box;
}

QString describeRule(const QString& rule)
{
    const QStringList parts = rule.split(u':');
    if (parts.size() != 3)
        return rule;
    return ForwardPanel::tr("%1: port %2 of this computer leads to port %3 of the guest")
        .arg(parts[0].toUpper(), parts[1], parts[2]);
}

} // namespace

int ForwardPanel::proposedHostPort(int guestPort)
{
    constexpr int FirstUnprivileged = 1024;
    constexpr int Ssh = 22;
    if (guestPort == Ssh)
        return 2222;
    return guestPort >= FirstUnprivileged ? guestPort : 8000 + guestPort % 1000;
}

ForwardPanel::ForwardPanel(NetworkClient& client, QWidget* parent)
    : QWidget(parent), m_client(client), m_list(new QListWidget), m_protocol(new QComboBox),
      m_hostPort(portBox(tr("Port of this computer"), 2222)),
      m_guestPort(portBox(tr("Port of the guest"), 22)),
      m_remove(new QPushButton(themeIcon(u"list-remove"_s), tr("&Remove")))
{
    m_list->setAccessibleName(tr("Forwarded ports"));
    m_list->setObjectName(u"forwards"_s);
    m_protocol->addItem(u"TCP"_s, u"tcp"_s);
    m_protocol->addItem(u"UDP"_s, u"udp"_s);
    m_protocol->setAccessibleName(tr("Protocol"));
    m_hostPort->setObjectName(u"hostPort"_s);
    m_guestPort->setObjectName(u"guestPort"_s);
    m_remove->setObjectName(u"removeForward"_s);
    m_remove->setEnabled(false);
    auto* add = new QPushButton(themeIcon(u"list-add"_s), tr("&Forward"));
    add->setObjectName(u"addForward"_s);
    auto* line = new QHBoxLayout;
    line->addWidget(m_protocol);
    line->addWidget(new QLabel(tr("Port of this computer:")));
    line->addWidget(m_hostPort);
    line->addWidget(new QLabel(tr("Port of the guest:")));
    line->addWidget(m_guestPort);
    line->addWidget(add);
    line->addStretch(1);
    line->addWidget(m_remove);
    auto* layout = new QVBoxLayout(this);
    layout->addWidget(m_list);
    layout->addLayout(line);
    connect(add, &QPushButton::clicked, this, &ForwardPanel::add);
    connect(m_remove, &QPushButton::clicked, this, [this] {
        if (const QListWidgetItem* row = m_list->currentItem())
            m_client.request(u"forward-remove"_s, {{"rule"_L1, row->data(Qt::UserRole).toString()}});
    });
    connect(m_list, &QListWidget::currentRowChanged, this,
            [this](int row) { m_remove->setEnabled(row >= 0); });
    connect(&client, &NetworkClient::statusChanged, this, &ForwardPanel::refresh);
}

void ForwardPanel::add()
{
    const QString rule =
        u"%1:%2:%3"_s.arg(m_protocol->currentData().toString(), QString::number(m_hostPort->value()),
                          QString::number(m_guestPort->value()));
    m_client.request(u"forward-add"_s, {{"rule"_L1, rule}});
}

void ForwardPanel::refresh()
{
    QStringList shown;
    for (int i = 0; i < m_list->count(); ++i)
        shown << m_list->item(i)->data(Qt::UserRole).toString();
    const QStringList& now = m_client.status().forwards;
    if (shown == now)
        return;
    m_list->clear();
    for (const QString& rule : now) {
        auto* row = new QListWidgetItem(describeRule(rule), m_list);
        row->setData(Qt::UserRole, rule);
    }
}

} // namespace app

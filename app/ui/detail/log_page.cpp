// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/detail/log_page.h"

#include "ui/detail/boot_coach.h"
#include "ui/look/icons.h"
#include "wizards/when_done.h"

#include <QHeaderView>
#include <QJsonArray>
#include <QLocale>
#include <QSplitter>
#include <QTreeWidget>

using namespace Qt::StringLiterals;

namespace app {

namespace {

constexpr int MostRows = 1000;

QTreeWidget* table(const QStringList& headings, const QString& name)
{
    auto* view = new QTreeWidget;
    view->setHeaderLabels(headings);
    view->setRootIsDecorated(false);
    view->setAlternatingRowColors(true);
    view->setUniformRowHeights(true);
    view->setAccessibleName(name);
    view->header()->setSectionResizeMode(QHeaderView::ResizeToContents);
    return view;
}

void append(QTreeWidget* view, const QStringList& cells, const QIcon& icon = {})
{
    if (view->topLevelItemCount() >= MostRows)
        delete view->takeTopLevelItem(0);
    auto* row = new QTreeWidgetItem(view, cells);
    row->setIcon(0, icon);
    view->scrollToItem(row);
}

} // namespace

LogPage::LogPage(GuestStore& store, QWidget* parent)
    : QWidget(parent), m_store(store),
      m_timeline(table({tr("Time"), tr("Step"), tr("Details")}, tr("Timeline of the boot"))),
      m_log(table({tr("Time"), tr("Part"), tr("Message")}, tr("Log of the guest")))
{
    auto* splitter = new QSplitter(Qt::Vertical);
    for (const auto& [title, view] :
         {std::pair(tr("Timeline of the boot"), m_timeline), std::pair(tr("Log"), m_log)}) {
        auto* part = new QWidget;
        auto* layout = new QVBoxLayout(part);
        layout->setContentsMargins(0, 0, 0, 0);
        layout->addWidget(new QLabel(title));
        layout->addWidget(view);
        splitter->addWidget(part);
    }
    auto* layout = new QVBoxLayout(this);
    layout->addWidget(splitter);
    connect(&store, &GuestStore::itemChanged, this, [this](const QString& id) {
        if (id == m_id)
            follow();
    });
}

void LogPage::setGuest(const QString& id)
{
    if (id == m_id)
        return;
    m_id = id;
    m_timeline->clear();
    m_log->clear();
    if (m_connection)
        m_connection->disconnect(this);
    m_connection = nullptr;
    follow();
}

void LogPage::follow()
{
    const GuestItem* guest = m_store.find(m_id);
    if (!guest || !guest->connection || guest->connection == m_connection)
        return; // what was logged by a guest that ended stays readable
    m_connection = guest->connection;
    m_timeline->clear();
    m_log->clear();
    wizards::whenDone(m_connection->request(u"timeline"_s), this, [this](const ControlReply& reply) {
        const QJsonArray events = reply ? reply->value("events"_L1).toArray() : QJsonArray();
        for (const QJsonValue& event : events)
            addMilestone(parseMilestone(event.toObject()));
    });
    wizards::whenDone(m_connection->request(u"log"_s), this, [this](const ControlReply& reply) {
        const QJsonArray entries = reply ? reply->value("entries"_L1).toArray() : QJsonArray();
        for (const QJsonValue& entry : entries)
            addLine(parseLogLine(entry.toObject()));
    });
    connect(m_connection, &GuestConnection::logged, this, &LogPage::addLine);
    connect(m_connection, &GuestConnection::milestoneReached, this, &LogPage::addMilestone);
}

void LogPage::addLine(const GuestLogLine& line)
{
    const bool isBad = line.level == "error"_L1 || line.level == "warning"_L1;
    append(m_log, {line.time, line.component, line.text},
           isBad ? themeIcon(line.level == "error"_L1 ? u"dialog-error"_s : u"dialog-warning"_s) : QIcon());
}

void LogPage::addMilestone(const GuestMilestone& milestone)
{
    const QString time =
        QLocale().toString(static_cast<double>(milestone.milliseconds) / 1000, 'f', 3) + u" s"_s;
    append(m_timeline, {time, milestoneTitle(milestone.name), milestone.detail});
}

} // namespace app

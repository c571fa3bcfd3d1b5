// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/detail/detail_page.h"

#include "ui/detail/console_page.h"
#include "ui/detail/log_page.h"
#include "ui/detail/overview_page.h"
#include "ui/look/icons.h"
#include "ui/network/network_page.h"
#include "ui/settings/settings_page.h"
#include "ui/window/message_bar.h"
#include "wizards/when_done.h"

#include <QEvent>
#include <QJsonArray>
#include <QScrollArea>
#include <QTabWidget>
#include <QToolButton>

using namespace Qt::StringLiterals;

namespace app {

DetailPage::DetailPage(GuestStore& store, HostResources host, ConsoleFactory console, QWidget* parent)
    : QWidget(parent), m_store(store), m_name(new QLabel), m_stateIcon(new QLabel), m_state(new QLabel),
      m_buttons(new QHBoxLayout), m_coach(new MessageBar), m_tabs(new QTabWidget),
      m_overview(new OverviewPage(store)), m_console(new ConsolePage(store, std::move(console))),
      m_network(new NetworkPage(store)), m_settings(new SettingsPage(store, host)), m_log(new LogPage(store))
{
    QFont large = m_name->font();
    large.setPointSizeF(large.pointSizeF() * 1.5);
    large.setWeight(QFont::DemiBold);
    m_name->setFont(large);
    m_name->setTextFormat(Qt::PlainText);
    m_name->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    m_name->setObjectName(u"guestTitle"_s);
    m_tabs->setObjectName(u"tabs"_s);
    m_tabs->setDocumentMode(true);
    m_tabs->setAccessibleName(tr("Pages of the guest"));
    auto* overview = new QScrollArea;
    overview->setWidget(m_overview);
    overview->setWidgetResizable(true);
    overview->setFrameShape(QFrame::NoFrame);
    overview->setFocusPolicy(Qt::NoFocus);
    m_tabs->addTab(overview, tr("Overview"));
    m_tabs->addTab(m_console, tr("Console"));
    m_tabs->addTab(m_network, tr("Network"));
    m_tabs->addTab(m_settings, tr("Settings"));
    m_tabs->addTab(m_log, tr("Log"));
    auto* state = new QHBoxLayout;
    state->addWidget(m_stateIcon);
    state->addWidget(m_state, 1);
    auto* title = new QVBoxLayout;
    title->setSpacing(2);
    title->addWidget(m_name);
    title->addLayout(state);
    auto* header = new QHBoxLayout;
    header->setContentsMargins(16, 10, 10, 4);
    header->addLayout(title, 1);
    header->addLayout(m_buttons);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(4);
    layout->addLayout(header);
    layout->addWidget(m_coach);
    layout->addWidget(m_tabs, 1);
    connect(m_overview, &OverviewPage::consoleRequested, this, [this] { showTab(ConsoleTab); });
    connect(m_console, &ConsolePage::startRequested, this, &DetailPage::startRequested);
    connect(m_settings, &SettingsPage::restartRequested, this, &DetailPage::restartRequested);
    connect(&store, &GuestStore::itemChanged, this, [this](const QString& id) {
        if (id == m_id)
            refresh();
    });
    connect(&store, &GuestStore::listChanged, this, &DetailPage::refresh);
}

void DetailPage::setActions(const QList<QAction*>& actions)
{
    // They stand above the tabs, and the Tab key shall find them there.
    QWidget* before = m_tabs->previousInFocusChain();
    for (QAction* action : actions) {
        auto* button = new QToolButton;
        button->setDefaultAction(action);
        button->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
        button->setAutoRaise(true);
        button->setFocusPolicy(Qt::StrongFocus);
        // An action that makes no sense now would only take room.
        connect(action, &QAction::changed, button,
                [button, action] { button->setVisible(action->isEnabled()); });
        button->setVisible(action->isEnabled());
        m_buttons->addWidget(button, 0, Qt::AlignTop);
        setTabOrder(before, button);
        before = button;
    }
}

void DetailPage::loadIcons()
{
    m_tabs->setTabIcon(OverviewTab, themeIcon(u"dashboard-show"_s));
    m_tabs->setTabIcon(ConsoleTab, themeIcon(u"video-display"_s));
    m_tabs->setTabIcon(NetworkTab, themeIcon(u"network-wired"_s));
    m_tabs->setTabIcon(SettingsTab, themeIcon(u"configure"_s));
    m_tabs->setTabIcon(LogTab, themeIcon(u"view-list-text"_s));
}

void DetailPage::setGuest(const QString& id)
{
    if (id != m_id) {
        m_id = id;
        m_coach->dismiss();
        if (m_connection)
            m_connection->disconnect(this);
        m_connection = nullptr;
    }
    m_overview->setGuest(id);
    m_console->setGuest(id);
    m_network->setGuest(id);
    m_settings->setGuest(id);
    m_log->setGuest(id);
    refresh();
}

void DetailPage::showTab(Tab tab)
{
    m_tabs->setCurrentIndex(tab);
    m_tabs->currentWidget()->setFocus(Qt::ShortcutFocusReason); // the keyboard goes on where the eye is
}

void DetailPage::refresh()
{
    const GuestItem* guest = m_store.find(m_id);
    if (!guest)
        return;
    m_name->setText(guest->name());
    m_state->setText(guest->needsRestart()
                         ? tr("%1 · new settings after a restart").arg(stateWord(guest->state))
                         : stateWord(guest->state));
    m_stateIcon->setPixmap(stateIcon(guest->state).pixmap(16));
    m_tabs->setTabEnabled(SettingsTab, guest->isStored && !guest->entry.problem);
    if (const auto advice = adviceForState(*guest))
        present(*advice);
    follow(*guest);
}

void DetailPage::changeEvent(QEvent* event)
{
    if (event->type() == QEvent::PaletteChange)
        refresh(); // pictures of icons are made for one background
    QWidget::changeEvent(event);
}

void DetailPage::follow(const GuestItem& guest)
{
    if (guest.connection == m_connection)
        return;
    m_connection = guest.connection;
    if (!m_connection)
        return;
    m_coach->dismiss();
    connect(m_connection, &GuestConnection::milestoneReached, this, &DetailPage::onMilestone);
    // What happened before anybody looked.
    wizards::whenDone(m_connection->request(u"timeline"_s), this,
                      [this, connection = m_connection](const ControlReply& reply) {
                          if (!reply || !connection || connection != m_connection)
                              return;
                          for (const QJsonValue& event : reply->value("events"_L1).toArray())
                              onMilestone(parseMilestone(event.toObject()));
                      });
}

void DetailPage::onMilestone(const GuestMilestone& milestone)
{
    const GuestItem* now = m_store.find(m_id);
    if (const auto advice = now ? adviceFor(milestone, *now) : std::nullopt)
        present(*advice);
    else if (isProgress(milestone))
        m_coach->dismiss();
}

void DetailPage::present(const CoachAdvice& advice)
{
    m_coach->present(advice.isProblem ? MessageBar::Kind::Warning : MessageBar::Kind::Information,
                     advice.text, advice.button,
                     [this, action = advice.action] { emit adviceTaken(action); });
}

} // namespace app

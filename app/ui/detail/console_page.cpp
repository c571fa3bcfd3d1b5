// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/detail/console_page.h"

#include "ui/look/icons.h"
#include "ui/settings/preferences.h"

#include <QFileInfo>

using namespace Qt::StringLiterals;

namespace app {

ConsolePage::ConsolePage(GuestStore& store, ConsoleFactory factory, QWidget* parent)
    : QWidget(parent), m_store(store), m_factory(std::move(factory)), m_message(new QLabel),
      m_start(new QPushButton(themeIcon(u"media-playback-start"_s), tr("Start"))), m_placeholder(new QWidget),
      m_layout(new QVBoxLayout(this))
{
    m_message->setAlignment(Qt::AlignCenter);
    m_message->setWordWrap(true);
    auto* inner = new QVBoxLayout(m_placeholder);
    inner->addStretch();
    inner->addWidget(m_message);
    inner->addWidget(m_start, 0, Qt::AlignHCenter);
    inner->addStretch();
    m_layout->setContentsMargins(0, 0, 0, 0);
    m_layout->addWidget(m_placeholder);
    connect(m_start, &QPushButton::clicked, this, &ConsolePage::startRequested);
    connect(&store, &GuestStore::itemChanged, this, [this](const QString& id) {
        if (id == m_id)
            refresh();
    });
    connect(&store, &GuestStore::listChanged, this, &ConsolePage::refresh);
}

void ConsolePage::setGuest(const QString& id)
{
    m_id = id;
    refresh();
}

void ConsolePage::refresh()
{
    const GuestItem* guest = m_store.find(m_id);
    const bool runs = guest && guest->connection;
    const QString socket = runs && QFileInfo::exists(guest->connection->rfbSocketPath())
                               ? guest->connection->rfbSocketPath()
                               : QString();
    if (socket != m_socket || (socket.isEmpty() && m_console)) {
        delete m_console;
        m_socket = socket;
        if (!socket.isEmpty() && m_factory)
            makeConsole(socket);
    }
    applyPreferences();
    m_placeholder->setVisible(!m_console);
    m_start->setVisible(guest && !guest->isAlive() && guest->isStored);
    if (!runs)
        m_message->setText(tr("The guest is off."));
    else if (socket.isEmpty())
        m_message->setText(tr("The guest has no screen."));
    else
        m_message->setText(tr("This build has no console; use any VNC viewer on %1").arg(socket));
}

void ConsolePage::makeConsole(const QString& socket)
{
    const MadeConsole made = m_factory(socket, this);
    m_console = made.widget;
    m_controls = made.controls;
    m_layout->addWidget(m_console, 1);
    setFocusProxy(m_console);
    if (m_controls) {
        connect(m_controls, &ConsoleControls::leaveRequested, this, &ConsolePage::leaveRequested);
        connect(m_controls, &ConsoleControls::fullScreenRequested, this, &ConsolePage::fullScreenRequested);
    }
    if (isVisible())
        m_console->setFocus();
}

void ConsolePage::applyPreferences()
{
    const GuestItem* guest = m_store.find(m_id);
    if (guest && m_controls)
        m_controls->setScaling(effectiveScaling(guest->entry.guest.presentation));
}

} // namespace app

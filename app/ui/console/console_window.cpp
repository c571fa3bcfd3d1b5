// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/console/console_window.h"

#include "ui/detail/console_page.h"

#include <QShortcut>
#include <QTabBar>
#include <QTabWidget>

using namespace Qt::StringLiterals;

namespace app {

namespace {

constexpr const char* GuestProperty = "guestId";

} // namespace

ConsoleWindow::ConsoleWindow(GuestStore& store, ConsoleFactory factory, QWidget* parent)
    : QMainWindow(parent, Qt::Window), m_store(store), m_factory(std::move(factory)), m_tabs(new QTabWidget)
{
    setAttribute(Qt::WA_DeleteOnClose);
    setObjectName(u"consoleWindow"_s);
    m_tabs->setAccessibleName(tr("Screens of guests"));
    m_tabs->setDocumentMode(true);
    m_tabs->setTabsClosable(true);
    m_tabs->setMovable(true);
    m_tabs->setTabBarAutoHide(true);
    setCentralWidget(m_tabs);
    resize(800, 640);
    connect(m_tabs, &QTabWidget::tabCloseRequested, this, &ConsoleWindow::closeTab);
    connect(m_tabs, &QTabWidget::currentChanged, this, &ConsoleWindow::refresh);
    connect(&store, &GuestStore::itemChanged, this, &ConsoleWindow::refresh);
    connect(&store, &GuestStore::listChanged, this, &ConsoleWindow::refresh);
    // Plain Ctrl+W belongs to the guest.
    const auto shortcut = [this](const QString& keys, auto slot) {
        connect(new QShortcut(QKeySequence(keys), this), &QShortcut::activated, this, slot);
    };
    shortcut(u"Ctrl+Shift+W"_s, [this] { closeTab(m_tabs->currentIndex()); });
    shortcut(u"Ctrl+Alt+Return"_s, [this] { toggleFullScreen(); });
    shortcut(u"F11"_s, [this] { toggleFullScreen(); });
}

void ConsoleWindow::showGuest(const QString& id)
{
    if (const int known = indexOf(id); known >= 0)
        return m_tabs->setCurrentIndex(known);
    auto* screen = new ConsolePage(m_store, m_factory);
    screen->setProperty(GuestProperty, id);
    connect(screen, &ConsolePage::startRequested, this, [this, id] { m_store.start(id); });
    connect(screen, &ConsolePage::fullScreenRequested, this, &ConsoleWindow::toggleFullScreen);
    connect(screen, &ConsolePage::leaveRequested, this, [this] { m_tabs->tabBar()->setFocus(); });
    m_tabs->setCurrentIndex(m_tabs->addTab(screen, QString()));
    screen->setGuest(id);
    refresh();
    if (screen->console())
        screen->console()->setFocus();
}

ConsolePage* ConsoleWindow::page(int index) const
{
    return qobject_cast<ConsolePage*>(m_tabs->widget(index));
}

int ConsoleWindow::indexOf(const QString& id) const
{
    for (int i = 0; i < m_tabs->count(); ++i) {
        if (m_tabs->widget(i)->property(GuestProperty).toString() == id)
            return i;
    }
    return -1;
}

bool ConsoleWindow::has(const QString& id) const
{
    return indexOf(id) >= 0;
}

QString ConsoleWindow::currentGuest() const
{
    const QWidget* current = m_tabs->currentWidget();
    return current ? current->property(GuestProperty).toString() : QString();
}

void ConsoleWindow::closeTab(int index)
{
    if (index < 0)
        return;
    m_tabs->widget(index)->deleteLater();
    m_tabs->removeTab(index);
    if (m_tabs->count() == 0)
        close();
}

void ConsoleWindow::toggleFullScreen()
{
    isFullScreen() ? showNormal() : showFullScreen();
    m_tabs->tabBar()->setVisible(!isFullScreen() && m_tabs->count() > 1);
}

void ConsoleWindow::applyPreferences()
{
    for (int i = 0; i < m_tabs->count(); ++i)
        page(i)->applyPreferences();
}

void ConsoleWindow::refresh()
{
    for (int i = m_tabs->count() - 1; i >= 0; --i) {
        const GuestItem* guest = m_store.find(m_tabs->widget(i)->property(GuestProperty).toString());
        if (!guest) {
            closeTab(i); // a guest that was not stored has ended, or it was deleted
            continue;
        }
        m_tabs->setTabText(i, guest->name());
        m_tabs->setTabIcon(i, stateIcon(guest->state));
        if (i == m_tabs->currentIndex())
            setWindowTitle(tr("%1 – %2").arg(guest->name(), stateWord(guest->state)));
    }
}

} // namespace app

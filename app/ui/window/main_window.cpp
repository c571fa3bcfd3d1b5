// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/window/main_window.h"

#include "ui/console/console_window.h"
#include "ui/detail/detail_page.h"
#include "ui/guest_list/guest_list_panel.h"
#include "ui/look/icons.h"
#include "ui/settings/preferences.h"
#include "ui/settings/settings_page.h"
#include "ui/window/empty_page.h"
#include "ui/window/host_check_page.h"
#include "ui/window/machine_actions.h"
#include "ui/window/message_bar.h"
#include "wizards/medium_chooser.h"
#include "wizards/new_guest_wizard.h"

#include <QApplication>
#include <QCloseEvent>
#include <QMenu>
#include <QMenuBar>
#include <QMimeData>
#include <QScreen>
#include <QSettings>
#include <QSplitter>
#include <QStackedWidget>

using namespace Qt::StringLiterals;

namespace app {

MainWindow::MainWindow(WindowServices services, QWidget* parent)
    : QMainWindow(parent), m_store(services.store), m_services(std::move(services)),
      m_actions(new MachineActions(this)), m_list(new GuestListPanel(m_store)), m_stack(new QStackedWidget),
      m_loading(new QWidget), m_empty(new EmptyPage(!m_services.demoImage.empty())),
      m_detail(new DetailPage(m_store, m_services.host, m_services.console)),
      m_check(new HostCheckPage(m_services.hostCheck)), m_message(new MessageBar), m_jobs(new QVBoxLayout)
{
    setWindowTitle(tr("Guesthouse"));
    setAcceptDrops(true);
    resize(QSize(1080, 700).boundedTo(screen()->availableSize()));
    buildLayout();
    connectActions();
    connectInputActions();
    connectWindowActions();
    connectStore();
    restoreGeometry(QSettings().value(u"window/geometry"_s).toByteArray());
    refresh();
}

/// What the first picture need not wait for.
void MainWindow::finishStart()
{
    setWindowIcon(themeIcon(u"guesthouse"_s));
    m_actions->loadIcons();
    m_detail->loadIcons();
    buildTray();
    m_check->check();
}

void MainWindow::buildLayout()
{
    m_actions->fillMenuBar(menuBar());
    m_detail->setActions(m_actions->headerButtons());
    for (QWidget* page : {m_loading, static_cast<QWidget*>(m_empty), static_cast<QWidget*>(m_detail),
                          static_cast<QWidget*>(m_check)})
        m_stack->addWidget(page);
    auto* create = new QPushButton(themeIcon(u"list-add"_s), tr("New guest…"));
    create->setObjectName(u"newGuest"_s);
    connect(create, &QPushButton::clicked, m_actions->newGuest, &QAction::trigger);
    auto* left = new QWidget;
    auto* leftLayout = new QVBoxLayout(left);
    leftLayout->setContentsMargins(0, 0, 0, 6);
    leftLayout->addWidget(m_list);
    auto* createRow = new QHBoxLayout;
    createRow->setContentsMargins(6, 0, 0, 0);
    createRow->addWidget(create);
    leftLayout->addLayout(createRow);
    auto* right = new QWidget;
    auto* rightLayout = new QVBoxLayout(right);
    rightLayout->setContentsMargins(0, 0, 0, 0);
    rightLayout->setSpacing(0);
    rightLayout->addWidget(m_message);
    rightLayout->addWidget(m_stack, 1);
    rightLayout->addLayout(m_jobs);
    auto* splitter = new QSplitter;
    splitter->addWidget(left);
    splitter->addWidget(right);
    splitter->setStretchFactor(1, 1);
    splitter->setCollapsible(0, false);
    splitter->setCollapsible(1, false);
    splitter->setSizes({270, 810});
    setCentralWidget(splitter);
    connect(m_empty, &EmptyPage::newRequested, this, [this] { openWizard(); });
    connect(m_empty, &EmptyPage::demoRequested, this, &MainWindow::startDemo);
    connect(m_check, &HostCheckPage::closeRequested, this, [this] {
        m_isChecking = false;
        refresh();
    });
    connect(m_check, &HostCheckPage::checked, this, [this](bool isFine) {
        if (!isFine)
            showHostCheck();
    });
}

void MainWindow::connectStore()
{
    connect(m_list, &GuestListPanel::currentChanged, this, &MainWindow::selectGuest);
    connect(m_list, &GuestListPanel::activated, this, &MainWindow::activateGuest);
    connect(m_list, &GuestListPanel::contextMenuRequested, this, [this](const QPoint& position) {
        auto* menu = new QMenu(this);
        menu->setAttribute(Qt::WA_DeleteOnClose);
        m_actions->fillContextMenu(menu);
        menu->popup(position);
    });
    connect(m_detail, &DetailPage::startRequested, m_actions->start, &QAction::trigger);
    connect(m_detail, &DetailPage::restartRequested, m_actions->reset, &QAction::trigger);
    connect(m_detail, &DetailPage::adviceTaken, this, &MainWindow::takeAdvice);
    connect(&m_store, &GuestStore::loaded, this, &MainWindow::refresh);
    connect(&m_store, &GuestStore::listChanged, this, &MainWindow::refresh);
    connect(&m_store, &GuestStore::itemChanged, this, &MainWindow::refresh);
    connect(&m_store, &GuestStore::failed, this, &MainWindow::report);
    connect(&m_store, &GuestStore::ended, this,
            [this](const QString& name, const GuestPresentation& guest, bool hasFailed, const QString& why) {
                if (hasFailed)
                    report(tr("“%1” failed").arg(name), why);
                else if (!isActiveWindow() && m_tray.isVisible() && effectiveNotifies(guest))
                    m_tray.showMessage(tr("“%1” is off").arg(name), tr("The guest has shut down."),
                                       windowIcon());
            });
}

/// The window is a function of the store's state and of which guest is selected.
void MainWindow::refresh()
{
    const GuestItem* guest = current();
    m_actions->update(guest);
    if (m_isChecking)
        m_stack->setCurrentWidget(m_check);
    else if (!m_store.isLoaded())
        m_stack->setCurrentWidget(m_loading);
    else if (m_store.items().empty() || !guest)
        m_stack->setCurrentWidget(m_store.items().empty() ? static_cast<QWidget*>(m_empty) : m_loading);
    else
        m_stack->setCurrentWidget(m_detail);
    // With nothing to list the invitation has the window to itself.
    m_list->parentWidget()->setVisible(!isFullScreen() && !m_store.items().empty());
    const std::size_t alive = m_store.aliveCount();
    m_inhibitor.setActive(std::ranges::any_of(m_store.items(), [](const GuestItem& item) {
        return item.isAlive() && effectiveKeepsAwake(item.entry.guest.presentation);
    }));
    m_tray.setToolTip(tr("Guesthouse: %n guest(s) running", nullptr, static_cast<int>(alive)));
    setWindowTitle(guest ? tr("%1 – Guesthouse").arg(guest->name()) : tr("Guesthouse"));
}

void MainWindow::selectGuest(const QString& id)
{
    m_current = id;
    m_isChecking = false;
    if (!id.isEmpty())
        m_detail->setGuest(id);
    refresh();
}

void MainWindow::activateGuest(const QString& id)
{
    selectGuest(id);
    if (m_actions->start->isEnabled())
        m_store.start(id);
    m_detail->showTab(DetailPage::ConsoleTab);
}

void MainWindow::showHostCheck()
{
    m_isChecking = true;
    refresh();
}

void MainWindow::report(const QString& title, const QString& text)
{
    m_message->present(MessageBar::Kind::Error, title + u'\n' + text);
    if (!isActiveWindow() && m_tray.isVisible())
        m_tray.showMessage(title, text, QSystemTrayIcon::Warning);
}

QString MainWindow::message() const
{
    return m_message->text();
}

void MainWindow::openWizard(const QString& mediumPath, bool demo)
{
    const HostResources host = HostResources::ofThisComputer(m_store.root());
    auto* wizard = new wizards::NewGuestWizard(host, m_store.names(), !m_services.demoImage.empty(), this);
    wizard->setAttribute(Qt::WA_DeleteOnClose);
    if (!mediumPath.isEmpty())
        wizard->setMedium(mediumPath);
    if (demo)
        wizard->chooseDemo();
    connect(wizard, &QDialog::accepted, this, [this, wizard] { createGuest(wizard->draft()); });
    wizard->open();
}

/// One click from the empty window: what the wizard would propose, at once.
void MainWindow::startDemo()
{
    wizards::GuestDraft draft;
    draft.config.name = QCoreApplication::translate("GuestDraft", "Demo").toStdString();
    wizards::applyDemoDefaults(draft, HostResources::ofThisComputer(m_store.root()));
    createGuest(std::move(draft));
}

void MainWindow::buildTray()
{
    if (!QSystemTrayIcon::isSystemTrayAvailable())
        return;
    auto* menu = new QMenu(this);
    menu->addAction(tr("&Show Guesthouse"), this, [this] {
        show();
        raise();
        activateWindow();
    });
    menu->addAction(m_actions->quit);
    m_tray.setIcon(windowIcon());
    m_tray.setContextMenu(menu);
    connect(&m_tray, &QSystemTrayIcon::activated, this, [this](QSystemTrayIcon::ActivationReason reason) {
        if (reason == QSystemTrayIcon::Trigger)
            setVisible(!isVisible());
    });
    m_tray.show();
}

void MainWindow::closeEvent(QCloseEvent* event)
{
    QSettings settings;
    settings.setValue(u"window/geometry"_s, saveGeometry());
    if (m_services.launcher.runningCount() == 0) {
        event->accept();
        QApplication::quit();
        return;
    }
    event->ignore();
    if (preferences::closingKeepsRunning()) {
        m_tray.isVisible() ? hide() : showMinimized();
        return;
    }
    askAboutClosing(this, [this](QuitAnswer answer) {
        if (answer == QuitAnswer::KeepRunning)
            preferences::setClosingKeepsRunning(true);
        onQuitAnswer(answer);
    });
}

void MainWindow::dragEnterEvent(QDragEnterEvent* event)
{
    if (!wizards::MediumChooser::droppedFile(event->mimeData()).isEmpty())
        event->acceptProposedAction();
}

void MainWindow::dropEvent(QDropEvent* event)
{
    event->acceptProposedAction();
    openFile(wizards::MediumChooser::droppedFile(event->mimeData()));
}

void MainWindow::changeEvent(QEvent* event)
{
    if (event->type() == QEvent::PaletteChange)
        useIconThemeFor(palette());
    QMainWindow::changeEvent(event);
}

void MainWindow::paintEvent(QPaintEvent* event)
{
    QMainWindow::paintEvent(event);
    if (std::exchange(m_hasPainted, true))
        return;
    emit firstPainted();
    QTimer::singleShot(0, this, &MainWindow::finishStart);
}

} // namespace app

// SPDX-License-Identifier: GPL-3.0-or-later
// What the window's commands do.
#include "ui/detail/console_page.h"
#include "ui/detail/detail_page.h"
#include "ui/guest_list/guest_list_panel.h"
#include "ui/look/icons.h"
#include "ui/window/command_palette.h"
#include "ui/window/host_check_page.h"
#include "ui/window/machine_actions.h"
#include "ui/window/main_window.h"
#include "ui/window/message_bar.h"
#include "wizards/command_text.h"
#include "wizards/medium_chooser.h"
#include "wizards/when_done.h"

#include <QApplication>
#include <QClipboard>
#include <QDesktopServices>
#include <QFileDialog>
#include <QMenuBar>
#include <QMessageBox>
#include <QSettings>
#include <QUrl>

using namespace Qt::StringLiterals;

namespace app {

namespace {

template <class Function>
void onTrigger(QAction* action, MainWindow* window, Function&& function)
{
    QObject::connect(action, &QAction::triggered, window, std::forward<Function>(function));
}

} // namespace

void MainWindow::connectActions()
{
    MachineActions& a = *m_actions;
    onTrigger(a.newGuest, this, [this] { openWizard(); });
    onTrigger(a.openExternal, this, [this] { addExternal(); });
    onTrigger(a.start, this, [this] {
        m_store.start(m_current);
        m_detail->showTab(DetailPage::ConsoleTab);
    });
    onTrigger(a.pause, this, [this] { m_store.pause(m_current); });
    onTrigger(a.resume, this, [this] { m_store.resume(m_current); });
    onTrigger(a.shutDown, this, [this] { m_store.requestShutdown(m_current); });
    onTrigger(a.reset, this, [this] { askReset(); });
    onTrigger(a.kill, this, [this] {
        confirm(tr("Force this guest off?"), tr("It is like pulling the plug. Try “Shut down” first."),
                tr("&Force off"), this, [this, id = m_current] { m_store.kill(id); });
    });
    onTrigger(a.rename, this, [this] { askRename(); });
    onTrigger(a.remove, this, [this] { deleteGuest(m_current); });
    onTrigger(a.openFolder, this, [this] {
        if (const GuestItem* guest = current())
            QDesktopServices::openUrl(
                QUrl::fromLocalFile(QString::fromStdString(guest->entry.folder.string())));
    });
    onTrigger(a.copyCommand, this, [this] { copyCommand(); });
    onTrigger(a.quit, this, [this] {
        const std::size_t own = m_services.launcher.runningCount();
        if (own == 0)
            return QApplication::quit();
        askBeforeQuit(own, this, [this](QuitAnswer answer) { onQuitAnswer(answer); });
    });
    onTrigger(a.overview, this, [this] { m_detail->showTab(DetailPage::OverviewTab); });
    onTrigger(a.console, this, [this] { m_detail->showTab(DetailPage::ConsoleTab); });
    onTrigger(a.settings, this, [this] { m_detail->showTab(DetailPage::SettingsTab); });
    onTrigger(a.log, this, [this] { m_detail->showTab(DetailPage::LogTab); });
    onTrigger(a.search, this, [this] { m_list->focusSearch(); });
}

void MainWindow::connectInputActions()
{
    MachineActions& a = *m_actions;
    connect(m_actions, &MachineActions::keysChosen, this,
            [this](const QString& keys) { m_store.send(m_current, u"keys"_s, {{"keys"_L1, keys}}); });
    onTrigger(a.fullScreen, this, [this] { toggleFullScreen(); });
    a.darkColours->setChecked(isDark(QApplication::palette()));
    connect(a.darkColours, &QAction::toggled, this, &MainWindow::setDark);
    onTrigger(a.ctrlAltDelete, this,
              [this] { m_store.send(m_current, u"keys"_s, {{"keys"_L1, u"ctrl-alt-delete"_s}}); });
    onTrigger(a.typeClipboard, this, [this] { typeClipboard(); });
    onTrigger(a.screenshot, this, [this] { savePicture(); });
    onTrigger(a.insertCd, this, [this] { chooseCd(); });
    onTrigger(a.ejectCd, this, [this] { takeAdvice(CoachAction::EjectCd); });
    onTrigger(a.palette, this, [this] { openPalette(); });
    onTrigger(a.shortcuts, this, [this] { makeShortcutOverlay(m_actions->all(), this)->open(); });
    onTrigger(a.checkComputer, this, [this] {
        showHostCheck();
        m_check->check();
    });
    onTrigger(a.about, this, [this] {
        auto* box = new QMessageBox(QMessageBox::NoIcon, tr("About Guesthouse"),
                                    tr("Guesthouse %1").arg(QApplication::applicationVersion()),
                                    QMessageBox::Close, this);
        box->setInformativeText(
            tr("Virtual machines for the Linux desktop. Free software under the GNU General "
               "Public License, version 3 or later."));
        box->setIconPixmap(windowIcon().pixmap(64));
        box->setAttribute(Qt::WA_DeleteOnClose);
        box->open();
    });
}

/// A reset alone keeps the hardware that the guest began with, which is not what somebody wants who
/// has just changed it.
void MainWindow::askReset()
{
    const GuestItem* guest = current();
    if (!guest)
        return;
    const QString loss = tr("What it has not written to its disk is lost.");
    if (guest->needsRestart())
        confirm(tr("Restart this guest with its new settings?"), loss, tr("&Restart"), this,
                [this, id = guest->id] { restart(id); });
    else
        confirm(tr("Reset this guest?"), loss, tr("&Reset"), this,
                [this, id = guest->id] { m_store.reset(id); });
}

void MainWindow::takeAdvice(CoachAction action)
{
    const QString id = m_current;
    switch (action) {
    case CoachAction::None: return;
    case CoachAction::ChooseMedium: return chooseCd();
    case CoachAction::UseBios: changeAndRestart(id, engine::FirmwareKind::SeaBios); return;
    case CoachAction::UseUefi: changeAndRestart(id, engine::FirmwareKind::Ovmf); return;
    case CoachAction::Restart: return m_store.reset(id);
    case CoachAction::ShowLog: return m_detail->showTab(DetailPage::LogTab);
    case CoachAction::OpenFolder: return m_actions->openFolder->trigger();
    case CoachAction::EjectCd: break;
    }
    const GuestItem* guest = current();
    if (!guest || guest->entry.guest.config.cds.empty())
        return;
    if (guest->connection)
        m_store.send(id, u"cd"_s, {{"drive"_L1, 0}, {"path"_L1, QString()}});
    GuestEntry entry = guest->entry;
    entry.guest.config.cds[0].path.clear();
    m_store.save(entry);
}

void MainWindow::chooseCd()
{
    auto* dialog = new QFileDialog(this, tr("Insert a CD"), {}, wizards::MediumChooser::fileFilter());
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::ExistingFile);
    connect(dialog, &QFileDialog::fileSelected, this, [this, id = m_current](const QString& path) {
        const GuestItem* guest = m_store.find(id);
        if (!guest || guest->entry.guest.config.cds.empty())
            return;
        if (guest->connection)
            m_store.send(id, u"cd"_s, {{"drive"_L1, 0}, {"path"_L1, path}});
        GuestEntry entry = guest->entry;
        entry.guest.config.cds[0].path = path.toStdString();
        if (guest->isStored)
            m_store.save(entry);
    });
    dialog->open();
}

void MainWindow::savePicture()
{
    auto* dialog = new QFileDialog(this, tr("Save the picture as"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->setDefaultSuffix(u"png"_s);
    dialog->setNameFilter(tr("Pictures (*.png)"));
    connect(dialog, &QFileDialog::fileSelected, this, [this, id = m_current](const QString& path) {
        m_store.send(id, u"screenshot"_s, {{"path"_L1, path}});
    });
    dialog->open();
}

void MainWindow::typeClipboard()
{
    const QString text = QApplication::clipboard()->text();
    if (!text.isEmpty())
        m_store.send(m_current, u"type"_s, {{"text"_L1, text}});
}

void MainWindow::askRename()
{
    if (const GuestItem* guest = current())
        askForName(tr("Rename “%1”").arg(guest->name()), guest->name(), m_store.names(), this,
                   [this, id = guest->id](const QString& name) {
                       wizards::whenDone(
                           m_store.rename(id, name), this, [this](const engine::Result<GuestEntry>& renamed) {
                               if (!renamed)
                                   report(tr("The guest was not renamed"), errorText(renamed.error()));
                           });
                   });
}

void MainWindow::copyCommand()
{
    if (const GuestItem* guest = current())
        QApplication::clipboard()->setText(
            wizards::shellCommand({u"guesthouse"_s, u"start"_s, guest->name()}));
}

void MainWindow::addExternal()
{
    auto* dialog = new QFileDialog(this, tr("Add a guest's folder"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::Directory);
    connect(dialog, &QFileDialog::fileSelected, this, [this](const QString& path) {
        const TrashedGuest forgotten{.original = path.toStdString(), .trashed = {}, .infoFile = {}};
        wizards::whenDone(m_store.restore(forgotten), this, [this](const engine::Result<GuestEntry>& added) {
            if (!added)
                report(tr("This folder cannot be used as a guest"), errorText(added.error()));
        });
    });
    dialog->open();
}

void MainWindow::openPalette()
{
    auto* palette = new CommandPalette(this);
    palette->addActions(m_actions->all());
    for (const GuestItem& guest : m_store.items())
        palette->addEntry(
            {tr("Go to “%1”").arg(guest.name()), {}, stateIcon(guest.state), [this, id = guest.id] {
                 m_list->select(id);
             }});
    palette->open();
}

void MainWindow::toggleFullScreen()
{
    const bool enter = !isFullScreen();
    enter ? showFullScreen() : showNormal();
    // Only the guest's screen stays.
    menuBar()->setVisible(!enter);
    refresh();
    if (enter)
        m_detail->showTab(DetailPage::ConsoleTab);
}

void MainWindow::setDark(bool dark)
{
    const QPalette palette = dark ? darkPalette() : QPalette(QColor(0xEF, 0xF0, 0xF1));
    QSettings().setValue(u"look/dark"_s, dark);
    useIconThemeFor(palette);
    QApplication::setPalette(palette);
}

void MainWindow::onQuitAnswer(QuitAnswer answer)
{
    switch (answer) {
    case QuitAnswer::Cancel: return;
    case QuitAnswer::KeepRunning: m_tray.isVisible() ? hide() : showMinimized(); return;
    case QuitAnswer::ShutDownAll: shutDownAndQuit(); return;
    case QuitAnswer::ForceOffAll: QApplication::quit(); return;
    }
}

} // namespace app

// SPDX-License-Identifier: GPL-3.0-or-later
// What the window does with whole guests and with its other windows.
#include "library/guest_clone.h"
#include "ui/console/console_window.h"
#include "ui/detail/console_page.h"
#include "ui/detail/detail_page.h"
#include "ui/guest_list/guest_list_panel.h"
#include "ui/settings/preferences_dialog.h"
#include "ui/window/machine_actions.h"
#include "ui/window/main_window.h"
#include "ui/window/user_guide.h"
#include "wizards/clone_dialog.h"
#include "wizards/medium_chooser.h"
#include "wizards/when_done.h"

#include <QApplication>
#include <QFileDialog>

using namespace Qt::StringLiterals;

namespace app {

namespace {

/// Why the guest's disks cannot be shared with a linked copy; empty: they can.
QString linkedProblem(const GuestEntry& entry)
{
    for (const engine::DiskConfig& disk : entry.guest.config.disks) {
        const auto inside = std::filesystem::path(disk.path).lexically_relative(entry.folder);
        if (inside.empty() || *inside.begin() == "..")
            return MainWindow::tr("Not possible: a disk lies outside of the guest's folder.");
        if (disk.format != "qcow2")
            return MainWindow::tr("Not possible: a disk is not in the format qcow2.");
    }
    return entry.guest.config.disks.empty() ? MainWindow::tr("There is no disk that could be shared.")
                                            : QString();
}

bool isArchive(const QString& path)
{
    return path.endsWith(".tar"_L1) || path.endsWith(".tar.gz"_L1) || path.endsWith(".tar.zst"_L1);
}

} // namespace

void MainWindow::connectWindowActions()
{
    MachineActions& a = *m_actions;
    const auto on = [this](QAction* action, auto&& function) {
        connect(action, &QAction::triggered, this, std::forward<decltype(function)>(function));
    };
    on(a.importFile, [this] { chooseImport(); });
    on(a.exportFile, [this] { askExport(); });
    on(a.clone, [this] { askClone(); });
    on(a.favourite, [this] { toggleFavourite(); });
    on(a.ownWindow, [this] { openConsole(m_current, false); });
    on(a.ownTab, [this] { openConsole(m_current, true); });
    on(a.leaveConsole, [this] { focusList(); });
    on(a.preferences, [this] { showPreferences(); });
    on(a.userGuide, [this] { showUserGuide(); });
    connect(m_detail->console(), &ConsolePage::leaveRequested, this, &MainWindow::focusList);
    connect(m_detail->console(), &ConsolePage::fullScreenRequested, this, &MainWindow::toggleFullScreen);
}

void MainWindow::focusList()
{
    if (isFullScreen())
        toggleFullScreen();
    m_list->focusList();
}

void MainWindow::openFile(const QString& path)
{
    if (isArchive(path))
        importGuest(path);
    else
        openWizard(path);
}

void MainWindow::chooseImport()
{
    auto* dialog = new QFileDialog(this, tr("Import an appliance, a disk or an exported guest"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::ExistingFile);
    dialog->setNameFilters({tr("Appliances, disks and exported guests (*.ova *.ovf *.vmdk *.vdi *.vhd *.vhdx "
                               "*.qcow2 *.img *.raw *.tar *.tar.gz *.tar.zst)"),
                            tr("All files (*)")});
    connect(dialog, &QFileDialog::fileSelected, this, &MainWindow::openFile);
    dialog->open();
}

void MainWindow::askExport()
{
    const GuestItem* guest = current();
    if (!guest)
        return;
    auto* dialog = new QFileDialog(this, tr("Export “%1” to").arg(guest->name()));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->setNameFilter(tr("Exported guests (*.tar.zst)"));
    dialog->selectFile(guest->name() + ".tar.zst"_L1);
    connect(dialog, &QFileDialog::fileSelected, this, [this, id = guest->id](const QString& path) {
        // The dialogue has asked whether an existing file may go.
        QFile::remove(path);
        exportGuest(id, isArchive(path) ? path : path + ".tar.zst"_L1);
    });
    dialog->open();
}

void MainWindow::askClone()
{
    const GuestItem* guest = current();
    if (!guest)
        return;
    QString proposal = tr("%1 (copy)").arg(guest->name());
    const QStringList taken = m_store.names();
    for (int number = 2; taken.contains(proposal, Qt::CaseInsensitive); ++number)
        proposal = tr("%1 (copy %2)").arg(guest->name()).arg(number);
    auto* dialog = new wizards::CloneDialog({.originalName = guest->name(),
                                             .proposal = proposal,
                                             .copiedBytes = bytesToClone(guest->entry),
                                             .linkedProblem = linkedProblem(guest->entry)},
                                            taken, this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(dialog, &QDialog::accepted, this, [this, dialog, id = guest->id] {
        cloneGuest(id, dialog->name(), dialog->isLinked() ? CloneKind::Linked : CloneKind::Full);
    });
    dialog->open();
}

void MainWindow::toggleFavourite()
{
    const GuestItem* guest = current();
    if (!guest || !guest->isStored || guest->entry.problem)
        return;
    GuestEntry entry = guest->entry;
    entry.guest.presentation.favourite = !entry.guest.presentation.favourite;
    wizards::whenDone(m_store.save(entry), this, [this](const engine::Result<GuestEntry>& saved) {
        if (!saved)
            report(tr("The settings were not stored"), errorText(saved.error()));
    });
}

void MainWindow::openConsole(const QString& id, bool asTab)
{
    if (id.isEmpty())
        return;
    m_consoles.removeIf([](const QPointer<ConsoleWindow>& window) { return window.isNull(); });
    for (const QPointer<ConsoleWindow>& window : m_consoles) {
        if (window->has(id)) {
            window->showGuest(id);
            window->raise();
            return window->activateWindow();
        }
    }
    if (!asTab || m_consoles.isEmpty()) {
        auto* window = new ConsoleWindow(m_store, m_services.console);
        window->setWindowIcon(windowIcon());
        // It goes with this one, but has a place of its own on the desktop.
        connect(this, &QObject::destroyed, window, &QObject::deleteLater);
        m_consoles << window;
    }
    ConsoleWindow* window = m_consoles.last();
    window->showGuest(id);
    window->show();
    window->raise();
    window->activateWindow();
}

void MainWindow::showPreferences()
{
    auto* dialog = new PreferencesDialog(m_actions->darkColours->isChecked(), this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(dialog, &PreferencesDialog::darkChosen, m_actions->darkColours, &QAction::setChecked);
    connect(dialog, &PreferencesDialog::changed, this, &MainWindow::applyPreferences);
    dialog->open();
}

void MainWindow::applyPreferences()
{
    m_detail->console()->applyPreferences();
    for (const QPointer<ConsoleWindow>& window : m_consoles) {
        if (window)
            window->applyPreferences();
    }
    refresh();
}

void MainWindow::showUserGuide()
{
    auto* guide = new UserGuide(this);
    guide->setAttribute(Qt::WA_DeleteOnClose);
    guide->show();
}

} // namespace app

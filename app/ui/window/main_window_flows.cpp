// SPDX-License-Identifier: GPL-3.0-or-later
// Work of the window that takes a while, as coroutines. After each co_await the window may be gone.
#include "ui/detail/detail_page.h"
#include "ui/guest_list/guest_list_panel.h"
#include "ui/window/job_bar.h"
#include "ui/window/machine_actions.h"
#include "ui/window/main_window.h"
#include "ui/window/message_bar.h"

#include <QApplication>
#include <QCoroFuture>
#include <QCoroTimer>
#include <QFileInfo>
#include <QStackedWidget>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace app {

namespace {

constexpr auto ShutdownPatience = 60s;
constexpr auto RestartPatience = 15s;
constexpr auto PollStep = 200ms;

} // namespace

QWidget* MainWindow::showJob(const QString& text, const std::shared_ptr<LibraryJob>& job)
{
    auto* bar = new JobBar(text, job, this);
    m_jobs->addWidget(bar);
    return bar;
}

QCoro::Task<> MainWindow::createGuest(wizards::GuestDraft draft)
{
    const QPointer<MainWindow> self(this);
    const auto job = std::make_shared<LibraryJob>();
    if (draft.isDemo)
        draft.config.cds.assign(1, {.path = m_services.demoImage.string()});
    const bool startNow = draft.startNow;
    const QString name = QString::fromStdString(draft.config.name);
    const QPointer<QWidget> bar = showJob(tr("Creating “%1”…").arg(name), job);
    const engine::Result<GuestEntry> made = co_await m_store.create(std::move(draft), job);
    if (!self)
        co_return;
    delete bar.data();
    if (!made) {
        if (made.error().code != engine::ErrorCode::Cancelled)
            report(tr("“%1” was not created").arg(name), errorText(made.error()));
        co_return;
    }
    const QString id = QString::fromStdString(made->id());
    co_await selectWhenListed(id);
    if (!self)
        co_return;
    if (startNow) {
        m_store.start(id);
        m_detail->showTab(DetailPage::ConsoleTab);
    }
}

QCoro::Task<> MainWindow::selectWhenListed(QString id)
{
    const QPointer<MainWindow> self(this);
    // The store reads the library anew after a change; the row comes with that.
    for (auto waited = 0ms; !m_store.find(id) && waited < 5s; waited += PollStep) {
        co_await QCoro::sleepFor(PollStep);
        if (!self)
            co_return;
    }
    m_list->select(id);
}

QCoro::Task<> MainWindow::cloneGuest(QString id, QString name, CloneKind kind)
{
    const QPointer<MainWindow> self(this);
    const auto job = std::make_shared<LibraryJob>();
    const QPointer<QWidget> bar = showJob(tr("Cloning to “%1”…").arg(name), job);
    const engine::Result<GuestEntry> made = co_await m_store.clone(id, name, kind, job);
    if (!self)
        co_return;
    delete bar.data();
    if (!made && made.error().code != engine::ErrorCode::Cancelled)
        report(tr("The guest was not cloned"), errorText(made.error()));
    if (!made)
        co_return;
    const QString copy = QString::fromStdString(made->id());
    co_await selectWhenListed(copy);
}

QCoro::Task<> MainWindow::importGuest(QString file)
{
    const QPointer<MainWindow> self(this);
    const auto job = std::make_shared<LibraryJob>();
    const QPointer<QWidget> bar = showJob(tr("Importing %1…").arg(QFileInfo(file).fileName()), job);
    const engine::Result<GuestEntry> made = co_await m_store.importGuest(file, job);
    if (!self)
        co_return;
    delete bar.data();
    if (!made && made.error().code != engine::ErrorCode::Cancelled)
        report(tr("The guest was not imported"), errorText(made.error()));
    if (!made)
        co_return;
    const QString id = QString::fromStdString(made->id());
    co_await selectWhenListed(id);
}

QCoro::Task<> MainWindow::exportGuest(QString id, QString file)
{
    const QPointer<MainWindow> self(this);
    const GuestItem* guest = m_store.find(id);
    if (!guest)
        co_return;
    const QString name = guest->name();
    const auto job = std::make_shared<LibraryJob>();
    const QPointer<QWidget> bar = showJob(tr("Exporting “%1”…").arg(name), job);
    const engine::Result<> done = co_await m_store.exportGuest(id, file, job);
    if (!self)
        co_return;
    delete bar.data();
    if (done)
        m_message->present(MessageBar::Kind::Information, tr("“%1” was exported to %2.").arg(name, file));
    else if (done.error().code != engine::ErrorCode::Cancelled)
        report(tr("“%1” was not exported").arg(name), errorText(done.error()));
}

QCoro::Task<> MainWindow::deleteGuest(QString id)
{
    const QPointer<MainWindow> self(this);
    const GuestItem* guest = m_store.find(id);
    if (!guest || guest->isAlive())
        co_return;
    const QString name = guest->name();
    const engine::Result<TrashedGuest> trashed = co_await m_store.moveToTrash(id);
    if (!self)
        co_return;
    if (!trashed) {
        report(tr("“%1” was not deleted").arg(name), errorText(trashed.error()));
        co_return;
    }
    const QString text = trashed->trashed.empty()
                             ? tr("“%1” is no longer listed; its files stay where they are.").arg(name)
                             : tr("“%1” was moved to the trash.").arg(name);
    m_message->present(MessageBar::Kind::Information, text, tr("&Undo"),
                       [this, guest = *trashed] { undoDelete(guest); });
}

QCoro::Task<> MainWindow::undoDelete(TrashedGuest guest)
{
    const QPointer<MainWindow> self(this);
    const engine::Result<GuestEntry> restored = co_await m_store.restore(guest);
    if (!self)
        co_return;
    if (!restored)
        report(tr("The guest could not be restored"), errorText(restored.error()));
    else
        m_list->select(QString::fromStdString(restored->id()));
}

QCoro::Task<> MainWindow::changeAndRestart(QString id, engine::FirmwareKind firmware)
{
    const QPointer<MainWindow> self(this);
    const GuestItem* guest = m_store.find(id);
    if (!guest || !guest->isStored)
        co_return;
    GuestEntry entry = guest->entry;
    entry.guest.config.firmware.kind = firmware;
    if (firmware == engine::FirmwareKind::Ovmf)
        entry.guest.config.firmware.variablesPath = (entry.folder / "nvram.fd").string();
    const engine::Result<GuestEntry> saved = co_await m_store.save(entry);
    if (!self)
        co_return;
    if (!saved) {
        report(tr("The settings were not stored"), errorText(saved.error()));
        co_return;
    }
    // The list has the new settings a moment later.
    for (auto waited = 0ms; waited < RestartPatience; waited += PollStep) {
        const GuestItem* now = m_store.find(id);
        if (!now || now->entry.guest.config.firmware.kind == firmware)
            break;
        co_await QCoro::sleepFor(PollStep);
        if (!self)
            co_return;
    }
    co_await restart(id);
}

/// Off and on again: unlike a reset it changes the hardware.
QCoro::Task<> MainWindow::restart(QString id)
{
    const QPointer<MainWindow> self(this);
    m_store.kill(id);
    for (auto waited = 0ms; waited < RestartPatience; waited += PollStep) {
        const GuestItem* now = m_store.find(id);
        if (!now)
            co_return;
        if (!now->isAlive()) {
            m_store.start(id);
            if (id == m_current)
                m_detail->showTab(DetailPage::ConsoleTab);
            co_return;
        }
        co_await QCoro::sleepFor(PollStep);
        if (!self)
            co_return;
    }
    report(tr("The guest was not restarted"), tr("It does not end. Try “Force off” and start it again."));
}

QCoro::Task<bool> MainWindow::shutDownAll()
{
    const QPointer<MainWindow> self(this);
    for (const GuestItem& guest : m_store.items()) {
        if (guest.state == GuestState::Paused)
            m_store.resume(guest.id); // a paused guest cannot hear the power button
        if (guest.isAlive())
            m_store.requestShutdown(guest.id);
    }
    for (auto waited = 0ms; waited < ShutdownPatience; waited += PollStep) {
        if (m_services.launcher.runningCount() == 0)
            co_return true;
        co_await QCoro::sleepFor(PollStep);
        if (!self)
            co_return false;
    }
    co_return false;
}

QCoro::Task<> MainWindow::shutDownAndQuit()
{
    const QPointer<MainWindow> self(this);
    m_message->present(MessageBar::Kind::Information, tr("Waiting for the guests to shut down…"));
    const bool allEnded = co_await shutDownAll();
    if (!self)
        co_return;
    if (allEnded) {
        QApplication::quit();
        co_return;
    }
    report(tr("Some guests did not shut down"),
           tr("They may wait for an answer on their screen. Quit again to force them off."));
}

} // namespace app

// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/state/guest_store.h"

#include "library/disk_growth.h"
#include "library/guest_archive.h"
#include "library/guest_clone.h"

#include <QtConcurrentRun>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace app {

using engine::Result;

namespace {

constexpr auto RescanDelay = 150ms;
constexpr auto FrameInterval = 4s;
constexpr int LaunchThreads = 4;
constexpr int JobThreads = 2;

QString toQString(const std::filesystem::path& path)
{
    return QString::fromStdString(path.string());
}

DiskProgress reporting(const std::shared_ptr<LibraryJob>& job)
{
    return [job](std::uint64_t done, std::uint64_t total) {
        job->bytesTotal = total;
        job->bytesDone = done;
        return !job->isCancelled;
    };
}

} // namespace

GuestStore::GuestStore(std::filesystem::path libraryRoot, const QString& runtimeFolder,
                       GuestLauncher& launcher, DiskTool& disks, QObject* parent)
    : QObject(parent), m_root(std::move(libraryRoot)), m_launcher(launcher), m_disks(disks),
      m_running(runtimeFolder)
{
    m_worker.setMaxThreadCount(1);
    m_jobs.setMaxThreadCount(JobThreads);
    m_launchers.setMaxThreadCount(LaunchThreads);
    m_rescanSoon.setSingleShot(true);
    m_rescanSoon.setInterval(RescanDelay);
    connect(&m_rescanSoon, &QTimer::timeout, this, &GuestStore::rescan);
    connect(&m_watcher, &QFileSystemWatcher::directoryChanged, &m_rescanSoon, qOverload<>(&QTimer::start));
    connect(&m_running, &RunningGuests::appeared, this, &GuestStore::onAppeared);
    connect(&m_running, &RunningGuests::disappeared, this, &GuestStore::onDisappeared);
    connect(&m_frameTimer, &QTimer::timeout, this, &GuestStore::refreshFrames);
    m_frameTimer.start(FrameInterval);
    rescan();
}

GuestStore::~GuestStore()
{
    m_worker.waitForDone();
    m_jobs.waitForDone();
    m_launchers.waitForDone();
}

const GuestItem* GuestStore::find(const QString& id) const
{
    const auto found = std::ranges::find(m_items, id, &GuestItem::id);
    return found == m_items.end() ? nullptr : &*found;
}

GuestItem* GuestStore::item(const QString& id)
{
    const auto found = std::ranges::find(m_items, id, &GuestItem::id);
    return found == m_items.end() ? nullptr : &*found;
}

QStringList GuestStore::names() const
{
    QStringList names;
    for (const GuestItem& guest : m_items)
        names << guest.name();
    return names;
}

QStringList GuestStore::groups() const
{
    QStringList groups;
    for (const GuestItem& guest : m_items) {
        if (!guest.group().isEmpty() && !groups.contains(guest.group()))
            groups << guest.group();
    }
    groups.sort(Qt::CaseInsensitive);
    return groups;
}

std::size_t GuestStore::aliveCount() const
{
    return static_cast<std::size_t>(std::ranges::count_if(m_items, &GuestItem::isAlive));
}

template <class Work>
auto GuestStore::onWorker(Work&& work)
{
    return onPool(m_worker, std::forward<Work>(work));
}

template <class Work>
auto GuestStore::onPool(QThreadPool& pool, Work&& work)
{
    using Outcome = std::invoke_result_t<Work, GuestLibrary&>;
    return QtConcurrent::run(&pool, [root = m_root, work = std::forward<Work>(work)]() mutable -> Outcome {
        auto library = GuestLibrary::open(root);
        if (!library)
            return std::unexpected(library.error());
        return work(*library);
    });
}

void GuestStore::rescan()
{
    if (m_isScanning) {
        m_scanAgain = true;
        return;
    }
    m_isScanning = true;
    onWorker([](GuestLibrary& library) {
        return library.scan();
    }).then(this, [this](const Result<std::vector<GuestEntry>>& entries) {
        m_isScanning = false;
        if (entries)
            take(*entries);
        else
            emit failed(tr("The guests cannot be read"), errorText(entries.error()));
        if (!m_isLoaded) {
            m_isLoaded = true;
            emit loaded();
        }
        if (std::exchange(m_scanAgain, false))
            m_rescanSoon.start();
    });
}

void GuestStore::take(std::vector<GuestEntry> entries)
{
    std::vector<GuestItem> fresh;
    for (GuestEntry& entry : entries) {
        const QString id = QString::fromStdString(entry.id());
        GuestItem next;
        if (GuestItem* known = item(id))
            next = std::move(*known);
        next.id = id;
        next.isStored = true;
        if (entry.problem) {
            next.state = GuestState::Damaged;
            next.failure = errorText(*entry.problem);
        } else if (next.state == GuestState::Damaged) {
            next.state = GuestState::Off;
            next.failure.clear();
        }
        next.entry = std::move(entry);
        fresh.push_back(std::move(next));
    }
    // Guests that somebody runs without storing them stay as long as they run.
    for (GuestItem& guest : m_items) {
        if (!guest.id.isEmpty() && !guest.isStored && guest.connection)
            fresh.push_back(std::move(guest));
    }
    emit listAboutToChange();
    m_items = std::move(fresh);
    emit listChanged();
    for (const QString& id : m_running.guestIds()) {
        if (const GuestItem* guest = find(id); !guest || !guest->connection)
            onAppeared(id, m_running.connection(id));
    }
    for (const GuestItem& guest : m_items) {
        if (guest.frame.isNull() && !guest.connection && guest.isStored)
            loadFrame(guest.id, toQString(guest.entry.lastFramePath()));
    }
    watch();
}

void GuestStore::watch()
{
    QStringList wanted{toQString(m_root)};
    for (const GuestItem& guest : m_items) {
        if (guest.isStored)
            wanted << toQString(guest.entry.folder);
    }
    const QStringList watched = m_watcher.directories();
    for (const QString& folder : watched) {
        if (!wanted.contains(folder))
            m_watcher.removePath(folder);
    }
    for (const QString& folder : wanted) {
        if (!watched.contains(folder))
            m_watcher.addPath(folder);
    }
}

GuestStore::EntryFuture GuestStore::thenRescan(EntryFuture future)
{
    future.then(this, [this](const Result<GuestEntry>&) { rescan(); });
    return future;
}

GuestStore::EntryFuture GuestStore::create(NewGuest guest, std::shared_ptr<LibraryJob> job)
{
    return thenRescan(
        onPool(m_jobs, [this, guest = std::move(guest), job = std::move(job)](GuestLibrary& library) {
            return makeGuest(library, m_disks, guest, reporting(job));
        }));
}

GuestStore::EntryFuture GuestStore::clone(const QString& id, const QString& name, CloneKind kind,
                                          std::shared_ptr<LibraryJob> job)
{
    return thenRescan(onPool(m_jobs,
                             [this, id = id.toStdString(), name = name.toStdString(), kind,
                              job = std::move(job)](GuestLibrary& library) -> Result<GuestEntry> {
                                 const GuestEntry entry = VM_TRY(library.find(id));
                                 if (kind == CloneKind::Linked)
                                     return linkedClone(library, m_disks, entry, name);
                                 job->bytesTotal = bytesToClone(entry);
                                 return library.clone(entry, name, [job](std::uint64_t done) {
                                     job->bytesDone = done;
                                     return !job->isCancelled;
                                 });
                             }));
}

GuestStore::EntryFuture GuestStore::importGuest(const QString& file, std::shared_ptr<LibraryJob> job)
{
    return thenRescan(
        onPool(m_jobs, [file = file.toStdString(), job = std::move(job)](GuestLibrary& library) {
            return app::importGuest(library, file, {}, reporting(job));
        }));
}

GuestStore::VoidFuture GuestStore::exportGuest(const QString& id, const QString& file,
                                               std::shared_ptr<LibraryJob> job)
{
    return onPool(m_jobs,
                  [id = id.toStdString(), file = file.toStdString(),
                   job = std::move(job)](GuestLibrary& library) -> Result<> {
                      return app::exportGuest(VM_TRY(library.find(id)), file, reporting(job));
                  });
}

GuestStore::EntryFuture GuestStore::rename(const QString& id, const QString& name)
{
    return thenRescan(onWorker(
        [id = id.toStdString(), name = name.toStdString()](GuestLibrary& library) -> Result<GuestEntry> {
            const GuestEntry entry = VM_TRY(library.find(id));
            return library.rename(entry, name);
        }));
}

GuestStore::EntryFuture GuestStore::save(const GuestEntry& entry)
{
    const GuestItem* guest = find(QString::fromStdString(entry.id()));
    const bool isOff = guest && !guest->isAlive();
    return thenRescan(onWorker([this, entry, isOff](GuestLibrary& library) -> Result<GuestEntry> {
        const GuestEntry saved = VM_TRY(library.save(entry));
        if (!isOff)
            return saved;
        auto grown = growPendingDisks(library, m_disks, saved);
        if (grown)
            return grown;
        // A wish that cannot come true would be in the way of every start.
        GuestEntry without = saved;
        without.guest.pendingDiskBytes.clear();
        VM_TRY(library.save(without));
        return grown;
    }));
}

GuestStore::EntryFuture GuestStore::restore(const TrashedGuest& guest)
{
    return thenRescan(onWorker([guest](GuestLibrary& library) { return library.restore(guest); }));
}

QFuture<Result<TrashedGuest>> GuestStore::moveToTrash(const QString& id)
{
    auto future = onWorker([id = id.toStdString()](GuestLibrary& library) -> Result<TrashedGuest> {
        const GuestEntry entry = VM_TRY(library.find(id));
        return library.moveToTrash(entry);
    });
    future.then(this, [this](const Result<TrashedGuest>&) { rescan(); });
    return future;
}

QFuture<std::vector<std::uint64_t>> GuestStore::diskCapacities(const QString& id)
{
    const GuestItem* guest = find(id);
    return QtConcurrent::run(&m_launchers,
                             [this, description = guest ? guest->entry.guest : GuestDescription()] {
                                 return app::diskCapacities(m_disks, description);
                             });
}

} // namespace app

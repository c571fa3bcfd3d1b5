// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "control/running_guests.h"
#include "desktop/guest_launcher.h"
#include "library/disk_tool.h"
#include "library/new_guest.h"
#include "ui/state/guest_item.h"

#include <QFileSystemWatcher>
#include <QFuture>
#include <QThreadPool>

#include <atomic>

namespace app {

/// A long piece of work on the library that can be stopped. Shared between the worker and the window.
struct LibraryJob {
    std::atomic<std::uint64_t> bytesDone = 0;
    std::atomic<bool> isCancelled = false;
    std::atomic<std::uint64_t> bytesTotal = 0; ///< 0: not known
};

enum class CloneKind : std::uint8_t { Full, Linked };

/// All guests as the window shows them: the library on disk, joined with what runs. Views read items()
/// and follow the signals; requests go to a worker thread or to the guest and return at once. GUI
/// thread only.
class GuestStore final : public QObject {
    Q_OBJECT
public:
    /// Launcher and disk tool are used on worker threads and must outlive the store.
    GuestStore(std::filesystem::path libraryRoot, const QString& runtimeFolder, GuestLauncher& launcher,
               DiskTool& disks, QObject* parent = nullptr);
    ~GuestStore() override;

    [[nodiscard]] const std::vector<GuestItem>& items() const { return m_items; }
    [[nodiscard]] const GuestItem* find(const QString& id) const;
    [[nodiscard]] QStringList names() const;
    [[nodiscard]] QStringList groups() const;
    [[nodiscard]] bool isLoaded() const { return m_isLoaded; }
    [[nodiscard]] std::size_t aliveCount() const;
    [[nodiscard]] const std::filesystem::path& root() const { return m_root; }

    /// Reads the library again; happens by itself when its folders change.
    void rescan();

    using EntryFuture = QFuture<engine::Result<GuestEntry>>;
    using VoidFuture = QFuture<engine::Result<>>;
    EntryFuture create(NewGuest guest, std::shared_ptr<LibraryJob> job);
    EntryFuture clone(const QString& id, const QString& name, CloneKind kind,
                      std::shared_ptr<LibraryJob> job);
    /// From an archive that exportGuest() wrote.
    EntryFuture importGuest(const QString& file, std::shared_ptr<LibraryJob> job);
    VoidFuture exportGuest(const QString& id, const QString& file, std::shared_ptr<LibraryJob> job);
    EntryFuture rename(const QString& id, const QString& name);
    /// Stores a changed description; wished disk sizes are made true now when the guest is off, else
    /// at its next start.
    EntryFuture save(const GuestEntry& entry);
    EntryFuture restore(const TrashedGuest& guest);
    QFuture<engine::Result<TrashedGuest>> moveToTrash(const QString& id);
    /// What the guest's disks hold, in bytes; 0 for one that cannot be opened.
    QFuture<std::vector<std::uint64_t>> diskCapacities(const QString& id);

    void start(const QString& id);
    void pause(const QString& id) { send(id, QStringLiteral("pause")); }
    void resume(const QString& id) { send(id, QStringLiteral("resume")); }
    void reset(const QString& id) { send(id, QStringLiteral("reset")); }
    void requestShutdown(const QString& id);
    void kill(const QString& id);
    /// Any other verb of the control protocol; a refusal is reported by failed().
    void send(const QString& id, const QString& verb, const QJsonObject& parameters = {});

signals:
    void listAboutToChange();
    void listChanged();
    void itemChanged(const QString& id);
    void loaded();
    /// Something that the user asked for did not work.
    void failed(const QString& title, const QString& text);
    /// A guest ended by itself or was ended.
    void ended(const QString& name, const app::GuestPresentation& guest, bool hasFailed,
               const QString& reason);

private:
    GuestItem* item(const QString& id);
    template <class Work>
    auto onWorker(Work&& work);
    template <class Work>
    auto onPool(QThreadPool& pool, Work&& work);
    EntryFuture thenRescan(EntryFuture future);
    void take(std::vector<GuestEntry> entries);
    void watch();
    void onAppeared(const QString& id, GuestConnection* connection);
    void onDisappeared(const QString& id);
    void updateFromStatus(const QString& id);
    void refreshFrames();
    void loadFrame(const QString& id, const QString& path);
    void changed(const QString& id) { emit itemChanged(id); }

    std::filesystem::path m_root;
    GuestLauncher& m_launcher;
    DiskTool& m_disks;
    RunningGuests m_running;
    QThreadPool m_worker;    // one thread: library operations stay in order
    QThreadPool m_jobs;      // what takes minutes: copies, imports
    QThreadPool m_launchers; // starts, and pictures
    QFileSystemWatcher m_watcher;
    QTimer m_rescanSoon;
    QTimer m_frameTimer;
    std::vector<GuestItem> m_items;
    QSet<QString> m_shutdownRequested;
    bool m_isLoaded = false;
    bool m_isScanning = false;
    bool m_scanAgain = false;
};

} // namespace app

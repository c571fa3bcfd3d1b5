// SPDX-License-Identifier: GPL-3.0-or-later
// The half of GuestStore that deals with guests that run.
#include "library/disk_growth.h"
#include "ui/state/guest_store.h"

#include <QCoreApplication>
#include <QtConcurrentRun>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace app {

using engine::Result;

namespace {

constexpr auto StatusInterval = 1s;
constexpr QSize FrameSize(320, 200);

QImage readFrame(const QString& path)
{
    const QImage image(path);
    return image.isNull() ? image : image.scaled(FrameSize, Qt::KeepAspectRatio, Qt::SmoothTransformation);
}

} // namespace

void GuestStore::start(const QString& id)
{
    GuestItem* guest = item(id);
    if (!guest || guest->isAlive() || guest->entry.problem)
        return;
    guest->state = GuestState::Starting;
    guest->failure.clear();
    changed(id);
    QtConcurrent::run(&m_launchers, [this, entry = guest->entry]() mutable -> Result<GuestEntry> {
        if (!entry.guest.pendingDiskBytes.empty()) {
            auto library = VM_TRY(GuestLibrary::open(m_root));
            entry = VM_TRY(growPendingDisks(library, m_disks, entry));
        }
        VM_TRY(m_launcher.start(entry.guest.config, entry.folder));
        return entry;
    }).then(this, [this, id, name = guest->name()](const Result<GuestEntry>& started) {
        GuestItem* now = item(id);
        if (!now)
            return;
        if (started) {
            now->startedWith = started->guest.config;
            now->entry = *started;
            return changed(id);
        }
        now->state = GuestState::Failed;
        now->failure = errorText(started.error());
        changed(id);
        emit failed(tr("“%1” could not be started").arg(name), now->failure);
    });
}

void GuestStore::requestShutdown(const QString& id)
{
    m_shutdownRequested.insert(id);
    send(id, u"shutdown"_s);
    updateFromStatus(id);
}

void GuestStore::kill(const QString& id)
{
    m_shutdownRequested.insert(id);
    send(id, u"kill"_s);
    updateFromStatus(id);
}

void GuestStore::send(const QString& id, const QString& verb, const QJsonObject& parameters)
{
    const GuestItem* guest = find(id);
    if (!guest || !guest->connection)
        return;
    const bool endsTheGuest = verb == "kill"_L1 || verb == "shutdown"_L1;
    guest->connection->request(verb, parameters)
        .then(this, [this, endsTheGuest, name = guest->name()](const ControlReply& reply) {
            // A guest that ends does not always answer first.
            if (!reply && !(endsTheGuest && reply.error().code == "gone"_L1))
                emit failed(tr("“%1” could not do that").arg(name), reply.error().message);
        });
}

void GuestStore::onAppeared(const QString& id, GuestConnection* connection)
{
    if (!find(id)) {
        GuestItem guest;
        guest.id = id;
        guest.isStored = false;
        guest.entry.guest.config.name = tr("Guest").toStdString();
        guest.entry.guest.config.id = id.toStdString();
        emit listAboutToChange();
        m_items.push_back(std::move(guest));
        emit listChanged();
    }
    GuestItem* running = item(id);
    running->connection = connection;
    if (!running->startedWith)
        running->startedWith = running->entry.guest.config;
    connection->setStatusInterval(StatusInterval);
    connect(connection, &GuestConnection::statusChanged, this, [this, id] { updateFromStatus(id); });
    connect(connection, &GuestConnection::milestoneReached, this,
            [this, id](const GuestMilestone& milestone) {
                if (GuestItem* guest = item(id); guest && milestone.name == "triple-fault"_L1)
                    guest->hasCrashed = true;
            });
    connect(connection, &GuestConnection::problemReported, this,
            [this, id](const QString&, const QString& message) {
                if (const GuestItem* guest = find(id))
                    emit failed(tr("“%1” needs attention").arg(guest->name()), message);
            });
    updateFromStatus(id);
}

void GuestStore::updateFromStatus(const QString& id)
{
    GuestItem* guest = item(id);
    if (!guest || !guest->connection)
        return;
    const GuestStatus& status = guest->connection->status();
    if (!guest->isStored && !status.name.isEmpty())
        guest->entry.guest.config.name = status.name.toStdString();
    guest->state = guest->connection->hasStatus() ? stateFromStatus(status, m_shutdownRequested.contains(id))
                                                  : GuestState::Starting;
    guest->failure = status.failure;
    changed(id);
}

void GuestStore::onDisappeared(const QString& id)
{
    GuestItem* guest = item(id);
    if (!guest)
        return;
    const QString name = guest->name();
    const bool hasFailed = guest->state == GuestState::Failed;
    const QString reason = guest->failure;
    const GuestPresentation presentation = guest->entry.guest.presentation;
    guest->connection = nullptr;
    guest->startedWith.reset();
    // Whoever looks later shall know why it is off.
    if (std::exchange(guest->hasCrashed, false) && !hasFailed && !m_shutdownRequested.contains(id))
        guest->failure =
            QCoreApplication::translate("BootCoach", "The guest crashed so badly that it reset itself.");
    m_shutdownRequested.remove(id);
    guest->state = hasFailed ? GuestState::Failed : GuestState::Off;
    if (!guest->isStored) {
        emit listAboutToChange();
        std::erase_if(m_items, [&](const GuestItem& other) { return other.id == id; });
        emit listChanged();
    } else {
        if (!guest->frame.isNull())
            (void)QtConcurrent::run(&m_launchers,
                                    [frame = guest->frame, path = guest->entry.lastFramePath()] {
                                        frame.save(QString::fromStdString(path.string()), "PNG");
                                    });
        changed(id);
    }
    emit ended(name, presentation, hasFailed, reason);
}

void GuestStore::refreshFrames()
{
    for (const GuestItem& guest : m_items) {
        if (!guest.connection || guest.state != GuestState::Running)
            continue;
        const QString path = guest.connection->runtimeFolder() + "/thumbnail.png"_L1;
        guest.connection->request(u"screenshot"_s, {{"path"_L1, path}})
            .then(this, [this, id = guest.id, path](const ControlReply& reply) {
                if (reply)
                    loadFrame(id, path);
            });
    }
}

void GuestStore::loadFrame(const QString& id, const QString& path)
{
    QtConcurrent::run(&m_launchers, readFrame, path).then(this, [this, id](const QImage& frame) {
        GuestItem* guest = item(id);
        if (!guest || frame.isNull())
            return;
        guest->frame = frame;
        changed(id);
    });
}

} // namespace app

// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/state/guest_item.h"

#include "ui/look/icons.h"

#include <QCoreApplication>

using namespace Qt::StringLiterals;

namespace app {

bool GuestItem::needsRestart() const
{
    if (!connection || !isStored || !startedWith)
        return false;
    if (std::ranges::any_of(entry.guest.pendingDiskBytes, [](std::uint64_t bytes) { return bytes != 0; }))
        return true;
    // Discs, forwarded ports and the name reach a guest that runs.
    engine::VmConfig before = *startedWith;
    const engine::VmConfig& now = entry.guest.config;
    before.name = now.name;
    for (std::size_t i = 0; i < std::min(before.cds.size(), now.cds.size()); ++i)
        before.cds[i] = now.cds[i];
    for (std::size_t i = 0; i < std::min(before.networks.size(), now.networks.size()); ++i)
        before.networks[i].forwards = now.networks[i].forwards;
    return before != now;
}

QString stateWord(GuestState state)
{
    using enum GuestState;
    switch (state) {
    case Off: return QCoreApplication::translate("GuestState", "Off");
    case Starting: return QCoreApplication::translate("GuestState", "Starting");
    case Running: return QCoreApplication::translate("GuestState", "Running");
    case Paused: return QCoreApplication::translate("GuestState", "Paused");
    case Stopping: return QCoreApplication::translate("GuestState", "Shutting down");
    case Failed: return QCoreApplication::translate("GuestState", "Failed");
    case Damaged: return QCoreApplication::translate("GuestState", "Damaged");
    }
    return {};
}

QIcon stateIcon(GuestState state)
{
    using enum GuestState;
    switch (state) {
    case Off: return themeIcon(u"state-offline"_s);
    case Starting:
    case Stopping: return themeIcon(u"state-sync"_s);
    case Running: return themeIcon(u"state-ok"_s);
    case Paused: return themeIcon(u"state-pause"_s);
    case Failed:
    case Damaged: return themeIcon(u"state-error"_s);
    }
    return {};
}

GuestState stateFromStatus(const GuestStatus& status, bool shutdownRequested)
{
    if (status.state == "paused"_L1)
        return GuestState::Paused;
    if (status.state == "failed"_L1)
        return GuestState::Failed;
    if (status.state == "stopped"_L1 || shutdownRequested)
        return GuestState::Stopping;
    return status.state == "running"_L1 ? GuestState::Running : GuestState::Starting;
}

QString errorText(const engine::Error& error)
{
    const QString detail = QString::fromStdString(error.message());
    const auto explain = [](const char* sentence) {
        return QCoreApplication::translate("ErrorText", sentence);
    };
    QString advice;
    switch (error.code) {
    case engine::ErrorCode::NoSpace:
        advice = explain(QT_TRANSLATE_NOOP("ErrorText", "The disk is full. Free some space and try again."));
        break;
    case engine::ErrorCode::Denied:
        advice = explain(QT_TRANSLATE_NOOP(
            "ErrorText", "Access is denied. Check who owns the file and that you may write to it."));
        break;
    case engine::ErrorCode::NotFound:
        advice = explain(QT_TRANSLATE_NOOP("ErrorText", "Something is missing that the guest needs."));
        break;
    case engine::ErrorCode::Busy:
        advice = explain(QT_TRANSLATE_NOOP("ErrorText", "It is in use by another program."));
        break;
    case engine::ErrorCode::Corrupt:
        advice = explain(QT_TRANSLATE_NOOP("ErrorText", "The file is damaged; it is left untouched."));
        break;
    default: break;
    }
    return advice.isEmpty() ? detail : advice + u'\n' + detail;
}

} // namespace app

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/state/guest_store.h"

#include <QWidget>

class QTreeWidget;

namespace app {

/// The milestones of the boot and the engine's log, both live.
class LogPage final : public QWidget {
    Q_OBJECT
public:
    explicit LogPage(GuestStore& store, QWidget* parent = nullptr);
    void setGuest(const QString& id);

private:
    void follow();
    void addLine(const GuestLogLine& line);
    void addMilestone(const GuestMilestone& milestone);

    GuestStore& m_store;
    QString m_id;
    QPointer<GuestConnection> m_connection;
    QTreeWidget* m_timeline;
    QTreeWidget* m_log;
};

} // namespace app

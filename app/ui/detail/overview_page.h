// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/state/guest_store.h"

#include <QWidget>

class QLabel;

namespace app {

class GraphWidget;

/// What a guest is and what it does now: picture, facts, live graphs.
class OverviewPage final : public QWidget {
    Q_OBJECT
public:
    explicit OverviewPage(GuestStore& store, QWidget* parent = nullptr);
    void setGuest(const QString& id);

signals:
    void consoleRequested();

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void showItem();
    void showFacts(const GuestItem& guest);
    void sample();
    [[nodiscard]] QPixmap picture(const GuestItem& guest) const;

    GuestStore& m_store;
    QString m_id;
    QLabel* m_picture;
    QLabel* m_facts;
    QLabel* m_failure;
    QWidget* m_graphs;
    GraphWidget* m_cpu;
    GraphWidget* m_memory;
    GraphWidget* m_disk;
    GraphWidget* m_network;
    QTimer m_sampleTimer;
    std::optional<GuestStatistics> m_last;
    double m_lastUptime = 0;
};

} // namespace app

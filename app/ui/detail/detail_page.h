// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "library/guest_defaults.h"
#include "ui/detail/boot_coach.h"
#include "ui/detail/console_factory.h"
#include "ui/state/guest_store.h"

#include <QAction>
#include <QWidget>

class QHBoxLayout;
class QLabel;
class QTabWidget;

namespace app {

class ConsolePage;
class LogPage;
class MessageBar;
class NetworkPage;
class OverviewPage;
class SettingsPage;

/// Everything about the selected guest: name and buttons on top, the coach's advice, then tabs.
class DetailPage final : public QWidget {
    Q_OBJECT
public:
    enum Tab : std::uint8_t { OverviewTab, ConsoleTab, NetworkTab, SettingsTab, LogTab };

    DetailPage(GuestStore& store, HostResources host, ConsoleFactory console, QWidget* parent = nullptr);

    void setGuest(const QString& id);
    void showTab(Tab tab);
    /// Buttons of the header, made from the window's actions.
    void setActions(const QList<QAction*>& actions);
    /// Of the tabs; the first picture need not wait for them.
    void loadIcons();
    [[nodiscard]] SettingsPage* settings() const { return m_settings; }
    [[nodiscard]] ConsolePage* console() const { return m_console; }

signals:
    void startRequested();
    void restartRequested();
    void adviceTaken(app::CoachAction action);

protected:
    void changeEvent(QEvent* event) override;

private:
    void refresh();
    void follow(const GuestItem& guest);
    void onMilestone(const GuestMilestone& milestone);
    void present(const CoachAdvice& advice);

    GuestStore& m_store;
    QString m_id;
    QPointer<GuestConnection> m_connection;
    QLabel* m_name;
    QLabel* m_stateIcon;
    QLabel* m_state;
    QHBoxLayout* m_buttons;
    MessageBar* m_coach;
    QTabWidget* m_tabs;
    OverviewPage* m_overview;
    ConsolePage* m_console;
    NetworkPage* m_network;
    SettingsPage* m_settings;
    LogPage* m_log;
};

} // namespace app

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/detail/console_factory.h"
#include "ui/state/guest_store.h"

#include <QWidget>

class QLabel;
class QPushButton;
class QVBoxLayout;

namespace app {

/// The guest's screen, or what to do to see it.
class ConsolePage final : public QWidget {
    Q_OBJECT
public:
    ConsolePage(GuestStore& store, ConsoleFactory factory, QWidget* parent = nullptr);
    void setGuest(const QString& id);
    /// nullptr while the guest does not run.
    [[nodiscard]] QWidget* console() const { return m_console; }
    /// Reads the guest's and the user's preferences again.
    void applyPreferences();

signals:
    void startRequested();
    /// The keyboard shall go back to the window around it.
    void leaveRequested();
    void fullScreenRequested();

private:
    void refresh();
    void makeConsole(const QString& socket);

    GuestStore& m_store;
    ConsoleFactory m_factory;
    QString m_id;
    QString m_socket;
    QPointer<QWidget> m_console;
    QPointer<ConsoleControls> m_controls;
    QLabel* m_message;
    QPushButton* m_start;
    QWidget* m_placeholder;
    QVBoxLayout* m_layout;
};

} // namespace app

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/detail/console_factory.h"
#include "ui/state/guest_store.h"

#include <QMainWindow>

class QTabWidget;

namespace app {

class ConsolePage;

/// Screens of guests in a window of their own, one tab each; a single one has the window to itself.
/// Closing a tab or the window ends nothing. Deletes itself when it is closed.
class ConsoleWindow final : public QMainWindow {
    Q_OBJECT
public:
    ConsoleWindow(GuestStore& store, ConsoleFactory factory, QWidget* parent = nullptr);

    /// Adds the guest's screen, or brings its tab to the front.
    void showGuest(const QString& id);
    [[nodiscard]] bool has(const QString& id) const;
    [[nodiscard]] QString currentGuest() const;
    void toggleFullScreen();
    void applyPreferences();

private:
    [[nodiscard]] ConsolePage* page(int index) const;
    [[nodiscard]] int indexOf(const QString& id) const;
    void closeTab(int index);
    void refresh();

    GuestStore& m_store;
    ConsoleFactory m_factory;
    QTabWidget* m_tabs;
};

} // namespace app

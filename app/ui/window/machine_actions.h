// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/state/guest_item.h"

#include <QAction>

class QMenu;
class QMenuBar;

namespace app {

/// Every command of the window: one QAction each, with its words, icon and keys. The menus, the
/// context menu, the header's buttons and the command palette are all made of these.
class MachineActions final : public QObject {
    Q_OBJECT
public:
    explicit MachineActions(QWidget* window);

    QAction* newGuest;
    QAction* importFile;
    QAction* openExternal;
    QAction* start;
    QAction* pause;
    QAction* resume;
    QAction* shutDown;
    QAction* reset;
    QAction* kill;
    QAction* rename;
    QAction* favourite;
    QAction* clone;
    QAction* exportFile;
    QAction* remove;
    QAction* openFolder;
    QAction* copyCommand;
    QAction* quit;
    QAction* overview;
    QAction* console;
    QAction* settings;
    QAction* log;
    QAction* ownWindow;
    QAction* ownTab;
    QAction* leaveConsole;
    QAction* search;
    QAction* fullScreen;
    QAction* darkColours;
    QAction* preferences;
    QAction* ctrlAltDelete;
    QAction* typeClipboard;
    QAction* screenshot;
    QAction* insertCd;
    QAction* ejectCd;
    QAction* userGuide;
    QAction* palette;
    QAction* shortcuts;
    QAction* checkComputer;
    QAction* about;

    void fillMenuBar(QMenuBar* bar);
    void fillContextMenu(QMenu* menu) const;
    [[nodiscard]] QList<QAction*> headerButtons() const;
    /// Keys that a desktop would keep for itself, to be sent to the guest: text for people, name for
    /// the control protocol.
    [[nodiscard]] static std::vector<std::pair<QString, QString>> specialKeys();
    [[nodiscard]] QList<QAction*> all() const { return m_all; }

    /// Looking up thirty icons takes longer than the rest of the window: do it after the first picture.
    void loadIcons();
    /// Enables what makes sense for this guest (nullptr: none is selected).
    void update(const GuestItem* guest);

signals:
    /// One of specialKeys() was chosen.
    void keysChosen(const QString& name);

private:
    QAction* add(const QString& text, const char* icon, const QKeySequence& keys = {});
    QWidget* m_window;
    QList<QAction*> m_all;
    QStringList m_iconNames; // one for each of m_all
    QList<QAction*> m_keyActions;
};

} // namespace app

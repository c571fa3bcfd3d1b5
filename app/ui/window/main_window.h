// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "desktop/host_check.h"
#include "library/guest_defaults.h"
#include "ui/detail/boot_coach.h"
#include "ui/detail/console_factory.h"
#include "ui/state/guest_store.h"
#include "ui/window/session_inhibitor.h"
#include "ui/window/window_dialogs.h"
#include "wizards/guest_draft.h"

#include <QCoroTask>
#include <QMainWindow>
#include <QSystemTrayIcon>

class QStackedWidget;
class QVBoxLayout;

namespace app {

class ConsoleWindow;
class DetailPage;
class EmptyPage;
class GuestListPanel;
class HostCheckPage;
class MachineActions;
class MessageBar;

/// What the window works with; all of it outlives the window.
struct WindowServices {
    GuestStore& store;
    GuestLauncher& launcher;
    HostCheck& hostCheck;
    HostResources host;
    ConsoleFactory console;
    std::filesystem::path demoImage; ///< empty: this build has no demo
};

/// The application's window: guests on the left, the selected one on the right. It shows the store's
/// state and turns commands into requests; it decides nothing about guests itself.
class MainWindow final : public QMainWindow {
    Q_OBJECT
public:
    explicit MainWindow(WindowServices services, QWidget* parent = nullptr);

    void openWizard(const QString& mediumPath = {}, bool demo = false);
    /// A medium, a disk or an appliance opens the wizard; an exported guest is imported at once.
    void openFile(const QString& path);
    /// The console of a guest in a window of its own; `asTab`: in the newest such window.
    void openConsole(const QString& id, bool asTab);
    void startDemo();
    [[nodiscard]] MachineActions& actions() { return *m_actions; }
    [[nodiscard]] QString currentGuest() const { return m_current; }
    [[nodiscard]] QString message() const;

signals:
    void firstPainted();

protected:
    void closeEvent(QCloseEvent* event) override;
    void dragEnterEvent(QDragEnterEvent* event) override;
    void dropEvent(QDropEvent* event) override;
    void changeEvent(QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;

private:
    void buildLayout();
    void connectActions();
    void connectInputActions();
    void connectWindowActions();
    void connectStore();
    void buildTray();
    void finishStart();
    void refresh();
    void selectGuest(const QString& id);
    void activateGuest(const QString& id);
    void takeAdvice(CoachAction action);
    void showHostCheck();
    void openPalette();
    void toggleFullScreen();
    void setDark(bool dark);
    void chooseCd();
    void savePicture();
    void typeClipboard();
    void askClone();
    void askExport();
    void chooseImport();
    void toggleFavourite();
    void showPreferences();
    void showUserGuide();
    void applyPreferences();
    void focusList();
    void askRename();
    void askReset();
    void copyCommand();
    void addExternal();
    void onQuitAnswer(QuitAnswer answer);
    void report(const QString& title, const QString& text);
    [[nodiscard]] const GuestItem* current() const { return m_store.find(m_current); }

    QCoro::Task<> createGuest(wizards::GuestDraft draft);
    QCoro::Task<> cloneGuest(QString id, QString name, CloneKind kind);
    QCoro::Task<> importGuest(QString file);
    QCoro::Task<> exportGuest(QString id, QString file);
    QCoro::Task<> selectWhenListed(QString id);
    QCoro::Task<> deleteGuest(QString id);
    QCoro::Task<> undoDelete(TrashedGuest guest);
    QCoro::Task<> restart(QString id);
    QCoro::Task<> changeAndRestart(QString id, engine::FirmwareKind firmware);
    QCoro::Task<bool> shutDownAll();
    QCoro::Task<> shutDownAndQuit();
    [[nodiscard]] QWidget* showJob(const QString& text, const std::shared_ptr<LibraryJob>& job);

    GuestStore& m_store;
    WindowServices m_services;
    MachineActions* m_actions;
    GuestListPanel* m_list;
    QStackedWidget* m_stack;
    QWidget* m_loading;
    EmptyPage* m_empty;
    DetailPage* m_detail;
    HostCheckPage* m_check;
    MessageBar* m_message;
    QVBoxLayout* m_jobs;
    QSystemTrayIcon m_tray;
    SessionInhibitor m_inhibitor;
    QList<QPointer<ConsoleWindow>> m_consoles; // newest last
    QString m_current;
    bool m_isChecking = false; ///< the check's page is in front
    bool m_hasPainted = false;
};

} // namespace app

// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/window/machine_actions.h"

#include "ui/look/icons.h"

#include <QMenu>
#include <QMenuBar>

using namespace Qt::StringLiterals;

namespace app {

MachineActions::MachineActions(QWidget* window) : QObject(window), newGuest(nullptr), m_window(window)
{
    newGuest = add(tr("&New guest…"), "list-add", QKeySequence::New);
    importFile = add(tr("&Import…"), "document-import", QKeySequence(u"Ctrl+I"_s));
    openExternal = add(tr("&Add a guest's folder…"), "folder-open", QKeySequence::Open);
    start = add(tr("&Start"), "media-playback-start", QKeySequence(u"Ctrl+R"_s));
    pause = add(tr("&Pause"), "media-playback-pause", QKeySequence(u"Ctrl+P"_s));
    resume = add(tr("R&esume"), "media-playback-start", QKeySequence(u"Ctrl+Shift+P"_s));
    shutDown = add(tr("Shut &down"), "system-shutdown", QKeySequence(u"Ctrl+H"_s));
    reset = add(tr("Rese&t"), "system-reboot");
    kill = add(tr("&Force off…"), "process-stop");
    rename = add(tr("Rena&me…"), "edit-rename", QKeySequence(Qt::Key_F2));
    favourite = add(tr("Fa&vourite"), "bookmarks", QKeySequence(u"Ctrl+B"_s));
    favourite->setCheckable(true);
    clone = add(tr("&Clone…"), "edit-copy", QKeySequence(u"Ctrl+D"_s));
    exportFile = add(tr("E&xport…"), "document-export", QKeySequence(u"Ctrl+E"_s));
    remove = add(tr("De&lete"), "edit-delete", QKeySequence::Delete);
    openFolder = add(tr("Open f&older"), "folder-open");
    copyCommand = add(tr("Cop&y as command"), "utilities-terminal");
    quit = add(tr("&Quit"), "application-exit", QKeySequence(u"Ctrl+Q"_s));
    overview = add(tr("&Overview"), "dashboard-show", QKeySequence(u"Ctrl+1"_s));
    console = add(tr("&Console"), "video-display", QKeySequence(u"Ctrl+2"_s));
    settings = add(tr("S&ettings"), "configure", QKeySequence(u"Ctrl+3"_s));
    log = add(tr("&Log"), "view-list-text", QKeySequence(u"Ctrl+4"_s));
    ownWindow = add(tr("Console in its own &window"), "window-new", QKeySequence(u"Ctrl+Shift+N"_s));
    ownTab = add(tr("Console in a new &tab"), "tab-new", QKeySequence(u"Ctrl+T"_s));
    leaveConsole = add(tr("&Back to the list of guests"), "go-previous", QKeySequence(u"Alt+Left"_s));
    search = add(tr("&Find a guest"), "search", QKeySequence::Find);
    fullScreen = add(tr("F&ull screen"), "view-fullscreen", QKeySequence(u"Ctrl+Alt+Return"_s));
    darkColours = add(tr("&Dark colours"), "color-management");
    darkColours->setCheckable(true);
    preferences = add(tr("&Preferences…"), "configure", QKeySequence(u"Ctrl+Shift+,"_s));
    ctrlAltDelete = add(tr("Send Ctrl+Alt+&Delete"), "input-keyboard", QKeySequence(u"Ctrl+Alt+Ins"_s));
    typeClipboard = add(tr("&Type the clipboard's text"), "edit-paste", QKeySequence(u"Ctrl+Shift+V"_s));
    screenshot = add(tr("Save a &picture of the screen…"), "camera-photo");
    insertCd = add(tr("&Insert a CD…"), "media-optical");
    ejectCd = add(tr("&Eject the CD"), "media-eject");
    userGuide = add(tr("User &guide"), "help-contents", QKeySequence(Qt::Key_F1));
    palette = add(tr("&All commands…"), "system-run", QKeySequence(u"Ctrl+K"_s));
    shortcuts = add(tr("&Keyboard shortcuts"), "input-keyboard", QKeySequence(u"Ctrl+F1"_s));
    checkComputer = add(tr("Check this &computer"), "tools-check-spelling");
    about = add(tr("A&bout Guesthouse"), "help-about");
    update(nullptr);
}

QAction* MachineActions::add(const QString& text, const char* icon, const QKeySequence& keys)
{
    auto* action = new QAction(text, this);
    m_iconNames << QString::fromLatin1(icon);
    action->setShortcut(keys);
    m_window->addAction(action);
    m_all << action;
    return action;
}

void MachineActions::loadIcons()
{
    for (qsizetype i = 0; i < m_all.size(); ++i)
        m_all[i]->setIcon(themeIcon(m_iconNames[i]));
}

void MachineActions::fillMenuBar(QMenuBar* bar)
{
    const auto fill = [bar](const QString& title, const QList<QAction*>& actions) {
        QMenu* menu = bar->addMenu(title);
        for (QAction* action : actions)
            action ? menu->addAction(action) : static_cast<void>(menu->addSeparator());
        return menu;
    };
    fill(tr("&Machine"), {newGuest,   importFile, openExternal, nullptr,    start,       pause,     resume,
                          shutDown,   reset,      kill,         nullptr,    rename,      favourite, clone,
                          exportFile, remove,     nullptr,      openFolder, copyCommand, nullptr,   quit});
    fill(tr("&View"), {overview, console, settings, log, nullptr, ownWindow, ownTab, fullScreen, leaveConsole,
                       nullptr, search, darkColours, preferences});
    QMenu* input = fill(tr("&Input"), {ctrlAltDelete});
    QMenu* keys = input->addMenu(tr("Send &other keys"));
    for (const auto& [text, name] : specialKeys()) {
        QAction* action = keys->addAction(text, this, [this, key = name] { emit keysChosen(key); });
        action->setEnabled(false);
        m_keyActions << action;
    }
    input->addActions({typeClipboard, screenshot});
    fill(tr("&Devices"), {insertCd, ejectCd});
    fill(tr("&Help"), {userGuide, palette, shortcuts, nullptr, checkComputer, about});
}

void MachineActions::fillContextMenu(QMenu* menu) const
{
    for (QAction* action : {start, pause, resume, shutDown, reset, kill})
        menu->addAction(action);
    menu->addSeparator();
    for (QAction* action : {console, ownWindow, ownTab, settings, log})
        menu->addAction(action);
    menu->addSeparator();
    for (QAction* action : {rename, favourite, clone, exportFile, remove, openFolder, copyCommand})
        menu->addAction(action);
}

std::vector<std::pair<QString, QString>> MachineActions::specialKeys()
{
    std::vector<std::pair<QString, QString>> keys;
    constexpr int Consoles = 7;
    for (int i = 1; i <= Consoles; ++i)
        keys.emplace_back(u"Ctrl+Alt+F%1"_s.arg(i), u"ctrl-alt-f%1"_s.arg(i));
    keys.emplace_back(u"Ctrl+Alt+Backspace"_s, u"ctrl-alt-backspace"_s);
    keys.emplace_back(u"Alt+Tab"_s, u"alt-tab"_s);
    keys.emplace_back(tr("Super"), u"super"_s);
    keys.emplace_back(tr("Print"), u"print"_s);
    return keys;
}

QList<QAction*> MachineActions::headerButtons() const
{
    return {start, resume, pause, shutDown};
}

void MachineActions::update(const GuestItem* guest)
{
    const auto is = [guest](std::initializer_list<GuestState> states) {
        return guest && std::ranges::find(states, guest->state) != states.end();
    };
    using enum GuestState;
    const bool isUsable = guest && guest->state != Damaged;
    const bool isConnected = guest && guest->connection;
    const bool isStored = isUsable && guest->isStored;
    for (QAction* action : {ownWindow, ownTab})
        action->setEnabled(guest != nullptr);
    leaveConsole->setEnabled(true);
    exportFile->setEnabled(isStored && is({Off, Failed}));
    favourite->setEnabled(isStored);
    favourite->setChecked(guest && guest->entry.guest.presentation.favourite);
    for (QAction* action : m_keyActions)
        action->setEnabled(isConnected && is({Running}));
    const bool hasCd = isUsable && !guest->entry.guest.config.cds.empty();
    start->setEnabled(isStored && is({Off, Failed}));
    pause->setEnabled(is({Running}));
    resume->setEnabled(is({Paused}));
    shutDown->setEnabled(is({Running}));
    reset->setEnabled(is({Running, Paused}));
    kill->setEnabled(isConnected && is({Starting, Running, Paused, Stopping}));
    rename->setEnabled(isStored && is({Off, Failed}));
    clone->setEnabled(isStored && is({Off, Failed}));
    remove->setEnabled(guest && guest->isStored && is({Off, Failed, Damaged}));
    openFolder->setEnabled(guest && guest->isStored);
    copyCommand->setEnabled(isStored);
    for (QAction* action : {overview, console, log})
        action->setEnabled(guest != nullptr);
    settings->setEnabled(isStored);
    fullScreen->setEnabled(guest != nullptr);
    for (QAction* action : {ctrlAltDelete, typeClipboard, screenshot})
        action->setEnabled(isConnected && is({Running}));
    insertCd->setEnabled(hasCd);
    ejectCd->setEnabled(hasCd);
}

} // namespace app

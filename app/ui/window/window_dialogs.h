// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAction>
#include <QDialog>

class QMessageBox;

namespace app {

/// All keys at a glance.
[[nodiscard]] QDialog* makeShortcutOverlay(const QList<QAction*>& actions, QWidget* parent);

enum class QuitAnswer : std::uint8_t { Cancel, ShutDownAll, ForceOffAll, KeepRunning };
/// What shall become of the guests that run in this process; `answered` gets it once.
void askBeforeQuit(std::size_t guests, QWidget* parent, std::function<void(QuitAnswer)> answered);

/// The first time that the window is closed while guests run.
void askAboutClosing(QWidget* parent, std::function<void(QuitAnswer)> answered);

/// One question with a verb on its button; Cancel is the default.
void confirm(const QString& text, const QString& detail, const QString& button, QWidget* parent,
             std::function<void()> confirmed);

/// Asks for one line of text; `accepted` gets it trimmed.
void askForName(const QString& title, const QString& value, const QStringList& taken, QWidget* parent,
                std::function<void(const QString&)> accepted);

} // namespace app

// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/window/command_palette.h"

#include <QApplication>
#include <QKeyEvent>
#include <QLineEdit>
#include <QListWidget>
#include <QVBoxLayout>

using namespace Qt::StringLiterals;

namespace app {

CommandPalette::CommandPalette(QWidget* parent)
    : QDialog(parent), m_input(new QLineEdit), m_list(new QListWidget)
{
    setAttribute(Qt::WA_DeleteOnClose);
    setWindowTitle(tr("All commands"));
    m_input->setPlaceholderText(tr("Type a few letters of a command or a guest"));
    m_input->setAccessibleName(tr("Command"));
    m_input->installEventFilter(this);
    m_list->setAccessibleName(tr("Commands"));
    m_list->setUniformItemSizes(true);
    auto* layout = new QVBoxLayout(this);
    layout->addWidget(m_input);
    layout->addWidget(m_list);
    resize(480, 380);
    connect(m_input, &QLineEdit::textChanged, this, &CommandPalette::refill);
    connect(m_input, &QLineEdit::returnPressed, this, &CommandPalette::runCurrent);
    connect(m_list, &QListWidget::itemActivated, this, &CommandPalette::runCurrent);
    connect(m_list, &QListWidget::itemClicked, this, &CommandPalette::runCurrent);
}

void CommandPalette::addActions(const QList<QAction*>& actions)
{
    for (QAction* action : actions) {
        if (!action->isEnabled())
            continue;
        QString text = action->text();
        text.remove(u'&').remove(u'…');
        addEntry({text, action->shortcut().toString(QKeySequence::NativeText), action->icon(),
                  [action] { action->trigger(); }});
    }
}

void CommandPalette::addEntry(Entry entry)
{
    m_entries << std::move(entry);
    refill();
}

bool CommandPalette::matches(const QString& letters, const QString& text)
{
    qsizetype at = 0;
    for (const QChar letter : letters) {
        if (letter.isSpace())
            continue;
        at = text.indexOf(letter, at, Qt::CaseInsensitive);
        if (at++ < 0)
            return false;
    }
    return true;
}

void CommandPalette::refill()
{
    m_list->clear();
    const QString letters = m_input->text();
    // Whole words first, scattered letters after them.
    for (const bool contained : {true, false}) {
        for (qsizetype i = 0; i < m_entries.size(); ++i) {
            const Entry& entry = m_entries[i];
            const bool hit = entry.text.contains(letters, Qt::CaseInsensitive);
            if (hit != contained || (!hit && !matches(letters, entry.text)))
                continue;
            const QString text =
                entry.keys.isEmpty() ? entry.text : u"%1   (%2)"_s.arg(entry.text, entry.keys);
            auto* item = new QListWidgetItem(entry.icon, text, m_list);
            item->setData(Qt::UserRole, i);
        }
    }
    m_list->setCurrentRow(0);
}

void CommandPalette::runCurrent()
{
    const QListWidgetItem* item = m_list->currentItem();
    if (!item)
        return;
    const auto run = m_entries[item->data(Qt::UserRole).toLongLong()].run;
    accept();
    run();
}

bool CommandPalette::eventFilter(QObject* watched, QEvent* event)
{
    if (watched == m_input && event->type() == QEvent::KeyPress) {
        const auto* key = static_cast<QKeyEvent*>(event);
        if (key->key() == Qt::Key_Down || key->key() == Qt::Key_Up || key->key() == Qt::Key_PageDown
            || key->key() == Qt::Key_PageUp) {
            QApplication::sendEvent(m_list, event);
            return true;
        }
    }
    return QDialog::eventFilter(watched, event);
}

} // namespace app

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAction>
#include <QDialog>

class QLineEdit;
class QListWidget;

namespace app {

/// Every command and every guest by a few letters of its name.
class CommandPalette final : public QDialog {
    Q_OBJECT
public:
    struct Entry {
        QString text;
        QString keys;
        QIcon icon;
        std::function<void()> run;
    };

    explicit CommandPalette(QWidget* parent);

    /// Commands that cannot be used now are left out.
    void addActions(const QList<QAction*>& actions);
    void addEntry(Entry entry);

    /// The letters occur in this order.
    [[nodiscard]] static bool matches(const QString& letters, const QString& text);

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void refill();
    void runCurrent();

    QLineEdit* m_input;
    QListWidget* m_list;
    QList<Entry> m_entries;
};

} // namespace app

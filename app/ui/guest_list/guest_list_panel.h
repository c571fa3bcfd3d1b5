// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/guest_list/guest_list_model.h"

#include <QWidget>

class QLineEdit;
class QListView;

namespace app {

/// The left side of the window: search field and guests.
class GuestListPanel final : public QWidget {
    Q_OBJECT
public:
    explicit GuestListPanel(GuestStore& store, QWidget* parent = nullptr);

    /// Empty when nothing is selected.
    [[nodiscard]] QString currentId() const;
    void select(const QString& id);
    void focusSearch();
    void focusList();

signals:
    void currentChanged(const QString& id);
    void activated(const QString& id);
    void contextMenuRequested(const QPoint& globalPosition);

private:
    void keepSelection();

    GuestListModel m_model;
    GuestFilterModel m_filter;
    QLineEdit* m_search;
    QListView* m_view;
    QString m_wanted; ///< stays selected while the list is rebuilt
};

} // namespace app

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/state/guest_store.h"

#include <QAbstractListModel>
#include <QSortFilterProxyModel>

namespace app {

/// The store's guests as a list.
class GuestListModel final : public QAbstractListModel {
    Q_OBJECT
public:
    enum Role {
        IdRole = Qt::UserRole,
        StateRole,   ///< GuestState
        FrameRole,   ///< QImage
        SectionRole, ///< heading that the guest is listed under
        SectionRankRole,
        FavouriteRole,
        OrderRole,
        DetailRole, ///< the line below the name
    };

    explicit GuestListModel(GuestStore& store, QObject* parent = nullptr);

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
    [[nodiscard]] Qt::ItemFlags flags(const QModelIndex& index) const override;
    [[nodiscard]] Qt::DropActions supportedDropActions() const override { return Qt::MoveAction; }
    [[nodiscard]] QStringList mimeTypes() const override;
    [[nodiscard]] QMimeData* mimeData(const QModelIndexList& indexes) const override;
    bool canDropMimeData(const QMimeData* data, Qt::DropAction action, int row, int column,
                         const QModelIndex& parent) const override;
    [[nodiscard]] QModelIndex indexOf(const QString& id) const;

private:
    [[nodiscard]] QString detail(const GuestItem& guest) const;
    GuestStore& m_store;
};

/// Favourites first, then groups by name, then the rest, then guests that are not stored; within one
/// section by the user's order. Filters by name, group and notes.
class GuestFilterModel final : public QSortFilterProxyModel {
    Q_OBJECT
public:
    GuestFilterModel(GuestStore& store, QObject* parent = nullptr);

    void setSearch(const QString& text);
    /// The row starts a section that has a heading.
    [[nodiscard]] bool startsSection(int row) const;
    bool dropMimeData(const QMimeData* data, Qt::DropAction action, int row, int column,
                      const QModelIndex& parent) override;
    [[nodiscard]] QString idAt(int row) const;
    [[nodiscard]] int rowOf(const QString& id) const;

protected:
    bool filterAcceptsRow(int sourceRow, const QModelIndex& sourceParent) const override;
    [[nodiscard]] bool lessThan(const QModelIndex& left, const QModelIndex& right) const override;

private:
    GuestStore& m_store;
    QString m_search;
};

} // namespace app

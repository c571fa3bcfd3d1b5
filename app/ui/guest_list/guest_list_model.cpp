// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/guest_list/guest_list_model.h"

#include "wizards/resource_scale.h"

#include <QMimeData>

using namespace Qt::StringLiterals;

namespace app {

namespace {

const QString GuestMimeType = u"application/x-guesthouse-guest"_s;

enum SectionRank : std::uint8_t { Favourites, Groups, Ungrouped, NotStored };

SectionRank rankOf(const GuestItem& guest)
{
    if (!guest.isStored)
        return NotStored;
    if (guest.entry.guest.presentation.favourite)
        return Favourites;
    return guest.group().isEmpty() ? Ungrouped : Groups;
}

} // namespace

GuestListModel::GuestListModel(GuestStore& store, QObject* parent)
    : QAbstractListModel(parent), m_store(store)
{
    connect(&store, &GuestStore::listAboutToChange, this, &GuestListModel::beginResetModel);
    connect(&store, &GuestStore::listChanged, this, &GuestListModel::endResetModel);
    connect(&store, &GuestStore::itemChanged, this, [this](const QString& id) {
        const QModelIndex index = indexOf(id);
        emit dataChanged(index, index);
    });
}

int GuestListModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_store.items().size());
}

QModelIndex GuestListModel::indexOf(const QString& id) const
{
    const auto& items = m_store.items();
    const auto found = std::ranges::find(items, id, &GuestItem::id);
    return found == items.end() ? QModelIndex() : index(static_cast<int>(found - items.begin()));
}

QString GuestListModel::detail(const GuestItem& guest) const
{
    if (guest.state == GuestState::Damaged || guest.state == GuestState::Failed)
        return stateWord(guest.state);
    const engine::VmConfig& config = guest.entry.guest.config;
    if (!guest.isStored)
        return stateWord(guest.state);
    return u"%1 · %2"_s.arg(stateWord(guest.state), wizards::sizeText(config.memoryBytes));
}

QVariant GuestListModel::data(const QModelIndex& index, int role) const
{
    if (!index.isValid())
        return {};
    const GuestItem& guest = m_store.items()[static_cast<std::size_t>(index.row())];
    switch (role) {
    case Qt::DisplayRole: return guest.name();
    case Qt::DecorationRole: return stateIcon(guest.state);
    case Qt::ToolTipRole: return guest.failure;
    case Qt::AccessibleTextRole: return u"%1, %2"_s.arg(guest.name(), detail(guest));
    case IdRole: return guest.id;
    case StateRole: return static_cast<int>(guest.state);
    case FrameRole: return guest.frame;
    case FavouriteRole: return guest.entry.guest.presentation.favourite;
    case OrderRole: return guest.entry.guest.presentation.order;
    case DetailRole: return detail(guest);
    case SectionRankRole: return rankOf(guest);
    case SectionRole:
        switch (rankOf(guest)) {
        case Favourites: return tr("Favourites");
        case Groups: return guest.group();
        case Ungrouped: return tr("Guests");
        case NotStored: return tr("Started elsewhere");
        }
        return {};
    default: return {};
    }
}

Qt::ItemFlags GuestListModel::flags(const QModelIndex& index) const
{
    if (!index.isValid())
        return Qt::ItemIsDropEnabled;
    return Qt::ItemIsEnabled | Qt::ItemIsSelectable | Qt::ItemIsDragEnabled | Qt::ItemNeverHasChildren;
}

QStringList GuestListModel::mimeTypes() const
{
    return {GuestMimeType};
}

QMimeData* GuestListModel::mimeData(const QModelIndexList& indexes) const
{
    auto* data = new QMimeData;
    if (!indexes.isEmpty())
        data->setData(GuestMimeType, indexes.first().data(IdRole).toString().toUtf8());
    return data;
}

bool GuestListModel::canDropMimeData(const QMimeData* data, Qt::DropAction, int, int,
                                     const QModelIndex&) const
{
    return data->hasFormat(GuestMimeType);
}

GuestFilterModel::GuestFilterModel(GuestStore& store, QObject* parent)
    : QSortFilterProxyModel(parent), m_store(store)
{
    setDynamicSortFilter(true);
    sort(0);
}

void GuestFilterModel::setSearch(const QString& text)
{
    m_search = text.trimmed();
    invalidateFilter();
}

QString GuestFilterModel::idAt(int row) const
{
    return index(row, 0).data(GuestListModel::IdRole).toString();
}

int GuestFilterModel::rowOf(const QString& id) const
{
    for (int row = 0; row < rowCount(); ++row) {
        if (idAt(row) == id)
            return row;
    }
    return -1;
}

bool GuestFilterModel::startsSection(int row) const
{
    const auto section = [this](int at) { return index(at, 0).data(GuestListModel::SectionRole).toString(); };
    const bool isOnlySection = row == 0 && section(0) == section(rowCount() - 1)
                               && index(0, 0).data(GuestListModel::SectionRankRole).toInt() == Ungrouped;
    return !isOnlySection && (row == 0 || section(row) != section(row - 1));
}

bool GuestFilterModel::filterAcceptsRow(int sourceRow, const QModelIndex&) const
{
    const GuestItem& guest = m_store.items()[static_cast<std::size_t>(sourceRow)];
    const QString notes = QString::fromStdString(guest.entry.guest.presentation.notes);
    for (const QString& text : {guest.name(), guest.group(), notes}) {
        if (text.contains(m_search, Qt::CaseInsensitive))
            return true;
    }
    return false;
}

bool GuestFilterModel::lessThan(const QModelIndex& left, const QModelIndex& right) const
{
    const auto key = [](const QModelIndex& index) {
        return std::tuple(index.data(GuestListModel::SectionRankRole).toInt(),
                          index.data(GuestListModel::SectionRole).toString().toCaseFolded(),
                          index.data(GuestListModel::OrderRole).toInt(),
                          index.data().toString().toCaseFolded());
    };
    return key(left) < key(right);
}

bool GuestFilterModel::dropMimeData(const QMimeData* data, Qt::DropAction, int row, int,
                                    const QModelIndex& parent)
{
    const QString id = QString::fromUtf8(data->data(GuestMimeType));
    const GuestItem* dragged = m_store.find(id);
    if (!dragged || !dragged->isStored || dragged->entry.problem || rowCount() == 0)
        return false;
    const int target = parent.isValid() ? parent.row() : (row < 0 ? rowCount() : row);
    const GuestItem* neighbour = m_store.find(idAt(std::clamp(target, 0, rowCount() - 1)));
    // A guest that is dropped among others joins their group.
    const std::string group =
        neighbour && neighbour->isStored ? neighbour->entry.guest.presentation.group : "";
    QStringList order;
    for (int i = 0; i < rowCount(); ++i) {
        if (i == target)
            order << id;
        if (idAt(i) != id)
            order << idAt(i);
    }
    if (!order.contains(id))
        order << id;
    for (qsizetype i = 0; i < order.size(); ++i) {
        const GuestItem* guest = m_store.find(order[i]);
        if (!guest || !guest->isStored || guest->entry.problem)
            continue;
        GuestEntry entry = guest->entry;
        entry.guest.presentation.order = static_cast<std::int32_t>(i);
        if (guest->id == id)
            entry.guest.presentation.group = group;
        if (entry.guest.presentation != guest->entry.guest.presentation)
            m_store.save(entry);
    }
    return false; // the model follows the store; nothing is to be removed from the source
}

} // namespace app

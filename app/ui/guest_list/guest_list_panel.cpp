// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/guest_list/guest_list_panel.h"

#include "ui/guest_list/guest_delegate.h"
#include "ui/look/icons.h"

#include <QLineEdit>
#include <QListView>
#include <QVBoxLayout>

using namespace Qt::StringLiterals;

namespace app {

GuestListPanel::GuestListPanel(GuestStore& store, QWidget* parent)
    : QWidget(parent), m_model(store), m_filter(store), m_search(new QLineEdit), m_view(new QListView)
{
    m_filter.setSourceModel(&m_model);
    m_search->setObjectName(u"guestSearch"_s);
    m_search->setAccessibleName(tr("Search guests"));
    m_search->setPlaceholderText(tr("Search"));
    m_search->setClearButtonEnabled(true);
    m_search->addAction(themeIcon(u"search"_s), QLineEdit::LeadingPosition)->setText(tr("Search"));
    m_view->setObjectName(u"guestList"_s);
    m_view->setAccessibleName(tr("Guests"));
    m_view->setModel(&m_filter);
    m_view->setItemDelegate(new GuestDelegate(m_filter, m_view));
    m_view->setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
    m_view->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_view->setMouseTracking(true);
    m_view->setDragDropMode(QAbstractItemView::InternalMove);
    m_view->setContextMenuPolicy(Qt::CustomContextMenu);
    m_view->setFrameShape(QFrame::NoFrame);
    m_view->setEditTriggers(QAbstractItemView::NoEditTriggers);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(6, 6, 0, 6);
    layout->addWidget(m_search);
    layout->addWidget(m_view);
    setMinimumWidth(230);
    connect(m_search, &QLineEdit::textChanged, &m_filter, &GuestFilterModel::setSearch);
    connect(m_search, &QLineEdit::returnPressed, this, [this] {
        if (m_filter.rowCount() > 0)
            m_view->setCurrentIndex(m_filter.index(0, 0));
        m_view->setFocus();
    });
    connect(m_view->selectionModel(), &QItemSelectionModel::currentChanged, this,
            [this](const QModelIndex& current) {
                // A list that is being rebuilt has no current row for a moment: not the user's wish.
                if (current.isValid())
                    m_wanted = current.data(GuestListModel::IdRole).toString();
                emit currentChanged(currentId());
            });
    connect(m_view, &QListView::activated, this, [this](const QModelIndex& index) {
        emit activated(index.data(GuestListModel::IdRole).toString());
    });
    connect(m_view, &QListView::customContextMenuRequested, this, [this](const QPoint& position) {
        emit contextMenuRequested(m_view->viewport()->mapToGlobal(position));
    });
    connect(&m_filter, &QAbstractItemModel::modelReset, this, &GuestListPanel::keepSelection);
    connect(&m_filter, &QAbstractItemModel::layoutChanged, m_view, &QListView::doItemsLayout);
}

QString GuestListPanel::currentId() const
{
    return m_view->currentIndex().data(GuestListModel::IdRole).toString();
}

void GuestListPanel::select(const QString& id)
{
    m_wanted = id;
    keepSelection();
}

void GuestListPanel::keepSelection()
{
    const int row = m_filter.rowOf(m_wanted);
    if (row >= 0)
        m_view->setCurrentIndex(m_filter.index(row, 0));
    else if (m_filter.rowCount() > 0)
        m_view->setCurrentIndex(m_filter.index(0, 0));
    else
        emit currentChanged({});
}

void GuestListPanel::focusList()
{
    m_view->setFocus();
}

void GuestListPanel::focusSearch()
{
    m_search->setFocus();
    m_search->selectAll();
}

} // namespace app

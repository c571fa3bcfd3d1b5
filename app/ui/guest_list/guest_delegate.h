// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QStyledItemDelegate>

namespace app {

class GuestFilterModel;

/// Paints a guest: screen, name, state as icon and word; the first of a section has its heading above.
class GuestDelegate final : public QStyledItemDelegate {
    Q_OBJECT
public:
    explicit GuestDelegate(const GuestFilterModel& model, QObject* parent = nullptr);
    void paint(QPainter* painter, const QStyleOptionViewItem& option,
               const QModelIndex& index) const override;
    [[nodiscard]] QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override;

private:
    [[nodiscard]] int headingHeight(const QStyleOptionViewItem& option) const;
    void paintFrame(QPainter* painter, const QRect& area, const QModelIndex& index,
                    const QPalette& palette) const;

    const GuestFilterModel& m_model;
};

} // namespace app

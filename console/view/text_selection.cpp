// SPDX-License-Identifier: GPL-3.0-or-later
#include "view/text_selection.h"

#include <algorithm>
#include <utility>

namespace console {

TextSelection::Cell TextSelection::cellAt(QPoint point) const
{
    const QPoint inside = point - m_grid.origin;
    return {std::clamp(inside.x() / std::max(1, m_grid.cell.width()), 0, std::max(0, m_grid.columns - 1)),
            std::clamp(inside.y() / std::max(1, m_grid.cell.height()), 0,
                       std::max(0, static_cast<int>(m_grid.rows.size()) - 1))};
}

bool TextSelection::isEmpty() const
{
    return !range();
}

std::optional<TextSelection::Range> TextSelection::range() const
{
    // A click selects nothing: the pointer has to travel half a cell.
    const QPoint travel = m_end - m_start;
    if (m_grid.rows.isEmpty() || m_grid.columns == 0
        || (std::abs(travel.x()) < m_grid.cell.width() / 2
            && std::abs(travel.y()) < m_grid.cell.height() / 2))
        return std::nullopt;
    Cell first = cellAt(m_start);
    Cell last = cellAt(m_end);
    if (std::pair(first.row, first.column) > std::pair(last.row, last.column))
        std::swap(first, last);
    return Range{first, last};
}

QString TextSelection::text() const
{
    const auto selected = range();
    if (!selected)
        return {};
    QStringList lines;
    for (int row = selected->first.row; row <= selected->last.row; ++row) {
        const int from = row == selected->first.row ? selected->first.column : 0;
        const int to = row == selected->last.row ? selected->last.column : m_grid.columns - 1;
        QString line = m_grid.rows[row].mid(from, to - from + 1);
        while (line.endsWith(u' '))
            line.chop(1);
        lines.append(line);
    }
    return lines.join(u'\n');
}

QList<QRect> TextSelection::rects() const
{
    QList<QRect> out;
    const auto selected = range();
    if (!selected)
        return out;
    for (int row = selected->first.row; row <= selected->last.row; ++row) {
        const int from = row == selected->first.row ? selected->first.column : 0;
        const int to = row == selected->last.row ? selected->last.column : m_grid.columns - 1;
        out.append(QRect(m_grid.origin + QPoint(from * m_grid.cell.width(), row * m_grid.cell.height()),
                         QSize((to - from + 1) * m_grid.cell.width(), m_grid.cell.height())));
    }
    return out;
}

} // namespace console

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QList>
#include <QPoint>
#include <QRect>
#include <QString>
#include <QStringList>

#include <optional>

namespace console {

/// The characters on a guest's text screen and where they are, so that they can be copied without
/// any help from inside the guest.
struct TextGrid {
    QStringList rows;  ///< top to bottom; one character a cell, blanks included
    int columns = 0;   ///< cells a row
    QPoint origin;     ///< of the first cell, in guest pixels
    QSize cell{8, 16}; ///< in guest pixels
};

/// A stretch of text from one cell to another, as in a terminal. A pure value.
class TextSelection {
public:
    TextSelection() = default;
    TextSelection(TextGrid grid, QPoint start) : m_grid(std::move(grid)), m_start(start), m_end(start) {}

    /// Moves the loose end. Points are guest pixels.
    void extendTo(QPoint point) { m_end = point; }
    [[nodiscard]] bool isEmpty() const;
    [[nodiscard]] QString text() const; ///< rows joined by line breaks, blanks at their ends cut off
    /// The selected cells in guest pixels, one rectangle a row.
    [[nodiscard]] QList<QRect> rects() const;

private:
    struct Cell {
        int column = 0, row = 0;
        bool operator==(const Cell&) const = default;
    };
    struct Range {
        Cell first, last; ///< `last` is part of the range
    };
    [[nodiscard]] Cell cellAt(QPoint point) const;
    [[nodiscard]] std::optional<Range> range() const;

    TextGrid m_grid;
    QPoint m_start, m_end;
};

} // namespace console

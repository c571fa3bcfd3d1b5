// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QPoint>
#include <QWidget>

namespace console {

/// Keeps the pointer inside a widget and turns its movements into motion, for guests that read a
/// plain mouse. The pointer is invisible and is put back to the middle whenever it gets near an edge.
class PointerCapture {
public:
    explicit PointerCapture(QWidget& widget) : m_widget(widget) {}

    void begin();
    void end();
    [[nodiscard]] bool isActive() const { return m_active; }
    /// How far the pointer has moved to get to `global`, in logical pixels; (0, 0) for the jump that
    /// we have made ourselves.
    [[nodiscard]] QPoint motionTo(QPoint global);

private:
    void moveToMiddle();
    [[nodiscard]] QPoint middle() const { return m_widget.mapToGlobal(m_widget.rect().center()); }

    QWidget& m_widget;
    bool m_active = false;
    bool m_jumping = false; ///< we have moved the pointer and the event has not come yet
    QPoint m_last;
};

} // namespace console

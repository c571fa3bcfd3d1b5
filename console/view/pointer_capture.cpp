// SPDX-License-Identifier: GPL-3.0-or-later
#include "view/pointer_capture.h"

#include <QCursor>

#include <algorithm>
#include <utility>

namespace console {

void PointerCapture::begin()
{
    if (std::exchange(m_active, true))
        return;
    m_last = QCursor::pos();
    m_widget.grabMouse();
    moveToMiddle();
}

void PointerCapture::end()
{
    if (!std::exchange(m_active, false))
        return;
    m_widget.releaseMouse();
}

void PointerCapture::moveToMiddle()
{
    m_jumping = true;
    QCursor::setPos(middle());
}

QPoint PointerCapture::motionTo(QPoint global)
{
    constexpr int Near = 2;
    if (m_jumping && (global - middle()).manhattanLength() <= Near) {
        m_jumping = false;
        m_last = global;
        return {};
    }
    const QPoint motion = global - std::exchange(m_last, global);
    const QPoint distance = global - middle();
    if (!m_jumping
        && (std::abs(distance.x()) > m_widget.width() / 4 || std::abs(distance.y()) > m_widget.height() / 4))
        moveToMiddle();
    return motion;
}

} // namespace console

// SPDX-License-Identifier: GPL-3.0-or-later
#include "view/view_geometry.h"

#include <QtMath>

#include <algorithm>

namespace console {
namespace {

QSize targetSize(QSize widget, QSize guest, ScalingMode mode)
{
    switch (mode) {
    case ScalingMode::Fit: return guest.scaled(widget, Qt::KeepAspectRatio).expandedTo({1, 1});
    case ScalingMode::Actual: return guest;
    case ScalingMode::Integer:
        return guest
               * std::max(1, std::min(widget.width() / guest.width(), widget.height() / guest.height()));
    }
    return guest;
}

/// Where a stretch of `length` starts in `room`: in the middle, or panned when it does not fit.
int placed(int room, int length, qreal pan)
{
    const int spare = room - length;
    return spare >= 0 ? spare / 2 : qRound(spare * std::clamp(pan, 0.0, 1.0));
}

} // namespace

ViewGeometry::ViewGeometry(QSize widget, qreal ratio, QSize guest, ScalingMode mode, QPointF pan)
    // The window system rounds a widget's edges to device pixels; rounding here keeps us inside.
    : m_widget(qRound(widget.width() * ratio), qRound(widget.height() * ratio)), m_ratio(ratio),
      m_guest(guest)
{
    if (guest.isEmpty() || widget.isEmpty())
        return;
    const QSize size = targetSize(m_widget, guest, mode);
    m_target = {
        {placed(m_widget.width(), size.width(), pan.x()), placed(m_widget.height(), size.height(), pan.y())},
        size};
}

bool ViewGeometry::isWholeMultiple() const
{
    return !isEmpty() && m_target.width() % m_guest.width() == 0
           && m_target.height() == m_guest.height() * (m_target.width() / m_guest.width());
}

bool ViewGeometry::isLargerThanWidget() const
{
    return m_target.width() > m_widget.width() || m_target.height() > m_widget.height();
}

qreal ViewGeometry::scale() const
{
    return isEmpty() ? 1 : qreal(m_target.width()) / m_guest.width();
}

QPoint ViewGeometry::toGuest(QPointF position) const
{
    if (isEmpty())
        return {};
    // The middle of the device pixel under the hot spot is what one sees there. Positions come divided by the
    // ratio: a little more keeps those on a pixel's edge inside of it.
    constexpr qreal Rounding = 1.0 / 64;
    const auto middle = [this](qreal along) { return qFloor(along * m_ratio + Rounding) + 0.5; };
    const int x = qFloor((middle(position.x()) - m_target.x()) * m_guest.width() / m_target.width());
    const int y = qFloor((middle(position.y()) - m_target.y()) * m_guest.height() / m_target.height());
    return {std::clamp(x, 0, m_guest.width() - 1), std::clamp(y, 0, m_guest.height() - 1)};
}

QPointF ViewGeometry::fromGuest(QPoint pixel) const
{
    if (isEmpty())
        return {};
    const QPointF inside((pixel.x() + 0.5) * m_target.width() / m_guest.width(),
                         (pixel.y() + 0.5) * m_target.height() / m_guest.height());
    return (inside + QPointF(m_target.topLeft())) / m_ratio;
}

bool ViewGeometry::contains(QPointF position) const
{
    return QRectF(m_target).contains(position * m_ratio);
}

QRect ViewGeometry::repaintRect(const QRect& guest) const
{
    if (isEmpty())
        return {};
    const qreal sx = qreal(m_target.width()) / m_guest.width();
    const qreal sy = qreal(m_target.height()) / m_guest.height();
    QRectF device(m_target.x() + guest.x() * sx, m_target.y() + guest.y() * sy, guest.width() * sx,
                  guest.height() * sy);
    if (!isWholeMultiple())
        device.adjust(-sx - 1, -sy - 1, sx + 1, sy + 1);
    const QRectF logical(device.topLeft() / m_ratio, device.size() / m_ratio);
    // At fractional ratios an edge of the logical rectangle may fall inside a device pixel of ours.
    return m_ratio == 1.0 ? logical.toAlignedRect() : logical.toAlignedRect().adjusted(-1, -1, 1, 1);
}

} // namespace console

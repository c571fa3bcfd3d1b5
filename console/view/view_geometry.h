// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QPoint>
#include <QPointF>
#include <QRect>
#include <QSize>
#include <QTransform>

namespace console {

enum class ScalingMode {
    Fit,     ///< as large as the widget allows, shape kept
    Actual,  ///< one pixel of the guest is one pixel of the monitor
    Integer, ///< the largest whole multiple that fits, at least 1
};

enum class ScalingFilter {
    Automatic, ///< sharp at whole multiples, smooth between them
    Smooth,
    Nearest,
};

/// Where the guest's picture lies on the monitor. Reckons in device pixels, so that nothing is
/// resampled by accident at fractional scale factors. A pure value.
class ViewGeometry {
public:
    ViewGeometry() = default;
    /// `widget` in logical pixels, `ratio` its devicePixelRatio, `guest` in guest pixels. `pan` (0 to 1
    /// on each axis) chooses the visible part of a picture that is larger than the widget.
    ViewGeometry(QSize widget, qreal ratio, QSize guest, ScalingMode mode, QPointF pan = {});

    /// The picture in device pixels, relative to the widget; may be larger than the widget.
    [[nodiscard]] QRect target() const { return m_target; }
    [[nodiscard]] qreal ratio() const { return m_ratio; }
    [[nodiscard]] bool isEmpty() const { return m_target.isEmpty() || m_guest.isEmpty(); }
    /// One guest pixel is one device pixel.
    [[nodiscard]] bool isActualSize() const { return m_target.size() == m_guest; }
    /// Every guest pixel becomes a square of the same whole size.
    [[nodiscard]] bool isWholeMultiple() const;
    [[nodiscard]] bool isLargerThanWidget() const;
    /// Device pixels per guest pixel.
    [[nodiscard]] qreal scale() const;

    /// The guest pixel under a position in the widget (logical), clamped to the picture.
    [[nodiscard]] QPoint toGuest(QPointF position) const;
    /// The middle of a guest pixel, in logical pixels of the widget.
    [[nodiscard]] QPointF fromGuest(QPoint pixel) const;
    [[nodiscard]] bool contains(QPointF position) const;
    /// The logical rectangle that has to be repainted when `guest` pixels change, including the
    /// neighbours that a smooth filter mixes them into.
    [[nodiscard]] QRect repaintRect(const QRect& guest) const;

private:
    QSize m_widget; ///< device pixels
    qreal m_ratio = 1;
    QSize m_guest;
    QRect m_target;
};

} // namespace console

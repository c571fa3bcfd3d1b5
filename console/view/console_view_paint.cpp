// SPDX-License-Identifier: GPL-3.0-or-later
#include "view/console_view.h"
#include "view/overlay.h"

#include <QPaintEvent>
#include <QPainter>

#include <mutex>

namespace console {
namespace {

constexpr QRgb Surround = qRgb(0x17, 0x19, 0x1c);
constexpr int DimAlpha = 150;

/// Makes the painter count in device pixels from the widget's corner, so that pixels land on pixels
/// at every scale factor.
QTransform devicePixels(const QPainter& painter)
{
    const QTransform toDevice = painter.deviceTransform();
    const QTransform corner = QTransform::fromTranslate(qRound(toDevice.dx()), qRound(toDevice.dy()));
    return corner * toDevice.inverted();
}

} // namespace

void ConsoleView::paintEvent(QPaintEvent* event)
{
    if (m_geometry.ratio() != devicePixelRatioF()) // moved to another monitor
        updateGeometryOfPicture();
    QPainter painter(this);
    painter.save();
    painter.setWorldTransform(devicePixels(painter));
    paintPicture(painter, event->region());
    paintGuestPointer(painter);
    paintSelection(painter);
    painter.restore();
    if (const QString text = overlayText(); !text.isEmpty())
        paintMessage(painter, rect(), text);
    else if (m_hintTimer.isActive())
        paintHint(painter, rect(), captureHint());
}

void ConsoleView::paintPicture(QPainter& painter, const QRegion& region) const
{
    const QRect target = m_geometry.target();
    const qreal ratio = devicePixelRatioF();
    for (const QRect& logical : region) {
        const QRect device =
            QRectF(QPointF(logical.topLeft()) * ratio, QSizeF(logical.size()) * ratio).toAlignedRect();
        for (const QRect& outside : QRegion(device) - QRegion(m_picture.isNull() ? QRect() : target))
            painter.fillRect(outside, QColor(Surround));
        if (m_picture.isNull())
            continue;
        const QRect inside = device & target;
        if (inside.isEmpty())
            continue;
        std::unique_lock<std::mutex> lock;
        if (m_picture.memory)
            lock = std::unique_lock(m_picture.memory->mutex());
        if (m_geometry.isActualSize()) {
            painter.drawImage(inside.topLeft(), m_picture.image, inside.translated(-target.topLeft()));
            continue;
        }
        const bool smooth = m_filter == ScalingFilter::Smooth
                            || (m_filter == ScalingFilter::Automatic && !m_geometry.isWholeMultiple());
        painter.setRenderHint(QPainter::SmoothPixmapTransform, smooth);
        // All of it under a clip: parts drawn alone would be filtered differently at their edges.
        painter.setClipRect(inside);
        painter.drawImage(target, m_picture.image);
        painter.setClipping(false);
    }
    if (!m_picture.isNull() && !m_picture.memory)
        painter.fillRect(target, QColor(0, 0, 0, DimAlpha));
}

void ConsoleView::paintGuestPointer(QPainter& painter) const
{
    const QRect rect = guestPointerRect();
    if (rect.isEmpty())
        return;
    const QRect target = m_geometry.target();
    const qreal sx = qreal(target.width()) / m_guestSize.width();
    const qreal sy = qreal(target.height()) / m_guestSize.height();
    painter.setRenderHint(QPainter::SmoothPixmapTransform, !m_geometry.isWholeMultiple());
    painter.setClipRect(target);
    painter.drawImage(
        QRectF(target.x() + rect.x() * sx, target.y() + rect.y() * sy, rect.width() * sx, rect.height() * sy),
        m_pointerPixels);
    painter.setClipping(false);
}

void ConsoleView::paintSelection(QPainter& painter) const
{
    if (!m_selection)
        return;
    const QRect target = m_geometry.target();
    QColor colour = palette().color(QPalette::Highlight);
    colour.setAlpha(110);
    for (const QRect& rect : m_selection->rects()) {
        const qreal sx = qreal(target.width()) / m_guestSize.width();
        const qreal sy = qreal(target.height()) / m_guestSize.height();
        painter.fillRect(QRectF(target.x() + rect.x() * sx, target.y() + rect.y() * sy, rect.width() * sx,
                                rect.height() * sy),
                         colour);
    }
}

QString ConsoleView::overlayText() const
{
    switch (m_client.state()) {
    case RfbClient::State::Connected:
        return m_picture.isNull() ? tr("Waiting for the guest's screen…") : QString();
    case RfbClient::State::Connecting: return m_statusText.isEmpty() ? tr("Connecting…") : m_statusText;
    case RfbClient::State::Idle: return m_statusText;
    case RfbClient::State::Closed:
        return m_statusText.isEmpty() ? tr("The screen is not connected.") : m_statusText;
    }
    return {};
}

QString ConsoleView::captureHint() const
{
    const QString what = m_client.isPointerAbsolute() ? tr("All keys go to the guest.")
                                                      : tr("The keyboard and the mouse belong to the guest.");
    switch (m_keyboard.chord()) {
    case ReleaseChord::CtrlAlt: return what + u' ' + tr("Press and release Ctrl+Alt to get them back.");
    case ReleaseChord::RightCtrl:
        return what + u' ' + tr("Press and release the right Ctrl key to get them back.");
    case ReleaseChord::CtrlShift: return what + u' ' + tr("Press and release Ctrl+Shift to get them back.");
    case ReleaseChord::None: break;
    }
    return what;
}

} // namespace console

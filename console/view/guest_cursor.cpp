// SPDX-License-Identifier: GPL-3.0-or-later
#include "view/guest_cursor.h"

#include <QImage>
#include <QPainter>
#include <QPixmap>

#include <algorithm>

namespace console {

QImage pointerPixels(const CursorImage& image)
{
    if (image.width <= 0 || image.height <= 0 || image.pixels.empty())
        return {};
    // SAFETY: QImage reads the vector's bytes, which outlive the copy.
    return QImage(reinterpret_cast<const uchar*>(image.pixels.data()), image.width, image.height,
                  image.width * 4, QImage::Format_ARGB32_Premultiplied)
        .copy();
}

QCursor guestCursor(const CursorImage& image, qreal scale, qreal ratio)
{
    const QImage pixels = pointerPixels(image);
    if (pixels.isNull())
        return QCursor(Qt::BlankCursor);
    // Window systems refuse huge cursors.
    constexpr qreal MaxSide = 256;
    const qreal largest = std::max(image.width, image.height) * scale * ratio;
    const qreal factor = scale * ratio * std::min(1.0, MaxSide / std::max(1.0, largest));
    QImage scaled =
        pixels.scaled((QSizeF(pixels.size()) * factor).toSize().expandedTo({1, 1}), Qt::IgnoreAspectRatio,
                      factor == 1.0 ? Qt::FastTransformation : Qt::SmoothTransformation);
    scaled.setDevicePixelRatio(ratio);
    const qreal logical = factor / ratio;
    return QCursor(QPixmap::fromImage(scaled.copy()), qRound(image.hotspotX * logical),
                   qRound(image.hotspotY * logical));
}

QCursor dotCursor(qreal ratio)
{
    constexpr int Side = 7;
    QImage image(QSize(Side, Side) * ratio, QImage::Format_ARGB32_Premultiplied);
    image.setDevicePixelRatio(ratio);
    image.fill(Qt::transparent);
    QPainter painter(&image);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::white);
    painter.setBrush(Qt::black);
    painter.drawEllipse(QRectF(1, 1, Side - 2, Side - 2));
    painter.end();
    return QCursor(QPixmap::fromImage(image), Side / 2, Side / 2);
}

} // namespace console

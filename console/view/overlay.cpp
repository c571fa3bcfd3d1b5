// SPDX-License-Identifier: GPL-3.0-or-later
#include "view/overlay.h"

#include <QFontMetrics>

namespace console {
namespace {

constexpr int Padding = 14;
constexpr int Margin = 16;

void paintPanel(QPainter& painter, const QRect& area, const QString& text, bool centred)
{
    const QFontMetrics metrics = painter.fontMetrics();
    const int room = area.width() - 2 * (Margin + Padding);
    if (room <= 0)
        return;
    const QRect needed =
        metrics.boundingRect(QRect(0, 0, room, area.height()), Qt::AlignCenter | Qt::TextWordWrap, text);
    QRect panel(0, 0, needed.width() + 2 * Padding, needed.height() + 2 * Padding);
    panel.moveCenter(area.center());
    if (!centred)
        panel.moveTop(area.top() + Margin);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QColor(255, 255, 255, 40));
    painter.setBrush(QColor(28, 30, 34, 225));
    painter.drawRoundedRect(QRectF(panel).adjusted(0.5, 0.5, -0.5, -0.5), 8, 8);
    painter.setPen(QColor(245, 245, 245));
    painter.drawText(panel, Qt::AlignCenter | Qt::TextWordWrap, text);
}

} // namespace

void paintMessage(QPainter& painter, const QRect& area, const QString& text)
{
    QFont font = painter.font();
    font.setPointSizeF(font.pointSizeF() * 1.25);
    painter.setFont(font);
    paintPanel(painter, area, text, true);
}

void paintHint(QPainter& painter, const QRect& area, const QString& text)
{
    paintPanel(painter, area, text, false);
}

} // namespace console

// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/detail/graph_widget.h"

#include <QPainter>
#include <QPainterPath>

using namespace Qt::StringLiterals;

namespace app {

GraphWidget::GraphWidget(QString title, QColor colour, double ceiling, QWidget* parent)
    : QWidget(parent), m_title(std::move(title)), m_colour(colour), m_ceiling(ceiling)
{
    setAccessibleName(m_title);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
}

void GraphWidget::add(double value, const QString& text)
{
    m_values.push_back(std::max(value, 0.0));
    if (m_values.size() > Capacity)
        m_values.pop_front();
    m_text = text;
    setAccessibleDescription(text);
    update();
}

void GraphWidget::clear()
{
    m_values.clear();
    m_text.clear();
    update();
}

void GraphWidget::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const int lineHeight = fontMetrics().height();
    const QRect head(0, 0, width(), lineHeight);
    painter.setPen(palette().color(QPalette::PlaceholderText));
    painter.drawText(head, Qt::AlignLeading | Qt::AlignVCenter, m_title);
    painter.setPen(palette().color(QPalette::WindowText));
    painter.drawText(head, Qt::AlignTrailing | Qt::AlignVCenter, m_text);

    const QRectF area = QRectF(rect()).adjusted(0.5, lineHeight + 4.5, -0.5, -0.5);
    QPainterPath frame;
    frame.addRoundedRect(area, 4, 4);
    painter.fillPath(frame, palette().color(QPalette::Base));
    painter.setClipPath(frame);
    if (m_values.size() > 1) {
        const double largest = *std::ranges::max_element(m_values);
        const double top = m_ceiling > 0 ? m_ceiling : std::max(largest * 1.1, 1e-9);
        const double step = area.width() / (Capacity - 1);
        double x = area.right() - step * static_cast<double>(m_values.size() - 1);
        QPainterPath line;
        for (std::size_t i = 0; i < m_values.size(); ++i, x += step) {
            const QPointF point(x, area.bottom() - std::min(m_values[i] / top, 1.0) * (area.height() - 2));
            i == 0 ? line.moveTo(point) : line.lineTo(point);
        }
        QPainterPath fill = line;
        fill.lineTo(area.bottomRight());
        fill.lineTo(area.right() - step * static_cast<double>(m_values.size() - 1), area.bottom());
        QColor shade = m_colour;
        shade.setAlphaF(0.25F);
        painter.fillPath(fill, shade);
        painter.setPen(QPen(m_colour, 1.5));
        painter.drawPath(line);
    }
    painter.setClipping(false);
    painter.setPen(palette().color(QPalette::Mid));
    painter.drawPath(frame);
}

} // namespace app

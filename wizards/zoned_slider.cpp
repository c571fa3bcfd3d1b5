// SPDX-License-Identifier: GPL-3.0-or-later
#include "wizards/zoned_slider.h"

#include <QMouseEvent>
#include <QPainterPath>
#include <QStyle>

namespace wizards {

namespace {

constexpr qreal GrooveHeight = 8;
constexpr qreal HandleRadius = 9;
constexpr qreal TickLength = 5;

/// Colours that can be told apart on a light and on a dark background; the ticks and the legend say
/// the same in words.
const QColor TooLittle(0xDA, 0x44, 0x53);
const QColor Comfortable(0x27, 0xAE, 0x60);
const QColor TooMuch(0xF6, 0x74, 0x00);

} // namespace

ZonedSlider::ZonedSlider(QWidget* parent) : QSlider(Qt::Horizontal, parent)
{
    setFocusPolicy(Qt::StrongFocus);
    setPageStep(8);
    setRange(0, 0);
}

void ZonedSlider::setScale(const ResourceScale& scale)
{
    const std::uint64_t kept = valueAt(value());
    m_scale = scale;
    m_stops = scale.stops();
    const QSignalBlocker quiet(this);
    setRange(0, static_cast<int>(m_stops.size()) - 1);
    setValue(nearestPosition(kept));
    updateGeometry();
    update();
}

bool ZonedSlider::showsTick(std::uint64_t value) const
{
    return value > m_scale.minimum && value < m_scale.maximum;
}

int ZonedSlider::nearestPosition(std::uint64_t value) const
{
    const auto above = std::ranges::lower_bound(m_stops, value);
    if (above == m_stops.end())
        return static_cast<int>(m_stops.size()) - 1;
    if (above != m_stops.begin() && value - *(above - 1) < *above - value)
        return static_cast<int>(above - 1 - m_stops.begin());
    return static_cast<int>(above - m_stops.begin());
}

QSize ZonedSlider::sizeHint() const
{
    const bool hasTicks = showsTick(m_scale.needed) || showsTick(m_scale.recommended);
    const int ticks = hasTicks ? static_cast<int>(TickLength) + fontMetrics().height() : 0;
    return {240, static_cast<int>(2 * HandleRadius) + ticks + 4};
}

QRectF ZonedSlider::groove() const
{
    return {HandleRadius + 1, HandleRadius + 1 - GrooveHeight / 2, width() - 2 * HandleRadius - 2,
            GrooveHeight};
}

qreal ZonedSlider::xOf(std::uint64_t value) const
{
    const QRectF area = groove();
    const qreal share = static_cast<qreal>(nearestPosition(value)) / std::max(maximum(), 1);
    return layoutDirection() == Qt::RightToLeft ? area.right() - share * area.width()
                                                : area.left() + share * area.width();
}

void ZonedSlider::moveTo(qreal x)
{
    const QRectF area = groove();
    qreal share = std::clamp((x - area.left()) / area.width(), 0.0, 1.0);
    if (layoutDirection() == Qt::RightToLeft)
        share = 1 - share;
    setValue(qRound(share * maximum()));
}

void ZonedSlider::mousePressEvent(QMouseEvent* event)
{
    if (event->button() == Qt::LeftButton)
        moveTo(event->position().x());
}

void ZonedSlider::mouseMoveEvent(QMouseEvent* event)
{
    if (event->buttons() & Qt::LeftButton)
        moveTo(event->position().x());
}

void ZonedSlider::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    if (!isEnabled())
        painter.setOpacity(0.5);
    paintGroove(painter);
    //: Label of a slider's tick: the guest's system needs at least this much
    const QString neededText = tr("minimum");
    //: Label of a slider's tick: the guest's system recommends this much
    const QString recommendedText = tr("recommended");
    if (showsTick(m_scale.needed))
        paintTick(painter, m_scale.needed, neededText, /*alignRight=*/m_scale.recommended > m_scale.needed);
    if (showsTick(m_scale.recommended) && m_scale.recommended != m_scale.needed)
        paintTick(painter, m_scale.recommended, recommendedText, /*alignRight=*/false);
    paintHandle(painter);
}

void ZonedSlider::paintGroove(QPainter& painter) const
{
    const QRectF area = groove();
    QPainterPath outline;
    outline.addRoundedRect(area, GrooveHeight / 2, GrooveHeight / 2);
    painter.save();
    painter.setClipPath(outline);
    painter.fillRect(area, Comfortable);
    const auto paintZone = [&](std::uint64_t from, std::uint64_t to, const QColor& colour) {
        const qreal a = xOf(from);
        const qreal b = xOf(to);
        painter.fillRect(QRectF(std::min(a, b), area.top(), std::abs(b - a), area.height()), colour);
    };
    if (m_scale.needed > m_scale.minimum)
        paintZone(m_scale.minimum, std::min(m_scale.needed, m_scale.maximum), TooLittle);
    if (m_scale.comfortable() < m_scale.maximum)
        paintZone(m_scale.comfortable(), m_scale.maximum, TooMuch);
    // What is not chosen is paler.
    const qreal handle = xOf(valueAt(value()));
    QRectF rest = area;
    if (layoutDirection() == Qt::RightToLeft)
        rest.setRight(handle);
    else
        rest.setLeft(handle);
    QColor veil = palette().color(QPalette::Window);
    veil.setAlphaF(0.65F);
    painter.fillRect(rest, veil);
    painter.restore();
}

void ZonedSlider::paintTick(QPainter& painter, std::uint64_t value, const QString& text,
                            bool alignRight) const
{
    const qreal x = xOf(value);
    const qreal top = groove().bottom() + 4;
    painter.setPen(palette().color(QPalette::WindowText));
    painter.drawLine(QPointF(x, top), QPointF(x, top + TickLength));
    const qreal textWidth = fontMetrics().horizontalAdvance(text);
    const bool fitsBeside = alignRight && x - textWidth - 3 > 0;
    const qreal wanted = fitsBeside ? x - textWidth + 2 : x - (alignRight ? textWidth / 2 : 2);
    const qreal left = std::clamp(wanted, 0.0, std::max(0.0, width() - textWidth));
    painter.drawText(QPointF(left, top + TickLength + fontMetrics().ascent()), text);
}

void ZonedSlider::paintHandle(QPainter& painter) const
{
    const QPointF centre(xOf(valueAt(value())), groove().center().y());
    const bool focused = hasFocus();
    painter.setPen(QPen(palette().color(focused ? QPalette::Highlight : QPalette::Mid), focused ? 2.5 : 1.5));
    painter.setBrush(palette().color(QPalette::Button));
    painter.drawEllipse(centre, HandleRadius - 1, HandleRadius - 1);
}

} // namespace wizards

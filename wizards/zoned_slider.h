// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "wizards/resource_scale.h"

#include <QSlider>

namespace wizards {

/// A horizontal slider over the stops of a scale. Its groove is coloured: too little for the guest,
/// comfortable, more than the computer can stand; labelled ticks mark the guest's minimum and
/// recommendation. Painting only; values are the base class's (indexes of stops).
class ZonedSlider final : public QSlider {
    Q_OBJECT
public:
    explicit ZonedSlider(QWidget* parent = nullptr);

    void setScale(const ResourceScale& scale);
    [[nodiscard]] std::uint64_t valueAt(int position) const
    {
        return m_stops[static_cast<std::size_t>(position)];
    }
    [[nodiscard]] int nearestPosition(std::uint64_t value) const;
    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override { return sizeHint(); }

protected:
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;

private:
    [[nodiscard]] QRectF groove() const;
    [[nodiscard]] qreal xOf(std::uint64_t value) const;
    [[nodiscard]] bool showsTick(std::uint64_t value) const;
    void moveTo(qreal x);
    void paintGroove(QPainter& painter) const;
    void paintTick(QPainter& painter, std::uint64_t value, const QString& text, bool alignRight) const;
    void paintHandle(QPainter& painter) const;

    ResourceScale m_scale;
    std::vector<std::uint64_t> m_stops{0};
};

} // namespace wizards

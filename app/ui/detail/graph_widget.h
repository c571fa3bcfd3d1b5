// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

#include <deque>

namespace app {

/// A small live graph of one quantity over the last two minutes, with its name and latest value.
class GraphWidget final : public QWidget {
    Q_OBJECT
public:
    /// `ceiling` is the top of the graph; 0 means the largest value shown.
    GraphWidget(QString title, QColor colour, double ceiling, QWidget* parent = nullptr);

    void add(double value, const QString& text);
    void setCeiling(double ceiling) { m_ceiling = ceiling; }
    void clear();
    [[nodiscard]] std::size_t sampleCount() const { return m_values.size(); }
    [[nodiscard]] QSize sizeHint() const override { return {200, 84}; }
    [[nodiscard]] QSize minimumSizeHint() const override { return {120, 70}; }

    static constexpr std::size_t Capacity = 120;

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    QString m_title;
    QString m_text;
    QColor m_colour;
    double m_ceiling;
    std::deque<double> m_values;
};

} // namespace app

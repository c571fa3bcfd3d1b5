// SPDX-License-Identifier: GPL-3.0-or-later
// Run once for each scale factor of the desktop (QT_SCALE_FACTOR): pixels and positions are exact.
#include "console/view_fixture.h"

#include <QMainWindow>

#include <gtest/gtest.h>

#include <random>

namespace console::test {
namespace {

class ScaleFactor : public ViewFixture {
protected:
    void drawNoise()
    {
        std::mt19937 random(7);
        for (std::uint32_t y = 0; y < 400; ++y)
            for (std::uint32_t x = 0; x < 640; ++x)
                m_screen.setPixel(x, y, static_cast<std::uint32_t>(random()) & 0xffffffU);
        m_screen.damage({.x = 0, .y = 0, .width = 640, .height = 400});
    }
    /// How many of the guest's pixels differ from the picture at `corner` (device pixels) of `grabbed`.
    [[nodiscard]] int differences(const QImage& grabbed, QPoint corner) const
    {
        int count = 0;
        for (int y = 0; y < 400; ++y)
            for (int x = 0; x < 640; ++x)
                if ((grabbed.pixel(corner + QPoint(x, y)) & 0xffffffU)
                    != m_screen.pixel(static_cast<std::uint32_t>(x), static_cast<std::uint32_t>(y)))
                    ++count;
        return count;
    }
};

TEST_F(ScaleFactor, EveryPixelIsThePixelOfTheGuest)
{
    m_view.setScalingMode(ScalingMode::Actual);
    m_view.resize(701, 433);
    connectView();
    drawNoise();
    const auto corner = [&] { return m_view.geometryOfPicture().target().topLeft(); };
    EXPECT_TRUE(waitUntil([&] { return differences(m_view.grab().toImage(), corner()) == 0; }, 5000))
        << "ratio " << m_view.devicePixelRatioF();
}

TEST_F(ScaleFactor, OddPlacesInAWindowDoNotBlur)
{
    // A widget at an odd logical position starts inside a device pixel when the factor is fractional.
    QWidget window;
    window.resize(760, 480);
    m_view.setParent(&window);
    m_view.setGeometry(3, 5, 701, 433);
    m_view.setScalingMode(ScalingMode::Actual);
    window.show();
    connectView();
    drawNoise();
    const qreal ratio = m_view.devicePixelRatioF();
    const QPoint origin(qRound(3 * ratio), qRound(5 * ratio));
    EXPECT_TRUE(waitUntil(
        [&] {
            return differences(window.grab().toImage(),
                               origin + m_view.geometryOfPicture().target().topLeft())
                   == 0;
        },
        5000));
    m_view.setParent(nullptr);
}

TEST_F(ScaleFactor, PartialRepaintsLeaveNoTraces)
{
    m_view.resize(701, 433);
    for (const ScalingMode mode : {ScalingMode::Fit, ScalingMode::Actual, ScalingMode::Integer}) {
        m_view.setScalingMode(mode);
        connectView();
        drawNoise();
        QImage partial(m_view.size() * m_view.devicePixelRatioF(), QImage::Format_RGB32);
        partial.setDevicePixelRatio(m_view.devicePixelRatioF());
        (void)waitUntil(
            [&] { return m_view.screenshot().pixel(639, 399) == (0xff000000U | m_screen.pixel(639, 399)); });
        m_view.render(&partial);
        // A change drawn through its own repaint rectangle equals one drawn with everything.
        const QRect changed(101, 57, 13, 11);
        for (int y = changed.top(); y <= changed.bottom(); ++y)
            for (int x = changed.left(); x <= changed.right(); ++x)
                m_screen.setPixel(static_cast<std::uint32_t>(x), static_cast<std::uint32_t>(y), 0xffffff);
        const QRect repaint = m_view.geometryOfPicture().repaintRect(changed);
        m_view.render(&partial, repaint.topLeft(), repaint);
        QImage full(partial.size(), QImage::Format_RGB32);
        full.setDevicePixelRatio(m_view.devicePixelRatioF());
        m_view.render(&full);
        // Smooth scaling reckons from the edge of what it draws, in 1/65536 of a pixel: the last bit or
        // two may round another way. A trace of something missing would be far brighter.
        int worst = 0;
        for (int y = 0; y < full.height(); ++y)
            for (int x = 0; x < full.width(); ++x)
                for (const int shift : {0, 8, 16})
                    worst =
                        std::max(worst, std::abs(static_cast<int>(full.pixel(x, y) >> shift & 0xffU)
                                                 - static_cast<int>(partial.pixel(x, y) >> shift & 0xffU)));
        EXPECT_LE(worst, mode == ScalingMode::Fit ? 3 : 0) << static_cast<int>(mode);
    }
}

TEST_F(ScaleFactor, ThePointerHitsThePixelUnderIt)
{
    m_view.resize(1000, 700);
    connectView();
    std::mt19937 random(11);
    for (int i = 0; i < 200; ++i) {
        const QPoint pixel(static_cast<int>(random() % 640U), static_cast<int>(random() % 400U));
        mouse(QEvent::MouseMove, m_view.geometryOfPicture().fromGuest(pixel));
        ASSERT_TRUE(waitUntil(
            [&] {
                const auto [x, y] = m_pointer.position();
                return QPoint(x * 640 / 32768, y * 400 / 32768) == pixel;
            },
            3000))
            << pixel.x() << ' ' << pixel.y();
    }
}

} // namespace
} // namespace console::test

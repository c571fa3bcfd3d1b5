// SPDX-License-Identifier: GPL-3.0-or-later
#include "view/view_geometry.h"

#include <gtest/gtest.h>

namespace console {
namespace {

/// Every guest pixel's middle leads back to it: position error 0 at every scale factor.
class ViewGeometryRatio : public testing::TestWithParam<double> {};

TEST_P(ViewGeometryRatio, EveryPixelIsHit)
{
    const double ratio = GetParam();
    for (const ScalingMode mode : {ScalingMode::Fit, ScalingMode::Actual, ScalingMode::Integer}) {
        for (const QSize guest : {QSize(640, 480), QSize(1024, 768), QSize(1280, 800)}) {
            const ViewGeometry view({1401, 933}, ratio, guest, mode);
            if (view.scale() < 1)
                continue; // several guest pixels share one of the monitor's
            for (int x = 0; x < guest.width(); ++x)
                ASSERT_EQ(view.toGuest(view.fromGuest({x, 100})), QPoint(x, 100)) << ratio;
            for (int y = 0; y < guest.height(); ++y)
                ASSERT_EQ(view.toGuest(view.fromGuest({7, y})), QPoint(7, y)) << ratio;
        }
    }
}

TEST_P(ViewGeometryRatio, ActualSizeIsExactInDevicePixels)
{
    const ViewGeometry view({900, 700}, GetParam(), {800, 600}, ScalingMode::Actual);
    EXPECT_EQ(view.target().size(), QSize(800, 600));
    EXPECT_TRUE(view.isActualSize());
}

INSTANTIATE_TEST_SUITE_P(Ratios, ViewGeometryRatio, testing::Values(1.0, 1.25, 1.5, 1.75, 2.0));

TEST(ViewGeometry, FitKeepsTheShapeAndCentres)
{
    const ViewGeometry view({1000, 600}, 1, {320, 200}, ScalingMode::Fit);
    EXPECT_EQ(view.target(), QRect(20, 0, 960, 600));
}

TEST(ViewGeometry, IntegerTakesTheLargestWholeMultiple)
{
    const ViewGeometry view({1000, 700}, 1, {320, 200}, ScalingMode::Integer);
    EXPECT_EQ(view.target().size(), QSize(960, 600));
    EXPECT_TRUE(view.isWholeMultiple());
    EXPECT_EQ(ViewGeometry({100, 100}, 1, {320, 200}, ScalingMode::Integer).target().size(), QSize(320, 200));
}

TEST(ViewGeometry, PositionsOutsideAreClampedToThePicture)
{
    const ViewGeometry view({1000, 600}, 1, {320, 200}, ScalingMode::Fit);
    EXPECT_EQ(view.toGuest({-50, -50}), QPoint(0, 0));
    EXPECT_EQ(view.toGuest({5000, 5000}), QPoint(319, 199));
    EXPECT_FALSE(view.contains({5, 300}));
    EXPECT_TRUE(view.contains({21, 300}));
}

TEST(ViewGeometry, PanningReachesBothEnds)
{
    EXPECT_EQ(ViewGeometry({400, 300}, 1, {800, 600}, ScalingMode::Actual, {0, 0}).target().topLeft(),
              QPoint(0, 0));
    EXPECT_EQ(ViewGeometry({400, 300}, 1, {800, 600}, ScalingMode::Actual, {1, 1}).target().topLeft(),
              QPoint(-400, -300));
}

TEST(ViewGeometry, RepaintCoversTheChangedPixels)
{
    for (const double ratio : {1.0, 1.25, 1.5, 2.0}) {
        for (const ScalingMode mode : {ScalingMode::Fit, ScalingMode::Actual, ScalingMode::Integer}) {
            const ViewGeometry view({901, 701}, ratio, {640, 400}, mode);
            const QRect changed(101, 57, 3, 5);
            const QRectF logical = view.repaintRect(changed);
            EXPECT_TRUE(logical.contains(view.fromGuest(changed.topLeft())));
            EXPECT_TRUE(logical.contains(view.fromGuest(changed.bottomRight())));
            EXPECT_LT(logical.width() * logical.height(), 400);
        }
    }
}

TEST(ViewGeometry, EmptyPicturesHaveNoPlace)
{
    const ViewGeometry view({400, 300}, 1, {}, ScalingMode::Fit);
    EXPECT_TRUE(view.isEmpty());
    EXPECT_EQ(view.toGuest({10, 10}), QPoint());
}

} // namespace
} // namespace console

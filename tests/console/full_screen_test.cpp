// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/view_fixture.h"
#include "view/full_screen.h"

#include <QPushButton>

#include <gtest/gtest.h>
#include <linux/input-event-codes.h>

namespace console::test {
namespace {

class FullScreen : public ViewFixture {
protected:
    FullScreen() : m_controller(m_view, m_view) {}
    FullScreenController m_controller;
};

TEST_F(FullScreen, F11GoesThereAndTheBarLeadsBack)
{
    connectView();
    FullScreenBar& bar = m_controller.bar();
    EXPECT_FALSE(bar.isVisible());
    press(KEY_F11, Qt::Key_F11);
    release(KEY_F11, Qt::Key_F11);
    EXPECT_TRUE(m_view.isFullScreen());
    EXPECT_TRUE(bar.isVisible());
    EXPECT_TRUE(waitUntil([&] { return !bar.isVisible(); })); // by itself
    EXPECT_TRUE(m_view.hasFocus());

    mouse(QEvent::MouseMove, {300, 0});
    EXPECT_TRUE(waitUntil([&] { return bar.isVisible(); }));
    bar.findChild<QPushButton*>(QStringLiteral("fullScreenLeave"))->click();
    EXPECT_FALSE(m_view.isFullScreen());
    EXPECT_FALSE(bar.isVisible());
}

TEST_F(FullScreen, PassingTheEdgeQuicklyShowsNothing)
{
    connectView();
    m_controller.setFullScreen(true);
    ASSERT_TRUE(waitUntil([&] { return !m_controller.bar().isVisible(); }));
    mouse(QEvent::MouseMove, {300, 0});
    mouse(QEvent::MouseMove, {300, 50});
    (void)waitUntil([] { return false; }, 500);
    EXPECT_FALSE(m_controller.bar().isVisible());
    m_controller.setFullScreen(false);
}

TEST_F(FullScreen, ReleasingTheInputShowsTheWayOut)
{
    connectView();
    m_controller.setFullScreen(true);
    ASSERT_TRUE(waitUntil([&] { return !m_controller.bar().isVisible(); }));
    m_view.captureInput();
    EXPECT_FALSE(m_controller.bar().isVisible());
    m_view.releaseInput();
    EXPECT_TRUE(m_controller.bar().isVisible());
}

} // namespace
} // namespace console::test

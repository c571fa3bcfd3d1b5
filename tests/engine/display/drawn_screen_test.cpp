// SPDX-License-Identifier: GPL-3.0-or-later
#include "display/display_pump.h"
#include "display/drawn_screen.h"
#include "display/pointer_overlay.h"
#include "engine/devices/display/vga_fixture.h"
#include "engine/devices/display/vga_modes.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

namespace engine::display {
namespace {

using namespace std::chrono_literals;
using testing::VgaFixture;

FrameDescriptor picture(std::uint32_t width, std::uint32_t height)
{
    return {.width = width,
            .height = height,
            .stride = width * 4,
            .block = HostBlock::create("picture", std::uint64_t{width} * height * 4).value()};
}

bool eventually(const std::function<bool()>& condition)
{
    for (int i = 0; i < 4000 && !condition(); ++i)
        std::this_thread::sleep_for(5ms);
    return condition();
}

TEST(DrawnScreen, LiesOverTheVgaWhileItIsInCharge)
{
    VgaFixture vga;
    DrawnScreen drawn;
    Scanout scanout(vga.adapter, &drawn);
    testing::programMode(vga, testing::Text80x25);
    (void)scanout.refresh(0ns);
    EXPECT_EQ(scanout.frame().width, 720U);

    const FrameDescriptor first = picture(100, 50);
    drawn.show(first);
    auto update = scanout.refresh(0ns);
    EXPECT_TRUE(update.frameReplaced);
    EXPECT_EQ(scanout.frame().block, first.block);
    EXPECT_TRUE(scanout.showsDrawn());
    EXPECT_TRUE(scanout.refresh(0ns).isEmpty());
    drawn.damage({.x = 90, .y = 40, .width = 100, .height = 5});
    update = scanout.refresh(0ns);
    EXPECT_FALSE(update.frameReplaced);
    EXPECT_EQ(update.damage.bounds(), (Rect{90, 40, 10, 5})) << "cut at the edge";
    EXPECT_FALSE(scanout.nextBlink(0ns)) << "the text below does not blink through";

    drawn.show({}); // dark, in the same size
    EXPECT_FALSE(scanout.refresh(0ns).isEmpty());
    EXPECT_EQ(scanout.frame().width, 100U);
    EXPECT_NE(scanout.frame().block, first.block);
    EXPECT_TRUE(scanout.refresh(0ns).isEmpty());

    drawn.release();
    EXPECT_TRUE(scanout.refresh(0ns).frameReplaced);
    EXPECT_EQ(scanout.frame().width, 720U);
    EXPECT_FALSE(scanout.showsDrawn());
}

TEST(DrawnScreen, WakesASleeperOnceAndNeverLosesAChange)
{
    DrawnScreen drawn;
    int wakes = 0;
    drawn.setWakeUp([&] { ++wakes; });
    drawn.show(picture(8, 8));
    EXPECT_EQ(wakes, 0) << "nobody sleeps";
    EXPECT_FALSE(drawn.armWakeUp()) << "something has changed since the last look";
    (void)drawn.take();
    EXPECT_TRUE(drawn.armWakeUp());
    drawn.damage({.width = 1, .height = 1});
    drawn.movePointer({.x = 1, .y = 1});
    EXPECT_EQ(wakes, 1);
}

class Watcher final : public DisplayViewer {
public:
    void frameChanged(const FrameDescriptor& frame) override { width = frame.width; }
    void damaged(const FrameDescriptor&, const DamageRegion&) override { ++damages; }
    void cursorChanged(const std::shared_ptr<const CursorShape>& cursor) override
    {
        ++cursors;
        cursorWidth = cursor ? cursor->width : 0;
    }
    void pointerMoved(PointerPosition position) override { pointerX = position.x; }

    std::atomic<std::uint32_t> width = 0, cursorWidth = 0;
    std::atomic<int> damages = 0, cursors = 0, pointerX = 0;
};

class DrawnPump : public ::testing::Test {
protected:
    ~DrawnPump() override
    {
        for (Watcher* viewer : m_added)
            pump.removeViewer(*viewer);
    }
    void add(Watcher& viewer)
    {
        m_added.push_back(&viewer);
        pump.addViewer(viewer);
    }
    VgaFixture vga;
    DrawnScreen drawn;
    std::unique_ptr<EventLoop> loop = EventLoop::create("pump").value();
    DisplayPump pump{*loop, vga.adapter, &drawn};
    Watcher first, second;

private:
    std::vector<Watcher*> m_added;
};

TEST_F(DrawnPump, DoesNothingAtAllUntilTheDeviceDraws)
{
    drawn.show(picture(32, 32));
    add(first);
    ASSERT_TRUE(eventually([&] { return first.width == 32; }));
    std::this_thread::sleep_for(DisplayPump::FullRateHold + 300ms);
    const auto before = pump.refreshCount();
    std::this_thread::sleep_for(1200ms);
    EXPECT_EQ(pump.refreshCount(), before) << "an idle screen costs nothing";
    drawn.damage({.width = 1, .height = 1});
    EXPECT_TRUE(eventually([&] { return first.damages == 1; }));
}

TEST_F(DrawnPump, TellsEveryViewerOfThePointer)
{
    drawn.show(picture(32, 32));
    add(first);
    ASSERT_TRUE(eventually([&] { return first.width == 32; }));
    EXPECT_EQ(first.cursors, 0) << "there is no pointer yet";
    auto shape = std::make_shared<CursorShape>();
    shape->width = shape->height = 4;
    shape->pixels.assign(16, 0xffffffff);
    drawn.setPointer(shape, {.x = 5, .y = 6});
    EXPECT_TRUE(eventually([&] { return first.cursorWidth == 4 && first.pointerX == 5; }));
    drawn.movePointer({.x = 9, .y = 6});
    EXPECT_TRUE(eventually([&] { return first.pointerX == 9; }));
    EXPECT_EQ(first.cursors, 1) << "moved, not changed";
    add(second);
    EXPECT_TRUE(eventually([&] { return second.cursorWidth == 4 && second.pointerX == 9; }));
    drawn.release();
    EXPECT_TRUE(eventually([&] { return first.cursors == 2 && first.cursorWidth == 0; }));
}

TEST_F(DrawnPump, ADraggedWindowIsAskedForOnce)
{
    std::atomic<int> requests = 0;
    std::atomic<std::uint32_t> width = 0;
    drawn.setMonitorListener([&](const EdidDescription& monitor) {
        ++requests;
        width = monitor.preferredWidth;
        EXPECT_FALSE(monitor.wholeCharacters);
    });
    for (std::uint32_t i = 0; i < 100; ++i)
        EXPECT_TRUE(pump.requestSize(900 + i, 700));
    EXPECT_TRUE(eventually([&] { return width == 999; }));
    EXPECT_LE(requests, 3);
    drawn.setMonitorListener({});
}

TEST(PointerOverlay, BlendsInsideTheAreaOnly)
{
    CursorShape shape{.width = 2, .height = 2, .pixels = {0xffff0000, 0x80ffffff, 0x00ffffff, 0xff00ff00}};
    std::vector<std::uint32_t> pixels(4 * 4, 0);
    const Rect area{.x = 10, .y = 20, .width = 4, .height = 4};
    drawPointer(shape, {.x = 11, .y = 21}, area, pixels);
    EXPECT_EQ(pixels[1 * 4 + 1], 0xff0000U);
    EXPECT_EQ(pixels[1 * 4 + 2], 0x808080U);
    EXPECT_EQ(pixels[2 * 4 + 1], 0U) << "transparent";
    EXPECT_EQ(pixels[2 * 4 + 2], 0x00ff00U);
    std::ranges::fill(pixels, 0);
    drawPointer(shape, {.x = 9, .y = 19}, area, pixels); // only its last pixel
    EXPECT_EQ(pixels[0], 0x00ff00U);
    EXPECT_EQ(std::ranges::count(pixels, 0U), 15);
    drawPointer(shape, {.x = -2147483647, .y = 2147483647}, area, pixels);
    EXPECT_EQ(pointerRect(shape, {.x = -1, .y = -1}, 100, 100), (Rect{0, 0, 1, 1}));
    EXPECT_TRUE(pointerRect(shape, {.x = 100, .y = 0}, 100, 100).isEmpty());
    shape.visible = false;
    EXPECT_TRUE(pointerRect(shape, {}, 100, 100).isEmpty());
}

} // namespace
} // namespace engine::display

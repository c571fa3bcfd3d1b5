// SPDX-License-Identifier: GPL-3.0-or-later
#include "display/display_pump.h"
#include "engine/devices/display/vga_fixture.h"
#include "engine/devices/display/vga_modes.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <condition_variable>
#include <cstring>
#include <functional>
#include <thread>

namespace engine::display {
namespace {

using namespace std::chrono_literals;
using testing::VgaFixture;

class RecordingViewer final : public DisplayViewer {
public:
    void frameChanged(const FrameDescriptor& frame) override
    {
        std::scoped_lock lock(m_mutex);
        ++m_frames;
        m_frame = frame;
        m_changed.notify_all();
    }
    void damaged(const FrameDescriptor& frame, const DamageRegion& damage) override
    {
        std::scoped_lock lock(m_mutex);
        EXPECT_EQ(frame, m_frame);
        EXPECT_FALSE(damage.isEmpty());
        for (const Rect& rect : damage.rects())
            EXPECT_TRUE(rect.right() <= frame.width && rect.bottom() <= frame.height);
        m_damage.add(damage);
        m_changed.notify_all();
    }
    void cursorChanged(const std::shared_ptr<const CursorShape>& /*cursor*/) override {}

    [[nodiscard]] bool waitForFrames(int count)
    {
        std::unique_lock lock(m_mutex);
        return m_changed.wait_for(lock, 20s, [&] { return m_frames >= count; });
    }
    [[nodiscard]] bool waitForDamageAt(std::uint32_t x, std::uint32_t y)
    {
        std::unique_lock lock(m_mutex);
        return m_changed.wait_for(lock, 20s, [&] { return m_damage.contains(x, y); });
    }
    [[nodiscard]] int frames()
    {
        std::scoped_lock lock(m_mutex);
        return m_frames;
    }
    [[nodiscard]] FrameDescriptor frame()
    {
        std::scoped_lock lock(m_mutex);
        return m_frame;
    }
    void forget()
    {
        std::scoped_lock lock(m_mutex);
        m_damage.clear();
    }

private:
    std::mutex m_mutex;
    std::condition_variable m_changed;
    int m_frames = 0;
    FrameDescriptor m_frame;
    DamageRegion m_damage;
};

class Pump : public ::testing::Test {
protected:
    void SetUp() override
    {
        testing::programMode(m_vga, testing::Text80x25);
        m_vga.crtc(0x0a, 0x20);
    }
    VgaFixture m_vga{1 << 20};
    std::unique_ptr<EventLoop> m_loop = EventLoop::create("display").value();
    DisplayPump m_pump{*m_loop, m_vga.adapter};
};

TEST_F(Pump, DoesNothingWithoutViewers)
{
    for (int i = 0; i < 20; ++i) {
        m_vga.poke(0xb8000, static_cast<std::uint8_t>(i));
        m_pump.expectActivity();
        std::this_thread::sleep_for(5ms);
    }
    EXPECT_EQ(m_pump.refreshCount(), 0U);
    EXPECT_FALSE(m_pump.currentFrame().isValid());
}

TEST_F(Pump, AViewerGetsTheFrameAndThenDamage)
{
    RecordingViewer viewer;
    m_pump.addViewer(viewer);
    ASSERT_TRUE(viewer.waitForFrames(1));
    EXPECT_EQ(viewer.frame().width, 720U);
    EXPECT_EQ(viewer.frame(), m_pump.currentFrame());
    m_vga.poke(0xb8001, 0x70);
    EXPECT_TRUE(viewer.waitForDamageAt(0, 0));
    m_pump.removeViewer(viewer);
}

TEST_F(Pump, ALateViewerGetsTheFrameOfTheOthers)
{
    RecordingViewer first;
    RecordingViewer second;
    m_pump.addViewer(first);
    ASSERT_TRUE(first.waitForFrames(1));
    m_pump.addViewer(second);
    ASSERT_TRUE(second.waitForFrames(1));
    EXPECT_EQ(first.frames(), 1);
    EXPECT_EQ(first.frame(), second.frame());
    m_pump.removeViewer(first);
    testing::programMode(m_vga, testing::Linear320x200);
    ASSERT_TRUE(second.waitForFrames(2));
    EXPECT_EQ(first.frames(), 1);
    m_pump.removeViewer(second);
}

TEST_F(Pump, AnInvisibleViewerCostsNothingAndCatchesUp)
{
    RecordingViewer viewer;
    m_pump.addViewer(viewer);
    ASSERT_TRUE(viewer.waitForFrames(1));
    m_pump.setVisible(viewer, false);
    m_loop->runAndWait([] {});
    // The tick that was on its way may still run, once.
    std::this_thread::sleep_for(50ms);
    m_loop->runAndWait([] {});
    const auto before = m_pump.refreshCount();
    for (int i = 0; i < 10; ++i) {
        m_vga.poke(0xb8000, static_cast<std::uint8_t>(i));
        m_pump.expectActivity();
        std::this_thread::sleep_for(20ms);
    }
    EXPECT_EQ(m_pump.refreshCount(), before);
    m_pump.setVisible(viewer, true);
    EXPECT_TRUE(viewer.waitForFrames(2));
    m_pump.removeViewer(viewer);
}

TEST_F(Pump, SlowsDownWhenNothingHappensAndWakesWithTheGuest)
{
    RecordingViewer viewer;
    m_pump.addViewer(viewer);
    ASSERT_TRUE(viewer.waitForFrames(1));
    // Until the rate has fallen: fewer than four looks in a second.
    std::uint64_t looks = 1000;
    for (int second = 0; second < 20 && looks >= 4; ++second) {
        const auto before = m_pump.refreshCount();
        std::this_thread::sleep_for(1s);
        looks = m_pump.refreshCount() - before;
    }
    EXPECT_LT(looks, 4U);
    viewer.forget();
    m_vga.poke(0xb8001, 0x70);
    EXPECT_TRUE(viewer.waitForDamageAt(0, 0));
    m_pump.removeViewer(viewer);
}

TEST_F(Pump, ViewersComeAndGoInTheMiddleOfEverything)
{
    std::jthread guest([&](const std::stop_token& stop) {
        std::uint8_t value = 0;
        while (!stop.stop_requested()) {
            ++value;
            m_vga.poke(0xb8000 + value * 2U, value);
            std::this_thread::sleep_for(100us);
        }
    });
    for (int round = 0; round < 200; ++round) {
        RecordingViewer a;
        RecordingViewer b;
        m_pump.addViewer(a);
        m_pump.addViewer(b);
        if (round % 4 == 0) {
            ASSERT_TRUE(a.waitForFrames(1));
        }
        m_pump.setVisible(b, false);
        m_pump.removeViewer(a);
        m_pump.removeViewer(b);
    }
}

TEST_F(Pump, AViewerMayRemoveItselfAndOthersWhileItIsCalled)
{
    class Leaver final : public DisplayViewer {
    public:
        explicit Leaver(DisplayPump& pump) : m_pump(pump) {}
        void frameChanged(const FrameDescriptor& /*frame*/) override
        {
            ++calls;
            for (DisplayViewer* viewer : victims)
                m_pump.removeViewer(*viewer);
        }
        void damaged(const FrameDescriptor& /*frame*/, const DamageRegion& /*damage*/) override { ++calls; }
        void cursorChanged(const std::shared_ptr<const CursorShape>& /*cursor*/) override {}
        std::vector<DisplayViewer*> victims;
        std::atomic<int> calls = 0;

    private:
        DisplayPump& m_pump;
    };
    Leaver leaver(m_pump);
    RecordingViewer other;
    leaver.victims = {&leaver, &other};
    m_loop->runAndWait([&] {
        m_pump.addViewer(leaver);
        m_pump.addViewer(other);
    });
    (void)m_pump.refreshNow();
    (void)m_pump.refreshNow();
    EXPECT_EQ(leaver.calls, 1);
    EXPECT_EQ(other.frames(), 0);
}

TEST_F(Pump, RequestedSizeReachesTheEdid)
{
    EXPECT_TRUE(m_pump.requestSize(1600, 900));
    auto& mmio = m_vga.adapter.mmio();
    const auto width = [&] {
        return VgaFixture::read(mmio, 56, 1) | (VgaFixture::read(mmio, 58, 1) & 0xf0) << 4;
    };
    for (int i = 0; i < 400 && width() != 1600; ++i)
        std::this_thread::sleep_for(10ms); // it waits until the window keeps its size
    EXPECT_EQ(width(), 1600U);
    EXPECT_EQ(VgaFixture::read(mmio, 59, 1) | (VgaFixture::read(mmio, 61, 1) & 0xf0) << 4, 900U);
}

TEST_F(Pump, RefreshNowWorksWithNobodyWatching)
{
    const FrameDescriptor frame = m_pump.refreshNow();
    EXPECT_EQ(frame.width, 720U);
}

TEST_F(Pump, AReleasedPictureTakesNoMemoryAndComesBackWhole)
{
    m_vga.poke(0xb8001, 0x70); // a grey background
    const FrameDescriptor frame = m_pump.refreshNow();
    const auto pixel = [&] {
        std::uint32_t value = 0;
        std::memcpy(&value, frame.block->data() + frame.offset, sizeof value);
        return value & 0xffffff;
    };
    const auto takenBlocks = [&] {
        struct stat status{};
        EXPECT_EQ(::fstat(frame.block->fd(), &status), 0);
        return status.st_blocks;
    };
    const std::uint32_t grey = pixel();
    ASSERT_NE(grey, 0U);
    ASSERT_GT(takenBlocks(), 0);
    m_pump.releasePicture();
    m_loop->runAndWait([] {});
    EXPECT_EQ(takenBlocks(), 0);
    EXPECT_EQ(m_pump.refreshNow(), frame) << "the same memory, so whoever has mapped it sees the picture";
    EXPECT_EQ(pixel(), grey);
}

TEST_F(Pump, AWatchedPictureIsNotReleased)
{
    m_vga.poke(0xb8001, 0x70);
    RecordingViewer viewer;
    m_pump.addViewer(viewer);
    ASSERT_TRUE(viewer.waitForFrames(1));
    m_pump.releasePicture();
    m_loop->runAndWait([] {});
    std::uint32_t value = 0;
    std::memcpy(&value, viewer.frame().block->data() + viewer.frame().offset, sizeof value);
    EXPECT_NE(value & 0xffffff, 0U);
    m_pump.removeViewer(viewer);
}

} // namespace
} // namespace engine::display

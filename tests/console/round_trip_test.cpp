// SPDX-License-Identifier: GPL-3.0-or-later
// The engine's RFB server and the console's connection (libvncclient), end to end.
#include "console/picture_probe.h"
#include "display/rfb/rfb_server.h"
#include "engine/display/rfb/fake_screen.h"

#include <gtest/gtest.h>
#include <linux/input-event-codes.h>
#include <sys/socket.h>

#include <array>
#include <csignal>
#include <random>

namespace console::test {
namespace {

using engine::EventLoop;
using engine::Log;
using engine::display::CursorShape;
using engine::display::Rect;
using engine::display::RfbServer;
using engine::display::test::FakeScreen;
using engine::display::test::RecordingKeyboard;
using engine::display::test::RecordingPointer;

constexpr std::int32_t RawEncoding = 0;
constexpr std::int32_t TightEncoding = 7;
constexpr std::int32_t ZrleEncoding = 16;

/// A server over a fake screen, and one viewer of it.
class RoundTrip : public testing::Test {
protected:
    RoundTrip()
    {
        std::signal(SIGPIPE, SIG_IGN);
        m_loop = *EventLoop::create("rfb-test");
        m_server = *RfbServer::create(*m_loop, m_screen, m_keyboard, m_pointer,
                                      {.name = "trip", .limits = {}}, m_log);
    }
    std::unique_ptr<PictureProbe> connect(const ConnectionOptions& options)
    {
        std::array<int, 2> pair{};
        EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair.data()), 0);
        m_server->adopt(engine::UniqueFd(pair[0]));
        return std::make_unique<PictureProbe>(OwnedFd(pair[1]), options);
    }
    /// Noise, gradients, text-like patterns and flat areas: every form of every encoding gets some.
    void drawEverything()
    {
        std::mt19937 random(42);
        const auto frame = m_screen.currentFrame();
        for (std::uint32_t y = 0; y < frame.height; ++y) {
            for (std::uint32_t x = 0; x < frame.width; ++x) {
                std::uint32_t colour = 0x204060;
                if (y < 100)
                    colour = static_cast<std::uint32_t>(random()) & 0xffffffU;
                else if (y < 200)
                    colour = (x & 0xffU) << 16U | (y & 0xffU) << 8U | ((x + y) & 0xffU);
                else if (y < 300)
                    colour = (x / 3 + y) % 2 != 0 ? 0xffffffU : 0U;
                else if (y < 400)
                    colour = ((x / 7) % 13) * 0x050709U;
                else if (y < 450)
                    colour = ((x * x / 50 + y) % 120) * 0x010203U;
                m_screen.setPixel(x, y, colour);
            }
        }
        m_screen.damage({.x = 0, .y = 0, .width = frame.width, .height = frame.height});
    }
    bool isSamePicture(const PictureProbe& probe) const
    {
        const auto frame = m_screen.currentFrame();
        if (!probe.m_frame || probe.m_frame->width() != static_cast<int>(frame.width)
            || probe.m_frame->height() != static_cast<int>(frame.height))
            return false;
        for (std::uint32_t y = 0; y < frame.height; ++y)
            for (std::uint32_t x = 0; x < frame.width; ++x)
                if (probe.pixel(static_cast<int>(x), static_cast<int>(y)) != m_screen.pixel(x, y))
                    return false;
        return true;
    }

    Log m_log;
    FakeScreen m_screen{1001, 503};
    RecordingKeyboard m_keyboard;
    RecordingPointer m_pointer;
    std::unique_ptr<EventLoop> m_loop;
    std::unique_ptr<RfbServer> m_server;
};

class RoundTripEncoding : public RoundTrip, public testing::WithParamInterface<std::int32_t> {};

TEST_P(RoundTripEncoding, PixelsAreEqual)
{
    drawEverything();
    const auto probe = connect({.serverHost = {}, .shareFrame = false, .encoding = GetParam()});
    ASSERT_TRUE(probe->waitFor([&] { return isSamePicture(*probe); })) << probe->m_connection.detail();

    m_screen.fill({.x = 17, .y = 23, .width = 301, .height = 77}, 0x00c0ffee);
    m_screen.fill({.x = 999, .y = 500, .width = 2, .height = 3}, 0x123456);
    EXPECT_TRUE(probe->waitFor([&] { return isSamePicture(*probe); }));
}

INSTANTIATE_TEST_SUITE_P(All, RoundTripEncoding, testing::Values(RawEncoding, TightEncoding, ZrleEncoding));

TEST_F(RoundTrip, SharedFrameShowsTheServersMemoryItself)
{
    drawEverything();
    const auto probe = connect({});
    ASSERT_TRUE(probe->waitFor([&] { return isSamePicture(*probe); }));
    // Drawn without telling: only shared memory can show it.
    ASSERT_TRUE(probe->waitFor([&] { return probe->m_frame->stride() == m_screen.currentFrame().stride; }));
    m_screen.setPixel(5, 5, 0x00abcdef);
    EXPECT_EQ(probe->pixel(5, 5), 0xabcdefU);

    // The first pictures' own damage may still be under way and join ours: ask until it stands alone.
    EXPECT_TRUE(eventually([&] {
        m_screen.damage({.x = 3, .y = 4, .width = 10, .height = 20});
        return probe->waitFor([&] { return probe->m_lastDamage == std::vector<FrameRect>{{3, 4, 10, 20}}; },
                              std::chrono::milliseconds(100));
    }));
}

TEST_F(RoundTrip, SharedFrameFollowsFlipsAndResizes)
{
    const auto probe = connect({});
    drawEverything();
    ASSERT_TRUE(probe->waitFor([&] { return isSamePicture(*probe); }));
    const auto frame = m_screen.currentFrame();
    m_screen.flipTo(frame.offset + std::uint64_t{frame.stride} * 100, frame.height - 100);
    ASSERT_TRUE(probe->waitFor([&] { return isSamePicture(*probe); }));
    m_screen.resize(640, 480);
    drawEverything();
    ASSERT_TRUE(probe->waitFor([&] { return isSamePicture(*probe); }));
}

TEST_F(RoundTrip, OrdinaryEncodingsFollowResizes)
{
    const auto probe = connect({.serverHost = {}, .shareFrame = false, .encoding = TightEncoding});
    for (const auto& [width, height] : {std::pair{800U, 600U}, {320U, 200U}, {1024U, 460U}}) {
        m_screen.resize(width, height);
        drawEverything();
        ASSERT_TRUE(probe->waitFor([&] { return isSamePicture(*probe); })) << width;
    }
}

TEST_F(RoundTrip, KeysArriveByPosition)
{
    const auto probe = connect({});
    ASSERT_TRUE(probe->waitFor([&] { return probe->m_lights.has_value(); }));
    for (std::uint32_t code = KEY_ESC; code <= KEY_MEDIA; ++code) {
        probe->m_connection.send(KeyInput{.evdevCode = code, .keysym = 0, .down = true});
        probe->m_connection.send(KeyInput{.evdevCode = code, .keysym = 0, .down = false});
    }
    probe->m_connection.send(KeyInput{.evdevCode = KEY_ESC, .keysym = 0, .down = true});
    ASSERT_TRUE(eventually([&] {
        const auto events = m_keyboard.events();
        return events.size() > 1 && events.back() == "+1";
    }));
    const auto events = m_keyboard.events();
    // Every key of a PC keyboard keeps its code: the main block, F1 to F12, the pad, the arrows.
    for (const int code : {KEY_ESC,  KEY_A,       KEY_Z,         KEY_F1,        KEY_F12,     KEY_102ND,
                           KEY_KP0,  KEY_KPENTER, KEY_RIGHTCTRL, KEY_RIGHTALT,  KEY_SYSRQ,   KEY_PAUSE,
                           KEY_HOME, KEY_UP,      KEY_DELETE,    KEY_LEFTMETA,  KEY_COMPOSE, KEY_RO,
                           KEY_YEN,  KEY_HANGEUL, KEY_NUMLOCK,   KEY_SCROLLLOCK}) {
        const auto down = std::ranges::find(events, "+" + std::to_string(code));
        ASSERT_NE(down, events.end()) << code;
        EXPECT_EQ(*(down + 1), "-" + std::to_string(code));
    }
}

TEST_F(RoundTrip, KeysThatAreHeldAreReleasedWhenTheViewerLeaves)
{
    auto probe = connect({});
    ASSERT_TRUE(probe->waitFor([&] { return probe->m_lights.has_value(); }));
    probe->m_connection.send(KeyInput{.evdevCode = KEY_LEFTCTRL, .keysym = 0, .down = true});
    probe->m_connection.send(PointerInput{.buttons = 1, .x = 10, .y = 10});
    ASSERT_TRUE(eventually([&] { return m_pointer.events().size() == 2; }));
    probe.reset();
    EXPECT_TRUE(eventually([&] { return m_pointer.last() == "left-"; }));
    EXPECT_TRUE(eventually([&] { return m_keyboard.last() == "-" + std::to_string(KEY_LEFTCTRL); }));
}

TEST_F(RoundTrip, PointerModeLightsNameAndCursorReachTheViewer)
{
    const auto probe = connect({});
    ASSERT_TRUE(probe->waitFor([&] { return probe->m_absolute == true && probe->m_name == "trip"; }));
    m_pointer.setAbsolute(false);
    m_keyboard.setLeds({.scrollLock = false, .numLock = true, .capsLock = true});
    m_server->inputModeChanged();
    m_server->setName("Größe");
    EXPECT_TRUE(probe->waitFor([&] {
        return probe->m_absolute == false
               && probe->m_lights == LockLights{.scroll = false, .num = true, .caps = true}
               && probe->m_name == "Größe";
    }));
    auto shape = std::make_shared<CursorShape>();
    shape->width = 2;
    shape->height = 1;
    shape->hotspotX = 1;
    shape->pixels = {0x80ff0000, 0xff00ff00};
    m_screen.setCursor(shape);
    EXPECT_TRUE(probe->waitFor([&] { return probe->m_cursor && probe->m_cursor->width == 2; }));
    EXPECT_EQ(probe->m_cursor->hotspotX, 1);
    EXPECT_EQ(probe->m_cursor->pixels, (std::vector<std::uint32_t>{0x80800000, 0xff00ff00}));
    m_screen.movePointer({.x = 41, .y = 17}); // the corner; viewers are told the hot spot
    EXPECT_TRUE(probe->waitFor([&] { return probe->m_pointerAt == std::pair(42, 17); }));
}

TEST_F(RoundTrip, MotionAndExtraButtonsReachTheGuest)
{
    m_pointer.setAbsolute(false);
    const auto probe = connect({});
    m_server->inputModeChanged();
    ASSERT_TRUE(probe->waitFor([&] { return probe->m_absolute == false; }));
    probe->m_connection.send(MotionInput{.buttons = 1U << 7U, .dx = -5, .dy = 7});
    probe->m_connection.send(MotionInput{.buttons = 1U << 8U, .dx = 0, .dy = 0});
    ASSERT_TRUE(eventually([&] { return m_pointer.events().size() >= 4; }));
    EXPECT_EQ(m_pointer.events(), (std::vector<std::string>{"rel -5 7", "side+", "side-", "extra+"}));
}

TEST_F(RoundTrip, ResizeRequestsReachTheSource)
{
    const auto probe = connect({});
    ASSERT_TRUE(probe->waitFor([&] { return probe->m_frame != nullptr; }));
    probe->m_connection.send(ResizeInput{.width = 1234, .height = 567});
    EXPECT_TRUE(eventually([&] { return m_screen.requestedSize() == std::pair{1234U, 567U}; }));
}

TEST_F(RoundTrip, AHiddenViewerCostsTheSourceNothing)
{
    const auto probe = connect({});
    ASSERT_TRUE(probe->waitFor([&] { return probe->m_frame != nullptr; }));
    EXPECT_TRUE(m_screen.isVisible());
    probe->m_connection.send(VisibilityInput{.visible = false});
    EXPECT_TRUE(eventually([&] { return !m_screen.isVisible(); }));
    probe->m_connection.send(VisibilityInput{.visible = true});
    EXPECT_TRUE(eventually([&] { return m_screen.isVisible(); }));
}

} // namespace
} // namespace console::test

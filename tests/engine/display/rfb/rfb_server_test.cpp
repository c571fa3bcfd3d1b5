// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/display/rfb/server_fixture.h"

#include <linux/input-event-codes.h>
#include <sys/stat.h>

#include <filesystem>

namespace engine::display::test {
namespace {

using RectHeader = ScriptedViewer::RectHeader;

class RfbServerTest : public RfbServerFixture {
protected:
    RfbServerTest() { startServer(); }
};

TEST_F(RfbServerTest, Version38SendsTheSecurityResult)
{
    auto viewer = connect();
    EXPECT_EQ(viewer.read(12), "RFB 003.008\n");
    viewer.text("RFB 003.008\n").send();
    EXPECT_EQ(viewer.read(2), "\x01\x01"); // one type: None
    viewer.u8(1).send();
    EXPECT_EQ(viewer.readNumber(4), 0U);
    viewer.u8(0).send();
    EXPECT_EQ(viewer.readNumber(2), 64U);
    EXPECT_EQ(viewer.readNumber(2), 48U);
    // 32 bits, depth 24, little endian, true colour, 255 each, shifts 16 8 0.
    EXPECT_EQ(viewer.read(16),
              std::string("\x20\x18\x00\x01\x00\xff\x00\xff\x00\xff\x10\x08\x00\x00\x00\x00", 16));
    EXPECT_EQ(viewer.readNumber(4), 5U);
    EXPECT_EQ(viewer.read(5), "guest");
}

TEST_F(RfbServerTest, Version37SendsNoResultForNone)
{
    auto viewer = connect();
    viewer.read(12);
    viewer.text("RFB 003.007\n").send();
    EXPECT_EQ(viewer.read(2), "\x01\x01");
    viewer.u8(1).u8(1).send();
    EXPECT_EQ(viewer.readNumber(2), 64U);
}

TEST_F(RfbServerTest, Version33AndStrangersAreToldTheType)
{
    for (const char* version : {"RFB 003.003\n", "RFB 003.889\n"}) {
        auto viewer = connect();
        viewer.read(12);
        viewer.text(version).send();
        EXPECT_EQ(viewer.readNumber(4), 1U);
        viewer.u8(1).send();
        EXPECT_EQ(viewer.readNumber(2), 64U);
    }
}

TEST_F(RfbServerTest, ThePictureIsReadyForTheFirstViewerAndReleasedAfterTheLast)
{
    EXPECT_FALSE(m_screen.isVisible()) << "nobody is there yet";
    EXPECT_EQ(m_screen.refreshCount(), 0);
    const int releasedBefore = m_screen.releaseCount();
    EXPECT_EQ(releasedBefore, 1) << "whatever was drawn before anybody came";
    {
        auto first = connect();
        first.greet();
        auto second = connect();
        second.greet();
        EXPECT_EQ(m_screen.refreshCount(), 1) << "the second finds what the first has";
        ASSERT_TRUE(first.requestUpdate(false, 64, 48));
        ASSERT_TRUE(first.readUpdateHeader());
    }
    for (int i = 0; i < 1000 && m_screen.releaseCount() == releasedBefore; ++i)
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    EXPECT_EQ(m_screen.releaseCount(), releasedBefore + 1);
    EXPECT_FALSE(m_screen.isVisible());
}

TEST_F(RfbServerTest, WhoSpeaksSomethingElseIsDropped)
{
    auto viewer = connect();
    viewer.text("GET / HTTP/1.1\r\n").send();
    EXPECT_TRUE(viewer.isHungUpOn());
    EXPECT_TRUE(eventually([&] { return m_viewers == 0; }));
}

TEST_F(RfbServerTest, RawUpdateHoldsTheRequestedPixels)
{
    m_screen.setPixel(0, 0, 0xaa112233);
    auto viewer = connect();
    viewer.greet();
    viewer.requestUpdate(false, 2, 1);
    EXPECT_EQ(viewer.readUpdateHeader(), 1U);
    // Nothing has been sent yet, so all of it is news.
    EXPECT_EQ(viewer.readRect(), (RectHeader{0, 0, 64, 48, 0}));
    EXPECT_EQ(viewer.read(4), std::string("\x33\x22\x11\x00", 4)); // the top byte means nothing
    viewer.read(64 * 48 * 4 - 4);

    EXPECT_TRUE(viewer.requestUpdate(true, 64, 48));
    EXPECT_TRUE(viewer.isSilentFor(100)); // nothing has changed
    m_screen.damage({.x = 3, .y = 4, .width = 5, .height = 6});
    EXPECT_EQ(viewer.readUpdateHeader(), 1U);
    EXPECT_EQ(viewer.readRect(), (RectHeader{3, 4, 5, 6, 0}));
}

TEST_F(RfbServerTest, PixelsComeInTheViewersFormat)
{
    // SetPixelFormat's 16 bytes: bits, depth, big endian, true colour, maxima, shifts.
    const std::vector<std::pair<std::string, std::string>> formats{
        {std::string("\x10\x10\x00\x01\x00\x1f\x00\x3f\x00\x1f\x0b\x05\x00\x00\x00\x00", 16),
         std::string("\x00\xf8", 2)},
        {std::string("\x10\x10\x01\x01\x00\x1f\x00\x3f\x00\x1f\x0b\x05\x00\x00\x00\x00", 16),
         std::string("\xf8\x00", 2)},
        {std::string("\x20\x18\x01\x01\x00\xff\x00\xff\x00\xff\x10\x08\x00\x00\x00\x00", 16),
         std::string("\x00\xff\x00\x00", 4)},
        {std::string("\x08\x08\x00\x01\x00\x07\x00\x07\x00\x03\x00\x03\x06\x00\x00\x00", 16),
         std::string("\x07", 1)},
    };
    m_screen.fill({.x = 0, .y = 0, .width = 64, .height = 48}, 0xff0000);
    for (const auto& [wire, red] : formats) {
        auto viewer = connect();
        viewer.greet();
        viewer.u8(0).u8(0).u16(0).text(wire).send();
        viewer.requestUpdate(false, 64, 48);
        EXPECT_EQ(viewer.readUpdateHeader(), 1U);
        viewer.readRect();
        EXPECT_EQ(viewer.read(red.size()), red);
    }
}

TEST_F(RfbServerTest, AColourMapViewerGetsAMapFirst)
{
    auto viewer = connect();
    viewer.greet();
    viewer.u8(0).u8(0).u16(0).text(std::string("\x08\x08\x00\x00", 4)).text(std::string(12, '\0')).send();
    viewer.requestUpdate(false, 64, 48);
    EXPECT_EQ(viewer.read(2), std::string("\x01\x00", 2)); // SetColourMapEntries
    EXPECT_EQ(viewer.readNumber(2), 0U);
    EXPECT_EQ(viewer.readNumber(2), 256U);
    viewer.read(256 * 6);
    EXPECT_EQ(viewer.readUpdateHeader(), 1U);
}

TEST_F(RfbServerTest, ImpossibleMessagesDropOnlyTheirViewer)
{
    auto good = connect();
    good.greet();
    const std::vector<std::string> bad{
        std::string("\x63", 1),                                                     // unknown type
        std::string("\x00\x00\x00\x00\x07\x18", 6) + std::string(14, '\0'),         // 7 bits a pixel
        std::string("\x00\x00\x00\x00\x10\x10\x00\x00", 8) + std::string(12, '\0'), // 16-bit colour map
        std::string("\x06\x00\x00\x00\x7f\xff\xff\xff", 8),     // two gigabytes of clipboard
        std::string("\x06\x00\x00\x00\x80\x00\x00\x00", 8),     // its negative
        std::string("\xf8\x00\x00\x00\x00\x00\x00\x00\x41", 9), // a fence of 65 bytes
        std::string("\xff\x01", 2),                             // a QEMU message never offered
        std::string("\xe7\x09", 2),                             // an unknown operation of ours
    };
    for (const std::string& message : bad) {
        auto viewer = connect();
        viewer.greet();
        viewer.text(message).send();
        EXPECT_TRUE(viewer.isHungUpOn()) << static_cast<int>(message[0]);
    }
    EXPECT_TRUE(good.requestUpdate(false, 64, 48));
    EXPECT_EQ(good.readUpdateHeader(), 1U);
    EXPECT_TRUE(eventually([&] { return m_viewers == 1; }));
}

TEST_F(RfbServerTest, PlainKeysymsBecomeKeys)
{
    auto viewer = connect();
    viewer.greet();
    const auto tap = [&](std::uint32_t keysym) {
        viewer.u8(4).u8(1).u16(0).u32(keysym).send();
        viewer.u8(4).u8(0).u16(0).u32(keysym).send();
    };
    for (const std::uint32_t keysym :
         {0x61U, 0x41U, 0x21U, 0xff0dU, 0xffbeU, 0xffc9U, 0xffe9U, 0x7eU, 0xffffU})
        tap(keysym);
    tap(0x20acU); // a euro is on no US keyboard
    tap(0x20U);
    ASSERT_TRUE(eventually([&] { return m_keyboard.last() == "-" + std::to_string(KEY_SPACE); }));
    std::vector<std::string> expected;
    for (const int code :
         {KEY_A, KEY_A, KEY_1, KEY_ENTER, KEY_F1, KEY_F12, KEY_LEFTALT, KEY_GRAVE, KEY_DELETE, KEY_SPACE}) {
        expected.push_back("+" + std::to_string(code));
        expected.push_back("-" + std::to_string(code));
    }
    EXPECT_EQ(m_keyboard.events(), expected);
}

TEST_F(RfbServerTest, AbsolutePositionsHitTheMiddleOfThePixel)
{
    auto viewer = connect();
    viewer.greet();
    for (const unsigned x : {0U, 1U, 31U, 63U, 500U}) {
        viewer.u8(5).u8(0).u16(x).u16(0).send();
        const unsigned pixel = std::min(x, 63U);
        EXPECT_TRUE(eventually([&] {
            return m_pointer.position().first * 64U / 32768U == pixel && !m_pointer.events().empty();
        })) << x;
    }
}

TEST_F(RfbServerTest, ARelativeGuestGetsDifferencesFromPlainViewers)
{
    m_pointer.setAbsolute(false);
    auto viewer = connect();
    viewer.greet();
    viewer.u8(5).u8(0).u16(10).u16(10).send();
    viewer.u8(5).u8(4).u16(13).u16(8).send();
    ASSERT_TRUE(eventually([&] { return m_pointer.last() == "right+"; }));
    EXPECT_EQ(m_pointer.events(), (std::vector<std::string>{"rel 3 -2", "right+"}));
}

TEST_F(RfbServerTest, FencesAreAnsweredInOrder)
{
    auto viewer = connect();
    viewer.greet();
    viewer.setEncodings({-312});
    EXPECT_EQ(viewer.readNumber(1), 248U); // the server's own, which says that it knows fences
    viewer.read(3);
    EXPECT_EQ(viewer.readNumber(4), 0x80000000U);
    EXPECT_EQ(viewer.readNumber(1), 0U);
    viewer.u8(248).u8(0).u16(0).u32(0x80000007U | 0x100U).u8(3).text("abc").send();
    EXPECT_EQ(viewer.readNumber(1), 248U);
    viewer.read(3);
    EXPECT_EQ(viewer.readNumber(4), 7U);
    EXPECT_EQ(viewer.readNumber(1), 3U);
    EXPECT_EQ(viewer.read(3), "abc");
}

TEST_F(RfbServerTest, ContinuousUpdatesNeedNoRequests)
{
    auto viewer = connect();
    viewer.greet();
    viewer.setEncodings({0, -313});
    EXPECT_EQ(viewer.readNumber(1), 150U); // EndOfContinuousUpdates: "I know them"
    viewer.u8(150).u8(1).u16(0).u16(0).u16(64).u16(48).send();
    EXPECT_EQ(viewer.readUpdateHeader(), 1U);
    viewer.readRect();
    viewer.read(64 * 48 * 4);
    m_screen.damage({.x = 1, .y = 1, .width = 1, .height = 1});
    EXPECT_EQ(viewer.readUpdateHeader(), 1U);
    EXPECT_EQ(viewer.readRect(), (RectHeader{1, 1, 1, 1, 0}));
    viewer.read(4);
    viewer.u8(150).u8(0).u16(0).u16(0).u16(64).u16(48).send();
    EXPECT_EQ(viewer.readNumber(1), 150U);
    m_screen.damage({.x = 1, .y = 1, .width = 1, .height = 1});
    EXPECT_TRUE(viewer.isSilentFor(100));
}

TEST_F(RfbServerTest, SizesTravelBothWays)
{
    auto viewer = connect();
    viewer.greet();
    viewer.setEncodings({0, -308});
    viewer.requestUpdate(true, 64, 48);
    EXPECT_EQ(viewer.readUpdateHeader(), 2U);
    EXPECT_EQ(viewer.readRect(), (RectHeader{0, 0, 64, 48, -308}));
    EXPECT_EQ(viewer.readNumber(1), 1U);
    viewer.read(3);
    EXPECT_NE(viewer.readNumber(4), 0U); // the screen's id
    viewer.read(12);
    viewer.readRect();
    viewer.read(64 * 48 * 4);

    const auto ask = [&](unsigned width, unsigned height, unsigned screens) {
        viewer.u8(251).u8(0).u16(width).u16(height).u8(screens).u8(0);
        for (unsigned i = 0; i < screens; ++i)
            viewer.u32(1).u32(0).u16(width).u16(height).u32(0);
        viewer.send();
        viewer.requestUpdate(true, 64, 48);
        EXPECT_EQ(viewer.readUpdateHeader(), 1U);
        const RectHeader rect = viewer.readRect();
        viewer.read(20);
        EXPECT_EQ(rect.x, 1U); // this viewer's request
        return rect.y;
    };
    EXPECT_EQ(ask(800, 600, 1), 4U); // handed on
    EXPECT_EQ(m_screen.requestedSize(), (std::pair{800U, 600U}));
    EXPECT_EQ(ask(800, 600, 0), 3U); // invalid layout
    EXPECT_EQ(ask(0, 600, 1), 3U);
    m_screen.setResizable(false);
    EXPECT_EQ(ask(800, 600, 1), 1U); // prohibited

    viewer.requestUpdate(true, 64, 48);
    m_screen.resize(80, 20);
    EXPECT_EQ(viewer.readUpdateHeader(), 1U); // alone: pixels beside it would be thrown away
    EXPECT_EQ(viewer.readRect(), (RectHeader{0, 0, 80, 20, -308}));
}

TEST_F(RfbServerTest, OldViewersLearnTheNewSizeOrKeepWhatFits)
{
    auto follows = connect();
    follows.greet();
    follows.setEncodings({0, -223});
    follows.requestUpdate(false, 64, 48);
    follows.read(16 + 64 * 48 * 4);
    auto keeps = connect();
    keeps.greet();
    keeps.requestUpdate(false, 64, 48);
    keeps.read(16 + 64 * 48 * 4);
    m_screen.resize(30, 100);
    follows.requestUpdate(true, 64, 48);
    EXPECT_EQ(follows.readUpdateHeader(), 1U);
    EXPECT_EQ(follows.readRect(), (RectHeader{0, 0, 30, 100, -223}));
    keeps.requestUpdate(true, 64, 48);
    EXPECT_EQ(keeps.readUpdateHeader(), 1U);
    EXPECT_EQ(keeps.readRect(), (RectHeader{0, 0, 30, 48, 0}));
}

TEST_F(RfbServerTest, CursorComesWithAMaskOrWithAlpha)
{
    auto shape = std::make_shared<CursorShape>();
    shape->width = 9;
    shape->height = 1;
    shape->hotspotX = 3;
    shape->pixels = {0xffff0000, 0, 0, 0, 0, 0, 0, 0, 0xff0000ff};
    m_screen.setCursor(shape);
    auto masked = connect();
    masked.greet();
    masked.setEncodings({-239});
    masked.requestUpdate(true, 64, 48);
    EXPECT_EQ(masked.readUpdateHeader(), 2U);
    EXPECT_EQ(masked.readRect(), (RectHeader{3, 0, 9, 1, -239}));
    EXPECT_EQ(masked.read(3), std::string("\x00\x00\xff", 3)); // B G R; the fourth byte means nothing
    masked.read(1);
    masked.read(32);
    EXPECT_EQ(masked.read(2), std::string("\x80\x80", 2));
    auto alpha = connect();
    alpha.greet();
    alpha.setEncodings({-239, -314});
    alpha.requestUpdate(true, 64, 48);
    EXPECT_EQ(alpha.readUpdateHeader(), 2U);
    EXPECT_EQ(alpha.readRect(), (RectHeader{3, 0, 9, 1, -314}));
    EXPECT_EQ(alpha.readNumber(4), 0U);
    EXPECT_EQ(alpha.read(4), std::string("\xff\x00\x00\xff", 4)); // R G B A
}

TEST_F(RfbServerTest, LocalSocketBelongsToItsUserAndReplacesAStaleOne)
{
    const auto folder = std::filesystem::temp_directory_path() / ("rfb-" + std::to_string(::getpid()));
    std::filesystem::create_directory(folder);
    const std::string path = folder / "rfb.sock";
    ASSERT_TRUE(m_server->listenLocal(path));
    struct stat status{};
    ASSERT_EQ(::stat(path.c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777U, 0600U);
    // A second server finds it in use; after the first has gone without cleaning up it is free.
    const auto second = RfbServer::create(*m_loop, m_screen, m_keyboard, m_pointer, {}, m_log);
    const auto refused = (*second)->listenLocal(path);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::Busy);
    m_server.reset();
    EXPECT_NE(::stat(path.c_str(), &status), 0); // cleaned up
    {
        UniqueFd stale(::socket(AF_UNIX, SOCK_STREAM, 0));
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        std::ranges::copy(path, address.sun_path);
        ASSERT_EQ(::bind(stale.get(), reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    }
    EXPECT_TRUE((*second)->listenLocal(path));
    EXPECT_FALSE((*second)->listenLocal(folder / std::string(200, 'x')));
    std::filesystem::remove_all(folder);
}

} // namespace
} // namespace engine::display::test

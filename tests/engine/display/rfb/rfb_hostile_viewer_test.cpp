// SPDX-License-Identifier: GPL-3.0-or-later
// Viewers that are slow, dead, too many, or know no password.
#include "display/rfb/vnc_password.h"
#include "engine/display/rfb/server_fixture.h"

#include <fcntl.h>
#include <sys/resource.h>

namespace engine::display::test {
namespace {

using RfbHostileViewer = RfbServerFixture;
using std::chrono::milliseconds;

TEST_F(RfbHostileViewer, AViewerThatDoesNotGreetIsDropped)
{
    startServer({.handshake = milliseconds(100), .stall = milliseconds(30'000)});
    auto silent = connect();
    EXPECT_TRUE(silent.isHungUpOn());
    EXPECT_TRUE(eventually([&] { return m_viewers == 0; }));
}

TEST_F(RfbHostileViewer, AStalledViewerIsDroppedAndTheOthersSeeNothingOfIt)
{
    m_screen.resize(1024, 768);
    startServer({.handshake = milliseconds(10'000), .stall = milliseconds(200)});
    auto stalled = connect(4096);
    stalled.greet();
    auto good = connect();
    good.greet();
    good.requestUpdate(false, 1024, 768);
    EXPECT_EQ(good.readUpdateHeader(), 1U);
    good.readRect();
    good.read(1024 * 768 * 4);
    EXPECT_EQ(m_viewers, 2U);
    stalled.requestUpdate(false, 1024, 768); // three megabytes that it never reads
    EXPECT_TRUE(eventually([&] { return m_viewers == 1; }));
    good.requestUpdate(true, 1024, 768);
    m_screen.damage({.x = 0, .y = 0, .width = 1, .height = 1});
    EXPECT_EQ(good.readUpdateHeader(), 1U);
}

TEST_F(RfbHostileViewer, ASlowViewerGetsChangesMerged)
{
    startServer();
    auto viewer = connect();
    viewer.greet();
    viewer.requestUpdate(false, 64, 48);
    viewer.read(16 + 64 * 48 * 4);
    // It takes its time: a thousand changes happen before it asks again.
    for (std::uint32_t i = 0; i < 1000; ++i)
        m_screen.damage({.x = i % 64, .y = i % 48, .width = 1, .height = 1});
    viewer.requestUpdate(true, 64, 48);
    const auto rects = viewer.readUpdateHeader();
    ASSERT_TRUE(rects);
    EXPECT_LE(*rects, DamageRegion::MaxRects);
    std::uint64_t pixels = 0;
    for (std::uint32_t i = 0; i < *rects; ++i) {
        const auto rect = viewer.readRect();
        viewer.read(std::size_t{rect.width} * rect.height * 4);
        pixels += std::uint64_t{rect.width} * rect.height;
    }
    EXPECT_LE(pixels, 64U * 48U * 4U);
    EXPECT_TRUE(viewer.isSilentFor(50));
}

TEST_F(RfbHostileViewer, WhoAsksWithoutListeningIsDropped)
{
    startServer();
    auto viewer = connect(4096);
    viewer.greet();
    // Fences, each to be answered, and no answer is ever read.
    std::string fences;
    for (int i = 0; i < 1000; ++i)
        fences += std::string("\xf8\x00\x00\x00\x80\x00\x00\x00\x40", 9) + std::string(64, 'x');
    bool open = true;
    for (int i = 0; i < 100 && open; ++i)
        open = viewer.text(fences).send();
    EXPECT_TRUE(eventually([&] { return m_viewers == 0; }));
}

TEST_F(RfbHostileViewer, TooManyAreTurnedAway)
{
    startServer({}, 2);
    auto first = connect();
    auto second = connect();
    auto third = connect();
    EXPECT_TRUE(third.isHungUpOn());
    EXPECT_EQ(first.read(4), "RFB ");
    EXPECT_EQ(second.read(4), "RFB ");
}

TEST_F(RfbHostileViewer, AViewerThatDiesIsForgotten)
{
    startServer();
    {
        auto viewer = connect();
        viewer.greet();
        viewer.requestUpdate(true, 64, 48);
    }
    EXPECT_TRUE(eventually([&] { return m_viewers == 0; }));
    m_screen.damage({.x = 0, .y = 0, .width = 1, .height = 1});
    EXPECT_EQ(connect().read(4), "RFB ");
}

TEST_F(RfbHostileViewer, TheServerWorksWithTwoThousandDescriptorsOpen)
{
    rlimit limit{};
    ::getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = std::min<rlim_t>(limit.rlim_max, 4096);
    ::setrlimit(RLIMIT_NOFILE, &limit);
    if (limit.rlim_cur < 2200)
        GTEST_SKIP() << "this account may not open 2,200 descriptors";
    startServer();
    std::vector<UniqueFd> many;
    for (int i = 0; i < 2000; ++i)
        many.emplace_back(::open("/dev/null", O_RDONLY | O_CLOEXEC));
    auto viewer = connect();
    EXPECT_GT(viewer.fd(), 1024);
    viewer.greet();
    viewer.requestUpdate(false, 64, 48);
    EXPECT_EQ(viewer.readUpdateHeader(), 1U);
}

class RfbPassword : public RfbServerFixture {
protected:
    RfbPassword()
    {
        startServer();
        const auto port = m_server->listenNetwork({.address = "127.0.0.1", .password = "secret"});
        EXPECT_TRUE(port);
        m_port = port.value_or(0);
    }
    /// Greets with `version` and answers the challenge with `password`; the result number.
    std::uint32_t tryPassword(ScriptedViewer& viewer, const std::string& version, const std::string& password)
    {
        EXPECT_EQ(viewer.read(4, 15'000), "RFB ");
        viewer.read(8);
        viewer.text(version).send();
        if (version == "RFB 003.003\n") {
            EXPECT_EQ(viewer.readNumber(4), 2U);
        } else {
            EXPECT_EQ(viewer.read(2), "\x01\x02"); // VNC authentication and nothing else
            viewer.u8(2).send();
        }
        rfb::VncChallenge challenge{};
        const std::string sent = viewer.read(16);
        std::memcpy(challenge.data(), sent.data(), std::min<std::size_t>(16, sent.size()));
        const auto answer = rfb::answerVncChallenge(challenge, password);
        viewer.text(std::string(reinterpret_cast<const char*>(answer.data()), 16)).send();
        return viewer.readNumber(4);
    }
    std::uint16_t m_port = 0;
};

TEST_F(RfbPassword, TheRightOneOpensInEveryVersion)
{
    for (const char* version : {"RFB 003.003\n", "RFB 003.007\n", "RFB 003.008\n"}) {
        auto viewer = connectTcp(m_port);
        EXPECT_EQ(tryPassword(viewer, version, "secret"), 0U);
        viewer.u8(1).send();
        EXPECT_EQ(viewer.readNumber(2), 64U);
    }
}

TEST_F(RfbPassword, AWrongOneGetsAReasonAndSlowsTheNextTryDown)
{
    auto viewer = connectTcp(m_port);
    EXPECT_EQ(tryPassword(viewer, "RFB 003.008\n", "guess"), 1U);
    EXPECT_EQ(viewer.read(viewer.readNumber(4)), "The password is wrong.");
    EXPECT_TRUE(viewer.isHungUpOn());
    auto next = connectTcp(m_port);
    EXPECT_TRUE(next.isSilentFor(300)); // a second at least
    EXPECT_EQ(tryPassword(next, "RFB 003.008\n", "secret"), 0U);
}

TEST_F(RfbPassword, NobodyGetsInByChoosingNone)
{
    auto viewer = connectTcp(m_port);
    viewer.read(12);
    viewer.text("RFB 003.008\n").send();
    viewer.read(2);
    viewer.u8(1).u8(1).send();
    EXPECT_TRUE(viewer.isHungUpOn());
}

TEST_F(RfbPassword, ANetworkListenerNeedsAUsablePassword)
{
    EXPECT_FALSE(m_server->listenNetwork({.address = "127.0.0.1", .password = ""}));
    EXPECT_FALSE(m_server->listenNetwork({.address = "127.0.0.1", .password = "ninechars"}));
    EXPECT_FALSE(m_server->listenNetwork({.address = "localhost", .password = "secret"}));
    EXPECT_FALSE(m_server->listenNetwork({.address = "127.0.0.1",
                                          .password = "secret",
                                          .encrypt = true,
                                          .certificateFile = "/no/such/file",
                                          .keyFile = "/no/such/file"}));
    m_server->stopListeningNetwork();
}

TEST(VncPassword, AnswersLikeTheProtocol)
{
    // The answer that libvncclient gives to the challenge 0, 1, 2 ... 15.
    constexpr auto Expected = std::to_array<std::uint8_t>(
        {0xb8, 0x66, 0x92, 0x41, 0x25, 0xc8, 0xee, 0xbb, 0x9d, 0xeb, 0xc1, 0xdb, 0x61, 0xc5, 0x38, 0xe2});
    rfb::VncChallenge challenge{};
    for (std::size_t i = 0; i < challenge.size(); ++i)
        challenge[i] = std::byte(static_cast<std::uint8_t>(i));
    const auto answer = rfb::answerVncChallenge(challenge, "password");
    EXPECT_EQ(std::memcmp(answer.data(), Expected.data(), Expected.size()), 0);
    EXPECT_EQ(answer, rfb::answerVncChallenge(challenge, "password and more"));
    EXPECT_NE(answer, rfb::answerVncChallenge(challenge, "Password"));
}

} // namespace
} // namespace engine::display::test

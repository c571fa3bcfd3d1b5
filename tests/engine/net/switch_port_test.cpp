// SPDX-License-Identifier: GPL-3.0-or-later
// Internal networks: ports in this process and in others, peers that die and peers that lie.
#include "net/guest_network.h"
#include "net/mac_table.h"
#include "net/switch_port.h"
#include "support/wire_guest.h"

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstring>
#include <fstream>

namespace {

using namespace engine;
using namespace engine::net;
using namespace engine::test;
using namespace std::chrono_literals;
namespace fs = std::filesystem;

constexpr MacAddress Everybody{0xff, 0xff, 0xff, 0xff, 0xff, 0xff};

MacAddress macOf(std::uint8_t number)
{
    return {0x52, 0x54, 0, 0, 0, number};
}

class InternalNetwork : public testing::Test {
protected:
    void SetUp() override
    {
        std::string pattern = "/tmp/ghsw-XXXXXX";
        ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
        root = pattern;
    }
    void TearDown() override { fs::remove_all(root); }
    [[nodiscard]] fs::path folder() const { return root / "networks"; }
    [[nodiscard]] std::unique_ptr<WireGuest> join(std::uint8_t number, const std::string& name = "lab")
    {
        auto network = GuestNetwork::create({.name = "guest",
                                             .mac = macOf(number),
                                             .mode = NetworkMode::Internal,
                                             .place = name,
                                             .switchFolder = folder()},
                                            log);
        EXPECT_TRUE(network) << network.error().message();
        return network ? std::make_unique<WireGuest>(*std::move(network), macOf(number)) : nullptr;
    }
    /// Connections come into being on other threads: keeps sending until it is heard.
    [[nodiscard]] static bool hears(WireGuest& to, WireGuest& from, const MacAddress& destination,
                                    std::string_view text)
    {
        for (int i = 0; i < 100; ++i) {
            from.send(destination, text);
            if (to.waitForText(text, 100ms))
                return true;
        }
        return false;
    }
    Log log;
    fs::path root;
};

TEST_F(InternalNetwork, CarriesFramesBetweenGuests)
{
    const auto a = join(1);
    const auto b = join(2);
    const auto c = join(3);
    EXPECT_TRUE(hears(*b, *a, Everybody, "hello all"));
    EXPECT_TRUE(hears(*c, *a, Everybody, "hello all")); // its connection may come later
    EXPECT_TRUE(hears(*a, *c, macOf(1), "to one"));
    EXPECT_TRUE(hears(*a, *b, macOf(1), "to one as well"));
}

TEST_F(InternalNetwork, LearnsBehindWhichPortAnAddressIs)
{
    const auto a = join(1);
    const auto b = join(2);
    const auto c = join(3);
    ASSERT_TRUE(hears(*b, *a, Everybody, "a speaks"));
    ASSERT_TRUE(hears(*c, *a, Everybody, "a speaks again"));
    ASSERT_TRUE(hears(*a, *b, macOf(1), "b speaks"));
    a->send(macOf(2), "for b alone");
    EXPECT_TRUE(b->waitForText("for b alone", 5s));
    EXPECT_FALSE(c->waitForText("for b alone", 300ms));
}

TEST_F(InternalNetwork, NetworksOfOtherNamesAreSeparate)
{
    const auto a = join(1);
    const auto b = join(2);
    const auto other = join(3, "other");
    ASSERT_TRUE(hears(*b, *a, Everybody, "in the lab"));
    EXPECT_FALSE(other->waitForText("in the lab", 300ms));
}

TEST_F(InternalNetwork, LargeSegmentsAreCutForTheOthers)
{
    const auto a = join(1);
    const auto b = join(2);
    ASSERT_TRUE(hears(*b, *a, Everybody, "hello"));
    a->sendFrame(largeTcpFrame(macOf(1), macOf(2), 20000));
    std::size_t data = 0;
    for (int i = 0; i < 200 && data < 20000; ++i) {
        for (const Bytes& frame : b->take()) {
            EXPECT_LE(frame.size(), 1514U);
            if (frame.size() > 54 && frame[23] == std::byte{6})
                data += frame.size() - 54;
        }
        std::this_thread::sleep_for(20ms);
    }
    EXPECT_EQ(data, 20000U);
}

TEST_F(InternalNetwork, AProcessThatDiesCutsNobodyElseOff)
{
    int ready[2];
    ASSERT_EQ(::pipe(ready), 0);
    const pid_t child = ::fork();
    if (child == 0) {
        const auto a = join(1); // the first port of the network lives here
        const char byte = 'x';
        const bool told = a && ::write(ready[1], &byte, 1) == 1;
        while (told)
            ::pause();
        ::_exit(1);
    }
    char byte = 0;
    ASSERT_EQ(::read(ready[0], &byte, 1), 1);
    const auto b = join(2);
    const auto c = join(3);
    EXPECT_TRUE(hears(*c, *b, Everybody, "before"));
    ASSERT_EQ(::kill(child, SIGKILL), 0);
    ASSERT_EQ(::waitpid(child, nullptr, 0), child);
    ::close(ready[0]);
    ::close(ready[1]);
    EXPECT_TRUE(hears(*c, *b, Everybody, "after"));
    const auto d = join(4);
    EXPECT_TRUE(hears(*d, *b, macOf(4), "to the new one"));
    // The dead port's socket is gone: three are left.
    EXPECT_EQ(std::distance(fs::directory_iterator(folder() / "lab"), {}), 3);
}

TEST_F(InternalNetwork, TheLastOneTakesTheFolderAway)
{
    auto a = join(1);
    auto b = join(2);
    EXPECT_TRUE(fs::exists(folder() / "lab"));
    a.reset();
    b.reset();
    EXPECT_FALSE(fs::exists(folder() / "lab"));
}

TEST_F(InternalNetwork, AGuestThatDoesNotReadHoldsNobodyUp)
{
    const auto a = join(1);
    const auto b = join(2);
    const auto slow = join(3);
    ASSERT_TRUE(hears(*b, *a, Everybody, "hello"));
    ASSERT_TRUE(hears(*slow, *a, Everybody, "hello, too"));
    slow->setFull(true);
    for (int i = 0; i < 20000; ++i)
        a->send(Everybody, "flood");
    EXPECT_TRUE(hears(*b, *a, Everybody, "still here"));
    slow->setFull(false);
    EXPECT_TRUE(hears(*slow, *a, Everybody, "and back"));
}

TEST_F(InternalNetwork, RefusesNamesThatAreNoNames)
{
    for (const char* name : {"", "..", "a/b", ".hidden", "with space", "aaaaaaaaaabbbbbbbbbbccccccccccddd"}) {
        const auto network = GuestNetwork::create({.name = "guest",
                                                   .mac = macOf(1),
                                                   .mode = NetworkMode::Internal,
                                                   .place = name,
                                                   .switchFolder = folder()},
                                                  log);
        ASSERT_FALSE(network) << name;
        EXPECT_EQ(network.error().code, ErrorCode::InvalidArgument);
    }
}

TEST_F(InternalNetwork, HasNoPortForwards)
{
    const auto a = join(1);
    const auto added = a->network().addForward({.hostPort = 40022, .guestPort = 22});
    ASSERT_FALSE(added);
    EXPECT_EQ(added.error().code, ErrorCode::InvalidState);
}

/// A peer that speaks the sockets' language, but not honestly.
class Liar {
public:
    explicit Liar(const fs::path& socket) : m_fd(::socket(AF_UNIX, SOCK_SEQPACKET, 0))
    {
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        std::strncpy(address.sun_path, socket.c_str(), sizeof address.sun_path - 1);
        m_connected = ::connect(m_fd.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
    }
    [[nodiscard]] bool isConnected() const { return m_connected; }
    void say(const Bytes& bytes) { (void)::send(m_fd.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL); }
    void hello()
    {
        Bytes bytes(24, std::byte{0x77});
        std::memcpy(bytes.data(), "GHSWITC1", 8);
        say(bytes);
    }

private:
    UniqueFd m_fd;
    bool m_connected = false;
};

TEST_F(InternalNetwork, SurvivesPeersThatLie)
{
    const auto a = join(1);
    const auto b = join(2);
    ASSERT_TRUE(hears(*b, *a, Everybody, "hello"));
    for (const auto& entry : fs::directory_iterator(folder() / "lab")) {
        Liar silent(entry.path());
        Liar rude(entry.path());
        rude.say(Bytes(5000, std::byte{0xff}));
        Liar liar(entry.path());
        ASSERT_TRUE(liar.isConnected());
        liar.hello();
        for (const std::size_t size : {1U, 13U, 14U, 60U, 1514U, 9216U, 9217U, 60000U})
            liar.say(Bytes(size, std::byte{0x02}));
        liar.say(Bytes(60, std::byte{0xff}));                       // sent by everybody
        liar.say(frameWithText(macOf(1), macOf(1), "from myself")); // claims to be the guest
        liar.say(frameWithText(macOf(2), macOf(2), "from myself"));
        for (int i = 0; i < 5000; ++i) { // more addresses than a switch remembers
            Bytes frame = frameWithText(Everybody, macOf(9), "many");
            std::memcpy(frame.data() + 8, &i, sizeof i);
            liar.say(frame);
        }
    }
    EXPECT_FALSE(a->waitForText("from myself", 200ms));
    EXPECT_TRUE(hears(*a, *b, macOf(1), "still working"));
    EXPECT_TRUE(hears(*b, *a, macOf(2), "both ways"));
}

TEST(MacTable, ForgetsTheOneNotHeardOfForLongest)
{
    MacTable table;
    for (unsigned i = 0; i < 3000; ++i) {
        table.learn({0, 0, 0, 0, static_cast<std::uint8_t>(i >> 8), static_cast<std::uint8_t>(i)}, i % 7);
        table.learn(macOf(1), 99);
    }
    EXPECT_EQ(table.size(), MacTable::Capacity);
    EXPECT_EQ(table.find(macOf(1)), 99U);
    EXPECT_FALSE(table.find({0, 0, 0, 0, 0, 5}));
    table.forgetPort(99);
    EXPECT_FALSE(table.find(macOf(1)));
    EXPECT_EQ(table.size(), MacTable::Capacity - 1);
}

TEST(TapDevice, SaysWhatIsMissing)
{
    Log log;
    const auto absent = GuestNetwork::create(
        {.name = "guest", .mac = macOf(1), .mode = NetworkMode::Tap, .place = "ghnone0"}, log);
    ASSERT_FALSE(absent);
    EXPECT_EQ(absent.error().code, ErrorCode::NotFound);
    EXPECT_NE(absent.error().message().find("ip tuntap add dev ghnone0"), std::string::npos);
    const auto noTap = GuestNetwork::create(
        {.name = "guest", .mac = macOf(1), .mode = NetworkMode::Tap, .place = "lo"}, log);
    ASSERT_FALSE(noTap);
}

TEST(TapDevice, CarriesFrames)
{
    if (::system("ip tuntap add dev ghtest0 mode tap 2>/dev/null && ip link set ghtest0 up") != 0)
        GTEST_SKIP() << "this user may not make tap interfaces";
    Log log;
    auto network = GuestNetwork::create(
        {.name = "guest", .mac = macOf(1), .mode = NetworkMode::Tap, .place = "ghtest0"}, log);
    if (!network) {
        (void)::system("ip link del ghtest0");
        FAIL() << network.error().message();
    }
    {
        WireGuest guest(*std::move(network), macOf(1));
        // The host asks for the neighbour's address before it sends.
        (void)::system("ip addr add 10.77.0.1/24 dev ghtest0");
        const UniqueFd socket(::socket(AF_INET, SOCK_DGRAM, 0));
        const sockaddr_in neighbour{.sin_family = AF_INET,
                                    .sin_port = htons(9),
                                    .sin_addr = {.s_addr = htonl(0x0a4d0002)},
                                    .sin_zero = {}};
        (void)::sendto(socket.get(), "x", 1, 0, reinterpret_cast<const sockaddr*>(&neighbour),
                       sizeof neighbour);
        bool heard = false;
        for (int i = 0; i < 100 && !heard; ++i) {
            heard = !guest.take().empty();
            std::this_thread::sleep_for(50ms);
        }
        EXPECT_TRUE(heard);
        std::ifstream before("/sys/class/net/ghtest0/statistics/rx_packets");
        std::uint64_t packets = 0;
        before >> packets;
        guest.send(Everybody, "to the host");
        std::uint64_t now = packets;
        for (int i = 0; i < 100 && now <= packets; ++i) {
            std::this_thread::sleep_for(20ms);
            std::ifstream("/sys/class/net/ghtest0/statistics/rx_packets") >> now;
        }
        EXPECT_GT(now, packets);
    }
    (void)::system("ip link del ghtest0");
}

} // namespace

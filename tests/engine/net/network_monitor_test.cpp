// SPDX-License-Identifier: GPL-3.0-or-later
// Connections, names and listening ports as frames show them; hostile frames of every kind.
#include "net/delay_line.h"
#include "net/dns_answer.h"
#include "net/frame_cutter.h"
#include "net/network_monitor.h"
#include "net_guest.h"
#include "support/wire_guest.h"

#include <random>

namespace {

using namespace engine;
using namespace engine::net;
using namespace engine::test;
using namespace std::chrono_literals;

constexpr std::uint32_t Guest = 0x0a00020f;
constexpr std::uint32_t Peer = 0xc0000201; // 192.0.2.1

Bytes outgoing(std::uint8_t flags, std::uint32_t sequence = 100, const Bytes& data = {})
{
    return tcpFrame({.from = Guest,
                     .to = Peer,
                     .sourcePort = 4000,
                     .destinationPort = 443,
                     .sequence = sequence,
                     .acknowledgement = 900,
                     .flags = flags},
                    data);
}

Bytes incoming(std::uint8_t flags, std::uint32_t sequence = 900, const Bytes& data = {})
{
    return tcpFrame({.from = Peer,
                     .to = Guest,
                     .sourcePort = 443,
                     .destinationPort = 4000,
                     .sequence = sequence,
                     .acknowledgement = 101,
                     .flags = flags},
                    data);
}

class FlowTableTest : public testing::Test {
protected:
    bool out(const Bytes& frame) { return table.inspect(frame, FrameWay::FromGuest, now).passes; }
    bool in(const Bytes& frame) { return table.inspect(frame, FrameWay::ToGuest, now).passes; }
    FlowState state() { return table.list(now).at(0).state; }
    void open()
    {
        EXPECT_TRUE(out(outgoing(0x02)));
        EXPECT_EQ(state(), FlowState::Opening);
        EXPECT_TRUE(in(incoming(0x12)));
        EXPECT_TRUE(out(outgoing(0x10, 101)));
        EXPECT_EQ(state(), FlowState::Open);
    }
    FlowTable table;
    FlowTable::Clock::time_point now = FlowTable::Clock::now();
};

TEST_F(FlowTableTest, FollowsAConnectionToItsEnd)
{
    open();
    out(outgoing(0x18, 101, Bytes(500)));
    in(incoming(0x18, 901, Bytes(1000)));
    const Flow flow = table.list(now).at(0);
    EXPECT_TRUE(flow.startedByGuest);
    EXPECT_EQ(flow.key.peer.toText(), "192.0.2.1");
    EXPECT_EQ(flow.key.peerPort, 443);
    EXPECT_EQ(flow.bytesFromGuest, 54U * 3 + 500);
    EXPECT_EQ(flow.bytesToGuest, 54U * 2 + 1000);
    out(outgoing(0x11, 601));
    EXPECT_EQ(state(), FlowState::Closing);
    in(incoming(0x11, 1901));
    EXPECT_EQ(state(), FlowState::Closed);
    now += 60s;
    EXPECT_TRUE(table.list(now).empty());
}

TEST_F(FlowTableTest, TellsARefusalFromAClose)
{
    out(outgoing(0x02));
    in(incoming(0x14));
    EXPECT_EQ(state(), FlowState::Refused);
    out(outgoing(0x02, 500));
    EXPECT_EQ(state(), FlowState::Opening) << "a new attempt is a new line";
    EXPECT_EQ(table.list(now).size(), 1U);
}

std::uint32_t load32(const Bytes& frame, std::size_t at)
{
    return get(frame, at, 4);
}

bool hasGoodChecksums(const Bytes& frame)
{
    const std::uint32_t pseudo = sumWords(frame, 26, 34) + 6 + static_cast<std::uint32_t>(frame.size() - 34);
    return fold(sumWords(frame, 14, 34)) == 0 && fold(pseudo + sumWords(frame, 34, frame.size())) == 0;
}

TEST_F(FlowTableTest, CuttingTellsBothSides)
{
    open();
    out(outgoing(0x18, 101, Bytes(500)));
    const auto resets = table.cut(table.list(now).at(0).id);
    ASSERT_TRUE(resets);
    EXPECT_EQ(load32(resets->toGuest, 26), Peer);
    EXPECT_EQ(load32(resets->toGuest, 38), 901U) << "the next number that the guest expects";
    EXPECT_EQ(get(resets->toGuest, 47, 1), 0x14U);
    EXPECT_TRUE(hasGoodChecksums(resets->toGuest));
    EXPECT_EQ(load32(resets->toPeer, 26), Guest);
    EXPECT_EQ(load32(resets->toPeer, 38), 601U);
    EXPECT_TRUE(hasGoodChecksums(resets->toPeer));
    EXPECT_EQ(state(), FlowState::Cut);
    EXPECT_FALSE(out(outgoing(0x18, 601, Bytes(10))));
    EXPECT_FALSE(in(incoming(0x18, 901, Bytes(10))));
    EXPECT_TRUE(out(outgoing(0x02, 7000))) << "a new connection is not cut";
    EXPECT_FALSE(table.cut(12345));
}

TEST_F(FlowTableTest, ABlockedPeerIsRefusedUntilUnblocked)
{
    open();
    std::vector<FlowTable::Resets> resets;
    const auto rule = parseBlockRule("192.0.2.1:443");
    ASSERT_TRUE(rule);
    EXPECT_TRUE(table.block(*rule, resets));
    EXPECT_FALSE(table.block(*rule, resets));
    EXPECT_EQ(resets.size(), 1U);
    EXPECT_EQ(state(), FlowState::Blocked);
    const auto verdict = table.inspect(outgoing(0x02, 5000), FrameWay::FromGuest, now);
    EXPECT_FALSE(verdict.passes);
    ASSERT_FALSE(verdict.answer.empty());
    EXPECT_EQ(load32(verdict.answer, 26), Peer);
    EXPECT_EQ(load32(verdict.answer, 42), 5001U);
    EXPECT_TRUE(hasGoodChecksums(verdict.answer));
    EXPECT_TRUE(out(tcpFrame({.from = Guest, .to = Peer, .destinationPort = 80, .flags = 2}, {})));
    EXPECT_TRUE(table.unblock(*rule));
    EXPECT_FALSE(table.unblock(*rule));
    EXPECT_TRUE(out(outgoing(0x02, 6000)));
}

TEST_F(FlowTableTest, IsBounded)
{
    for (unsigned i = 0; i < 10000; ++i)
        out(tcpFrame({.from = Guest, .to = 0x01000000 + i, .flags = 2}, {}));
    EXPECT_EQ(table.list(now).size(), FlowTable::Capacity);
    EXPECT_EQ(table.list(now).at(0).key.peer.toText(), "1.0.39.15") << "the latest stay";
}

TEST_F(FlowTableTest, SurvivesNoise)
{
    std::mt19937 random(7);
    const std::vector<Bytes> seeds{outgoing(0x02), incoming(0x12), outgoing(0x18, 101, Bytes(100)),
                                   ipv4Frame(17, Guest, Peer, Bytes(40)),
                                   ipv4Frame(1, Guest, Peer, Bytes(8))};
    NetworkMonitor monitor(GuestMac);
    for (int i = 0; i < 50000; ++i) {
        Bytes frame = seeds[random() % seeds.size()];
        for (int change = 0; change < 3; ++change)
            frame[random() % frame.size()] = std::byte(static_cast<std::uint8_t>(random()));
        frame.resize(random() % 4 == 0 ? random() % (frame.size() + 1) : frame.size());
        (void)monitor.inspect(frame, random() % 2 ? FrameWay::FromGuest : FrameWay::ToGuest);
        (void)cutFrame(frame, 14 + random() % 100);
        if (i % 100 == 0) {
            const auto flows = monitor.flows().list(now);
            if (!flows.empty())
                (void)monitor.flows().cut(flows.front().id);
        }
    }
    EXPECT_LE(monitor.flows().list(now).size(), FlowTable::Capacity);
    EXPECT_LE(monitor.addresses().size(), 8U);
    EXPECT_LE(monitor.names().size(), 256U);
}

TEST(BlockRules, AreWrittenAsTheyAreRead)
{
    for (const char* text : {"192.0.2.1", "192.0.2.1:443", "2001:db8::1", "[2001:db8::1]:443"}) {
        const auto rule = parseBlockRule(text);
        ASSERT_TRUE(rule) << text;
        EXPECT_EQ(describe(*rule), text);
    }
    for (const char* text :
         {"", "example.org", "192.0.2.1:", "192.0.2.1:0", "192.0.2.1:70000", "[::1", "[::1]443"})
        EXPECT_FALSE(parseBlockRule(text)) << text;
}

/// www.Example.org is an alias of a.example.org, which has two addresses.
Bytes dnsAnswer()
{
    const unsigned char bytes[] = {
        0x12, 0x34, 0x81, 0x80, 0, 1,   0,   3,   0,   0,   0,   0, // header
        3,    'w',  'w',  'w',  7, 'E', 'x', 'a', 'm', 'p', 'l', 'e', 3,   'o', 'r',  'g',
        0,    0,    1,    0,    1,                                                        // question, at 12
        0xc0, 12,   0,    5,    0, 1,   0,   0,   0,   60,  0,   4,   1,   'a', 0xc0, 16, // CNAME, name at 45
        0xc0, 45,   0,    1,    0, 1,   0,   0,   0,   60,  0,   4,   192, 0,   2,    1,  // A
        0xc0, 45,   0,    1,    0, 1,   0,   0,   0,   60,  0,   4,   192, 0,   2,    2};
    const auto view = std::as_bytes(std::span(bytes));
    return {view.begin(), view.end()};
}

TEST(DnsAnswers, GiveNameAndAddresses)
{
    const auto answer = parseDnsAnswer(dnsAnswer());
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->name, "www.example.org");
    ASSERT_EQ(answer->addresses.size(), 2U);
    EXPECT_EQ(answer->addresses[1].toText(), "192.0.2.2");
}

TEST(DnsAnswers, RefusesLoopsLengthsAndTruncation)
{
    Bytes loop = dnsAnswer();
    loop[33 + 1] = std::byte{33}; // the alias' name points at itself
    EXPECT_FALSE(parseDnsAnswer(loop));
    for (std::size_t length = 0; length < dnsAnswer().size(); ++length) {
        Bytes cut = dnsAnswer();
        cut.resize(length);
        EXPECT_FALSE(parseDnsAnswer(cut)) << length;
    }
    Bytes query = dnsAnswer();
    query[2] = std::byte{1};
    EXPECT_FALSE(parseDnsAnswer(query));
    std::mt19937 random(1);
    for (int i = 0; i < 100000; ++i) {
        Bytes noise = dnsAnswer();
        for (int change = 0; change < 4; ++change)
            noise[random() % noise.size()] = std::byte(static_cast<std::uint8_t>(random()));
        if (const auto answer = parseDnsAnswer(noise)) {
            EXPECT_LE(answer->name.size(), 255U);
            for (const char c : answer->name)
                EXPECT_TRUE(c > ' ' && c < 0x7f);
        }
    }
}

TEST(NetworkMonitor, NamesTheConnectionsOfAName)
{
    NetworkMonitor monitor(GuestMac);
    Bytes udp(8);
    put(udp, 0, 53, 2);
    put(udp, 2, 5000, 2);
    const Bytes answer = dnsAnswer();
    udp.insert(udp.end(), answer.begin(), answer.end());
    put(udp, 4, udp.size(), 2);
    (void)monitor.inspect(ipv4Frame(17, 0x0a000203, Guest, udp), FrameWay::ToGuest);
    (void)monitor.inspect(outgoing(0x02), FrameWay::FromGuest);
    ASSERT_EQ(monitor.names().size(), 1U);
    EXPECT_EQ(monitor.flows().list(FlowTable::Clock::now()).at(0).peerName, "www.example.org");
    EXPECT_EQ(monitor.addresses().at(0).toText(), "10.0.2.15");
}

TEST(NetworkMonitor, KnowsTheAddressThatDhcpConfirms)
{
    constexpr std::size_t Message = 8; // behind the UDP header
    const auto addressesAfter = [](std::uint8_t kind, std::uint8_t lastByteOfCard, std::size_t cut) {
        NetworkMonitor monitor(GuestMac);
        Bytes udp(Message + 240);
        put(udp, 0, 67, 2);
        put(udp, 2, 68, 2);
        put(udp, Message, 2, 1);          // BOOTREPLY
        put(udp, Message + 16, Guest, 4); // yiaddr
        for (std::size_t i = 0; i < GuestMac.size(); ++i)
            put(udp, Message + 28 + i, GuestMac.at(i), 1);
        put(udp, Message + 33, lastByteOfCard, 1);
        put(udp, Message + 236, 0x63825363, 4);
        for (const unsigned option : {0U, 54U, 4U, 10U, 0U, 2U, 2U, 53U, 1U, unsigned{kind}, 255U})
            udp.push_back(std::byte(static_cast<std::uint8_t>(option)));
        udp.resize(udp.size() - cut);
        put(udp, 4, udp.size(), 2);
        (void)monitor.inspect(ipv4Frame(17, 0x0a000202, 0xffffffff, udp), FrameWay::ToGuest);
        return monitor.addresses();
    };
    const auto known = addressesAfter(5, GuestMac.back(), 0);
    ASSERT_EQ(known.size(), 1U);
    EXPECT_EQ(known[0].toText(), "10.0.2.15");
    EXPECT_TRUE(addressesAfter(2, GuestMac.back(), 0).empty()) << "an offer is no lease";
    EXPECT_TRUE(addressesAfter(5, GuestMac.back() ^ 1, 0).empty()) << "somebody else's";
    for (std::size_t cut = 2; cut < 240; ++cut)
        EXPECT_TRUE(addressesAfter(5, GuestMac.back(), cut).empty());
}

TEST(ListenProbe, LearnsFromAnswersAndTakesTheConnectionBack)
{
    ListenProbe probe(GuestMac);
    IpAddress guest;
    guest.bytes = {10, 0, 2, 15};
    const auto frames = probe.probe(guest);
    ASSERT_EQ(frames.size(), ListenProbe::wellKnownPorts().size());
    ASSERT_TRUE(hasGoodChecksums(frames[0]));
    for (const auto& syn : frames) {
        const auto port = static_cast<std::uint16_t>(get(syn, 36, 2));
        const bool listens = port == 22 || port == 8080;
        const Bytes answer = tcpFrame({.from = Guest,
                                       .to = 0x0a000202,
                                       .sourcePort = port,
                                       .destinationPort = static_cast<std::uint16_t>(get(syn, 34, 2)),
                                       .sequence = 50,
                                       .acknowledgement = load32(syn, 38) + 1,
                                       .flags = static_cast<std::uint8_t>(listens ? 0x12 : 0x14)},
                                      {});
        Bytes reply;
        EXPECT_TRUE(probe.observe(answer, reply));
        EXPECT_EQ(reply.empty(), !listens);
        if (listens)
            EXPECT_EQ(get(reply, 47, 1), 0x14U);
    }
    EXPECT_EQ(probe.ports(), (std::set<std::uint16_t>{22, 8080}));
}

TEST(FrameCutter, CutsIntoSegmentsThatAddUp)
{
    const Bytes whole = tcpFrame({.sequence = 1000, .flags = 0x18}, Bytes(5000, std::byte{7}));
    const auto parts = cutFrame(whole, 1514);
    ASSERT_EQ(parts.size(), 4U);
    std::uint32_t sequence = 1000;
    for (const Bytes& part : parts) {
        EXPECT_LE(part.size(), 1514U);
        EXPECT_TRUE(hasGoodChecksums(part));
        EXPECT_EQ(load32(part, 38), sequence);
        sequence += static_cast<std::uint32_t>(part.size() - 54);
    }
    EXPECT_EQ(sequence, 6000U);
}

TEST(FrameCutter, KeepsTheVlanTagOnEveryPart)
{
    const Bytes plain = tcpFrame({.sequence = 1000, .flags = 0x18}, Bytes(5000, std::byte{7}));
    const Bytes tag{std::byte{0x81}, std::byte{0}, std::byte{0x60}, std::byte{0x2a}};
    Bytes whole = plain;
    whole.insert(whole.begin() + 12, tag.begin(), tag.end());
    const auto expected = cutFrame(plain, 1514);
    const auto parts = cutFrame(whole, 1514);
    ASSERT_EQ(parts.size(), expected.size());
    for (std::size_t i = 0; i < parts.size(); ++i) {
        EXPECT_LE(parts[i].size(), 1518U);
        EXPECT_TRUE(std::ranges::equal(std::span(parts[i]).subspan(12, 4), tag));
        Bytes untagged = parts[i];
        untagged.erase(untagged.begin() + 12, untagged.begin() + 16);
        EXPECT_EQ(untagged, expected[i]);
    }
    whole.insert(whole.begin() + 12, tag.begin(), tag.end());
    EXPECT_TRUE(cutFrame(whole, 1514).empty()) << "two tags are one too many";
}

TEST(DelayLine, DelaysLimitsAndLoses)
{
    const auto loop = EventLoop::create("shape").value();
    std::vector<std::size_t> arrived;
    std::unique_ptr<DelayLine> line;
    const auto count = [&] {
        std::size_t now = 0;
        loop->runAndWait([&] { now = arrived.size(); });
        return now;
    };
    const auto push = [&](int frames, std::size_t bytes) {
        loop->runAndWait([&] {
            for (int i = 0; i < frames; ++i)
                line->push(Bytes(bytes));
        });
    };
    loop->runAndWait([&] {
        line = std::make_unique<DelayLine>(
            *loop, [&](std::span<const std::byte> frame) { arrived.push_back(frame.size()); }, [] {});
    });
    push(5, 100);
    EXPECT_EQ(count(), 5U) << "a plain wire has no delay";
    loop->runAndWait([&] { line->configure({.delay = 200ms}); });
    const auto start = std::chrono::steady_clock::now();
    push(5, 100);
    EXPECT_EQ(count(), 5U);
    while (count() < 10 && std::chrono::steady_clock::now() - start < 20s)
        std::this_thread::sleep_for(5ms);
    EXPECT_GE(std::chrono::steady_clock::now() - start, 200ms);
    loop->runAndWait([&] { line->configure({.bitsPerSecond = 80'000}); }); // 10,000 bytes a second
    const auto slow = std::chrono::steady_clock::now();
    push(3, 1000);
    while (count() < 13 && std::chrono::steady_clock::now() - slow < 20s)
        std::this_thread::sleep_for(5ms);
    EXPECT_EQ(count(), 13U);
    EXPECT_GE(std::chrono::steady_clock::now() - slow, 250ms);
    push(1000, 1000);
    EXPECT_GT(line->dropped(), 900U) << "the queue is bounded";
    loop->runAndWait([&] {
        line->clear();
        line->configure({.lossPercent = 50});
    });
    const std::size_t before = count();
    push(1000, 100);
    std::this_thread::sleep_for(200ms);
    EXPECT_GT(count() - before, 300U);
    EXPECT_LT(count() - before, 700U);
    loop->runAndWait([&] { line.reset(); });
}

} // namespace

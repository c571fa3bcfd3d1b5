// SPDX-License-Identifier: GPL-3.0-or-later
// A real Linux network stack behind the user network: DHCP, HTTP out through the NAT, HTTP in through a
// port forward.
#include "boot/guest_harness.h"
#include "boot/test_files.h"
#include "net/guest_network.h"
#include "support/initrd.h"
#include "support/loopback_server.h"

#include <stdlib.h>
#include <unistd.h>

#include <thread>

namespace {

using namespace std::chrono_literals;
using engine::test::HttpServer;

constexpr const char* Init = R"sh(#!/bin/busybox sh
B=/bin/busybox
$B mount -t proc proc /proc; $B mount -t sysfs sys /sys; $B mount -t devtmpfs dev /dev 2>/dev/null
$B cat > /tmp/lease <<'END'
#!/bin/busybox sh
[ "$1" = bound ] || exit 0
/bin/busybox ifconfig $interface $ip netmask $subnet up
/bin/busybox route add default gw $router
echo "LEASE ip=$ip router=$router dns=$dns"
END
$B chmod 755 /tmp/lease
$B ifconfig lo up; $B ifconfig eth0 up
echo "MAC $($B cat /sys/class/net/eth0/address) MTU $($B cat /sys/class/net/eth0/mtu)"
$B udhcpc -i eth0 -n -q -t 20 -T 1 -s /tmp/lease || echo NO-LEASE
for w in $($B cat /proc/cmdline); do case $w in port=*) port=${w#port=};; esac; done
$B printf 'GET /file HTTP/1.0\r\n\r\n' | $B nc -w 20 10.0.2.2 $port | $B sed '1,/^\r$/d' > /tmp/file
if [ -s /tmp/file ]; then
  $B seq 1 400000 | $B cmp - /tmp/file && echo "FETCHED $($B wc -c < /tmp/file)"
else
  echo FETCH-FAILED
fi
echo served-by-the-guest > /www/index.html
$B httpd -p 8080 -h /www
echo SERVING
while :;
    do
        $B sleep 100; done
)sh";

/// A guest between guests: an address of its own, a page for the others, questions to them and to the host.
constexpr const char* InternalInit = R"sh(#!/bin/busybox sh
B=/bin/busybox
$B mount -t proc proc /proc; $B mount -t sysfs sys /sys; $B mount -t devtmpfs dev /dev 2>/dev/null
for w in $($B cat /proc/cmdline); do
  case $w in own=*) own=${w#own=};; other=*) other=${w#other=};; hostport=*) hostport=${w#hostport=};; esac
done
echo "page-of-$own" > /www/index.html
$B ifconfig lo up; $B ifconfig eth0 192.168.77.$own netmask 255.255.255.0 up
$B route add default gw 192.168.77.254
$B httpd -p 80 -h /www
ask() { $B printf 'GET /index.html HTTP/1.0\r\n\r\n' | $B timeout 10 $B nc $1 $2 2>/dev/null; }
n=0
while [ $n -lt 60 ]; do
  n=$((n+1))
  if ask 192.168.77.$other 80 | $B grep -q page-of-$other; then echo "REACHED-$other"; break; fi
  $B sleep 1
done
if [ -f /proc/net/if_inet6 ]; then
  $B sleep 3
  $B ping6 -c 3 -I eth0 ff02::1 2>&1 | $B grep -q "DUP" && echo IPV6-NEIGHBOUR
fi
$B udhcpc -i eth0 -n -q -t 2 -T 1 -s /bin/true >/dev/null 2>&1 && echo UNEXPECTED-DHCP
for host in 10.0.2.2 127.0.0.1 192.168.77.254; do
  ask $host $hostport | $B grep -q secret && echo "HOST-REACHED $host"
done
echo ASKED-ALL
while :; do $B sleep 100; done
)sh";

class NetworkGuest : public testing::Test {
protected:
    /// A kernel with e1000e and IPv6 (tools/build-network-kernel), empty when there is none.
    [[nodiscard]] static std::string networkKernel() { return boot::builtKernel("network-kernel"); }
    void SetUp() override
    {
        REQUIRE_KVM();
        REQUIRE_FILE(boot::sharedGuests() / "linux-native/vmlinux");
        prepare(Init);
    }
    void prepare(const char* init)
    {
        m_initrd = testing::TempDir() + "guesthouse-network-initrd-" + std::to_string(::getpid());
        engine::test::InitrdWriter writer;
        if (!writer.addBusyBox(init))
            GTEST_SKIP() << "/bin/busybox is not installed";
        ASSERT_TRUE(writer.write(m_initrd));
    }
    void TearDown() override { std::filesystem::remove(m_initrd); }
    [[nodiscard]] engine::VmConfig config(std::uint16_t port) const
    {
        engine::VmConfig config;
        config.name = "network";
        config.memoryBytes = std::uint64_t{128} << 20;
        config.hasDisplay = false;
        config.kernel = {.path = (boot::sharedGuests() / "linux-native/vmlinux").string(),
                         .initrdPath = m_initrd,
                         .commandLine = "console=ttyS0 panic=-1 quiet reboot=t port=" + std::to_string(port)};
        config.networks.push_back({.model = engine::NetworkModel::Virtio,
                                   .macAddress = "52:54:00:ab:cd:ef",
                                   .allowHostLoopback = true});
        return config;
    }
    std::string m_initrd;
};

/// What `seq 1 400000` prints.
std::string numbers()
{
    std::string text;
    for (int i = 1; i <= 400000; ++i)
        text += std::to_string(i) + '\n';
    return text;
}

std::string fetchFrom(std::uint16_t port)
{
    const auto socket = engine::test::connectTo(port);
    if (!socket)
        return "refused";
    const std::string request = "GET /index.html HTTP/1.0\r\n\r\n";
    (void)::send(socket.get(), request.data(), request.size(), MSG_NOSIGNAL);
    return engine::test::readAll(socket.get(), 20s);
}

TEST_F(NetworkGuest, GetsAnAddressFetchesAndServes)
{
    const HttpServer server(numbers());
    auto settings = config(server.port());
    const std::uint16_t port = engine::test::LoopbackSocket::freePort(SOCK_STREAM);
    settings.networks[0].forwards.push_back({.hostPort = port, .guestPort = 8080});
    boot::Guest guest(settings);
    ASSERT_TRUE(guest.start()) << guest.error();
    ASSERT_TRUE(guest.waitForSerial("SERVING", 120s)) << guest.serial();
    const std::string text = guest.serial();
    EXPECT_NE(text.find("MAC 52:54:00:ab:cd:ef MTU 1500"), std::string::npos) << text;
    EXPECT_NE(text.find("LEASE ip=10.0.2.15 router=10.0.2.2 dns=10.0.2.3"), std::string::npos) << text;
    EXPECT_NE(text.find("FETCHED " + std::to_string(numbers().size())), std::string::npos) << text;
    EXPECT_NE(fetchFrom(port).find("served-by-the-guest"), std::string::npos);
    const auto statistics = guest.vm().statistics();
    EXPECT_GT(statistics.networkReceivedBytes, 2'500'000U);
    EXPECT_GT(statistics.networkSentBytes, 1000U);
}

TEST_F(NetworkGuest, AnE1000eCardDoesTheSame)
{
    if (networkKernel().empty())
        GTEST_SKIP() << "no kernel with an e1000e driver; tools/build-network-kernel makes one";
    const HttpServer server(numbers());
    auto settings = config(server.port());
    settings.kernel->path = networkKernel();
    settings.networks[0].model = engine::NetworkModel::E1000e;
    const std::uint16_t port = engine::test::LoopbackSocket::freePort(SOCK_STREAM);
    settings.networks[0].forwards.push_back({.hostPort = port, .guestPort = 8080});
    boot::Guest guest(settings);
    ASSERT_TRUE(guest.start()) << guest.error();
    ASSERT_TRUE(guest.waitForSerial("SERVING", 120s)) << guest.serial();
    const std::string text = guest.serial();
    EXPECT_NE(text.find("MAC 52:54:00:ab:cd:ef MTU 1500"), std::string::npos) << text;
    EXPECT_NE(text.find("LEASE ip=10.0.2.15"), std::string::npos) << text;
    EXPECT_NE(text.find("FETCHED " + std::to_string(numbers().size())), std::string::npos) << text;
    EXPECT_NE(fetchFrom(port).find("served-by-the-guest"), std::string::npos);
}

TEST_F(NetworkGuest, ShowsConnectionsAndCutsThem)
{
    const HttpServer server("short");
    auto settings = config(server.port());
    const std::uint16_t port = engine::test::LoopbackSocket::freePort(SOCK_STREAM);
    settings.networks[0].forwards.push_back({.hostPort = port, .guestPort = 8080});
    boot::Guest guest(settings);
    ASSERT_TRUE(guest.start()) << guest.error();
    ASSERT_TRUE(guest.waitForSerial("SERVING", 120s)) << guest.serial();
    engine::net::GuestNetwork& network = *guest.vm().network(0);
    network.probeListening();
    bool listens = false;
    for (int i = 0; i < 100 && !listens; ++i) {
        std::this_thread::sleep_for(50ms);
        listens = network.view().listening == std::vector<std::uint16_t>{8080};
    }
    EXPECT_TRUE(listens) << "the guest serves on 8080 and nowhere else";
    const auto view = network.view();
    ASSERT_FALSE(view.addresses.empty());
    EXPECT_EQ(view.addresses[0].toText(), "10.0.2.15");
    const auto socket = engine::test::connectTo(port);
    ASSERT_TRUE(socket);
    std::uint64_t id = 0;
    for (int i = 0; i < 100 && id == 0; ++i) {
        std::this_thread::sleep_for(50ms);
        for (const auto& flow : network.view().flows)
            if (flow.key.guestPort == 8080 && flow.state == engine::net::FlowState::Open)
                id = flow.id;
    }
    ASSERT_NE(id, 0U);
    ASSERT_TRUE(network.cut(id));
    EXPECT_TRUE(engine::test::waitReadable(socket.get(), 20s)) << "the end must be told";
    char byte = 0;
    EXPECT_LE(::recv(socket.get(), &byte, 1, 0), 0);
    ASSERT_TRUE(network.block({.peer = *engine::net::IpAddress::parse("10.0.2.2")}));
    EXPECT_EQ(fetchFrom(port).find("served"), std::string::npos);
    ASSERT_TRUE(network.unblock({.peer = *engine::net::IpAddress::parse("10.0.2.2")}));
    EXPECT_NE(fetchFrom(port).find("served-by-the-guest"), std::string::npos);
}

TEST_F(NetworkGuest, TwoGuestsReachEachOtherAndNotTheHost)
{
    prepare(InternalInit);
    const HttpServer server("secret");
    std::string runtime = "/tmp/ghrun-XXXXXX";
    ASSERT_NE(::mkdtemp(runtime.data()), nullptr);
    ::setenv("XDG_RUNTIME_DIR", runtime.c_str(), 1);
    std::filesystem::create_directory(runtime + "/guesthouse");
    const bool hasV6 = !networkKernel().empty();
    const auto guestOf = [&](int own, int other) {
        auto settings = config(server.port());
        settings.name = "lab" + std::to_string(own);
        if (hasV6)
            settings.kernel->path = networkKernel();
        settings.kernel->commandLine += " own=" + std::to_string(own) + " other=" + std::to_string(other)
                                        + " hostport=" + std::to_string(server.port());
        settings.networks[0] = {.mode = engine::NetworkMode::Internal,
                                .model = engine::NetworkModel::Virtio,
                                .name = "lab",
                                .macAddress = "52:54:00:00:77:0" + std::to_string(own)};
        return settings;
    };
    {
        boot::Guest first(guestOf(1, 2));
        boot::Guest second(guestOf(2, 1));
        ASSERT_TRUE(first.start()) << first.error();
        ASSERT_TRUE(second.start()) << second.error();
        ASSERT_TRUE(first.waitForSerial("ASKED-ALL", 180s)) << first.serial();
        ASSERT_TRUE(second.waitForSerial("ASKED-ALL", 180s)) << second.serial();
        for (const std::string& text : {first.serial(), second.serial()}) {
            EXPECT_NE(text.find("REACHED-"), std::string::npos) << text;
            EXPECT_EQ(text.find("HOST-REACHED"), std::string::npos) << text;
            EXPECT_EQ(text.find("UNEXPECTED-DHCP"), std::string::npos) << text;
            EXPECT_EQ(text.find("IPV6-NEIGHBOUR") != std::string::npos, hasV6) << text;
        }
        EXPECT_EQ(first.vm().network(0)->view().peers, 1U);
    }
    ::unsetenv("XDG_RUNTIME_DIR");
    std::filesystem::remove_all(runtime);
}

TEST_F(NetworkGuest, ForwardsComeAndGoWhileItRuns)
{
    const HttpServer server("short");
    boot::Guest guest(config(server.port()));
    ASSERT_TRUE(guest.start()) << guest.error();
    ASSERT_TRUE(guest.waitForSerial("SERVING", 120s)) << guest.serial();
    const std::uint16_t port = engine::test::LoopbackSocket::freePort(SOCK_STREAM);
    EXPECT_EQ(fetchFrom(port), "refused");
    const engine::PortForward rule{.hostPort = port, .guestPort = 8080};
    ASSERT_TRUE(guest.vm().addForward(0, rule));
    EXPECT_NE(fetchFrom(port).find("served-by-the-guest"), std::string::npos);
    ASSERT_TRUE(guest.vm().removeForward(0, rule));
    EXPECT_EQ(fetchFrom(port), "refused");
}

TEST_F(NetworkGuest, IsolatedReachesNothingButCanBeReached)
{
    const HttpServer server("secret");
    auto settings = config(server.port());
    settings.networks[0].mode = engine::NetworkMode::Isolated;
    const std::uint16_t port = engine::test::LoopbackSocket::freePort(SOCK_STREAM);
    settings.networks[0].forwards.push_back({.hostPort = port, .guestPort = 8080});
    boot::Guest guest(settings);
    ASSERT_TRUE(guest.start()) << guest.error();
    ASSERT_TRUE(guest.waitForSerial("SERVING", 120s)) << guest.serial();
    EXPECT_NE(guest.serial().find("LEASE ip=10.0.2.15"), std::string::npos) << guest.serial();
    EXPECT_NE(guest.serial().find("FETCH-FAILED"), std::string::npos) << guest.serial();
    EXPECT_NE(fetchFrom(port).find("served-by-the-guest"), std::string::npos);
}

TEST_F(NetworkGuest, DoesNotReachTheHostsLoopbackUnlessAllowed)
{
    const HttpServer server("secret");
    auto settings = config(server.port());
    settings.networks[0].allowHostLoopback = false;
    boot::Guest guest(settings);
    ASSERT_TRUE(guest.start()) << guest.error();
    ASSERT_TRUE(guest.waitForSerial("SERVING", 120s)) << guest.serial();
    EXPECT_NE(guest.serial().find("FETCH-FAILED"), std::string::npos) << guest.serial();
}

} // namespace

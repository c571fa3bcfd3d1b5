// SPDX-License-Identifier: GPL-3.0-or-later
// A real Linux network stack behind the user network: DHCP, HTTP out through the NAT, HTTP in through a
// port forward.
#include "boot/guest_harness.h"
#include "net/guest_network.h"
#include "support/initrd.h"
#include "support/loopback_server.h"

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

class NetworkGuest : public testing::Test {
protected:
    void SetUp() override
    {
        REQUIRE_KVM();
        REQUIRE_FILE(boot::sharedGuests() / "linux-native/vmlinux");
        m_initrd = testing::TempDir() + "guesthouse-network-initrd";
        engine::test::InitrdWriter writer;
        if (!writer.addBusyBox(Init))
            GTEST_SKIP() << "/bin/busybox is not installed";
        ASSERT_TRUE(writer.write(m_initrd));
    }
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

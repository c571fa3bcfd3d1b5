// SPDX-License-Identifier: GPL-3.0-or-later
// What a guest expects of a network beyond an address: names, IPv6, UDP both ways, tagged frames. The test
// has a network of its own, in which it is the name server that this computer asks.
#include "boot/guest_harness.h"
#include "boot/test_files.h"
#include "net/guest_network.h"
#include "support/initrd.h"
#include "support/loopback_server.h"

#include <net/if.h>
#include <sched.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <unistd.h>

#include <array>
#include <fstream>
#include <thread>

namespace {

using namespace std::chrono_literals;
using engine::test::HttpServer;
using engine::test::waitReadable;

constexpr const char* Name = "files.guesthouse.test";
constexpr const char* Mac = "52:54:00:ab:cd:ef";
constexpr const char* GuestIpv6 = "fec0::5054:ff:feab:cdef"; // from the address above, RFC 4291, A

constexpr const char* Init = R"sh(#!/bin/busybox sh
B=/bin/busybox
$B mount -t proc proc /proc; $B mount -t sysfs sys /sys; $B mount -t devtmpfs dev /dev 2>/dev/null
$B mkdir -p /etc
$B cat > /tmp/lease <<'END'
#!/bin/busybox sh
[ "$1" = bound ] || exit 0
/bin/busybox ifconfig $interface $ip netmask $subnet up
/bin/busybox route add default gw $router
echo "nameserver $dns" > /etc/resolv.conf
END
$B chmod 755 /tmp/lease
$B ifconfig lo up; $B ifconfig eth0 up
$B udhcpc -i eth0 -n -q -t 20 -T 1 -s /tmp/lease > /dev/null 2>&1 || echo NO-LEASE
for w in $($B cat /proc/cmdline); do case $w in port=*) port=${w#port=};; port6=*) port6=${w#port6=};; esac; done
fetch() { $B printf 'GET /file HTTP/1.0\r\n\r\n' | $B timeout 30 $B nc $1 $2 | $B sed '1,/^\r$/d' | $B wc -c; }
address=$($B nslookup -type=a files.guesthouse.test | $B sed -n '/^Name:/,$s/^Address: //p')
echo "RESOLVED [$address]"
$B nslookup -type=a absent.guesthouse.test 2>&1 | $B grep -q NXDOMAIN && echo ABSENT-NAME
echo "FETCHED $(fetch $address $port)"
if [ -f /proc/net/if_inet6 ]; then
  n=0
  while [ $n -lt 40 ] && ! $B grep -q '^fec0.* 00 eth0\|^fec0.*eth0' /proc/net/if_inet6; do $B sleep 1; n=$((n+1)); done
  $B sleep 2
  echo "FETCHED6 $(fetch fec0::2 $port6)"
fi
echo served-by-the-guest > /www/index.html
$B httpd -p 8080 -h /www
/bin/udp_echo 7000 &
echo SERVING
while :; do $B sleep 100; done
)sh";

/// A guest whose only address is on VLAN 42.
constexpr const char* TaggedInit = R"sh(#!/bin/busybox sh
B=/bin/busybox
$B mount -t proc proc /proc; $B mount -t sysfs sys /sys; $B mount -t devtmpfs dev /dev 2>/dev/null
for w in $($B cat /proc/cmdline); do case $w in own=*) own=${w#own=};; other=*) other=${w#other=};; esac; done
$B ifconfig lo up; $B ifconfig eth0 up
$B vconfig add eth0 42 > /dev/null
$B ifconfig eth0.42 192.168.42.$own netmask 255.255.255.0 up
$B seq 1 200000 > /www/numbers
$B httpd -p 80 -h /www
n=0
while [ $n -lt 60 ]; do
  n=$((n+1))
  $B printf 'GET /numbers HTTP/1.0\r\n\r\n' | $B timeout 30 $B nc 192.168.42.$other 80 2>/dev/null | $B sed '1,/^\r$/d' > /tmp/numbers
  if $B cmp /www/numbers /tmp/numbers 2>/dev/null; then echo "TAGGED-FETCH"; break; fi
  $B sleep 1
done
echo ASKED-ALL
while :; do $B sleep 100; done
)sh";

std::string privateNetworkProblem; ///< why there is none; empty: it works

bool writeFile(const char* path, const std::string& text)
{
    std::ofstream file(path);
    return static_cast<bool>(file << text << std::flush);
}

/// Name spaces in which this process may bind port 53 and is its own resolver. Before any other thread.
std::string enterPrivateNetwork()
{
    const auto uid = std::to_string(::getuid());
    const auto gid = std::to_string(::getgid());
    if (::unshare(CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWNET) != 0)
        return "this system refuses name spaces to its users";
    (void)writeFile("/proc/self/setgroups", "deny");
    if (!writeFile("/proc/self/uid_map", "0 " + uid + " 1")
        || !writeFile("/proc/self/gid_map", "0 " + gid + " 1"))
        return "this system maps no users in a name space";
    const std::string resolver = "/tmp/guesthouse-resolver-" + std::to_string(::getpid());
    if (!writeFile(resolver.c_str(), "nameserver 127.0.0.1\n")
        || ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0
        || ::mount(resolver.c_str(), "/etc/resolv.conf", nullptr, MS_BIND, nullptr) != 0)
        return "/etc/resolv.conf cannot be replaced in a name space";
    (void)::unlink(resolver.c_str());
    const engine::UniqueFd socket(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    ifreq request{};
    request.ifr_name[0] = 'l';
    request.ifr_name[1] = 'o';
    request.ifr_flags = IFF_UP;
    if (::ioctl(socket.get(), SIOCSIFFLAGS, &request) != 0)
        return "the loopback interface of a name space cannot be started";
    return {};
}

/// Knows one name, on UDP port 53 of 127.0.0.1 (RFC 1035, 4.1).
class NameServer {
public:
    NameServer() : m_fd(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0))
    {
        constexpr std::uint16_t DnsPort = 53;
        sockaddr_in own{};
        own.sin_family = AF_INET;
        own.sin_port = htons(DnsPort);
        own.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        m_good = ::bind(m_fd.get(), reinterpret_cast<const sockaddr*>(&own), sizeof own) == 0;
        m_thread = std::jthread([this](const std::stop_token& stop) { run(stop); });
    }
    [[nodiscard]] bool isGood() const { return m_good; }

private:
    void run(const std::stop_token& stop)
    {
        while (!stop.stop_requested()) {
            std::array<char, 512> query{};
            sockaddr_in peer{};
            socklen_t length = sizeof peer;
            if (!waitReadable(m_fd.get(), 50ms))
                continue;
            const auto got = ::recvfrom(m_fd.get(), query.data(), query.size(), 0,
                                        reinterpret_cast<sockaddr*>(&peer), &length);
            const std::string reply = answer(std::string(query.data(), got > 0 ? std::size_t(got) : 0));
            (void)::sendto(m_fd.get(), reply.data(), reply.size(), 0,
                           reinterpret_cast<const sockaddr*>(&peer), length);
        }
    }
    static std::string answer(const std::string& query)
    {
        constexpr std::size_t HeaderBytes = 12;
        if (query.size() < HeaderBytes)
            return {};
        const bool isKnown = query.find("\5files\12guesthouse\4test", HeaderBytes) == HeaderBytes;
        const bool wantsV4 = query.ends_with(std::string("\0\1\0\1", 4));
        std::string reply = query;
        reply[2] = '\x81';
        reply[3] = isKnown ? '\x80' : '\x83'; // no error, or no such name
        reply[7] = isKnown && wantsV4 ? '\1' : '\0';
        reply[9] = reply[11] = '\0'; // neither authorities nor additional records
        if (isKnown && wantsV4)
            reply += std::string("\xc0\x0c\0\1\0\1\0\0\0\x3c\0\4\x0a\0\2\2", 16); // 10.0.2.2, for a minute
        return reply;
    }

    engine::UniqueFd m_fd;
    bool m_good = false;
    std::jthread m_thread;
};

/// Forwards what comes to ::1 to a server on 127.0.0.1: one connection at a time.
class Ipv6Front {
public:
    explicit Ipv6Front(std::uint16_t behind)
        : m_fd(::socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0)), m_behind(behind)
    {
        sockaddr_in6 own{};
        own.sin6_family = AF_INET6;
        own.sin6_addr = in6addr_loopback;
        socklen_t length = sizeof own;
        m_good = ::bind(m_fd.get(), reinterpret_cast<sockaddr*>(&own), length) == 0
                 && ::listen(m_fd.get(), 8) == 0
                 && ::getsockname(m_fd.get(), reinterpret_cast<sockaddr*>(&own), &length) == 0;
        m_port = ntohs(own.sin6_port);
        m_thread = std::jthread([this](const std::stop_token& stop) { run(stop); });
    }
    [[nodiscard]] bool isGood() const { return m_good; }
    [[nodiscard]] std::uint16_t port() const { return m_port; }

private:
    void run(const std::stop_token& stop)
    {
        while (!stop.stop_requested()) {
            if (!waitReadable(m_fd.get(), 50ms))
                continue;
            const engine::UniqueFd client(::accept(m_fd.get(), nullptr, nullptr));
            const auto server = engine::test::connectTo(m_behind);
            std::string request;
            char buffer[1024];
            while (!request.contains("\r\n\r\n") && waitReadable(client.get(), 10s)) {
                const auto count = ::recv(client.get(), buffer, sizeof buffer, 0);
                if (count <= 0)
                    break;
                request.append(buffer, static_cast<std::size_t>(count));
            }
            (void)::send(server.get(), request.data(), request.size(), MSG_NOSIGNAL);
            const std::string answer = engine::test::readAll(server.get(), 20s);
            for (std::size_t sent = 0; sent < answer.size();) {
                const auto count =
                    ::send(client.get(), answer.data() + sent, answer.size() - sent, MSG_NOSIGNAL);
                if (count <= 0)
                    break;
                sent += static_cast<std::size_t>(count);
            }
        }
    }

    engine::UniqueFd m_fd;
    const std::uint16_t m_behind;
    bool m_good = false;
    std::uint16_t m_port = 0;
    std::jthread m_thread;
};

std::string fetch(const sockaddr* to, socklen_t length)
{
    const engine::UniqueFd socket(::socket(to->sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (::connect(socket.get(), to, length) != 0)
        return "refused";
    const std::string request = "GET /index.html HTTP/1.0\r\n\r\n";
    (void)::send(socket.get(), request.data(), request.size(), MSG_NOSIGNAL);
    return engine::test::readAll(socket.get(), 20s);
}

std::string fetchIpv4(std::uint16_t port)
{
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(port);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return fetch(reinterpret_cast<const sockaddr*>(&to), sizeof to);
}

std::string fetchIpv6(std::uint16_t port)
{
    sockaddr_in6 to{};
    to.sin6_family = AF_INET6;
    to.sin6_port = htons(port);
    to.sin6_addr = in6addr_loopback;
    return fetch(reinterpret_cast<const sockaddr*>(&to), sizeof to);
}

/// A datagram to a port of this computer, repeated as datagrams must be, and its answer.
std::string askDatagram(std::uint16_t port, const std::string& text)
{
    const engine::UniqueFd socket(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(port);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    for (int i = 0; i < 20; ++i) {
        (void)::sendto(socket.get(), text.data(), text.size(), 0, reinterpret_cast<const sockaddr*>(&to),
                       sizeof to);
        if (!waitReadable(socket.get(), 500ms))
            continue;
        std::array<char, 2048> answer{};
        const auto got = ::recv(socket.get(), answer.data(), answer.size(), 0);
        return {answer.data(), got > 0 ? static_cast<std::size_t>(got) : 0};
    }
    return "silence";
}

std::string contentOf(const std::string& path)
{
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

class NetworkServices : public testing::Test {
protected:
    void SetUp() override
    {
        REQUIRE_KVM();
        REQUIRE_FILE(boot::sharedGuests() / "linux-native/vmlinux");
        if (!privateNetworkProblem.empty())
            GTEST_SKIP() << privateNetworkProblem;
    }
    void prepare(const char* init)
    {
        m_initrd = testing::TempDir() + "guesthouse-services-initrd-" + std::to_string(::getpid());
        engine::test::InitrdWriter writer;
        if (!writer.addBusyBox(init))
            GTEST_SKIP() << "/bin/busybox is not installed";
        writer.add("bin/udp_echo", engine::test::InitrdWriter::Program, contentOf(UDP_ECHO));
        ASSERT_TRUE(writer.write(m_initrd));
    }
    void TearDown() override { std::filesystem::remove(m_initrd); }
    /// A kernel with e1000e, IPv6 and VLANs (tools/build-network-kernel), empty when there is none.
    [[nodiscard]] static std::string networkKernel() { return boot::builtKernel("network-kernel"); }
    [[nodiscard]] engine::VmConfig config(const std::string& kernel, engine::NetworkModel model,
                                          const std::string& words) const
    {
        engine::VmConfig config;
        config.name = "services";
        config.memoryBytes = std::uint64_t{128} << 20;
        config.hasDisplay = false;
        config.kernel = {.path = kernel,
                         .initrdPath = m_initrd,
                         .commandLine = "console=ttyS0 panic=-1 quiet reboot=t " + words};
        config.networks.push_back({.model = model, .macAddress = Mac, .allowHostLoopback = true});
        return config;
    }
    void checkServices(const std::string& kernel, engine::NetworkModel model, bool hasIpv6);

    std::string m_initrd;
};

void NetworkServices::checkServices(const std::string& kernel, engine::NetworkModel model, bool hasIpv6)
{
    prepare(Init);
    if (IsSkipped())
        return;
    const NameServer names;
    ASSERT_TRUE(names.isGood());
    const std::string body(100'000, 'x');
    const HttpServer server(body);
    const Ipv6Front front(server.port());
    ASSERT_TRUE(front.isGood());
    auto settings = config(
        kernel, model, "port=" + std::to_string(server.port()) + " port6=" + std::to_string(front.port()));
    const std::uint16_t port = engine::test::LoopbackSocket::freePort(SOCK_STREAM);
    const std::uint16_t udpPort = engine::test::LoopbackSocket::freePort(SOCK_DGRAM);
    settings.networks[0].forwards = {{.hostPort = port, .guestPort = 8080},
                                     {.udp = true, .hostPort = udpPort, .guestPort = 7000}};
    boot::Guest guest(settings);
    ASSERT_TRUE(guest.start()) << guest.error();
    ASSERT_TRUE(guest.waitForSerial("SERVING", 180s)) << guest.serial();
    const std::string text = guest.serial();
    EXPECT_NE(text.find("RESOLVED [10.0.2.2]"), std::string::npos) << text;
    EXPECT_NE(text.find("ABSENT-NAME"), std::string::npos) << text;
    EXPECT_NE(text.find("FETCHED 100000"), std::string::npos) << text;
    EXPECT_EQ(text.find("FETCHED6 100000") != std::string::npos, hasIpv6) << text;
    EXPECT_NE(fetchIpv4(port).find("served-by-the-guest"), std::string::npos);
    EXPECT_EQ(askDatagram(udpPort, "hello"), "echo:hello");
    const auto view = guest.vm().network(0)->view();
    const auto known = std::ranges::find(view.names, Name, &engine::net::NameSeen::name);
    ASSERT_NE(known, view.names.end()) << "the names looked up are shown";
    if (!hasIpv6)
        return;
    const std::uint16_t port6 = engine::test::LoopbackSocket::freePort(SOCK_STREAM);
    const auto added = guest.vm().addForward(
        0, {.hostAddress = "::1", .hostPort = port6, .guestAddress = GuestIpv6, .guestPort = 8080});
    ASSERT_TRUE(added) << added.error().message();
    EXPECT_NE(fetchIpv6(port6).find("served-by-the-guest"), std::string::npos);
}

TEST_F(NetworkServices, NamesAndDatagramsOnVirtio)
{
    checkServices((boot::sharedGuests() / "linux-native/vmlinux").string(), engine::NetworkModel::Virtio,
                  false);
}

TEST_F(NetworkServices, NamesDatagramsAndIpv6OnVirtio)
{
    if (networkKernel().empty())
        GTEST_SKIP() << "no kernel with IPv6; tools/build-network-kernel makes one";
    checkServices(networkKernel(), engine::NetworkModel::Virtio, true);
}

TEST_F(NetworkServices, NamesDatagramsAndIpv6OnE1000e)
{
    if (networkKernel().empty())
        GTEST_SKIP() << "no kernel with an e1000e driver; tools/build-network-kernel makes one";
    checkServices(networkKernel(), engine::NetworkModel::E1000e, true);
}

TEST_F(NetworkServices, TaggedFramesPassBetweenTheCards)
{
    if (networkKernel().empty())
        GTEST_SKIP() << "no kernel with VLANs; tools/build-network-kernel makes one";
    prepare(TaggedInit);
    if (IsSkipped())
        return;
    std::string runtime = "/tmp/ghrun-XXXXXX";
    ASSERT_NE(::mkdtemp(runtime.data()), nullptr);
    ::setenv("XDG_RUNTIME_DIR", runtime.c_str(), 1);
    std::filesystem::create_directory(runtime + "/guesthouse");
    const auto guestOf = [&](int own, int other, engine::NetworkModel model) {
        auto settings =
            config(networkKernel(), model, "own=" + std::to_string(own) + " other=" + std::to_string(other));
        settings.name = "tag" + std::to_string(own);
        settings.networks[0].mode = engine::NetworkMode::Internal;
        settings.networks[0].name = "tagged";
        settings.networks[0].macAddress = "52:54:00:00:42:0" + std::to_string(own);
        settings.networks[0].captureFile = runtime + "/" + settings.name + ".pcapng";
        return settings;
    };
    {
        boot::Guest first(guestOf(1, 2, engine::NetworkModel::E1000e));
        boot::Guest second(guestOf(2, 1, engine::NetworkModel::Virtio));
        ASSERT_TRUE(first.start()) << first.error();
        ASSERT_TRUE(second.start()) << second.error();
        for (boot::Guest* guest : {&first, &second}) {
            ASSERT_TRUE(guest->waitForSerial("ASKED-ALL", 240s)) << guest->serial();
            EXPECT_NE(guest->serial().find("TAGGED-FETCH"), std::string::npos) << guest->serial();
        }
        ASSERT_TRUE(first.vm().network(0)->stopCapture());
    }
    const std::string capture = contentOf(runtime + "/tag1.pcapng");
    const std::string own("\x52\x54\x00\x00\x42\x01\x81\x00\x00\x2a\x08\x00", 12);
    const std::string other("\x52\x54\x00\x00\x42\x02\x81\x00\x00\x2a\x08\x00", 12);
    EXPECT_TRUE(capture.contains(own)) << "the e1000e card puts tags into what it sends";
    EXPECT_TRUE(capture.contains(other)) << "and is given tagged frames";
    ::unsetenv("XDG_RUNTIME_DIR");
    std::filesystem::remove_all(runtime);
}

} // namespace

int main(int argc, char** argv)
{
    privateNetworkProblem = enterPrivateNetwork();
    testing::InitGoogleTest(&argc, argv);
    return RUN_ALL_TESTS();
}

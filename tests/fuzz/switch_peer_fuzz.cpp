// SPDX-License-Identifier: GPL-3.0-or-later
// A peer on an internal network that says what the fuzzer chooses. An honest peer must still get through.
#include "fuzz_input.h"
#include "net/guest_network.h"
#include "support/wire_guest.h"

#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <cstdlib>
#include <filesystem>

namespace engine::test {
namespace {

std::unique_ptr<WireGuest> join(const std::filesystem::path& folder, std::uint8_t number, Log& log)
{
    const MacAddress mac{0x52, 0x54, 0, 0, 0, number};
    auto network = net::GuestNetwork::create(
        {.name = "fuzz", .mac = mac, .mode = NetworkMode::Internal, .place = "lab", .switchFolder = folder},
        log);
    if (!network)
        std::abort();
    return std::make_unique<WireGuest>(*std::move(network), mac);
}

UniqueFd connectTo(const std::filesystem::path& path)
{
    UniqueFd fd(::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, path.c_str(), std::min(path.native().size(), sizeof address.sun_path - 1));
    if (::connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
        std::abort();
    return fd;
}

bool honestPeersTalk(WireGuest& a, WireGuest& b)
{
    constexpr MacAddress Everybody{0xff, 0xff, 0xff, 0xff, 0xff, 0xff};
    for (int i = 0; i < 100; ++i) {
        a.send(Everybody, "honest");
        if (b.waitForText("honest", std::chrono::milliseconds(50)))
            return true;
    }
    return false;
}

} // namespace
} // namespace engine::test

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace engine;
    using namespace engine::test;
    std::string root = "/tmp/ghswf-XXXXXX";
    if (::mkdtemp(root.data()) == nullptr)
        std::abort();
    {
        Log log;
        const std::filesystem::path folder = std::filesystem::path(root) / "networks";
        const auto a = join(folder, 1, log);
        const auto socket = std::filesystem::directory_iterator(folder / "lab")->path();
        FuzzInput input(data, size);
        std::vector<UniqueFd> peers;
        for (int i = 0; i < 200 && !input.isEmpty(); ++i) {
            const auto action = input.take<std::uint8_t>();
            if (peers.empty() || (action < 16 && peers.size() < 40))
                peers.push_back(connectTo(socket));
            if (action >= 16 && action < 24) {
                peers.pop_back();
                continue;
            }
            std::vector<std::uint8_t> message;
            if (action < 48) { // a greeting, so that the rest counts as frames
                const char* hello = "GHSWITC1";
                message.assign(hello, hello + 8);
                message.resize(24, input.take<std::uint8_t>());
            } else {
                const auto bytes = input.takeBytes(input.take<std::uint8_t>());
                message.assign(bytes.begin(), bytes.end());
                message.resize(message.size() + ((action & 1) != 0 ? input.take<std::uint16_t>() : 0));
            }
            (void)::send(peers[action % peers.size()].get(), message.data(), message.size(),
                         MSG_NOSIGNAL | MSG_DONTWAIT);
        }
        peers.clear();
        const auto b = join(folder, 2, log);
        if (!honestPeersTalk(*a, *b))
            std::abort();
    }
    std::filesystem::remove_all(root);
    return 0;
}

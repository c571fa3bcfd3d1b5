// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/log.h"
#include "devices/network/net_backend.h"
#include "net/capture_file.h"
#include "net/connection_list.h"
#include "net/slirp_stack.h"
#include "vm/vm_config.h"

#include <atomic>
#include <deque>
#include <memory>
#include <string>
#include <vector>

namespace engine::net {

struct NetStatistics {
    std::uint64_t toGuestBytes = 0;
    std::uint64_t toGuestFrames = 0;
    std::uint64_t fromGuestBytes = 0;
    std::uint64_t fromGuestFrames = 0;
    std::uint64_t droppedToGuest = 0;   ///< the guest took no frames for too long
    std::uint64_t droppedFromGuest = 0; ///< malformed or forged
};

/// A network of one guest behind a NAT, without any privilege: the host's sockets on one side, Ethernet on
/// the other (libslirp). The guest gets 10.0.2.15 by DHCP; 10.0.2.2 is its router, 10.0.2.3 its name
/// server. A thread of its own ("NAME/net") does all the work.
class UserNetwork final : public NetBackend {
public:
    struct Config {
        std::string name;               ///< the thread's, and the guest's host name
        MacAddress mac{};               ///< the only sender address that is let through
        bool isolated = false;          ///< no way out; port forwards still lead in
        bool allowHostLoopback = false; ///< the guest reaches services on the host's 127.0.0.1 as 10.0.2.2
        std::string captureFile;        ///< pcapng; empty: none
        std::vector<PortForward> forwards;
    };

    /// Fails when a forward's port cannot be had. `log` outlives the network.
    [[nodiscard]] static Result<std::unique_ptr<UserNetwork>> create(Config config, Log& log);
    /// Detach the client first. Not on the loop.
    ~UserNetwork() override;
    UserNetwork(const UserNetwork&) = delete;
    UserNetwork& operator=(const UserNetwork&) = delete;
    UserNetwork(UserNetwork&&) = delete;
    UserNetwork& operator=(UserNetwork&&) = delete;

    // --- any thread but the loop; each waits for the network thread, which never waits for long
    [[nodiscard]] Result<> addForward(const PortForward& rule);
    [[nodiscard]] Result<> removeForward(const PortForward& rule);
    [[nodiscard]] std::vector<PortForward> forwards();
    [[nodiscard]] std::vector<Connection> connections();
    [[nodiscard]] Result<> startCapture(const std::string& path);
    [[nodiscard]] Result<> stopCapture();
    /// Pulls the cable, or plugs it in.
    void setLink(bool up);
    /// Any thread.
    [[nodiscard]] NetStatistics statistics() const;

    // NetBackend
    [[nodiscard]] EventLoop& loop() override { return *m_loop; }
    [[nodiscard]] std::size_t maxFrameBytes() const override;
    [[nodiscard]] bool isLinkUp() const override { return m_linkUp; }
    void attach(NetClient* client) override;
    void send(std::span<const std::byte> frame) override;
    void receiveReady() override;

private:
    UserNetwork(Config config, Log& log, std::unique_ptr<EventLoop> loop);
    [[nodiscard]] Result<> start();
    void deliver(std::span<const std::byte> frame);
    [[nodiscard]] bool offer(std::span<const std::byte> frame);
    void capture(std::span<const std::byte> frame, CaptureFile::Direction direction);
    template <class Action>
    [[nodiscard]] auto onLoop(Action action);

    const Config m_config;
    Log& m_log;
    const std::unique_ptr<EventLoop> m_loop;
    std::atomic<bool> m_linkUp = true;
    struct Counters {
        std::atomic<std::uint64_t> toGuestBytes, toGuestFrames, fromGuestBytes, fromGuestFrames,
            droppedToGuest, droppedFromGuest;
    };
    Counters m_counters{};

    // --- loop thread
    NetClient* m_client = nullptr;
    std::unique_ptr<SlirpStack> m_stack;
    std::unique_ptr<CaptureFile> m_capture;
    std::vector<PortForward> m_forwards;
    std::deque<std::vector<std::byte>> m_waiting; ///< frames that the guest had no buffer for
    std::vector<std::byte> m_frame;               ///< the copy that is checked and sent
};

} // namespace engine::net

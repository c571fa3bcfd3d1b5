// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/log.h"
#include "devices/network/net_backend.h"
#include "net/capture_file.h"
#include "net/delay_line.h"
#include "net/network_monitor.h"
#include "net/network_view.h"
#include "net/slirp_stack.h"
#include "net/uplink.h"
#include "vm/vm_config.h"

#include <atomic>
#include <deque>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace engine::net {

/// A guest's network card's cable and what is at its other end: the user network (a NAT without any
/// privilege: 10.0.2.15 by DHCP, 10.0.2.2 the router, 10.0.2.3 the name server), an internal network
/// between guests, or a tap interface. A thread of its own ("NAME/net") does all the work.
class GuestNetwork final : public NetBackend {
public:
    struct Config {
        std::string name;                     ///< the thread's, and the guest's host name
        MacAddress mac{};                     ///< the only sender address that is let through
        NetworkMode mode = NetworkMode::User; ///< not None
        std::string place;                    ///< the internal network's or the tap interface's name
        std::filesystem::path switchFolder;   ///< internal networks meet here; empty: in runtimeRoot()
        bool allowHostLoopback = false;       ///< the guest reaches the host's 127.0.0.1 as 10.0.2.2
        std::string tftpFolder;               ///< what 10.0.2.2 gives out by TFTP; empty: nothing
        std::string bootFile;                 ///< what DHCP names for a network boot
        std::string captureFile;              ///< pcapng; empty: none
        std::vector<PortForward> forwards;    ///< of the user network, isolated or not
    };

    /// Fails when a forward's port cannot be had. `log` outlives the network.
    [[nodiscard]] static Result<std::unique_ptr<GuestNetwork>> create(Config config, Log& log);
    /// Detach the client first. Not on the loop.
    ~GuestNetwork() override;
    GuestNetwork(const GuestNetwork&) = delete;
    GuestNetwork& operator=(const GuestNetwork&) = delete;
    GuestNetwork(GuestNetwork&&) = delete;
    GuestNetwork& operator=(GuestNetwork&&) = delete;

    // --- any thread but the loop; each waits for the network thread, which never waits for long
    [[nodiscard]] Result<> addForward(const PortForward& rule);
    [[nodiscard]] Result<> removeForward(const PortForward& rule);
    [[nodiscard]] std::vector<PortForward> forwards();
    /// What there is to see now.
    [[nodiscard]] NetworkView view();
    /// Ends a connection of view(): both sides of a TCP connection are told, others fall silent.
    [[nodiscard]] Result<> cut(std::uint64_t connection);
    /// Nothing passes to or from this peer any more, and its connections end.
    [[nodiscard]] Result<> block(const BlockRule& rule);
    [[nodiscard]] Result<> unblock(const BlockRule& rule);
    [[nodiscard]] Result<> setShaping(const Shaping& shaping);
    /// Asks the guest's well-known ports whether somebody listens; view() shows the answers soon after.
    void probeListening();
    [[nodiscard]] Result<> startCapture(const std::string& path);
    [[nodiscard]] Result<> stopCapture();
    /// Leads the cable somewhere else, with the same forwards where they are possible. The guest sees
    /// its cable pulled and plugged in again, so that it asks for an address anew.
    [[nodiscard]] Result<> changeMode(NetworkMode mode, const std::string& place);
    [[nodiscard]] NetworkMode mode() const { return m_mode; }
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
    GuestNetwork(Config config, Log& log, std::unique_ptr<EventLoop> loop);
    [[nodiscard]] Result<> start();
    [[nodiscard]] Result<> connect(NetworkMode mode, const std::string& place);
    [[nodiscard]] Result<std::unique_ptr<Uplink>> makeUplink(NetworkMode mode, const std::string& place);
    [[nodiscard]] Result<SlirpStack*> userStack();
    void announceLink(bool up);
    void sendOn(std::span<const std::byte> frame);
    void handIn(std::span<const std::byte> frame);
    void answerSoon(std::vector<std::byte> frame, FrameWay way);
    void tell(FlowTable::Resets resets);
    [[nodiscard]] bool isCongested() const;
    void deliver(std::span<const std::byte> frame);
    [[nodiscard]] bool offer(std::span<const std::byte> frame);
    void capture(std::span<const std::byte> frame, CaptureFile::Direction direction);
    template <class Action>
    [[nodiscard]] auto onLoop(Action action);

    const Config m_config;
    Log& m_log;
    const std::unique_ptr<EventLoop> m_loop;
    std::atomic<bool> m_linkUp = true;
    std::atomic<NetworkMode> m_mode;
    struct Counters {
        std::atomic<std::uint64_t> toGuestBytes, toGuestFrames, fromGuestBytes, fromGuestFrames,
            droppedToGuest, droppedFromGuest;
    };
    Counters m_counters{};

    // --- loop thread
    NetClient* m_client = nullptr;
    std::unique_ptr<Uplink> m_uplink;
    SlirpStack* m_stack = nullptr; ///< m_uplink, where it is the user network
    EventLoop::TimerId m_plugTimer = 0;
    std::unique_ptr<CaptureFile> m_capture;
    std::vector<PortForward> m_forwards;
    std::deque<std::vector<std::byte>> m_waiting; ///< frames that the guest had no buffer for
    std::vector<std::byte> m_frame;               ///< the copy that is checked and sent
    std::string m_place;
    std::string m_captureFile;
    NetworkMonitor m_monitor;
    Shaping m_shaping;
    DelayLine m_up;
    DelayLine m_down;
    const std::shared_ptr<bool> m_alive = std::make_shared<bool>(true); ///< for tasks already deferred
};

template <class Action>
auto GuestNetwork::onLoop(Action action)
{
    std::optional<decltype(action())> result;
    m_loop->runAndWait([&] { result.emplace(action()); });
    return *std::move(result);
}

} // namespace engine::net

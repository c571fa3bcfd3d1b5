// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/event_loop.h"
#include "base/log.h"
#include "base/unique_fd.h"
#include "net/mac_table.h"
#include "net/switch_link.h"
#include "net/uplink.h"

#include <atomic>
#include <filesystem>
#include <map>
#include <memory>

namespace engine::net {

/// A guest's port on an internal network: every port listens on a socket of its own in the network's
/// folder and is connected to every other one, in whatever process it lives. So there is no hub whose
/// end would cut the others off. Frames go to the port behind which their destination was heard, else
/// to all. Nothing of the host is on the network.
class SwitchPort final : public Uplink {
public:
    static constexpr std::size_t MostLinks = 128;

    struct Options {
        std::filesystem::path folder; ///< of all internal networks; made when missing
        std::string name;             ///< of this one, see isNetworkName()
        MacAddress mac{};             ///< the guest's; a peer may not use it
    };
    [[nodiscard]] static Result<std::unique_ptr<SwitchPort>> create(EventLoop& loop, Log& log,
                                                                    const Options& options, GuestSide guest);
    ~SwitchPort() override;
    SwitchPort(const SwitchPort&) = delete;
    SwitchPort& operator=(const SwitchPort&) = delete;
    SwitchPort(SwitchPort&&) = delete;
    SwitchPort& operator=(SwitchPort&&) = delete;

    void input(std::span<const std::byte> frame) override;
    void wake() override;
    [[nodiscard]] std::size_t longestFrame() const override { return OrdinaryFrameBytes; }
    /// How many other ports there are.
    [[nodiscard]] std::size_t peerCount() const;

private:
    SwitchPort(EventLoop& loop, Log& log, std::filesystem::path folder, const MacAddress& mac,
               GuestSide guest);
    [[nodiscard]] Result<> listen();
    void connectToOthers();
    [[nodiscard]] bool connectTo(const std::filesystem::path& socket);
    void accept();
    void addLink(UniqueFd socket, bool isDialer);
    void introduced(std::uint64_t id);
    void received(std::uint64_t id, std::span<const std::byte> frame);
    void dropSoon(std::uint64_t id);
    void searchAgain();
    [[nodiscard]] bool knows(const PortId& peer) const;

    EventLoop& m_loop;
    Log& m_log;
    const std::filesystem::path m_folder;
    const MacAddress m_mac;
    const GuestSide m_guest;
    const PortId m_self;
    std::filesystem::path m_socketPath;
    UniqueFd m_listener;
    std::map<std::uint64_t, std::unique_ptr<SwitchLink>> m_links;
    std::uint64_t m_nextLink = 1;
    MacTable m_addresses;
    EventLoop::TimerId m_searchTimer = 0;
    bool m_isWaiting = false;                                           ///< congested: links read nothing
    const std::shared_ptr<bool> m_alive = std::make_shared<bool>(true); ///< for tasks already deferred
};

/// Letters, digits, '.', '_' and '-', not first a '.', at most 32.
[[nodiscard]] bool isNetworkName(std::string_view name);

} // namespace engine::net

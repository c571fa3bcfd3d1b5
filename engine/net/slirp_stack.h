// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/event_loop.h"
#include "base/log.h"
#include "base/unique_fd.h"
#include "net/frame_filter.h"
#include "net/slirp_library.h"
#include "net/uplink.h"
#include "vm/vm_config.h"

#include <functional>
#include <list>
#include <memory>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

namespace engine::net {

/// libslirp on an EventLoop. slirp describes what it waits for in the manner of poll(2); an epoll set
/// of its own, itself watched by the loop, follows that description. Loop thread only, including
/// construction and destruction.
class SlirpStack final : public Uplink {
public:
    struct Options {
        bool isolated = false;          ///< reaches nothing but DHCP, DNS and port forwards
        bool allowHostLoopback = false; ///< 10.0.2.2 reaches services on the host's 127.0.0.1
        std::string hostName;           ///< the guest's, in DHCP; may be empty
        std::string tftpFolder;         ///< what 10.0.2.2 gives out by TFTP; empty: nothing
        std::string bootFile;           ///< what DHCP names for a network boot; may be empty
    };

    [[nodiscard]] static Result<std::unique_ptr<SlirpStack>> create(EventLoop& loop, Log& log,
                                                                    const Options& options, GuestSide guest);
    ~SlirpStack() override;
    SlirpStack(const SlirpStack&) = delete;
    SlirpStack& operator=(const SlirpStack&) = delete;
    SlirpStack(SlirpStack&&) = delete;
    SlirpStack& operator=(SlirpStack&&) = delete;

    void input(std::span<const std::byte> frame) override;
    /// Looks at the sockets again soon.
    void wake() override { scheduleService(); }
    [[nodiscard]] std::size_t longestFrame() const override { return LongestFrameBytes; }
    [[nodiscard]] Result<> addForward(const PortForward& rule);
    [[nodiscard]] Result<> removeForward(const PortForward& rule);

private:
    struct SlirpTimer {
        SlirpTimerId id;
        void* callbackOpaque;
        EventLoop::TimerId running = 0; ///< 0: not armed
    };

    SlirpStack(EventLoop& loop, Log& log, GuestSide guest, UniqueFd sockets);
    [[nodiscard]] Result<> start(const Options& options);
    void scheduleService();
    void service();
    void collectReady();
    void refill();
    [[nodiscard]] int wantFd(int fd, int events);
    [[nodiscard]] int readyEvents(int index) const;
    void forgetUnwanted();
    void armTimer(SlirpTimer& timer, std::int64_t atMilliseconds);
    static SlirpStack& self(void* opaque) { return *static_cast<SlirpStack*>(opaque); }
    static SlirpCb callbacks();

    EventLoop& m_loop;
    Log& m_log;
    const GuestSide m_guest;
    UniqueFd m_sockets; ///< the epoll set
    SlirpCb m_callbacks{};
    const SlirpLibrary* m_library = nullptr; ///< set before m_slirp
    Slirp* m_slirp = nullptr;
    std::list<SlirpTimer> m_timers;
    EventLoop::TimerId m_wakeTimer = 0;
    bool m_serviceScheduled = false;
    struct Watched {
        std::uint32_t events = 0;
        bool wanted = false;
    };
    std::unordered_map<int, Watched> m_watched;                   ///< what the epoll set holds
    std::unordered_map<int, std::uint32_t> m_ready;               ///< by descriptor, epoll events
    std::vector<int> m_wanted;                                    ///< descriptors in slirp's order
    std::shared_ptr<bool> m_alive = std::make_shared<bool>(true); ///< for tasks already deferred
};

} // namespace engine::net

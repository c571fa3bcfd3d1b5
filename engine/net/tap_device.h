// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/event_loop.h"
#include "base/unique_fd.h"
#include "net/uplink.h"

#include <deque>
#include <memory>
#include <string>
#include <vector>

namespace engine::net {

/// A guest on a tap interface that the user (or the administrator, for the user) has made, for example
/// as a member of a bridge (Linux Documentation/networking/tuntap.rst).
class TapDevice final : public Uplink {
public:
    /// The error says how to make an interface that can be used.
    [[nodiscard]] static Result<std::unique_ptr<TapDevice>> open(EventLoop& loop, const std::string& name,
                                                                 GuestSide guest);
    ~TapDevice() override;
    TapDevice(const TapDevice&) = delete;
    TapDevice& operator=(const TapDevice&) = delete;
    TapDevice(TapDevice&&) = delete;
    TapDevice& operator=(TapDevice&&) = delete;

    void input(std::span<const std::byte> frame) override;
    void wake() override;
    [[nodiscard]] std::size_t longestFrame() const override { return OrdinaryFrameBytes; }

private:
    TapDevice(EventLoop& loop, UniqueFd fd, GuestSide guest)
        : m_loop(loop), m_fd(std::move(fd)), m_guest(std::move(guest))
    {}
    void receive();
    void followCongestion();

    EventLoop& m_loop;
    const UniqueFd m_fd;
    const GuestSide m_guest;
    bool m_isReading = true;
};

} // namespace engine::net

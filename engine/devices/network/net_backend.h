// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/event_loop.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace engine {

using MacAddress = std::array<std::uint8_t, 6>;

/// The guest's end of a network cable: a network card. Called on the backend's loop.
class NetClient {
public:
    virtual ~NetClient() = default;
    /// One Ethernet frame for the guest, without preamble and FCS; the bytes are only borrowed. False:
    /// the guest has no buffers now, the backend keeps the frame and offers it again after
    /// NetBackend::receiveReady(). A frame that the card filters out counts as taken.
    [[nodiscard]] virtual bool receiveFrame(std::span<const std::byte> frame) = 0;
    /// The cable was plugged in or pulled.
    virtual void linkChanged(bool up) = 0;
};

/// The host's end of a network cable, on one thread (its event loop), which is also the thread on which
/// the card processes its rings. A backend never trusts a frame: it checks length, headers and the
/// sender's address, and drops what does not fit.
class NetBackend {
public:
    virtual ~NetBackend() = default;
    /// The thread that owns this backend; it outlives the backend's clients.
    [[nodiscard]] virtual EventLoop& loop() = 0;
    /// The longest frame that send() takes, in bytes. More than 1518 means that one frame may carry
    /// a whole large TCP segment (up to 64 KiB) where a card would cut it on a wire.
    [[nodiscard]] virtual std::size_t maxFrameBytes() const = 0;
    /// Any thread.
    [[nodiscard]] virtual bool isLinkUp() const = 0;

    /// Any thread but the loop: from now on frames go to `client` (null: nowhere), whose calls have
    /// ended when this returns. `client` stays the caller's.
    virtual void attach(NetClient* client) = 0;

    // --- loop thread
    /// A frame from the guest: Ethernet header first, no FCS, checksums complete.
    virtual void send(std::span<const std::byte> frame) = 0;
    /// The guest has buffers again.
    virtual void receiveReady() = 0;
};

} // namespace engine

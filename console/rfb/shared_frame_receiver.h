// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "rfb/frame_memory.h"
#include "rfb/owned_fd.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>

namespace console {

/// Our end of the side socket through which a local Guesthouse server hands over the memory that
/// the guest's screen lies in (docs/rfb-shared-frame.md). Worker thread only.
class SharedFrameReceiver {
public:
    /// The length of one announcement.
    static constexpr std::size_t MessageSize = 40;

    explicit SharedFrameReceiver(OwnedFd socket) : m_socket(std::move(socket)) {}

    /// Asks the server at the other end of `connection` (a UNIX socket) to share its picture: sends it
    /// one end of a fresh socket pair. nullopt: it does not work, the ordinary encodings go on.
    [[nodiscard]] static std::optional<SharedFrameReceiver> attach(int connection);
    /// The frame with this serial number, announced before the RFB message that names it. Null when
    /// the announcement is missing, contradicts itself or names memory that could shrink under us.
    [[nodiscard]] std::shared_ptr<FrameMemory> receive(std::uint32_t serial);

private:
    class Mapping;
    class SharedFrame;
    struct Announcement {
        std::uint16_t serial = 0;
        std::uint32_t block = 0, width = 0, height = 0, stride = 0;
        std::uint64_t offset = 0, size = 0;
    };
    [[nodiscard]] bool readMessage(std::span<std::byte> into, OwnedFd& memory);
    [[nodiscard]] static std::optional<Announcement> parse(std::span<const std::byte> message);
    [[nodiscard]] static std::shared_ptr<Mapping> map(OwnedFd memory, std::uint64_t size);

    OwnedFd m_socket;
    std::uint32_t m_block = 0;
    std::shared_ptr<Mapping> m_mapping;
};

} // namespace console

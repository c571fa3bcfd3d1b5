// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/unique_fd.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace engine::display::rfb {

enum class IoState : std::uint8_t {
    Ready,      ///< bytes were moved; there may be more
    WouldBlock, ///< nothing now; the loop will say when
    Closed,     ///< the peer is gone, or the connection is broken
};

struct IoResult {
    std::size_t bytes = 0;
    IoState state = IoState::Ready;
};

/// The byte stream to one viewer. Never blocks. Loop thread only.
class Transport {
public:
    virtual ~Transport() = default;
    /// Descriptors that came along with the bytes are appended to `received` (at most a few).
    virtual IoResult read(std::span<std::byte> into, std::vector<UniqueFd>& received) = 0;
    virtual IoResult write(std::span<const std::byte> from) = 0;
    /// True when the transport holds decoded bytes that the socket does not announce any more.
    [[nodiscard]] virtual bool hasBufferedInput() const { return false; }
};

/// A stream socket, UNIX or TCP; `socket` stays the caller's.
[[nodiscard]] std::unique_ptr<Transport> makeSocketTransport(int socket);

} // namespace engine::display::rfb

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/unique_fd.h"
#include "display/frame_descriptor.h"

#include <cstdint>
#include <memory>

namespace engine::display::rfb {

/// Our end of a side socket: tells one local viewer where the picture lies, and hands over the
/// memory (read-only) when it is new to it. Layout: docs/rfb-shared-frame.md.
class SharedFrameSender {
public:
    explicit SharedFrameSender(UniqueFd socket) : m_socket(std::move(socket)) {}

    /// Announces `frame` and returns its serial number (1 ... 65535), or 0 when the viewer does not
    /// take it; the ordinary encodings are the way then. Never blocks.
    [[nodiscard]] std::uint16_t announce(const FrameDescriptor& frame);

private:
    UniqueFd m_socket;
    std::weak_ptr<HostBlock> m_block; ///< the one that the viewer has
    std::uint32_t m_blockNumber = 0;
    std::uint16_t m_serial = 0;
};

} // namespace engine::display::rfb

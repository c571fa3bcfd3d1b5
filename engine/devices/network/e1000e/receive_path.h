// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "devices/network/e1000e/ring.h"

#include <vector>

namespace engine::e1000e {

/// The way of a frame from the wire into guest memory (datasheet 7.1): address filter, VLAN filter and
/// tag stripping, descriptors in the legacy or the extended format. Everything goes to queue 0 (no
/// receive-side scaling, no header split). Callers serialise.
class ReceivePath {
public:
    enum class Outcome : std::uint8_t {
        Stored,
        Filtered, ///< not for this card, or the receiver is off
        NoBuffers ///< try again when the tail moves
    };
    /// Raises the causes that belong to the outcome.
    [[nodiscard]] Outcome receive(std::span<const std::byte> frame, RegisterFile& registers,
                                  const GuestMemory& memory);

private:
    std::vector<std::byte> m_bytes; ///< what goes into buffers: padded, tag stripped, FCS appended
};

/// The address filter alone (7.1.1).
[[nodiscard]] bool passesFilter(std::span<const std::byte> frame, const RegisterFile& registers);

} // namespace engine::e1000e

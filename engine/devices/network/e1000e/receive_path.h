// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "devices/network/e1000e/ring.h"

#include <array>
#include <vector>

namespace engine::e1000e {

/// The way of a frame from the wire into guest memory (datasheet 7.1): address filter, VLAN filter and
/// tag stripping, descriptors in the legacy, the extended or the packet split format.
/// Everything goes to queue 0 (no receive-side scaling), and a header is never taken for itself. Callers
/// serialise.
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
    /// What descriptors look like, and how much room each has (7.1.5, 7.1.10).
    struct Format {
        bool isExtended = false;
        bool isSplit = false;
        std::array<std::uint32_t, 4> rooms{}; ///< of a descriptor's buffers; one unless it is split
        [[nodiscard]] std::uint32_t room() const { return rooms[0] + rooms[1] + rooms[2] + rooms[3]; }
    };
    /// What is written back into a descriptor.
    struct Report {
        std::uint32_t status = 0;
        std::uint16_t vlanTag = 0;
    };
    [[nodiscard]] static Format formatOf(const RegisterFile& registers);
    [[nodiscard]] static bool store(const GuestMemory& memory, GuestAddress place, const Format& format,
                                    std::span<const std::byte> part, const Report& report);
    [[nodiscard]] static bool storeSplit(const GuestMemory& memory, GuestAddress place, const Format& format,
                                         std::span<const std::byte> part, const Report& report);
    /// Fills m_bytes.
    [[nodiscard]] Report prepare(std::span<const std::byte> frame, const RegisterFile& registers);

    std::vector<std::byte> m_bytes; ///< what goes into buffers: padded, tag stripped, FCS appended
};

/// The address filter alone (7.1.1).
[[nodiscard]] bool passesFilter(std::span<const std::byte> frame, const RegisterFile& registers);

} // namespace engine::e1000e

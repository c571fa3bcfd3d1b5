// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace engine::e1000e {

/// What a context descriptor says about the packets behind it (datasheet 7.2.5). All offsets are the
/// guest's and unchecked.
struct OffloadContext {
    std::uint8_t ipStart = 0;       ///< IPCSS
    std::uint8_t ipField = 0;       ///< IPCSO
    std::uint16_t ipEnd = 0;        ///< IPCSE, inclusive; 0: the packet's end
    std::uint8_t layer4Start = 0;   ///< TUCSS
    std::uint8_t layer4Field = 0;   ///< TUCSO
    std::uint16_t layer4End = 0;    ///< TUCSE
    std::uint8_t headerBytes = 0;   ///< HDRLEN
    std::uint16_t segmentBytes = 0; ///< MSS
    bool isTcp = false;
    bool isIpv4 = false;
    bool operator==(const OffloadContext&) const = default;
};

struct OffloadRequest {
    bool ipChecksum = false;
    bool layer4Checksum = false;
};

/// Inserts the checksums that are asked for; offsets outside of the packet insert nothing.
void insertChecksums(std::span<std::byte> packet, const OffloadContext& context, OffloadRequest request);

/// Cuts a packet into segments of the context's size, each with the header adjusted (7.2.4): lengths,
/// IPv4 identification, TCP sequence and flags, checksums. Empty when the context makes no sense.
[[nodiscard]] std::vector<std::vector<std::byte>>
segment(std::span<const std::byte> packet, const OffloadContext& context, OffloadRequest request);

} // namespace engine::e1000e

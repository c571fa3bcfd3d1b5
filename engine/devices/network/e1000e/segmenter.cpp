// SPDX-License-Identifier: GPL-3.0-or-later
#include "devices/network/e1000e/segmenter.h"

#include "base/checked.h"
#include "devices/network/checksum.h"

#include <algorithm>

namespace engine::e1000e {

namespace {

using network::loadBigEndian16;
using network::storeBigEndian16;

void insertOne(std::span<std::byte> packet, std::size_t start, std::size_t field, std::size_t end)
{
    const std::size_t stop = end == 0 ? packet.size() : std::min(end + 1, packet.size());
    if (start < stop)
        (void)network::completeChecksum(packet.first(stop), start, field);
}

std::uint32_t load32(std::span<const std::byte> bytes, std::size_t at)
{
    return std::uint32_t{loadBigEndian16(bytes, at)} << 16 | loadBigEndian16(bytes, at + 2);
}

void store32(std::span<std::byte> bytes, std::size_t at, std::uint32_t value)
{
    storeBigEndian16(bytes, at, static_cast<std::uint16_t>(value >> 16));
    storeBigEndian16(bytes, at + 2, static_cast<std::uint16_t>(value));
}

/// The headers of segment number `index`, which starts at `offset` of the data.
void adjustHeaders(std::span<std::byte> frame, const OffloadContext& context, std::size_t index,
                   std::size_t offset, bool isLast)
{
    constexpr std::byte FinAndPush{0x09};
    const std::size_t ip = context.ipStart;
    const std::size_t layer4 = context.layer4Start;
    const auto layer4Bytes = static_cast<std::uint16_t>(frame.size() - layer4);
    if (context.isIpv4) {
        storeBigEndian16(frame, ip + 2, static_cast<std::uint16_t>(frame.size() - ip));
        storeBigEndian16(frame, ip + 4, static_cast<std::uint16_t>(loadBigEndian16(frame, ip + 4) + index));
    } else {
        storeBigEndian16(frame, ip + 4, static_cast<std::uint16_t>(frame.size() - ip - 40));
    }
    if (context.isTcp) {
        store32(frame, layer4 + 4, load32(frame, layer4 + 4) + static_cast<std::uint32_t>(offset));
        if (!isLast)
            frame[layer4 + 13] &= ~FinAndPush;
    } else {
        storeBigEndian16(frame, layer4 + 4, layer4Bytes);
    }
    // Drivers leave the length out of the pseudo header's sum: only the card knows it.
    const std::uint32_t sum = loadBigEndian16(frame, context.layer4Field) + std::uint32_t{layer4Bytes};
    storeBigEndian16(frame, context.layer4Field, static_cast<std::uint16_t>((sum & 0xffff) + (sum >> 16)));
}

bool makesSense(std::span<const std::byte> packet, const OffloadContext& context)
{
    const std::size_t header = context.headerBytes;
    const std::size_t ipBytes = context.isIpv4 ? 20 : 40;
    const std::size_t layer4Bytes = context.isTcp ? 20 : 8;
    constexpr std::size_t SmallestSegment = 16; // fewer would turn one packet into thousands
    return context.segmentBytes >= SmallestSegment && header < packet.size()
           && isInside(std::size_t{context.ipStart}, ipBytes, header)
           && isInside(std::size_t{context.layer4Start}, layer4Bytes, header)
           && isInside(std::size_t{context.layer4Field}, std::size_t{2}, header);
}

} // namespace

void insertChecksums(std::span<std::byte> packet, const OffloadContext& context, OffloadRequest request)
{
    if (request.ipChecksum)
        insertOne(packet, context.ipStart, context.ipField, context.ipEnd);
    if (request.layer4Checksum)
        insertOne(packet, context.layer4Start, context.layer4Field, context.layer4End);
}

std::vector<std::vector<std::byte>> segment(std::span<const std::byte> packet, const OffloadContext& context,
                                            OffloadRequest request)
{
    std::vector<std::vector<std::byte>> frames;
    if (!makesSense(packet, context))
        return frames;
    const auto header = packet.first(context.headerBytes);
    const auto data = packet.subspan(context.headerBytes);
    for (std::size_t offset = 0; offset < data.size(); offset += context.segmentBytes) {
        const std::size_t part = std::min<std::size_t>(context.segmentBytes, data.size() - offset);
        std::vector<std::byte>& frame = frames.emplace_back(header.begin(), header.end());
        const auto piece = data.subspan(offset, part);
        frame.insert(frame.end(), piece.begin(), piece.end());
        adjustHeaders(frame, context, frames.size() - 1, offset, offset + part == data.size());
        insertChecksums(frame, context, request);
    }
    return frames;
}

} // namespace engine::e1000e

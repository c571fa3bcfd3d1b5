// SPDX-License-Identifier: GPL-3.0-or-later
#include "devices/virtio/block_request.h"

#include "base/checked.h"

namespace engine::virtio {

namespace {

using Status = BlockRequestStatus;
using Parsed = std::expected<BlockRequest, Status>;

struct Header {
    std::uint32_t type;
    std::uint32_t reserved;
    std::uint64_t sector;
};
static_assert(sizeof(Header) == 16);

/// VIRTIO 1.2, 5.2.6: struct virtio_blk_discard_write_zeroes.
struct RangeEntry {
    std::uint64_t sector;
    std::uint32_t sectors;
    std::uint32_t flags;
};
static_assert(sizeof(RangeEntry) == 16);
constexpr std::uint32_t RangeUnmap = 1;

constexpr std::uint64_t TransferLimit = 64 << 20;

Parsed parseTransfer(BlockRequest request, const DescriptorChain& chain, std::uint64_t sector,
                     const BlockInfo& disk)
{
    const bool isRead = request.operation == BlockOperation::Read;
    const std::uint64_t bytes = isRead ? chain.writableBytes() - 1 : chain.readableBytes() - sizeof(Header);
    const auto offset = checkedMultiply(sector, SectorBytes);
    if (bytes % SectorBytes != 0 || bytes > TransferLimit || !offset
        || !isInside(*offset, bytes, disk.capacityBytes) || (!isRead && disk.readOnly))
        return std::unexpected(Status::IoError);
    auto vectors = isRead ? chain.writableVectors(0, bytes) : chain.readableVectors(sizeof(Header), bytes);
    if (!vectors)
        return std::unexpected(Status::IoError);
    request.data = std::move(*vectors);
    request.offset = *offset;
    request.dataBytes = isRead ? bytes : 0;
    return request;
}

Parsed parseRanges(BlockRequest request, const DescriptorChain& chain, const BlockInfo& disk)
{
    const std::uint64_t bytes = chain.readableBytes() - sizeof(Header);
    const std::uint64_t count = bytes / sizeof(RangeEntry);
    if (bytes % sizeof(RangeEntry) != 0 || count == 0 || count > MaxRanges)
        return std::unexpected(Status::Unsupported);
    if (disk.readOnly)
        return std::unexpected(Status::IoError);
    const bool isDiscard = request.operation == BlockOperation::Discard;
    for (std::uint64_t i = 0; i < count; ++i) {
        const auto entry = chain.readObject<RangeEntry>(sizeof(Header) + i * sizeof(RangeEntry));
        if (!entry)
            return std::unexpected(Status::IoError);
        if ((entry->flags & ~RangeUnmap) != 0 || (isDiscard && entry->flags != 0))
            return std::unexpected(Status::Unsupported);
        const auto offset = checkedMultiply(entry->sector, SectorBytes);
        const std::uint64_t length = std::uint64_t{entry->sectors} * SectorBytes;
        if (!offset || entry->sectors > MaxRangeSectors || !isInside(*offset, length, disk.capacityBytes))
            return std::unexpected(Status::IoError);
        request.ranges.push_back(
            {.offset = *offset, .length = length, .mayUnmap = (entry->flags & RangeUnmap) != 0});
    }
    return request;
}

} // namespace

Parsed BlockRequest::parse(const DescriptorChain& chain, const BlockInfo& disk)
{
    const auto header = chain.readObject<Header>(0);
    if (!header)
        return std::unexpected(Status::IoError);
    BlockRequest request;
    request.operation = static_cast<BlockOperation>(header->type);
    switch (request.operation) {
    case BlockOperation::Read:
    case BlockOperation::Write: return parseTransfer(std::move(request), chain, header->sector, disk);
    case BlockOperation::Discard:
    case BlockOperation::WriteZeroes: return parseRanges(std::move(request), chain, disk);
    case BlockOperation::Flush:
    case BlockOperation::GetId: return request;
    }
    return std::unexpected(Status::Unsupported);
}

} // namespace engine::virtio

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "devices/storage/block_backend.h"
#include "devices/virtio/descriptor_chain.h"

#include <optional>
#include <vector>

namespace engine::virtio {

/// Feature bits of a block device (VIRTIO 1.2, 5.2.3).
namespace block_feature {
inline constexpr std::uint64_t SegmentLimit = 1 << 2;     ///< SEG_MAX
inline constexpr std::uint64_t ReadOnly = 1 << 5;         ///< RO
inline constexpr std::uint64_t BlockSize = 1 << 6;        ///< BLK_SIZE
inline constexpr std::uint64_t Flush = 1 << 9;            ///< FLUSH
inline constexpr std::uint64_t Topology = 1 << 10;        ///< TOPOLOGY
inline constexpr std::uint64_t WriteBackSwitch = 1 << 11; ///< CONFIG_WCE
inline constexpr std::uint64_t MultiQueue = 1 << 12;      ///< MQ
inline constexpr std::uint64_t Discard = 1 << 13;         ///< DISCARD
inline constexpr std::uint64_t WriteZeroes = 1 << 14;     ///< WRITE_ZEROES
} // namespace block_feature

enum class BlockOperation : std::uint32_t {
    Read = 0,
    Write = 1,
    Flush = 4,
    GetId = 8,
    Discard = 11,
    WriteZeroes = 13,
};
/// The last byte that the driver reads.
enum class BlockRequestStatus : std::uint8_t { Ok = 0, IoError = 1, Unsupported = 2 };

inline constexpr std::uint32_t MaxBlockSegments = 254;
inline constexpr std::uint32_t MaxRanges = 32;
inline constexpr std::uint32_t MaxRangeSectors = 1 << 22; ///< 2 GiB
inline constexpr std::uint64_t SectorBytes = 512;

/// One request of a block device (VIRTIO 1.2, 5.2.6), copied from the driver's buffer and checked
/// against the disk: after parse() every range lies on it and every length is whole sectors.
struct BlockRequest {
    struct Range {
        std::uint64_t offset = 0; ///< bytes
        std::uint64_t length = 0;
        bool mayUnmap = false;
    };
    BlockOperation operation = BlockOperation::Read;
    IoVectors data;              ///< Read and Write
    std::uint64_t offset = 0;    ///< Read and Write, bytes
    std::vector<Range> ranges;   ///< Discard and WriteZeroes
    std::uint64_t dataBytes = 0; ///< what the driver may read besides the status

    /// The status to answer at once when the request is not one to carry out.
    [[nodiscard]] static std::expected<BlockRequest, BlockRequestStatus> parse(const DescriptorChain& chain,
                                                                               const BlockInfo& disk);
};

} // namespace engine::virtio

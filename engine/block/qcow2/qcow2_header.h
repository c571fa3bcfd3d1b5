// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"
#include "block/image_file.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace engine::block::qcow2 {

constexpr std::uint32_t Magic = 0x514649fb; // "QFI\xfb"
constexpr unsigned MinClusterBits = 9;
constexpr unsigned MaxClusterBits = 21;
/// Bounds that QEMU has as well, so that a header can't make us allocate without limit.
constexpr std::uint64_t MaxL1Bytes = 32ULL << 20;
constexpr std::uint64_t MaxRefcountTableBytes = 8ULL << 20;
constexpr std::uint32_t MaxSnapshots = 65536;
constexpr std::uint64_t MaxSnapshotTableBytes = 64ULL << 20;
constexpr std::uint32_t MaxBackingNameBytes = 1023;

/// Offsets of header fields that change during the life of an image ("Header").
enum class HeaderField : std::uint8_t {
    Size = 24,
    L1Size = 36,
    L1Offset = 40,
    RefcountTableOffset = 48,
    RefcountTableClusters = 56,
    IncompatibleFeatures = 72,
    AutoclearFeatures = 88,
};

/// incompatible_features
constexpr std::uint64_t DirtyBit = 1U << 0;
constexpr std::uint64_t CorruptBit = 1U << 1;
constexpr std::uint64_t ExternalDataBit = 1U << 2;
constexpr std::uint64_t CompressionTypeBit = 1U << 3;
constexpr std::uint64_t ExtendedL2Bit = 1U << 4;

/// L1 and L2 entries ("Cluster mapping")
constexpr std::uint64_t CopiedFlag = 1ULL << 63;
constexpr std::uint64_t CompressedFlag = 1ULL << 62;
constexpr std::uint64_t ZeroFlag = 1;
constexpr std::uint64_t OffsetMask = 0x00ff'ffff'ffff'fe00;

/// Header extension types
constexpr std::uint32_t BackingFormatExtension = 0xe2792aca;
constexpr std::uint32_t FeatureNameExtension = 0x6803f857;
constexpr std::uint32_t BitmapsExtension = 0x23852875;

enum class Compression : std::uint8_t { Zlib = 0, Zstd = 1 };

/// A parsed and checked header: everything in it is inside the file and within our limits.
struct Header {
    std::uint32_t version = 3;
    unsigned clusterBits = 16;
    std::uint64_t size = 0; ///< virtual size in bytes, as written
    std::uint64_t l1Offset = 0;
    std::uint32_t l1Entries = 0;
    std::uint64_t refcountTableOffset = 0;
    std::uint32_t refcountTableClusters = 0;
    std::uint32_t snapshotCount = 0;
    std::uint64_t snapshotsOffset = 0;
    std::uint64_t incompatible = 0;
    std::uint64_t compatible = 0;
    std::uint64_t autoclear = 0;
    unsigned refcountOrder = 4;
    Compression compression = Compression::Zlib;
    /// Bitmaps extension: the directory of dirty bitmaps; size 0 = none.
    std::uint64_t bitmapDirectoryOffset = 0;
    std::uint64_t bitmapDirectoryBytes = 0;
    std::string backingName;   ///< as written in the file; empty = none
    std::string backingFormat; ///< as written; empty = not said

    [[nodiscard]] std::uint64_t clusterBytes() const { return 1ULL << clusterBits; }
    [[nodiscard]] std::uint64_t entriesPerL2() const { return clusterBytes() / sizeof(std::uint64_t); }
    [[nodiscard]] std::uint64_t bytesPerL2() const { return entriesPerL2() << clusterBits; }
    [[nodiscard]] std::uint64_t refcountsPerBlock() const { return (clusterBytes() * 8) >> refcountOrder; }
    /// L1 entries that a disk of `bytes` needs.
    [[nodiscard]] std::uint64_t l1EntriesFor(std::uint64_t bytes) const
    {
        return bytes / bytesPerL2() + (bytes % bytesPerL2() != 0 ? 1 : 0);
    }
};

/// True when the file starts with qcow2's magic number.
[[nodiscard]] bool looksLikeQcow2(const ImageFile& file);
/// Reads and checks the header. Refuses, with a sentence, what is damaged or what we can't do.
[[nodiscard]] Result<Header> readHeader(const ImageFile& file);
/// The first cluster of a new version 3 image with this header.
[[nodiscard]] Result<std::vector<std::byte>> serialiseHeader(const Header& header);

/// One internal snapshot, as far as we have to know it.
struct Snapshot {
    std::uint64_t l1Offset = 0;
    std::uint32_t l1Entries = 0;
    std::uint64_t diskBytes = 0; ///< 0 = not recorded (version 2)
    std::uint64_t vmStateBytes = 0;
    std::uint32_t dateSeconds = 0;
    std::string id{};
    std::string name{};
};

struct SnapshotTable {
    std::vector<Snapshot> snapshots;
    std::uint64_t bytes = 0; ///< size of the table in the file
};

[[nodiscard]] Result<SnapshotTable> readSnapshots(const ImageFile& file, const Header& header);

} // namespace engine::block::qcow2

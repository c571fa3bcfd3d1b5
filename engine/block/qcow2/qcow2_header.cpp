// SPDX-License-Identifier: GPL-3.0-or-later
#include "block/qcow2/qcow2_header.h"

#include "base/checked.h"
#include "block/byte_order.h"

#include <array>
#include <span>

namespace engine::block::qcow2 {

namespace {

constexpr std::size_t Version2Bytes = 72;
constexpr std::size_t Version3Bytes = 104;
constexpr std::size_t CompressionTypeAt = 104;

std::unexpected<Error> refuse(ErrorCode code, const ImageFile& file, std::string_view why)
{
    std::string text = "the disk image '";
    text += file.path().string();
    text += "' ";
    text += why;
    return fail(code, std::move(text));
}

std::unexpected<Error> corrupt(const ImageFile& file, std::string_view why)
{
    return refuse(ErrorCode::Corrupt, file, std::string("is damaged: ") + std::string(why));
}

using Bytes = std::span<const std::byte>;

void parseVersion2(Bytes raw, Header& header)
{
    header.version = loadBig<std::uint32_t>(raw, 4);
    header.clusterBits = loadBig<std::uint32_t>(raw, 20);
    header.size = loadBig<std::uint64_t>(raw, 24);
    header.l1Entries = loadBig<std::uint32_t>(raw, 36);
    header.l1Offset = loadBig<std::uint64_t>(raw, 40);
    header.refcountTableOffset = loadBig<std::uint64_t>(raw, 48);
    header.refcountTableClusters = loadBig<std::uint32_t>(raw, 56);
    header.snapshotCount = loadBig<std::uint32_t>(raw, 60);
    header.snapshotsOffset = loadBig<std::uint64_t>(raw, 64);
}

Result<> parseVersion3(const ImageFile& file, Bytes raw, std::size_t headerLength, Header& header)
{
    header.incompatible = loadBig<std::uint64_t>(raw, 72);
    header.compatible = loadBig<std::uint64_t>(raw, 80);
    header.autoclear = loadBig<std::uint64_t>(raw, 88);
    header.refcountOrder = loadBig<std::uint32_t>(raw, 96);
    const auto compression =
        headerLength > CompressionTypeAt ? std::to_integer<unsigned>(raw[CompressionTypeAt]) : 0U;
    if (compression > 1)
        return refuse(ErrorCode::Unsupported, file,
                      "uses a compression method that is newer than this program");
    if ((compression != 0) != ((header.incompatible & CompressionTypeBit) != 0))
        return corrupt(file, "its compression type and its feature bits contradict each other");
    header.compression = static_cast<Compression>(compression);
    if (header.refcountOrder > 6)
        return corrupt(file, "its reference counts have an impossible width");
    return {};
}

Result<> checkFeatures(const ImageFile& file, const Header& header)
{
    if ((header.incompatible & ExternalDataBit) != 0)
        return refuse(
            ErrorCode::Unsupported, file,
            "keeps its data in another file (external data file), which is not supported; convert it "
            "with 'qemu-img convert -O qcow2'");
    if ((header.incompatible & ExtendedL2Bit) != 0)
        return refuse(ErrorCode::Unsupported, file,
                      "uses subclusters (extended L2 entries), which are not supported; convert it with "
                      "'qemu-img convert -O qcow2'");
    if ((header.incompatible & ~(DirtyBit | CorruptBit | CompressionTypeBit)) != 0)
        return refuse(ErrorCode::Unsupported, file, "uses features that are newer than this program");
    return {};
}

Result<> parseExtensions(const ImageFile& file, Bytes raw, std::size_t at, Header& header)
{
    while (isInside<std::size_t>(at, 8, raw.size())) {
        const auto type = loadBig<std::uint32_t>(raw, at);
        const auto length = loadBig<std::uint32_t>(raw, at + 4);
        at += 8;
        if (type == 0)
            return {};
        if (!isInside<std::size_t>(at, length, raw.size()))
            return corrupt(file, "a header extension is longer than the header");
        if (type == BackingFormatExtension)
            header.backingFormat.assign(reinterpret_cast<const char*>(raw.subspan(at, length).data()),
                                        length);
        if (type == BitmapsExtension && length >= 24) {
            header.bitmapDirectoryBytes = loadBig<std::uint64_t>(raw, at + 8);
            header.bitmapDirectoryOffset = loadBig<std::uint64_t>(raw, at + 16);
        }
        at += (std::size_t{length} + 7) & ~std::size_t{7};
    }
    return {};
}

/// A table of `bytes` bytes at `offset` is cluster-aligned, not in the header and inside the file.
Result<> checkTable(const ImageFile& file, const Header& header, std::uint64_t offset, std::uint64_t bytes,
                    std::uint64_t fileBytes, std::string_view what)
{
    std::string text(what);
    if (offset % header.clusterBytes() != 0 || offset == 0)
        return corrupt(file, text + " is at an impossible place");
    const std::uint64_t rounded = (fileBytes + header.clusterBytes() - 1) & ~(header.clusterBytes() - 1);
    if (!isInside(offset, bytes, rounded))
        return corrupt(file, text + " lies beyond the end of the file");
    return {};
}

Result<> checkGeometry(const ImageFile& file, const Header& header, std::uint64_t fileBytes)
{
    if (header.size > (1ULL << 62))
        return corrupt(file, "its virtual size is absurd");
    const std::uint64_t l1Bytes = std::uint64_t{header.l1Entries} * sizeof(std::uint64_t);
    if (l1Bytes > MaxL1Bytes)
        return corrupt(file, "its L1 table is larger than any disk needs");
    if (header.l1EntriesFor(header.size) > header.l1Entries)
        return corrupt(file, "its L1 table is too small for its virtual size");
    if (header.l1Entries != 0)
        VM_TRY(checkTable(file, header, header.l1Offset, l1Bytes, fileBytes, "its L1 table"));
    const std::uint64_t refcountBytes = std::uint64_t{header.refcountTableClusters} << header.clusterBits;
    if (header.refcountTableClusters == 0 || refcountBytes > MaxRefcountTableBytes)
        return corrupt(file, "its reference count table has an impossible size");
    VM_TRY(checkTable(file, header, header.refcountTableOffset, refcountBytes, fileBytes,
                      "its reference count table"));
    if (header.snapshotCount > MaxSnapshots)
        return corrupt(file, "it claims to have more snapshots than possible");
    if (header.snapshotCount != 0)
        VM_TRY(checkTable(file, header, header.snapshotsOffset, 1, fileBytes, "its snapshot table"));
    const auto overlap = [](std::uint64_t a, std::uint64_t aBytes, std::uint64_t b, std::uint64_t bBytes) {
        return aBytes != 0 && bBytes != 0 && a < b + bBytes && b < a + aBytes;
    };
    if (overlap(header.l1Offset, l1Bytes, header.refcountTableOffset, refcountBytes)
        || (header.snapshotCount != 0
            && (overlap(header.snapshotsOffset, 1, header.l1Offset, l1Bytes)
                || overlap(header.snapshotsOffset, 1, header.refcountTableOffset, refcountBytes))))
        return corrupt(file, "its tables overlap each other");
    return {};
}

Result<> readBackingName(const ImageFile& file, Bytes raw, std::size_t headerLength, Header& header)
{
    const auto offset = loadBig<std::uint64_t>(raw, 8);
    const auto length = loadBig<std::uint32_t>(raw, 16);
    if (offset == 0)
        return {};
    if (length == 0 || length > MaxBackingNameBytes)
        return corrupt(file, "the name of its base image has an impossible length");
    if (offset < headerLength || !isInside<std::uint64_t>(offset, length, raw.size()))
        return corrupt(file, "the name of its base image lies outside of the header");
    header.backingName.assign(reinterpret_cast<const char*>(raw.subspan(offset, length).data()), length);
    if (header.backingName.find('\0') != std::string::npos)
        return corrupt(file, "the name of its base image contains a zero byte");
    return {};
}

} // namespace

bool looksLikeQcow2(const ImageFile& file)
{
    std::array<std::byte, 4> magic{};
    return file.readAt(0, magic) && loadBig<std::uint32_t>(magic) == Magic;
}

Result<Header> readHeader(const ImageFile& file)
{
    const std::uint64_t fileBytes = VM_TRY(file.size());
    std::vector<std::byte> raw(Version3Bytes + 8);
    if (fileBytes < raw.size())
        return refuse(ErrorCode::Corrupt, file, "is not a qcow2 image, or it is incomplete");
    VM_TRY(file.readAt(0, raw));
    Header header;
    parseVersion2(raw, header);
    if (loadBig<std::uint32_t>(raw, 0) != Magic)
        return refuse(ErrorCode::Corrupt, file, "is not a qcow2 image");
    if (header.version != 2 && header.version != 3)
        return refuse(ErrorCode::Unsupported, file,
                      "has a version of qcow2 that is not supported (only 2 and 3 are)");
    if (header.clusterBits < MinClusterBits || header.clusterBits > MaxClusterBits)
        return corrupt(file, "its cluster size is impossible");
    if (loadBig<std::uint32_t>(raw, 32) != 0)
        return refuse(ErrorCode::Unsupported, file,
                      "is encrypted, which is not supported; decrypt it with 'qemu-img convert' first");
    std::size_t headerLength = Version2Bytes;
    if (header.version == 3) {
        headerLength = loadBig<std::uint32_t>(raw, 100);
        if (headerLength < Version3Bytes || headerLength > header.clusterBytes() || headerLength % 8 != 0)
            return corrupt(file, "its header length is impossible");
        VM_TRY(parseVersion3(file, raw, headerLength, header));
    }
    VM_TRY(checkFeatures(file, header));
    VM_TRY(checkGeometry(file, header, fileBytes));
    // The rest of the first cluster: extensions and the name of the base.
    raw.assign(std::min<std::uint64_t>(header.clusterBytes(), fileBytes), std::byte{});
    VM_TRY(file.readAt(0, raw));
    VM_TRY(parseExtensions(file, raw, headerLength, header));
    VM_TRY(readBackingName(file, raw, headerLength, header));
    return header;
}

Result<std::vector<std::byte>> serialiseHeader(const Header& header)
{
    std::vector<std::byte> raw(header.clusterBytes());
    storeBig<std::uint32_t>(raw, 0, Magic);
    storeBig<std::uint32_t>(raw, 4, 3);
    storeBig<std::uint32_t>(raw, 20, header.clusterBits);
    storeBig<std::uint64_t>(raw, 24, header.size);
    storeBig<std::uint32_t>(raw, 36, header.l1Entries);
    storeBig<std::uint64_t>(raw, 40, header.l1Offset);
    storeBig<std::uint64_t>(raw, 48, header.refcountTableOffset);
    storeBig<std::uint32_t>(raw, 56, header.refcountTableClusters);
    storeBig<std::uint64_t>(raw, 72, header.incompatible);
    storeBig<std::uint32_t>(raw, 96, header.refcountOrder);
    constexpr std::uint32_t HeaderBytes = Version3Bytes + 8; // with compression_type and its padding
    storeBig<std::uint32_t>(raw, 100, HeaderBytes);
    std::size_t at = HeaderBytes;
    if (!header.backingFormat.empty()) {
        const std::size_t padded = (header.backingFormat.size() + 7) & ~std::size_t{7};
        storeBig<std::uint32_t>(raw, at, BackingFormatExtension);
        storeBig<std::uint32_t>(raw, at + 4, static_cast<std::uint32_t>(header.backingFormat.size()));
        std::memcpy(raw.data() + at + 8, header.backingFormat.data(), header.backingFormat.size());
        at += 8 + padded;
    }
    at += 8; // the end marker, all zeros
    if (!header.backingName.empty()) {
        if (header.backingName.size() > MaxBackingNameBytes || at + header.backingName.size() > raw.size())
            return fail(ErrorCode::InvalidArgument,
                        "the path of the base image is too long; move the base nearer");
        storeBig<std::uint64_t>(raw, 8, at);
        storeBig<std::uint32_t>(raw, 16, static_cast<std::uint32_t>(header.backingName.size()));
        std::memcpy(raw.data() + at, header.backingName.data(), header.backingName.size());
    }
    return raw;
}

} // namespace engine::block::qcow2

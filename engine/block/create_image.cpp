// SPDX-License-Identifier: GPL-3.0-or-later
#include "block/create_image.h"

#include "block/byte_order.h"
#include "block/qcow2/qcow2_header.h"

#include <unistd.h>

#include <array>

namespace engine::block {

namespace {

constexpr std::uint64_t SectorBytes = 512;

Result<> writeQcow2(const ImageFile& file, qcow2::Header header)
{
    const std::uint64_t clusterBytes = header.clusterBytes();
    const std::uint64_t l1Entries = std::max<std::uint64_t>(1, header.l1EntriesFor(header.size));
    const std::uint64_t l1Bytes = l1Entries * sizeof(std::uint64_t);
    if (l1Bytes > qcow2::MaxL1Bytes)
        return fail(ErrorCode::InvalidArgument,
                    "the disk is too large for this cluster size; choose larger clusters");
    const std::uint64_t l1Clusters = (l1Bytes + clusterBytes - 1) / clusterBytes;
    // Cluster 0: header, 1: refcount table, then as many blocks as count all of it, then L1.
    std::uint64_t blocks = 1;
    while (blocks * header.refcountsPerBlock() < 2 + blocks + l1Clusters)
        ++blocks;
    if (blocks * sizeof(std::uint64_t) > clusterBytes)
        return fail(ErrorCode::InvalidArgument,
                    "the disk is too large for this cluster size; choose larger clusters");
    header.refcountTableOffset = clusterBytes;
    header.refcountTableClusters = 1;
    header.l1Offset = (2 + blocks) * clusterBytes;
    header.l1Entries = static_cast<std::uint32_t>(l1Entries);

    std::vector<std::byte> metadata = VM_TRY(qcow2::serialiseHeader(header));
    metadata.resize((2 + blocks) * clusterBytes);
    for (std::uint64_t block = 0; block < blocks; ++block)
        storeBig<std::uint64_t>(metadata, clusterBytes + block * sizeof(std::uint64_t),
                                (2 + block) * clusterBytes);
    for (std::uint64_t cluster = 0; cluster < 2 + blocks + l1Clusters; ++cluster)
        storeBig<std::uint16_t>(metadata, 2 * clusterBytes + cluster * sizeof(std::uint16_t), 1);
    VM_TRY(file.truncate((2 + blocks + l1Clusters) * clusterBytes)); // L1: all zeros
    VM_TRY(file.writeAt(0, metadata));
    return file.sync();
}

Result<qcow2::Header> planOverlay(const std::filesystem::path& path, const CreateImageOptions& options)
{
    qcow2::Header header;
    header.clusterBits = options.clusterBits;
    header.size = options.capacityBytes;
    if (!options.base)
        return header;
    OpenImageOptions baseOptions;
    baseOptions.use = ImageUse::ReadOnly;
    baseOptions.bases.allowedFolders.push_back("/"); // the user names the base now
    const OpenedImage base = VM_TRY(openImage(*options.base, options.baseFormat, baseOptions));
    if (header.size == 0)
        header.size = base.image->capacity();
    std::error_code error;
    const std::filesystem::path folder =
        std::filesystem::canonical(std::filesystem::absolute(path).parent_path(), error);
    const std::filesystem::path resolved = std::filesystem::canonical(*options.base, error);
    const std::filesystem::path relative = resolved.lexically_relative(folder);
    const bool isInside = !relative.empty() && *relative.begin() != "..";
    header.backingName = isInside ? relative.string() : resolved.string();
    header.backingFormat = toString(options.baseFormat);
    return header;
}

Result<> checkOptions(const CreateImageOptions& options)
{
    if (options.capacityBytes % SectorBytes != 0)
        return fail(ErrorCode::InvalidArgument, "the size of a disk must be a multiple of 512 bytes");
    if (options.capacityBytes == 0 && !options.base)
        return fail(ErrorCode::InvalidArgument, "a disk needs a size, for example 20G");
    if (options.capacityBytes > MaxDiskBytes)
        return fail(ErrorCode::InvalidArgument, "a disk can have at most 1024 terabytes");
    if (options.base && options.format != ImageFormat::Qcow2)
        return fail(ErrorCode::InvalidArgument, "only a qcow2 image can have a base image");
    if (options.clusterBits < qcow2::MinClusterBits || options.clusterBits > qcow2::MaxClusterBits)
        return fail(ErrorCode::InvalidArgument,
                    "the cluster size must be a power of two from 512 bytes to 2 MiB");
    return {};
}

} // namespace

Result<> createImage(const std::filesystem::path& path, const CreateImageOptions& options)
{
    VM_TRY(checkOptions(options));
    qcow2::Header header;
    if (options.format == ImageFormat::Qcow2)
        header = VM_TRY(planOverlay(path, options));
    const ImageFile file = VM_TRY(ImageFile::createNew(path));
    const Result<> written = options.format == ImageFormat::Qcow2 ? writeQcow2(file, header)
                                                                  : file.truncate(options.capacityBytes);
    if (!written)
        ::unlink(path.c_str());
    return written;
}

} // namespace engine::block

// SPDX-License-Identifier: GPL-3.0-or-later
#include "block/image_info.h"

#include "block/qcow2/qcow2_header.h"

namespace engine::block {

namespace {

Result<> inspectQcow2(const ImageFile& file, ImageInfo& info)
{
    const qcow2::Header header = VM_TRY(qcow2::readHeader(file));
    info.capacityBytes = header.size;
    info.version = header.version;
    info.clusterBytes = header.clusterBytes();
    info.compression = header.compression == qcow2::Compression::Zlib ? "zlib" : "zstd";
    info.base = header.backingName;
    info.baseFormat = header.backingFormat;
    info.isDirty = (header.incompatible & qcow2::DirtyBit) != 0;
    info.isMarkedCorrupt = (header.incompatible & qcow2::CorruptBit) != 0;
    const qcow2::SnapshotTable table = VM_TRY(qcow2::readSnapshots(file, header));
    for (const qcow2::Snapshot& snapshot : table.snapshots)
        info.snapshots.push_back(
            {.id = snapshot.id, .name = snapshot.name, .dateSeconds = snapshot.dateSeconds});
    return {};
}

} // namespace

Result<ImageInfo> inspectImage(const std::filesystem::path& path)
{
    ImageInfo info;
    info.format = VM_TRY(detectSourceFormat(path));
    const ImageFile file = VM_TRY(ImageFile::open(path, ImageUse::Inspect));
    info.fileBytes = VM_TRY(file.size());
    info.allocatedBytes = VM_TRY(file.allocatedSize());
    const auto locked = ImageFile::open(path, ImageUse::ReadOnly);
    info.isInUse = !locked && locked.error().code == ErrorCode::Busy;
    if (info.format == SourceFormat::Qcow2)
        VM_TRY(inspectQcow2(file, info));
    else if (info.format == SourceFormat::Raw)
        info.capacityBytes = info.fileBytes;
    else
        info.capacityBytes = VM_TRY(openSource(path, info.format))->capacity();
    return info;
}

} // namespace engine::block

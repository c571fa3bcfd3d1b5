// SPDX-License-Identifier: GPL-3.0-or-later
#include "block/byte_order.h"
#include "block/qcow2/qcow2_image.h"

#include <array>

namespace engine::block::qcow2 {

namespace {

constexpr std::uint64_t SectorBytes = 512;

std::unexpected<Error> refuse(const ImageFile& file, ErrorCode code, std::string_view why)
{
    std::string text = "the disk image '";
    text += file.path().string();
    text += "' ";
    text += why;
    return fail(code, std::move(text));
}

Result<> checkWritable(const ImageFile& file, const Header& header)
{
    if ((header.incompatible & CorruptBit) != 0)
        return refuse(file, ErrorCode::Corrupt,
                      "is marked as damaged; open it read-only to save its contents, or repair it with "
                      "'qemu-img check -r all'");
    if ((header.incompatible & DirtyBit) != 0)
        return refuse(file, ErrorCode::Corrupt,
                      "was not closed properly by a program that uses lazy reference counts; repair it with "
                      "'guesthouse disk check --repair'");
    return {};
}

/// Adds the tables that `entries` point at; refuses pointers that can't be right.
Result<> appendTables(const ImageFile& file, const Header& header, const std::vector<std::uint64_t>& entries,
                      std::uint64_t mask, std::uint64_t fileBytes, MetadataClusters& metadata)
{
    for (const std::uint64_t entry : entries) {
        const std::uint64_t offset = entry & mask;
        if (offset == 0)
            continue;
        if (offset % header.clusterBytes() != 0 || offset >= fileBytes)
            return refuse(
                file, ErrorCode::Corrupt,
                "is damaged: one of its tables lies beyond the end of the file or at an impossible place");
        metadata.append(offset >> header.clusterBits, 1);
    }
    return {};
}

std::uint64_t clustersFor(const Header& header, std::uint64_t bytes)
{
    return (bytes + header.clusterBytes() - 1) >> header.clusterBits;
}

Result<MetadataClusters> findMetadata(const ImageFile& file, const Header& header,
                                      const ResidentTable& refcounts, const ResidentTable& l1,
                                      std::uint64_t fileBytes)
{
    MetadataClusters metadata;
    const auto add = [&](std::uint64_t offset, std::uint64_t bytes) {
        metadata.append(offset >> header.clusterBits, clustersFor(header, bytes));
    };
    add(0, header.clusterBytes());
    add(header.l1Offset, std::uint64_t{header.l1Entries} * sizeof(std::uint64_t));
    add(header.refcountTableOffset, std::uint64_t{header.refcountTableClusters} << header.clusterBits);
    const SnapshotTable snapshots = VM_TRY(readSnapshots(file, header));
    add(header.snapshotsOffset, snapshots.bytes);
    for (const Snapshot& snapshot : snapshots.snapshots)
        add(snapshot.l1Offset, std::uint64_t{snapshot.l1Entries} * sizeof(std::uint64_t));
    VM_TRY(appendTables(file, header, refcounts.entries(), ~(SectorBytes - 1), fileBytes, metadata));
    VM_TRY(appendTables(file, header, l1.entries(), OffsetMask, fileBytes, metadata));
    if (!metadata.sort())
        return refuse(file, ErrorCode::Corrupt,
                      "is damaged: its tables overlap each other. 'guesthouse disk check' says more");
    return metadata;
}

} // namespace

Result<std::unique_ptr<Qcow2Image>> Qcow2Image::open(std::shared_ptr<FileIo> io,
                                                     std::unique_ptr<ImageReader> base)
{
    const ImageFile& file = io->file();
    Header header = VM_TRY(readHeader(file));
    if (!file.isReadOnly())
        VM_TRY(checkWritable(file, header));
    const std::uint64_t fileBytes = VM_TRY(file.size());
    const std::uint64_t refcountEntries =
        (std::uint64_t{header.refcountTableClusters} << header.clusterBits) / sizeof(std::uint64_t);
    ResidentTable refcounts = VM_TRY(ResidentTable::read(file, header.refcountTableOffset, refcountEntries));
    ResidentTable l1 = VM_TRY(ResidentTable::read(file, header.l1Offset, header.l1Entries));
    MetadataClusters metadata = VM_TRY(findMetadata(file, header, refcounts, l1, fileBytes));
    if (!file.isReadOnly() && header.autoclear != 0) {
        // What these features describe (dirty bitmaps, for example) stops being true when we write.
        header.autoclear = 0;
        VM_TRY(file.writeAt(static_cast<std::uint64_t>(HeaderField::AutoclearFeatures),
                            std::array<std::byte, sizeof(std::uint64_t)>{}));
    }
    return std::unique_ptr<Qcow2Image>(new Qcow2Image(std::move(io), std::move(base), std::move(header),
                                                      std::move(metadata), std::move(refcounts),
                                                      std::move(l1), fileBytes));
}

Qcow2Image::Qcow2Image(std::shared_ptr<FileIo> io, std::unique_ptr<ImageReader> base, Header header,
                       MetadataClusters metadata, ResidentTable refcountTable, ResidentTable l1,
                       std::uint64_t fileBytes)
    : m_io(std::move(io)), m_base(std::move(base)), m_header(std::move(header)),
      m_capacity(m_header.size / SectorBytes * SectorBytes), m_metadata(std::move(metadata)),
      m_refcounts(*m_io, m_header, m_metadata, std::move(refcountTable), fileBytes),
      m_map(*m_io, m_header, m_metadata, m_refcounts, std::move(l1))
{}

Qcow2Image::~Qcow2Image() = default;

} // namespace engine::block::qcow2

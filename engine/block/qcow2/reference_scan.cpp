// SPDX-License-Identifier: GPL-3.0-or-later
#include "block/qcow2/reference_scan.h"

#include "block/byte_order.h"
#include "block/qcow2/compressed_cluster.h"

#include <algorithm>
#include <array>
#include <limits>

namespace engine::block::qcow2 {

namespace {

constexpr std::uint64_t MostClusters = 1ULL << 28;   // 16 TiB of file at 64 KiB; 512 MiB of memory
constexpr std::uint64_t MostTablesRead = 1ULL << 23; // snapshots may name one table again and again
constexpr std::size_t MostMessages = 20;

} // namespace

ReferenceScan::ReferenceScan(const ImageFile& file, const Header& header, std::uint64_t fileBytes,
                             CheckReport& report)
    : m_file(file), m_header(header), m_fileBytes(fileBytes), m_report(report)
{}

void ReferenceScan::note(std::string text)
{
    if (m_report.messages.size() < MostMessages)
        m_report.messages.push_back(std::move(text));
}

bool ReferenceScan::isPlausible(std::uint64_t offset) const
{
    return offset % m_header.clusterBytes() == 0 && offset < m_fileBytes;
}

Result<std::vector<std::uint64_t>> ReferenceScan::readEntries(std::uint64_t offset, std::uint64_t count)
{
    std::vector<std::byte> raw(count * sizeof(std::uint64_t));
    const std::uint64_t present =
        offset < m_fileBytes ? std::min<std::uint64_t>(raw.size(), m_fileBytes - offset) : 0;
    VM_TRY(m_file.readAt(offset, std::span(raw).first(present)));
    std::vector<std::uint64_t> entries(count);
    for (std::size_t i = 0; i < entries.size(); ++i)
        entries[i] = loadBig<std::uint64_t>(raw, i * sizeof(std::uint64_t));
    return entries;
}

void ReferenceScan::refer(std::uint64_t offset, std::uint64_t bytes, const char* what)
{
    if (bytes == 0)
        return;
    const std::uint64_t first = offset >> m_header.clusterBits;
    const std::uint64_t last = (offset + bytes - 1) >> m_header.clusterBits;
    if (last >= m_references.size() || last < first) {
        ++m_report.brokenPointers;
        note(std::string(what) + " at offset " + std::to_string(offset) + " lies beyond the end of the file");
        return;
    }
    for (std::uint64_t cluster = first; cluster <= last; ++cluster) {
        if (m_references[cluster] != std::numeric_limits<std::uint16_t>::max())
            ++m_references[cluster];
    }
}

void ReferenceScan::referExclusively(std::uint64_t offset, std::uint64_t bytes, const char* what)
{
    refer(offset, bytes, what);
    for (std::uint64_t at = 0; at < bytes; at += m_header.clusterBytes())
        m_exclusive.push_back((offset + at) >> m_header.clusterBits);
}

void ReferenceScan::scanL2Entry(std::uint64_t entry)
{
    if ((entry & CompressedFlag) != 0) {
        const CompressedExtent extent = compressedExtent(entry, m_header.clusterBits);
        refer(extent.offset, extent.length, "a compressed cluster");
        return;
    }
    const std::uint64_t offset = entry & OffsetMask;
    if (offset == 0)
        return;
    if (offset % m_header.clusterBytes() != 0) {
        ++m_report.brokenPointers;
        note("a cluster of the disk is mapped to the unaligned offset " + std::to_string(offset));
        return;
    }
    refer(offset, m_header.clusterBytes(), "a data cluster");
}

Result<> ReferenceScan::scanL1(const std::vector<std::uint64_t>& l1)
{
    for (const std::uint64_t l1Entry : l1) {
        const std::uint64_t offset = l1Entry & OffsetMask;
        if (offset == 0)
            continue;
        if (!isPlausible(offset)) {
            ++m_report.brokenPointers;
            note("an L2 table at offset " + std::to_string(offset) + " is at an impossible place");
            continue;
        }
        refer(offset, m_header.clusterBytes(), "an L2 table");
        if (++m_tablesRead > MostTablesRead)
            return fail(ErrorCode::Unsupported, "the image has more tables than can be checked");
        const std::vector<std::uint64_t> l2 = VM_TRY(readEntries(offset, m_header.entriesPerL2()));
        for (const std::uint64_t entry : l2)
            scanL2Entry(entry);
    }
    return {};
}

/// "Bitmaps": a directory of variable entries, each with a table of clusters.
Result<> ReferenceScan::scanBitmaps()
{
    const std::uint64_t bytes = m_header.bitmapDirectoryBytes;
    if (bytes == 0)
        return {};
    constexpr std::uint64_t MostDirectoryBytes = 64ULL << 20;
    constexpr std::size_t FixedBytes = 24;
    if (!isPlausible(m_header.bitmapDirectoryOffset) || bytes > MostDirectoryBytes
        || bytes > m_fileBytes - m_header.bitmapDirectoryOffset) {
        ++m_report.brokenPointers;
        note("the directory of dirty bitmaps is at an impossible place");
        return {};
    }
    referExclusively(m_header.bitmapDirectoryOffset, bytes, "the directory of dirty bitmaps");
    std::vector<std::byte> raw(bytes);
    VM_TRY(m_file.readAt(m_header.bitmapDirectoryOffset, raw));
    for (std::size_t at = 0; at + FixedBytes <= raw.size();) {
        const auto table = loadBig<std::uint64_t>(raw, at);
        const auto entries = loadBig<std::uint32_t>(raw, at + 8);
        const std::size_t nameBytes = loadBig<std::uint16_t>(raw, at + 18);
        const std::size_t extraBytes = loadBig<std::uint32_t>(raw, at + 20);
        at += (FixedBytes + nameBytes + extraBytes + 7) & ~std::size_t{7};
        if (!isPlausible(table) || entries > m_references.size()) {
            ++m_report.brokenPointers;
            note("the table of a dirty bitmap is at an impossible place");
            continue;
        }
        referExclusively(table, std::uint64_t{entries} * sizeof(std::uint64_t),
                         "the table of a dirty bitmap");
        const std::vector<std::uint64_t> clusters = VM_TRY(readEntries(table, entries));
        for (const std::uint64_t entry : clusters) {
            if (const std::uint64_t offset = entry & OffsetMask; offset != 0)
                refer(offset, m_header.clusterBytes(), "a part of a dirty bitmap");
        }
    }
    return {};
}

Result<> ReferenceScan::run()
{
    const std::uint64_t clusters = (m_fileBytes + m_header.clusterBytes() - 1) >> m_header.clusterBits;
    if (clusters > MostClusters)
        return fail(ErrorCode::Unsupported, "the image file has more clusters than can be checked");
    m_references.assign(clusters, 0);
    referExclusively(0, m_header.clusterBytes(), "the header");
    const std::uint64_t tableBytes = std::uint64_t{m_header.refcountTableClusters} << m_header.clusterBits;
    referExclusively(m_header.refcountTableOffset, tableBytes, "the reference count table");
    m_refcountTable = VM_TRY(readEntries(m_header.refcountTableOffset, tableBytes / sizeof(std::uint64_t)));
    for (const std::uint64_t entry : m_refcountTable) {
        const std::uint64_t offset = entry & ~std::uint64_t{511};
        if (offset == 0)
            continue;
        if (isPlausible(offset)) {
            referExclusively(offset, m_header.clusterBytes(), "a reference count block");
        } else {
            ++m_report.brokenPointers;
            note("a reference count block at offset " + std::to_string(offset)
                 + " is at an impossible place");
        }
    }
    referExclusively(m_header.l1Offset, std::uint64_t{m_header.l1Entries} * sizeof(std::uint64_t),
                     "the L1 table");
    m_activeL1 = VM_TRY(readEntries(m_header.l1Offset, m_header.l1Entries));
    VM_TRY(scanL1(m_activeL1));
    const SnapshotTable snapshots = VM_TRY(readSnapshots(m_file, m_header));
    referExclusively(m_header.snapshotsOffset, snapshots.bytes, "the snapshot table");
    for (const Snapshot& snapshot : snapshots.snapshots) {
        referExclusively(snapshot.l1Offset, std::uint64_t{snapshot.l1Entries} * sizeof(std::uint64_t),
                         "the L1 table of a snapshot");
        const std::vector<std::uint64_t> l1 = VM_TRY(readEntries(snapshot.l1Offset, snapshot.l1Entries));
        VM_TRY(scanL1(l1));
    }
    VM_TRY(scanBitmaps());
    for (const std::uint64_t cluster : m_exclusive) {
        if (cluster < m_references.size() && m_references[cluster] > 1) {
            ++m_report.brokenPointers;
            note("cluster " + std::to_string(cluster) + " holds a table and something else at once");
        }
    }
    m_report.usedClusters =
        m_references.size() - static_cast<std::uint64_t>(std::ranges::count(m_references, std::uint16_t{0}));
    return {};
}

} // namespace engine::block::qcow2

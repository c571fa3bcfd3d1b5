// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/checked.h"
#include "block/byte_order.h"
#include "block/qcow2/qcow2_header.h"

#include <array>

namespace engine::block::qcow2 {

namespace {

constexpr std::size_t FixedBytes = 40;

std::unexpected<Error> corrupt(const ImageFile& file, std::string_view why)
{
    std::string text = "the disk image '";
    text += file.path().string();
    text += "' is damaged: ";
    text += why;
    return fail(ErrorCode::Corrupt, std::move(text));
}

Result<std::string> readText(const ImageFile& file, std::uint64_t at, std::size_t length)
{
    std::string text(length, '\0');
    VM_TRY(file.readAt(at, std::as_writable_bytes(std::span(text))));
    return text;
}

/// Reads the snapshot table entry at `at` and moves `at` behind it ("Snapshots").
Result<Snapshot> readEntry(const ImageFile& file, const Header& header, std::uint64_t& at)
{
    std::array<std::byte, FixedBytes> fixed{};
    VM_TRY(file.readAt(at, fixed));
    Snapshot snapshot{.l1Offset = loadBig<std::uint64_t>(fixed, 0),
                      .l1Entries = loadBig<std::uint32_t>(fixed, 8),
                      .vmStateBytes = loadBig<std::uint32_t>(fixed, 32),
                      .dateSeconds = loadBig<std::uint32_t>(fixed, 16)};
    const auto idBytes = loadBig<std::uint16_t>(fixed, 12);
    const auto nameBytes = loadBig<std::uint16_t>(fixed, 14);
    const auto extraBytes = loadBig<std::uint32_t>(fixed, 36);
    if (extraBytes > 1024)
        return corrupt(file, "a snapshot's extra data is too long");
    if (std::uint64_t{snapshot.l1Entries} * sizeof(std::uint64_t) > MaxL1Bytes
        || snapshot.l1Offset % header.clusterBytes() != 0)
        return corrupt(file, "a snapshot's L1 table is impossible");
    std::uint64_t next = at + FixedBytes;
    if (extraBytes >= 16) {
        std::array<std::byte, 16> extra{};
        VM_TRY(file.readAt(next, extra));
        snapshot.vmStateBytes = loadBig<std::uint64_t>(extra, 0);
        snapshot.diskBytes = loadBig<std::uint64_t>(extra, 8);
    }
    next += extraBytes;
    snapshot.id = VM_TRY(readText(file, next, idBytes));
    next += idBytes;
    snapshot.name = VM_TRY(readText(file, next, nameBytes));
    next += nameBytes;
    at = (next + 7) & ~std::uint64_t{7};
    return snapshot;
}

} // namespace

Result<SnapshotTable> readSnapshots(const ImageFile& file, const Header& header)
{
    SnapshotTable table;
    const std::uint64_t fileBytes = VM_TRY(file.size());
    std::uint64_t at = header.snapshotsOffset;
    for (std::uint32_t i = 0; i < header.snapshotCount; ++i) {
        Snapshot snapshot = VM_TRY(readEntry(file, header, at));
        if (at - header.snapshotsOffset > MaxSnapshotTableBytes)
            return corrupt(file, "its snapshot table is too long");
        const std::uint64_t l1Bytes = std::uint64_t{snapshot.l1Entries} * sizeof(std::uint64_t);
        if (!isInside(snapshot.l1Offset, l1Bytes, fileBytes))
            return corrupt(file, "a snapshot's L1 table lies beyond the end of the file");
        table.snapshots.push_back(std::move(snapshot));
    }
    table.bytes = header.snapshotCount == 0 ? 0 : at - header.snapshotsOffset;
    return table;
}

} // namespace engine::block::qcow2

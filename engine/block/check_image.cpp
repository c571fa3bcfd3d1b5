// SPDX-License-Identifier: GPL-3.0-or-later
#include "block/check_image.h"

#include "block/byte_order.h"
#include "block/qcow2/refcount_store.h"
#include "block/qcow2/reference_scan.h"

#include <algorithm>
#include <array>

namespace engine::block {

namespace {

using namespace qcow2;

struct CountFix {
    std::uint64_t cluster = 0;
    std::uint64_t value = 0;
};

class Checker {
public:
    Checker(ImageFile file, RepairMode mode) : m_file(std::move(file)), m_mode(mode) {}

    Result<CheckReport> run()
    {
        m_header = VM_TRY(readHeader(m_file));
        const std::uint64_t fileBytes = VM_TRY(m_file.size());
        m_report.clusterBytes = m_header.clusterBytes();
        m_report.wasDirty = (m_header.incompatible & DirtyBit) != 0;
        m_report.isMarkedCorrupt = (m_header.incompatible & CorruptBit) != 0;
        ReferenceScan scan(m_file, m_header, fileBytes, m_report);
        VM_TRY(scan.run());
        VM_TRY(compareCounts(scan));
        VM_TRY(compareFlags(scan));
        if (m_mode == RepairMode::Repair)
            VM_TRY(repair(scan, fileBytes));
        return std::move(m_report);
    }

private:
    Result<> compareCounts(ReferenceScan& scan)
    {
        const std::vector<std::uint16_t>& references = scan.references();
        const std::uint64_t perBlock = m_header.refcountsPerBlock();
        std::vector<std::byte> block(m_header.clusterBytes());
        const std::uint64_t covered = scan.refcountTable().size();
        for (std::uint64_t index = 0; index < covered; ++index) {
            const std::uint64_t offset = scan.refcountTable()[index] & ~std::uint64_t{511};
            const std::uint64_t first = index * perBlock;
            const bool isReadable = offset != 0 && offset % m_header.clusterBytes() == 0
                                    && (offset >> m_header.clusterBits) < references.size();
            if (!isReadable && first >= references.size())
                continue;
            std::ranges::fill(block, std::byte{});
            if (isReadable) {
                const std::uint64_t present =
                    std::min<std::uint64_t>(block.size(), VM_TRY(m_file.size()) - offset);
                VM_TRY(m_file.readAt(offset, std::span(block).first(present)));
            }
            for (std::uint64_t i = 0; i < perBlock; ++i) {
                const std::uint64_t used = first + i < references.size() ? references[first + i] : 0;
                compareOne(scan, first + i, loadRefcount(block, m_header.refcountOrder, i), used);
            }
        }
        for (std::uint64_t cluster = covered * perBlock; cluster < references.size(); ++cluster)
            compareOne(scan, cluster, 0, references[cluster]);
        return {};
    }

    void compareOne(ReferenceScan& scan, std::uint64_t cluster, std::uint64_t counted, std::uint64_t used)
    {
        if (counted == used)
            return;
        if (counted > used) {
            ++m_report.leaks;
            scan.note("cluster " + std::to_string(cluster) + " is leaked: counted " + std::to_string(counted)
                      + " times, used " + std::to_string(used) + " times");
        } else {
            ++m_report.wrongCounts;
            scan.note("cluster " + std::to_string(cluster) + " is counted " + std::to_string(counted)
                      + " times but used " + std::to_string(used) + " times");
        }
        m_fixes.push_back({.cluster = cluster, .value = used});
    }

    /// "Only reference" flags of the active L1 and its L2 tables against the references.
    Result<> compareFlags(ReferenceScan& scan)
    {
        for (std::uint64_t i = 0; i < scan.activeL1().size(); ++i) {
            const std::uint64_t entry = scan.activeL1()[i];
            const std::uint64_t table = entry & OffsetMask;
            if (table == 0 || (table >> m_header.clusterBits) >= scan.references().size()
                || table % m_header.clusterBytes() != 0)
                continue;
            compareFlag(scan, m_header.l1Offset + i * sizeof(std::uint64_t), entry);
            std::vector<std::byte> raw(m_header.clusterBytes());
            const std::uint64_t present = std::min<std::uint64_t>(raw.size(), VM_TRY(m_file.size()) - table);
            VM_TRY(m_file.readAt(table, std::span(raw).first(present)));
            for (std::uint64_t at = 0; at < raw.size(); at += sizeof(std::uint64_t)) {
                const auto l2 = loadBig<std::uint64_t>(raw, at);
                if ((l2 & CompressedFlag) == 0 && (l2 & OffsetMask) != 0)
                    compareFlag(scan, table + at, l2);
            }
        }
        return {};
    }

    void compareFlag(ReferenceScan& scan, std::uint64_t entryOffset, std::uint64_t entry)
    {
        const std::uint64_t cluster = (entry & OffsetMask) >> m_header.clusterBits;
        if (cluster >= scan.references().size())
            return;
        const bool isOnly = scan.references()[cluster] == 1;
        if (isOnly == ((entry & CopiedFlag) != 0))
            return;
        ++m_report.wrongFlags;
        scan.note("the entry for cluster " + std::to_string(cluster)
                  + " has a wrong \"only reference\" flag");
        m_flags.push_back({.cluster = entryOffset, .value = entry ^ CopiedFlag});
    }

    Result<> repair(const ReferenceScan& scan, std::uint64_t fileBytes)
    {
        if (m_report.brokenPointers != 0)
            return {}; // counts can't be trusted to mean anything
        VM_TRY(repairCounts(scan, fileBytes));
        for (const CountFix& fix : m_flags) {
            std::array<std::byte, sizeof(std::uint64_t)> raw{};
            storeBig(std::span<std::byte>(raw), 0, fix.value);
            VM_TRY(m_file.writeAt(fix.cluster, raw));
            ++m_report.repaired;
        }
        if ((m_header.incompatible & (DirtyBit | CorruptBit)) != 0) {
            std::array<std::byte, sizeof(std::uint64_t)> raw{};
            storeBig(std::span<std::byte>(raw), 0, m_header.incompatible & ~(DirtyBit | CorruptBit));
            VM_TRY(m_file.sync());
            VM_TRY(m_file.writeAt(static_cast<std::uint64_t>(HeaderField::IncompatibleFeatures), raw));
        }
        return m_file.sync();
    }

    Result<> repairCounts(const ReferenceScan& scan, std::uint64_t fileBytes)
    {
        // A second descriptor would lock against ourselves: this one moves into the store and back.
        const std::filesystem::path path = m_file.path();
        FileIo io(std::move(m_file), createBlockingEngine());
        MetadataClusters metadata;
        RefcountStore store(io, m_header, metadata,
                            ResidentTable(m_header.refcountTableOffset, scan.refcountTable()), fileBytes);
        store.allocateOnlyAtEnd();
        BlockStatus status = BlockStatus::Ok;
        for (const CountFix& fix : m_fixes) {
            status = runBlocking(store.setCount(fix.cluster, fix.value));
            if (status != BlockStatus::Ok)
                break;
            ++m_report.repaired;
        }
        if (status == BlockStatus::Ok)
            status = runBlocking(store.writeBack());
        const int error = io.lastError();
        m_file = io.takeFile();
        if (status != BlockStatus::Ok)
            return failSystem("cannot repair '" + path.string() + "'", error != 0 ? error : EIO);
        return m_file.sync();
    }

    ImageFile m_file;
    RepairMode m_mode;
    Header m_header;
    CheckReport m_report;
    std::vector<CountFix> m_fixes;
    std::vector<CountFix> m_flags; // cluster = offset of the entry in the file
};

} // namespace

Result<CheckReport> checkQcow2(const std::filesystem::path& path, RepairMode mode)
{
    ImageFile file =
        VM_TRY(ImageFile::open(path, mode == RepairMode::Repair ? ImageUse::ReadWrite : ImageUse::ReadOnly));
    return Checker(std::move(file), mode).run();
}

} // namespace engine::block

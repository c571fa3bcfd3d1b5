// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/checked.h"
#include "block/byte_order.h"
#include "block/import/foreign_image.h"
#include "block/import/vmdk_descriptor.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace engine::block {

namespace {

// VMware Virtual Disk Format 5.0, "Hosted Sparse Extent Header"; all numbers are little endian.
constexpr std::uint32_t Magic = 0x564d444b; // "KDMV"
constexpr std::size_t HeaderBytes = 512;
constexpr std::uint64_t DirectoryAtEnd = ~std::uint64_t{0};
constexpr std::uint32_t HasZeroGrains = 1U << 2;
constexpr std::uint32_t IsCompressed = 1U << 16;
constexpr std::uint32_t HasMarkers = 1U << 17;
constexpr std::string_view DescriptorStart = "# Disk DescriptorFile";
constexpr std::uint64_t MaxDescriptorBytes = 1ULL << 20;
constexpr std::uint64_t SectorBytes = 512;
constexpr std::uint64_t GrainMarkerBytes = 12; // sector number, then the size of the packed data

struct SparseHeader {
    std::uint32_t flags = 0;
    std::uint64_t capacitySectors = 0;
    std::uint64_t grainSectors = 0;
    std::uint64_t descriptorSector = 0;
    std::uint64_t descriptorSectors = 0;
    std::uint32_t entriesPerTable = 0;
    std::uint64_t directorySector = 0;
};

SparseHeader parseSparseHeader(std::span<const std::byte> raw)
{
    return {.flags = loadLittle<std::uint32_t>(raw, 8),
            .capacitySectors = loadLittle<std::uint64_t>(raw, 12),
            .grainSectors = loadLittle<std::uint64_t>(raw, 20),
            .descriptorSector = loadLittle<std::uint64_t>(raw, 28),
            .descriptorSectors = loadLittle<std::uint64_t>(raw, 36),
            .entriesPerTable = loadLittle<std::uint32_t>(raw, 44),
            .directorySector = loadLittle<std::uint64_t>(raw, 56)};
}

/// One sparse extent: a directory of tables of grains.
class SparseExtent {
public:
    static constexpr std::uint64_t MaxDirectoryEntries = 4ULL << 20;

    explicit SparseExtent(ImageFile openedFile) : file(std::move(openedFile)) {}

    Result<> readHeader()
    {
        fileBytes = VM_TRY(file.size());
        std::vector<std::byte> raw = VM_TRY(readInside("VMDK", file, 0, HeaderBytes, "its header"));
        if (loadLittle<std::uint32_t>(raw, 0) != Magic)
            return foreignDamage("VMDK", file, "it has no sparse extent header");
        header = parseSparseHeader(raw);
        if (header.directorySector == DirectoryAtEnd) {
            // Written as a stream: the footer, before the end marker, knows the directory.
            if (fileBytes < 1024)
                return foreignDamage("VMDK", file, "it is incomplete");
            raw = VM_TRY(readInside("VMDK", file, fileBytes - 1024, HeaderBytes, "its footer"));
            if (loadLittle<std::uint32_t>(raw, 0) != Magic)
                return foreignDamage("VMDK", file, "it is incomplete: its footer is missing");
            const SparseHeader front = header;
            header = parseSparseHeader(raw);
            header.descriptorSector = front.descriptorSector;
            header.descriptorSectors = front.descriptorSectors;
        }
        return readDirectory();
    }

    Result<> readDirectory()
    {
        const std::uint64_t grain = header.grainSectors;
        if (grain == 0 || grain > (1U << 17) || (grain & (grain - 1)) != 0)
            return foreignDamage("VMDK", file, "its grain size is impossible");
        if (header.entriesPerTable == 0 || header.entriesPerTable > (1U << 16))
            return foreignDamage("VMDK", file, "its grain tables have an impossible size");
        if (header.capacitySectors > (1ULL << 45))
            return foreignDamage("VMDK", file, "its size is absurd");
        const std::uint64_t perTable = grain * header.entriesPerTable;
        const std::uint64_t tables = (header.capacitySectors + perTable - 1) / perTable;
        const std::uint64_t offset = header.directorySector * SectorBytes;
        if (tables > MaxDirectoryEntries || header.directorySector > fileBytes / SectorBytes)
            return foreignDamage("VMDK", file, "its grain directory is at an impossible place");
        const std::vector<std::byte> raw =
            VM_TRY(readInside("VMDK", file, offset, tables * sizeof(std::uint32_t), "its grain directory"));
        directory.resize(tables);
        for (std::size_t i = 0; i < directory.size(); ++i)
            directory[i] = loadLittle<std::uint32_t>(raw, i * sizeof(std::uint32_t));
        return {};
    }

    /// The grain table entry; nullopt when it can't be read.
    std::optional<std::uint32_t> grainEntry(std::uint64_t grain)
    {
        const std::uint64_t index = grain / header.entriesPerTable;
        if (index >= directory.size())
            return std::nullopt;
        if (directory[index] == 0)
            return 0;
        if (tableIndex != index) {
            std::vector<std::byte> raw(std::size_t{header.entriesPerTable} * sizeof(std::uint32_t));
            if (!file.readAt(std::uint64_t{directory[index]} * SectorBytes, raw))
                return std::nullopt;
            table = std::move(raw);
            tableIndex = index;
        }
        return loadLittle<std::uint32_t>(table, grain % header.entriesPerTable * sizeof(std::uint32_t));
    }

    ImageFile file;
    SparseHeader header;
    std::uint64_t fileBytes = 0;
    std::vector<std::uint32_t> directory;
    std::optional<std::uint64_t> tableIndex; ///< which table `table` holds
    std::vector<std::byte> table;
};

struct Extent {
    VmdkExtentLine::Kind kind = VmdkExtentLine::Kind::Zero;
    std::uint64_t start = 0; ///< bytes, in the disk
    std::uint64_t bytes = 0;
    std::uint64_t fileOffset = 0;           ///< Flat
    std::unique_ptr<ImageFile> flat{};      ///< Flat
    std::unique_ptr<SparseExtent> sparse{}; ///< Sparse
};

class VmdkImage final : public ForeignImage {
public:
    static Result<std::unique_ptr<ImageReader>> open(ImageFile file)
    {
        std::unique_ptr<VmdkImage> image(new VmdkImage);
        std::array<std::byte, 4> magic{};
        if (file.readAt(0, magic) && loadLittle<std::uint32_t>(magic) == Magic)
            VM_TRY(image->openMonolithic(std::move(file)));
        else
            VM_TRY(image->openDescriptor(file));
        return image;
    }
    [[nodiscard]] std::string_view formatName() const override { return "vmdk"; }

protected:
    Place locate(std::uint64_t offset) override
    {
        const auto after = std::ranges::upper_bound(m_extents, offset, {}, &Extent::start);
        const Extent& extent = *std::prev(after);
        const std::uint64_t inExtent = offset - extent.start;
        Place place{.length = extent.bytes - inExtent};
        if (extent.kind == VmdkExtentLine::Kind::Flat) {
            place.file = extent.flat.get();
            place.offset = extent.fileOffset + inExtent;
            place.kind = Place::Kind::Stored;
        } else if (extent.kind == VmdkExtentLine::Kind::Sparse) {
            locateGrain(*extent.sparse, inExtent, place);
        }
        return place;
    }

private:
    static void locateGrain(SparseExtent& extent, std::uint64_t inExtent, Place& place)
    {
        const std::uint64_t grainBytes = extent.header.grainSectors * SectorBytes;
        const std::uint64_t inGrain = inExtent % grainBytes;
        place.length = std::min(place.length, grainBytes - inGrain);
        const std::optional<std::uint32_t> entry = extent.grainEntry(inExtent / grainBytes);
        if (!entry) {
            place.kind = Place::Kind::Damaged;
            return;
        }
        if (*entry == 0 || (*entry == 1 && (extent.header.flags & HasZeroGrains) != 0))
            return;
        place.file = &extent.file;
        place.offset = *entry * SectorBytes + inGrain;
        place.kind = Place::Kind::Stored;
        if ((extent.header.flags & IsCompressed) != 0) {
            place.offset = *entry * SectorBytes;
            place.skip = inGrain;
            place.unpackedBytes = grainBytes;
            readGrainMarker(extent, place);
        } else if (!isInside(place.offset, place.length, extent.fileBytes)) {
            place.kind = Place::Kind::Damaged;
        }
    }

    static void readGrainMarker(SparseExtent& extent, Place& place)
    {
        std::array<std::byte, GrainMarkerBytes> marker{};
        place.kind = Place::Kind::Damaged;
        const bool hasMarker = (extent.header.flags & HasMarkers) != 0;
        if (!extent.file.readAt(place.offset, marker))
            return;
        place.packedBytes = loadLittle<std::uint32_t>(marker, hasMarker ? 8 : 0);
        place.offset += hasMarker ? GrainMarkerBytes : sizeof(std::uint32_t);
        // Packed data is hardly larger than what it packs.
        if (place.packedBytes != 0 && place.packedBytes <= 2 * place.unpackedBytes
            && isInside(place.offset, place.packedBytes, extent.fileBytes))
            place.kind = Place::Kind::Packed;
    }

    Result<> openMonolithic(ImageFile file)
    {
        auto extent = std::make_unique<SparseExtent>(std::move(file));
        VM_TRY(extent->readHeader());
        const SparseHeader& header = extent->header;
        if (header.descriptorSector != 0) {
            if (header.descriptorSector > (1ULL << 40)
                || header.descriptorSectors * SectorBytes > MaxDescriptorBytes)
                return foreignDamage("VMDK", extent->file, "its descriptor is at an impossible place");
            const std::vector<std::byte> raw =
                VM_TRY(readInside("VMDK", extent->file, header.descriptorSector * SectorBytes,
                                  header.descriptorSectors * SectorBytes, "its descriptor"));
            const auto descriptor =
                parseVmdkDescriptor({reinterpret_cast<const char*>(raw.data()), raw.size()});
            if (descriptor && descriptor->hasParent)
                return foreignRefusal("VMDK", extent->file,
                                      "is a snapshot that needs its base; merge them first");
        }
        m_capacity = header.capacitySectors * SectorBytes;
        m_extents.push_back(
            {.kind = VmdkExtentLine::Kind::Sparse, .bytes = m_capacity, .sparse = std::move(extent)});
        return {};
    }

    Result<> openDescriptor(const ImageFile& file)
    {
        const std::uint64_t bytes = VM_TRY(file.size());
        if (bytes > MaxDescriptorBytes)
            return foreignDamage("VMDK", file, "it is neither a sparse extent nor a descriptor");
        const std::vector<std::byte> raw = VM_TRY(readInside("VMDK", file, 0, bytes, "its descriptor"));
        const auto descriptor = parseVmdkDescriptor({reinterpret_cast<const char*>(raw.data()), raw.size()});
        if (!descriptor)
            return foreignDamage("VMDK", file, descriptor.error().detail);
        if (descriptor->hasParent)
            return foreignRefusal("VMDK", file, "is a snapshot that needs its base; merge them first");
        if (descriptor->extents.empty())
            return foreignDamage("VMDK", file, "its descriptor names no extents");
        for (const VmdkExtentLine& line : descriptor->extents)
            VM_TRY(openExtent(file, line));
        return {};
    }

    Result<> openExtent(const ImageFile& descriptor, const VmdkExtentLine& line)
    {
        Extent extent{.kind = line.kind,
                      .start = m_capacity,
                      .bytes = line.sectors * SectorBytes,
                      .fileOffset = line.offsetSectors * SectorBytes};
        const std::uint64_t total = m_capacity + extent.bytes;
        if (total < m_capacity || total > (1ULL << 55))
            return foreignDamage("VMDK", descriptor, "its size is absurd");
        if (line.kind != VmdkExtentLine::Kind::Zero) {
            ImageFile file =
                VM_TRY(ImageFile::open(descriptor.path().parent_path() / line.fileName, ImageUse::ReadOnly));
            const std::uint64_t fileBytes = VM_TRY(file.size());
            if (line.kind == VmdkExtentLine::Kind::Flat) {
                if (!isInside(extent.fileOffset, extent.bytes, fileBytes))
                    return foreignDamage("VMDK", file, "it is shorter than its descriptor says");
                extent.flat = std::make_unique<ImageFile>(std::move(file));
            } else {
                extent.sparse = std::make_unique<SparseExtent>(std::move(file));
                VM_TRY(extent.sparse->readHeader());
                if (extent.sparse->header.capacitySectors < line.sectors)
                    return foreignDamage("VMDK", extent.sparse->file,
                                         "it is smaller than its descriptor says");
            }
        }
        m_capacity = total;
        if (extent.bytes != 0)
            m_extents.push_back(std::move(extent));
        return {};
    }

    std::vector<Extent> m_extents; // ascending, without gaps
};

} // namespace

bool looksLikeVmdk(const ImageFile& file)
{
    std::array<std::byte, DescriptorStart.size()> start{};
    if (!file.readAt(0, std::span(start).first(4)))
        return false;
    if (loadLittle<std::uint32_t>(start) == Magic)
        return true;
    return file.readAt(0, start)
           && std::string_view(reinterpret_cast<const char*>(start.data()), start.size()) == DescriptorStart;
}

Result<std::unique_ptr<ImageReader>> openVmdk(ImageFile file)
{
    return VmdkImage::open(std::move(file));
}

} // namespace engine::block

// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/checked.h"
#include "block/byte_order.h"
#include "block/import/crc32c.h"
#include "block/import/foreign_image.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <optional>
#include <string_view>

namespace engine::block {

namespace {

// [MS-VHDX] 2.2-2.6; all numbers are little endian. GUIDs in the byte order of the file.
using Guid = std::array<std::uint8_t, 16>;
constexpr Guid BatRegion{0x66, 0x77, 0xc2, 0x2d, 0x23, 0xf6, 0x00, 0x42,
                         0x9d, 0x64, 0x11, 0x5e, 0x9b, 0xfd, 0x4a, 0x08};
constexpr Guid MetadataRegion{0x06, 0xa2, 0x7c, 0x8b, 0x90, 0x47, 0x9a, 0x4b,
                              0xb8, 0xfe, 0x57, 0x5f, 0x05, 0x0f, 0x88, 0x6e};
constexpr Guid FileParameters{0x37, 0x67, 0xa1, 0xca, 0x36, 0xfa, 0x43, 0x4d,
                              0xb3, 0xb6, 0x33, 0xf0, 0xaa, 0x44, 0xe7, 0x6b};
constexpr Guid VirtualDiskSize{0x24, 0x42, 0xa5, 0x2f, 0x1b, 0xcd, 0x76, 0x48,
                               0xb2, 0x11, 0x5d, 0xbe, 0xd8, 0x3b, 0xf4, 0xb8};
constexpr Guid LogicalSectorSize{0x1d, 0xbf, 0x41, 0x81, 0x6f, 0xa9, 0x09, 0x47,
                                 0xba, 0x47, 0xf2, 0x33, 0xa8, 0xfa, 0xab, 0x5f};

constexpr std::string_view FileSignature = "vhdxfile";
constexpr std::array<std::uint64_t, 2> HeaderOffsets{64 << 10, 128 << 10};
constexpr std::array<std::uint64_t, 2> RegionTableOffsets{192 << 10, 256 << 10};
constexpr std::size_t HeaderBytes = 4096;
constexpr std::size_t RegionTableBytes = 64 << 10;
constexpr std::uint32_t MaxEntries = 2047;
constexpr std::uint32_t HasParent = 2;
constexpr std::uint64_t OffsetMask = ~std::uint64_t{0xfffff};

/// Payload block states (2.5.1.1)
constexpr unsigned NotPresent = 0;
constexpr unsigned Undefined = 1;
constexpr unsigned Zero = 2;
constexpr unsigned Unmapped = 3;
constexpr unsigned FullyPresent = 6;

bool isText(std::span<const std::byte> bytes, std::size_t at, std::string_view text)
{
    return std::memcmp(bytes.subspan(at, text.size()).data(), text.data(), text.size()) == 0;
}

bool isGuid(std::span<const std::byte> bytes, std::size_t at, const Guid& guid)
{
    return std::memcmp(bytes.subspan(at, guid.size()).data(), guid.data(), guid.size()) == 0;
}

/// Structures carry a CRC-32C of themselves with this field as zeros, at offset 4.
bool hasGoodChecksum(std::vector<std::byte> raw)
{
    const auto expected = loadLittle<std::uint32_t>(raw, 4);
    std::fill_n(raw.begin() + 4, 4, std::byte{});
    return crc32c(raw) == expected;
}

class VhdxImage final : public ForeignImage {
public:
    static Result<std::unique_ptr<ImageReader>> open(ImageFile file)
    {
        std::unique_ptr<VhdxImage> image(new VhdxImage(std::move(file)));
        VM_TRY(image->readHeaders());
        VM_TRY(image->readRegions());
        return image;
    }
    [[nodiscard]] std::string_view formatName() const override { return "vhdx"; }

protected:
    Place locate(std::uint64_t offset) override
    {
        const std::uint64_t block = offset / m_blockBytes;
        const std::uint64_t inBlock = offset % m_blockBytes;
        // A sector bitmap entry follows each chunk of payload entries.
        const std::uint64_t entry = m_bat[block + block / m_chunkRatio];
        Place place{.file = &m_file, .length = std::min(m_blockBytes - inBlock, m_capacity - offset)};
        switch (entry & 7) {
        case NotPresent:
        case Undefined:
        case Zero:
        case Unmapped: return place;
        case FullyPresent: break;
        default: place.kind = Place::Kind::Damaged; return place;
        }
        place.offset = (entry & OffsetMask) + inBlock;
        place.kind =
            isInside(place.offset, place.length, m_fileBytes) ? Place::Kind::Stored : Place::Kind::Damaged;
        return place;
    }

private:
    explicit VhdxImage(ImageFile file) : m_file(std::move(file)) {}

    /// The valid header with the higher sequence number is the current one (2.2.2).
    Result<> readHeaders()
    {
        m_fileBytes = VM_TRY(m_file.size());
        std::optional<std::uint64_t> newest;
        bool logIsEmpty = false;
        for (const std::uint64_t offset : HeaderOffsets) {
            const std::vector<std::byte> raw =
                VM_TRY(readInside("VHDX", m_file, offset, HeaderBytes, "its header"));
            if (!isText(raw, 0, "head") || !hasGoodChecksum(raw))
                continue;
            const auto sequence = loadLittle<std::uint64_t>(raw, 8);
            if (newest && sequence <= *newest)
                continue;
            newest = sequence;
            logIsEmpty = isGuid(raw, 48, Guid{});
            if (loadLittle<std::uint16_t>(raw, 66) != 1)
                return foreignRefusal("VHDX", m_file, "has a version that is not supported");
        }
        if (!newest)
            return foreignDamage("VHDX", m_file, "neither of its two headers is valid");
        if (!logIsEmpty)
            return foreignRefusal(
                "VHDX", m_file,
                "was not closed properly: its log has to be replayed. Attach it once in Windows, or "
                "run 'qemu-img check -r all' on it, then try again");
        return {};
    }

    Result<> readRegions()
    {
        for (const std::uint64_t offset : RegionTableOffsets) {
            std::vector<std::byte> raw =
                VM_TRY(readInside("VHDX", m_file, offset, RegionTableBytes, "its region table"));
            const auto count = loadLittle<std::uint32_t>(raw, 8);
            if (!isText(raw, 0, "regi") || !hasGoodChecksum(raw) || count > MaxEntries)
                continue;
            return readRegionEntries(raw, count);
        }
        return foreignDamage("VHDX", m_file, "neither of its two region tables is valid");
    }

    Result<> readRegionEntries(std::span<const std::byte> raw, std::uint32_t count)
    {
        std::uint64_t batOffset = 0;
        std::uint64_t batBytes = 0;
        bool hasMetadata = false;
        for (std::size_t at = 16; at < 16 + std::size_t{count} * 32; at += 32) {
            const auto offset = loadLittle<std::uint64_t>(raw, at + 16);
            const auto length = loadLittle<std::uint32_t>(raw, at + 24);
            if (isGuid(raw, at, BatRegion)) {
                batOffset = offset;
                batBytes = length;
            } else if (isGuid(raw, at, MetadataRegion)) {
                VM_TRY(readMetadata(offset, length));
                hasMetadata = true;
            } else if ((loadLittle<std::uint32_t>(raw, at + 28) & 1) != 0) {
                return foreignRefusal("VHDX", m_file, "needs features that are newer than this program");
            }
        }
        if (!hasMetadata || batOffset == 0)
            return foreignDamage("VHDX", m_file, "its block table or its metadata is missing");
        return readBat(batOffset, batBytes);
    }

    Result<> readMetadata(std::uint64_t offset, std::uint32_t length)
    {
        constexpr std::uint64_t TableBytes = 64 << 10;
        if (length < TableBytes)
            return foreignDamage("VHDX", m_file, "its metadata is too short");
        const std::vector<std::byte> table =
            VM_TRY(readInside("VHDX", m_file, offset, TableBytes, "its metadata"));
        const auto count = loadLittle<std::uint16_t>(table, 10);
        if (!isText(table, 0, "metadata") || count > MaxEntries)
            return foreignDamage("VHDX", m_file, "its metadata table is not one");
        for (std::size_t at = 32; at < 32 + std::size_t{count} * 32; at += 32) {
            const auto itemOffset = loadLittle<std::uint32_t>(table, at + 16);
            const auto itemBytes = loadLittle<std::uint32_t>(table, at + 20);
            if (!isInside(itemOffset, itemBytes, length) || itemBytes < 4)
                continue;
            const std::uint64_t read = std::min<std::uint64_t>(itemBytes, 8);
            std::vector<std::byte> item =
                VM_TRY(readInside("VHDX", m_file, offset + itemOffset, read, "a metadata item"));
            item.resize(8);
            VM_TRY(takeItem(table, at, item));
        }
        return {};
    }

    Result<> takeItem(std::span<const std::byte> table, std::size_t at, std::span<const std::byte> item)
    {
        if (isGuid(table, at, FileParameters)) {
            m_blockBytes = loadLittle<std::uint32_t>(item, 0);
            if ((loadLittle<std::uint32_t>(item, 4) & HasParent) != 0)
                return foreignRefusal("VHDX", m_file,
                                      "is a differencing image; merge it with its base first");
        } else if (isGuid(table, at, VirtualDiskSize)) {
            m_capacity = loadLittle<std::uint64_t>(item, 0);
        } else if (isGuid(table, at, LogicalSectorSize)) {
            m_sectorBytes = loadLittle<std::uint32_t>(item, 0);
        }
        return {};
    }

    Result<> readBat(std::uint64_t offset, std::uint64_t bytes)
    {
        constexpr std::uint64_t SmallestBlock = 1ULL << 20;
        constexpr std::uint64_t LargestBlock = 256ULL << 20;
        constexpr std::uint64_t LargestDisk = 64ULL << 40;
        const bool isPowerOfTwo = (m_blockBytes & (m_blockBytes - 1)) == 0;
        if (m_blockBytes < SmallestBlock || m_blockBytes > LargestBlock || !isPowerOfTwo)
            return foreignDamage("VHDX", m_file, "its block size is impossible");
        if (m_sectorBytes != 512 && m_sectorBytes != 4096)
            return foreignDamage("VHDX", m_file, "its sector size is impossible");
        if (m_capacity == 0 || m_capacity > LargestDisk || m_capacity % m_sectorBytes != 0)
            return foreignDamage("VHDX", m_file, "its disk size is impossible");
        m_chunkRatio = (std::uint64_t{1} << 23) * m_sectorBytes / m_blockBytes;
        const std::uint64_t blocks = (m_capacity + m_blockBytes - 1) / m_blockBytes;
        const std::uint64_t entries = blocks + (blocks - 1) / m_chunkRatio;
        if (entries > MaxTableEntries * 3 || entries * sizeof(std::uint64_t) > bytes)
            return foreignDamage("VHDX", m_file, "its block table is too short for its size");
        const std::vector<std::byte> raw =
            VM_TRY(readInside("VHDX", m_file, offset, entries * sizeof(std::uint64_t), "its block table"));
        m_bat.resize(entries);
        for (std::size_t i = 0; i < m_bat.size(); ++i)
            m_bat[i] = loadLittle<std::uint64_t>(raw, i * sizeof(std::uint64_t));
        return {};
    }

    ImageFile m_file;
    std::uint64_t m_fileBytes = 0;
    std::uint64_t m_blockBytes = 0;
    std::uint64_t m_sectorBytes = 0;
    std::uint64_t m_chunkRatio = 1;
    std::vector<std::uint64_t> m_bat;
};

} // namespace

bool looksLikeVhdx(const ImageFile& file)
{
    std::array<std::byte, 8> signature{};
    return file.readAt(0, signature) && isText(signature, 0, FileSignature);
}

Result<std::unique_ptr<ImageReader>> openVhdx(ImageFile file)
{
    return VhdxImage::open(std::move(file));
}

} // namespace engine::block

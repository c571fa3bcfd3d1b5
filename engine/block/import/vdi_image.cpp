// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/checked.h"
#include "block/byte_order.h"
#include "block/import/foreign_image.h"

#include <array>

namespace engine::block {

namespace {

// Header of VirtualBox disk images, version 1.1; all numbers are little endian.
constexpr std::uint32_t Signature = 0xbeda107f;
constexpr std::size_t SignatureAt = 0x40;
constexpr std::size_t VersionAt = 0x44;
constexpr std::size_t TypeAt = 0x4c;
constexpr std::size_t MapOffsetAt = 0x154;
constexpr std::size_t DataOffsetAt = 0x158;
constexpr std::size_t DiskBytesAt = 0x170;
constexpr std::size_t BlockBytesAt = 0x178;
constexpr std::size_t BlockExtraAt = 0x17c;
constexpr std::size_t BlockCountAt = 0x180;
constexpr std::size_t HeaderBytes = 0x200;

constexpr std::uint32_t Dynamic = 1;
constexpr std::uint32_t Fixed = 2;
constexpr std::uint32_t LowestAbsentBlock = 0xfffffffe; // discarded; 0xffffffff: never written

class VdiImage final : public ForeignImage {
public:
    static Result<std::unique_ptr<ImageReader>> open(ImageFile file)
    {
        std::unique_ptr<VdiImage> image(new VdiImage(std::move(file)));
        VM_TRY(image->readHeader());
        return image;
    }
    [[nodiscard]] std::string_view formatName() const override { return "vdi"; }

protected:
    Place locate(std::uint64_t offset) override
    {
        const std::uint64_t inBlock = offset % m_blockBytes;
        const std::uint32_t block = m_map[offset / m_blockBytes];
        Place place{.file = &m_file, .length = std::min(m_blockBytes - inBlock, m_capacity - offset)};
        if (block >= LowestAbsentBlock)
            return place;
        place.offset = m_dataOffset + block * (m_blockBytes + m_blockExtra) + m_blockExtra + inBlock;
        place.kind =
            isInside(place.offset, place.length, m_fileBytes) ? Place::Kind::Stored : Place::Kind::Damaged;
        return place;
    }

private:
    explicit VdiImage(ImageFile file) : m_file(std::move(file)) {}

    Result<> readHeader()
    {
        m_fileBytes = VM_TRY(m_file.size());
        const std::vector<std::byte> raw = VM_TRY(readInside("VDI", m_file, 0, HeaderBytes, "its header"));
        if (loadLittle<std::uint32_t>(raw, SignatureAt) != Signature)
            return foreignDamage("VDI", m_file, "its header has no VDI signature");
        if (loadLittle<std::uint32_t>(raw, VersionAt) >> 16 != 1)
            return foreignRefusal("VDI", m_file, "has a version that is not supported");
        const auto type = loadLittle<std::uint32_t>(raw, TypeAt);
        if (type != Dynamic && type != Fixed)
            return foreignRefusal("VDI", m_file,
                                  "is a differencing image; merge it with its base in VirtualBox first");
        m_dataOffset = loadLittle<std::uint32_t>(raw, DataOffsetAt);
        m_capacity = loadLittle<std::uint64_t>(raw, DiskBytesAt);
        m_blockBytes = loadLittle<std::uint32_t>(raw, BlockBytesAt);
        m_blockExtra = loadLittle<std::uint32_t>(raw, BlockExtraAt);
        const auto blocks = loadLittle<std::uint32_t>(raw, BlockCountAt);
        if (m_blockBytes < SectorBytes || m_blockBytes % SectorBytes != 0 || m_capacity % SectorBytes != 0)
            return foreignDamage("VDI", m_file, "its block size is impossible");
        if (blocks > MaxTableEntries || m_capacity / m_blockBytes > blocks
            || (m_capacity / m_blockBytes == blocks && m_capacity % m_blockBytes != 0))
            return foreignDamage("VDI", m_file, "its number of blocks doesn't fit its size");
        const std::vector<std::byte> map =
            VM_TRY(readInside("VDI", m_file, loadLittle<std::uint32_t>(raw, MapOffsetAt),
                              std::uint64_t{blocks} * sizeof(std::uint32_t), "its block map"));
        m_map.resize(blocks);
        for (std::size_t i = 0; i < m_map.size(); ++i)
            m_map[i] = loadLittle<std::uint32_t>(map, i * sizeof(std::uint32_t));
        return {};
    }

    ImageFile m_file;
    std::uint64_t m_fileBytes = 0;
    std::uint64_t m_dataOffset = 0;
    std::uint64_t m_blockBytes = 0;
    std::uint64_t m_blockExtra = 0;
    std::vector<std::uint32_t> m_map;
};

} // namespace

bool looksLikeVdi(const ImageFile& file)
{
    std::array<std::byte, 4> signature{};
    return file.readAt(SignatureAt, signature) && loadLittle<std::uint32_t>(signature) == Signature;
}

Result<std::unique_ptr<ImageReader>> openVdi(ImageFile file)
{
    return VdiImage::open(std::move(file));
}

} // namespace engine::block

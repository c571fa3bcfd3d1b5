// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/checked.h"
#include "block/byte_order.h"
#include "block/import/foreign_image.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <string_view>

namespace engine::block {

namespace {

// Microsoft Virtual Hard Disk Image Format Specification 1.0; all numbers are big endian.
constexpr std::string_view FooterCookie = "conectix";
constexpr std::string_view HeaderCookie = "cxsparse";
constexpr std::size_t FooterBytes = 512;
constexpr std::size_t DynamicHeaderBytes = 1024;
constexpr std::uint32_t Fixed = 2;
constexpr std::uint32_t Dynamic = 3;
constexpr std::uint32_t AbsentBlock = 0xffffffff;

bool startsWith(std::span<const std::byte> bytes, std::string_view text)
{
    return bytes.size() >= text.size() && std::memcmp(bytes.data(), text.data(), text.size()) == 0;
}

/// Hard Disk Footer Format: the fields that we use.
struct Footer {
    std::uint64_t dataOffset = 0;
    std::uint64_t capacity = 0;
    std::uint32_t type = 0;
};

Footer parseFooter(std::span<const std::byte> raw)
{
    Footer footer{.dataOffset = loadBig<std::uint64_t>(raw, 16),
                  .capacity = loadBig<std::uint64_t>(raw, 48),
                  .type = loadBig<std::uint32_t>(raw, 60)};
    // Virtual PC and programs that imitate it mean the geometry, which may be less than the size.
    const auto creator = raw.subspan(28, 4);
    const std::uint64_t geometry = std::uint64_t{loadBig<std::uint16_t>(raw, 56)}
                                   * std::to_integer<unsigned>(raw[58]) * std::to_integer<unsigned>(raw[59])
                                   * 512;
    constexpr std::uint64_t LargestGeometry = 65535ULL * 16 * 255 * 512;
    if ((startsWith(creator, "vpc ") || startsWith(creator, "qemu")) && geometry != 0
        && geometry < LargestGeometry)
        footer.capacity = geometry;
    return footer;
}

class VhdImage final : public ForeignImage {
public:
    static Result<std::unique_ptr<ImageReader>> open(ImageFile file)
    {
        std::unique_ptr<VhdImage> image(new VhdImage(std::move(file)));
        VM_TRY(image->readFooter());
        return image;
    }
    [[nodiscard]] std::string_view formatName() const override { return "vhd"; }

protected:
    Place locate(std::uint64_t offset) override
    {
        Place place{.file = &m_file, .offset = offset, .length = m_capacity - offset};
        if (!m_isFixed) {
            const std::uint64_t inBlock = offset % m_blockBytes;
            place.length = std::min(m_blockBytes - inBlock, place.length);
            const std::uint32_t sector = m_table[offset / m_blockBytes];
            if (sector == AbsentBlock)
                return place;
            // A bitmap of the block's sectors stands before the data.
            const std::uint64_t bitmapBytes =
                (m_blockBytes / SectorBytes / 8 + SectorBytes - 1) & ~(SectorBytes - 1);
            place.offset = sector * SectorBytes + bitmapBytes + inBlock;
        }
        place.kind =
            isInside(place.offset, place.length, m_fileBytes) ? Place::Kind::Stored : Place::Kind::Damaged;
        return place;
    }

private:
    explicit VhdImage(ImageFile file) : m_file(std::move(file)) {}

    Result<> readFooter()
    {
        m_fileBytes = VM_TRY(m_file.size());
        if (m_fileBytes < FooterBytes)
            return foreignDamage("VHD", m_file, "it is too short");
        std::vector<std::byte> raw =
            VM_TRY(readInside("VHD", m_file, m_fileBytes - FooterBytes, FooterBytes, "its footer"));
        if (!startsWith(raw, FooterCookie)) // an interrupted program; dynamic disks have a copy in front
            raw = VM_TRY(readInside("VHD", m_file, 0, FooterBytes, "its footer"));
        if (!startsWith(raw, FooterCookie))
            return foreignDamage("VHD", m_file, "it has no footer");
        const Footer footer = parseFooter(raw);
        m_capacity = footer.capacity / SectorBytes * SectorBytes;
        m_isFixed = footer.type == Fixed;
        if (m_isFixed) {
            if (m_capacity > m_fileBytes - FooterBytes)
                return foreignDamage("VHD", m_file, "it is shorter than its disk");
            return {};
        }
        if (footer.type != Dynamic)
            return foreignRefusal("VHD", m_file, "is a differencing image; merge it with its base first");
        return readTable(footer.dataOffset);
    }

    /// Dynamic Disk Header Format, then the Block Allocation Table.
    Result<> readTable(std::uint64_t headerOffset)
    {
        const std::vector<std::byte> raw =
            VM_TRY(readInside("VHD", m_file, headerOffset, DynamicHeaderBytes, "its dynamic disk header"));
        if (!startsWith(raw, HeaderCookie))
            return foreignDamage("VHD", m_file, "it has no dynamic disk header");
        const auto entries = loadBig<std::uint32_t>(raw, 28);
        m_blockBytes = loadBig<std::uint32_t>(raw, 32);
        if (m_blockBytes < SectorBytes || (m_blockBytes & (m_blockBytes - 1)) != 0)
            return foreignDamage("VHD", m_file, "its block size is impossible");
        const std::uint64_t needed = m_capacity / m_blockBytes + (m_capacity % m_blockBytes != 0 ? 1 : 0);
        if (entries > MaxTableEntries || needed > entries)
            return foreignDamage("VHD", m_file, "its number of blocks doesn't fit its size");
        const std::vector<std::byte> table =
            VM_TRY(readInside("VHD", m_file, loadBig<std::uint64_t>(raw, 16),
                              std::uint64_t{entries} * sizeof(std::uint32_t), "its block table"));
        m_table.resize(entries);
        for (std::size_t i = 0; i < m_table.size(); ++i)
            m_table[i] = loadBig<std::uint32_t>(table, i * sizeof(std::uint32_t));
        return {};
    }

    ImageFile m_file;
    std::uint64_t m_fileBytes = 0;
    bool m_isFixed = false;
    std::uint64_t m_blockBytes = 0;
    std::vector<std::uint32_t> m_table;
};

} // namespace

bool looksLikeVhd(const ImageFile& file)
{
    std::array<std::byte, 8> cookie{};
    if (file.readAt(0, cookie) && startsWith(cookie, FooterCookie))
        return true;
    const auto size = file.size();
    return size && *size >= FooterBytes && file.readAt(*size - FooterBytes, cookie)
           && startsWith(cookie, FooterCookie);
}

Result<std::unique_ptr<ImageReader>> openVhd(ImageFile file)
{
    return VhdImage::open(std::move(file));
}

} // namespace engine::block

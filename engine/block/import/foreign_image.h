// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "block/image.h"
#include "block/image_file.h"

#include <memory>
#include <string>
#include <vector>

namespace engine::block {

/// Base of the readers of other programs' formats: read-only, blocking, for conversion. Headers are
/// checked before anything is allocated by their numbers.
class ForeignImage : public ImageReader {
public:
    [[nodiscard]] std::uint64_t capacity() const override { return m_capacity; }
    [[nodiscard]] Async<BlockStatus> read(std::uint64_t offset, IoVectors into) override;
    [[nodiscard]] Async<ImageRun> map(std::uint64_t offset, std::uint64_t length) override;

protected:
    /// Where the byte at one offset of the disk is.
    struct Place {
        enum class Kind : std::uint8_t {
            Zero,
            Stored, ///< at `offset` of `file`
            Packed, ///< `packedBytes` of zlib data there unpack to `unpackedBytes`
            Damaged,
        };
        Kind kind = Kind::Zero;
        const ImageFile* file = nullptr;
        std::uint64_t offset = 0;
        std::uint64_t length = 0; ///< of the disk, from the asked offset, for which this holds
        std::uint64_t packedBytes = 0;
        std::uint64_t unpackedBytes = 0;
        std::uint64_t skip = 0; ///< of the unpacked bytes, before the asked offset
    };

    /// `offset` is below the capacity.
    [[nodiscard]] virtual Place locate(std::uint64_t offset) = 0;

    static constexpr std::uint64_t SectorBytes = 512;
    /// Tables of block positions that we are ready to hold: 32 Mi entries.
    static constexpr std::uint64_t MaxTableEntries = 32ULL << 20;

    std::uint64_t m_capacity = 0;

private:
    [[nodiscard]] BlockStatus readPlace(const Place& place, const IoVectors& into);
    [[nodiscard]] bool unpack(const Place& place);

    const ImageFile* m_unpackedFile = nullptr; ///< which packed block `m_unpacked` holds
    std::uint64_t m_unpackedOffset = 0;
    std::vector<std::byte> m_unpacked;
};

/// "the VDI image 'x.vdi' is damaged: why"
[[nodiscard]] std::unexpected<Error> foreignDamage(std::string_view format, const ImageFile& file,
                                                   std::string_view why);
/// "the VDI image 'x.vdi' why"
[[nodiscard]] std::unexpected<Error> foreignRefusal(std::string_view format, const ImageFile& file,
                                                    std::string_view why);
/// Reads `bytes` at `offset` when they lie in the file.
[[nodiscard]] Result<std::vector<std::byte>> readInside(std::string_view format, const ImageFile& file,
                                                        std::uint64_t offset, std::uint64_t bytes,
                                                        std::string_view what);

[[nodiscard]] Result<std::unique_ptr<ImageReader>> openVdi(ImageFile file);
[[nodiscard]] Result<std::unique_ptr<ImageReader>> openVhd(ImageFile file);
[[nodiscard]] Result<std::unique_ptr<ImageReader>> openVhdx(ImageFile file);
/// Opens extent files beside the descriptor as well.
[[nodiscard]] Result<std::unique_ptr<ImageReader>> openVmdk(ImageFile file);

/// Whether the file starts (or, for fixed VHD, ends) like one of that format.
[[nodiscard]] bool looksLikeVdi(const ImageFile& file);
[[nodiscard]] bool looksLikeVhd(const ImageFile& file);
[[nodiscard]] bool looksLikeVhdx(const ImageFile& file);
[[nodiscard]] bool looksLikeVmdk(const ImageFile& file);

} // namespace engine::block

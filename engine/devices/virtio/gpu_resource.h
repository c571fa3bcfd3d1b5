// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/state.h"
#include "display/damage_region.h"
#include "memory/guest_memory.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

namespace engine::virtio::gpu {

/// The order of a pixel's bytes in the guest's memory, lowest first (VIRTIO 1.2, 5.7.6.8: enum
/// virtio_gpu_formats).
enum class Format : std::uint32_t {
    Bgra = 1,
    Bgrx = 2,
    Argb = 3,
    Xrgb = 4,
    Rgba = 67,
    Xbgr = 68,
    Abgr = 121,
    Rgbx = 134,
};
[[nodiscard]] std::optional<Format> formatFrom(std::uint32_t number);

/// A picture that the driver has made: pixels on the host's side, 0xAARRGGBB whatever the guest's format
/// is, and the pieces of guest memory that they are copied from. The pixels move into a memfd of their
/// own once they are to be shown. Callers serialise.
class Resource {
public:
    static constexpr std::uint32_t MaxSide = 16384;
    /// Drivers send one entry for each run of pages.
    static constexpr std::uint32_t MaxEntries = 16384;
    struct Piece {
        GuestAddress address;
        std::uint32_t length = 0;
    };

    /// Sides are 1 to MaxSide.
    Resource(Format format, std::uint32_t width, std::uint32_t height);
    [[nodiscard]] static std::uint64_t bytesFor(std::uint32_t width, std::uint32_t height)
    {
        return std::uint64_t{width} * height * sizeof(std::uint32_t);
    }

    [[nodiscard]] std::uint32_t width() const { return m_width; }
    [[nodiscard]] std::uint32_t height() const { return m_height; }
    [[nodiscard]] std::uint64_t bytes() const { return bytesFor(m_width, m_height); }
    [[nodiscard]] std::span<const std::uint32_t> pixels() const;

    void setBacking(std::vector<Piece> pieces);
    void dropBacking();
    [[nodiscard]] bool hasBacking() const { return !m_pieces.empty(); }

    [[nodiscard]] bool contains(const display::Rect& rect) const
    {
        return !rect.isEmpty() && rect.right() <= m_width && rect.bottom() <= m_height;
    }
    /// Copies a rectangle, which lies inside, from the backing, where its first pixel is at `offset`. An
    /// error when the backing is too short or not RAM; the rows before that are copied.
    [[nodiscard]] Result<> transfer(const GuestMemory& memory, const display::Rect& rect,
                                    std::uint64_t offset);

    /// The memfd with the pixels, made at the first call.
    [[nodiscard]] Result<std::shared_ptr<HostBlock>> share();
    [[nodiscard]] const std::shared_ptr<HostBlock>& block() const { return m_block; }

    void saveState(StateWriter& out) const;
    /// nullopt when the state makes no sense; the reader remembers what it found broken itself. At most
    /// `limit` bytes of pixels.
    [[nodiscard]] static std::optional<Resource> readState(StateReader& in, std::uint64_t limit);

private:
    [[nodiscard]] std::uint32_t* data();
    [[nodiscard]] Result<> copyFromBacking(const GuestMemory& memory, std::uint64_t offset,
                                           std::span<std::byte> into) const;

    Format m_format;
    std::uint32_t m_width;
    std::uint32_t m_height;
    std::vector<std::uint32_t> m_pixels; // empty once m_block is there
    std::shared_ptr<HostBlock> m_block;
    std::vector<Piece> m_pieces;
    std::vector<std::uint64_t> m_ends; // of the pieces, counted from the backing's first byte
};

} // namespace engine::virtio::gpu

// SPDX-License-Identifier: GPL-3.0-or-later
#include "devices/virtio/gpu_resource.h"

#include <algorithm>
#include <bit>
#include <cstring>

namespace engine::virtio::gpu {

namespace {

constexpr std::uint64_t PixelBytes = sizeof(std::uint32_t);

/// One pixel from the guest's order of bytes to 0xAARRGGBB.
std::uint32_t convert(std::uint32_t pixel, Format format)
{
    switch (format) {
    case Format::Bgra:
    case Format::Bgrx: return pixel;
    case Format::Argb:
    case Format::Xrgb: return std::byteswap(pixel);
    case Format::Rgba:
    case Format::Rgbx: return (pixel & 0xff00ff00) | (pixel & 0xff) << 16 | (pixel >> 16 & 0xff);
    case Format::Xbgr:
    case Format::Abgr: return std::rotr(pixel, 8);
    }
    return pixel;
}

bool needsConversion(Format format)
{
    return format != Format::Bgra && format != Format::Bgrx;
}

} // namespace

std::optional<Format> formatFrom(std::uint32_t number)
{
    switch (static_cast<Format>(number)) {
    case Format::Bgra:
    case Format::Bgrx:
    case Format::Argb:
    case Format::Xrgb:
    case Format::Rgba:
    case Format::Xbgr:
    case Format::Abgr:
    case Format::Rgbx: return static_cast<Format>(number);
    }
    return std::nullopt;
}

Resource::Resource(Format format, std::uint32_t width, std::uint32_t height)
    : m_format(format), m_width(width), m_height(height), m_pixels(std::size_t{width} * height)
{}

std::uint32_t* Resource::data()
{
    // SAFETY: the block has whole pages and holds width * height pixels; only bytes, no objects, live there.
    return m_block ? reinterpret_cast<std::uint32_t*>(m_block->data()) : m_pixels.data();
}

std::span<const std::uint32_t> Resource::pixels() const
{
    const std::size_t count = std::size_t{m_width} * m_height;
    if (m_block) // SAFETY: as in data()
        return {reinterpret_cast<const std::uint32_t*>(m_block->data()), count};
    return {m_pixels.data(), count};
}

void Resource::setBacking(std::vector<Piece> pieces)
{
    m_pieces = std::move(pieces);
    m_ends.clear();
    std::uint64_t end = 0; // at most MaxEntries * 4 GiB
    for (const Piece& piece : m_pieces)
        m_ends.push_back(end += piece.length);
}

void Resource::dropBacking()
{
    m_pieces.clear();
    m_ends.clear();
}

Result<> Resource::copyFromBacking(const GuestMemory& memory, std::uint64_t offset,
                                   std::span<std::byte> into) const
{
    auto index = static_cast<std::size_t>(std::ranges::upper_bound(m_ends, offset) - m_ends.begin());
    while (!into.empty()) {
        if (index >= m_pieces.size())
            return fail(ErrorCode::InvalidArgument, "a picture's backing is too short");
        const Piece& piece = m_pieces[index];
        const std::uint64_t begin = m_ends[index] - piece.length;
        const std::uint64_t skip = offset - begin;
        const auto count =
            static_cast<std::size_t>(std::min<std::uint64_t>(piece.length - skip, into.size()));
        const auto from = piece.address.checkedAdd(skip);
        if (!from)
            return fail(ErrorCode::InvalidArgument, "a picture's backing wraps around");
        VM_TRY(memory.read(*from, into.first(count)));
        into = into.subspan(count);
        offset += count;
        ++index;
    }
    return {};
}

Result<> Resource::transfer(const GuestMemory& memory, const display::Rect& rect, std::uint64_t offset)
{
    const std::uint64_t stride = m_width * PixelBytes;
    // Whole rows follow each other on both sides: one copy.
    const bool whole = rect.width == m_width;
    const std::uint32_t runs = whole ? 1 : rect.height;
    const std::size_t runPixels = std::size_t{rect.width} * (whole ? rect.height : 1);
    for (std::uint32_t run = 0; run < runs; ++run) {
        const std::span target(data() + std::size_t{rect.y + run} * m_width + rect.x, runPixels);
        const std::uint64_t from = offset + run * stride;
        if (from < offset)
            return fail(ErrorCode::InvalidArgument, "a picture's offset wraps around");
        VM_TRY(copyFromBacking(memory, from, std::as_writable_bytes(target)));
        if (needsConversion(m_format))
            std::ranges::transform(target, target.begin(),
                                   [this](std::uint32_t pixel) { return convert(pixel, m_format); });
    }
    return {};
}

Result<std::shared_ptr<HostBlock>> Resource::share()
{
    if (!m_block) {
        auto block = VM_TRY(HostBlock::create("gpu-picture", bytes()));
        VM_TRY(block->write(0, std::as_bytes(std::span(m_pixels))));
        m_block = std::move(block);
        m_pixels = {};
    }
    return m_block;
}

void Resource::saveState(StateWriter& out) const
{
    out.integer(static_cast<std::uint32_t>(m_format));
    out.integer(m_width);
    out.integer(m_height);
    out.bytes(std::as_bytes(pixels()));
    out.integer(static_cast<std::uint32_t>(m_pieces.size()));
    for (const Piece& piece : m_pieces) {
        out.integer(piece.address.raw());
        out.integer(piece.length);
    }
}

std::optional<Resource> Resource::readState(StateReader& in, std::uint64_t limit)
{
    const auto format = formatFrom(in.integer<std::uint32_t>());
    const auto width = in.integer<std::uint32_t>();
    const auto height = in.integer<std::uint32_t>();
    if (!format || width == 0 || height == 0 || width > MaxSide || height > MaxSide
        || bytesFor(width, height) > limit)
        return std::nullopt;
    Resource resource(*format, width, height);
    in.bytes(std::as_writable_bytes(std::span(resource.m_pixels)));
    const auto count = in.integer<std::uint32_t>();
    if (count > MaxEntries)
        return std::nullopt;
    std::vector<Piece> pieces(count);
    for (Piece& piece : pieces) {
        piece.address = GuestAddress(in.integer<std::uint64_t>());
        piece.length = in.integer<std::uint32_t>();
    }
    resource.setBacking(std::move(pieces));
    return resource;
}

} // namespace engine::virtio::gpu

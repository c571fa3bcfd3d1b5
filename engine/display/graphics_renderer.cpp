// SPDX-License-Identifier: GPL-3.0-or-later
#include "display/graphics_renderer.h"

#include "display/pixel_conversion.h"

namespace engine::display {

namespace {

bool isRowDirty(const DirtyPages& dirty, const VideoMemory& memory, std::uint32_t offset,
                std::uint32_t length)
{
    const std::uint32_t size = memory.sizeBytes();
    const std::uint32_t start = offset & (size - 1);
    if (length <= size - start)
        return dirty.isRangeDirty(start, length);
    return dirty.isRangeDirty(start, size - start) || dirty.isRangeDirty(0, length - (size - start));
}

} // namespace

DamageRegion GraphicsRenderer::draw(FrameBuffer& frame, const VideoMemory& memory, const GraphicsMode& mode,
                                    const GraphicsPalettes& palettes, const DirtyPages& dirty)
{
    const bool all = !m_valid || mode != m_mode || palettes != m_palettes;
    if (!m_valid || mode != m_mode)
        m_lines = sourceLines(mode);
    m_mode = mode;
    m_palettes = palettes;
    m_valid = true;

    DamageRegion damage;
    const std::uint32_t rowBytes = mode.rowBytes();
    const SourceLine* converted = nullptr;
    for (std::uint32_t y = 0; y < m_lines.size(); ++y) {
        const SourceLine& line = m_lines[y];
        if (!all && !isRowDirty(dirty, memory, line.offset, rowBytes))
            continue;
        if (!converted || *converted != line)
            convertRow(memory, mode, palettes, line);
        converted = &line;
        damage.add(frame.update(0, y, std::span(m_row).first(mode.width)));
    }
    return damage;
}

void GraphicsRenderer::convertRow(const VideoMemory& memory, const GraphicsMode& mode,
                                  const GraphicsPalettes& palettes, const SourceLine& line)
{
    // Panning shows up to seven source pixels more at the right.
    constexpr std::uint32_t PanningRoom = 16;
    const bool doubled = mode.doubleDots || mode.layout == PixelLayout::Chained256;
    const std::uint32_t pixels = mode.width / (doubled ? 2 : 1);
    m_row.resize(std::size_t{mode.width} + std::size_t{PanningRoom} * 2);
    const std::span source = std::span(m_row).first(pixels + PanningRoom);
    const ByteSource bytes{.memory = memory, .offset = line.offset};
    switch (mode.layout) {
    case PixelLayout::Planar16: convertPlanar(bytes, mode.planes, palettes.attribute, source); break;
    case PixelLayout::Interleaved4: convertInterleaved(bytes, mode.planes, palettes.attribute, source); break;
    case PixelLayout::Chained256:
    case PixelLayout::Packed8: convertIndexed(bytes, palettes.dac, source); break;
    case PixelLayout::Packed15: convert15(bytes, mode.bigEndian, source); break;
    case PixelLayout::Packed16: convert16(bytes, mode.bigEndian, source); break;
    case PixelLayout::Packed24: convert24(bytes, mode.bigEndian, source); break;
    case PixelLayout::Packed32: convert32(bytes, mode.bigEndian, source); break;
    }
    if (line.panning != 0)
        std::copy(source.begin() + line.panning, source.end(), source.begin());
    // From the right, so that no source pixel is overwritten before it is read.
    if (doubled)
        for (std::size_t x = pixels; x-- > 0;)
            m_row[2 * x] = m_row[2 * x + 1] = m_row[x];
}

} // namespace engine::display

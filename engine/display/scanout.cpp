// SPDX-License-Identifier: GPL-3.0-or-later
#include "display/scanout.h"

#include "display/vga_palette.h"

#include <algorithm>
#include <utility>

namespace engine::display {

namespace {

constexpr std::uint32_t BlankWidth = 640;
constexpr std::uint32_t BlankHeight = 480;

/// The pixels behind the bytes [begin, end) of a picture, counted from its first pixel.
Rect rectOfBytes(std::uint64_t begin, std::uint64_t end, const FrameDescriptor& frame)
{
    const std::uint64_t firstRow = begin / frame.stride;
    const std::uint64_t lastRow = (end - 1) / frame.stride;
    if (firstRow >= frame.height)
        return {};
    const auto y = static_cast<std::uint32_t>(firstRow);
    const auto rows =
        static_cast<std::uint32_t>(std::min<std::uint64_t>(lastRow, frame.height - 1) - firstRow + 1);
    if (rows > 1)
        return {.x = 0, .y = y, .width = frame.width, .height = rows};
    // Within one row the columns are known, too.
    const std::uint64_t left = std::min<std::uint64_t>(begin % frame.stride / 4, frame.width);
    const std::uint64_t right = std::min<std::uint64_t>((end - 1) % frame.stride / 4 + 1, frame.width);
    return {.x = static_cast<std::uint32_t>(left),
            .y = y,
            .width = static_cast<std::uint32_t>(right - left),
            .height = 1};
}

} // namespace

DamageRegion linearDamage(const DirtyPages& dirty, const FrameDescriptor& frame)
{
    DamageRegion damage;
    const std::uint64_t length = std::uint64_t{frame.stride} * frame.height;
    const std::uint64_t end = frame.offset + length;
    constexpr std::uint64_t Page = DirtyPages::PageBytes;
    for (std::uint64_t page = frame.offset / Page; page * Page < end;) {
        if (!dirty.isDirty(page)) {
            ++page;
            continue;
        }
        const std::uint64_t runBegin = std::max(page * Page, frame.offset);
        while (page * Page < end && dirty.isDirty(page))
            ++page;
        damage.add(rectOfBytes(runBegin - frame.offset, std::min(page * Page, end) - frame.offset, frame));
    }
    return damage;
}

Scanout::Update Scanout::refresh(std::chrono::nanoseconds now)
{
    if (m_drawn) {
        const auto drawn = m_drawn->take();
        if (drawn.inCharge)
            return showDrawn(drawn);
        if (std::exchange(m_showsDrawn, false))
            m_generation = 0; // all of the VGA's picture is to be drawn again
    }
    // Pages first: a write that comes between is then seen at the next refresh, never lost.
    const DirtyPages dirty = m_adapter.takeDirty();
    const std::uint64_t generation = m_adapter.pictureGeneration();
    const BlinkPhase phase = phaseAt(now);
    const bool registersChanged = generation != m_generation;
    if (!registersChanged && !dirty.isAny() && (phase == m_phase || !nextBlink(now)))
        return {};
    if (registersChanged) {
        m_state = m_adapter.state();
        const PictureKind kind = pictureKind(m_state);
        if (kind != m_kind || m_generation == 0) {
            m_text.invalidate();
            m_graphics.invalidate();
        }
        m_kind = kind;
        m_generation = generation;
    }
    m_phase = phase;
    switch (m_kind) {
    case PictureKind::Blank: return showBlank();
    case PictureKind::Text: {
        Update update = showText(phase);
        update.onlyBlinking = !registersChanged && !dirty.isAny();
        return update;
    }
    case PictureKind::Graphics: return showGraphics(dirty);
    }
    return {};
}

Scanout::Update Scanout::showDrawn(const DrawnScreen::Update& drawn)
{
    const bool taken = !std::exchange(m_showsDrawn, true);
    if (!drawn.frame.isValid()) {
        // Dark: looked at once, as nothing of it changes.
        const bool dark = m_frame.isValid() && m_frame.block == m_buffer.block();
        return dark && !taken ? Update{} : showBlank();
    }
    Update update;
    update.frameReplaced = replaceFrame(drawn.frame);
    if (!update.frameReplaced)
        update.damage = drawn.damage;
    return update;
}

void Scanout::release()
{
    m_buffer.release();
    m_generation = 0; // the next refresh draws all of it
}

BlinkPhase Scanout::phaseAt(std::chrono::nanoseconds now) const
{
    const auto halves = now / BlinkHalfPeriod;
    // Characters blink half as fast as the cursor.
    return {.cursorShown = halves % 2 == 0, .charactersShown = halves / 2 % 2 == 0};
}

std::optional<std::chrono::nanoseconds> Scanout::nextBlink(std::chrono::nanoseconds now) const
{
    if (m_showsDrawn || m_kind != PictureKind::Text || !m_text.hasBlinking())
        return std::nullopt;
    return BlinkHalfPeriod - now % BlinkHalfPeriod;
}

bool Scanout::replaceFrame(const FrameDescriptor& wanted)
{
    FrameDescriptor next = wanted;
    next.sequence = m_frame.sequence;
    if (next == m_frame)
        return false;
    ++next.sequence;
    m_frame = std::move(next);
    return true;
}

bool Scanout::prepareOwnFrame(std::uint32_t width, std::uint32_t height)
{
    const bool owned = m_frame.block != nullptr && m_frame.block == m_buffer.block();
    if (owned && m_frame.width == width && m_frame.height == height)
        return false;
    if (!m_buffer.resize(width, height)) {
        // Too large, or no memory on the host: the picture stays as it was.
        return false;
    }
    m_text.invalidate();
    m_graphics.invalidate();
    return replaceFrame(
        {.width = width, .height = height, .stride = m_buffer.stride(), .block = m_buffer.block()});
}

Scanout::Update Scanout::showBlank()
{
    Update update;
    const auto width = m_frame.isValid() ? m_frame.width : BlankWidth;
    const auto height = m_frame.isValid() ? m_frame.height : BlankHeight;
    update.frameReplaced = prepareOwnFrame(width, height);
    if (m_buffer.width() != width || m_buffer.height() != height)
        return update;
    const std::vector<std::uint32_t> black(width);
    for (std::uint32_t y = 0; y < height; ++y)
        update.damage.add(m_buffer.update(0, y, black));
    if (update.frameReplaced)
        update.damage.clear();
    return update;
}

Scanout::Update Scanout::showText(BlinkPhase phase)
{
    const TextMode mode = decodeTextMode(m_state);
    Update update;
    update.frameReplaced = prepareOwnFrame(mode.width(), mode.height());
    if (m_buffer.width() != mode.width() || m_buffer.height() != mode.height())
        return update;
    update.damage = m_text.draw(m_buffer, m_adapter.memory(), mode, palette16(m_state), phase);
    if (update.frameReplaced)
        update.damage.clear();
    else
        update.move = m_text.move();
    return update;
}

Scanout::Update Scanout::showGraphics(const DirtyPages& dirty)
{
    const GraphicsMode mode = decodeGraphicsMode(m_state);
    if (mode.isLinear32())
        return showLinear(mode, dirty);
    Update update;
    update.frameReplaced = prepareOwnFrame(mode.width, mode.height);
    if (m_buffer.width() != mode.width || m_buffer.height() != mode.height)
        return update;
    update.damage = m_graphics.draw(m_buffer, m_adapter.memory(), mode,
                                    {.attribute = palette16(m_state), .dac = palette256(m_state)}, dirty);
    if (update.frameReplaced)
        update.damage.clear();
    return update;
}

Scanout::Update Scanout::showLinear(const GraphicsMode& mode, const DirtyPages& dirty)
{
    const FrameDescriptor wanted{.width = mode.width,
                                 .height = mode.height,
                                 .stride = mode.pitch,
                                 .block = m_adapter.videoMemory(),
                                 .offset = mode.start};
    Update update;
    if (!isContained(wanted))
        return update; // the registers clamp their geometry, so this is our own mistake: show nothing
    update.frameReplaced = replaceFrame(wanted);
    if (update.frameReplaced)
        m_buffer.discard();
    else
        update.damage = linearDamage(dirty, m_frame);
    return update;
}

} // namespace engine::display

// SPDX-License-Identifier: GPL-3.0-or-later
// What a snapshot keeps of a GPU device.
#include "devices/virtio/gpu_renderer.h"

#include <cstring>
#include <utility>

namespace engine::virtio::gpu {

void Renderer::saveState(StateWriter& out) const
{
    out.version(1);
    out.integer(m_monitor.preferredWidth);
    out.integer(m_monitor.preferredHeight);
    out.boolean(m_inCharge);
    out.integer(m_scanout.resource);
    for (const std::uint32_t side :
         {m_scanout.rect.x, m_scanout.rect.y, m_scanout.rect.width, m_scanout.rect.height})
        out.integer(side);
    out.boolean(m_cursor.defined);
    out.integer(m_cursor.hotX);
    out.integer(m_cursor.hotY);
    out.integer(static_cast<std::uint32_t>(m_cursor.position.x));
    out.integer(static_cast<std::uint32_t>(m_cursor.position.y));
    out.bytes(std::as_bytes(std::span(m_cursor.pixels)));
    out.integer(static_cast<std::uint32_t>(m_resources.size()));
    for (const auto& [id, resource] : m_resources) {
        out.integer(id);
        resource.saveState(out);
    }
}

Result<> Renderer::restoreState(StateReader& in)
{
    const auto nonsense = [] {
        return fail(ErrorCode::Corrupt, "the saved state of the GPU makes no sense");
    };
    Renderer next(m_screen);
    next.m_memory = m_memory;
    (void)in.version(1);
    const auto width = in.integer<std::uint32_t>();
    const auto height = in.integer<std::uint32_t>();
    next.setMonitor({.preferredWidth = width, .preferredHeight = height, .wholeCharacters = false});
    next.m_inCharge = in.boolean();
    next.m_scanout.resource = in.integer<std::uint32_t>();
    display::Rect& rect = next.m_scanout.rect;
    for (std::uint32_t* side : {&rect.x, &rect.y, &rect.width, &rect.height})
        *side = in.integer<std::uint32_t>();
    Cursor& cursor = next.m_cursor;
    cursor.defined = in.boolean();
    cursor.hotX = in.integer<std::uint32_t>();
    cursor.hotY = in.integer<std::uint32_t>();
    cursor.position.x = static_cast<std::int32_t>(in.integer<std::uint32_t>());
    cursor.position.y = static_cast<std::int32_t>(in.integer<std::uint32_t>());
    const std::vector<std::byte> image =
        in.bytes(std::size_t{CursorSide} * CursorSide * sizeof(std::uint32_t));
    cursor.pixels.resize(image.size() / sizeof(std::uint32_t));
    if (!cursor.pixels.empty())
        std::memcpy(cursor.pixels.data(), image.data(), cursor.pixels.size() * sizeof(std::uint32_t));
    const bool wholeImage = cursor.pixels.size() == std::size_t{CursorSide} * CursorSide;
    if (cursor.hotX >= CursorSide || cursor.hotY >= CursorSide || (!image.empty() && !wholeImage))
        return nonsense();
    const auto count = in.integer<std::uint32_t>();
    if (count > MaxResources)
        return nonsense();
    for (std::uint32_t i = 0; i < count; ++i) {
        const auto id = in.integer<std::uint32_t>();
        auto resource = Resource::readState(in, MaxBytes - next.m_bytes);
        if (id == 0 || !resource)
            return nonsense();
        next.m_bytes += resource->bytes();
        if (!next.m_resources.try_emplace(id, std::move(*resource)).second)
            return nonsense();
    }
    VM_TRY(in.finish());
    if (next.m_scanout.resource != 0) {
        Resource* shown = next.find(next.m_scanout.resource);
        if (!shown || !shown->contains(rect))
            return nonsense();
        VM_TRY(shown->share());
    }
    m_monitor = next.m_monitor;
    m_resources = std::move(next.m_resources);
    m_bytes = next.m_bytes;
    m_inCharge = next.m_inCharge;
    m_scanout = next.m_scanout;
    m_cursor = std::move(next.m_cursor);
    if (m_inCharge)
        show();
    else
        m_screen.release();
    if (m_cursor.defined)
        showCursor();
    return {};
}

} // namespace engine::virtio::gpu

// SPDX-License-Identifier: GPL-3.0-or-later
#include "devices/virtio/gpu_renderer.h"

#include <algorithm>
#include <cstring>

namespace engine::virtio::gpu {

namespace {

display::Rect toRect(const Rectangle& r)
{
    return {.x = r.x, .y = r.y, .width = r.width, .height = r.height};
}

template <class T>
std::vector<std::byte> bytesOf(const T& answer)
{
    const auto bytes = std::as_bytes(std::span(&answer, 1));
    return {bytes.begin(), bytes.end()};
}

std::vector<std::byte> plain(Response response)
{
    return bytesOf(Header{.type = static_cast<std::uint32_t>(response)});
}

/// The driver's pointer images have their colours multiplied with alpha; ours do not.
std::uint32_t unmultiplied(std::uint32_t pixel)
{
    const std::uint32_t alpha = pixel >> 24;
    if (alpha == 0)
        return 0;
    std::uint32_t result = alpha << 24;
    for (const unsigned shift : {16U, 8U, 0U})
        result |= std::min<std::uint32_t>(((pixel >> shift & 0xff) * 255 + alpha / 2) / alpha, 255) << shift;
    return result;
}

} // namespace

std::optional<std::vector<std::byte>> Renderer::control(const DescriptorChain& chain)
{
    const auto header = chain.readObject<Header>(0);
    if (!header)
        return std::nullopt;
    Answer answer = dispatch(static_cast<Command>(header->type), chain);
    // Every command is complete when it is answered, so a fence is passed with its answer (5.7.6.7).
    Header reply;
    std::memcpy(&reply, answer.data(), sizeof reply);
    if ((header->flags & FlagFence) != 0) {
        reply.flags = FlagFence;
        reply.fenceId = header->fenceId;
        reply.contextId = header->contextId;
    }
    std::memcpy(answer.data(), &reply, sizeof reply);
    return answer;
}

Renderer::Answer Renderer::dispatch(Command command, const DescriptorChain& chain)
{
    /// Runs a handler on a copy of the request; one that is too short is refused.
    const auto with = [&]<class Request>(Response (Renderer::*handler)(const Request&)) {
        const auto request = chain.readObject<Request>(0);
        return plain(request ? (this->*handler)(*request) : Response::InvalidParameter);
    };
    switch (command) {
    case Command::GetDisplayInfo: return displayInfo();
    case Command::GetEdid: {
        const auto request = chain.readObject<GetEdid>(0);
        return request ? edid(*request) : plain(Response::InvalidParameter);
    }
    case Command::CreateResource2d: return with(&Renderer::create);
    case Command::UnrefResource: return with(&Renderer::unref);
    case Command::SetScanout: return with(&Renderer::setScanout);
    case Command::FlushResource: return with(&Renderer::flush);
    case Command::TransferToHost2d: return with(&Renderer::transfer);
    case Command::DetachBacking: return with(&Renderer::detach);
    case Command::AttachBacking: {
        const auto request = chain.readObject<AttachBacking>(0);
        return plain(request ? attach(*request, chain) : Response::InvalidParameter);
    }
    default: return plain(Response::Unspecified);
    }
}

Renderer::Answer Renderer::displayInfo() const
{
    DisplayInfo info;
    info.header.type = static_cast<std::uint32_t>(Response::DisplayInfo);
    info.modes[0] = {.rectangle = {.width = m_monitor.preferredWidth, .height = m_monitor.preferredHeight},
                     .enabled = 1};
    return bytesOf(info);
}

Renderer::Answer Renderer::edid(const GetEdid& request) const
{
    if (request.scanout != 0)
        return plain(Response::InvalidScanout);
    const auto block = display::buildEdid(m_monitor);
    EdidAnswer answer{.header = {.type = static_cast<std::uint32_t>(Response::Edid)}, .size = block.size()};
    std::memcpy(answer.edid.data(), block.data(), block.size());
    return bytesOf(answer);
}

Resource* Renderer::find(std::uint32_t id)
{
    const auto found = m_resources.find(id);
    return found == m_resources.end() ? nullptr : &found->second;
}

Response Renderer::create(const CreateResource2d& request)
{
    const auto format = formatFrom(request.format);
    if (request.resource == 0 || find(request.resource))
        return Response::InvalidResource;
    if (!format || request.width == 0 || request.height == 0 || request.width > Resource::MaxSide
        || request.height > Resource::MaxSide)
        return Response::InvalidParameter;
    const std::uint64_t bytes = Resource::bytesFor(request.width, request.height);
    if (m_resources.size() >= MaxResources || bytes > MaxBytes - m_bytes)
        return Response::OutOfMemory;
    m_resources.try_emplace(request.resource, *format, request.width, request.height);
    m_bytes += bytes;
    return Response::Ok;
}

Response Renderer::unref(const ResourceOnly& request)
{
    const Resource* resource = find(request.resource);
    if (!resource)
        return Response::InvalidResource;
    if (m_scanout.resource == request.resource) {
        m_scanout = {};
        show();
    }
    m_bytes -= resource->bytes();
    m_resources.erase(request.resource);
    return Response::Ok;
}

std::size_t Renderer::sharedCount() const
{
    return static_cast<std::size_t>(std::ranges::count_if(
        m_resources, [](const auto& entry) { return entry.second.block() != nullptr; }));
}

Response Renderer::setScanout(const SetScanout& request)
{
    if (request.scanout != 0)
        return Response::InvalidScanout;
    if (request.resource == 0) {
        m_scanout = {};
        show();
        return Response::Ok;
    }
    Resource* resource = find(request.resource);
    if (!resource)
        return Response::InvalidResource;
    if (!resource->contains(toRect(request.rectangle)))
        return Response::InvalidParameter;
    if ((!resource->block() && sharedCount() >= MaxShared) || !resource->share())
        return Response::OutOfMemory;
    m_scanout = {.resource = request.resource, .rect = toRect(request.rectangle)};
    show();
    return Response::Ok;
}

void Renderer::show()
{
    Resource* resource = find(m_scanout.resource);
    if (!resource) {
        // Before its first picture the driver has nothing to switch off.
        if (m_inCharge)
            m_screen.show({});
        return;
    }
    m_inCharge = true;
    constexpr std::uint32_t PixelBytes = sizeof(std::uint32_t);
    const std::uint32_t stride = resource->width() * PixelBytes;
    const display::Rect& rect = m_scanout.rect;
    m_screen.show({.width = rect.width,
                   .height = rect.height,
                   .stride = stride,
                   .block = resource->block(),
                   .offset = std::uint64_t{rect.y} * stride + std::uint64_t{rect.x} * PixelBytes});
}

Response Renderer::flush(const FlushResource& request)
{
    Resource* resource = find(request.resource);
    if (!resource)
        return Response::InvalidResource;
    if (!resource->contains(toRect(request.rectangle)))
        return Response::InvalidParameter;
    if (request.resource != m_scanout.resource)
        return Response::Ok;
    display::Rect shown = display::intersect(toRect(request.rectangle), m_scanout.rect);
    if (!shown.isEmpty()) {
        shown.x -= m_scanout.rect.x;
        shown.y -= m_scanout.rect.y;
        m_screen.damage(shown);
    }
    return Response::Ok;
}

Response Renderer::transfer(const TransferToHost2d& request)
{
    Resource* resource = find(request.resource);
    if (!resource)
        return Response::InvalidResource;
    if (!resource->hasBacking() || !resource->contains(toRect(request.rectangle)))
        return Response::InvalidParameter;
    const auto copied = resource->transfer(*m_memory, toRect(request.rectangle), request.offset);
    return copied ? Response::Ok : Response::InvalidParameter;
}

Response Renderer::attach(const AttachBacking& request, const DescriptorChain& chain)
{
    Resource* resource = find(request.resource);
    if (!resource)
        return Response::InvalidResource;
    if (resource->hasBacking() || request.entries == 0 || request.entries > Resource::MaxEntries)
        return Response::InvalidParameter;
    std::vector<MemoryEntry> entries(request.entries);
    if (!chain.read(sizeof request, std::as_writable_bytes(std::span(entries))))
        return Response::InvalidParameter;
    std::vector<Resource::Piece> pieces(entries.size());
    std::ranges::transform(entries, pieces.begin(), [](const MemoryEntry& entry) {
        return Resource::Piece{.address = GuestAddress(entry.address), .length = entry.length};
    });
    resource->setBacking(std::move(pieces));
    return Response::Ok;
}

Response Renderer::detach(const ResourceOnly& request)
{
    Resource* resource = find(request.resource);
    if (!resource)
        return Response::InvalidResource;
    if (!resource->hasBacking())
        return Response::InvalidParameter;
    resource->dropBacking();
    return Response::Ok;
}

void Renderer::cursor(const DescriptorChain& chain)
{
    const auto request = chain.readObject<CursorCommand>(0);
    if (!request || request->scanout != 0)
        return;
    const auto command = static_cast<Command>(request->header.type);
    m_cursor.position = {.x = static_cast<std::int32_t>(request->x),
                         .y = static_cast<std::int32_t>(request->y)};
    if (command == Command::MoveCursor) {
        m_screen.movePointer(m_cursor.position);
        return;
    }
    if (command != Command::UpdateCursor)
        return;
    m_cursor.defined = true;
    m_cursor.hotX = std::min(request->hotX, CursorSide - 1);
    m_cursor.hotY = std::min(request->hotY, CursorSide - 1);
    const Resource* image = find(request->resource);
    m_cursor.pixels.clear();
    if (image && image->width() == CursorSide && image->height() == CursorSide)
        m_cursor.pixels.assign(image->pixels().begin(), image->pixels().end());
    showCursor();
}

void Renderer::showCursor()
{
    auto shape = std::make_shared<display::CursorShape>();
    shape->visible = !m_cursor.pixels.empty();
    if (shape->visible) {
        shape->width = shape->height = CursorSide;
        shape->hotspotX = m_cursor.hotX;
        shape->hotspotY = m_cursor.hotY;
        shape->pixels.resize(m_cursor.pixels.size());
        std::ranges::transform(m_cursor.pixels, shape->pixels.begin(), unmultiplied);
    }
    m_screen.setPointer(std::move(shape), m_cursor.position);
}

void Renderer::setMonitor(const display::EdidDescription& monitor)
{
    m_monitor = monitor;
    m_monitor.preferredWidth = std::clamp<std::uint32_t>(monitor.preferredWidth, 64, 4088);
    m_monitor.preferredHeight = std::clamp<std::uint32_t>(monitor.preferredHeight, 64, 4095);
}

void Renderer::reset()
{
    m_resources.clear();
    m_bytes = 0;
    m_scanout = {};
    m_cursor = {};
    m_inCharge = false;
    m_screen.release();
}

} // namespace engine::virtio::gpu

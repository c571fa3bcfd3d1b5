// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "devices/virtio/descriptor_chain.h"
#include "devices/virtio/gpu_protocol.h"
#include "devices/virtio/gpu_resource.h"
#include "display/drawn_screen.h"

#include <map>
#include <vector>

namespace engine::virtio::gpu {

/// Carries out a driver's 2D commands (VIRTIO 1.2, 5.7.6) and shows the results on a DrawnScreen. No
/// thread, no queue; callers serialise.
class Renderer {
public:
    /// All pictures together, on the host's side.
    static constexpr std::uint64_t MaxBytes = std::uint64_t{256} << 20;
    static constexpr std::size_t MaxResources = 4096;
    /// Pictures that have been on the screen keep a descriptor until the driver drops them.
    static constexpr std::size_t MaxShared = 64;
    static constexpr std::uint32_t CursorSide = 64;

    /// `screen` outlives this object.
    explicit Renderer(display::DrawnScreen& screen) : m_screen(screen) {}
    void setMemory(const GuestMemory& memory) { m_memory = &memory; }

    /// The answer to one request of the control queue; nullopt: too short to have a header.
    [[nodiscard]] std::optional<std::vector<std::byte>> control(const DescriptorChain& chain);
    /// A request of the cursor queue; those have no answer.
    void cursor(const DescriptorChain& chain);

    void setMonitor(const display::EdidDescription& monitor);
    /// Forgets everything; what lies below the screen shows again.
    void reset();

    void saveState(StateWriter& out) const;
    /// All or nothing.
    [[nodiscard]] Result<> restoreState(StateReader& in);

private:
    struct Scanout {
        std::uint32_t resource = 0; ///< 0: dark
        display::Rect rect;
    };
    struct Cursor {
        std::uint32_t hotX = 0;
        std::uint32_t hotY = 0;
        std::vector<std::uint32_t> pixels; ///< empty: hidden; as the guest drew them (premultiplied)
        display::PointerPosition position;
        bool defined = false;
    };
    using Answer = std::vector<std::byte>;

    [[nodiscard]] Answer dispatch(Command command, const DescriptorChain& chain);
    [[nodiscard]] Answer displayInfo() const;
    [[nodiscard]] Answer edid(const GetEdid& request) const;
    [[nodiscard]] Response create(const CreateResource2d& request);
    [[nodiscard]] Response unref(const ResourceOnly& request);
    [[nodiscard]] Response setScanout(const SetScanout& request);
    [[nodiscard]] Response flush(const FlushResource& request);
    [[nodiscard]] Response transfer(const TransferToHost2d& request);
    [[nodiscard]] Response attach(const AttachBacking& request, const DescriptorChain& chain);
    [[nodiscard]] Response detach(const ResourceOnly& request);
    [[nodiscard]] Resource* find(std::uint32_t id);
    [[nodiscard]] std::size_t sharedCount() const;
    void show();
    void showCursor();

    display::DrawnScreen& m_screen;
    const GuestMemory* m_memory = nullptr;
    display::EdidDescription m_monitor{.wholeCharacters = false};
    std::map<std::uint32_t, Resource> m_resources;
    std::uint64_t m_bytes = 0;
    bool m_inCharge = false; ///< the driver has set a scan-out since the last reset
    Scanout m_scanout;
    Cursor m_cursor;
};

} // namespace engine::virtio::gpu

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstdint>

/// What a GPU device and its driver say to each other (VIRTIO 1.2, 5.7); little-endian.
namespace engine::virtio::gpu {

inline constexpr std::uint64_t FeatureEdid = 1 << 1; ///< VIRTIO_GPU_F_EDID

inline constexpr unsigned ControlQueue = 0;
inline constexpr unsigned CursorQueue = 1;
inline constexpr std::uint32_t ScanoutLimit = 16; ///< VIRTIO_GPU_MAX_SCANOUTS

/// 5.7.4.
struct Config {
    std::uint32_t eventsRead = 0;
    std::uint32_t eventsClear = 0;
    std::uint32_t scanouts = 1;
    std::uint32_t capabilitySets = 0;
};
inline constexpr std::uint32_t EventDisplay = 1; ///< VIRTIO_GPU_EVENT_DISPLAY

/// 5.7.6.7: enum virtio_gpu_ctrl_type.
enum class Command : std::uint32_t {
    GetDisplayInfo = 0x0100,
    CreateResource2d = 0x0101,
    UnrefResource = 0x0102,
    SetScanout = 0x0103,
    FlushResource = 0x0104,
    TransferToHost2d = 0x0105,
    AttachBacking = 0x0106,
    DetachBacking = 0x0107,
    GetEdid = 0x010a,
    UpdateCursor = 0x0300,
    MoveCursor = 0x0301,
};
enum class Response : std::uint32_t {
    Ok = 0x1100,
    DisplayInfo = 0x1101,
    Edid = 0x1104,
    Unspecified = 0x1200,
    OutOfMemory = 0x1201,
    InvalidScanout = 0x1202,
    InvalidResource = 0x1203,
    InvalidParameter = 0x1205,
};

inline constexpr std::uint32_t FlagFence = 1; ///< VIRTIO_GPU_FLAG_FENCE

struct Header {
    std::uint32_t type = 0;
    std::uint32_t flags = 0;
    std::uint64_t fenceId = 0;
    std::uint32_t contextId = 0;
    std::uint32_t padding = 0; ///< ring index and padding
};
struct Rectangle {
    std::uint32_t x = 0;
    std::uint32_t y = 0;
    std::uint32_t width = 0;
    std::uint32_t height = 0;
};
struct DisplayInfo {
    struct Mode {
        Rectangle rectangle;
        std::uint32_t enabled = 0;
        std::uint32_t flags = 0;
    };
    Header header;
    std::array<Mode, ScanoutLimit> modes{};
};
struct GetEdid {
    Header header;
    std::uint32_t scanout = 0;
    std::uint32_t padding = 0;
};
struct EdidAnswer {
    Header header;
    std::uint32_t size = 0;
    std::uint32_t padding = 0;
    std::array<std::uint8_t, 1024> edid{};
};
struct CreateResource2d {
    Header header;
    std::uint32_t resource = 0;
    std::uint32_t format = 0;
    std::uint32_t width = 0;
    std::uint32_t height = 0;
};
/// UnrefResource and DetachBacking.
struct ResourceOnly {
    Header header;
    std::uint32_t resource = 0;
    std::uint32_t padding = 0;
};
struct SetScanout {
    Header header;
    Rectangle rectangle;
    std::uint32_t scanout = 0;
    std::uint32_t resource = 0;
};
struct FlushResource {
    Header header;
    Rectangle rectangle;
    std::uint32_t resource = 0;
    std::uint32_t padding = 0;
};
struct TransferToHost2d {
    Header header;
    Rectangle rectangle;
    std::uint64_t offset = 0;
    std::uint32_t resource = 0;
    std::uint32_t padding = 0;
};
/// Followed by `entries` MemoryEntry.
struct AttachBacking {
    Header header;
    std::uint32_t resource = 0;
    std::uint32_t entries = 0;
};
struct MemoryEntry {
    std::uint64_t address = 0;
    std::uint32_t length = 0;
    std::uint32_t padding = 0;
};
/// UpdateCursor and MoveCursor, 5.7.6.10.
struct CursorCommand {
    Header header;
    std::uint32_t scanout = 0;
    std::uint32_t x = 0; ///< signed in practice: the image may begin left of the screen
    std::uint32_t y = 0;
    std::uint32_t positionPadding = 0;
    std::uint32_t resource = 0;
    std::uint32_t hotX = 0;
    std::uint32_t hotY = 0;
    std::uint32_t padding = 0;
};
static_assert(sizeof(Header) == 24 && sizeof(DisplayInfo) == 24 + 16 * 24 && sizeof(EdidAnswer) == 1056);
static_assert(sizeof(CursorCommand) == 56 && sizeof(TransferToHost2d) == 56 && sizeof(SetScanout) == 48);

} // namespace engine::virtio::gpu

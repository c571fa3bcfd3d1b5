// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "devices/display/vga_state.h"
#include "devices/display/video_memory.h"

#include <cstdint>
#include <optional>

namespace engine::display {

/// The 128 KiB window at A0000: how the CPU's bytes reach the four planes (FreeVGA, "Accessing the
/// Display Memory"; Graphics Controller registers). Pure functions of the registers and the memory.
///
/// Memory layout: the four planes are interleaved, so that byte `4 * address + plane` is plane
/// `plane` at `address`. Chain-4 and DISPI modes are then simply linear.
inline constexpr std::uint32_t WindowBytes = 0x20000;

/// `offset` is relative to A0000. Reads through the planes load the latches of `state`.
[[nodiscard]] std::uint8_t readWindow(VgaState& state, const VideoMemory& memory, std::uint32_t offset);

/// Bytes of video memory that a write has touched; nullopt when none.
[[nodiscard]] std::optional<std::uint32_t> writeWindow(const VgaState& state, VideoMemory& memory,
                                                       std::uint32_t offset, std::uint8_t value);

/// A part of the window that acts exactly like memory at present: reads and writes go unchanged to
/// [memoryOffset, memoryOffset + length). All numbers are multiples of 4096.
struct DirectWindow {
    std::uint32_t windowOffset = 0;
    std::uint32_t length = 0;
    std::uint32_t memoryOffset = 0;
    bool operator==(const DirectWindow&) const = default;
};
[[nodiscard]] std::optional<DirectWindow> directWindow(const VgaState& state, std::uint32_t memoryBytes);

} // namespace engine::display

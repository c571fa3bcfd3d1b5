// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace engine::net {

/// A guest may send a large TCP segment as one frame (NetBackend::maxFrameBytes()); a wire takes no
/// more than `longest` bytes. The frames to send in its place, with all headers right; empty when
/// the frame is no TCP segment that could be cut.
[[nodiscard]] std::vector<std::vector<std::byte>> cutFrame(std::span<const std::byte> frame,
                                                           std::size_t longest);

} // namespace engine::net

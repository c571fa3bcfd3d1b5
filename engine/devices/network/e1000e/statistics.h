// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "devices/network/e1000e/register_file.h"

#include <cstddef>
#include <span>

namespace engine::e1000e {

/// Counts a frame (without its FCS, at least an Ethernet header) that went into guest memory, or out of it:
/// packets, octets with FCS, sizes, broadcasts and multicasts (datasheet 10.2.7). A frame that stands for
/// several counts as those: `segmentBytes` of its data each, behind `headerBytes`.
void countReceived(std::span<const std::byte> frame, RegisterFile& registers);
void countSent(std::span<const std::byte> frame, RegisterFile& registers, std::size_t headerBytes = 0,
               std::size_t segmentBytes = 0);

} // namespace engine::e1000e

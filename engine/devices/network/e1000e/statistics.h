// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "devices/network/e1000e/register_file.h"

#include <cstddef>
#include <span>

namespace engine::e1000e {

/// Counts a frame (without its FCS, at least an Ethernet header) that went into guest memory, or out of it:
/// packets, octets with FCS, sizes, broadcasts and multicasts (datasheet 10.2.7).
void countReceived(std::span<const std::byte> frame, RegisterFile& registers);
void countSent(std::span<const std::byte> frame, RegisterFile& registers);

} // namespace engine::e1000e

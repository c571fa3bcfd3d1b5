// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "devices/storage/block_backend.h"

#include <array>
#include <cstddef>

/// What the controller says about itself and its namespace (NVMe 1.4, 5.15 and 5.14).
namespace engine::nvme {

using DataPage = std::array<std::byte, 4096>;

[[nodiscard]] DataPage identifyController(const BlockInfo& disk);
[[nodiscard]] DataPage identifyNamespace(const BlockInfo& disk);
/// The active namespaces above `after`: namespace 1 is all there is.
[[nodiscard]] DataPage identifyNamespaceList(std::uint32_t after);
[[nodiscard]] DataPage identifyDescriptors(const BlockInfo& disk);

/// Log pages; Activity makes those that change.
[[nodiscard]] DataPage firmwareLog();
[[nodiscard]] DataPage effectsLog(const BlockInfo& disk);

} // namespace engine::nvme

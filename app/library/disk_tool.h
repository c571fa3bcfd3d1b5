// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string_view>
#include <vector>

namespace app {

/// How far long work is, in bytes of what is read; returns false to stop it (ErrorCode::Cancelled).
using DiskProgress = std::function<bool(std::uint64_t done, std::uint64_t total)>;

/// Makes and changes disk images for guests that do not run. Blocking: use it on a worker thread.
class DiskTool {
public:
    DiskTool() = default;
    DiskTool(const DiskTool&) = delete;
    DiskTool& operator=(const DiskTool&) = delete;
    virtual ~DiskTool() = default;

    /// "qcow2" or "raw": what createDisk() and importDisk() make.
    [[nodiscard]] virtual std::string_view format() const = 0;
    [[nodiscard]] virtual engine::Result<> createDisk(const std::filesystem::path& path,
                                                      std::uint64_t capacityBytes) = 0;
    /// Copies an image of any format that can be read. ErrorCode::Unsupported names the others. An
    /// empty `fromFormat`: what the file looks like.
    [[nodiscard]] virtual engine::Result<> importDisk(const std::filesystem::path& from,
                                                      std::string_view fromFormat,
                                                      const std::filesystem::path& to,
                                                      const DiskProgress& onProgress) = 0;
    /// Disks only grow.
    [[nodiscard]] virtual engine::Result<> growDisk(const std::filesystem::path& path,
                                                    std::uint64_t capacityBytes) = 0;
    /// The size that a guest sees; of an image in use as well.
    [[nodiscard]] virtual engine::Result<std::uint64_t> capacityOf(const std::filesystem::path& path) = 0;
    /// A new image that holds only what differs from `base`, which must not change any more.
    [[nodiscard]] virtual engine::Result<> createOverlay(const std::filesystem::path& path,
                                                         const std::filesystem::path& base) = 0;
    /// The image's base, the base's base and so on; empty for an image that stands alone.
    [[nodiscard]] virtual engine::Result<std::vector<std::filesystem::path>>
    basesOf(const std::filesystem::path& path) = 0;
};

/// Sparse raw images with nothing but the file system.
[[nodiscard]] std::unique_ptr<DiskTool> makeRawDiskTool();
/// qcow2 disks by the engine's block layer; imports every format that it reads.
[[nodiscard]] std::unique_ptr<DiskTool> makeBlockDiskTool();

} // namespace app

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "library/file_store.h"

#include <memory>
#include <string_view>

namespace app {

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
    /// Copies an image of any format that can be read. ErrorCode::Unsupported names the others.
    [[nodiscard]] virtual engine::Result<> importDisk(const std::filesystem::path& from,
                                                      std::string_view fromFormat,
                                                      const std::filesystem::path& to,
                                                      const CopyProgress& onProgress) = 0;
    /// Disks only grow.
    [[nodiscard]] virtual engine::Result<> growDisk(const std::filesystem::path& path,
                                                    std::uint64_t capacityBytes) = 0;
};

/// Sparse raw images with nothing but the file system.
[[nodiscard]] std::unique_ptr<DiskTool> makeRawDiskTool();

} // namespace app

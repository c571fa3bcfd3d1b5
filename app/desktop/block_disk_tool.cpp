// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/block_disk_tool.h"

#include "block/convert_image.h"
#include "block/image_source.h"

namespace app {

using engine::Result;
namespace block = engine::block;

namespace {

class BlockDiskTool final : public DiskTool {
public:
    [[nodiscard]] std::string_view format() const override { return "qcow2"; }

    Result<> createDisk(const std::filesystem::path& path, std::uint64_t capacityBytes) override
    {
        return block::createImage(path, {.capacityBytes = capacityBytes});
    }

    Result<> importDisk(const std::filesystem::path& from, std::string_view fromFormat,
                        const std::filesystem::path& to, const CopyProgress& onProgress) override
    {
        const auto format =
            fromFormat.empty() ? block::detectSourceFormat(from) : block::parseSourceFormat(fromFormat);
        if (!format)
            return std::unexpected(format.error());
        const auto source = VM_TRY(block::openSource(from, *format));
        std::stop_source stop;
        block::Progress progress;
        progress.stop = stop.get_token();
        progress.report = [&](std::uint64_t done, std::uint64_t) {
            if (onProgress && !onProgress(done))
                stop.request_stop();
        };
        return block::convertImage(*source, to, {}, progress);
    }

    Result<> growDisk(const std::filesystem::path& path, std::uint64_t capacityBytes) override
    {
        const block::ImageFormat format = VM_TRY(block::detectFormat(path));
        return block::resizeImage(path, format, capacityBytes);
    }
};

} // namespace

std::unique_ptr<DiskTool> makeBlockDiskTool()
{
    return std::make_unique<BlockDiskTool>();
}

} // namespace app

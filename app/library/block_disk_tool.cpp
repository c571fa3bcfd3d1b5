// SPDX-License-Identifier: GPL-3.0-or-later
#include "block/convert_image.h"
#include "block/image_info.h"
#include "block/image_source.h"
#include "library/disk_tool.h"

namespace app {

using engine::Result;
namespace block = engine::block;
namespace fs = std::filesystem;

namespace {

/// A guest's own images have one of these two; nothing else is ever opened for a guest.
Result<block::ImageFormat> ownFormat(const block::ImageInfo& info, const fs::path& path)
{
    if (info.format == block::SourceFormat::Qcow2)
        return block::ImageFormat::Qcow2;
    if (info.format == block::SourceFormat::Raw)
        return block::ImageFormat::Raw;
    return engine::fail(engine::ErrorCode::Unsupported,
                        "The disk " + path.string() + " is neither qcow2 nor raw; import it first.");
}

class BlockDiskTool final : public DiskTool {
public:
    [[nodiscard]] std::string_view format() const override { return "qcow2"; }

    Result<> createDisk(const fs::path& path, std::uint64_t capacityBytes) override
    {
        return block::createImage(path, {.capacityBytes = capacityBytes});
    }

    Result<> importDisk(const fs::path& from, std::string_view fromFormat, const fs::path& to,
                        const DiskProgress& onProgress) override
    {
        const auto format =
            fromFormat.empty() ? block::detectSourceFormat(from) : block::parseSourceFormat(fromFormat);
        if (!format)
            return std::unexpected(format.error());
        const auto source = VM_TRY(block::openSource(from, *format));
        std::stop_source stop;
        block::Progress progress;
        progress.stop = stop.get_token();
        progress.report = [&](std::uint64_t done, std::uint64_t total) {
            if (onProgress && !onProgress(done, total))
                stop.request_stop();
        };
        return block::convertImage(*source, to, {}, progress);
    }

    Result<> growDisk(const fs::path& path, std::uint64_t capacityBytes) override
    {
        const block::ImageInfo info = VM_TRY(block::inspectImage(path));
        return block::resizeImage(path, VM_TRY(ownFormat(info, path)), capacityBytes);
    }

    Result<std::uint64_t> capacityOf(const fs::path& path) override
    {
        return VM_TRY(block::inspectImage(path)).capacityBytes;
    }

    Result<> createOverlay(const fs::path& path, const fs::path& base) override
    {
        const block::ImageInfo info = VM_TRY(block::inspectImage(base));
        return block::createImage(path, {.base = base, .baseFormat = VM_TRY(ownFormat(info, base))});
    }

    Result<std::vector<fs::path>> basesOf(const fs::path& path) override
    {
        std::vector<fs::path> bases;
        const block::BasePolicy policy;
        fs::path image = path;
        while (bases.size() < block::BasePolicy::MaxDepth) {
            const block::ImageInfo info = VM_TRY(block::inspectImage(image));
            if (info.base.empty())
                return bases;
            image = VM_TRY(policy.resolve(image, info.base));
            bases.push_back(image);
        }
        return engine::fail(engine::ErrorCode::Corrupt,
                            "The disk " + path.string() + " has too long a chain of bases.");
    }
};

} // namespace

std::unique_ptr<DiskTool> makeBlockDiskTool()
{
    return std::make_unique<BlockDiskTool>();
}

} // namespace app

// SPDX-License-Identifier: GPL-3.0-or-later
#include "library/disk_tool.h"
#include "library/file_store.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace app {

using engine::ErrorCode;
using engine::fail;
using engine::failSystem;
using engine::Result;

namespace {

class RawDiskTool final : public DiskTool {
public:
    [[nodiscard]] std::string_view format() const override { return "raw"; }

    Result<> createDisk(const std::filesystem::path& path, std::uint64_t capacityBytes) override
    {
        const engine::UniqueFd file(::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
        if (!file || ::ftruncate(file.get(), static_cast<off_t>(capacityBytes)) != 0
            || ::fsync(file.get()) != 0)
            return failSystem("cannot create the disk " + path.string());
        return {};
    }

    Result<> importDisk(const std::filesystem::path& from, std::string_view fromFormat,
                        const std::filesystem::path& to, const DiskProgress& onProgress) override
    {
        if (fromFormat != "raw" && !fromFormat.empty())
            return fail(ErrorCode::Unsupported, "This build cannot convert disks of the format "
                                                    + std::string(fromFormat) + "; convert it to raw first.");
        const std::uint64_t total = VM_TRY(capacityOf(from));
        return copyFile(from, to, [&](std::uint64_t done) { return !onProgress || onProgress(done, total); });
    }

    Result<> growDisk(const std::filesystem::path& path, std::uint64_t capacityBytes) override
    {
        struct stat info{};
        if (::stat(path.c_str(), &info) != 0)
            return failSystem("cannot open the disk " + path.string());
        if (static_cast<std::uint64_t>(info.st_size) > capacityBytes)
            return fail(ErrorCode::InvalidArgument, "A disk can only grow; a smaller one would lose data.");
        if (::truncate(path.c_str(), static_cast<off_t>(capacityBytes)) != 0)
            return failSystem("cannot enlarge the disk " + path.string());
        return {};
    }

    Result<std::uint64_t> capacityOf(const std::filesystem::path& path) override
    {
        struct stat info{};
        if (::stat(path.c_str(), &info) != 0)
            return failSystem("cannot open the disk " + path.string());
        return static_cast<std::uint64_t>(info.st_size);
    }

    Result<> createOverlay(const std::filesystem::path&, const std::filesystem::path&) override
    {
        return fail(ErrorCode::Unsupported, "Raw disks cannot share what they have in common; copy them.");
    }

    Result<std::vector<std::filesystem::path>> basesOf(const std::filesystem::path&) override
    {
        return std::vector<std::filesystem::path>();
    }
};

} // namespace

std::unique_ptr<DiskTool> makeRawDiskTool()
{
    return std::make_unique<RawDiskTool>();
}

} // namespace app

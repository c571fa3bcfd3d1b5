// SPDX-License-Identifier: GPL-3.0-or-later
#include "block/convert_image.h"

#include "block/image_copier.h"
#include "block/qcow2/qcow2_image.h"
#include "block/raw_image.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>

namespace engine::block {

namespace {

std::string named(std::string_view before, const std::filesystem::path& path, std::string_view after = {})
{
    std::string text(before);
    text += " '";
    text += path.string();
    text += "'";
    text += after;
    return text;
}

/// A file that is removed unless it is kept.
class ProvisionalFile {
public:
    explicit ProvisionalFile(std::filesystem::path path) : m_path(std::move(path)) {}
    ProvisionalFile(const ProvisionalFile&) = delete;
    ProvisionalFile& operator=(const ProvisionalFile&) = delete;
    ProvisionalFile(ProvisionalFile&&) = delete;
    ProvisionalFile& operator=(ProvisionalFile&&) = delete;
    ~ProvisionalFile()
    {
        if (!m_isKept)
            ::unlink(m_path.c_str());
    }
    void keep() { m_isKept = true; }

private:
    std::filesystem::path m_path;
    bool m_isKept = false;
};

/// A rename is on stable storage when its folder is.
Result<> syncFolder(const std::filesystem::path& folder)
{
    const UniqueFd fd(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!fd || ::fsync(fd.get()) != 0)
        return failSystem(named("cannot bring to stable storage:", folder));
    return {};
}

std::filesystem::path folderOf(const std::filesystem::path& path)
{
    return std::filesystem::absolute(path).parent_path();
}

Result<OpenedImage> openForTool(const std::filesystem::path& path, ImageFormat format, ImageUse use,
                                const BasePolicy& bases)
{
    OpenImageOptions options;
    options.use = use;
    options.bases = bases;
    return openImage(path, format, options);
}

/// Holes instead of zeros, in place: at every moment the contents are the same.
Result<> punchZeros(OpenedImage& opened, const Progress& progress)
{
    return ImageCopier(*opened.image, progress).copyAll(*opened.image, ImageCopier::Zeros::Write);
}

Result<> compactQcow2(const std::filesystem::path& path, OpenedImage& opened, const Progress& progress)
{
    const auto& source = static_cast<const qcow2::Qcow2Image&>(*opened.image);
    const qcow2::Header& header = source.header();
    if (header.snapshotCount != 0)
        return fail(ErrorCode::Unsupported,
                    named("the disk image", path,
                          " contains snapshots, which compacting would lose; delete them first"));
    const std::filesystem::path fresh = path.string() + ".compacting-" + std::to_string(::getpid());
    CreateImageOptions options;
    options.capacityBytes = opened.image->capacity();
    options.clusterBits = header.clusterBits;
    if (opened.files.size() > 1) {
        options.base = opened.files[1]->file().path();
        options.baseFormat = VM_TRY(parseImageFormat(header.backingFormat));
    }
    VM_TRY(createImage(fresh, options));
    ProvisionalFile provisional(fresh);
    BasePolicy anywhere; // the chain has been checked when the old image was opened
    anywhere.allowedFolders.push_back("/");
    OpenedImage target = VM_TRY(openForTool(fresh, ImageFormat::Qcow2, ImageUse::ReadWrite, anywhere));
    const auto zeros = options.base ? ImageCopier::Zeros::Write : ImageCopier::Zeros::Skip;
    VM_TRY(ImageCopier(*target.image, progress).copyOwn(*opened.image, zeros));
    struct stat status{};
    const int oldFd = opened.files.front()->file().fd();
    const int newFd = target.files.front()->file().fd();
    if (::fstat(oldFd, &status) != 0 || ::fchmod(newFd, status.st_mode & 07777) != 0 || ::fsync(newFd) != 0)
        return failSystem(named("cannot finish", fresh));
    if (::rename(fresh.c_str(), path.c_str()) != 0)
        return failSystem(named("cannot replace", path));
    provisional.keep();
    return syncFolder(folderOf(path));
}

} // namespace

Result<> convertImage(ImageReader& source, const std::filesystem::path& target,
                      const CreateImageOptions& options, const Progress& progress)
{
    CreateImageOptions actual = options;
    actual.capacityBytes = source.capacity();
    if (actual.base)
        return fail(ErrorCode::InvalidArgument, "a converted image has no base");
    VM_TRY(createImage(target, actual));
    ProvisionalFile provisional(target);
    OpenedImage opened = VM_TRY(openForTool(target, options.format, ImageUse::ReadWrite, {}));
    VM_TRY(ImageCopier(*opened.image, progress).copyAll(source, ImageCopier::Zeros::Skip));
    VM_TRY(syncFolder(folderOf(target)));
    provisional.keep();
    return {};
}

Result<std::uint64_t> compactImage(const std::filesystem::path& path, ImageFormat format,
                                   const BasePolicy& bases, const Progress& progress)
{
    OpenedImage opened = VM_TRY(openForTool(path, format, ImageUse::ReadWrite, bases));
    const std::uint64_t before = VM_TRY(opened.files.front()->file().allocatedSize());
    if (format == ImageFormat::Raw)
        VM_TRY(punchZeros(opened, progress));
    else
        VM_TRY(compactQcow2(path, opened, progress));
    const ImageFile compacted = VM_TRY(ImageFile::open(path, ImageUse::Inspect));
    const std::uint64_t after = VM_TRY(compacted.allocatedSize());
    return before > after ? before - after : 0;
}

Result<> commitImage(const std::filesystem::path& overlay, const BasePolicy& bases, const Progress& progress)
{
    const ImageFile overlayFile = VM_TRY(ImageFile::open(overlay, ImageUse::Inspect));
    const qcow2::Header header = VM_TRY(qcow2::readHeader(overlayFile));
    if (header.backingName.empty())
        return fail(ErrorCode::InvalidArgument,
                    named("the disk image", overlay, " has no base to commit to"));
    const std::filesystem::path basePath = VM_TRY(bases.resolve(overlay, header.backingName));
    const ImageFormat baseFormat = VM_TRY(parseImageFormat(header.backingFormat));
    // Writing to the base excludes reading it as one: the overlay is opened without it.
    OpenedImage base = VM_TRY(openForTool(basePath, baseFormat, ImageUse::ReadWrite, bases));
    auto io = std::make_shared<FileIo>(VM_TRY(ImageFile::open(overlay, ImageUse::ReadWrite)),
                                       createBlockingEngine());
    const std::unique_ptr<qcow2::Qcow2Image> top = VM_TRY(qcow2::Qcow2Image::open(io, nullptr));
    if (top->capacity() > base.image->capacity())
        VM_TRY(check(runBlocking(base.image->grow(top->capacity())), "enlarging the base image"));
    return ImageCopier(*base.image, progress).copyOwn(*top, ImageCopier::Zeros::Write);
}

Result<> resizeImage(const std::filesystem::path& path, ImageFormat format, std::uint64_t capacityBytes,
                     const BasePolicy& bases)
{
    OpenedImage opened = VM_TRY(openForTool(path, format, ImageUse::ReadWrite, bases));
    if (capacityBytes < opened.image->capacity())
        return fail(ErrorCode::InvalidArgument, "making a disk smaller would cut off its contents; create a "
                                                "smaller disk and copy the files in a guest");
    if (capacityBytes > MaxDiskBytes || capacityBytes % 512 != 0)
        return fail(ErrorCode::InvalidArgument,
                    "the size of a disk is a multiple of 512 bytes, at most 1024 terabytes");
    VM_TRY(check(runBlocking(opened.image->grow(capacityBytes)), "enlarging the disk"));
    return check(runBlocking(opened.image->flush()), "enlarging the disk");
}

} // namespace engine::block

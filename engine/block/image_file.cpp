// SPDX-License-Identifier: GPL-3.0-or-later
#include "block/image_file.h"

#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace engine::block {

namespace {

std::string quoted(std::string_view before, const std::filesystem::path& path, std::string_view after = {})
{
    std::string text(before);
    text += " '";
    text += path.string();
    text += "'";
    text += after;
    return text;
}

} // namespace

Result<ImageFile> ImageFile::open(const std::filesystem::path& path, ImageUse use)
{
    // O_NONBLOCK: a FIFO in place of an image must not hang us; files and disks ignore it.
    const int access = use == ImageUse::ReadWrite ? O_RDWR : O_RDONLY;
    UniqueFd fd(::open(path.c_str(), access | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
    if (!fd)
        return failSystem(quoted("cannot open the disk image", path));
    ImageFile file(std::move(fd), path, use);
    VM_TRY(file.inspect());
    VM_TRY(lockImage(file.fd(), use, path.string()));
    return file;
}

Result<ImageFile> ImageFile::createNew(const std::filesystem::path& path)
{
    UniqueFd fd(::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOCTTY, 0644));
    if (!fd && errno == EEXIST)
        return fail(ErrorCode::InvalidArgument,
                    quoted("the file", path, " exists already; choose another name"));
    if (!fd)
        return failSystem(quoted("cannot create the disk image", path));
    ImageFile file(std::move(fd), path, ImageUse::ReadWrite);
    VM_TRY(file.inspect());
    VM_TRY(lockImage(file.fd(), ImageUse::ReadWrite, path.string()));
    return file;
}

Result<> ImageFile::inspect()
{
    struct stat status{};
    if (::fstat(fd(), &status) != 0)
        return failSystem(quoted("cannot examine", m_path));
    if (!S_ISREG(status.st_mode) && !S_ISBLK(status.st_mode))
        return fail(ErrorCode::InvalidArgument,
                    quoted("the file", m_path,
                           " is not a disk image: it is neither a regular file nor a block device"));
    m_isBlockDevice = S_ISBLK(status.st_mode);
    m_identity = {.device = status.st_dev, .inode = status.st_ino};
    return {};
}

Result<std::uint64_t> ImageFile::size() const
{
    if (m_isBlockDevice) {
        std::uint64_t bytes = 0;
        if (::ioctl(fd(), BLKGETSIZE64, &bytes) != 0)
            return failSystem(quoted("cannot find the size of", m_path));
        return bytes;
    }
    struct stat status{};
    if (::fstat(fd(), &status) != 0)
        return failSystem(quoted("cannot find the size of", m_path));
    return static_cast<std::uint64_t>(status.st_size);
}

Result<std::uint64_t> ImageFile::allocatedSize() const
{
    struct stat status{};
    if (::fstat(fd(), &status) != 0)
        return failSystem(quoted("cannot find the size of", m_path));
    constexpr std::uint64_t StatBlockBytes = 512;
    return static_cast<std::uint64_t>(status.st_blocks) * StatBlockBytes;
}

Result<> ImageFile::readAt(std::uint64_t offset, std::span<std::byte> into) const
{
    while (!into.empty()) {
        const ssize_t count = ::pread(fd(), into.data(), into.size(), static_cast<off_t>(offset));
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            return failSystem(quoted("cannot read", m_path));
        if (count == 0)
            return fail(ErrorCode::Corrupt,
                        quoted("the disk image", m_path, " ends too early; it may be incomplete"));
        into = into.subspan(static_cast<std::size_t>(count));
        offset += static_cast<std::uint64_t>(count);
    }
    return {};
}

Result<> ImageFile::writeAt(std::uint64_t offset, std::span<const std::byte> from) const
{
    while (!from.empty()) {
        const ssize_t count = ::pwrite(fd(), from.data(), from.size(), static_cast<off_t>(offset));
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            return failSystem(quoted("cannot write to", m_path));
        from = from.subspan(static_cast<std::size_t>(count));
        offset += static_cast<std::uint64_t>(count);
    }
    return {};
}

Result<> ImageFile::truncate(std::uint64_t size) const
{
    if (::ftruncate(fd(), static_cast<off_t>(size)) != 0)
        return failSystem(quoted("cannot change the size of", m_path));
    return {};
}

Result<> ImageFile::sync() const
{
    if (::fdatasync(fd()) != 0)
        return failSystem(quoted("cannot bring to stable storage:", m_path));
    return {};
}

} // namespace engine::block

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"
#include "base/unique_fd.h"
#include "block/image_lock.h"

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>

namespace engine::block {

/// Which file it is, whatever its name.
struct FileIdentity {
    dev_t device = 0;
    ino_t inode = 0;
    bool operator==(const FileIdentity&) const = default;
};

/// A disk image's file or block device: opened once, by descriptor, locked, close-on-exec. Names
/// are for messages; nothing is opened a second time. The blocking calls here serve opening and
/// tools; guest requests go through FileIo.
class ImageFile {
public:
    /// Opens an existing image. Refuses what is neither a regular file nor a block device.
    [[nodiscard]] static Result<ImageFile> open(const std::filesystem::path& path, ImageUse use);
    /// Creates a new, empty image file and locks it. Fails when something has that name already.
    [[nodiscard]] static Result<ImageFile> createNew(const std::filesystem::path& path);

    [[nodiscard]] int fd() const { return m_fd.get(); }
    [[nodiscard]] const std::filesystem::path& path() const { return m_path; }
    [[nodiscard]] bool isBlockDevice() const { return m_isBlockDevice; }
    [[nodiscard]] bool isReadOnly() const { return m_use != ImageUse::ReadWrite; }
    [[nodiscard]] FileIdentity identity() const { return m_identity; }

    /// Present size in bytes.
    [[nodiscard]] Result<std::uint64_t> size() const;
    /// Bytes of storage the file takes.
    [[nodiscard]] Result<std::uint64_t> allocatedSize() const;
    /// Fills `into` completely; short files are an error (Corrupt).
    [[nodiscard]] Result<> readAt(std::uint64_t offset, std::span<std::byte> into) const;
    [[nodiscard]] Result<> writeAt(std::uint64_t offset, std::span<const std::byte> from) const;
    [[nodiscard]] Result<> truncate(std::uint64_t size) const;
    [[nodiscard]] Result<> sync() const;

private:
    ImageFile(UniqueFd fd, std::filesystem::path path, ImageUse use)
        : m_fd(std::move(fd)), m_path(std::move(path)), m_use(use)
    {}
    [[nodiscard]] Result<> inspect();

    UniqueFd m_fd;
    std::filesystem::path m_path;
    ImageUse m_use = ImageUse::ReadOnly;
    bool m_isBlockDevice = false;
    FileIdentity m_identity;
};

} // namespace engine::block

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"
#include "base/unique_fd.h"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>

namespace app {

/// A whole file. More than `limitBytes` is an error: nothing of ours is that long.
[[nodiscard]] engine::Result<std::string> readFile(const std::filesystem::path& path, std::size_t limitBytes);

/// Replaces `path` so that a crash or a power cut leaves the old contents or the new ones: temporary
/// file beside it, fsync, rename, fsync of the folder. On failure the old file is untouched.
[[nodiscard]] engine::Result<> writeFileAtomically(const std::filesystem::path& path,
                                                   std::string_view contents);

/// Makes renames and new names in `folder` durable.
[[nodiscard]] engine::Result<> syncFolder(const std::filesystem::path& folder);

/// A folder and its parents, private to the user.
[[nodiscard]] engine::Result<> makeFolder(const std::filesystem::path& folder);

/// Copies a file with its holes; shares blocks where the file system can. `onProgress` gets the bytes
/// done so far and returns false to stop (ErrorCode::Cancelled; the unfinished copy is removed).
using CopyProgress = std::function<bool(std::uint64_t bytesDone)>;
[[nodiscard]] engine::Result<> copyFile(const std::filesystem::path& from, const std::filesystem::path& to,
                                        const CopyProgress& onProgress);

/// An advisory lock between processes, held as long as the object lives.
class FileLock {
public:
    /// Waits at most `patience`; then ErrorCode::Busy.
    [[nodiscard]] static engine::Result<FileLock> acquire(const std::filesystem::path& path,
                                                          std::chrono::milliseconds patience);

private:
    explicit FileLock(engine::UniqueFd file) : m_file(std::move(file)) {}
    engine::UniqueFd m_file;
};

/// $XDG_DATA_HOME, or ~/.local/share.
[[nodiscard]] std::filesystem::path userDataFolder();

} // namespace app

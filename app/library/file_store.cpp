// SPDX-License-Identifier: GPL-3.0-or-later
#include "library/file_store.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <thread>

namespace app {

using engine::ErrorCode;
using engine::fail;
using engine::failSystem;
using engine::Result;
using engine::UniqueFd;

namespace {

constexpr mode_t PrivateFile = 0600;
constexpr std::size_t CopyChunk = std::size_t{4} << 20;

std::string quoted(const char* action, const std::filesystem::path& path)
{
    return std::string(action) + " " + path.string();
}

Result<> writeAll(int file, std::string_view data, const std::filesystem::path& path)
{
    while (!data.empty()) {
        const ssize_t count = ::write(file, data.data(), data.size());
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            return failSystem(quoted("cannot write", path));
        data.remove_prefix(static_cast<std::size_t>(count));
    }
    return {};
}

Result<> writeAndSync(const std::filesystem::path& path, std::string_view contents)
{
    const UniqueFd file(
        ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, PrivateFile));
    if (!file)
        return failSystem(quoted("cannot create", path));
    VM_TRY(writeAll(file.get(), contents, path));
    if (::fsync(file.get()) != 0)
        return failSystem(quoted("cannot write", path));
    return {};
}

/// One run of data between two holes.
Result<> copyRange(int from, int to, off_t begin, off_t end, const std::filesystem::path& path,
                   const CopyProgress& onProgress)
{
    off_t source = begin;
    off_t target = begin;
    while (source < end) {
        const auto chunk = std::min<std::size_t>(CopyChunk, static_cast<std::size_t>(end - source));
        ssize_t count = ::copy_file_range(from, &source, to, &target, chunk, 0);
        // Not every pair of file systems can do that.
        if (count < 0 && (errno == EXDEV || errno == ENOSYS || errno == EOPNOTSUPP || errno == EINVAL)) {
            count = ::lseek(to, source, SEEK_SET) < 0 ? -1 : ::sendfile(to, from, &source, chunk);
            target = source;
        }
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            return failSystem(quoted("cannot copy to", path));
        if (count == 0)
            return fail(ErrorCode::Corrupt, path.string() + ": the file became shorter while it was copied.");
        if (onProgress && !onProgress(static_cast<std::uint64_t>(source)))
            return fail(ErrorCode::Cancelled, "The copy was cancelled.");
    }
    return {};
}

Result<> copyContents(int from, int to, off_t size, const std::filesystem::path& path,
                      const CopyProgress& onProgress)
{
    if (::ftruncate(to, size) != 0)
        return failSystem(quoted("cannot create", path));
    off_t position = 0;
    while (position < size) {
        const off_t data = ::lseek(from, position, SEEK_DATA);
        if (data < 0)
            break; // only a hole is left
        const off_t hole = ::lseek(from, data, SEEK_HOLE);
        const off_t end = hole < 0 ? size : std::min(hole, size);
        VM_TRY(copyRange(from, to, data, end, path, onProgress));
        position = end;
    }
    if (::fsync(to) != 0)
        return failSystem(quoted("cannot write", path));
    return {};
}

} // namespace

Result<std::string> readFile(const std::filesystem::path& path, std::size_t limitBytes)
{
    const UniqueFd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    if (!file)
        return failSystem(quoted("cannot read", path));
    struct stat info{};
    if (::fstat(file.get(), &info) != 0 || !S_ISREG(info.st_mode))
        return fail(ErrorCode::Unsupported, path.string() + " is not an ordinary file.");
    std::string text;
    std::array<char, 16384> buffer{};
    while (true) {
        const ssize_t count = ::read(file.get(), buffer.data(), buffer.size());
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            return failSystem(quoted("cannot read", path));
        if (count == 0)
            return text;
        text.append(buffer.data(), static_cast<std::size_t>(count));
        if (text.size() > limitBytes)
            return fail(ErrorCode::Unsupported, path.string() + " is far too long for what it should be.");
    }
}

Result<> writeFileAtomically(const std::filesystem::path& path, std::string_view contents)
{
    const std::filesystem::path temporary = path.string() + ".new";
    if (auto written = writeAndSync(temporary, contents); !written) {
        ::unlink(temporary.c_str());
        return written;
    }
    if (::rename(temporary.c_str(), path.c_str()) != 0) {
        const int reason = errno;
        ::unlink(temporary.c_str());
        return failSystem(quoted("cannot replace", path), reason);
    }
    return syncFolder(path.parent_path());
}

Result<> syncFolder(const std::filesystem::path& folder)
{
    const UniqueFd handle(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!handle)
        return failSystem(quoted("cannot open", folder));
    // Some file systems cannot sync a folder; the rename itself has happened all the same.
    if (::fsync(handle.get()) != 0 && errno != EINVAL && errno != ENOTSUP)
        return failSystem(quoted("cannot write", folder));
    return {};
}

Result<> makeFolder(const std::filesystem::path& folder)
{
    std::error_code failure;
    if (std::filesystem::is_directory(folder, failure))
        return {};
    if (!std::filesystem::create_directories(folder, failure) && failure)
        return failSystem(quoted("cannot create the folder", folder), failure.value());
    ::chmod(folder.c_str(), S_IRWXU);
    return {};
}

Result<> copyFile(const std::filesystem::path& from, const std::filesystem::path& to,
                  const CopyProgress& onProgress)
{
    const UniqueFd source(::open(from.c_str(), O_RDONLY | O_CLOEXEC));
    struct stat info{};
    if (!source || ::fstat(source.get(), &info) != 0)
        return failSystem(quoted("cannot read", from));
    const UniqueFd target(::open(to.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, PrivateFile));
    if (!target)
        return failSystem(quoted("cannot create", to));
    auto copied = copyContents(source.get(), target.get(), info.st_size, to, onProgress);
    if (!copied)
        ::unlink(to.c_str());
    return copied;
}

Result<FileLock> FileLock::acquire(const std::filesystem::path& path, std::chrono::milliseconds patience)
{
    UniqueFd file(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, PrivateFile));
    if (!file)
        return failSystem(quoted("cannot open", path));
    constexpr std::chrono::milliseconds Step{20};
    const auto deadline = std::chrono::steady_clock::now() + patience;
    while (::flock(file.get(), LOCK_EX | LOCK_NB) != 0) {
        if (errno != EWOULDBLOCK && errno != EINTR)
            return failSystem(quoted("cannot lock", path));
        if (std::chrono::steady_clock::now() >= deadline)
            return fail(ErrorCode::Busy,
                        "Another Guesthouse process is changing the library; try again in a moment.");
        std::this_thread::sleep_for(Step);
    }
    return FileLock(std::move(file));
}

std::filesystem::path userDataFolder()
{
    // Relative values are to be ignored, says the XDG base directory specification.
    if (const char* data = std::getenv("XDG_DATA_HOME"); data && *data == '/')
        return data;
    const char* home = std::getenv("HOME");
    return std::filesystem::path(home ? home : "/") / ".local" / "share";
}

} // namespace app

// SPDX-License-Identifier: GPL-3.0-or-later
#include "firmware/kernel_file.h"

#include "base/checked.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <cstddef>

namespace engine::firmware {

Result<KernelFile> KernelFile::open(const std::string& path, const std::string& role)
{
    // Non-blocking, so that a named pipe can't hang us before it is refused.
    UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    if (!fd)
        return failSystem("The " + role + " " + path + " cannot be opened");
    return adopt(std::move(fd), path, role);
}

Result<KernelFile> KernelFile::adopt(UniqueFd fd, const std::string& name, const std::string& role)
{
    const std::string subject = "The " + role + " " + name;
    struct stat status{};
    if (::fstat(fd.get(), &status) != 0)
        return failSystem(subject + " cannot be examined");
    if (!S_ISREG(status.st_mode))
        return fail(ErrorCode::InvalidArgument, subject + " is not a regular file");
    if (status.st_size <= 0)
        return fail(ErrorCode::InvalidArgument, subject + " is empty");
    return KernelFile(std::move(fd), static_cast<std::uint64_t>(status.st_size), name, subject);
}

Result<> KernelFile::checkRange(std::uint64_t offset, std::uint64_t length) const
{
    if (isInside(offset, length, m_size))
        return {};
    return fail(ErrorCode::Corrupt, m_subject + " is truncated: it has only " + std::to_string(m_size)
                                        + " bytes but refers to data behind its end");
}

Result<> KernelFile::read(std::uint64_t offset, std::span<std::byte> into) const
{
    VM_TRY(checkRange(offset, into.size()));
    while (!into.empty()) {
        const auto count = ::pread(m_fd.get(), into.data(), into.size(), static_cast<off_t>(offset));
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            return failSystem(m_subject + " cannot be read");
        if (count == 0)
            return fail(ErrorCode::Corrupt, m_subject + " became shorter while it was read");
        into = into.subspan(static_cast<std::size_t>(count));
        offset += static_cast<std::uint64_t>(count);
    }
    return {};
}

Result<> KernelFile::load(const GuestMemory& memory, GuestAddress to, std::uint64_t offset,
                          std::uint64_t length) const
{
    constexpr std::size_t MaxVectors = 1024; // IOV_MAX
    VM_TRY(checkRange(offset, length));
    IoVectors target;
    VM_TRY(memory.appendIoVectors(target, to, length, IoDirection::ToGuest));
    std::uint64_t done = 0;
    while (done < length) {
        const IoVectors rest = target.slice(done, length - done);
        const auto vectors = rest.vectors().first(std::min(rest.vectors().size(), MaxVectors));
        const auto count = ::preadv(m_fd.get(), vectors.data(), static_cast<int>(vectors.size()),
                                    static_cast<off_t>(offset + done));
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            return failSystem(m_subject + " cannot be read into guest memory");
        if (count == 0)
            return fail(ErrorCode::Corrupt, m_subject + " became shorter while it was read");
        done += static_cast<std::uint64_t>(count);
    }
    return {};
}

} // namespace engine::firmware

// SPDX-License-Identifier: GPL-3.0-or-later
#include "block/image_lock.h"

#include <fcntl.h>

#include <array>
#include <cerrno>
#include <string>

namespace engine::block {

namespace {

/// Block permissions as QEMU numbers them (include/block/block-common.h, BLK_PERM_*).
constexpr unsigned ConsistentRead = 0;
constexpr unsigned Write = 1;
constexpr unsigned WriteUnchanged = 2;
constexpr unsigned Resize = 3;
constexpr std::array AllPermissions{ConsistentRead, Write, WriteUnchanged, Resize};

constexpr off_t HeldBase = 100;   // RAW_LOCK_PERM_BASE
constexpr off_t DeniedBase = 200; // RAW_LOCK_SHARED_BASE

struct Claim {
    unsigned held = 0;   ///< bit n: permission n
    unsigned denied = 0; ///< bit n: nobody else may have permission n
};

constexpr Claim claimOf(ImageUse use)
{
    constexpr unsigned Changing = (1U << Write) | (1U << Resize);
    switch (use) {
    case ImageUse::Inspect: return {};
    case ImageUse::ReadOnly: return {.held = 1U << ConsistentRead, .denied = Changing};
    case ImageUse::ReadWrite: return {.held = (1U << ConsistentRead) | Changing, .denied = Changing};
    }
    return {};
}

struct flock oneByte(short type, off_t at)
{
    struct flock lock{};
    lock.l_type = type;
    lock.l_whence = SEEK_SET;
    lock.l_start = at;
    lock.l_len = 1;
    return lock;
}

/// 0, or the errno of taking a shared lock.
int share(int fd, off_t at)
{
    struct flock lock = oneByte(F_RDLCK, at);
    return ::fcntl(fd, F_OFD_SETLK, &lock) == 0 ? 0 : errno;
}

/// True when another open file description holds a lock there.
bool isHeldByOther(int fd, off_t at)
{
    struct flock lock = oneByte(F_WRLCK, at);
    return ::fcntl(fd, F_OFD_GETLK, &lock) == 0 && lock.l_type != F_UNLCK;
}

std::unexpected<Error> busy(std::string_view path, std::string_view what)
{
    std::string text = "the disk image '";
    text += path;
    text += "' is in use: another guest or program (QEMU, for example) ";
    text += what;
    text += ". Stop it, then try again";
    return fail(ErrorCode::Busy, std::move(text));
}

} // namespace

Result<> lockImage(int fd, ImageUse use, std::string_view path)
{
    const Claim claim = claimOf(use);
    if (claim.held == 0)
        return {};
    for (const unsigned n : AllPermissions) {
        for (const auto& [mask, base] :
             {std::pair{claim.held, HeldBase}, std::pair{claim.denied, DeniedBase}}) {
            if ((mask >> n & 1) == 0)
                continue;
            const int error = share(fd, base + static_cast<off_t>(n));
            if (error == EAGAIN || error == EACCES)
                return busy(path, "has locked it");
            if (error != 0)
                return {}; // this file system has no such locks
        }
    }
    for (const unsigned n : AllPermissions) {
        if ((claim.held >> n & 1) != 0 && isHeldByOther(fd, DeniedBase + static_cast<off_t>(n)))
            return busy(path, use == ImageUse::ReadWrite ? "uses it and forbids writing to it"
                                                         : "forbids reading it");
        if ((claim.denied >> n & 1) != 0 && isHeldByOther(fd, HeldBase + static_cast<off_t>(n)))
            return busy(path, "writes to it");
    }
    return {};
}

} // namespace engine::block

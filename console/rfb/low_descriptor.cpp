// SPDX-License-Identifier: GPL-3.0-or-later
#include "rfb/low_descriptor.h"

#include <fcntl.h>
#include <sys/select.h>

#include <mutex>
#include <vector>

namespace console {
namespace {

std::mutex placeholderMutex;
std::vector<int> placeholders; // guarded by placeholderMutex
bool isReserved = false;       // guarded by placeholderMutex

int openPlaceholder()
{
    const int fd = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
    if (fd >= 0 && fd < FD_SETSIZE)
        return fd;
    if (fd >= 0)
        ::close(fd);
    return -1;
}

} // namespace

void LowDescriptors::reserve()
{
    const std::scoped_lock lock(placeholderMutex);
    if (std::exchange(isReserved, true))
        return;
    for (int i = 0; i < Reserved; ++i)
        if (const int fd = openPlaceholder(); fd >= 0)
            placeholders.push_back(fd);
}

std::optional<OwnedFd> LowDescriptors::lower(OwnedFd fd)
{
    if (fd.get() < FD_SETSIZE)
        return fd;
    const std::scoped_lock lock(placeholderMutex);
    // Perhaps a low number has become free in the meantime.
    OwnedFd low(::fcntl(fd.get(), F_DUPFD_CLOEXEC, 0));
    if (low && low.get() < FD_SETSIZE)
        return low;
    low.reset();
    if (placeholders.empty())
        return std::nullopt;
    const int place = placeholders.back();
    placeholders.pop_back();
    // Replaces the placeholder in one step: nobody else can get the number in between.
    if (::dup3(fd.get(), place, O_CLOEXEC) < 0) {
        placeholders.push_back(place);
        return std::nullopt;
    }
    return OwnedFd(place);
}

void LowDescriptors::refill()
{
    const std::scoped_lock lock(placeholderMutex);
    while (isReserved && placeholders.size() < Reserved) {
        const int fd = openPlaceholder();
        if (fd < 0)
            return;
        placeholders.push_back(fd);
    }
}

} // namespace console

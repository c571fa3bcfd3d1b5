// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/event_fd.h"

#include <sys/eventfd.h>

#include <cstdint>

namespace engine {

Result<EventFd> EventFd::create()
{
    UniqueFd fd(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
    if (!fd)
        return failSystem("cannot create an eventfd");
    return EventFd(std::move(fd));
}

void EventFd::signal() const
{
    const std::uint64_t one = 1;
    // EAGAIN means that the counter is saturated, so a wake-up is pending anyway.
    [[maybe_unused]] const auto written = ::write(m_fd.get(), &one, sizeof one);
}

bool EventFd::drain() const
{
    std::uint64_t count = 0;
    return ::read(m_fd.get(), &count, sizeof count) == sizeof count;
}

} // namespace engine

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"
#include "base/unique_fd.h"

namespace engine {

/// A counter in the kernel that threads, KVM (irqfd, ioeventfd) and epoll share; eventfd(2).
/// Non-blocking and close-on-exec. All methods may be called from any thread.
class EventFd {
public:
    [[nodiscard]] static Result<EventFd> create();

    [[nodiscard]] int fd() const { return m_fd.get(); }
    /// Adds one to the counter: wakes a poller, or triggers the interrupt behind an irqfd.
    void signal() const;
    /// Takes the counter back to zero. True when it was signalled since the last drain.
    bool drain() const;

private:
    explicit EventFd(UniqueFd fd) : m_fd(std::move(fd)) {}
    UniqueFd m_fd;
};

} // namespace engine

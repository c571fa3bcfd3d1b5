// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "rfb/owned_fd.h"

#include <optional>

namespace console {

/// libvncclient waits with select(), which aborts the process for descriptors of 1024 and above.
/// This sets numbers aside while they are low, so that a connection can always have one, however
/// many files the application has open. Any thread.
class LowDescriptors {
public:
    static constexpr int Reserved = 16;

    /// Takes the numbers; call early in main(). Later calls do nothing.
    static void reserve();
    /// `fd` under a number below the limit (itself when it has one); nullopt when none is left.
    [[nodiscard]] static std::optional<OwnedFd> lower(OwnedFd fd);
    /// Sets numbers aside again after a descriptor from lower() has been closed.
    static void refill();
};

} // namespace console

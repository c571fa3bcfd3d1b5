// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/event_fd.h"
#include "base/result.h"

#include <cstdint>
#include <optional>

namespace engine {

/// A guest write that the kernel turns into an eventfd signal without leaving the guest's CPU for
/// user space (KVM_IOEVENTFD).
struct IoEvent {
    enum class Space : std::uint8_t { Memory, Ports };
    Space space = Space::Memory;
    std::uint64_t address = 0;
    std::uint32_t length = 0;               ///< 1, 2, 4, 8; 0 matches any length
    std::optional<std::uint64_t> datamatch; ///< only writes of this value
    int eventFd = -1;                       ///< borrowed until removed
};

/// Registers such writes. Where there is none (no KVM), the write arrives at BusDevice::write, and
/// the device signals the same eventfd itself: devices handle both.
class IoEventSink {
public:
    virtual ~IoEventSink() = default;
    [[nodiscard]] virtual Result<> addIoEvent(const IoEvent& event) = 0;
    virtual void removeIoEvent(const IoEvent& event) = 0;
};

} // namespace engine

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"

#include <cstdint>
#include <memory>

namespace engine {

/// A message-signalled interrupt: a 32-bit write into the local APICs' window (PCI 3.0, 6.8).
struct MsiMessage {
    std::uint64_t address = 0;
    std::uint32_t data = 0;
    bool operator==(const MsiMessage&) const = default;
};

/// One vector of a device. With KVM it is a GSI with a route and an irqfd, so that signalling is one
/// eventfd write. Any thread.
class MsiVector {
public:
    virtual ~MsiVector() = default;
    /// Where the vector goes from now on. Only called when the guest (re)programs it.
    virtual void setMessage(const MsiMessage& message) = 0;
    /// Delivers the interrupt once. Nothing happens before the first setMessage().
    virtual void signal() = 0;
};

/// Makes vectors; the machine hands one to every PCI function. Must outlive them.
class MsiController {
public:
    virtual ~MsiController() = default;
    [[nodiscard]] virtual Result<std::unique_ptr<MsiVector>> createVector() = 0;
};

} // namespace engine

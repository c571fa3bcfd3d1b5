// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <bit>
#include <cstdint>

namespace engine::kvm {

/// How a guest's CPUs are grouped. Every count is at least 1.
struct CpuTopology {
    unsigned sockets = 1;
    unsigned coresPerSocket = 1;
    unsigned threadsPerCore = 1;

    bool operator==(const CpuTopology&) const = default;

    [[nodiscard]] constexpr unsigned cpuCount() const { return sockets * coresPerSocket * threadsPerCore; }
    [[nodiscard]] constexpr unsigned threadsPerSocket() const { return coresPerSocket * threadsPerCore; }

    // Each level of an APIC id takes whole bits (Intel SDM volume 3, 9.9.1), so ids may have gaps.
    [[nodiscard]] constexpr unsigned threadBits() const { return bitsFor(threadsPerCore); }
    [[nodiscard]] constexpr unsigned socketShift() const { return threadBits() + bitsFor(coresPerSocket); }

    [[nodiscard]] constexpr std::uint32_t apicId(unsigned vcpuIndex) const
    {
        const unsigned thread = vcpuIndex % threadsPerCore;
        const unsigned core = vcpuIndex / threadsPerCore % coresPerSocket;
        const unsigned socket = vcpuIndex / threadsPerSocket();
        return socket << socketShift() | core << threadBits() | thread;
    }

    [[nodiscard]] static constexpr unsigned bitsFor(unsigned count)
    {
        return count <= 1 ? 0 : static_cast<unsigned>(std::bit_width(count - 1));
    }
    /// One socket with `count` single-threaded cores, which every guest understands and licenses as one.
    [[nodiscard]] static constexpr CpuTopology simple(unsigned count) { return {.coresPerSocket = count}; }
};

} // namespace engine::kvm

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"
#include "bus/address_space.h"
#include "kvm/vcpu.h"
#include "kvm/vcpu_exit.h"

#include <chrono>
#include <cstdint>

namespace engine::kvm {

namespace assist {
struct CpuContext;
} // namespace assist

/// Takes programs into their kernel where KVM does not. A KVM without hardware support runs user mode of
/// 64-bit guests natively, and knows SYSCALL and INT n there only for kernels that were written for it:
/// for any other, SYSCALL arrives at the kernel's entry in user mode, which is a page fault, and INT n is
/// an invalid opcode. This watches the guest's handlers of the two exceptions and does what the
/// instruction should have done. One per vCPU, on the vCPU's thread; does nothing on other hosts.
class UserEntry {
public:
    /// Both must outlive this object.
    UserEntry(Vcpu& vcpu, AddressSpace& memory) : m_vcpu(vcpu), m_memory(memory) {}

    /// Whether this host's KVM is one of that kind.
    [[nodiscard]] static bool isNeeded();
    /// Call before the vCPU runs again after a start, a reset or a restore.
    [[nodiscard]] Result<> watch();
    /// The same, a few times a second at most: call when there is an occasion, because a kernel may move
    /// its handlers.
    [[nodiscard]] Result<> watchNowAndThen();
    /// Call for a write of a model-specific register that was asked for (WrMsr::isFiltered).
    [[nodiscard]] Result<> writeRegister(const WrMsr& exit);
    /// Call after a debug stop.
    [[nodiscard]] Result<> handle(const DebugStop& stop);

private:
    struct Handlers {
        std::uint64_t pageFault = 0;
        std::uint64_t invalidOpcode = 0;
        bool operator==(const Handlers&) const = default;
    };
    [[nodiscard]] Result<> setBreakpoints(const Handlers& handlers);
    [[nodiscard]] Result<> stepOver();
    [[nodiscard]] Handlers findHandlers() const;
    /// True when `cpu` stands in the kernel now.
    [[nodiscard]] bool redoSystemCall(assist::CpuContext& cpu) const;
    [[nodiscard]] bool redoInterrupt(assist::CpuContext& cpu) const;

    Vcpu& m_vcpu;
    AddressSpace& m_memory;
    Handlers m_handlers; // with breakpoints; zero: none
    bool m_stepping = false;
    std::chrono::steady_clock::time_point m_watched;
};

} // namespace engine::kvm

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"
#include "kvm/assist/cpu_context.h"
#include "kvm/assist/stepper.h"
#include "kvm/kvm_api.h"
#include "kvm/vcpu.h"

namespace engine::kvm::assist {

/// A stopped vCPU's registers as KVM has them.
struct KvmRegisters {
    kvm_regs general{};
    kvm_sregs system{};
    kvm_vcpu_events events{};
};

/// From the shared mapping where the host puts them there on every exit (KVM_CAP_SYNC_REGS, asked for
/// from the first call on), otherwise by system calls.
[[nodiscard]] Result<KvmRegisters> readRegisters(const Vcpu& vcpu);
/// The same by system calls alone, without asking for more at later exits: for a look at a guest that may
/// never need the assist. Events stay empty.
[[nodiscard]] Result<KvmRegisters> peekRegisters(const Vcpu& vcpu);
[[nodiscard]] CpuContext toContext(const KvmRegisters& registers);
/// Writes the context back, with the exception that the guest is to get, if any. KVM's own #UD for the
/// failed instruction and its interrupt shadow are taken back.
[[nodiscard]] Result<> writeRegisters(const Vcpu& vcpu, KvmRegisters registers, const CpuContext& cpu,
                                      const GuestFault* fault);

class KvmCpuServices final : public CpuServices {
public:
    explicit KvmCpuServices(Vcpu& vcpu, const kvm_sregs& system) : m_vcpu(vcpu), m_system(system) {}
    [[nodiscard]] std::optional<std::uint64_t> readMsr(std::uint32_t index) override;
    [[nodiscard]] bool writeMsr(std::uint32_t index, std::uint64_t value) override;
    [[nodiscard]] std::optional<std::uint64_t> readXcr0() override;
    [[nodiscard]] bool writeXcr0(std::uint64_t value) override;
    void flushTlb() override;

private:
    Vcpu& m_vcpu;
    const kvm_sregs& m_system;
    std::optional<std::uint64_t> m_xcr0; // once it was asked for
};

/// Asks KVM once and tells it once, whatever lies between: always with the same image.
class KvmExtendedState final : public ExtendedState {
public:
    explicit KvmExtendedState(const Vcpu& vcpu) : m_vcpu(vcpu) {}
    [[nodiscard]] bool load(std::span<std::byte> image) override;
    [[nodiscard]] bool store(std::span<const std::byte> image) override;
    /// Gives KVM what was stored last; call at the end.
    [[nodiscard]] Result<> flush() const;

private:
    const Vcpu& m_vcpu;
    std::span<const std::byte> m_loaded; // empty: not yet
    bool m_changed = false;
};

} // namespace engine::kvm::assist

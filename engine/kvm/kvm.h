// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"
#include "base/unique_fd.h"
#include "kvm/cpuid_table.h"
#include "kvm/kvm_caps.h"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace engine::kvm {

/// The open /dev/kvm: what the host offers, and the door to virtual machines. Immutable after
/// open(), so any thread may use it; several virtual machines share one.
class Kvm {
public:
    static constexpr const char* DefaultPath = "/dev/kvm";

    /// Every failure is a sentence that names the cause and the command that cures it.
    [[nodiscard]] static Result<std::shared_ptr<const Kvm>> open(const std::string& path = DefaultPath);

    [[nodiscard]] const KvmCaps& caps() const { return m_caps; }
    /// KVM_GET_SUPPORTED_CPUID.
    [[nodiscard]] const CpuidTable& supportedCpuid() const { return m_supportedCpuid; }
    /// KVM_GET_SUPPORTED_HV_CPUID; empty where the host has no Hyper-V support or asks for a vCPU first.
    [[nodiscard]] const CpuidTable& supportedHypervCpuid() const { return m_supportedHypervCpuid; }
    /// The model-specific registers that carry a vCPU's state (KVM_GET_MSR_INDEX_LIST).
    [[nodiscard]] const std::vector<std::uint32_t>& savedMsrs() const { return m_savedMsrs; }
    /// Bytes of a vCPU's shared mapping.
    [[nodiscard]] std::size_t runPageBytes() const { return m_runPageBytes; }

    /// KVM_CREATE_VM.
    [[nodiscard]] Result<UniqueFd> createVmFd() const;

private:
    explicit Kvm(UniqueFd fd) : m_fd(std::move(fd)) {}

    UniqueFd m_fd;
    KvmCaps m_caps;
    CpuidTable m_supportedCpuid;
    CpuidTable m_supportedHypervCpuid;
    std::vector<std::uint32_t> m_savedMsrs;
    std::size_t m_runPageBytes = 0;
};

} // namespace engine::kvm

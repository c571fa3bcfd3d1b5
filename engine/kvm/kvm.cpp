// SPDX-License-Identifier: GPL-3.0-or-later
#include "kvm/kvm.h"

#include "kvm/cpuid_io.h"
#include "kvm/kvm_access.h"
#include "kvm/kvm_api.h"

#include <fcntl.h>

namespace engine::kvm {

namespace {

Result<std::vector<std::uint32_t>> readSavedMsrs(int fd)
{
    // With no room the kernel answers E2BIG and the number that it would have written.
    MsrIndexBuffer probe(0);
    if (callKvm(fd, KVM_GET_MSR_INDEX_LIST, probe.get()) < 0 && errno != E2BIG)
        return failSystem("KVM does not list its model-specific registers (KVM_GET_MSR_INDEX_LIST)");
    MsrIndexBuffer list(probe->nmsrs);
    list->nmsrs = probe->nmsrs;
    if (callKvm(fd, KVM_GET_MSR_INDEX_LIST, list.get()) < 0)
        return failSystem("KVM does not list its model-specific registers (KVM_GET_MSR_INDEX_LIST)");
    const auto entries = list.entries();
    return std::vector<std::uint32_t>(entries.begin(), entries.end());
}

} // namespace

Result<std::shared_ptr<const Kvm>> Kvm::open(const std::string& path)
{
    UniqueFd fd(::open(path.c_str(), O_RDWR | O_CLOEXEC));
    if (!fd)
        return std::unexpected(explainOpenFailure(path, errno));
    VM_TRY(checkApiVersion(path, callKvm(fd.get(), KVM_GET_API_VERSION)));

    auto kvm = std::shared_ptr<Kvm>(new Kvm(std::move(fd)));
    const int device = kvm->m_fd.get();
    kvm->m_caps = probeCaps([&](int capability) { return callKvm(device, KVM_CHECK_EXTENSION, capability); });
    if (const auto missing = missingRequirement(kvm->m_caps))
        return fail(ErrorCode::Unsupported, "The KVM of this host lacks " + std::string(*missing)
                                                + ", which every guest needs. Linux 4.18 or newer has it.");
    const int bytes = callKvm(device, KVM_GET_VCPU_MMAP_SIZE);
    if (bytes < static_cast<int>(sizeof(kvm_run)))
        return failSystem("KVM does not tell the size of a vCPU's mapping (KVM_GET_VCPU_MMAP_SIZE)");
    kvm->m_runPageBytes = static_cast<std::size_t>(bytes);
    kvm->m_supportedCpuid = VM_TRY(readCpuid(device, KVM_GET_SUPPORTED_CPUID));
    if (kvm->m_caps.sysHypervCpuid != 0)
        kvm->m_supportedHypervCpuid = VM_TRY(readCpuid(device, KVM_GET_SUPPORTED_HV_CPUID));
    kvm->m_savedMsrs = VM_TRY(readSavedMsrs(device));
    return kvm;
}

Result<UniqueFd> Kvm::createVmFd() const
{
    UniqueFd fd(callKvm(m_fd.get(), KVM_CREATE_VM));
    if (!fd)
        return failSystem("The host refuses to create a virtual machine (KVM_CREATE_VM)");
    return fd;
}

} // namespace engine::kvm

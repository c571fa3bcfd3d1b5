// SPDX-License-Identifier: GPL-3.0-or-later
#include "kvm/cpuid_io.h"

#include "kvm/kvm_api.h"

#include <algorithm>

namespace engine::kvm {

Result<CpuidTable> readCpuid(int fd, unsigned long request)
{
    constexpr std::uint32_t MaximumEntries = 4096;
    for (std::uint32_t room = 128; room <= MaximumEntries; room *= 2) {
        CpuidBuffer buffer(room);
        buffer->nent = room;
        if (callKvm(fd, request, buffer.get()) < 0) {
            if (errno == E2BIG)
                continue;
            return failSystem("KVM does not tell what its CPUs support (KVM_GET_SUPPORTED_CPUID)");
        }
        CpuidTable table;
        for (const kvm_cpuid_entry2& entry : buffer.entries().first(std::min(buffer->nent, room)))
            table.entries().push_back({.function = entry.function,
                                       .index = entry.index,
                                       .indexed = (entry.flags & KVM_CPUID_FLAG_SIGNIFCANT_INDEX) != 0,
                                       .eax = entry.eax,
                                       .ebx = entry.ebx,
                                       .ecx = entry.ecx,
                                       .edx = entry.edx});
        return table;
    }
    return fail(ErrorCode::Unsupported, "KVM lists more CPUID entries than is plausible");
}

Result<> writeCpuid(int vcpuFd, const CpuidTable& table)
{
    CpuidBuffer buffer(table.entries().size());
    buffer->nent = static_cast<std::uint32_t>(table.entries().size());
    std::ranges::transform(table.entries(), buffer.entries().begin(), [](const CpuidEntry& entry) {
        kvm_cpuid_entry2 raw{};
        raw.function = entry.function;
        raw.index = entry.index;
        raw.flags = entry.indexed ? KVM_CPUID_FLAG_SIGNIFCANT_INDEX : 0U;
        raw.eax = entry.eax;
        raw.ebx = entry.ebx;
        raw.ecx = entry.ecx;
        raw.edx = entry.edx;
        return raw;
    });
    if (callKvm(vcpuFd, KVM_SET_CPUID2, buffer.get()) < 0)
        return failSystem("KVM refuses the CPU model of the guest (KVM_SET_CPUID2)");
    return {};
}

} // namespace engine::kvm

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// The one way to <linux/kvm.h>. Private to engine/kvm and its tests.

#include <linux/stddef.h>
#include <sys/ioctl.h>

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <span>
#include <type_traits>
#include <vector>

// The kernel's macro for flexible arrays starts with an empty struct, whose size is 1 in C++: the
// structures would grow and the ioctl numbers, which contain their size, would be wrong.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wpedantic"
#undef __DECLARE_FLEX_ARRAY
// NOLINTNEXTLINE(bugprone-reserved-identifier,readability-identifier-naming): the kernel's
#define __DECLARE_FLEX_ARRAY(TYPE, NAME) TYPE NAME[0]
#include <linux/kvm.h>
#pragma GCC diagnostic pop

static_assert(sizeof(kvm_cpuid2) == 8 && sizeof(kvm_msrs) == 8 && sizeof(kvm_msr_list) == 4);
static_assert(sizeof(kvm_irq_routing) == 8 && sizeof(kvm_run) == 2352);
static_assert(KVM_GET_SUPPORTED_CPUID == 0xc008ae05 && KVM_SET_CPUID2 == 0x4008ae90);
static_assert(KVM_GET_MSRS == 0xc008ae88 && KVM_SET_MSRS == 0x4008ae89);
static_assert(KVM_SET_GSI_ROUTING == 0x4008ae6a && KVM_SET_USER_MEMORY_REGION == 0x4020ae46);

// Newer than the oldest kernel headers that we build with (Linux 6.1).
#ifndef KVM_CAP_X86_DISABLE_EXITS
#define KVM_CAP_X86_DISABLE_EXITS 143
#endif
#ifndef KVM_EXIT_MEMORY_FAULT
#define KVM_EXIT_MEMORY_FAULT 39
#endif
#ifndef KVM_CAP_X86_APIC_BUS_CYCLES_NS
#define KVM_CAP_X86_APIC_BUS_CYCLES_NS 237
#endif

namespace engine::kvm {

/// ioctl(2), repeated when a signal interrupts it. Not for KVM_RUN.
template <class Argument = int>
int callKvm(int fd, unsigned long request, Argument argument = 0)
{
    int result = 0;
    do
        result = ::ioctl(fd, request, argument);
    while (result < 0 && errno == EINTR);
    return result;
}

/// A kernel structure that ends in an array: `Header`, then `count` entries.
template <class Header, class Entry>
class TrailingArray {
    static_assert(std::is_trivially_copyable_v<Header> && std::is_trivially_copyable_v<Entry>);
    static_assert(sizeof(Header) % alignof(Entry) == 0);

public:
    explicit TrailingArray(std::size_t count)
        : m_storage((sizeof(Header) + count * sizeof(Entry) + 7) / 8), m_count(count)
    {}

    [[nodiscard]] Header* get() { return reinterpret_cast<Header*>(m_storage.data()); }
    Header* operator->() { return get(); }
    [[nodiscard]] std::span<Entry> entries()
    {
        // SAFETY: the storage holds the header and m_count entries behind it, all trivially copyable.
        auto* first =
            reinterpret_cast<Entry*>(reinterpret_cast<std::byte*>(m_storage.data()) + sizeof(Header));
        return {first, m_count};
    }

private:
    std::vector<std::uint64_t> m_storage; // zeroed, aligned for every kernel structure
    std::size_t m_count;
};

using CpuidBuffer = TrailingArray<kvm_cpuid2, kvm_cpuid_entry2>;
using MsrBuffer = TrailingArray<kvm_msrs, kvm_msr_entry>;
using MsrIndexBuffer = TrailingArray<kvm_msr_list, std::uint32_t>;
using RoutingBuffer = TrailingArray<kvm_irq_routing, kvm_irq_routing_entry>;

} // namespace engine::kvm

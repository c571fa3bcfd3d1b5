// SPDX-License-Identifier: GPL-3.0-or-later
#include "kvm/coalesced_writes.h"

#include "kvm/kvm_api.h"

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstring>

namespace engine::kvm {

namespace {

kvm_coalesced_mmio_zone toKernel(const CoalescedZone& zone)
{
    kvm_coalesced_mmio_zone raw{};
    raw.addr = zone.address;
    raw.size = zone.length;
    raw.pio = zone.space == CoalescedZone::Space::Ports ? 1 : 0;
    return raw;
}

std::size_t pageBytes()
{
    static const auto bytes = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
    return bytes;
}

} // namespace

CoalescedWrites::~CoalescedWrites()
{
    if (!m_page.empty())
        ::munmap(m_page.data(), m_page.size());
}

Result<> CoalescedWrites::attach(int vcpuFd)
{
    std::scoped_lock lock(m_mutex);
    if (m_caps.coalescedMmio == 0 || m_ring)
        return {};
    const auto offset = static_cast<off_t>(pageBytes()) * m_caps.coalescedMmio;
    void* memory = ::mmap(nullptr, pageBytes(), PROT_READ | PROT_WRITE, MAP_SHARED, vcpuFd, offset);
    if (memory == MAP_FAILED)
        return failSystem("cannot map the ring of collected writes");
    m_page = {static_cast<std::byte*>(memory), pageBytes()};
    m_ring = static_cast<kvm_coalesced_mmio_ring*>(memory);
    return {};
}

Result<> CoalescedWrites::addZone(const CoalescedZone& zone)
{
    if (!canUseCoalescing(m_caps, zone.space == CoalescedZone::Space::Ports))
        return fail(ErrorCode::Unsupported, "this host's KVM cannot collect writes");
    kvm_coalesced_mmio_zone raw = toKernel(zone);
    if (callKvm(m_vmFd, KVM_REGISTER_COALESCED_MMIO, &raw) < 0)
        return failSystem("KVM refuses to collect writes (KVM_REGISTER_COALESCED_MMIO)");
    return {};
}

void CoalescedWrites::removeZone(const CoalescedZone& zone)
{
    kvm_coalesced_mmio_zone raw = toKernel(zone);
    (void)callKvm(m_vmFd, KVM_UNREGISTER_COALESCED_MMIO, &raw);
}

bool CoalescedWrites::isEmpty() const
{
    return std::atomic_ref(m_ring->first).load(std::memory_order_relaxed)
           == std::atomic_ref(m_ring->last).load(std::memory_order_acquire);
}

void CoalescedWrites::drain(const Handler& handler)
{
    if (!m_ring || isEmpty())
        return;
    std::scoped_lock lock(m_mutex);
    const std::size_t capacity =
        (m_page.size() - sizeof(kvm_coalesced_mmio_ring)) / sizeof(kvm_coalesced_mmio);
    const auto* entries = reinterpret_cast<const kvm_coalesced_mmio*>(m_page.data() + sizeof *m_ring);
    for (std::size_t drained = 0; drained < capacity && !isEmpty(); ++drained) {
        const std::uint32_t first = m_ring->first;
        kvm_coalesced_mmio entry{};
        std::memcpy(&entry, &entries[first % capacity], sizeof entry);
        const auto length = std::min<std::size_t>(entry.len, sizeof entry.data);
        handler(entry.pio != 0 ? CoalescedZone::Space::Ports : CoalescedZone::Space::Memory, entry.phys_addr,
                std::as_bytes(std::span(entry.data)).first(length));
        // Only now: a thread that finds the ring empty must find the devices up to date.
        std::atomic_ref(m_ring->first)
            .store(static_cast<std::uint32_t>((first + 1) % capacity), std::memory_order_release);
    }
}

} // namespace engine::kvm

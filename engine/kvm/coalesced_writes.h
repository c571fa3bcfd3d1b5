// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"
#include "kvm/kvm_caps.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>
#include <span>

struct kvm_coalesced_mmio_ring; // NOLINT(readability-identifier-naming): the kernel's

namespace engine::kvm {

/// A range whose writes the kernel may collect and deliver later.
struct CoalescedZone {
    enum class Space : std::uint8_t { Memory, Ports };
    Space space = Space::Memory;
    std::uint64_t address = 0;
    std::uint32_t length = 0;
    bool operator==(const CoalescedZone&) const = default;
};

/// Writes whose effects the guest need not see at once (VGA planes, an index register)
/// gather in one ring per VM and reach the device before the next exit is handled. Whoever handles an
/// exit drains first, so the order of one CPU's accesses is kept.
class CoalescedWrites {
public:
    using Handler =
        std::function<void(CoalescedZone::Space, std::uint64_t address, std::span<const std::byte>)>;

    /// `vmFd` must outlive this object.
    CoalescedWrites(int vmFd, const KvmCaps& caps) : m_vmFd(vmFd), m_caps(caps) {}
    ~CoalescedWrites();
    CoalescedWrites(const CoalescedWrites&) = delete;
    CoalescedWrites& operator=(const CoalescedWrites&) = delete;
    CoalescedWrites(CoalescedWrites&&) = delete;
    CoalescedWrites& operator=(CoalescedWrites&&) = delete;

    /// Once the first vCPU exists: maps the ring, through which the VM's other vCPUs write too.
    [[nodiscard]] Result<> attach(int vcpuFd);
    /// Unsupported where the host cannot: each write then is an exit of its own.
    [[nodiscard]] Result<> addZone(const CoalescedZone& zone);
    void removeZone(const CoalescedZone& zone);

    /// Hands the collected writes to `handler`, oldest first. Cheap when there are none. The ring's
    /// lock is held meanwhile, because a second thread must not overtake; `handler` must not drain.
    void drain(const Handler& handler);

private:
    [[nodiscard]] bool isEmpty() const;

    int m_vmFd;
    KvmCaps m_caps;
    std::mutex m_mutex;
    std::span<std::byte> m_page; // set by attach()
    kvm_coalesced_mmio_ring* m_ring = nullptr;
};

} // namespace engine::kvm

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "bus/address_space.h"
#include "kvm/kvm_caps.h"

#include <cstdint>
#include <mutex>
#include <optional>
#include <set>
#include <vector>

namespace engine::kvm {

/// Hands out slot numbers, lowest first, and takes them back for reuse.
class SlotNumbers {
public:
    explicit SlotNumbers(unsigned limit) : m_limit(limit) {}
    [[nodiscard]] std::optional<std::uint32_t> take();
    void giveBack(std::uint32_t number) { m_free.insert(number); }

private:
    unsigned m_limit;
    std::uint32_t m_next = 0;
    std::set<std::uint32_t> m_free;
};

/// Tells KVM where guest memory is (KVM_SET_USER_MEMORY_REGION), and asks it which pages the guest
/// wrote (KVM_GET_DIRTY_LOG). Any thread.
class MemorySlots final : public MemorySlotSink {
public:
    /// `vmFd` must outlive this object.
    MemorySlots(int vmFd, const KvmCaps& caps);

    [[nodiscard]] Result<> addSlot(const MemorySlotSpec& slot) override;
    void removeSlot(const MemorySlotSpec& slot) override;
    void collectDirty(const MemorySlotSpec& slot, std::span<std::uint64_t> bitmap) override;

private:
    struct ActiveSlot {
        std::uint32_t number;
        MemorySlotSpec spec; // keeps the block alive while the guest can reach it
    };
    [[nodiscard]] std::vector<ActiveSlot>::iterator find(const MemorySlotSpec& spec);

    int m_vmFd;
    bool m_canBeReadOnly;
    std::mutex m_mutex;
    SlotNumbers m_numbers;            // guarded by m_mutex
    std::vector<ActiveSlot> m_active; // guarded by m_mutex
};

} // namespace engine::kvm

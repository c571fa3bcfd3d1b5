// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"
#include "bus/bus.h"
#include "memory/guest_address.h"
#include "memory/host_block.h"

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <vector>

namespace engine {

enum class MemoryAccess : std::uint8_t {
    ReadWrite,
    ReadOnly, ///< guest writes go to the MMIO bus instead (ROM, flash, write-protected shadow RAM)
};

/// Memory placed into the guest's physical address space. Base, length and block offset are
/// multiples of 4096.
struct MemoryMapping {
    GuestAddress base;
    std::uint64_t length = 0;
    std::shared_ptr<HostBlock> block; ///< null: a hole that hides lower priorities, so MMIO answers
    std::uint64_t blockOffset = 0;
    MemoryAccess access = MemoryAccess::ReadWrite;
    int priority = 0;      ///< the higher one wins where mappings overlap
    bool logDirty = false; ///< the guest's writes are tracked for takeDirty()
};

/// A piece of the flattened map, without overlaps: what becomes a KVM memory slot.
struct MemorySlotSpec {
    GuestAddress base;
    std::uint64_t length = 0;
    std::shared_ptr<HostBlock> block;
    std::uint64_t blockOffset = 0;
    MemoryAccess access = MemoryAccess::ReadWrite;
    bool logDirty = false;
    bool operator==(const MemorySlotSpec&) const = default;
};

/// What the hypervisor needs to be told; implemented by KVM, absent without it.
class MemorySlotSink {
public:
    virtual ~MemorySlotSink() = default;
    [[nodiscard]] virtual Result<> addSlot(const MemorySlotSpec& slot) = 0;
    virtual void removeSlot(const MemorySlotSpec& slot) = 0;
    /// ORs one bit per 4 KiB page written since the last call into `bitmap` (slot-relative, LSB first).
    virtual void collectDirty(const MemorySlotSpec& slot, std::span<std::uint64_t> bitmap) = 0;
};

using MappingId = std::uint64_t;

/// The guest's physical address space: memory mappings by priority over one MMIO bus. The
/// hypervisor serves the memory; this class tells it the layout, and does the same work in software
/// where there is no hypervisor (qtest, trace replay) or where the instruction assist acts for a
/// vCPU. Any thread; changes are serialised.
class AddressSpace {
public:
    /// `sink` may be null and must outlive this object.
    explicit AddressSpace(MemorySlotSink* sink = nullptr) : m_sink(sink) {}
    ~AddressSpace();
    AddressSpace(const AddressSpace&) = delete;
    AddressSpace& operator=(const AddressSpace&) = delete;
    AddressSpace(AddressSpace&&) = delete;
    AddressSpace& operator=(AddressSpace&&) = delete;

    [[nodiscard]] Result<MappingId> map(MemoryMapping mapping);
    void unmap(MappingId id);
    /// Replaces several mappings in one step (PAM rewrites thirteen): `remove` first, then `add`.
    [[nodiscard]] Result<std::vector<MappingId>> replace(std::span<const MappingId> remove,
                                                         std::vector<MemoryMapping> add);

    [[nodiscard]] Bus& mmio() { return m_mmio; }
    [[nodiscard]] const Bus& mmio() const { return m_mmio; }

    /// An access as a CPU makes it: memory where there is some, then MMIO, then all ones. Writes to
    /// read-only memory go to MMIO. Not for DMA: devices use GuestMemory.
    void read(GuestAddress at, std::span<std::byte> data) const;
    void write(GuestAddress at, std::span<const std::byte> data);

    /// Tells takeDirty() of a write that was made behind this class's back, after it has been made: the
    /// instruction assist changes RAM itself where other CPUs must see one step.
    void noteWritten(GuestAddress at, std::uint64_t length);

    /// Pages of the mapping that the guest wrote since the last call: one bit per page, LSB first.
    /// Empty for an unknown mapping or one without logDirty.
    [[nodiscard]] std::vector<std::uint64_t> takeDirty(MappingId id);

    /// The present flattened layout, sorted by address.
    [[nodiscard]] std::vector<MemorySlotSpec> slots() const;

private:
    using Layout = std::vector<MemorySlotSpec>;

    [[nodiscard]] Layout flatten() const;
    [[nodiscard]] Result<> publish();
    void markWritten(std::uint64_t address, std::uint64_t length);
    [[nodiscard]] static const MemorySlotSpec* find(const Layout& layout, std::uint64_t address);

    MemorySlotSink* m_sink;
    Bus m_mmio;
    mutable std::mutex m_mutex;
    std::map<MappingId, MemoryMapping> m_mappings;               // guarded by m_mutex
    std::map<MappingId, std::vector<std::uint64_t>> m_softDirty; // guarded by m_mutex; not in the sink
    MappingId m_nextId = 1;                                      // guarded by m_mutex
    std::atomic<std::shared_ptr<const Layout>> m_layout{std::make_shared<const Layout>()};
};

} // namespace engine

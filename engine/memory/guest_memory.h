// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"
#include "memory/guest_address.h"
#include "memory/host_block.h"
#include "memory/io_vectors.h"

#include <atomic>
#include <cstddef>
#include <cstring>
#include <memory>
#include <span>
#include <type_traits>
#include <vector>

namespace engine {

/// A plain value whose bytes the guest may choose freely: every bit pattern must be a valid T.
template <class T>
concept GuestPod = std::is_trivially_copyable_v<T> && std::is_standard_layout_v<T> && !std::is_pointer_v<T>
                   && !std::is_same_v<T, bool>;

/// One contiguous range of guest RAM.
struct GuestMemoryRegion {
    GuestAddress base;
    std::shared_ptr<HostBlock> block;
};

/// What the host kernel is about to do with I/O vectors.
enum class IoDirection : std::uint8_t {
    FromGuest, ///< the guest's bytes are read (a disk write)
    ToGuest,   ///< the guest's memory is written (a disk read)
};

/// Guest RAM as devices reach it by DMA. The guest's vCPUs write it while we read it, so no
/// reference, span or pointer into it ever leaves this class; callers get copies. Only RAM is
/// reachable: an access to ROM, video memory or MMIO is an error, so DMA can never re-enter a
/// device. Regions are never assumed adjacent in the host. Any thread; the layout is fixed.
class GuestMemory {
public:
    GuestMemory() = default;
    /// Regions must not overlap or wrap.
    [[nodiscard]] static Result<GuestMemory> create(std::vector<GuestMemoryRegion> regions);

    [[nodiscard]] std::span<const GuestMemoryRegion> regions() const { return m_regions; }
    [[nodiscard]] std::uint64_t totalBytes() const;

    [[nodiscard]] Result<> read(GuestAddress from, std::span<std::byte> into) const;
    [[nodiscard]] Result<> write(GuestAddress to, std::span<const std::byte> from) const;
    [[nodiscard]] Result<> fill(GuestAddress at, std::uint64_t length, std::byte value) const;

    template <GuestPod T>
    [[nodiscard]] Result<T> readObject(GuestAddress from) const
    {
        T copy;
        VM_TRY(read(from, std::as_writable_bytes(std::span(&copy, 1))));
        return copy;
    }
    template <GuestPod T>
    [[nodiscard]] Result<> writeObject(GuestAddress to, const T& value) const
    {
        return write(to, std::as_bytes(std::span(&value, 1)));
    }
    /// For ring indices: one atomic access, ordered before (after) everything that follows (precedes).
    template <std::unsigned_integral T>
    [[nodiscard]] Result<T> loadAcquire(GuestAddress from) const
    {
        return std::atomic_ref<T>(*VM_TRY(atomicTarget<T>(from))).load(std::memory_order_acquire);
    }
    template <std::unsigned_integral T>
    [[nodiscard]] Result<> storeRelease(GuestAddress to, T value) const
    {
        std::atomic_ref<T>(*VM_TRY(atomicTarget<T>(to))).store(value, std::memory_order_release);
        return {};
    }

    /// Appends the host ranges behind [from, from + length) for the host kernel to use. All of it
    /// must be RAM. See IoVectors for the rule that keeps this safe.
    [[nodiscard]] Result<> appendIoVectors(IoVectors& vectors, GuestAddress from, std::uint64_t length,
                                           IoDirection direction) const;

private:
    explicit GuestMemory(std::vector<GuestMemoryRegion> regions) : m_regions(std::move(regions)) {}

    /// The longest run of host memory at `at`, at most `length` bytes; an error when it is not RAM.
    [[nodiscard]] Result<std::span<std::byte>> hostRun(GuestAddress at, std::uint64_t length) const;
    template <class T>
    [[nodiscard]] Result<T*> atomicTarget(GuestAddress at) const
    {
        if (at.raw() % sizeof(T) != 0)
            return fail(ErrorCode::InvalidArgument, "misaligned atomic access");
        // Aligned, so it cannot cross the end of a page-sized region.
        const auto run = VM_TRY(hostRun(at, sizeof(T)));
        return reinterpret_cast<T*>(run.data()); // SAFETY: inside the region and aligned, checked above
    }

    std::vector<GuestMemoryRegion> m_regions; // sorted by base
};

} // namespace engine

// SPDX-License-Identifier: GPL-3.0-or-later
#include "memory/guest_memory.h"

#include <algorithm>

namespace engine {

Result<GuestMemory> GuestMemory::create(std::vector<GuestMemoryRegion> regions)
{
    std::ranges::sort(regions, {}, &GuestMemoryRegion::base);
    std::uint64_t end = 0;
    for (const GuestMemoryRegion& region : regions) {
        const auto regionEnd = region.base.checkedAdd(region.block->sizeBytes());
        if (!regionEnd)
            return fail(ErrorCode::InvalidArgument, "guest memory wraps around the address space");
        if (region.base.raw() < end)
            return fail(ErrorCode::Overlap, "guest memory regions overlap");
        end = regionEnd->raw();
    }
    return GuestMemory(std::move(regions));
}

std::uint64_t GuestMemory::totalBytes() const
{
    std::uint64_t total = 0;
    for (const GuestMemoryRegion& region : m_regions)
        total += region.block->sizeBytes();
    return total;
}

Result<std::span<std::byte>> GuestMemory::hostRun(GuestAddress at, std::uint64_t length) const
{
    auto it = std::ranges::upper_bound(m_regions, at, {}, &GuestMemoryRegion::base);
    if (it == m_regions.begin())
        return fail(ErrorCode::OutOfBounds, "address is not guest RAM");
    const GuestMemoryRegion& region = *std::prev(it);
    const std::uint64_t offset = at.raw() - region.base.raw();
    const std::uint64_t size = region.block->sizeBytes();
    if (offset >= size)
        return fail(ErrorCode::OutOfBounds, "address is not guest RAM");
    return std::span(region.block->data() + offset, std::min(length, size - offset));
}

Result<> GuestMemory::read(GuestAddress from, std::span<std::byte> into) const
{
    while (!into.empty()) {
        const auto run = VM_TRY(hostRun(from, into.size()));
        std::memcpy(into.data(), run.data(), run.size());
        into = into.subspan(run.size());
        if (!into.empty())
            from = GuestAddress(from.raw() + run.size());
    }
    return {};
}

Result<> GuestMemory::write(GuestAddress to, std::span<const std::byte> from) const
{
    while (!from.empty()) {
        const auto run = VM_TRY(hostRun(to, from.size()));
        std::memcpy(run.data(), from.data(), run.size());
        from = from.subspan(run.size());
        if (!from.empty())
            to = GuestAddress(to.raw() + run.size());
    }
    return {};
}

Result<> GuestMemory::fill(GuestAddress at, std::uint64_t length, std::byte value) const
{
    while (length != 0) {
        const auto run = VM_TRY(hostRun(at, length));
        std::memset(run.data(), std::to_integer<int>(value), run.size());
        length -= run.size();
        if (length != 0)
            at = GuestAddress(at.raw() + run.size());
    }
    return {};
}

Result<> GuestMemory::appendIoVectors(IoVectors& vectors, GuestAddress from, std::uint64_t length,
                                      IoDirection /*direction*/) const
{
    // The usual case: one range, no list to roll back.
    const auto whole = VM_TRY(hostRun(from, length));
    if (whole.size() == length) {
        vectors.append(whole.data(), whole.size());
        return {};
    }
    IoVectors added; // all or nothing
    while (length != 0) {
        const auto run = VM_TRY(hostRun(from, length));
        added.append(run.data(), run.size());
        length -= run.size();
        if (length != 0)
            from = GuestAddress(from.raw() + run.size());
    }
    vectors.append(added);
    return {};
}

} // namespace engine

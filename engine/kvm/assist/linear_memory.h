// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "kvm/assist/page_walk.h"

#include <optional>
#include <span>

namespace engine::kvm::assist {

/// Memory by linear addresses, for one instruction. An access happens whole or not at all: every page
/// is translated before the first byte moves.
class LinearMemory {
public:
    LinearMemory(const CpuContext& cpu, GuestPages& pages) : m_cpu(cpu), m_pages(pages) {}

    /// nullopt when all went well.
    [[nodiscard]] std::optional<GuestFault> read(std::uint64_t linear, std::span<std::byte> data) const;
    [[nodiscard]] std::optional<GuestFault> write(std::uint64_t linear,
                                                  std::span<const std::byte> data) const;
    /// What write() would answer, without writing.
    [[nodiscard]] std::optional<GuestFault> checkWritable(std::uint64_t linear, std::size_t length) const;
    /// As many of the instruction's bytes as can be fetched; the fault when not even one can.
    [[nodiscard]] std::expected<std::size_t, GuestFault> fetch(std::uint64_t linear,
                                                               std::span<std::byte> data) const;
    /// Where an atomic operation takes place.
    struct AtomicTarget {
        std::byte* host = nullptr;  ///< null: not in RAM, or in two pages
        std::uint64_t physical = 0; ///< for GuestPages::noteWritten()
    };
    [[nodiscard]] std::expected<AtomicTarget, GuestFault> atomicTarget(std::uint64_t linear,
                                                                       std::size_t length) const;

private:
    [[nodiscard]] std::uint64_t wrap(std::uint64_t linear) const
    {
        return m_cpu.isLongMode() ? linear : linear & 0xFFFFFFFF;
    }

    const CpuContext& m_cpu;
    GuestPages& m_pages;
};

} // namespace engine::kvm::assist

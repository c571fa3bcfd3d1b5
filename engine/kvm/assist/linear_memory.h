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

    /// The same memory as code at this privilege level sees it; a CPU reads its tables at level 0.
    [[nodiscard]] LinearMemory asLevel(unsigned privilege) const
    {
        LinearMemory view = *this;
        view.m_privilege = privilege;
        return view;
    }

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
        // Tables lie anywhere in long mode, also for a program in compatibility mode.
        const bool wide = m_privilege ? (m_cpu.efer & EferLongModeActive) != 0 : m_cpu.isLongMode();
        return wide ? linear : linear & 0xFFFFFFFF;
    }
    [[nodiscard]] std::expected<std::uint64_t, GuestFault> find(std::uint64_t linear, AccessKind kind) const
    {
        return translate(m_cpu, m_pages, linear, kind, m_privilege.value_or(m_cpu.privilege()));
    }

    const CpuContext& m_cpu;
    GuestPages& m_pages;
    std::optional<unsigned> m_privilege; // other than the CPU's own
};

} // namespace engine::kvm::assist

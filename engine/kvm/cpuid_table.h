// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <vector>

namespace engine::kvm {

/// One answer of the CPUID instruction.
struct CpuidEntry {
    std::uint32_t function = 0; ///< EAX on input
    std::uint32_t index = 0;    ///< ECX on input; matters when `indexed`
    bool indexed = false;
    std::uint32_t eax = 0;
    std::uint32_t ebx = 0;
    std::uint32_t ecx = 0;
    std::uint32_t edx = 0;

    bool operator==(const CpuidEntry&) const = default;
};

/// What a CPU answers to CPUID: a plain list, so that profiles are pure functions over it.
class CpuidTable {
public:
    CpuidTable() = default;
    explicit CpuidTable(std::vector<CpuidEntry> entries) : m_entries(std::move(entries)) {}

    [[nodiscard]] const std::vector<CpuidEntry>& entries() const { return m_entries; }
    [[nodiscard]] std::vector<CpuidEntry>& entries() { return m_entries; }

    [[nodiscard]] const CpuidEntry* find(std::uint32_t function, std::uint32_t index = 0) const;
    [[nodiscard]] CpuidEntry* find(std::uint32_t function, std::uint32_t index = 0);
    /// Replaces the entry of the same function (and index), or adds it.
    void set(const CpuidEntry& entry);
    /// Removes every entry whose function lies in [first, last].
    void removeRange(std::uint32_t first, std::uint32_t last);

    bool operator==(const CpuidTable&) const = default;

private:
    std::vector<CpuidEntry> m_entries;
};

} // namespace engine::kvm

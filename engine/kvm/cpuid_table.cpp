// SPDX-License-Identifier: GPL-3.0-or-later
#include "kvm/cpuid_table.h"

#include <algorithm>
#include <utility>

namespace engine::kvm {

const CpuidEntry* CpuidTable::find(std::uint32_t function, std::uint32_t index) const
{
    const auto it = std::ranges::find_if(m_entries, [&](const CpuidEntry& entry) {
        return entry.function == function && (!entry.indexed || entry.index == index);
    });
    return it == m_entries.end() ? nullptr : &*it;
}

CpuidEntry* CpuidTable::find(std::uint32_t function, std::uint32_t index)
{
    return const_cast<CpuidEntry*>(std::as_const(*this).find(function, index)); // NOLINT: own member
}

void CpuidTable::set(const CpuidEntry& entry)
{
    if (CpuidEntry* existing = find(entry.function, entry.index))
        *existing = entry;
    else
        m_entries.push_back(entry);
}

void CpuidTable::removeRange(std::uint32_t first, std::uint32_t last)
{
    std::erase_if(m_entries,
                  [&](const CpuidEntry& entry) { return entry.function >= first && entry.function <= last; });
}

} // namespace engine::kvm

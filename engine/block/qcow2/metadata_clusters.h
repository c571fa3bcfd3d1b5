// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

namespace engine::block::qcow2 {

/// Which host clusters hold the image's own tables, so that a damaged or hostile image can't make
/// us overwrite them with guest data.
class MetadataClusters {
public:
    /// Adds many; finish with sort().
    void append(std::uint64_t first, std::uint64_t count)
    {
        for (std::uint64_t i = 0; i < count; ++i)
            m_clusters.push_back(first + i);
    }
    /// False when a cluster was added twice: two tables overlap.
    [[nodiscard]] bool sort()
    {
        std::ranges::sort(m_clusters);
        return std::ranges::adjacent_find(m_clusters) == m_clusters.end();
    }
    void add(std::uint64_t cluster)
    {
        m_clusters.insert(std::ranges::lower_bound(m_clusters, cluster), cluster);
    }
    void remove(std::uint64_t cluster)
    {
        const auto at = std::ranges::lower_bound(m_clusters, cluster);
        if (at != m_clusters.end() && *at == cluster)
            m_clusters.erase(at);
    }
    /// True when one of [first, first + count) is among them.
    [[nodiscard]] bool overlaps(std::uint64_t first, std::uint64_t count) const
    {
        const auto at = std::ranges::lower_bound(m_clusters, first);
        return at != m_clusters.end() && *at - first < count;
    }

private:
    std::vector<std::uint64_t> m_clusters; // sorted
};

} // namespace engine::block::qcow2

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <concepts>
#include <optional>

namespace engine {

/// Decides when a disk device tells its guest of finished requests. A host that answers from its page
/// cache is faster than a guest can submit, so each request would cost a doorbell and an interrupt;
/// looking for more for some microseconds before telling lets both happen once for many. A guest
/// that waits for each request must not pay for this: looking in vain makes it rarer. Loop thread.
class AnswerBatch {
public:
    using Clock = std::chrono::steady_clock;

    /// `patience`: how long the guest takes from one request to the next, at most.
    explicit AnswerBatch(std::chrono::microseconds patience = std::chrono::microseconds{20})
        : m_patience(patience)
    {}

    /// True when `hasMore()` holds, now or within a moment: take that work first. Bounded from the
    /// first answer that waits.
    template <std::predicate HasMore>
    [[nodiscard]] bool isWorthWaiting(HasMore hasMore)
    {
        const Clock::time_point start = Clock::now();
        if (!m_heldSince)
            m_heldSince = start;
        if (start - *m_heldSince > LongestHold)
            return false;
        if (hasMore())
            return true;
        if (m_skip != 0) {
            --m_skip;
            return false;
        }
        do {
            __builtin_ia32_pause();
            if (hasMore()) {
                m_misses = 0;
                return true;
            }
        } while (Clock::now() - start < m_patience);
        // One miss is the natural end of a batch; only repeated ones mean that nothing comes.
        if (m_misses < MostMisses)
            ++m_misses;
        m_skip = (1U << m_misses) / 2 - 1;
        return false;
    }
    /// The guest knows of everything that is finished.
    void told() { m_heldSince.reset(); }

private:
    static constexpr std::chrono::microseconds LongestHold{400};
    static constexpr unsigned MostMisses = 10;

    std::chrono::microseconds m_patience;
    std::optional<Clock::time_point> m_heldSince;
    unsigned m_misses = 0;
    unsigned m_skip = 0;
};

} // namespace engine

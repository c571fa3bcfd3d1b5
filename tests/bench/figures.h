// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <string>
#include <thread>
#include <vector>

/// What the engine's benchmarks share: quantiles, and lines of figures with their bounds.
namespace bench {

inline constexpr int CannotRun = 77; ///< the exit code for "could not be measured here"

/// The value that `part` (0 to 1) of `values` do not exceed; `values` is not empty.
[[nodiscard]] inline double quantile(std::vector<double> values, double part)
{
    std::ranges::sort(values);
    const auto last = static_cast<double>(values.size() - 1);
    return values[static_cast<std::size_t>(part * last + 0.5)];
}

[[nodiscard]] inline double median(const std::vector<double>& values)
{
    return quantile(values, 0.5);
}

/// Prints one figure; true when it keeps its bound.
inline bool report(const std::string& name, double value, const char* unit, std::optional<double> bound = {})
{
    const bool kept = !bound || value <= *bound;
    std::printf("%-58s %10.3f %s", name.c_str(), value, unit);
    if (bound)
        std::printf("  (at most %g)%s", *bound, kept ? "" : "  MISSED");
    std::printf("\n");
    std::fflush(stdout);
    return kept;
}

/// Prints the load average; true when somebody else needs the processors too.
inline bool reportLoad()
{
    std::array<double, 1> load{};
    if (::getloadavg(load.data(), 1) != 1)
        return false;
    std::printf("load average %.1f on %u processors\n", load[0], std::thread::hardware_concurrency());
    return load[0] > std::thread::hardware_concurrency();
}

} // namespace bench

// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/text.h"

#include <array>
#include <charconv>
#include <cmath>

namespace app {

using engine::ErrorCode;
using engine::fail;
using engine::Result;

Result<std::uint64_t> parseSize(std::string_view text)
{
    const auto wrong = [&] {
        return fail(ErrorCode::InvalidArgument,
                    "\"" + std::string(text) + "\" is not a size; write 512M, 4G or 1.5G");
    };
    double number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || !std::isfinite(number) || number < 0)
        return wrong();
    std::string_view suffix(end, static_cast<std::size_t>(text.data() + text.size() - end));
    if (suffix.ends_with("iB"))
        suffix.remove_suffix(2);
    else if (suffix.ends_with("B"))
        suffix.remove_suffix(1);
    int shift = 0;
    if (!suffix.empty()) {
        constexpr std::string_view Letters = "KMGTP";
        const auto at =
            Letters.find(static_cast<char>(std::toupper(static_cast<unsigned char>(suffix.front()))));
        if (suffix.size() != 1 || at == std::string_view::npos)
            return wrong();
        shift = 10 * (static_cast<int>(at) + 1);
    }
    const double bytes = std::ldexp(number, shift);
    constexpr double Limit = 9.2e18;
    if (bytes > Limit)
        return fail(ErrorCode::InvalidArgument,
                    "\"" + std::string(text) + "\" is more than any computer has");
    return static_cast<std::uint64_t>(bytes);
}

std::string formatSize(std::uint64_t bytes)
{
    constexpr std::array Units{"bytes", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
    std::size_t unit = 0;
    auto value = static_cast<double>(bytes);
    while (value >= 1024 && unit + 1 < Units.size()) {
        value /= 1024;
        ++unit;
    }
    std::array<char, 32> digits{};
    const bool whole = value == std::floor(value);
    const auto result = std::to_chars(digits.data(), digits.data() + digits.size(), value,
                                      std::chars_format::fixed, whole ? 0 : 1);
    return std::string(digits.data(), result.ptr) + " " + Units.at(unit);
}

} // namespace app

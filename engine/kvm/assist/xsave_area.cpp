// SPDX-License-Identifier: GPL-3.0-or-later
#include "kvm/assist/xsave_area.h"

#include <cpuid.h>

#include <algorithm>

namespace engine::kvm::assist {

namespace {

constexpr unsigned FirstExtended = 2;
constexpr std::uint32_t OsXsave = 1U << 27; // leaf 1, ECX

std::uint64_t readHostXcr0()
{
    std::uint32_t low = 0;
    std::uint32_t high = 0;
    asm volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
    return low | std::uint64_t{high} << 32;
}

XsaveLayout probeHost()
{
    XsaveLayout layout;
    std::uint32_t a = 0;
    std::uint32_t b = 0;
    std::uint32_t c = 0;
    std::uint32_t d = 0;
    if (__get_cpuid(1, &a, &b, &c, &d) == 0 || (c & OsXsave) == 0)
        return layout;
    layout.hostMask = readHostXcr0();
    for (unsigned i = FirstExtended; i < layout.components.size(); ++i) {
        if ((layout.hostMask >> i & 1) == 0)
            continue;
        __cpuid_count(0xD, i, a, b, c, d);
        layout.components.at(i) = {.offset = b, .bytes = a, .aligned = (c & 2) != 0};
    }
    return layout;
}

} // namespace

const XsaveLayout& XsaveLayout::ofHost()
{
    static const XsaveLayout layout = probeHost();
    return layout;
}

std::size_t XsaveLayout::standardBytes(std::uint64_t mask) const
{
    std::size_t end = XsaveMinimumBytes;
    for (unsigned i = FirstExtended; i < components.size(); ++i)
        if ((mask >> i & 1) != 0)
            end = std::max<std::size_t>(end, std::size_t{components.at(i).offset} + components.at(i).bytes);
    return end;
}

std::size_t XsaveLayout::compactBytes(std::uint64_t mask) const
{
    std::size_t end = XsaveMinimumBytes;
    for (unsigned i = FirstExtended; i < components.size(); ++i) {
        if ((mask >> i & 1) == 0)
            continue;
        if (components.at(i).aligned)
            end = (end + 63) & ~std::size_t{63};
        end += components.at(i).bytes;
    }
    return end;
}

} // namespace engine::kvm::assist

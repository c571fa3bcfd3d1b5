// SPDX-License-Identifier: GPL-3.0-or-later
#include "wizards/resource_scale.h"

#include <QCoreApplication>
#include <QLocale>

#include <algorithm>
#include <bit>

using namespace Qt::StringLiterals;

namespace wizards {

namespace {

constexpr std::uint64_t MiB = std::uint64_t{1} << 20;
constexpr std::uint64_t GiB = std::uint64_t{1} << 30;
constexpr std::uint64_t TiB = std::uint64_t{1} << 40;

} // namespace

std::uint64_t ResourceScale::comfortable() const
{
    const std::uint64_t free = hostTotal > inUse ? hostTotal - inUse : 0;
    const std::uint64_t limit = kind == ResourceKind::Memory ? free / 4 * 3 : free;
    return hostTotal == 0 ? maximum : std::clamp(limit, minimum, maximum);
}

std::uint64_t ResourceScale::quantum() const
{
    constexpr std::uint64_t MemoryStep = 16 * MiB;
    switch (kind) {
    case ResourceKind::Cpus: return 1;
    case ResourceKind::Memory: return MemoryStep;
    case ResourceKind::Disk: return GiB;
    }
    return 1;
}

std::vector<std::uint64_t> ResourceScale::stops() const
{
    constexpr std::uint64_t StopsPerDoubling = 8;
    std::vector<std::uint64_t> values;
    for (std::uint64_t value = minimum; value < maximum;) {
        values.push_back(value);
        const std::uint64_t step = std::max(std::bit_floor(value) / StopsPerDoubling, quantum());
        value = (value / step + 1) * step;
    }
    values.push_back(maximum);
    return values;
}

QString sizeText(std::uint64_t bytes)
{
    const auto text = [](double value, const QString& unit) {
        const bool isWhole = value == static_cast<double>(static_cast<std::uint64_t>(value));
        return QLocale().toString(value, 'f', isWhole ? 0 : 1) + u'\u00A0' + unit;
    };
    const auto number = static_cast<double>(bytes);
    if (bytes >= TiB)
        return text(number / static_cast<double>(TiB), QCoreApplication::translate("Size", "TiB"));
    if (bytes >= GiB)
        return text(number / static_cast<double>(GiB), QCoreApplication::translate("Size", "GiB"));
    return text(number / static_cast<double>(MiB), QCoreApplication::translate("Size", "MiB"));
}

} // namespace wizards

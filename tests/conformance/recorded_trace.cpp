// SPDX-License-Identifier: GPL-3.0-or-later
#include "conformance/recorded_trace.h"

#include "conformance/text_codes.h"

#include <zlib.h>

#include <array>
#include <memory>
#include <optional>
#include <string_view>

namespace engine::conformance {

namespace {

/// What stands between `before` and the next `after`.
std::optional<std::string_view> between(std::string_view line, std::string_view before, char after)
{
    const auto start = line.find(before);
    if (start == std::string_view::npos)
        return std::nullopt;
    line.remove_prefix(start + before.size());
    const auto end = line.find(after);
    if (end == std::string_view::npos)
        return std::nullopt;
    return line.substr(0, end);
}

/// "memory_region_ops_read cpu 0 mr 0x... addr 0x71 value 0x0 size 1 name 'rtc'"
std::optional<RecordedAccess> parseLine(std::string_view line)
{
    if (!line.starts_with("memory_region_ops_"))
        return std::nullopt;
    const auto number = [&](std::string_view before) {
        const auto text = between(line, before, ' ');
        return text ? parseNumber(*text) : std::nullopt;
    };
    const auto address = number(" addr ");
    const auto value = number(" value ");
    const auto width = number(" size ");
    const auto region = between(line, " name '", '\'');
    if (!address || !value || !width || !region || *width == 0 || *width > 8)
        return std::nullopt;
    return RecordedAccess{.isWrite = line.starts_with("memory_region_ops_write"),
                          .address = *address,
                          .value = *value,
                          .width = static_cast<unsigned>(*width),
                          .region = std::string(*region)};
}

} // namespace

Result<std::vector<RecordedAccess>> readTrace(const std::filesystem::path& file)
{
    const std::unique_ptr<gzFile_s, int (*)(gzFile)> log(gzopen(file.c_str(), "rb"), gzclose);
    if (!log)
        return fail(ErrorCode::NotFound, "cannot open " + file.string());
    std::vector<RecordedAccess> accesses;
    std::array<char, 1024> line{};
    while (gzgets(log.get(), line.data(), static_cast<int>(line.size())))
        if (auto access = parseLine(line.data()))
            accesses.push_back(std::move(*access));
    if (!gzeof(log.get()))
        return fail(ErrorCode::Corrupt, file.string() + " is damaged");
    return accesses;
}

} // namespace engine::conformance

// SPDX-License-Identifier: GPL-3.0-or-later
#include "block/import/vmdk_descriptor.h"

#include <charconv>
#include <optional>

namespace engine::block {

namespace {

constexpr std::size_t MaxExtents = 1024;

std::string_view trimmed(std::string_view text)
{
    const std::size_t first = text.find_first_not_of(std::string_view(" \t\r\0", 4));
    if (first == std::string_view::npos)
        return {};
    const std::size_t last = text.find_last_not_of(std::string_view(" \t\r\0", 4));
    return text.substr(first, last - first + 1);
}

/// Takes the next word, or text between quotes.
std::string_view takeWord(std::string_view& line)
{
    line = trimmed(line);
    std::string_view word;
    if (line.starts_with('"')) {
        const std::size_t end = line.find('"', 1);
        word = line.substr(1, end == std::string_view::npos ? end : end - 1);
        line = end == std::string_view::npos ? std::string_view() : line.substr(end + 1);
        return word;
    }
    const std::size_t end = line.find_first_of(" \t");
    word = line.substr(0, end);
    line = end == std::string_view::npos ? std::string_view() : line.substr(end);
    return word;
}

std::optional<std::uint64_t> toNumber(std::string_view word)
{
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), value);
    if (error != std::errc() || end != word.data() + word.size())
        return std::nullopt;
    return value;
}

Result<VmdkExtentLine> parseExtent(std::string_view line)
{
    VmdkExtentLine extent;
    takeWord(line); // RW, RDONLY
    const std::optional<std::uint64_t> sectors = toNumber(takeWord(line));
    const std::string_view kind = takeWord(line);
    extent.fileName = takeWord(line);
    const std::string_view offset = takeWord(line);
    if (!sectors || *sectors > (1ULL << 50))
        return fail(ErrorCode::Corrupt, "an extent has an impossible size");
    extent.sectors = *sectors;
    if (kind == "ZERO") {
        extent.kind = VmdkExtentLine::Kind::Zero;
        return extent;
    }
    if (kind == "FLAT" || kind == "VMFS") {
        extent.kind = VmdkExtentLine::Kind::Flat;
        extent.offsetSectors = toNumber(offset).value_or(0);
    } else if (kind == "SPARSE") {
        extent.kind = VmdkExtentLine::Kind::Sparse;
    } else {
        return fail(ErrorCode::Unsupported, "an extent has a type that is not supported");
    }
    if (extent.fileName.empty() || extent.fileName.find('/') != std::string::npos || extent.fileName == "..")
        return fail(ErrorCode::Denied, "an extent names a file outside of the image's own folder");
    if (extent.offsetSectors > (1ULL << 50))
        return fail(ErrorCode::Corrupt, "an extent starts at an impossible place");
    return extent;
}

} // namespace

Result<VmdkDescriptor> parseVmdkDescriptor(std::string_view text)
{
    VmdkDescriptor descriptor;
    while (!text.empty()) {
        const std::size_t end = text.find('\n');
        std::string_view line = trimmed(text.substr(0, end));
        text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
        if (line.starts_with("RW ") || line.starts_with("RDONLY ")) {
            if (descriptor.extents.size() == MaxExtents)
                return fail(ErrorCode::Corrupt, "it has too many extents");
            descriptor.extents.push_back(VM_TRY(parseExtent(line)));
            continue;
        }
        const std::size_t equals = line.find('=');
        if (equals == std::string_view::npos)
            continue;
        const std::string_view key = trimmed(line.substr(0, equals));
        std::string_view rest = line.substr(equals + 1);
        const std::string_view value = takeWord(rest);
        if (key == "createType")
            descriptor.createType = value;
        else if (key == "parentCID")
            descriptor.hasParent = value != "ffffffff";
    }
    return descriptor;
}

} // namespace engine::block

// SPDX-License-Identifier: GPL-3.0-or-later
#include "conformance/text_codes.h"

#include <array>
#include <charconv>

namespace engine::conformance {

namespace {

constexpr std::string_view HexDigits = "0123456789abcdef";
constexpr std::string_view Base64Digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

template <class T>
std::optional<T> parseWhole(std::string_view text, int base)
{
    T value{};
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value, base);
    if (problem != std::errc() || end != text.data() + text.size())
        return std::nullopt;
    return value;
}

} // namespace

std::optional<std::uint64_t> parseNumber(std::string_view text)
{
    if (text.starts_with("0x") || text.starts_with("0X"))
        return parseWhole<std::uint64_t>(text.substr(2), 16);
    return parseWhole<std::uint64_t>(text, text.starts_with('0') ? 8 : 10);
}

std::string formatHex(std::uint64_t value, std::size_t digits)
{
    std::array<char, 16> buffer{};
    const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value, 16).ptr;
    const std::string text(buffer.data(), end);
    return "0x" + std::string(text.size() < digits ? digits - text.size() : 0, '0') + text;
}

std::string encodeHex(std::span<const std::byte> data)
{
    std::string text;
    text.reserve(data.size() * 2);
    for (const std::byte byte : data) {
        text += HexDigits[std::to_integer<unsigned>(byte) >> 4];
        text += HexDigits[std::to_integer<unsigned>(byte) & 15];
    }
    return text;
}

std::optional<std::vector<std::byte>> decodeHex(std::string_view text)
{
    if (!text.starts_with("0x") || text.size() % 2 != 0)
        return std::nullopt;
    std::vector<std::byte> data;
    for (std::size_t at = 2; at < text.size(); at += 2) {
        const auto byte = parseWhole<std::uint8_t>(text.substr(at, 2), 16);
        if (!byte)
            return std::nullopt;
        data.push_back(std::byte(*byte));
    }
    return data;
}

std::string encodeBase64(std::span<const std::byte> data)
{
    std::string text;
    for (std::size_t at = 0; at < data.size(); at += 3) {
        const auto group = data.subspan(at, std::min<std::size_t>(3, data.size() - at));
        std::uint32_t bits = 0;
        for (std::size_t i = 0; i < 3; ++i)
            bits = bits << 8 | (i < group.size() ? std::to_integer<std::uint32_t>(group[i]) : 0);
        for (std::size_t i = 0; i < 4; ++i)
            text += i <= group.size() ? Base64Digits[bits >> (18 - 6 * i) & 63] : '=';
    }
    return text;
}

std::optional<std::vector<std::byte>> decodeBase64(std::string_view text)
{
    if (text.size() % 4 != 0)
        return std::nullopt;
    for (int i = 0; i < 2 && text.ends_with('='); ++i)
        text.remove_suffix(1);
    std::vector<std::byte> data;
    std::uint32_t bits = 0;
    unsigned count = 0;
    for (const char letter : text) {
        const auto digit = Base64Digits.find(letter);
        if (digit == std::string_view::npos)
            return std::nullopt;
        bits = bits << 6 | static_cast<std::uint32_t>(digit);
        count += 6;
        if (count >= 8) {
            count -= 8;
            data.push_back(std::byte(static_cast<std::uint8_t>(bits >> count)));
        }
    }
    return data;
}

} // namespace engine::conformance

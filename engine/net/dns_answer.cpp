// SPDX-License-Identifier: GPL-3.0-or-later
#include "net/dns_answer.h"

#include "base/checked.h"
#include "devices/network/checksum.h"

#include <cstring>

namespace engine::net {

namespace {

using network::loadBigEndian16;
using Bytes = std::span<const std::byte>;

constexpr std::size_t HeaderBytes = 12;
constexpr std::size_t LongestName = 255;
constexpr unsigned PointerBits = 0xc0;

char printable(std::byte byte)
{
    const auto c = std::to_integer<unsigned char>(byte);
    if (c >= 'A' && c <= 'Z')
        return static_cast<char>(c - 'A' + 'a');
    return c > ' ' && c < 0x7f && c != '.' ? static_cast<char>(c) : '?';
}

/// The name at `at`, which moves behind it. Names may end in pointers to earlier names (RFC 1035,
/// 4.1.4); each pointer must lead further back, so that no loop is possible.
std::optional<std::string> readName(Bytes message, std::size_t& at)
{
    std::string name;
    std::size_t place = at;
    std::size_t earliest = at;
    bool hasJumped = false;
    while (place < message.size()) {
        const unsigned length = std::to_integer<unsigned>(message[place]);
        if (length == 0) {
            if (!hasJumped)
                at = place + 1;
            return name;
        }
        if ((length & PointerBits) == PointerBits) {
            if (!isInside(place, std::size_t{2}, message.size()))
                return std::nullopt;
            const std::size_t target = loadBigEndian16(message, place) & 0x3fffU;
            if (!hasJumped)
                at = place + 2;
            if (target >= earliest)
                return std::nullopt;
            hasJumped = true;
            earliest = place = target;
            continue;
        }
        if ((length & PointerBits) != 0 || !isInside(place + 1, std::size_t{length}, message.size())
            || name.size() + length + 1 > LongestName)
            return std::nullopt;
        if (!name.empty())
            name += '.';
        for (const std::byte byte : message.subspan(place + 1, length))
            name += printable(byte);
        place += 1 + length;
    }
    return std::nullopt;
}

std::optional<IpAddress> readAddress(unsigned type, Bytes data)
{
    constexpr unsigned TypeA = 1;
    constexpr unsigned TypeAaaa = 28;
    IpAddress address{.isV6 = type == TypeAaaa};
    if ((type != TypeA || data.size() != 4) && (type != TypeAaaa || data.size() != 16))
        return std::nullopt;
    std::memcpy(address.bytes.data(), data.data(), data.size());
    return address;
}

} // namespace

std::optional<DnsAnswer> parseDnsAnswer(Bytes message)
{
    constexpr unsigned IsResponse = 0x8000;
    constexpr std::size_t QuestionTail = 4;  // type, class
    constexpr std::size_t RecordHeader = 10; // type, class, time to live, length
    constexpr unsigned MostRecords = 64;
    constexpr std::size_t MostAddresses = 32;
    if (message.size() < HeaderBytes || (loadBigEndian16(message, 2) & IsResponse) == 0
        || loadBigEndian16(message, 4) != 1)
        return std::nullopt;
    std::size_t at = HeaderBytes;
    auto name = readName(message, at);
    if (!name || name->empty() || !isInside(at, QuestionTail, message.size()))
        return std::nullopt;
    at += QuestionTail;
    DnsAnswer answer{.name = *std::move(name), .addresses = {}};
    const unsigned records = loadBigEndian16(message, 6);
    for (unsigned i = 0; i < records && i < MostRecords && answer.addresses.size() < MostAddresses; ++i) {
        if (!readName(message, at) || !isInside(at, RecordHeader, message.size()))
            return std::nullopt;
        const unsigned type = loadBigEndian16(message, at);
        const std::size_t length = loadBigEndian16(message, at + 8);
        at += RecordHeader;
        if (!isInside(at, length, message.size()))
            return std::nullopt;
        if (const auto address = readAddress(type, message.subspan(at, length)))
            answer.addresses.push_back(*address);
        at += length;
    }
    return answer;
}

} // namespace engine::net

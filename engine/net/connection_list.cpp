// SPDX-License-Identifier: GPL-3.0-or-later
#include "net/connection_list.h"

#include <charconv>
#include <optional>

namespace engine::net {

namespace {

std::vector<std::string_view> words(std::string_view line)
{
    std::vector<std::string_view> found;
    while (true) {
        const auto start = line.find_first_not_of(" \t\r");
        if (start == std::string_view::npos)
            return found;
        line.remove_prefix(start);
        const auto end = line.find_first_of(" \t\r");
        found.push_back(line.substr(0, end));
        if (end == std::string_view::npos)
            return found;
        line.remove_prefix(end);
    }
}

/// Decimal digits, or '*' for a port that is not fixed.
template <class T>
std::optional<T> number(std::string_view text)
{
    if (text == "*" || text == "-")
        return T{0};
    T value{};
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (problem != std::errc{} || end != text.data() + text.size())
        return std::nullopt;
    return value;
}

std::optional<Connection> parseLine(std::string_view line)
{
    const auto open = line.find('[');
    const auto close = line.find(']', open == std::string_view::npos ? 0 : open);
    if (open == std::string_view::npos || close == std::string_view::npos)
        return std::nullopt;
    // descriptor, source, port, destination, port, receive queue, send queue
    const auto columns = words(line.substr(close + 1));
    const auto name = words(line.substr(0, open));
    if (columns.size() != 7 || name.size() != 1)
        return std::nullopt;
    const auto sourcePort = number<std::uint16_t>(columns[2]);
    const auto destinationPort = number<std::uint16_t>(columns[4]);
    const auto receiveQueue = number<std::uint32_t>(columns[5]);
    const auto sendQueue = number<std::uint32_t>(columns[6]);
    if (!sourcePort || !destinationPort || !receiveQueue || !sendQueue)
        return std::nullopt;
    return Connection{.protocol = std::string(name[0]),
                      .state = std::string(line.substr(open + 1, close - open - 1)),
                      .sourceAddress = std::string(columns[1]),
                      .sourcePort = *sourcePort,
                      .destinationAddress = std::string(columns[3]),
                      .destinationPort = *destinationPort,
                      .receiveQueue = *receiveQueue,
                      .sendQueue = *sendQueue};
}

} // namespace

std::vector<Connection> parseConnections(std::string_view table)
{
    std::vector<Connection> connections;
    while (!table.empty()) {
        const auto end = table.find('\n');
        if (auto connection = parseLine(table.substr(0, end)))
            connections.push_back(*std::move(connection));
        if (end == std::string_view::npos)
            break;
        table.remove_prefix(end + 1);
    }
    return connections;
}

} // namespace engine::net

// SPDX-License-Identifier: GPL-3.0-or-later
#include "net/flow.h"

#include <charconv>

namespace engine::net {

std::string_view toString(FlowState state)
{
    switch (state) {
    case FlowState::Opening: return "opening";
    case FlowState::Open: return "open";
    case FlowState::Closing: return "closing";
    case FlowState::Closed: return "closed";
    case FlowState::Refused: return "refused";
    case FlowState::Cut: return "cut";
    case FlowState::Blocked: return "blocked";
    }
    return "";
}

std::string describe(const BlockRule& rule)
{
    const std::string address = rule.peer.toText();
    if (rule.port == 0)
        return address;
    return (rule.peer.isV6 ? "[" + address + "]" : address) + ":" + std::to_string(rule.port);
}

std::optional<BlockRule> parseBlockRule(std::string_view text)
{
    BlockRule rule;
    std::string_view address = text;
    std::string_view port;
    if (text.starts_with('[')) {
        const auto end = text.find(']');
        if (end == std::string_view::npos)
            return std::nullopt;
        address = text.substr(1, end - 1);
        port = text.substr(end + 1);
    } else if (text.find(':') == text.rfind(':')) {
        address = text.substr(0, text.find(':'));
        port = text.substr(address.size());
    }
    const auto peer = IpAddress::parse(address);
    if (!peer || (!port.empty() && port.front() != ':'))
        return std::nullopt;
    rule.peer = *peer;
    if (!port.empty()) {
        port.remove_prefix(1);
        const auto [end, problem] = std::from_chars(port.data(), port.data() + port.size(), rule.port);
        if (problem != std::errc{} || end != port.data() + port.size() || rule.port == 0)
            return std::nullopt;
    }
    return rule;
}

} // namespace engine::net

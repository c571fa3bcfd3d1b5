// SPDX-License-Identifier: GPL-3.0-or-later
#include "runtime/network_json.h"

#include "net/forward_address.h"

namespace app {

using engine::net::Flow;
using engine::net::NetworkView;
using engine::net::Shaping;
using nlohmann::json;

namespace {

const char* protocolName(std::uint8_t protocol)
{
    switch (protocol) {
    case engine::net::ProtocolTcp: return "TCP";
    case engine::net::ProtocolUdp: return "UDP";
    default: return "ICMP";
    }
}

std::string macText(const engine::MacAddress& mac)
{
    constexpr std::string_view Digits = "0123456789abcdef";
    std::string text;
    for (const std::uint8_t byte : mac) {
        if (!text.empty())
            text += ':';
        text += Digits[byte >> 4];
        text += Digits[byte & 15];
    }
    return text;
}

std::int64_t secondsSince(std::chrono::steady_clock::time_point start)
{
    return std::chrono::duration_cast<std::chrono::seconds>(std::chrono::steady_clock::now() - start).count();
}

json toJson(const Shaping& shaping)
{
    return {{"downBitsPerSecond", shaping.downBitsPerSecond},
            {"upBitsPerSecond", shaping.upBitsPerSecond},
            {"delayMilliseconds", shaping.delayMilliseconds},
            {"lossPercent", shaping.lossPercent}};
}

template <class T, class Convert>
json arrayOf(const std::vector<T>& values, Convert convert)
{
    json array = json::array();
    for (const T& value : values)
        array.push_back(convert(value));
    return array;
}

std::string addressText(const engine::net::IpAddress& address)
{
    return address.toText();
}

} // namespace

json toJson(const Flow& flow)
{
    return {{"id", flow.id},
            {"protocol", protocolName(flow.key.protocol)},
            {"state", engine::net::toString(flow.state)},
            {"startedBy", flow.startedByGuest ? "guest" : "peer"},
            {"guestAddress", flow.key.guest.toText()},
            {"guestPort", flow.key.guestPort},
            {"peerAddress", flow.key.peer.toText()},
            {"peerPort", flow.key.peerPort},
            {"peerName", flow.peerName},
            {"bytesFromGuest", flow.bytesFromGuest},
            {"bytesToGuest", flow.bytesToGuest},
            {"ageSeconds", secondsSince(flow.started)},
            {"quietSeconds", secondsSince(flow.lastSeen)}};
}

json toJson(const NetworkView& view)
{
    const auto nameJson = [](const engine::net::NameSeen& seen) {
        return json{{"name", seen.name},
                    {"addresses", arrayOf(seen.addresses, addressText)},
                    {"secondsAgo", secondsSince(seen.at)}};
    };
    return {
        {"place", engine::describe(engine::NetworkPlace{view.mode, view.place})},
        {"linkUp", view.linkUp},
        {"macAddress", macText(view.mac)},
        {"peers", view.peers},
        {"addresses", arrayOf(view.addresses, addressText)},
        {"connections", arrayOf(view.flows, [](const Flow& flow) { return toJson(flow); })},
        {"names", arrayOf(view.names, nameJson)},
        {"listening", view.listening},
        {"blocked", arrayOf(view.blocked, [](const auto& rule) { return engine::net::describe(rule); })},
        {"forwards", arrayOf(view.forwards, [](const auto& rule) { return engine::net::describe(rule); })},
        {"shaping", toJson(view.shaping)},
        {"captureFile", view.captureFile},
        {"droppedToGuest", view.statistics.droppedToGuest},
        {"droppedFromGuest", view.statistics.droppedFromGuest}};
}

void readShaping(const json& from, Shaping& shaping)
{
    const auto read = [&](const char* name, auto& value) {
        const auto found = from.find(name);
        if (found != from.end() && found->is_number() && found->template get<double>() >= 0)
            value = found->template get<std::remove_reference_t<decltype(value)>>();
    };
    read("downBitsPerSecond", shaping.downBitsPerSecond);
    read("upBitsPerSecond", shaping.upBitsPerSecond);
    read("delayMilliseconds", shaping.delayMilliseconds);
    read("lossPercent", shaping.lossPercent);
}

} // namespace app

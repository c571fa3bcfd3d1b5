// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/network_report.h"

namespace app {

using nlohmann::json;

namespace {

std::string end(const json& connection, const char* address, const char* port)
{
    std::string text = connection.value(address, "");
    if (text.contains(':'))
        text = "[" + text + "]";
    const int number = connection.value(port, 0);
    return number == 0 ? text : text + ":" + std::to_string(number);
}

/// "name: a, b" or nothing.
std::string line(const char* name, const json& values)
{
    std::string text;
    for (const json& value : values)
        text += (text.empty() ? "" : ", ") + (value.is_string() ? value.get<std::string>() : value.dump());
    return text.empty() ? text : std::string(name) + ": " + text + "\n";
}

std::string describeShaping(const json& shaping)
{
    constexpr std::uint64_t Kilobit = 1000;
    std::string text;
    const auto add = [&](const std::string& part) { text += (text.empty() ? "" : ", ") + part; };
    if (const auto down = shaping.value("downBitsPerSecond", std::uint64_t{0}); down != 0)
        add(std::to_string(down / Kilobit) + " kbit/s to the guest");
    if (const auto up = shaping.value("upBitsPerSecond", std::uint64_t{0}); up != 0)
        add(std::to_string(up / Kilobit) + " kbit/s from the guest");
    if (const auto delay = shaping.value("delayMilliseconds", 0); delay != 0)
        add(std::to_string(delay) + " ms longer");
    if (shaping.value("lossPercent", 0.0) > 0)
        add(shaping["lossPercent"].dump() + " % lost");
    return text.empty() ? text : "shaping: " + text + "\n";
}

} // namespace

std::string describeConnections(const json& connections)
{
    std::string text;
    for (const json& entry : connections) {
        const bool isOut = entry.value("startedBy", "") == "guest";
        const std::string name = entry.value("peerName", "");
        text += std::to_string(entry.value("id", std::uint64_t{0})) + "  " + entry.value("protocol", "")
                + "  " + end(entry, "guestAddress", "guestPort") + (isOut ? " -> " : " <- ")
                + end(entry, "peerAddress", "peerPort") + (name.empty() ? "" : " (" + name + ")") + "  "
                + entry.value("state", "") + "  "
                + std::to_string(entry.value("bytesFromGuest", std::uint64_t{0})) + " bytes out, "
                + std::to_string(entry.value("bytesToGuest", std::uint64_t{0})) + " in, "
                + std::to_string(entry.value("ageSeconds", std::int64_t{0})) + " s\n";
    }
    return text;
}

std::string describeNetwork(const json& view)
{
    std::string text = "network: " + view.value("place", "")
                       + (view.value("linkUp", true) ? "" : ", cable pulled")
                       + "\nMAC address: " + view.value("macAddress", "") + "\n";
    if (view.value("place", "").starts_with("internal:"))
        text += "other guests here: " + std::to_string(view.value("peers", 0)) + "\n";
    text += line("addresses", view.value("addresses", json::array()));
    text += line("listens on TCP", view.value("listening", json::array()));
    text += line("forwards", view.value("forwards", json::array()));
    text += line("blocked", view.value("blocked", json::array()));
    text += describeShaping(view.value("shaping", json::object()));
    if (const std::string file = view.value("captureFile", ""); !file.empty())
        text += "capture: " + file + "\n";
    json names = json::array();
    for (const json& seen : view.value("names", json::array()))
        names.push_back(seen.value("name", ""));
    text += line("names looked up", names);
    return text + describeConnections(view.value("connections", json::array()));
}

} // namespace app

// SPDX-License-Identifier: GPL-3.0-or-later
#include "runtime/network_requests.h"

#include "net/forward_address.h"
#include "net/guest_network.h"
#include "runtime/control_server.h"
#include "runtime/network_json.h"

#include <functional>
#include <map>

namespace app {

using engine::ErrorCode;
using engine::fail;
using engine::Result;
using engine::net::GuestNetwork;
using nlohmann::json;

namespace {

std::string text(const json& parameters, const char* name)
{
    const auto found = parameters.find(name);
    return found != parameters.end() && found->is_string() ? found->get<std::string>() : std::string();
}

std::size_t cardNumber(const json& parameters)
{
    const auto number = parameters.find("network");
    return number != parameters.end() && number->is_number_unsigned() ? number->get<std::size_t>() : 0;
}

Result<json> changeForward(GuestNetwork& network, bool add, const json& parameters)
{
    const auto rule = VM_TRY(engine::net::parseForward(text(parameters, "rule")));
    VM_TRY(add ? network.addForward(rule) : network.removeForward(rule));
    return successAnswer();
}

Result<json> listForwards(GuestNetwork& network)
{
    json answer = successAnswer();
    answer["forwards"] = json::array();
    for (const engine::PortForward& rule : network.forwards())
        answer["forwards"].push_back(engine::net::describe(rule));
    return answer;
}

Result<json> listConnections(GuestNetwork& network)
{
    json answer = successAnswer();
    answer["connections"] = json::array();
    for (const engine::net::Flow& flow : network.view().flows)
        answer["connections"].push_back(toJson(flow));
    return answer;
}

Result<json> show(GuestNetwork& network)
{
    json answer = successAnswer();
    answer["view"] = toJson(network.view());
    return answer;
}

Result<json> cut(GuestNetwork& network, const json& parameters)
{
    const auto number = parameters.find("connection");
    if (number == parameters.end() || !number->is_number_unsigned())
        return fail(ErrorCode::InvalidArgument, "say which connection: its number is in the list");
    VM_TRY(network.cut(number->get<std::uint64_t>()));
    return successAnswer();
}

Result<json> changeBlock(GuestNetwork& network, bool add, const json& parameters)
{
    const auto rule = engine::net::parseBlockRule(text(parameters, "peer"));
    if (!rule)
        return fail(
            ErrorCode::InvalidArgument,
            "\"" + text(parameters, "peer")
                + "\" is no peer; write an address like 192.0.2.1, 192.0.2.1:443 or [2001:db8::1]:443");
    VM_TRY(add ? network.block(*rule) : network.unblock(*rule));
    return successAnswer();
}

Result<json> shape(GuestNetwork& network, const json& parameters)
{
    engine::net::Shaping shaping = network.view().shaping;
    readShaping(parameters, shaping);
    VM_TRY(network.setShaping(shaping));
    return successAnswer();
}

Result<json> setLink(GuestNetwork& network, const json& parameters)
{
    const auto up = parameters.find("up");
    if (up == parameters.end() || !up->is_boolean())
        return fail(ErrorCode::InvalidArgument,
                    "say whether the cable is plugged in: \"up\" is true or false");
    network.setLink(up->get<bool>());
    return successAnswer();
}

Result<json> capture(GuestNetwork& network, const json& parameters)
{
    const std::string path = text(parameters, "path");
    VM_TRY(path.empty() ? network.stopCapture() : network.startCapture(path));
    return successAnswer();
}

Result<json> changePlace(GuestNetwork& network, const json& parameters)
{
    const auto place = engine::parseNetworkPlace(text(parameters, "place"));
    if (!place)
        return fail(ErrorCode::InvalidArgument,
                    "a network is user, isolated, internal:NAME or tap:INTERFACE, not \""
                        + text(parameters, "place") + "\"");
    VM_TRY(network.changeMode(place->mode, place->name));
    return successAnswer();
}

using Handler = std::function<Result<json>(GuestNetwork&, const json&)>;

const std::map<std::string, Handler, std::less<>>& handlers()
{
    static const std::map<std::string, Handler, std::less<>> table{
        {"forward-add", [](auto& network, auto& in) { return changeForward(network, true, in); }},
        {"forward-remove", [](auto& network, auto& in) { return changeForward(network, false, in); }},
        {"forward-list", [](auto& network, auto&) { return listForwards(network); }},
        {"connections", [](auto& network, auto&) { return listConnections(network); }},
        {"connection-cut", cut},
        {"network", [](auto& network, auto&) { return show(network); }},
        {"network-block", [](auto& network, auto& in) { return changeBlock(network, true, in); }},
        {"network-unblock", [](auto& network, auto& in) { return changeBlock(network, false, in); }},
        {"network-shape", shape},
        {"network-link", setLink},
        {"network-capture", capture},
        {"network-place", changePlace},
        {"network-probe", [](auto& network, auto&) -> Result<json> {
             network.probeListening();
             return successAnswer();
         }}};
    return table;
}

} // namespace

json answerNetworkRequest(engine::Vm& vm, const std::string& verb, const json& parameters)
{
    const auto handler = handlers().find(verb);
    if (handler == handlers().end())
        return nullptr;
    const std::size_t card = cardNumber(parameters);
    GuestNetwork* network = vm.network(card);
    if (network == nullptr)
        return failureAnswer(
            {ErrorCode::NotFound,
             0,
             "this guest has no network card number " + std::to_string(card) + "; cards count from 0",
             {}});
    auto answer = handler->second(*network, parameters);
    return answer ? *std::move(answer) : failureAnswer(answer.error());
}

} // namespace app

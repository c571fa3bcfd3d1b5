// SPDX-License-Identifier: GPL-3.0-or-later
#include "runtime/network_requests.h"

#include "net/forward_address.h"
#include "net/user_network.h"
#include "runtime/control_server.h"

namespace app {

using nlohmann::json;

namespace {

std::size_t cardNumber(const json& parameters)
{
    const auto number = parameters.find("network");
    return number != parameters.end() && number->is_number_unsigned() ? number->get<std::size_t>() : 0;
}

engine::Result<> changeForward(engine::Vm& vm, bool add, const json& parameters)
{
    const auto text = parameters.find("rule");
    const auto rule = VM_TRY(engine::net::parseForward(
        text != parameters.end() && text->is_string() ? text->get<std::string>() : std::string()));
    const std::size_t card = cardNumber(parameters);
    return add ? vm.addForward(card, rule) : vm.removeForward(card, rule);
}

json listForwards(engine::Vm& vm, const json& parameters)
{
    const auto forwards = vm.forwards(cardNumber(parameters));
    if (!forwards)
        return failureAnswer(forwards.error());
    json answer = successAnswer();
    answer["forwards"] = json::array();
    for (const engine::PortForward& rule : *forwards)
        answer["forwards"].push_back(engine::net::describe(rule));
    return answer;
}

json listConnections(engine::Vm& vm, const json& parameters)
{
    json answer = successAnswer();
    answer["connections"] = json::array();
    engine::net::UserNetwork* network = vm.userNetwork(cardNumber(parameters));
    if (network == nullptr)
        return answer;
    for (const engine::net::Connection& connection : network->connections())
        answer["connections"].push_back({{"protocol", connection.protocol},
                                         {"state", connection.state},
                                         {"sourceAddress", connection.sourceAddress},
                                         {"sourcePort", connection.sourcePort},
                                         {"destinationAddress", connection.destinationAddress},
                                         {"destinationPort", connection.destinationPort}});
    return answer;
}

} // namespace

json answerNetworkRequest(engine::Vm& vm, const std::string& verb, const json& parameters)
{
    if (verb == "forward-add" || verb == "forward-remove") {
        const auto changed = changeForward(vm, verb == "forward-add", parameters);
        return changed ? successAnswer() : failureAnswer(changed.error());
    }
    if (verb == "forward-list")
        return listForwards(vm, parameters);
    if (verb == "connections")
        return listConnections(vm, parameters);
    return nullptr;
}

} // namespace app

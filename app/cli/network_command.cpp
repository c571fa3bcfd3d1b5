// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/network_command.h"

#include "cli/exit_codes.h"
#include "runtime/control_client.h"
#include "runtime/runtime_folder.h"

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include <iostream>
#include <memory>
#include <string>

namespace app {

using engine::Result;
using nlohmann::json;

namespace {

struct Arguments {
    std::string guest;
    std::string rule;
    std::size_t network = 0;
    bool json = false;
};

Result<json> ask(const Arguments& arguments, const std::string& verb)
{
    const RunningGuest found = VM_TRY(findRunningGuest(arguments.guest));
    ControlClient client = VM_TRY(ControlClient::connect(found.folder / "control.sock"));
    return client.request(verb, {{"rule", arguments.rule}, {"network", arguments.network}},
                          std::chrono::seconds(30));
}

int report(const engine::Error& error)
{
    std::cerr << "guesthouse: " << error.message() << '\n';
    return ExitFailure;
}

int listForwards(const Arguments& arguments)
{
    const auto answer = ask(arguments, "forward-list");
    if (!answer)
        return report(answer.error());
    const json forwards = answer->value("forwards", json::array());
    if (arguments.json)
        std::cout << forwards.dump(2) << '\n';
    else
        for (const json& rule : forwards)
            std::cout << rule.get<std::string>() << '\n';
    return ExitOk;
}

int listConnections(const Arguments& arguments)
{
    const auto answer = ask(arguments, "connections");
    if (!answer)
        return report(answer.error());
    const json connections = answer->value("connections", json::array());
    if (arguments.json) {
        std::cout << connections.dump(2) << '\n';
        return ExitOk;
    }
    for (const json& entry : connections)
        std::cout << entry.value("protocol", "") << "  " << entry.value("sourceAddress", "") << ':'
                  << entry.value("sourcePort", 0) << " -> " << entry.value("destinationAddress", "") << ':'
                  << entry.value("destinationPort", 0) << "  " << entry.value("state", "") << '\n';
    return ExitOk;
}

std::shared_ptr<Arguments> addArguments(CLI::App& verb)
{
    auto arguments = std::make_shared<Arguments>();
    verb.add_option("guest", arguments->guest, "The running guest's name, id, or the beginning of its id")
        ->required();
    verb.add_option("--card", arguments->network, "The network card's number, from 0");
    return arguments;
}

} // namespace

void addNetworkCommands(CLI::App& program, int& exitCode)
{
    CLI::App* forward = program.add_subcommand("forward", "Lead ports of this computer to a running guest");
    forward->require_subcommand(1);
    for (const bool add : {true, false}) {
        CLI::App* verb = forward->add_subcommand(add ? "add" : "remove", add ? "Forward a port from now on"
                                                                             : "Stop forwarding a port");
        auto arguments = addArguments(*verb);
        verb->add_option(
                "rule", arguments->rule,
                "tcp|udp:[HOST-ADDRESS:]HOST-PORT:[GUEST-ADDRESS:]GUEST-PORT, for example tcp:2222:22")
            ->required();
        verb->callback([&exitCode, arguments, add] {
            const auto answer = ask(*arguments, add ? "forward-add" : "forward-remove");
            exitCode = answer ? ExitOk : report(answer.error());
        });
    }
    CLI::App* list = forward->add_subcommand("list", "Print the forwards of a guest");
    auto listArguments = addArguments(*list);
    list->add_flag("--json", listArguments->json, "Print as JSON");
    list->callback([&exitCode, listArguments] { exitCode = listForwards(*listArguments); });

    CLI::App* connections = program.add_subcommand("connections", "Print a guest's network connections");
    auto arguments = addArguments(*connections);
    connections->add_flag("--json", arguments->json, "Print as JSON");
    connections->callback([&exitCode, arguments] { exitCode = listConnections(*arguments); });
}

} // namespace app

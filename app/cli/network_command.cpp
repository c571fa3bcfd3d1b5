// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/network_command.h"

#include "cli/exit_codes.h"
#include "cli/network_report.h"
#include "runtime/control_client.h"
#include "runtime/runtime_folder.h"

#include <CLI/CLI.hpp>

#include <filesystem>
#include <functional>
#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <thread>

namespace app {

using engine::Result;
using nlohmann::json;

namespace {

struct Arguments {
    std::string guest;
    std::size_t network = 0;
    bool json = false;
    // what the verbs take
    std::string text;
    std::uint64_t number = 0;
    bool stop = false;
    std::optional<std::uint64_t> down;
    std::optional<std::uint64_t> up;
    std::optional<std::uint32_t> delay;
    std::optional<double> loss;
};
using Shared = std::shared_ptr<Arguments>;

Result<json> ask(const Arguments& arguments, const std::string& verb, json parameters = json::object())
{
    const RunningGuest found = VM_TRY(findRunningGuest(arguments.guest));
    ControlClient client = VM_TRY(ControlClient::connect(found.folder / "control.sock"));
    parameters["network"] = arguments.network;
    return client.request(verb, parameters, std::chrono::seconds(30));
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
    std::cout << (arguments.json ? connections.dump(2) + '\n' : describeConnections(connections));
    return ExitOk;
}

int show(const Arguments& arguments)
{
    constexpr std::chrono::milliseconds AnswersTake{300};
    if (const auto asked = ask(arguments, "network-probe"); !asked)
        return report(asked.error());
    std::this_thread::sleep_for(AnswersTake); // the guest says what it listens on
    const auto answer = ask(arguments, "network");
    if (!answer)
        return report(answer.error());
    const json view = answer->value("view", json::object());
    std::cout << (arguments.json ? view.dump(2) + '\n' : describeNetwork(view));
    return ExitOk;
}

json shapingOf(const Arguments& arguments)
{
    constexpr std::uint64_t Kilobit = 1000;
    json wanted = json::object();
    if (arguments.down)
        wanted["downBitsPerSecond"] = *arguments.down * Kilobit;
    if (arguments.up)
        wanted["upBitsPerSecond"] = *arguments.up * Kilobit;
    if (arguments.delay)
        wanted["delayMilliseconds"] = *arguments.delay;
    if (arguments.loss)
        wanted["lossPercent"] = *arguments.loss;
    return wanted;
}

Shared addArguments(CLI::App& verb)
{
    auto arguments = std::make_shared<Arguments>();
    verb.add_option("guest", arguments->guest, "The running guest's name, id, or the beginning of its id")
        ->required();
    verb.add_option("--card", arguments->network, "The network card's number, from 0");
    return arguments;
}

/// A verb that asks for something and prints nothing.
void addRequest(CLI::App& verb, const Shared& arguments, int& exitCode,
                std::function<std::pair<std::string, json>(const Arguments&)> request)
{
    verb.callback([&exitCode, arguments, request = std::move(request)] {
        auto [name, parameters] = request(*arguments);
        const auto answer = ask(*arguments, name, std::move(parameters));
        exitCode = answer ? ExitOk : report(answer.error());
    });
}

void addForward(CLI::App& program, int& exitCode)
{
    CLI::App* forward = program.add_subcommand("forward", "Lead ports of this computer to a running guest");
    forward->require_subcommand(1);
    for (const bool add : {true, false}) {
        CLI::App* verb = forward->add_subcommand(add ? "add" : "remove", add ? "Forward a port from now on"
                                                                             : "Stop forwarding a port");
        const auto arguments = addArguments(*verb);
        verb->add_option(
                "rule", arguments->text,
                "tcp|udp:[HOST-ADDRESS:]HOST-PORT:[GUEST-ADDRESS:]GUEST-PORT, for example tcp:2222:22")
            ->required();
        addRequest(*verb, arguments, exitCode, [add](const Arguments& given) {
            return std::pair(add ? "forward-add" : "forward-remove", json{{"rule", given.text}});
        });
    }
    CLI::App* list = forward->add_subcommand("list", "Print the forwards of a guest");
    const auto arguments = addArguments(*list);
    list->add_flag("--json", arguments->json, "Print as JSON");
    list->callback([&exitCode, arguments] { exitCode = listForwards(*arguments); });
}

void addLists(CLI::App& program, CLI::App& network, int& exitCode)
{
    CLI::App* connections = program.add_subcommand("connections", "Print a guest's network connections");
    const auto listed = addArguments(*connections);
    connections->add_flag("--json", listed->json, "Print as JSON");
    connections->callback([&exitCode, listed] { exitCode = listConnections(*listed); });

    CLI::App* all =
        network.add_subcommand("show", "Print addresses, names looked up, listening ports and more");
    const auto shown = addArguments(*all);
    all->add_flag("--json", shown->json, "Print as JSON");
    all->callback([&exitCode, shown] { exitCode = show(*shown); });
}

void addTraffic(CLI::App& network, int& exitCode)
{
    CLI::App* cut = network.add_subcommand("cut", "End one connection");
    const auto cutArguments = addArguments(*cut);
    cut->add_option("connection", cutArguments->number, "Its number in the list")->required();
    addRequest(*cut, cutArguments, exitCode, [](const Arguments& given) {
        return std::pair("connection-cut", json{{"connection", given.number}});
    });
    for (const bool add : {true, false}) {
        CLI::App* verb =
            network.add_subcommand(add ? "block" : "unblock", add ? "Let nothing through to or from a peer"
                                                                  : "Let a peer through again");
        const auto arguments = addArguments(*verb);
        verb->add_option("peer", arguments->text, "ADDRESS or ADDRESS:PORT; IPv6 as [ADDRESS]:PORT")
            ->required();
        addRequest(*verb, arguments, exitCode, [add](const Arguments& given) {
            return std::pair(add ? "network-block" : "network-unblock", json{{"peer", given.text}});
        });
    }
    CLI::App* shape =
        network.add_subcommand("shape", "Make the network slower, longer or lossy, while it runs");
    const auto shaping = addArguments(*shape);
    shape->add_option("--down", shaping->down, "Kilobits a second to the guest; 0: no limit");
    shape->add_option("--up", shaping->up, "Kilobits a second from the guest; 0: no limit");
    shape->add_option("--delay", shaping->delay, "Milliseconds more for a round trip");
    shape->add_option("--loss", shaping->loss, "Percent of the frames that are lost each way");
    addRequest(*shape, shaping, exitCode,
               [](const Arguments& given) { return std::pair("network-shape", shapingOf(given)); });
}

void addCable(CLI::App& network, int& exitCode)
{
    CLI::App* link = network.add_subcommand("link", "Pull the cable, or plug it in");
    const auto linked = addArguments(*link);
    link->add_option("state", linked->text, "up or down")->required()->check(CLI::IsMember({"up", "down"}));
    addRequest(*link, linked, exitCode, [](const Arguments& given) {
        return std::pair("network-link", json{{"up", given.text == "up"}});
    });

    CLI::App* connect =
        network.add_subcommand("connect", "Lead the cable somewhere else, while the guest runs");
    const auto connected = addArguments(*connect);
    connect->add_option("place", connected->text, "user, isolated, internal:NAME or tap:INTERFACE")
        ->required();
    addRequest(*connect, connected, exitCode, [](const Arguments& given) {
        return std::pair("network-place", json{{"place", given.text}});
    });

    CLI::App* capture = network.add_subcommand("capture", "Record frames in a file (pcapng)");
    const auto captured = addArguments(*capture);
    auto* file = capture->add_option("file", captured->text, "Where to; replaced when it exists");
    capture->add_flag("--stop", captured->stop, "Stop recording")->excludes(file);
    addRequest(*capture, captured, exitCode, [](const Arguments& given) {
        const std::string path = given.text.empty() ? "" : std::filesystem::absolute(given.text).string();
        return std::pair("network-capture", json{{"path", path}});
    });
}

} // namespace

void addNetworkCommands(CLI::App& program, int& exitCode)
{
    addForward(program, exitCode);
    CLI::App* network = program.add_subcommand("network", "See and change a running guest's network");
    network->require_subcommand(1);
    addLists(program, *network, exitCode);
    addTraffic(*network, exitCode);
    addCable(*network, exitCode);
}

} // namespace app

// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/control_commands.h"

#include "cli/exit_codes.h"
#include "runtime/control_client.h"
#include "runtime/runtime_folder.h"

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include <filesystem>
#include <iostream>
#include <memory>

namespace app {

using engine::Result;
using nlohmann::json;

namespace {

int report(const engine::Error& error)
{
    std::cerr << "guesthouse: " << error.message() << '\n';
    return ExitFailure;
}

Result<json> ask(const std::string& guest, const std::string& verb, json parameters = json::object())
{
    const RunningGuest found = VM_TRY(findRunningGuest(guest));
    ControlClient client = VM_TRY(ControlClient::connect(found.folder / "control.sock"));
    return client.request(verb, std::move(parameters), std::chrono::minutes(5));
}

int printScreenText(const std::string& guest, bool asJson)
{
    auto answer = ask(guest, "screen-text");
    if (!answer)
        return report(answer.error());
    if (asJson) {
        answer->erase("id");
        answer->erase("ok");
        std::cout << answer->dump(2) << '\n';
        return ExitOk;
    }
    for (const json& line : (*answer)["lines"]) {
        std::string text = line.get<std::string>();
        text.erase(text.find_last_not_of(' ') + 1);
        std::cout << text << '\n';
    }
    return ExitOk;
}

int printEntries(const std::string& guest, const std::string& verb, const char* member, bool asJson)
{
    auto answer = ask(guest, verb);
    if (!answer)
        return report(answer.error());
    const json entries = answer->value(member, json::array());
    if (asJson) {
        std::cout << entries.dump(2) << '\n';
        return ExitOk;
    }
    for (const json& entry : entries) {
        if (verb == "timeline")
            std::cout << entry.value("milliseconds", 0) << " ms  " << entry.value("name", "") << "  "
                      << entry.value("detail", "") << '\n';
        else
            std::cout << entry.value("level", "") << "  " << entry.value("component", "") << ": "
                      << entry.value("text", "") << '\n';
    }
    return ExitOk;
}

int finish(const Result<json>& answer)
{
    return answer ? ExitOk : report(answer.error());
}

/// What the options of a verb write into; lives as long as the verb's callback.
struct Arguments {
    std::string guest;
    std::string text;
    bool json = false;
};

/// A verb whose first argument is the guest.
std::pair<CLI::App*, std::shared_ptr<Arguments>> addVerb(CLI::App& program, const char* name,
                                                         const char* help)
{
    CLI::App* verb = program.add_subcommand(name, help);
    auto arguments = std::make_shared<Arguments>();
    verb->add_option("guest", arguments->guest, "The running guest's name, id, or the beginning of its id")
        ->required();
    return {verb, arguments};
}

void addPlainVerb(CLI::App& program, int& exitCode, const char* name, const char* help)
{
    auto [verb, arguments] = addVerb(program, name, help);
    verb->callback([&exitCode, words = arguments, request = std::string(name)] {
        exitCode = finish(ask(words->guest, request));
    });
}

void addReportingVerbs(CLI::App& program, int& exitCode)
{
    auto [screenText, textArguments] =
        addVerb(program, "screen-text", "Print the text on a guest's screen (text modes)");
    screenText->add_flag("--json", textArguments->json, "Print size, lines and cursor as JSON");
    screenText->callback([&exitCode, arguments = textArguments] {
        exitCode = printScreenText(arguments->guest, arguments->json);
    });
    struct History {
        const char* verb;
        const char* member;
        const char* help;
    };
    for (const History& history :
         {History{"log", "entries", "Print what the engine has logged about a guest"},
          History{"timeline", "events", "Print the steps of a guest's start"}}) {
        auto [verb, arguments] = addVerb(program, history.verb, history.help);
        verb->add_flag("--json", arguments->json, "Print as JSON");
        verb->callback([&exitCode, history, words = arguments] {
            exitCode = printEntries(words->guest, history.verb, history.member, words->json);
        });
    }
}

void addInputVerbs(CLI::App& program, int& exitCode)
{
    auto [type, typeArguments] = addVerb(program, "type", "Type text on a guest's keyboard (US layout)");
    type->add_option("text", typeArguments->text, "The text; use $'...\\n' in a shell for Enter")->required();
    type->callback([&exitCode, words = typeArguments] {
        exitCode = finish(ask(words->guest, "type", {{"text", words->text}}));
    });
    auto [keys, keyArguments] = addVerb(program, "keys", "Press keys together, for example ctrl-alt-delete");
    keys->add_option("keys", keyArguments->text, "Key names joined by '-'")->required();
    keys->callback([&exitCode, arguments = keyArguments] {
        exitCode = finish(ask(arguments->guest, "keys", {{"keys", arguments->text}}));
    });
}

void addMediaVerbs(CLI::App& program, int& exitCode)
{
    auto [screenshot, shotArguments] = addVerb(program, "screenshot", "Save a guest's screen as a PNG file");
    screenshot->add_option("file", shotArguments->text, "The file to write")->required();
    screenshot->callback([&exitCode, arguments = shotArguments] {
        const auto path = std::filesystem::absolute(arguments->text).string();
        exitCode = finish(ask(arguments->guest, "screenshot", {{"path", path}}));
    });
    auto [cd, cdArguments] =
        addVerb(program, "cd", "Put another disc into a guest's CD drive, or take it out");
    auto drive = std::make_shared<std::size_t>(0);
    cd->add_option("medium", cdArguments->text, "An image file, or the word eject")->required();
    cd->add_option("--drive", *drive, "The drive's number, from 0");
    cd->callback([&exitCode, arguments = cdArguments, drive] {
        const bool eject = arguments->text == "eject";
        const auto path = eject ? std::string() : std::filesystem::absolute(arguments->text).string();
        exitCode = finish(ask(arguments->guest, "cd", {{"drive", *drive}, {"path", path}}));
    });
}

} // namespace

void addControlCommands(CLI::App& program, int& exitCode)
{
    addPlainVerb(program, exitCode, "pause", "Stop a guest's CPUs until resume");
    addPlainVerb(program, exitCode, "resume", "Let a paused guest go on");
    addPlainVerb(program, exitCode, "reset", "Press a guest's reset button; unsaved work in it is lost");
    addPlainVerb(program, exitCode, "shutdown",
                 "Press a guest's power button, so that it shuts down by itself");
    addPlainVerb(program, exitCode, "kill", "Switch a guest off at once; unsaved work in it is lost");
    addReportingVerbs(program, exitCode);
    addInputVerbs(program, exitCode);
    addMediaVerbs(program, exitCode);
}

} // namespace app

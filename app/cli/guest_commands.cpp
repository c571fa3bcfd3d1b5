// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/guest_commands.h"

#include "cli/exit_codes.h"
#include "cli/guest_report.h"
#include "cli/guest_settings.h"
#include "cli/stored_guests.h"
#include "library/disk_growth.h"
#include "library/guest_clone.h"
#include "runtime/runtime_folder.h"

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <iostream>
#include <memory>

namespace app {

using engine::ErrorCode;
using engine::fail;
using engine::Result;
using nlohmann::json;

namespace {

enum class ListStyle : std::uint8_t { Text, Json, Names };

int listGuests(WhichGuests which, ListStyle style)
{
    const json guests = listOfGuests(which);
    if (style == ListStyle::Names)
        for (const json& guest : guests)
            std::cout << guest["name"].get<std::string>() << '\n';
    else if (style == ListStyle::Json)
        std::cout << guests.dump(2) << '\n';
    else if (guests.empty())
        std::cout << (which == WhichGuests::Running ? "No guest is running.\n" : "There is no guest.\n");
    else
        std::ranges::for_each(guests, printGuestLine);
    return ExitOk;
}

int showGuest(const std::string& name, bool asJson)
{
    const auto details = detailsOfGuest(name);
    if (!details)
        return reportFailure(details.error());
    if (asJson)
        std::cout << details->dump(2) << '\n';
    else
        printDetails(*details);
    return ExitOk;
}

Result<GuestEntry> cloneGuest(const std::string& original, const std::string& name, bool isLinked)
{
    auto library = VM_TRY(GuestLibrary::open(GuestLibrary::defaultRoot()));
    const GuestEntry entry = VM_TRY(findStoppedGuest(library, original));
    if (isLinked)
        return linkedClone(library, *makeBlockDiskTool(), entry, name);
    const std::uint64_t total = bytesToClone(entry);
    const DiskProgress progress = showProgress();
    return library.clone(entry, name, [&](std::uint64_t done) { return !progress || progress(done, total); });
}

/// What set says when it is done; nullopt: everything has taken effect.
Result<std::optional<std::string>> changeGuest(const std::string& name, const std::vector<std::string>& words)
{
    auto library = VM_TRY(GuestLibrary::open(GuestLibrary::defaultRoot()));
    GuestEntry entry = VM_TRY(library.find(name));
    if (entry.problem)
        return std::unexpected(*entry.problem);
    const std::string oldName = entry.guest.config.name;
    for (const std::string& word : words)
        VM_TRY(applySetting(entry.guest, word));
    for (const engine::ConfigProblem& problem : validate(entry.guest.config, engine::hostMemoryBytes()))
        return fail(ErrorCode::InvalidArgument, problem.text);
    const auto disks = makeBlockDiskTool();
    const auto sizes = diskCapacities(*disks, entry.guest);
    for (std::size_t i = 0; i < entry.guest.pendingDiskBytes.size() && i < sizes.size(); ++i) {
        if (entry.guest.pendingDiskBytes[i] != 0 && entry.guest.pendingDiskBytes[i] < sizes[i])
            return fail(ErrorCode::InvalidArgument, "a disk can only grow; a smaller one would lose data");
    }
    const auto running = listRunningGuests();
    const bool runs = std::ranges::find(running, entry.id(), &RunningGuest::id) != running.end();
    const std::string newName = entry.guest.config.name;
    const bool isNew = entry.guest.config.disks.empty();
    const bool grows =
        std::ranges::any_of(entry.guest.pendingDiskBytes, [](std::uint64_t bytes) { return bytes != 0; });
    entry = VM_TRY(library.save(entry));
    if (runs)
        return "the guest runs: its hardware changes when it has been shut down and started again";
    entry = VM_TRY(growPendingDisks(library, *disks, entry));
    if (newName != oldName)
        VM_TRY(library.rename(entry, newName));
    if (grows && isNew)
        return "the guest has a new, empty disk";
    if (grows)
        return "the disk is larger now; inside of the guest a partition and its file system still have to "
               "grow";
    return std::nullopt;
}

void addListAndShow(CLI::App& program, int& exitCode)
{
    struct Options {
        std::string guest;
        bool running = false;
        bool json = false;
        bool names = false;
    };
    CLI::App* list = program.add_subcommand("list", "List all guests with their state");
    auto listOptions = std::make_shared<Options>();
    list->add_flag("--running", listOptions->running, "Only those that run");
    list->add_flag("--json", listOptions->json, "Print as JSON");
    list->add_flag("--names", listOptions->names, "Print nothing but names, one a line");
    list->callback([&exitCode, options = listOptions] {
        const ListStyle style = options->json    ? ListStyle::Json
                                : options->names ? ListStyle::Names
                                                 : ListStyle::Text;
        exitCode = listGuests(options->running ? WhichGuests::Running : WhichGuests::All, style);
    });
    CLI::App* show = program.add_subcommand(
        "show",
        "Print everything about a guest; its screen is in the application (guesthouse without a verb)");
    auto showOptions = std::make_shared<Options>();
    show->add_option("guest", showOptions->guest, "The guest's name or id")->required();
    show->add_flag("--json", showOptions->json, "Print as JSON");
    show->callback(
        [&exitCode, options = showOptions] { exitCode = showGuest(options->guest, options->json); });
}

void addClone(CLI::App& program, int& exitCode)
{
    CLI::App* clone = program.add_subcommand("clone", "Copy a guest that is off");
    struct Options {
        std::string guest;
        std::string name;
        bool linked = false;
    };
    auto options = std::make_shared<Options>();
    clone->add_option("guest", options->guest, "The original's name or id")->required();
    clone->add_option("name", options->name, "What to call the copy")->required();
    clone->add_flag("--linked", options->linked, "Share with the original what both have in common");
    clone->callback([&exitCode, options] {
        const auto made = cloneGuest(options->guest, options->name, options->linked);
        if (made)
            std::cout << made->guest.config.name << "  " << made->folder.string() << '\n';
        exitCode = made ? ExitOk : reportFailure(made.error());
    });
}

void addSet(CLI::App& program, int& exitCode)
{
    CLI::App* set = program.add_subcommand("set", "Change a guest's settings");
    struct Options {
        std::string guest;
        std::vector<std::string> words;
    };
    auto options = std::make_shared<Options>();
    set->add_option("guest", options->guest, "The guest's name or id")->required();
    set->add_option("settings", options->words, "name=value, each of: " + settingNames())->required();
    set->footer("For example: guesthouse set box cpus=4 memory=4G disk=40G");
    set->callback([&exitCode, options] {
        const auto done = changeGuest(options->guest, options->words);
        if (done && *done)
            std::cout << **done << '\n';
        exitCode = done ? ExitOk : reportFailure(done.error());
    });
}

/// Verbs whose meaning is settled and that this version cannot carry out: a plain answer is better than
/// "unknown verb".
void addMissing(CLI::App& program, int& exitCode)
{
    struct Missing {
        const char* verb;
        const char* help;
        const char* answer;
    };
    for (const Missing& missing :
         {Missing{
              "suspend", "Not in this version: save a running guest to disk and resume it later",
              "this version cannot save a running guest to disk; pause keeps it in memory, shutdown ends it"},
          Missing{"snapshot", "Not in this version: keep the state of a guest to return to",
                  "this version has no snapshots; “clone --linked” of a guest that is off keeps its disks as "
                  "they are, at once and without copying"}}) {
        CLI::App* command = program.add_subcommand(missing.verb, missing.help);
        auto guest = std::make_shared<std::string>();
        command->add_option("guest", *guest, "The guest's name or id");
        // The option writes into `guest`, so it lives as long as the verb.
        command->callback([&exitCode, guest, answer = std::string(missing.answer)] {
            exitCode = reportFailure(
                engine::Error{.code = ErrorCode::Unsupported, .osErrno = 0, .detail = answer, .where = {}});
        });
    }
}

} // namespace

void addGuestCommands(CLI::App& program, int& exitCode)
{
    addListAndShow(program, exitCode);
    addClone(program, exitCode);
    addSet(program, exitCode);
    addMissing(program, exitCode);
}

} // namespace app

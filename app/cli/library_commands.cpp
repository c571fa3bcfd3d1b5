// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/library_commands.h"

#include "block/create_image.h"
#include "cli/exit_codes.h"
#include "cli/run_command.h"
#include "cli/text.h"
#include "library/guest_defaults.h"
#include "library/guest_library.h"
#include "library/os_database.h"

#include <CLI/CLI.hpp>

#include <filesystem>
#include <iostream>
#include <memory>
#include <optional>

namespace app {

using engine::ErrorCode;
using engine::fail;
using engine::Result;

namespace {

/// What create's options say; what they leave open comes from the operating system's defaults.
struct CreateOptions {
    std::string name;
    std::string medium;
    std::optional<unsigned> cpus;
    std::optional<std::string> memory;
    std::optional<std::string> diskSize;
    std::optional<std::string> firmware;
    bool start = false;
};

int report(const engine::Error& error)
{
    std::cerr << "guesthouse: " << error.message() << '\n';
    return error.code == ErrorCode::InvalidArgument ? ExitUsage : ExitFailure;
}

/// The default configuration for the medium with the user's wishes on top; the disk's size beside it.
struct Plan {
    engine::VmConfig config;
    std::uint64_t diskBytes = 0;
    std::string osId;
};

Result<Plan> planGuest(const CreateOptions& options, const GuestLibrary& library)
{
    Medium medium;
    if (!options.medium.empty()) {
        medium = identifyMedium(std::filesystem::absolute(options.medium));
        if (medium.kind == MediumKind::Missing)
            return fail(ErrorCode::NotFound, "there is no file " + options.medium);
    }
    const OsInfo* os =
        medium.kind == MediumKind::Iso ? OsDatabase::instance().identify(medium.volume) : nullptr;
    GuestDefaults defaults = defaultsFor(os, medium, HostResources::ofThisComputer(library.root()));
    if (options.diskSize)
        defaults.diskBytes.value = VM_TRY(parseSize(*options.diskSize));
    Plan plan{.config = makeConfig(defaults, medium, options.name),
              .diskBytes = defaults.diskBytes.value,
              .osId = os ? os->id : std::string()};
    if (options.cpus)
        plan.config.cpuCount = *options.cpus;
    if (options.memory)
        plan.config.memoryBytes = VM_TRY(parseSize(*options.memory));
    if (options.firmware)
        plan.config.firmware = parseFirmwareOption(*options.firmware);
    for (const engine::ConfigProblem& problem : validate(plan.config, engine::hostMemoryBytes()))
        return fail(ErrorCode::InvalidArgument, problem.text);
    return plan;
}

Result<GuestEntry> createGuest(const CreateOptions& options)
{
    auto library = VM_TRY(GuestLibrary::open(GuestLibrary::defaultRoot()));
    const Plan plan = VM_TRY(planGuest(options, library));
    GuestDescription guest{.config = plan.config, .presentation = {.osId = plan.osId}, .sourceText = {}};
    return library.create(std::move(guest), [&plan](const std::filesystem::path& folder) -> Result<> {
        if (plan.diskBytes == 0)
            return {};
        const auto disks = folder / "disks";
        std::error_code problem;
        std::filesystem::create_directories(disks, problem);
        if (problem)
            return engine::failSystem("cannot create " + disks.string(), problem.value());
        return engine::block::createImage(disks / "system.qcow2", {.capacityBytes = plan.diskBytes});
    });
}

int startGuest(const std::string& name)
{
    auto library = GuestLibrary::open(GuestLibrary::defaultRoot());
    if (!library)
        return report(library.error());
    auto entry = library->find(name);
    if (!entry)
        return report(entry.error());
    if (entry->problem)
        return report(*entry->problem);
    makePathsAbsolute(entry->guest.config, entry->folder);
    return runGuest(std::move(entry->guest.config));
}

int deleteGuest(const std::string& name)
{
    auto library = GuestLibrary::open(GuestLibrary::defaultRoot());
    if (!library)
        return report(library.error());
    auto entry = library->find(name);
    if (!entry)
        return report(entry.error());
    const auto trashed = library->moveToTrash(*entry);
    if (!trashed)
        return report(trashed.error());
    std::cout << entry->guest.config.name << " is in the trash: "
              << (trashed->trashed.empty() ? entry->folder.string() + " was only forgotten"
                                           : trashed->trashed.string())
              << '\n';
    return ExitOk;
}

void addCreateCommand(CLI::App& program, int& exitCode)
{
    CLI::App* command =
        program.add_subcommand("create", "Create a guest that is kept, with defaults for its system");
    auto options = std::make_shared<CreateOptions>();
    command->add_option("name", options->name, "What to call the guest")->required();
    command->add_option("medium", options->medium, "An ISO, floppy or disk image to start from");
    command->add_option("--cpus", options->cpus, "Number of CPUs");
    command->add_option("--memory", options->memory, "Memory, for example 512M or 4G");
    command->add_option("--disk-size", options->diskSize, "Size of the new system disk; 0 for none");
    command->add_option("--firmware", options->firmware, "bios, uefi, or an image file");
    command->add_flag("--start", options->start, "Start it at once, in the foreground and without a window");
    command->callback([&exitCode, options] {
        const auto created = createGuest(*options);
        if (!created) {
            exitCode = report(created.error());
            return;
        }
        std::cout << created->guest.config.name << "  " << created->folder.string() << '\n';
        exitCode = options->start ? startGuest(created->id()) : ExitOk;
    });
}

} // namespace

void addLibraryCommands(CLI::App& program, int& exitCode)
{
    addCreateCommand(program, exitCode);
    struct NamedVerb {
        const char* name;
        const char* help;
        int (*action)(const std::string&);
    };
    for (const NamedVerb& verb :
         {NamedVerb{"start", "Start a stored guest in the foreground, without a window", &startGuest},
          NamedVerb{"delete", "Move a stored guest with its disks to the desktop's trash", &deleteGuest}}) {
        CLI::App* command = program.add_subcommand(verb.name, verb.help);
        auto guest = std::make_shared<std::string>();
        command->add_option("guest", *guest, "The guest's name or id")->required();
        command->callback([&exitCode, guest, action = verb.action] { exitCode = action(*guest); });
    }
}

} // namespace app

// SPDX-License-Identifier: GPL-3.0-or-later
// Verbs that make guests and take them away: create, import, export, start, delete.
#include "cli/library_commands.h"

#include "cli/exit_codes.h"
#include "cli/run_command.h"
#include "cli/stored_guests.h"
#include "cli/text.h"
#include "library/disk_growth.h"
#include "library/guest_archive.h"
#include "library/new_guest.h"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <filesystem>
#include <iostream>
#include <memory>
#include <optional>

namespace app {

using engine::ErrorCode;
using engine::fail;
using engine::Result;

namespace {

/// What the options of create and import say; what they leave open comes from the system's defaults.
struct NewGuestOptions {
    std::string name;
    std::string medium;
    std::optional<unsigned> cpus;
    std::optional<std::string> memory;
    std::optional<std::string> diskSize;
    std::optional<std::string> firmware;
    std::string os;
    bool copy = false;
    bool demo = false;
    bool start = false;
};

Result<Medium> chooseMedium(const NewGuestOptions& options)
{
    Medium medium;
    if (options.demo) {
        medium.path = findDemoMedium();
        if (medium.path.empty())
            return fail(ErrorCode::NotFound, "this build has no demo");
        medium.kind = MediumKind::Iso;
    } else if (!options.medium.empty()) {
        medium = identifyMedium(std::filesystem::absolute(options.medium));
        if (medium.kind == MediumKind::Missing)
            return fail(ErrorCode::NotFound, "there is no file " + options.medium);
        if (medium.kind == MediumKind::Unknown)
            medium.kind = MediumKind::Iso; // any file can be a CD
    }
    return medium;
}

/// Where the wizard and this verb meet: the same defaults, then the same wishes on top of them.
Result<NewGuest> planGuest(const NewGuestOptions& options, const GuestLibrary& library)
{
    NewGuest guest;
    guest.medium = VM_TRY(chooseMedium(options));
    const OsDatabase& systems = OsDatabase::instance();
    const OsInfo* os = options.os.empty() ? nullptr : systems.find(options.os);
    if (!options.os.empty() && !os)
        return fail(ErrorCode::InvalidArgument,
                    "there is no system called " + options.os + " in the database; leave --os out");
    if (!os && guest.medium.kind == MediumKind::Iso && !options.demo)
        os = systems.identify(guest.medium.volume);
    guest.osId = os ? os->id : std::string();
    guest.config.name = options.name;
    applyDefaults(guest, os, HostResources::ofThisComputer(library.root()));
    guest.copyMedium = options.copy && guest.medium.kind == MediumKind::DiskImage;
    if (options.diskSize) {
        const std::uint64_t bytes = VM_TRY(parseSize(*options.diskSize));
        VM_TRY(setNewDisk(guest, bytes));
    }
    if (options.cpus)
        guest.config.cpuCount = *options.cpus;
    if (options.memory)
        guest.config.memoryBytes = VM_TRY(parseSize(*options.memory));
    if (options.firmware)
        setFirmware(guest.config, parseFirmwareOption(*options.firmware));
    for (const engine::ConfigProblem& problem : validate(guest.config, engine::hostMemoryBytes()))
        return fail(ErrorCode::InvalidArgument, problem.text);
    return guest;
}

Result<GuestEntry> createGuest(const NewGuestOptions& options)
{
    auto library = VM_TRY(GuestLibrary::open(GuestLibrary::defaultRoot()));
    const NewGuest guest = VM_TRY(planGuest(options, library));
    return makeGuest(library, *makeBlockDiskTool(), guest, showProgress());
}

Result<GuestEntry> importFile(NewGuestOptions options)
{
    auto library = VM_TRY(GuestLibrary::open(GuestLibrary::defaultRoot()));
    const auto file = std::filesystem::absolute(options.medium);
    if (looksLikeGuestArchive(file))
        return importGuest(library, file, options.name, showProgress());
    const Medium medium = identifyMedium(file);
    if (medium.kind == MediumKind::Missing)
        return fail(ErrorCode::NotFound, "there is no file " + options.medium);
    if (medium.kind != MediumKind::Appliance && medium.kind != MediumKind::DiskImage)
        return fail(ErrorCode::Unsupported, options.medium
                                                + " is no appliance, disk image or exported guest; "
                                                  "for a CD use “guesthouse create NAME FILE”");
    if (options.name.empty())
        options.name =
            library.freeName(medium.appliance && !medium.appliance->name.empty() ? medium.appliance->name
                                                                                 : file.stem().string());
    options.copy = true;
    const NewGuest guest = VM_TRY(planGuest(options, library));
    return makeGuest(library, *makeBlockDiskTool(), guest, showProgress());
}

int startGuest(const std::string& name)
{
    auto library = GuestLibrary::open(GuestLibrary::defaultRoot());
    if (!library)
        return reportFailure(library.error());
    auto entry = library->find(name);
    if (entry && entry->problem)
        return reportFailure(*entry->problem);
    if (entry)
        entry = growPendingDisks(*library, *makeBlockDiskTool(), *entry);
    return entry ? runGuest(std::move(entry->guest.config)) : reportFailure(entry.error());
}

int deleteGuest(const std::string& name)
{
    auto library = GuestLibrary::open(GuestLibrary::defaultRoot());
    if (!library)
        return reportFailure(library.error());
    const auto entry = findStoppedGuest(*library, name, Damaged::Accepted);
    if (!entry)
        return reportFailure(entry.error());
    const auto trashed = library->moveToTrash(*entry);
    if (!trashed)
        return reportFailure(trashed.error());
    std::cout << entry->guest.config.name << " is in the trash: "
              << (trashed->trashed.empty() ? entry->folder.string() + " was only forgotten"
                                           : trashed->trashed.string())
              << '\n';
    return ExitOk;
}

void addSizeOptions(CLI::App& command, NewGuestOptions& options)
{
    command.add_option("--cpus", options.cpus, "Number of CPUs");
    command.add_option("--memory", options.memory, "Memory, for example 512M or 4G");
    command.add_option("--firmware", options.firmware, "bios, uefi, or an image file");
    command.add_option("--os", options.os,
                       "The system, as an osinfo name like debian12, for better defaults");
    command.add_flag("--start", options.start, "Start it at once, in the foreground and without a window");
}

void defineCreate(CLI::App& command, NewGuestOptions& options)
{
    command.add_option("name", options.name, "What to call the guest")->required();
    command.add_option("medium", options.medium, "An ISO, floppy or disk image to start from");
    addSizeOptions(command, options);
    command.add_option("--disk-size", options.diskSize, "Size of the new system disk; 0 for none");
    command.add_flag("--copy", options.copy, "Copy a disk image into the guest instead of using it in place");
    command.add_flag("--demo", options.demo, "The built-in demo instead of a medium");
}

void defineImport(CLI::App& command, NewGuestOptions& options)
{
    command.add_option("file", options.medium, "The file to import; it is only read")->required();
    command.add_option("--name", options.name, "What to call the guest; otherwise the name in the file");
    addSizeOptions(command, options);
}

template <class Make>
void onCreation(CLI::App* command, int& exitCode, std::shared_ptr<NewGuestOptions> options, Make make)
{
    command->callback([&exitCode, options = std::move(options), make] {
        const auto created = make(*options);
        if (!created) {
            exitCode = reportFailure(created.error());
            return;
        }
        std::cout << created->guest.config.name << "  " << created->folder.string() << '\n' << std::flush;
        exitCode = options->start ? startGuest(created->id()) : ExitOk;
    });
}

void addCreateCommand(CLI::App& program, int& exitCode)
{
    CLI::App* command =
        program.add_subcommand("create", "Create a guest that is kept, with defaults for its system");
    auto options = std::make_shared<NewGuestOptions>();
    defineCreate(*command, *options);
    onCreation(command, exitCode, options, &createGuest);
}

void addImportCommand(CLI::App& program, int& exitCode)
{
    CLI::App* command = program.add_subcommand(
        "import", "Make a guest of an appliance (OVA, OVF), a disk image or an exported guest");
    auto options = std::make_shared<NewGuestOptions>();
    defineImport(*command, *options);
    onCreation(command, exitCode, options, &importFile);
}

void addExportCommand(CLI::App& program, int& exitCode)
{
    CLI::App* command = program.add_subcommand("export", "Put a guest with its disks into one file");
    struct Options {
        std::string guest;
        std::string file;
    };
    auto options = std::make_shared<Options>();
    command->add_option("guest", options->guest, "The guest's name or id")->required();
    command
        ->add_option("file", options->file,
                     "The file to write: NAME.tar, .tar.gz or .tar.zst, or .ova for other programs")
        ->required();
    command->callback([&exitCode, options] {
        const auto work = [&]() -> Result<> {
            auto library = VM_TRY(GuestLibrary::open(GuestLibrary::defaultRoot()));
            const GuestEntry entry = VM_TRY(findStoppedGuest(library, options->guest));
            return exportGuest(entry, std::filesystem::absolute(options->file), showProgress());
        };
        const auto done = work();
        exitCode = done ? ExitOk : reportFailure(done.error());
    });
}

} // namespace

Result<NewGuest> planFromWords(std::vector<std::string> words, const GuestLibrary& library)
{
    NewGuestOptions options;
    CLI::App program;
    program.require_subcommand(1);
    defineCreate(*program.add_subcommand("create"), options);
    CLI::App* import = program.add_subcommand("import");
    defineImport(*import, options);
    std::ranges::reverse(words); // the parser takes them from the back
    try {
        program.parse(std::move(words));
    } catch (const CLI::ParseError& error) {
        return fail(ErrorCode::InvalidArgument, error.what());
    }
    options.copy = options.copy || import->parsed();
    return planGuest(options, library);
}

void addLibraryCommands(CLI::App& program, int& exitCode)
{
    addCreateCommand(program, exitCode);
    addImportCommand(program, exitCode);
    addExportCommand(program, exitCode);
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

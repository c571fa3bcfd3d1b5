// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/disk_command.h"
#include "cli/exit_codes.h"
#include "cli/parser.h"
#include "cli/unknown_verb.h"

#include <CLI/CLI.hpp>
#include <dlfcn.h>

#include <array>
#include <filesystem>
#include <iostream>
#include <string_view>
#include <vector>

namespace {

/// The desktop part, beside the program (a build folder) or in the library folder of its prefix.
int runDesktop(int argc, char** argv)
{
    std::error_code unknown;
    const auto program = std::filesystem::read_symlink("/proc/self/exe", unknown).parent_path();
    constexpr const char* Module = "guesthouse-desktop.so";
    std::string reason;
    for (const auto& folder : {program, program / "../lib/guesthouse", program / "../lib64/guesthouse"}) {
        const auto file = folder / Module;
        if (!std::filesystem::exists(file))
            continue;
        void* module = ::dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL);
        if (!module) {
            reason = ::dlerror();
            break;
        }
        using DesktopMain = int (*)(int, char**);
        // SAFETY: POSIX guarantees that dlsym's result converts to a function pointer.
        if (auto entry = reinterpret_cast<DesktopMain>(::dlsym(module, "guesthouseDesktopMain")))
            return entry(argc, argv);
        reason = ::dlerror();
    }
    std::cerr << "guesthouse: the desktop application cannot be started"
              << (reason.empty() ? std::string(": ") + Module + " is not installed beside the program"
                                 : ": " + reason)
              << ".\nGuests run without it too: guesthouse run --help\n";
    return app::ExitFailure;
}

} // namespace

int main(int argc, char** argv)
{
    // A file that is dropped on the program's icon arrives as the only argument.
    if (argc == 1 || (argc == 2 && std::filesystem::is_regular_file(argv[1])))
        return runDesktop(argc, argv);

    // The disk verbs have a parser of their own.
    if (std::string_view(argv[1]) == "disk") {
        const std::vector<std::string_view> words(argv + 2, argv + argc);
        return app::runDiskCommand(words, std::cout, std::cerr);
    }

    CLI::App program("Virtual machines for the Linux desktop. Without arguments the application opens.",
                     "guesthouse");
    program.set_version_flag("--version", GUESTHOUSE_VERSION);
    int exitCode = app::ExitOk;
    app::addAllCommands(program, exitCode);
    if (app::isUnknownVerb(program, argv[1])) {
        std::cerr << "guesthouse: there is no command “" << argv[1] << "”; guesthouse --help lists them\n";
        return app::ExitUsage;
    }
    try {
        program.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        const int code = program.exit(error);
        return code == 0 ? app::ExitOk : app::ExitUsage;
    }
    return exitCode;
}

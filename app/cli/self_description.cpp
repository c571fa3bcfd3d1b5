// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/self_description.h"

#include "cli/disk_command.h"
#include "cli/exit_codes.h"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <iostream>
#include <memory>

namespace app {

namespace {

/// `visit(path, verb)` for the verb and everything below it; the path of the program itself is empty,
/// that of others "/forward/add".
template <class Visit>
void forEachVerb(const VerbDescription& verb, const std::string& path, Visit&& visit)
{
    visit(path, verb);
    for (const VerbDescription& inner : verb.verbs)
        forEachVerb(inner, path + "/" + inner.name, visit);
}

bool wantsGuest(const VerbDescription& verb)
{
    return std::ranges::any_of(
        verb.options, [](const auto& option) { return option.isPositional && option.name == "guest"; });
}

std::string replaced(std::string text, std::string_view what, std::string_view with)
{
    for (std::size_t at = 0; (at = text.find(what, at)) != std::string::npos; at += with.size())
        text.replace(at, what.size(), with);
    return text;
}

/// Inside of single quotes of a POSIX shell.
std::string inQuotes(const std::string& text)
{
    return "'" + replaced(text, "'", "'\\''") + "'";
}

/// A case statement's pattern with every path of a verb.
std::string allPaths(const VerbDescription& program)
{
    std::string paths;
    forEachVerb(program, "", [&](const std::string& path, const VerbDescription&) {
        if (!path.empty())
            paths += (paths.empty() ? "" : "|") + path;
    });
    return paths;
}

std::string bashScript(const VerbDescription& program)
{
    std::string text = "# bash completion for guesthouse\n_guesthouse()\n{\n"
                       "    local cur=${COMP_WORDS[COMP_CWORD]} path= words= guests= i\n"
                       "    for ((i = 1; i < COMP_CWORD; i++)); do\n"
                       "        case \"$path/${COMP_WORDS[i]}\" in\n            "
                       + allPaths(program)
                       + ") path+=/${COMP_WORDS[i]} ;;\n        esac\n    done\n"
                         "    case \"$path\" in\n";
    forEachVerb(program, "", [&](const std::string& path, const VerbDescription& verb) {
        text += "        " + inQuotes(path) + ") words='";
        for (const VerbDescription& inner : verb.verbs)
            text += inner.name + " ";
        for (const auto& option : verb.options)
            text += option.isPositional ? "" : option.name + " ";
        text += "--help'";
        text += wantsGuest(verb) ? "; guests=1" : "";
        text += " ;;\n";
    });
    return text
           + "    esac\n"
             "    mapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$cur\")\n"
             "    if [[ -n $guests && $cur != -* ]]; then\n"
             "        local name\n"
             "        while IFS= read -r name; do\n"
             "            [[ $name == \"$cur\"* ]] && COMPREPLY+=(\"$(printf %q \"$name\")\")\n"
             "        done < <(guesthouse list --names 2>/dev/null)\n"
             "    fi\n"
             "}\ncomplete -o default -F _guesthouse guesthouse\n";
}

std::string zshScript(const VerbDescription& program)
{
    const auto entry = [](const std::string& name, const std::string& help) {
        return "            " + inQuotes(replaced(name, ":", "\\:") + ":" + help) + "\n";
    };
    std::string text = "#compdef guesthouse\n_guesthouse()\n{\n"
                       "    local path_= i\n    local -a entries guests\n"
                       "    for ((i = 2; i < CURRENT; i++)); do\n"
                       "        case \"$path_/${words[i]}\" in\n            "
                       + allPaths(program)
                       + ") path_+=/${words[i]} ;;\n        esac\n    done\n"
                         "    case \"$path_\" in\n";
    forEachVerb(program, "", [&](const std::string& path, const VerbDescription& verb) {
        text += "        " + inQuotes(path) + ") entries=(\n";
        for (const VerbDescription& inner : verb.verbs)
            text += entry(inner.name, inner.help);
        for (const auto& option : verb.options)
            text += option.isPositional ? "" : entry(option.name, option.help);
        text += "            )";
        text +=
            wantsGuest(verb) ? "\n            guests=(${(f)\"$(guesthouse list --names 2>/dev/null)\"})" : "";
        text += " ;;\n";
    });
    return text
           + "    esac\n"
             "    _describe -o guesthouse entries\n"
             "    (( $#guests )) && compadd -a guests\n"
             "    _files\n"
             "}\n_guesthouse \"$@\"\n";
}

std::string fishScript(const VerbDescription& program)
{
    std::string text = "# fish completion for guesthouse\n";
    forEachVerb(program, "", [&](const std::string& path, const VerbDescription& verb) {
        std::string condition = "__fish_use_subcommand";
        if (!path.empty())
            condition = replaced(path, "/", "; and __fish_seen_subcommand_from ").substr(6);
        const std::string begin = "complete -c guesthouse -n " + inQuotes(condition);
        for (const VerbDescription& inner : verb.verbs)
            text += begin + " -f -a " + inner.name + " -d " + inQuotes(inner.help) + "\n";
        for (const auto& option : verb.options) {
            if (option.isPositional)
                continue;
            text += begin + " -l " + option.name.substr(2) + (option.takesValue ? " -r" : "") + " -d "
                    + inQuotes(option.help) + "\n";
        }
        if (wantsGuest(verb))
            text += begin + " -a '(guesthouse list --names 2>/dev/null)'\n";
    });
    return text;
}

/// Text that troff takes literally.
std::string troff(std::string text)
{
    text = replaced(std::move(text), "\\", "\\e");
    text = replaced(std::move(text), "-", "\\-");
    if (text.starts_with('.') || text.starts_with('\''))
        text.insert(0, "\\&");
    return text;
}

std::string synopsis(const VerbDescription& verb, const std::string& path)
{
    std::string text = ".B " + troff("guesthouse" + replaced(path, "/", " ")) + "\n";
    for (const auto& option : verb.options) {
        if (!option.isPositional)
            continue;
        text +=
            option.isRequired ? ".I " + troff(option.name) + "\n" : ".RI [ " + troff(option.name) + " ]\n";
    }
    const bool hasOptions =
        std::ranges::any_of(verb.options, [](const auto& option) { return !option.isPositional; });
    return text + (hasOptions ? ".RI [ options ]\n" : "");
}

void describeVerb(const std::string& path, const VerbDescription& verb, std::string& text)
{
    text += ".SS " + troff(replaced(path.substr(1), "/", " ")) + "\n" + synopsis(verb, path) + ".PP\n"
            + troff(verb.help) + ".\n";
    for (const auto& option : verb.options) {
        text += ".TP\n";
        text += option.isPositional ? ".I " : ".B ";
        text += troff(option.name) + "\n" + troff(option.help) + ".\n";
    }
    if (!verb.footer.empty())
        text += ".PP\n" + troff(verb.footer) + "\n";
}

} // namespace

VerbDescription describe(const CLI::App& parser)
{
    VerbDescription verb{.name = parser.get_name(),
                         .help = parser.get_description(),
                         .footer = parser.get_footer(),
                         .options = {},
                         .verbs = {}};
    for (const CLI::Option* option : parser.get_options()) {
        const bool isPositional = option->get_positional();
        const std::string name = isPositional ? option->get_name(true) : "--" + option->get_single_name();
        if (name == "--help")
            continue;
        verb.options.push_back({.name = name,
                                .help = option->get_description(),
                                .isPositional = isPositional,
                                .isRequired = option->get_required(),
                                .takesValue = option->get_items_expected_max() > 0});
    }
    for (const CLI::App* inner : parser.get_subcommands([](const CLI::App*) { return true; })) {
        if (inner->get_group().empty())
            continue;
        // The verbs for disks have a parser of their own.
        if (inner->get_name() == "disk")
            visitDiskParser([&](const CLI::App& disk) {
                verb.verbs.push_back(describe(disk));
                verb.verbs.back().name = "disk";
                verb.verbs.back().help = inner->get_description();
            });
        else
            verb.verbs.push_back(describe(*inner));
    }
    return verb;
}

std::string completionScript(const VerbDescription& program, std::string_view shell)
{
    if (shell == "bash")
        return bashScript(program);
    return shell == "zsh" ? zshScript(program) : fishScript(program);
}

std::string manualPage(const VerbDescription& program)
{
    std::string text =
        ".\\\" Made by \"guesthouse manual\" from the definitions of the command line.\n"
        ".TH GUESTHOUSE 1 \"\" Guesthouse \"User commands\"\n.SH NAME\n"
        "guesthouse \\- virtual machines for the Linux desktop\n.SH SYNOPSIS\n"
        ".B guesthouse\n.RI [ file ]\n.br\n.B guesthouse\n.I verb\n.RI [ arguments ]\n.SH DESCRIPTION\n"
        "Without arguments the application opens; with a file it offers to make a guest of it.\n"
        "With a verb it does one thing and ends; a guest that it starts runs in the foreground\n"
        "without a window, and the application shows it all the same.\n.SH VERBS\n";
    forEachVerb(program, "", [&](const std::string& path, const VerbDescription& verb) {
        if (!path.empty() && verb.verbs.empty())
            describeVerb(path, verb, text);
    });
    return text + ".SH EXIT STATUS\n" + troff(program.footer)
           + "\n.SH FILES\n.TP\n.I $XDG_DATA_HOME/guesthouse/guests\nOne folder for each guest.\n.TP\n"
             ".I $XDG_RUNTIME_DIR/guesthouse\nOne folder for each guest that runs.\n.SH EXAMPLES\n.EX\n"
           + troff("guesthouse create box install.iso --memory 2G --disk-size 20G --start\n"
                   "guesthouse clone box copy --linked\n"
                   "guesthouse import appliance.ova --name other\n"
                   "guesthouse set box cpus=4 memory=4G disk=40G\n")
           + ".EE\n";
}

void addSelfDescription(CLI::App& program, int& exitCode)
{
    CLI::App* completion = program.add_subcommand("completion", "Print a completion script for a shell");
    auto shell = std::make_shared<std::string>();
    completion->add_option("shell", *shell, "bash, zsh or fish")
        ->required()
        ->check(CLI::IsMember({"bash", "zsh", "fish"}));
    completion->callback([&program, &exitCode, shell] {
        std::cout << completionScript(describe(program), *shell);
        exitCode = ExitOk;
    });
    CLI::App* manual = program.add_subcommand("manual", "Print the manual page");
    manual->group(""); // for packagers
    manual->callback([&program, &exitCode] {
        std::cout << manualPage(describe(program));
        exitCode = ExitOk;
    });
}

} // namespace app

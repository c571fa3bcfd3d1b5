// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/library/temporary_folder.h"
#include "cli/parser.h"
#include "cli/self_description.h"

#include <CLI/CLI.hpp>

#include <array>
#include <cstdio>

using namespace app;

namespace {

VerbDescription program()
{
    CLI::App parser("Test", "guesthouse");
    int exitCode = 0;
    addAllCommands(parser, exitCode);
    return describe(parser);
}

template <class Visit>
void forEach(const VerbDescription& verb, Visit&& visit)
{
    visit(verb);
    for (const VerbDescription& inner : verb.verbs)
        forEach(inner, visit);
}

std::string withoutEscapes(std::string text)
{
    std::erase(text, '\\');
    return text;
}

/// What a shell prints for `command`.
std::string output(const std::string& command)
{
    std::string text;
    std::FILE* pipe = ::popen(command.c_str(), "r"); // NOLINT: the test's own words
    std::array<char, 4096> buffer{};
    while (pipe && std::fgets(buffer.data(), buffer.size(), pipe))
        text += buffer.data();
    EXPECT_EQ(pipe ? ::pclose(pipe) : -1, 0) << command;
    return text;
}

} // namespace

TEST(SelfDescription, EveryVerbOfTheMenusIsThere)
{
    std::vector<std::string> names;
    for (const VerbDescription& verb : program().verbs)
        names.push_back(verb.name);
    for (const char* verb :
         {"run",    "create",  "list",     "start",  "show", "shutdown",  "kill", "pause",
          "resume", "suspend", "snapshot", "clone",  "set",  "forward",   "type", "screenshot",
          "export", "import",  "delete",   "doctor", "disk", "completion"})
        EXPECT_NE(std::ranges::find(names, verb), names.end()) << verb;
    EXPECT_EQ(std::ranges::find(names, "manual"), names.end()) << "hidden";
}

TEST(SelfDescription, VerbsThatAreNotThereYetAnswerPlainly)
{
    for (const char* words : {"suspend box", "snapshot box"}) {
        CLI::App parser("Test", "guesthouse");
        int exitCode = 0;
        addAllCommands(parser, exitCode);
        ::testing::internal::CaptureStderr();
        parser.parse(words);
        EXPECT_NE(::testing::internal::GetCapturedStderr().find("this version"), std::string::npos);
        EXPECT_EQ(exitCode, 1);
    }
}

TEST(SelfDescription, ManualMentionsEveryVerbAndOption)
{
    const std::string manual = withoutEscapes(manualPage(program()));
    int options = 0;
    forEach(program(), [&](const VerbDescription& verb) {
        if (verb.name != "guesthouse")
            EXPECT_NE(manual.find(verb.name), std::string::npos) << verb.name;
        EXPECT_FALSE(verb.help.empty()) << verb.name;
        for (const auto& option : verb.options) {
            ++options;
            EXPECT_FALSE(option.help.empty()) << verb.name << ' ' << option.name;
            if (verb.name != "guesthouse") {
                EXPECT_NE(manual.find(option.name), std::string::npos) << verb.name << ' ' << option.name;
            }
        }
    });
    EXPECT_GT(options, 80);
}

TEST(SelfDescription, BashCompletesVerbsOptionsAndInnerVerbs)
{
    const TemporaryFolder folder;
    writeText(folder / "completion", completionScript(program(), "bash"));
    const auto complete = [&](const std::string& words, int at) {
        return output("bash -c 'source " + (folder / "completion").string() + "; COMP_WORDS=(" + words
                      + "); COMP_CWORD=" + std::to_string(at) + "; _guesthouse; echo ${COMPREPLY[@]}'");
    };
    EXPECT_EQ(complete("guesthouse scr", 1), "screen-text screenshot\n");
    EXPECT_EQ(complete("guesthouse create box --mem", 3), "--memory\n");
    EXPECT_EQ(complete("guesthouse forward re", 2), "remove\n");
    EXPECT_EQ(complete("guesthouse disk conv", 2), "convert\n");
}

TEST(SelfDescription, OtherShellsAcceptTheirScripts)
{
    const TemporaryFolder folder;
    for (const char* shell : {"zsh", "fish"}) {
        const std::string script = completionScript(program(), shell);
        EXPECT_NE(script.find("screenshot"), std::string::npos);
        writeText(folder / shell, script);
        output(std::string("! command -v ") + shell + " >/dev/null || " + shell + " -n "
               + (folder / shell).string());
    }
}

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace CLI {
class App;
}

namespace app {

/// One verb of the command line with its options, as the parser defines them: what completion scripts
/// and the manual page are made of.
struct VerbDescription {
    struct Option {
        std::string name; ///< "--memory", or a positional's name
        std::string help;
        bool isPositional = false;
        bool isRequired = false;
        bool takesValue = false;
    };
    std::string name;
    std::string help;
    std::string footer;
    std::vector<Option> options;
    std::vector<VerbDescription> verbs;
};

/// Reads the parser's definitions; hidden verbs are left out.
[[nodiscard]] VerbDescription describe(const CLI::App& parser);

/// A script that completes verbs, options and guests' names; `shell` is bash, zsh or fish.
[[nodiscard]] std::string completionScript(const VerbDescription& program, std::string_view shell);
/// The manual page, for section 1 (man macros).
[[nodiscard]] std::string manualPage(const VerbDescription& program);

/// completion and the hidden verb manual. Last of all verbs: it describes those before it.
void addSelfDescription(CLI::App& program, int& exitCode);

} // namespace app

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <CLI/CLI.hpp>

#include <algorithm>
#include <string_view>

namespace app {

/// True for a first word that is neither an option nor a verb of `program`: the parser would only say
/// that a verb is missing.
[[nodiscard]] inline bool isUnknownVerb(const CLI::App& program, std::string_view word)
{
    const auto verbs = program.get_subcommands([](const CLI::App*) { return true; });
    return !word.starts_with('-')
           && std::ranges::none_of(verbs, [word](const CLI::App* verb) { return verb->get_name() == word; });
}

} // namespace app

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <iosfwd>
#include <span>
#include <string_view>

namespace CLI {
class App;
}

namespace app {

/// `guesthouse disk VERB ...`: create, info, check, convert, resize, compact, clone. `args` are the
/// words after "disk". Results go to `out`, complaints to `err`. Returns an ExitCode.
int runDiskCommand(std::span<const std::string_view> args, std::ostream& out, std::ostream& err);

/// Shows the definitions of those verbs, for completion scripts and the manual page.
void visitDiskParser(const std::function<void(const CLI::App&)>& visit);

} // namespace app

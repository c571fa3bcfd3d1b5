// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <iosfwd>
#include <span>
#include <string_view>

namespace app {

/// `guesthouse disk VERB ...`: create, info, check, convert, resize, compact, clone. `args` are the
/// words after "disk". Results go to `out`, complaints to `err`. Returns an ExitCode.
int runDiskCommand(std::span<const std::string_view> args, std::ostream& out, std::ostream& err);

} // namespace app

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace app {

/// What `guesthouse` returns; documented in --help and the manual page.
enum ExitCode : int {
    ExitOk = 0,
    ExitFailure = 1,     ///< it could not be done; the message says why
    ExitUsage = 2,       ///< wrong words on the command line
    ExitGuestFailed = 3, ///< the guest started and then failed
    ExitNoKvm = 4,       ///< this computer cannot run guests now; see guesthouse doctor
};

} // namespace app

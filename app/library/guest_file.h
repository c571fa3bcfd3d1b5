// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"
#include "vm/vm_config.h"

#include <filesystem>
#include <string>
#include <string_view>

namespace app {

/// How a guest's screen is fitted into its window; Inherit: as the preferences of the user say.
enum class ConsoleScaling : std::uint8_t { Inherit, Fit, Integer, Exact };
enum class Inheritable : std::uint8_t { Inherit, Yes, No };

/// What people add to a guest; the hardware does not depend on it.
struct GuestPresentation {
    std::string group; ///< empty: in none
    std::string notes;
    std::string osId; ///< OsInfo::id, empty: not known
    bool favourite = false;
    std::int32_t order = 0; ///< place in its group, smallest first
    ConsoleScaling scaling = ConsoleScaling::Inherit;
    Inheritable keepsAwake = Inheritable::Inherit; ///< the computer does not sleep while it runs
    Inheritable notifies = Inheritable::Inherit;   ///< its end is announced when nobody looks
    bool operator==(const GuestPresentation&) const = default;
};

/// The contents of a guest.json. `sourceText` is the file as it was read: keys that this version does
/// not know survive a rewrite, and a change made meanwhile by another program is noticed.
struct GuestDescription {
    engine::VmConfig config;
    GuestPresentation presentation;
    /// For each disk the size that it shall have from the next start on; 0 or missing: as it is.
    std::vector<std::uint64_t> pendingDiskBytes = {};
    std::string sourceText;
};

/// The newest format that this program understands.
constexpr std::int64_t GuestFileVersion = 1;
constexpr std::size_t LongestGuestFile = std::size_t{1} << 20;

/// Reads the text of a guest.json, whatever it holds. ErrorCode::Corrupt names the key that is wrong;
/// Unsupported means a newer version of the format.
[[nodiscard]] engine::Result<GuestDescription> parseGuest(std::string_view text);

/// The text to store: indented, known keys from the values, unknown ones from `sourceText`.
[[nodiscard]] std::string formatGuest(const GuestDescription& guest);

/// Inside a guest's folder paths are stored relative to it, so that the folder can be moved. The built-in
/// demo's CD is stored as "builtin:demo": the program may be elsewhere tomorrow.
void makePathsAbsolute(engine::VmConfig& config, const std::filesystem::path& folder);
void makePathsRelative(engine::VmConfig& config, const std::filesystem::path& folder);

} // namespace app

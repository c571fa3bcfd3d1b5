// SPDX-License-Identifier: GPL-3.0-or-later
// The desktop's trash: a folder `files` with the things and a folder `info` with one small file for
// each that says where it came from (freedesktop.org trash specification 1.0).
#include "library/guest_library.h"

#include <fcntl.h>
#include <unistd.h>

#include <ctime>

namespace app {

using engine::ErrorCode;
using engine::failSystem;
using engine::Result;
namespace fs = std::filesystem;

namespace {

/// Percent-encoding of a path, as in a URL (RFC 3986), with the slashes left alone.
std::string encoded(const std::string& path)
{
    constexpr std::string_view Plain = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/";
    constexpr std::string_view Digits = "0123456789ABCDEF";
    std::string result;
    for (const char c : path) {
        const auto byte = static_cast<unsigned char>(c);
        if (Plain.contains(c))
            result += c;
        else
            result += {'%', Digits[byte >> 4U], Digits[byte & 0x0FU]};
    }
    return result;
}

std::string localTime()
{
    const std::time_t now = std::time(nullptr);
    std::tm parts{};
    ::localtime_r(&now, &parts);
    std::string text(32, '\0');
    text.resize(std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%S", &parts));
    return text;
}

/// Claims a name by creating its info file, as the specification asks.
Result<TrashedGuest> claimName(const fs::path& trash, const fs::path& folder)
{
    for (int number = 1;; ++number) {
        const std::string name =
            folder.filename().string() + (number > 1 ? "." + std::to_string(number) : "");
        const fs::path info = trash / "info" / (name + ".trashinfo");
        const engine::UniqueFd file(::open(info.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
        if (!file && errno == EEXIST)
            continue;
        const std::string text =
            "[Trash Info]\nPath=" + encoded(folder.string()) + "\nDeletionDate=" + localTime() + "\n";
        if (!file || ::write(file.get(), text.data(), text.size()) != static_cast<ssize_t>(text.size()))
            return failSystem("cannot write to the trash " + trash.string());
        return TrashedGuest{.original = folder, .trashed = trash / "files" / name, .infoFile = info};
    }
}

} // namespace

Result<TrashedGuest> moveFolderToTrash(const fs::path& folder)
{
    const fs::path trash = userDataFolder() / "Trash";
    VM_TRY(makeFolder(trash / "files"));
    VM_TRY(makeFolder(trash / "info"));
    TrashedGuest guest = VM_TRY(claimName(trash, folder));
    if (::rename(folder.c_str(), guest.trashed.c_str()) != 0) {
        const int reason = errno;
        ::unlink(guest.infoFile.c_str());
        return failSystem("cannot move " + folder.string() + " to the trash", reason);
    }
    return guest;
}

Result<> takeFromTrash(const TrashedGuest& guest, const fs::path& target)
{
    if (::rename(guest.trashed.c_str(), target.c_str()) != 0)
        return failSystem("cannot take " + guest.trashed.string() + " out of the trash");
    ::unlink(guest.infoFile.c_str());
    return syncFolder(target.parent_path());
}

} // namespace app

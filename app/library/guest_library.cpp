// SPDX-License-Identifier: GPL-3.0-or-later
#include "library/guest_library.h"

#include "library/guest_id.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <tuple>

namespace app {

using engine::ErrorCode;
using engine::fail;
using engine::failSystem;
using engine::Result;
namespace fs = std::filesystem;

namespace {

constexpr std::string_view StagingPrefix = ".new-";
constexpr const char* StagingLockName = "creating.lock";
constexpr const char* GuestFileName = "guest.json";
constexpr const char* ExternalFileName = ".external.json";
constexpr std::chrono::milliseconds LockPatience{3000};

bool sameIgnoringCase(std::string_view a, std::string_view b)
{
    // ASCII only: enough to keep folders apart on file systems that ignore case.
    return std::ranges::equal(a, b, [](unsigned char x, unsigned char y) {
        return (x < 0x80 ? std::tolower(x) : x) == (y < 0x80 ? std::tolower(y) : y);
    });
}

Result<> writeGuest(const fs::path& folder, GuestDescription guest, const fs::path& finalFolder)
{
    makePathsRelative(guest.config, finalFolder);
    return writeFileAtomically(folder / GuestFileName, formatGuest(guest));
}

/// Takes a finished folder to its place; the folder is swept away when that fails.
Result<> publish(const fs::path& staging, const fs::path& target)
{
    std::error_code failure;
    fs::rename(staging, target, failure);
    if (failure)
        return failSystem("cannot create the guest's folder " + target.string(), failure.value());
    return syncFolder(target.parent_path());
}

} // namespace

fs::path GuestLibrary::defaultRoot()
{
    return userDataFolder() / "guesthouse" / "guests";
}

Result<GuestLibrary> GuestLibrary::open(fs::path root)
{
    VM_TRY(makeFolder(root));
    GuestLibrary library(std::move(root));
    // Only with the lock: somebody else may be creating a guest right now. Without it (a folder that
    // cannot be written to) the library can still be read.
    if (const auto lock = library.lock()) {
        std::error_code ignored;
        for (const auto& item : fs::directory_iterator(library.m_root, ignored)) {
            // A creation that is still under way holds the lock in its folder.
            if (item.path().filename().string().starts_with(StagingPrefix)
                && FileLock::acquire(item.path() / StagingLockName, {}))
                fs::remove_all(item.path(), ignored);
            // A configuration that was being written when its writer died; who writes holds the lock.
            fs::remove(item.path() / (std::string(GuestFileName) + ".new"), ignored);
        }
    }
    return library;
}

Result<FileLock> GuestLibrary::lock() const
{
    return FileLock::acquire(m_root / ".lock", LockPatience);
}

Result<std::vector<GuestEntry>> GuestLibrary::scan() const
{
    std::error_code failure;
    std::vector<GuestEntry> entries;
    for (const auto& item : fs::directory_iterator(m_root, failure)) {
        std::error_code ignored;
        if (item.is_directory(ignored) && !item.path().filename().string().starts_with('.'))
            entries.push_back(readGuestFolder(item.path()));
    }
    if (failure)
        return failSystem("cannot read the folder " + m_root.string(), failure.value());
    for (const fs::path& folder : externalFolders()) {
        entries.push_back(readGuestFolder(folder));
        entries.back().isExternal = true;
    }
    // A folder that was copied by hand has its original's identity: the later one is the copy.
    std::ranges::sort(entries, {}, [](const GuestEntry& entry) { return entry.folder; });
    std::vector<std::string> seen;
    for (GuestEntry& entry : entries) {
        if (std::ranges::find(seen, entry.id()) != seen.end())
            entry.problem = engine::Error{ErrorCode::Overlap,
                                          0,
                                          "Another guest has the same identity. Change “id” in one of "
                                          "their guest.json files, or remove this copy.",
                                          {}};
        seen.push_back(entry.id());
    }
    std::ranges::sort(entries, {}, [](const GuestEntry& entry) {
        return std::tuple(entry.guest.presentation.order, entry.guest.config.name, entry.folder.string());
    });
    return entries;
}

Result<GuestEntry> GuestLibrary::find(std::string_view idOrName) const
{
    for (GuestEntry& entry : VM_TRY(scan())) {
        if (entry.id() == idOrName || entry.guest.config.name == idOrName
            || entry.folder.filename().string() == idOrName)
            return std::move(entry);
    }
    return fail(ErrorCode::NotFound, "There is no guest called “" + std::string(idOrName) + "”.");
}

GuestEntry readGuestFolder(const fs::path& folder)
{
    GuestEntry entry{.folder = folder, .guest = {}, .problem = {}};
    entry.guest.config.name = folder.filename().string();
    const auto text = readFile(folder / GuestFileName, LongestGuestFile);
    if (!text) {
        entry.problem = text.error();
        return entry;
    }
    auto parsed = parseGuest(*text);
    if (parsed && parsed->config.id.empty())
        parsed = fail(ErrorCode::Corrupt, "“hardware.id” is missing.");
    if (!parsed) {
        entry.problem = parsed.error();
        return entry;
    }
    entry.guest = *std::move(parsed);
    makePathsAbsolute(entry.guest.config, folder);
    return entry;
}

Result<GuestEntry> GuestLibrary::create(GuestDescription guest, const Populate& populate)
{
    guest.config.id = createGuestId();
    guest.sourceText.clear();
    const fs::path staging = m_root / (std::string(StagingPrefix) + guest.config.id);
    std::optional<FileLock> isCreating;
    const auto build = [&]() -> Result<fs::path> {
        {
            const FileLock guard = VM_TRY(lock());
            VM_TRY(requireFreeName(guest.config.name, {}));
            VM_TRY(makeFolder(staging / "disks"));
            isCreating = VM_TRY(FileLock::acquire(staging / StagingLockName, {}));
        }
        // Disks may take minutes to copy; others can use the library meanwhile.
        if (populate)
            VM_TRY(populate(staging));
        const FileLock guard = VM_TRY(lock());
        VM_TRY(requireFreeName(guest.config.name, {}));
        const fs::path target = freeFolder(guest.config.name);
        makePathsRelative(guest.config, staging);
        VM_TRY(writeGuest(staging, guest, target));
        std::error_code ignored;
        fs::remove(staging / StagingLockName, ignored);
        VM_TRY(publish(staging, target));
        return target;
    };
    const auto built = build();
    if (!built) {
        std::error_code ignored;
        fs::remove_all(staging, ignored);
        return std::unexpected(built.error());
    }
    return readGuestFolder(*built);
}

Result<GuestEntry> GuestLibrary::save(const GuestEntry& entry)
{
    if (entry.problem)
        return fail(ErrorCode::InvalidState, "The guest's configuration is damaged; it is left untouched.");
    const FileLock guard = VM_TRY(lock());
    const std::string onDisk = VM_TRY(readFile(entry.folder / GuestFileName, LongestGuestFile));
    if (onDisk != entry.guest.sourceText)
        return fail(ErrorCode::Busy, "The guest was changed by another program meanwhile; look at it again "
                                     "and repeat your change.");
    VM_TRY(requireFreeName(entry.guest.config.name, entry.id()));
    VM_TRY(writeGuest(entry.folder, entry.guest, entry.folder));
    GuestEntry fresh = readGuestFolder(entry.folder);
    fresh.isExternal = entry.isExternal;
    return fresh;
}

Result<GuestEntry> GuestLibrary::rename(const GuestEntry& entry, std::string name)
{
    GuestEntry renamed = entry;
    renamed.guest.config.name = std::move(name);
    renamed = VM_TRY(save(renamed));
    if (renamed.isExternal)
        return renamed;
    const FileLock guard = VM_TRY(lock());
    const fs::path target = freeFolder(renamed.guest.config.name);
    // The new name is stored already; a folder that keeps its old name is a blemish, not a failure.
    if (renamed.folder.filename().string() != folderNameFor(renamed.guest.config.name)
        && publish(renamed.folder, target))
        return readGuestFolder(target);
    return renamed;
}

Result<TrashedGuest> GuestLibrary::moveToTrash(const GuestEntry& entry)
{
    const FileLock guard = VM_TRY(lock());
    if (!entry.isExternal)
        return moveFolderToTrash(entry.folder);
    auto folders = externalFolders();
    std::erase(folders, entry.folder);
    VM_TRY(writeExternalFolders(folders));
    return TrashedGuest{.original = entry.folder, .trashed = {}, .infoFile = {}};
}

Result<GuestEntry> GuestLibrary::restore(const TrashedGuest& guest)
{
    if (guest.trashed.empty())
        return addExternal(guest.original);
    const FileLock guard = VM_TRY(lock());
    const fs::path target =
        fs::exists(guest.original) ? freeFolder(guest.original.filename().string()) : guest.original;
    VM_TRY(takeFromTrash(guest, target));
    return readGuestFolder(target);
}

Result<GuestEntry> GuestLibrary::addExternal(const fs::path& folder)
{
    const FileLock guard = VM_TRY(lock());
    GuestEntry entry = readGuestFolder(fs::absolute(folder).lexically_normal());
    if (entry.problem)
        return std::unexpected(*entry.problem);
    auto folders = externalFolders();
    if (std::ranges::find(folders, entry.folder) == folders.end())
        folders.push_back(entry.folder);
    VM_TRY(writeExternalFolders(folders));
    entry.isExternal = true;
    return entry;
}

std::vector<fs::path> GuestLibrary::externalFolders() const
{
    const auto text = readFile(m_root / ExternalFileName, LongestGuestFile);
    if (!text)
        return {};
    const auto list = nlohmann::json::parse(*text, nullptr, /*allow_exceptions=*/false);
    std::vector<fs::path> folders;
    if (list.is_array()) {
        for (const auto& item : list) {
            if (const auto* path = item.get_ptr<const std::string*>(); path && path->starts_with('/'))
                folders.emplace_back(*path);
        }
    }
    return folders;
}

Result<> GuestLibrary::writeExternalFolders(const std::vector<fs::path>& list)
{
    nlohmann::json array = nlohmann::json::array();
    for (const fs::path& folder : list)
        array.push_back(folder.string());
    return writeFileAtomically(m_root / ExternalFileName,
                               array.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n");
}

fs::path GuestLibrary::freeFolder(std::string_view name) const
{
    const std::string base = folderNameFor(name);
    fs::path candidate = m_root / base;
    for (int number = 2; fs::exists(candidate); ++number)
        candidate = m_root / (base + "-" + std::to_string(number));
    return candidate;
}

Result<> GuestLibrary::requireFreeName(std::string_view name, std::string_view ownId) const
{
    for (const GuestEntry& entry : VM_TRY(scan())) {
        if (entry.id() != ownId && sameIgnoringCase(entry.guest.config.name, name))
            return fail(ErrorCode::Overlap,
                        "There is a guest called “" + std::string(name) + "” already; choose another name.");
    }
    return {};
}

std::string GuestLibrary::freeName(std::string_view name) const
{
    std::string candidate(name);
    for (int number = 2; !requireFreeName(candidate, {}); ++number)
        candidate = std::string(name) + " " + std::to_string(number);
    return candidate;
}

std::string folderNameFor(std::string_view name)
{
    constexpr std::size_t LongestFolderName = 80;
    std::string folder;
    for (const char c : name) {
        const auto byte = static_cast<unsigned char>(c);
        const bool bad = byte < ' ' || byte == 0x7F || std::string_view("/\\:*?\"<>|").contains(c);
        folder += bad ? '_' : c;
    }
    if (folder.size() > LongestFolderName) {
        std::size_t end = LongestFolderName;
        while (end > 0 && (static_cast<unsigned char>(folder[end]) & 0xC0U) == 0x80U)
            --end; // do not cut a UTF-8 sequence in two
        folder.resize(end);
    }
    while (!folder.empty() && (folder.back() == ' ' || folder.back() == '.'))
        folder.pop_back();
    if (folder.empty() || folder.front() == '.')
        folder.insert(0, "guest");
    return folder;
}

} // namespace app

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "library/file_store.h"
#include "library/guest_file.h"

#include <optional>
#include <vector>

namespace app {

/// One guest on disk. When its guest.json cannot be used, `problem` says why, `guest` holds only a
/// name, and nothing of ours will ever write to its folder.
struct GuestEntry {
    std::filesystem::path folder;
    GuestDescription guest;
    std::optional<engine::Error> problem;
    bool isExternal = false; ///< lives outside of the library's folder

    /// The guest's UUID, or its folder when the configuration is damaged: unique in the library.
    [[nodiscard]] std::string id() const { return problem ? folder.string() : guest.config.id; }
    [[nodiscard]] std::filesystem::path diskFolder() const { return folder / "disks"; }
    [[nodiscard]] std::filesystem::path lastFramePath() const { return folder / "last-frame.png"; }
};

/// A guest in the trash, for undo.
struct TrashedGuest {
    std::filesystem::path original;
    std::filesystem::path trashed; ///< empty for an external guest: only forgotten
    std::filesystem::path infoFile;
};

/// All guests of the user: one folder each under `root`, plus folders elsewhere that `root` remembers.
/// Several processes may hold a library on the same root; each change takes a lock, works on what is
/// on disk at that moment and is atomic. An object is for one thread at a time.
class GuestLibrary {
public:
    /// $XDG_DATA_HOME/guesthouse/guests.
    [[nodiscard]] static std::filesystem::path defaultRoot();
    /// Makes the folder when needed and sweeps away what an interrupted creation left.
    [[nodiscard]] static engine::Result<GuestLibrary> open(std::filesystem::path root);

    [[nodiscard]] const std::filesystem::path& root() const { return m_root; }
    /// Every guest, damaged ones too, by order and name.
    [[nodiscard]] engine::Result<std::vector<GuestEntry>> scan() const;
    [[nodiscard]] engine::Result<GuestEntry> find(std::string_view idOrName) const;

    /// Fills a new guest's folder with its disks before anybody can see it; paths in the configuration
    /// that lie in the folder may be relative. A failure leaves nothing behind.
    using Populate = std::function<engine::Result<>(const std::filesystem::path& folder)>;
    [[nodiscard]] engine::Result<GuestEntry> create(GuestDescription guest, const Populate& populate = {});
    /// Writes a changed description. ErrorCode::Busy when the file changed since it was read.
    [[nodiscard]] engine::Result<GuestEntry> save(const GuestEntry& entry);
    /// Changes the name, and the folder's name with it.
    [[nodiscard]] engine::Result<GuestEntry> rename(const GuestEntry& entry, std::string name);
    /// A full copy with an identity of its own. Disks outside of the folder are copied into it.
    [[nodiscard]] engine::Result<GuestEntry> clone(const GuestEntry& entry, std::string name,
                                                   const CopyProgress& onProgress = {});
    /// Moves the folder to the desktop's trash; an external guest is only forgotten.
    [[nodiscard]] engine::Result<TrashedGuest> moveToTrash(const GuestEntry& entry);
    [[nodiscard]] engine::Result<GuestEntry> restore(const TrashedGuest& guest);

    /// Remembers a guest's folder outside of the library.
    [[nodiscard]] engine::Result<GuestEntry> addExternal(const std::filesystem::path& folder);

    /// The name itself, or with a number when it is taken.
    [[nodiscard]] std::string freeName(std::string_view name) const;

private:
    explicit GuestLibrary(std::filesystem::path root) : m_root(std::move(root)) {}

    [[nodiscard]] engine::Result<FileLock> lock() const;
    [[nodiscard]] std::vector<std::filesystem::path> externalFolders() const;
    [[nodiscard]] engine::Result<> writeExternalFolders(const std::vector<std::filesystem::path>& list);
    [[nodiscard]] std::filesystem::path freeFolder(std::string_view name) const;
    [[nodiscard]] engine::Result<> requireFreeName(std::string_view name, std::string_view ownId) const;

    std::filesystem::path m_root;
};

/// Reads one guest's folder; never fails, see GuestEntry::problem.
[[nodiscard]] GuestEntry readGuestFolder(const std::filesystem::path& folder);
/// A folder name made of a guest's name: no separators, no leading dot, at most 80 bytes.
[[nodiscard]] std::string folderNameFor(std::string_view name);

/// The desktop's trash ($XDG_DATA_HOME/Trash, freedesktop.org trash specification 1.0).
[[nodiscard]] engine::Result<TrashedGuest> moveFolderToTrash(const std::filesystem::path& folder);
[[nodiscard]] engine::Result<> takeFromTrash(const TrashedGuest& guest, const std::filesystem::path& target);
/// Copies a guest's folder without its lock files.
[[nodiscard]] engine::Result<> copyGuestFolder(const std::filesystem::path& from,
                                               const std::filesystem::path& to,
                                               const CopyProgress& onProgress);

} // namespace app

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"
#include "base/unique_fd.h"

#include <sys/types.h>

#include <filesystem>
#include <string>
#include <vector>

namespace app {

/// Where this user's running guests have their folders: `$XDG_RUNTIME_DIR/guesthouse`, else
/// `/tmp/guesthouse-UID` (see docs/control-protocol.md).
[[nodiscard]] std::filesystem::path runtimeRoot();

/// The runtime folder of a guest that this process runs. Holding the object means holding the lock;
/// its destruction removes the folder.
class RuntimeFolder {
public:
    /// Creates `runtimeRoot()/id` and locks it. Busy when another process runs this guest.
    [[nodiscard]] static engine::Result<RuntimeFolder> create(const std::string& id, const std::string& name);
    ~RuntimeFolder();
    RuntimeFolder(const RuntimeFolder&) = delete;
    RuntimeFolder& operator=(const RuntimeFolder&) = delete;
    RuntimeFolder(RuntimeFolder&&) noexcept = default;
    RuntimeFolder& operator=(RuntimeFolder&&) = delete;

    [[nodiscard]] const std::filesystem::path& path() const { return m_path; }
    [[nodiscard]] std::filesystem::path controlSocket() const { return m_path / "control.sock"; }
    [[nodiscard]] std::filesystem::path rfbSocket() const { return m_path / "rfb.sock"; }

private:
    RuntimeFolder(std::filesystem::path path, engine::UniqueFd lock)
        : m_path(std::move(path)), m_lock(std::move(lock))
    {}
    std::filesystem::path m_path;
    engine::UniqueFd m_lock;
};

/// A guest that some process of this user runs now.
struct RunningGuest {
    std::string id;
    std::string name;
    pid_t pid = 0;
    std::filesystem::path folder;
};

/// All running guests, sorted by name. Folders that a dead process left behind are removed.
[[nodiscard]] std::vector<RunningGuest> listRunningGuests();

/// By name, id or the beginning of an id. Errors say what would have matched.
[[nodiscard]] engine::Result<RunningGuest> findRunningGuest(const std::string& nameOrId);

} // namespace app

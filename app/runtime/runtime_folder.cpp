// SPDX-License-Identifier: GPL-3.0-or-later
#include "runtime/runtime_folder.h"

#include "base/runtime_root.h"

#include <fcntl.h>
#include <nlohmann/json.hpp>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <optional>

namespace app {

namespace fs = std::filesystem;
using engine::ErrorCode;
using engine::fail;
using engine::failSystem;
using engine::makePrivateFolder;
using engine::Result;
using engine::UniqueFd;

namespace {

constexpr const char* LockName = "lock";
constexpr const char* InfoName = "guest.json";

/// The lock, or Busy while another process holds it.
Result<UniqueFd> takeLock(const fs::path& folder, int flags)
{
    UniqueFd fd(
        ::open((folder / LockName).c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW | flags, S_IRUSR | S_IWUSR));
    if (!fd)
        return failSystem("cannot open the lock in " + folder.string());
    if (::flock(fd.get(), LOCK_EX | LOCK_NB) != 0)
        return failSystem("the guest is running already");
    return fd;
}

std::optional<RunningGuest> readInfo(const fs::path& folder)
{
    std::ifstream file(folder / InfoName);
    const auto json = nlohmann::json::parse(file, nullptr, false);
    if (!json.is_object())
        return std::nullopt;
    const auto text = [&](const char* key) {
        const auto it = json.find(key);
        return it != json.end() && it->is_string() ? it->get<std::string>() : std::string();
    };
    const auto pid = json.find("pid");
    return RunningGuest{.id = text("id"),
                        .name = text("name"),
                        .pid = pid != json.end() && pid->is_number_integer() ? pid->get<pid_t>() : 0,
                        .folder = folder};
}

bool isSafeId(const std::string& id)
{
    return !id.empty() && id.size() <= 64 && std::ranges::all_of(id, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
    });
}

} // namespace

fs::path runtimeRoot()
{
    return engine::runtimeRoot();
}

Result<RuntimeFolder> RuntimeFolder::create(const std::string& id, const std::string& name)
{
    if (!isSafeId(id))
        return fail(ErrorCode::InvalidArgument, "\"" + id + "\" is not usable as a guest's id");
    const fs::path root = runtimeRoot();
    VM_TRY(makePrivateFolder(root));
    const fs::path folder = root / id;
    VM_TRY(makePrivateFolder(folder));
    UniqueFd lock = VM_TRY(takeLock(folder, O_CREAT));

    // Sockets of a process that died without cleaning up would make bind() fail.
    std::error_code ignored;
    fs::remove(folder / "control.sock", ignored);
    fs::remove(folder / "rfb.sock", ignored);
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    const nlohmann::json info = {{"id", id},
                                 {"name", name},
                                 {"pid", ::getpid()},
                                 {"started", std::chrono::duration_cast<std::chrono::seconds>(now).count()}};
    const fs::path temporary = folder / "guest.json.new";
    std::ofstream(temporary) << info.dump(2) << '\n';
    std::error_code failed;
    fs::rename(temporary, folder / InfoName, failed);
    if (failed)
        return failSystem("cannot write " + (folder / InfoName).string(), failed.value());
    return RuntimeFolder(folder, std::move(lock));
}

RuntimeFolder::~RuntimeFolder()
{
    if (!m_lock)
        return; // moved from
    std::error_code ignored;
    fs::remove_all(m_path, ignored);
}

std::vector<RunningGuest> listRunningGuests()
{
    std::vector<RunningGuest> guests;
    std::error_code absent;
    for (const auto& entry : fs::directory_iterator(runtimeRoot(), absent)) {
        const fs::path& folder = entry.path();
        if (auto lock = takeLock(folder, 0)) {
            std::error_code ignored; // nobody holds it: its process is gone
            fs::remove_all(folder, ignored);
            continue;
        } else if (lock.error().code != ErrorCode::Busy) {
            continue;
        }
        if (auto guest = readInfo(folder))
            guests.push_back(std::move(*guest));
    }
    std::ranges::sort(guests, {}, [](const RunningGuest& guest) { return std::tie(guest.name, guest.id); });
    return guests;
}

Result<RunningGuest> findRunningGuest(const std::string& nameOrId)
{
    const auto guests = listRunningGuests();
    std::vector<const RunningGuest*> matches;
    for (const RunningGuest& guest : guests)
        if (guest.id == nameOrId || guest.name == nameOrId)
            matches.push_back(&guest);
    constexpr std::size_t ShortestPrefix = 4;
    if (matches.empty() && nameOrId.size() >= ShortestPrefix)
        for (const RunningGuest& guest : guests)
            if (guest.id.starts_with(nameOrId))
                matches.push_back(&guest);
    if (matches.size() == 1)
        return *matches.front();
    std::string names;
    for (const RunningGuest& guest : guests)
        names += (names.empty() ? "" : ", ") + guest.name;
    if (matches.size() > 1)
        return fail(ErrorCode::InvalidArgument,
                    "several running guests are called \"" + nameOrId + "\"; use the id (guesthouse list)");
    return fail(ErrorCode::NotFound, "no running guest is called \"" + nameOrId + "\""
                                         + (names.empty() ? "; none is running" : "; running: " + names));
}

} // namespace app

// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/guest_report.h"

#include "cli/text.h"
#include "library/config_json.h"
#include "library/disk_growth.h"
#include "runtime/control_client.h"
#include "runtime/runtime_folder.h"

#include <algorithm>
#include <iostream>

namespace app {

using engine::Result;
using nlohmann::json;

namespace {

void addStatus(json& entry, const RunningGuest& guest)
{
    entry["pid"] = guest.pid;
    entry["state"] = "unreachable";
    if (auto client = ControlClient::connect(guest.folder / "control.sock"))
        if (auto status = client->request("status", json::object(), std::chrono::seconds(2)))
            for (const char* key : {"state", "cpus", "memoryBytes", "uptimeSeconds", "display", "statistics"})
                if (status->contains(key))
                    entry[key] = (*status)[key];
}

json describeStored(const GuestEntry& entry)
{
    json guest = {{"name", entry.guest.config.name},
                  {"id", entry.id()},
                  {"state", entry.problem ? "damaged" : "off"},
                  {"folder", entry.folder.string()}};
    if (entry.problem) {
        guest["problem"] = entry.problem->message();
        return guest;
    }
    guest["cpus"] = entry.guest.config.cpuCount;
    guest["memoryBytes"] = entry.guest.config.memoryBytes;
    guest["group"] = entry.guest.presentation.group;
    guest["favourite"] = entry.guest.presentation.favourite;
    return guest;
}

std::vector<GuestEntry> storedGuests()
{
    auto library = GuestLibrary::open(GuestLibrary::defaultRoot());
    auto entries = library ? library->scan() : std::unexpected(library.error());
    if (!entries)
        std::cerr << "guesthouse: " << entries.error().message() << '\n';
    return entries.value_or(std::vector<GuestEntry>());
}

json disksOf(const GuestEntry& entry)
{
    json list = json::array();
    const auto tool = makeBlockDiskTool();
    const auto sizes = diskCapacities(*tool, entry.guest);
    for (std::size_t i = 0; i < sizes.size(); ++i) {
        const engine::DiskConfig& disk = entry.guest.config.disks[i];
        std::error_code unknown;
        const auto used = std::filesystem::file_size(disk.path, unknown);
        list.push_back({{"path", disk.path}, {"capacityBytes", sizes[i]}, {"fileBytes", unknown ? 0 : used}});
        if (i < entry.guest.pendingDiskBytes.size() && entry.guest.pendingDiskBytes[i] != 0)
            list.back()["capacityAfterRestart"] = entry.guest.pendingDiskBytes[i];
    }
    return list;
}

} // namespace

json listOfGuests(WhichGuests which)
{
    const std::vector<RunningGuest> running = listRunningGuests();
    json list = json::array();
    for (const GuestEntry& entry : storedGuests()) {
        const auto live = std::ranges::find(running, entry.id(), &RunningGuest::id);
        if (live == running.end() && which == WhichGuests::Running)
            continue;
        list.push_back(describeStored(entry));
        if (live != running.end())
            addStatus(list.back(), *live);
    }
    for (const RunningGuest& guest : running) {
        if (std::ranges::any_of(list, [&](const json& known) { return known["id"] == guest.id; }))
            continue;
        list.push_back({{"name", guest.name}, {"id", guest.id}});
        addStatus(list.back(), guest);
    }
    std::sort(list.begin(), list.end(), [](const json& a, const json& b) { return a["name"] < b["name"]; });
    return list;
}

Result<json> detailsOfGuest(const std::string& name)
{
    json details;
    const auto library = GuestLibrary::open(GuestLibrary::defaultRoot());
    const auto entry = library ? library->find(name) : std::unexpected(library.error());
    if (entry)
        details = describeStored(*entry);
    if (entry && !entry->problem) {
        details["disks"] = disksOf(*entry);
        details["hardware"] = configToJson(entry->guest.config);
        details["notes"] = entry->guest.presentation.notes;
        details["os"] = entry->guest.presentation.osId;
    }
    const auto live = findRunningGuest(entry ? entry->id() : name);
    if (!entry && !live)
        return std::unexpected(entry.error());
    if (!entry)
        details = {{"name", live->name}, {"id", live->id}};
    if (live)
        addStatus(details, *live);
    return details;
}

void printGuestLine(const json& guest)
{
    std::cout << guest["name"].get<std::string>() << "  " << guest["state"].get<std::string>();
    if (guest.contains("cpus"))
        std::cout << "  " << guest["cpus"] << " CPU  "
                  << formatSize(guest["memoryBytes"].get<std::uint64_t>());
    if (guest["state"] != "damaged")
        std::cout << "  " << guest["id"].get<std::string>();
    if (guest.contains("pid"))
        std::cout << "  pid " << guest["pid"];
    if (guest.contains("problem"))
        std::cout << "  " << guest["problem"].get<std::string>();
    std::cout << '\n';
}

void printDetails(const json& guest)
{
    const auto line = [](const char* title, const std::string& text) {
        if (!text.empty())
            std::cout << title << text << '\n';
    };
    line("name       ", guest["name"]);
    line("state      ", guest["state"]);
    line("problem    ", guest.value("problem", ""));
    line("id         ", guest["id"]);
    line("folder     ", guest.value("folder", ""));
    line("group      ", guest.value("group", ""));
    line("system     ", guest.value("os", ""));
    if (guest.contains("cpus"))
        line("processors ", guest["cpus"].dump());
    if (guest.contains("memoryBytes"))
        line("memory     ", formatSize(guest["memoryBytes"].get<std::uint64_t>()));
    for (const json& disk : guest.value("disks", json::array())) {
        line("disk       ", disk["path"].get<std::string>() + "  "
                                + formatSize(disk["capacityBytes"].get<std::uint64_t>()) + ", takes "
                                + formatSize(disk["fileBytes"].get<std::uint64_t>()));
        if (disk.contains("capacityAfterRestart"))
            line("           ",
                 "after a restart " + formatSize(disk["capacityAfterRestart"].get<std::uint64_t>()));
    }
    if (guest.contains("hardware"))
        for (const json& cd : guest["hardware"]["cds"])
            line("cd         ", cd["path"].get<std::string>().empty() ? "empty" : cd["path"]);
    if (guest.contains("pid"))
        line("process    ", guest["pid"].dump());
    line("notes      ", guest.value("notes", ""));
}

} // namespace app

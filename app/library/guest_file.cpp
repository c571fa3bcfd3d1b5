// SPDX-License-Identifier: GPL-3.0-or-later
#include "library/guest_file.h"

#include "library/config_json.h"
#include "library/demo_medium.h"

#include <algorithm>
#include <array>

namespace app {

using engine::ErrorCode;
using engine::fail;
using engine::Result;
using engine::VmConfig;
using nlohmann::json;

namespace {

constexpr std::string_view BuiltInDemo = "builtin:demo";
/// Deep nesting has no use here and would overflow the stack when it is written again.
constexpr int DeepestNesting = 16;

Result<json> parseDocument(std::string_view text)
{
    if (text.size() > LongestGuestFile)
        return fail(ErrorCode::Corrupt, "The file is far too long for a guest's configuration.");
    bool tooDeep = false;
    const auto limitDepth = [&](int depth, json::parse_event_t, json&) {
        tooDeep = tooDeep || depth > DeepestNesting;
        return !tooDeep;
    };
    json document = json::parse(text, limitDepth, /*allow_exceptions=*/false);
    if (tooDeep)
        return fail(ErrorCode::Corrupt, "The file is nested too deeply for a guest's configuration.");
    if (document.is_discarded() || !document.is_object())
        return fail(ErrorCode::Corrupt, "The file is cut off or is not JSON.");
    return document;
}

/// Puts `fresh` over `old`: members that only `old` has stay. Arrays of objects are merged element by
/// element as long as both have the same path or name at that place.
void overlay(json& old, const json& fresh)
{
    if (old.is_object() && fresh.is_object()) {
        for (const auto& [key, value] : fresh.items())
            overlay(old[key], value);
        return;
    }
    if (old.is_array() && fresh.is_array()) {
        json merged = json::array();
        for (std::size_t i = 0; i < fresh.size(); ++i) {
            const bool samePlace = i < old.size() && old[i].is_object() && fresh[i].is_object()
                                   && old[i].value("path", json()) == fresh[i].value("path", json());
            json element = samePlace ? std::move(old[i]) : json();
            overlay(element, fresh[i]);
            merged.push_back(std::move(element));
        }
        old = std::move(merged);
        return;
    }
    old = fresh;
}

constexpr std::array<std::pair<ConsoleScaling, std::string_view>, 4> ScalingNames{
    {{ConsoleScaling::Inherit, "inherit"},
     {ConsoleScaling::Fit, "fit"},
     {ConsoleScaling::Integer, "integer"},
     {ConsoleScaling::Exact, "exact"}}};
constexpr std::array<std::pair<Inheritable, std::string_view>, 3> InheritableNames{
    {{Inheritable::Inherit, "inherit"}, {Inheritable::Yes, "yes"}, {Inheritable::No, "no"}}};

template <class Enum, class Table>
std::string_view nameOf(Enum value, const Table& table)
{
    return std::ranges::find(table, value, [](const auto& row) { return row.first; })->second;
}

json presentationToJson(const GuestPresentation& presentation)
{
    return {{"group", presentation.group},
            {"notes", presentation.notes},
            {"osId", presentation.osId},
            {"favourite", presentation.favourite},
            {"order", presentation.order},
            {"scaling", nameOf(presentation.scaling, ScalingNames)},
            {"keepsAwake", nameOf(presentation.keepsAwake, InheritableNames)},
            {"notifies", nameOf(presentation.notifies, InheritableNames)}};
}

json pendingToJson(const std::vector<std::uint64_t>& sizes)
{
    json disks = json::array();
    for (const std::uint64_t bytes : sizes)
        disks.push_back({{"bytes", bytes}});
    return {{"disks", disks}};
}

template <class Change>
void forEachPath(VmConfig& config, Change&& change)
{
    for (auto& disk : config.disks)
        change(disk.path);
    for (auto& cd : config.cds)
        change(cd.path);
    for (auto& network : config.networks) {
        change(network.captureFile);
        change(network.tftpFolder);
    }
    for (std::string& rom : config.optionRoms)
        change(rom);
    change(config.floppyPath);
    change(config.firmware.path);
    change(config.firmware.variablesPath);
    change(config.serial.path);
    change(config.debugConsoleFile);
    if (config.kernel) {
        change(config.kernel->path);
        change(config.kernel->initrdPath);
    }
}

} // namespace

Result<GuestDescription> parseGuest(std::string_view text)
{
    const json document = VM_TRY(parseDocument(text));
    GuestDescription guest;
    std::string problem;
    JsonReader reader(document, "", problem);
    std::int64_t version = 0;
    reader.read("version", version);
    if (problem.empty() && version > GuestFileVersion)
        return fail(ErrorCode::Unsupported,
                    "The guest was made by a newer version of Guesthouse; update this one to use it.");
    if (problem.empty() && (version < 1 || !document.contains("hardware")))
        return fail(ErrorCode::Corrupt, "“version” or “hardware” is missing.");
    reader.readObject("hardware", [&](JsonReader& inner) { readConfig(inner, guest.config); });
    reader.readObject("presentation", [&](JsonReader& inner) {
        inner.read("group", guest.presentation.group);
        inner.read("notes", guest.presentation.notes);
        inner.read("osId", guest.presentation.osId);
        inner.read("favourite", guest.presentation.favourite);
        inner.read("order", guest.presentation.order);
        inner.readName("scaling", guest.presentation.scaling, ScalingNames);
        inner.readName("keepsAwake", guest.presentation.keepsAwake, InheritableNames);
        inner.readName("notifies", guest.presentation.notifies, InheritableNames);
    });
    reader.readObject("pending", [&](JsonReader& inner) {
        inner.readArray("disks", [&](JsonReader& element) {
            element.read("bytes", guest.pendingDiskBytes.emplace_back());
        });
    });
    if (!problem.empty())
        return fail(ErrorCode::Corrupt, problem + ".");
    guest.sourceText = text;
    return guest;
}

std::string formatGuest(const GuestDescription& guest)
{
    json document = parseDocument(guest.sourceText).value_or(json::object());
    overlay(document, {{"version", GuestFileVersion},
                       {"hardware", configToJson(guest.config)},
                       {"presentation", presentationToJson(guest.presentation)},
                       {"pending", pendingToJson(guest.pendingDiskBytes)}});
    constexpr int Indent = 2;
    return document.dump(Indent, ' ', /*ensure_ascii=*/false, json::error_handler_t::replace) + "\n";
}

void makePathsAbsolute(VmConfig& config, const std::filesystem::path& folder)
{
    const std::string demo = findDemoMedium().string();
    forEachPath(config, [&](std::string& path) {
        if (path == BuiltInDemo && !demo.empty())
            path = demo;
        else if (!path.empty() && path.front() != '/')
            path = (folder / path).lexically_normal().string();
    });
}

void makePathsRelative(VmConfig& config, const std::filesystem::path& folder)
{
    const std::string prefix = folder.lexically_normal().string() + "/";
    const std::string demo = findDemoMedium().string();
    forEachPath(config, [&](std::string& path) {
        if (path.starts_with(prefix))
            path.erase(0, prefix.size());
        else if (!path.empty() && path == demo)
            path = BuiltInDemo;
    });
}

} // namespace app

// SPDX-License-Identifier: GPL-3.0-or-later
#include "library/guest_file.h"

#include "library/config_json.h"

namespace app {

using engine::ErrorCode;
using engine::fail;
using engine::Result;
using engine::VmConfig;
using nlohmann::json;

namespace {

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

json presentationToJson(const GuestPresentation& presentation)
{
    return {{"group", presentation.group},
            {"notes", presentation.notes},
            {"osId", presentation.osId},
            {"favourite", presentation.favourite},
            {"order", presentation.order}};
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
    change(config.floppyPath);
    change(config.firmware.path);
    change(config.firmware.variablesPath);
    change(config.serial.path);
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
                       {"presentation", presentationToJson(guest.presentation)}});
    constexpr int Indent = 2;
    return document.dump(Indent, ' ', /*ensure_ascii=*/false, json::error_handler_t::replace) + "\n";
}

void makePathsAbsolute(VmConfig& config, const std::filesystem::path& folder)
{
    forEachPath(config, [&](std::string& path) {
        if (!path.empty() && path.front() != '/')
            path = (folder / path).lexically_normal().string();
    });
}

void makePathsRelative(VmConfig& config, const std::filesystem::path& folder)
{
    const std::string prefix = folder.lexically_normal().string() + "/";
    forEachPath(config, [&](std::string& path) {
        if (path.starts_with(prefix))
            path.erase(0, prefix.size());
    });
}

} // namespace app

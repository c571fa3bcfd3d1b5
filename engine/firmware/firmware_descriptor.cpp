// SPDX-License-Identifier: GPL-3.0-or-later
#include "firmware/firmware_descriptor.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <string>

namespace engine::firmware {

namespace {

using Json = nlohmann::json;

constexpr std::uintmax_t MaxDescriptorBytes = 1U << 20;

const Json& member(const Json& object, std::string_view name)
{
    static const Json absent;
    if (!object.is_object())
        return absent;
    const auto it = object.find(name);
    return it == object.end() ? absent : *it;
}

std::string textOf(const Json& value)
{
    return value.is_string() ? value.get<std::string>() : std::string();
}

bool lists(const Json& array, std::string_view text)
{
    return array.is_array()
           && std::ranges::any_of(array, [text](const Json& item) { return textOf(item) == text; });
}

bool isForQ35(const Json& target)
{
    const Json& machines = member(target, "machines");
    return textOf(member(target, "architecture")) == "x86_64" && machines.is_array()
           && std::ranges::any_of(machines,
                                  [](const Json& machine) { return textOf(machine).starts_with("pc-q35"); });
}

/// The file name of "executable" or "nvram-template"; empty unless its format is raw.
std::string rawFile(const Json& part)
{
    return textOf(member(part, "format")) == "raw" ? textOf(member(part, "filename")) : std::string();
}

} // namespace

std::optional<FirmwareDescriptor> parseDescriptor(std::string_view json)
{
    const Json root = Json::parse(json, nullptr, false);
    const Json& mapping = member(root, "mapping");
    const Json& targets = member(root, "targets");
    const Json& features = member(root, "features");
    if (!targets.is_array() || std::ranges::none_of(targets, isForQ35)
        || textOf(member(mapping, "device")) != "flash" || !lists(member(root, "interface-types"), "uefi"))
        return std::nullopt;
    // Confidential guests' firmware keeps its variables in itself.
    const std::string mode = textOf(member(mapping, "mode"));
    FirmwareDescriptor descriptor;
    descriptor.files.code = rawFile(member(mapping, "executable"));
    descriptor.files.variables = rawFile(member(mapping, "nvram-template"));
    if (descriptor.files.code.empty() || descriptor.files.variables.empty()
        || (!mode.empty() && mode != "split"))
        return std::nullopt;
    descriptor.requiresSmm = lists(features, "requires-smm");
    descriptor.hasEnrolledKeys = lists(features, "enrolled-keys");
    return descriptor;
}

std::vector<FirmwareDescriptor> readDescriptors(const std::filesystem::path& folder)
{
    std::vector<std::filesystem::path> files;
    std::error_code error;
    for (const auto& entry : std::filesystem::directory_iterator(folder, error)) {
        const auto size = entry.file_size(error);
        if (!error && size <= MaxDescriptorBytes && entry.path().extension() == ".json")
            files.push_back(entry.path());
    }
    std::ranges::sort(files);
    std::vector<FirmwareDescriptor> descriptors;
    for (const auto& file : files) {
        std::ifstream stream(file, std::ios::binary);
        const std::string text(std::istreambuf_iterator<char>(stream), {});
        if (auto descriptor = parseDescriptor(text))
            descriptors.push_back(*std::move(descriptor));
    }
    return descriptors;
}

} // namespace engine::firmware

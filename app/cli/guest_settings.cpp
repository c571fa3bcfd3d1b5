// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/guest_settings.h"

#include "cli/run_command.h"
#include "cli/stored_guests.h"
#include "cli/text.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <filesystem>

namespace app {

using engine::ErrorCode;
using engine::fail;
using engine::Result;

namespace {

using Value = const std::string&;

Result<bool> parseSwitch(Value text)
{
    if (text == "on" || text == "yes" || text == "true")
        return true;
    if (text == "off" || text == "no" || text == "false")
        return false;
    return fail(ErrorCode::InvalidArgument, "“" + text + "” is neither on nor off");
}

Result<> setCpus(GuestDescription& guest, Value text)
{
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), guest.config.cpuCount);
    if (error != std::errc() || end != text.data() + text.size())
        return fail(ErrorCode::InvalidArgument, "“" + text + "” is not a number of CPUs");
    return {};
}

Result<> setMemory(GuestDescription& guest, Value text)
{
    guest.config.memoryBytes = VM_TRY(parseSize(text));
    return {};
}

Result<> setDisk(GuestDescription& guest, Value text)
{
    // A guest without a disk gets one.
    guest.pendingDiskBytes.resize(std::max(guest.config.disks.size(), std::size_t{1}));
    guest.pendingDiskBytes.front() = VM_TRY(parseSize(text));
    return {};
}

Result<> setFirmwareKind(GuestDescription& guest, Value text)
{
    setFirmware(guest.config, parseFirmwareOption(text));
    return {};
}

Result<> setCd(GuestDescription& guest, Value text)
{
    if (guest.config.cds.empty())
        guest.config.cds.emplace_back();
    guest.config.cds.front().path =
        text.empty() || text == "eject" ? std::string() : std::filesystem::absolute(text).string();
    return {};
}

struct NamedSetting {
    std::string_view name;
    Result<> (*apply)(GuestDescription&, Value);
};

constexpr std::array Settings{
    NamedSetting{"name",
                 [](GuestDescription& guest, Value text) -> Result<> {
                     guest.config.name = text;
                     return {};
                 }},
    NamedSetting{"cpus", &setCpus},
    NamedSetting{"memory", &setMemory},
    NamedSetting{"disk", &setDisk},
    NamedSetting{"firmware", &setFirmwareKind},
    NamedSetting{"cd", &setCd},
    NamedSetting{"group",
                 [](GuestDescription& guest, Value text) -> Result<> {
                     guest.presentation.group = text;
                     return {};
                 }},
    NamedSetting{"notes",
                 [](GuestDescription& guest, Value text) -> Result<> {
                     guest.presentation.notes = text;
                     return {};
                 }},
    NamedSetting{"favourite",
                 [](GuestDescription& guest, Value text) -> Result<> {
                     guest.presentation.favourite = VM_TRY(parseSwitch(text));
                     return {};
                 }},
    NamedSetting{"pointer",
                 [](GuestDescription& guest, Value text) -> Result<> {
                     using engine::PointerKind;
                     if (text == "ps2")
                         guest.config.pointer = PointerKind::Ps2;
                     else if (text == "usb-tablet")
                         guest.config.pointer = PointerKind::UsbTablet;
                     else if (text == "virtio-tablet")
                         guest.config.pointer = PointerKind::VirtioTablet;
                     else
                         return fail(ErrorCode::InvalidArgument,
                                     "pointer is ps2, usb-tablet or virtio-tablet");
                     return {};
                 }},
    NamedSetting{"keyboard",
                 [](GuestDescription& guest, Value text) -> Result<> {
                     using engine::KeyboardKind;
                     if (text == "ps2")
                         guest.config.keyboard = KeyboardKind::Ps2;
                     else if (text == "usb")
                         guest.config.keyboard = KeyboardKind::Usb;
                     else if (text == "virtio")
                         guest.config.keyboard = KeyboardKind::Virtio;
                     else
                         return fail(ErrorCode::InvalidArgument, "keyboard is ps2, usb or virtio");
                     return {};
                 }},
};

} // namespace

std::string settingNames()
{
    std::string names;
    for (const NamedSetting& setting : Settings)
        names += (names.empty() ? "" : ", ") + std::string(setting.name);
    return names;
}

Result<> applySetting(GuestDescription& guest, std::string_view word)
{
    const auto equals = word.find('=');
    const std::string_view name = word.substr(0, equals);
    for (const NamedSetting& setting : Settings) {
        if (equals != std::string_view::npos && setting.name == name)
            return setting.apply(guest, std::string(word.substr(equals + 1)));
    }
    return fail(ErrorCode::InvalidArgument, "set does not know “" + std::string(word)
                                                + "”; write name=value with one of " + settingNames());
}

} // namespace app

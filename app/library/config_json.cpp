// SPDX-License-Identifier: GPL-3.0-or-later
#include "library/config_json.h"

#include <array>

namespace app {

using engine::BootDevice;
using engine::CdConfig;
using engine::DiskBus;
using engine::DiskConfig;
using engine::FirmwareKind;
using engine::KernelConfig;
using engine::NetworkConfig;
using engine::NetworkMode;
using engine::NetworkModel;
using engine::PortForward;
using engine::SerialKind;
using engine::VmConfig;
using nlohmann::json;

namespace {

template <class Enum, std::size_t N>
using Names = std::array<std::pair<Enum, std::string_view>, N>;

constexpr Names<FirmwareKind, 3> FirmwareNames{
    {{FirmwareKind::SeaBios, "bios"}, {FirmwareKind::Ovmf, "uefi"}, {FirmwareKind::File, "file"}}};
constexpr Names<DiskBus, 3> BusNames{
    {{DiskBus::Ahci, "ahci"}, {DiskBus::Nvme, "nvme"}, {DiskBus::Virtio, "virtio"}}};
constexpr Names<NetworkMode, 5> ModeNames{{{NetworkMode::None, "none"},
                                           {NetworkMode::User, "user"},
                                           {NetworkMode::Isolated, "isolated"},
                                           {NetworkMode::Internal, "internal"},
                                           {NetworkMode::Tap, "tap"}}};
constexpr Names<engine::DisplayModel, 2> DisplayNames{
    {{engine::DisplayModel::Vga, "vga"}, {engine::DisplayModel::VirtioGpu, "virtio-gpu"}}};
constexpr Names<NetworkModel, 2> ModelNames{
    {{NetworkModel::E1000e, "e1000e"}, {NetworkModel::Virtio, "virtio"}}};
constexpr Names<SerialKind, 4> SerialNames{{{SerialKind::None, "none"},
                                            {SerialKind::Stdio, "stdio"},
                                            {SerialKind::File, "file"},
                                            {SerialKind::UnixSocket, "socket"}}};
constexpr Names<engine::PointerKind, 3> PointerNames{{{engine::PointerKind::Ps2, "ps2"},
                                                      {engine::PointerKind::UsbTablet, "usb-tablet"},
                                                      {engine::PointerKind::VirtioTablet, "virtio-tablet"}}};
constexpr Names<engine::KeyboardKind, 3> KeyboardNames{{{engine::KeyboardKind::Ps2, "ps2"},
                                                        {engine::KeyboardKind::Usb, "usb"},
                                                        {engine::KeyboardKind::Virtio, "virtio"}}};
constexpr Names<BootDevice, 4> BootNames{{{BootDevice::Cd, "cd"},
                                          {BootDevice::Disk, "disk"},
                                          {BootDevice::Floppy, "floppy"},
                                          {BootDevice::Network, "network"}}};

template <class Enum, std::size_t N>
std::string nameOf(Enum value, const Names<Enum, N>& names)
{
    for (const auto& [enumerator, name] : names) {
        if (enumerator == value)
            return std::string(name);
    }
    return {};
}

json toJson(const DiskConfig& disk)
{
    return {{"path", disk.path},     {"bus", nameOf(disk.bus, BusNames)},
            {"format", disk.format}, {"readOnly", disk.readOnly},
            {"serial", disk.serial}, {"discardChanges", disk.discardChanges}};
}

json toJson(const NetworkConfig& network)
{
    json forwards = json::array();
    for (const PortForward& rule : network.forwards)
        forwards.push_back({{"protocol", rule.udp ? "udp" : "tcp"},
                            {"hostAddress", rule.hostAddress},
                            {"hostPort", rule.hostPort},
                            {"guestAddress", rule.guestAddress},
                            {"guestPort", rule.guestPort}});
    return {{"mode", nameOf(network.mode, ModeNames)},
            {"model", nameOf(network.model, ModelNames)},
            {"name", network.name},
            {"macAddress", network.macAddress},
            {"captureFile", network.captureFile},
            {"allowHostLoopback", network.allowHostLoopback},
            {"tftpFolder", network.tftpFolder},
            {"bootFile", network.bootFile},
            {"forwards", std::move(forwards)}};
}

json listsToJson(const VmConfig& config)
{
    json lists = {{"disks", json::array()},
                  {"cds", json::array()},
                  {"networks", json::array()},
                  {"optionRoms", json::array()},
                  {"bootOrder", json::array()}};
    for (const DiskConfig& disk : config.disks)
        lists["disks"].push_back(toJson(disk));
    for (const CdConfig& cd : config.cds)
        lists["cds"].push_back({{"path", cd.path}});
    for (const NetworkConfig& network : config.networks)
        lists["networks"].push_back(toJson(network));
    for (const std::string& rom : config.optionRoms)
        lists["optionRoms"].push_back({{"path", rom}});
    for (const BootDevice device : config.bootOrder)
        lists["bootOrder"].push_back({{"device", nameOf(device, BootNames)}});
    return lists;
}

DiskConfig readDisk(JsonReader& reader)
{
    DiskConfig disk;
    reader.read("path", disk.path);
    reader.readName("bus", disk.bus, BusNames);
    reader.read("format", disk.format);
    reader.read("readOnly", disk.readOnly);
    reader.read("discardChanges", disk.discardChanges);
    reader.read("serial", disk.serial);
    return disk;
}

PortForward readForward(JsonReader& reader)
{
    PortForward rule;
    constexpr Names<bool, 2> Protocols{{{false, "tcp"}, {true, "udp"}}};
    reader.readName("protocol", rule.udp, Protocols);
    reader.read("hostAddress", rule.hostAddress);
    reader.read("hostPort", rule.hostPort);
    reader.read("guestAddress", rule.guestAddress);
    reader.read("guestPort", rule.guestPort);
    return rule;
}

NetworkConfig readNetwork(JsonReader& reader)
{
    NetworkConfig network;
    reader.readName("mode", network.mode, ModeNames);
    reader.readName("model", network.model, ModelNames);
    reader.read("name", network.name);
    reader.read("macAddress", network.macAddress);
    reader.read("captureFile", network.captureFile);
    reader.read("allowHostLoopback", network.allowHostLoopback);
    reader.read("tftpFolder", network.tftpFolder);
    reader.read("bootFile", network.bootFile);
    reader.readArray("forwards",
                     [&](JsonReader& element) { network.forwards.push_back(readForward(element)); });
    return network;
}

void readLists(JsonReader& reader, VmConfig& config)
{
    reader.readArray("disks", [&](JsonReader& element) { config.disks.push_back(readDisk(element)); });
    reader.readArray("cds",
                     [&](JsonReader& element) { element.read("path", config.cds.emplace_back().path); });
    reader.readArray("networks",
                     [&](JsonReader& element) { config.networks.push_back(readNetwork(element)); });
    reader.readArray("optionRoms",
                     [&](JsonReader& element) { element.read("path", config.optionRoms.emplace_back()); });
    reader.readArray("bootOrder", [&](JsonReader& element) {
        element.readName("device", config.bootOrder.emplace_back(), BootNames);
    });
}

} // namespace

const json* JsonReader::find(const char* key) const
{
    if (!m_problem.empty() || !m_object.is_object())
        return nullptr;
    const auto member = m_object.find(key);
    return member == m_object.end() ? nullptr : &*member;
}

std::string JsonReader::pathOf(const std::string& key) const
{
    return m_path.empty() || key.empty() ? m_path + key : m_path + "." + key;
}

void JsonReader::refuse(const std::string& key, std::string_view why)
{
    if (m_problem.empty())
        m_problem = "“" + pathOf(key) + "” " + std::string(why);
}

void JsonReader::read(const char* key, std::string& value)
{
    const json* member = find(key);
    if (!member)
        return;
    const auto* text = member->get_ptr<const std::string*>();
    // A zero byte would end a path early in every system call.
    if (!text || text->find('\0') != std::string::npos)
        return refuse(key, "must be a text");
    value = *text;
}

void JsonReader::read(const char* key, bool& value)
{
    const json* member = find(key);
    if (!member)
        return;
    if (!member->is_boolean())
        return refuse(key, "must be true or false");
    value = member->get<bool>();
}

json configToJson(const VmConfig& config)
{
    json result = listsToJson(config);
    result["name"] = config.name;
    result["id"] = config.id;
    result["cpuCount"] = config.cpuCount;
    result["memoryBytes"] = config.memoryBytes;
    result["firmware"] = {{"kind", nameOf(config.firmware.kind, FirmwareNames)},
                          {"path", config.firmware.path},
                          {"variablesPath", config.firmware.variablesPath}};
    result["kernel"] = nullptr;
    if (config.kernel)
        result["kernel"] = {{"path", config.kernel->path},
                            {"initrdPath", config.kernel->initrdPath},
                            {"commandLine", config.kernel->commandLine}};
    result["floppyPath"] = config.floppyPath;
    result["debugConsoleFile"] = config.debugConsoleFile;
    result["serial"] = {{"kind", nameOf(config.serial.kind, SerialNames)}, {"path", config.serial.path}};
    result["videoMemoryBytes"] = config.videoMemoryBytes;
    result["hasDisplay"] = config.hasDisplay;
    result["displayModel"] = nameOf(config.displayModel, DisplayNames);
    result["pointer"] = nameOf(config.pointer, PointerNames);
    result["keyboard"] = nameOf(config.keyboard, KeyboardNames);
    result["hyperV"] = config.hyperV;
    result["rtcLocalTime"] = config.rtcLocalTime;
    result["stopOnReset"] = config.stopOnReset;
    return result;
}

void readConfig(JsonReader& reader, VmConfig& config)
{
    reader.read("name", config.name);
    reader.read("id", config.id);
    reader.read("cpuCount", config.cpuCount);
    reader.read("memoryBytes", config.memoryBytes);
    reader.readObject("firmware", [&](JsonReader& inner) {
        inner.readName("kind", config.firmware.kind, FirmwareNames);
        inner.read("path", config.firmware.path);
        inner.read("variablesPath", config.firmware.variablesPath);
    });
    if (const json* kernel = reader.find("kernel"); kernel && !kernel->is_null())
        reader.readObject("kernel", [&](JsonReader& inner) {
            KernelConfig& target = config.kernel.emplace();
            inner.read("path", target.path);
            inner.read("initrdPath", target.initrdPath);
            inner.read("commandLine", target.commandLine);
        });
    reader.read("floppyPath", config.floppyPath);
    reader.read("debugConsoleFile", config.debugConsoleFile);
    reader.readObject("serial", [&](JsonReader& inner) {
        inner.readName("kind", config.serial.kind, SerialNames);
        inner.read("path", config.serial.path);
    });
    reader.read("videoMemoryBytes", config.videoMemoryBytes);
    reader.read("hasDisplay", config.hasDisplay);
    reader.readName("displayModel", config.displayModel, DisplayNames);
    reader.readName("pointer", config.pointer, PointerNames);
    reader.readName("keyboard", config.keyboard, KeyboardNames);
    reader.read("hyperV", config.hyperV);
    reader.read("rtcLocalTime", config.rtcLocalTime);
    reader.read("stopOnReset", config.stopOnReset);
    readLists(reader, config);
}

} // namespace app

// SPDX-License-Identifier: GPL-3.0-or-later
#include "vm/vm_config.h"

#include <unistd.h>

#include <algorithm>
#include <set>

namespace engine {

namespace {

constexpr std::uint64_t MiB = std::uint64_t{1} << 20;
constexpr std::uint64_t LeastMemory = 64 * MiB;
constexpr std::uint64_t MostCpus = 255;
constexpr std::size_t MostDisks = 16;
constexpr std::size_t MostAhciDevices = 6;
constexpr std::size_t MostNetworks = 8;
constexpr std::size_t MostOptionRoms = 8;
constexpr std::size_t LongestSerial = 20;
constexpr std::size_t LongestName = 100;

class Problems {
public:
    void require(bool holds, std::string field, std::string text)
    {
        if (!holds)
            m_list.push_back({.field = std::move(field), .text = std::move(text)});
    }
    std::vector<ConfigProblem> take() { return std::move(m_list); }

private:
    std::vector<ConfigProblem> m_list;
};

std::string at(const char* member, std::size_t index, const char* field)
{
    return std::string(member) + "[" + std::to_string(index) + "]." + field;
}

bool isPrintableAscii(const std::string& text)
{
    return std::ranges::all_of(text, [](char c) { return c >= ' ' && c <= '~'; });
}

bool isMacAddress(const std::string& text)
{
    constexpr std::size_t Length = 17;
    if (text.size() != Length)
        return false;
    for (std::size_t i = 0; i < Length; ++i) {
        const bool separator = i % 3 == 2;
        const bool hex = std::string_view("0123456789abcdefABCDEF").find(text[i]) != std::string_view::npos;
        if (separator ? text[i] != ':' : !hex)
            return false;
    }
    // An odd first byte is a group address, which no interface may own.
    return std::string_view("02468aceACE").find(text[1]) != std::string_view::npos;
}

void checkSizes(const VmConfig& config, std::uint64_t hostMemory, Problems& problems)
{
    problems.require(
        !config.name.empty() && config.name.size() <= LongestName
            && std::ranges::none_of(config.name, [](char c) { return static_cast<unsigned char>(c) < ' '; }),
        "name", "The name must have 1 to 100 characters and no control characters.");
    problems.require(config.cpuCount >= 1 && config.cpuCount <= MostCpus, "cpuCount",
                     "The number of CPUs must be 1 to 255.");
    problems.require(config.memoryBytes >= LeastMemory, "memoryBytes",
                     "A guest needs at least 64 MiB of memory.");
    problems.require(config.memoryBytes % MiB == 0, "memoryBytes", "The memory size must be whole MiB.");
    problems.require(config.memoryBytes <= hostMemory / 100 * 95, "memoryBytes",
                     "This computer has " + std::to_string(hostMemory / MiB)
                         + " MiB of memory; a guest can have at most 95 % of it.");
    const std::uint64_t video = config.videoMemoryBytes;
    problems.require(video >= MiB && video <= 256 * MiB && (video & (video - 1)) == 0, "videoMemoryBytes",
                     "The video memory must be a power of two from 1 to 256 MiB.");
    problems.require(config.firmware.kind != FirmwareKind::File || !config.firmware.path.empty(),
                     "firmware.path", "Name the firmware file to start from.");
    problems.require(!config.kernel || !config.kernel->path.empty(), "kernel.path",
                     "Name the kernel file to start.");
    problems.require(config.optionRoms.size() <= MostOptionRoms, "optionRoms",
                     "A guest can have at most 8 option ROMs.");
    problems.require(config.optionRoms.empty() || config.firmware.kind != FirmwareKind::Ovmf, "optionRoms",
                     "An option ROM needs a BIOS to run it, not UEFI.");
    problems.require(config.serial.kind == SerialKind::None || config.serial.kind == SerialKind::Stdio
                         || !config.serial.path.empty(),
                     "serial.path", "Name the file or socket for the serial port.");
}

void checkDisks(const VmConfig& config, Problems& problems)
{
    problems.require(config.disks.size() <= MostDisks, "disks", "A guest can have at most 16 disks.");
    std::size_t ahciDevices = config.cds.size();
    std::set<std::string> writable;
    for (std::size_t i = 0; i < config.disks.size(); ++i) {
        const DiskConfig& disk = config.disks[i];
        problems.require(!disk.path.empty(), at("disks", i, "path"), "Name the disk's image file.");
        problems.require(disk.serial.size() <= LongestSerial && isPrintableAscii(disk.serial),
                         at("disks", i, "serial"), "A serial number has at most 20 plain ASCII characters.");
        problems.require(disk.format.empty() || disk.format == "raw" || disk.format == "qcow2",
                         at("disks", i, "format"),
                         "A disk's format is raw or qcow2; import other formats first.");
        if (!disk.readOnly && !disk.discardChanges && !disk.path.empty())
            problems.require(writable.insert(disk.path).second, at("disks", i, "path"),
                             "The same image is used as a writable disk twice.");
        if (disk.bus == DiskBus::Ahci)
            ++ahciDevices;
    }
    problems.require(
        ahciDevices <= MostAhciDevices, "disks",
        "The AHCI controller has 6 ports for disks and CD drives; put further disks on NVMe or virtio.");
}

void checkNetworks(const VmConfig& config, Problems& problems)
{
    problems.require(config.networks.size() <= MostNetworks, "networks",
                     "A guest can have at most 8 network cards.");
    for (std::size_t i = 0; i < config.networks.size(); ++i) {
        const NetworkConfig& network = config.networks[i];
        problems.require(network.macAddress.empty() || isMacAddress(network.macAddress),
                         at("networks", i, "macAddress"),
                         "A MAC address looks like 52:54:00:12:34:56 and its first byte is even.");
        const bool needsName = network.mode == NetworkMode::Internal || network.mode == NetworkMode::Tap;
        problems.require(!needsName || !network.name.empty(), at("networks", i, "name"),
                         "Name the internal network or the tap interface.");
        for (const PortForward& forward : network.forwards)
            problems.require(forward.hostPort != 0 && forward.guestPort != 0, at("networks", i, "forwards"),
                             "A forwarded port is a number from 1 to 65535.");
    }
}

} // namespace

std::optional<NetworkPlace> parseNetworkPlace(std::string_view text)
{
    constexpr std::string_view Internal = "internal:";
    constexpr std::string_view Tap = "tap:";
    if (text == "user")
        return NetworkPlace{.mode = NetworkMode::User};
    if (text == "isolated")
        return NetworkPlace{.mode = NetworkMode::Isolated};
    if (text == "none")
        return NetworkPlace{.mode = NetworkMode::None};
    if (text.starts_with(Internal) && text.size() > Internal.size())
        return NetworkPlace{NetworkMode::Internal, std::string(text.substr(Internal.size()))};
    if (text.starts_with(Tap) && text.size() > Tap.size())
        return NetworkPlace{NetworkMode::Tap, std::string(text.substr(Tap.size()))};
    return std::nullopt;
}

std::string describe(const NetworkPlace& place)
{
    switch (place.mode) {
    case NetworkMode::None: return "none";
    case NetworkMode::User: return "user";
    case NetworkMode::Isolated: return "isolated";
    case NetworkMode::Internal: return "internal:" + place.name;
    case NetworkMode::Tap: return "tap:" + place.name;
    }
    return "";
}

std::vector<ConfigProblem> validate(const VmConfig& config, std::uint64_t hostMemory)
{
    Problems problems;
    checkSizes(config, hostMemory, problems);
    checkDisks(config, problems);
    checkNetworks(config, problems);
    return problems.take();
}

std::uint64_t hostMemoryBytes()
{
    const auto pages = ::sysconf(_SC_PHYS_PAGES);
    const auto pageSize = ::sysconf(_SC_PAGE_SIZE);
    return pages > 0 && pageSize > 0
               ? static_cast<std::uint64_t>(pages) * static_cast<std::uint64_t>(pageSize)
               : 0;
}

} // namespace engine

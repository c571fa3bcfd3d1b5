// SPDX-License-Identifier: GPL-3.0-or-later
#include "library/guest_defaults.h"

#include <sys/statvfs.h>

#include <algorithm>
#include <thread>

namespace app {

using engine::DiskBus;
using engine::FirmwareKind;
using engine::NetworkModel;

namespace {

constexpr std::uint64_t MiB = std::uint64_t{1} << 20;
constexpr std::uint64_t GiB = std::uint64_t{1} << 30;
constexpr std::uint64_t UsualMemory = 2 * GiB;
constexpr std::uint64_t UsualDisk = 32 * GiB;
constexpr std::uint64_t LeastMemory = 64 * MiB;

/// What is stated: recommended, else twice the minimum (makers state the least that starts at all).
std::uint64_t wanted(std::uint64_t recommended, std::uint64_t minimum, DefaultReason& reason)
{
    if (recommended != 0) {
        reason = DefaultReason::OsRecommends;
        return recommended;
    }
    if (minimum != 0) {
        reason = DefaultReason::OsMinimum;
        return 2 * minimum;
    }
    reason = DefaultReason::Usual;
    return 0;
}

Reasoned<std::uint64_t> memoryFor(const OsInfo* os, const Medium& medium, const HostResources& host)
{
    Reasoned<std::uint64_t> memory;
    if (medium.appliance && medium.appliance->memoryBytes != 0)
        memory = {.value = medium.appliance->memoryBytes, .reason = DefaultReason::ApplianceSays};
    else if (os)
        memory.value = wanted(os->recommended.memoryBytes, os->minimum.memoryBytes, memory.reason);
    if (memory.value == 0)
        memory.value = UsualMemory;
    // At most half of the computer, unless the guest could not start with that.
    const std::uint64_t half = host.memoryBytes / 2 / MiB * MiB;
    const std::uint64_t least = std::max(os ? os->minimum.memoryBytes : 0, LeastMemory);
    if (memory.value > half) {
        memory.value = std::max(half, least);
        memory.reason = memory.value == least ? DefaultReason::OsMinimum : DefaultReason::HostLimits;
    }
    memory.value = std::max(memory.value / MiB * MiB, LeastMemory);
    return memory;
}

Reasoned<std::uint32_t> cpusFor(const OsInfo* os, const Medium& medium, const HostResources& host)
{
    Reasoned<std::uint32_t> cpus{.value = 2, .reason = DefaultReason::Usual};
    if (medium.appliance && medium.appliance->cpuCount != 0)
        cpus = {.value = medium.appliance->cpuCount, .reason = DefaultReason::ApplianceSays};
    else if (os && os->recommended.cpuCount != 0)
        cpus = {.value = os->recommended.cpuCount, .reason = DefaultReason::OsRecommends};
    else if (os && os->minimum.cpuCount != 0)
        cpus = {.value = os->minimum.cpuCount, .reason = DefaultReason::OsMinimum};
    if (cpus.value > host.cpuCount)
        cpus = {.value = std::max(host.cpuCount, 1U), .reason = DefaultReason::HostLimits};
    return cpus;
}

Reasoned<std::uint64_t> diskFor(const OsInfo* os, const Medium& medium, const HostResources& host)
{
    if (medium.kind == MediumKind::DiskImage || medium.kind == MediumKind::Floppy
        || medium.kind == MediumKind::Appliance || (os && os->family == "other"))
        return {.value = 0, .reason = DefaultReason::NoDiskNeeded};
    Reasoned<std::uint64_t> disk;
    if (os)
        disk.value = wanted(os->recommended.diskBytes, os->minimum.diskBytes, disk.reason);
    if (disk.value == 0)
        disk.value = UsualDisk;
    // An image grows as it is used, so this is a promise, not a reservation.
    if (host.freeDiskBytes != 0 && disk.value > host.freeDiskBytes) {
        disk.value = std::max(host.freeDiskBytes / 2 / GiB, std::uint64_t{1}) * GiB;
        disk.reason = DefaultReason::HostLimits;
    }
    return disk;
}

Reasoned<FirmwareKind> firmwareFor(const OsInfo* os, const Medium& medium)
{
    if (medium.appliance)
        return {.value = medium.appliance->usesUefi ? FirmwareKind::Ovmf : FirmwareKind::SeaBios,
                .reason = DefaultReason::ApplianceSays};
    if (medium.kind == MediumKind::Iso && medium.volume.bootsUefi && !medium.volume.bootsBios)
        return {.value = FirmwareKind::Ovmf, .reason = DefaultReason::BootsOnlyUefi};
    if (medium.kind == MediumKind::Iso && medium.volume.bootsBios && !medium.volume.bootsUefi)
        return {.value = FirmwareKind::SeaBios, .reason = DefaultReason::BootsOnlyBios};
    if (os && (os->shortId == "win11" || os->shortId == "win2k25"))
        return {.value = FirmwareKind::Ovmf, .reason = DefaultReason::OsWantsUefi};
    return {.value = FirmwareKind::SeaBios, .reason = DefaultReason::StartsEverything};
}

} // namespace

HostResources HostResources::ofThisComputer(const std::filesystem::path& libraryFolder)
{
    HostResources host{.memoryBytes = engine::hostMemoryBytes(),
                       .cpuCount = std::max(std::thread::hardware_concurrency(), 1U)};
    struct statvfs info{};
    if (::statvfs(libraryFolder.c_str(), &info) == 0)
        host.freeDiskBytes = std::uint64_t{info.f_bavail} * info.f_frsize;
    return host;
}

std::string_view explain(DefaultReason reason)
{
    using enum DefaultReason;
    switch (reason) {
    case ApplianceSays: return "The appliance was made with this.";
    case OsRecommends: return "This is what the makers of the system recommend.";
    case OsMinimum: return "The makers of the system state only a minimum, or this computer has no more.";
    case HostLimits: return "The system would like more than this computer can spare.";
    case Usual: return "A size that suits most systems.";
    case NoDiskNeeded: return "The system runs from its own medium.";
    case BootsOnlyBios: return "The medium starts only with a BIOS.";
    case BootsOnlyUefi: return "The medium starts only with UEFI.";
    case OsWantsUefi: return "The system asks for UEFI.";
    case StartsEverything: return "A BIOS starts nearly every medium, and fast.";
    case DriversBuiltIn: return "The system has drivers for virtual hardware: the fastest choice.";
    case WorksEverywhere: return "Nearly every system has drivers for this hardware.";
    }
    return {};
}

GuestDefaults defaultsFor(const OsInfo* os, const Medium& medium, const HostResources& host)
{
    // Linux and FreeBSD have virtio drivers since long ago; nobody else can be relied on.
    const bool hasVirtio = os && (os->family == "linux" || os->family == "freebsd");
    const auto reason = hasVirtio ? DefaultReason::DriversBuiltIn : DefaultReason::WorksEverywhere;
    return {
        .memoryBytes = memoryFor(os, medium, host),
        .cpuCount = cpusFor(os, medium, host),
        .diskBytes = diskFor(os, medium, host),
        .firmware = firmwareFor(os, medium),
        .diskBus = {.value = hasVirtio ? DiskBus::Virtio : DiskBus::Ahci, .reason = reason},
        .networkModel = {.value = hasVirtio ? NetworkModel::Virtio : NetworkModel::E1000e, .reason = reason},
        .isWindows = os && os->family == "winnt"};
}

engine::VmConfig makeConfig(const GuestDefaults& defaults, const Medium& medium, std::string name)
{
    engine::VmConfig config;
    config.name = std::move(name);
    config.cpuCount = defaults.cpuCount.value;
    config.memoryBytes = defaults.memoryBytes.value;
    config.firmware.kind = defaults.firmware.value;
    if (config.firmware.kind == FirmwareKind::Ovmf)
        config.firmware.variablesPath = "nvram.fd";
    if (defaults.diskBytes.value != 0)
        config.disks.push_back(
            {.path = "disks/system.qcow2", .bus = defaults.diskBus.value, .format = "qcow2"});
    if (medium.appliance) {
        for (std::size_t i = 0; i < medium.appliance->disks.size(); ++i)
            config.disks.push_back({.path = "disks/disk-" + std::to_string(i + 1) + ".qcow2",
                                    .bus = defaults.diskBus.value,
                                    .format = "qcow2"});
    }
    if (medium.kind == MediumKind::DiskImage)
        config.disks.push_back({.path = medium.path.string(), .bus = defaults.diskBus.value});
    if (medium.kind == MediumKind::Floppy)
        config.floppyPath = medium.path.string();
    config.cds.push_back({.path = medium.kind == MediumKind::Iso ? medium.path.string() : std::string()});
    config.networks.push_back({.model = defaults.networkModel.value});
    config.rtcLocalTime = defaults.isWindows;
    config.hyperV = defaults.isWindows;
    return config;
}

} // namespace app

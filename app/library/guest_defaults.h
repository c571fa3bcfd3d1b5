// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "library/medium.h"
#include "library/os_database.h"
#include "vm/vm_config.h"

namespace app {

/// The computer that guests run on.
struct HostResources {
    std::uint64_t memoryBytes = 0;
    std::uint32_t cpuCount = 1;
    std::uint64_t freeDiskBytes = 0; ///< on the file system of the library
    [[nodiscard]] static HostResources ofThisComputer(const std::filesystem::path& libraryFolder);
};

/// Why a default is what it is. The user interface turns it into a translated sentence.
enum class DefaultReason : std::uint8_t {
    ApplianceSays,    ///< the program that exported the appliance wrote it down
    OsRecommends,     ///< what the operating system's makers recommend
    OsMinimum,        ///< the makers state only a minimum, or this computer has no more
    HostLimits,       ///< less than recommended, because of this computer
    Usual,            ///< nothing is known; a size that suits most systems
    NoDiskNeeded,     ///< the system runs from its medium
    BootsOnlyBios,    ///< the medium cannot start under UEFI
    BootsOnlyUefi,    ///< the medium cannot start under a BIOS
    OsWantsUefi,      ///< the operating system asks for UEFI
    StartsEverything, ///< BIOS: starts fastest and with nearly every medium
    DriversBuiltIn,   ///< the system has drivers for virtual hardware: the fastest choice
    WorksEverywhere,  ///< hardware that every system has drivers for
};

/// The English sentence, for the command line and logs.
[[nodiscard]] std::string_view explain(DefaultReason reason);

template <class T>
struct Reasoned {
    T value{};
    DefaultReason reason = DefaultReason::Usual;
};

/// Sensible values for a new guest, each with its reason.
struct GuestDefaults {
    Reasoned<std::uint64_t> memoryBytes;
    Reasoned<std::uint32_t> cpuCount;
    Reasoned<std::uint64_t> diskBytes; ///< 0: no disk
    Reasoned<engine::FirmwareKind> firmware;
    Reasoned<engine::DiskBus> diskBus;
    Reasoned<engine::NetworkModel> networkModel;
    bool isWindows = false; ///< wants a local-time clock and Hyper-V interfaces
};

/// `os` may be nullptr (not recognised); `medium` may be of any kind.
[[nodiscard]] GuestDefaults defaultsFor(const OsInfo* os, const Medium& medium, const HostResources& host);

/// A configuration that starts `medium` with these values; the disk, if any, is "disks/system.qcow2".
[[nodiscard]] engine::VmConfig makeConfig(const GuestDefaults& defaults, const Medium& medium,
                                          std::string name);

} // namespace app

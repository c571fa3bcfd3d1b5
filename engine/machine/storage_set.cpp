// SPDX-License-Identifier: GPL-3.0-or-later
#include "machine/storage_set.h"

#include "devices/virtio/block_device.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace engine {

namespace {

constexpr pci::PciAddress AhciAddress{.device = 31, .function = 2};

/// The path of what hangs on an AHCI port, as firmware writes it (SeaBIOS and OVMF compare it with
/// their own names for the device).
std::string ahciPath(unsigned port)
{
    return "/pci@i0cf8/pci8086,2922@1f,2/drive@" + std::to_string(port) + "/disk@0";
}

/// A device number as Open Firmware paths have it.
std::string hexDigits(std::uint8_t value)
{
    std::array<char, 2> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value, 16).ptr;
    return {digits.data(), end};
}

} // namespace

Result<std::unique_ptr<StorageSet>> StorageSet::create(const MachineMedia& media, unsigned cpuCount,
                                                       PciTopology& pci, const GuestMemory& memory, Log& log,
                                                       UnusedAhci unusedAhci)
{
    std::unique_ptr<StorageSet> set(new StorageSet(memory, log));
    set->m_showsAhci = unusedAhci == UnusedAhci::Shown || !media.cds.empty()
                       || std::ranges::any_of(media.disks, [](const MachineMedia::Disk& disk) {
                              return disk.bus == DiskBus::Ahci;
                          });
    if (set->m_showsAhci)
        VM_TRY(pci.insert(AhciAddress, set->m_ahci));
    for (const MachineMedia::Disk& disk : media.disks) {
        switch (disk.bus) {
        case DiskBus::Ahci: set->attachAhciDisk(disk); break;
        case DiskBus::Virtio: VM_TRY(set->addVirtioDisk(disk, cpuCount, pci, memory, log)); break;
        case DiskBus::Nvme: VM_TRY(set->addNvmeDisk(disk, pci, memory, log)); break;
        }
    }
    for (const MachineMedia::Cd& cd : media.cds) {
        auto drive = OpticalDrive::create(*cd.loop, log, "cd" + std::to_string(set->m_drives.size()));
        if (cd.backend)
            drive->setMedium(cd.backend);
        set->m_cdPaths.push_back(ahciPath(set->m_usedPorts));
        set->m_ahci.attachOptical(set->m_usedPorts++, drive);
        set->m_drives.push_back(std::move(drive));
    }
    return set;
}

void StorageSet::attachAhciDisk(const MachineMedia::Disk& disk)
{
    m_diskPaths.push_back(ahciPath(m_usedPorts));
    m_ahci.attachDisk(m_usedPorts++, disk.backend);
}

Result<> StorageSet::addNvmeDisk(const MachineMedia::Disk& disk, PciTopology& pci, const GuestMemory& memory,
                                 Log& log)
{
    const std::uint8_t device = m_nextDevice++;
    auto controller = std::make_unique<NvmeController>(disk.backend, memory, log,
                                                       "nvme" + std::to_string(m_nvmeDisks.size()));
    VM_TRY(pci.insert({.device = device, .function = 0}, *controller));
    m_diskPaths.push_back("/pci@i0cf8/pci1b36,10@" + hexDigits(device) + "/namespace@1,0");
    m_nvmeDisks.push_back(std::move(controller));
    return {};
}

Result<> StorageSet::addVirtioDisk(const MachineMedia::Disk& disk, unsigned cpuCount, PciTopology& pci,
                                   const GuestMemory& memory, Log& log)
{
    constexpr unsigned MostQueues = 16;
    const std::uint8_t device = m_nextDevice++;
    auto transport = VM_TRY(virtio::VirtioPciTransport::create(
        "virtio-disk" + std::to_string(m_virtioDisks.size()),
        std::make_unique<virtio::BlockDevice>(disk.backend, log, std::min(cpuCount, MostQueues)), memory,
        log));
    VM_TRY(pci.insert({.device = device, .function = 0}, *transport));
    m_diskPaths.push_back("/pci@i0cf8/scsi@" + hexDigits(device) + "/disk@0,0");
    m_virtioDisks.push_back(std::move(transport));
    return {};
}

std::shared_ptr<OpticalDrive> StorageSet::cdDrive(std::size_t index) const
{
    return index < m_drives.size() ? m_drives[index] : nullptr;
}

std::vector<std::string> StorageSet::bootPaths(const std::vector<BootDevice>& order) const
{
    std::vector<std::string> paths;
    for (const BootDevice device : order) {
        switch (device) {
        case BootDevice::Cd: paths.insert(paths.end(), m_cdPaths.begin(), m_cdPaths.end()); break;
        case BootDevice::Disk: paths.insert(paths.end(), m_diskPaths.begin(), m_diskPaths.end()); break;
        case BootDevice::Floppy: paths.emplace_back("/rom@floppyimg/floppy.img"); break;
        case BootDevice::Network: break; // the cards add their own
        }
    }
    return paths;
}

std::vector<Saveable*> StorageSet::saveables()
{
    std::vector<Saveable*> all;
    if (m_showsAhci)
        all.push_back(&m_ahci);
    for (const auto& disk : m_virtioDisks)
        all.push_back(disk.get());
    for (const auto& disk : m_nvmeDisks)
        all.push_back(disk.get());
    return all;
}

} // namespace engine

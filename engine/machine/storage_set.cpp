// SPDX-License-Identifier: GPL-3.0-or-later
#include "machine/storage_set.h"

namespace engine {

namespace {

constexpr pci::PciAddress AhciAddress{.device = 31, .function = 2};

/// The path of what hangs on an AHCI port, as firmware writes it (SeaBIOS and OVMF compare it with
/// their own names for the device).
std::string ahciPath(unsigned port)
{
    return "/pci@i0cf8/pci8086,2922@1f,2/drive@" + std::to_string(port) + "/disk@0";
}

} // namespace

Result<std::unique_ptr<StorageSet>> StorageSet::create(const MachineMedia& media, PciTopology& pci,
                                                       const GuestMemory& memory, Log& log)
{
    std::unique_ptr<StorageSet> set(new StorageSet(memory, log));
    VM_TRY(pci.insert(AhciAddress, set->m_ahci));
    for (const MachineMedia::Disk& disk : media.disks)
        VM_TRY(set->attachDisk(disk, pci, memory, log));
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

Result<> StorageSet::attachDisk(const MachineMedia::Disk& disk, PciTopology& /*pci*/,
                                const GuestMemory& /*memory*/, Log& /*log*/)
{
    if (disk.bus != DiskBus::Ahci)
        return fail(ErrorCode::Unsupported, "this machine has no such disk bus; use bus=ahci");
    m_diskPaths.push_back(ahciPath(m_usedPorts));
    m_ahci.attachDisk(m_usedPorts++, disk.backend);
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
    return {&m_ahci};
}

} // namespace engine

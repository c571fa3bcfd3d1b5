// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "devices/storage/ahci_controller.h"
#include "devices/storage/nvme_controller.h"
#include "devices/virtio/virtio_pci_transport.h"
#include "machine/machine_media.h"
#include "machine/pci_topology.h"
#include "vm/vm_config.h"

#include <memory>
#include <string>
#include <vector>

namespace engine {

/// The storage controllers of a machine with their disks and drives. AHCI is always there, at 1f.2, as
/// on a real ICH9; its ports take disks first, then CD drives. Each NVMe or virtio disk is a function
/// of its own, from device 4 on.
class StorageSet {
public:
    enum class UnusedAhci : std::uint8_t {
        Shown,  ///< as the chipset powers on; firmware decides
        Hidden, ///< as firmware leaves it that switches off what has no drives (ICH9 FD register, SAD1)
    };
    /// Everything passed in outlives this object.
    [[nodiscard]] static Result<std::unique_ptr<StorageSet>>
    create(const MachineMedia& media, unsigned cpuCount, PciTopology& pci, const GuestMemory& memory,
           Log& log, UnusedAhci unusedAhci = UnusedAhci::Shown);

    [[nodiscard]] std::size_t cdCount() const { return m_drives.size(); }
    /// Null for a drive that does not exist.
    [[nodiscard]] std::shared_ptr<OpticalDrive> cdDrive(std::size_t index) const;
    /// Device paths for firmware's boot order, for the given kinds in order; all of a kind together.
    [[nodiscard]] std::vector<std::string> bootPaths(const std::vector<BootDevice>& order) const;
    [[nodiscard]] std::vector<Saveable*> saveables();

private:
    StorageSet(const GuestMemory& memory, Log& log) : m_ahci(memory, log) {}
    [[nodiscard]] Result<> addNvmeDisk(const MachineMedia::Disk& disk, PciTopology& pci,
                                       const GuestMemory& memory, Log& log);
    void attachAhciDisk(const MachineMedia::Disk& disk);
    [[nodiscard]] Result<> addVirtioDisk(const MachineMedia::Disk& disk, unsigned cpuCount, PciTopology& pci,
                                         const GuestMemory& memory, Log& log);

    AhciController m_ahci;
    bool m_showsAhci = true;
    unsigned m_usedPorts = 0;
    std::uint8_t m_nextDevice = 4;
    std::vector<std::unique_ptr<virtio::VirtioPciTransport>> m_virtioDisks;
    std::vector<std::unique_ptr<NvmeController>> m_nvmeDisks;
    std::vector<std::shared_ptr<OpticalDrive>> m_drives;
    std::vector<std::string> m_diskPaths;
    std::vector<std::string> m_cdPaths;
};

} // namespace engine

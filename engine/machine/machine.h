// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "devices/display/vga_adapter.h"
#include "devices/virtio/virtio_pci_transport.h"
#include "display/drawn_screen.h"
#include "firmware/acpi_config.h"
#include "firmware/boot_entry.h"
#include "firmware/memory_map.h"
#include "firmware/smbios.h"
#include "machine/chipset.h"
#include "machine/firmware_rom.h"
#include "machine/fw_cfg_content.h"
#include "machine/gsi_lines.h"
#include "machine/input_set.h"
#include "machine/machine_media.h"
#include "machine/machine_platform.h"
#include "machine/network_set.h"
#include "machine/pci_topology.h"
#include "machine/storage_set.h"
#include "machine/system_memory.h"
#include "vm/vm_config.h"

#include <memory>
#include <optional>
#include <vector>

namespace engine {

/// A Q35 PC: memory, chipset, PCI devices and firmware, wired as a VmConfig asks. The one place that
/// knows every device. It neither knows nor needs a hypervisor: KVM, the qtest server and the trace
/// replay each bring a MachinePlatform.
///
/// Build, reset, prepareStart and saveables belong to the owner's control thread, with no vCPU running.
class Machine {
public:
    /// `platform` and what it refers to outlive the machine; so do `events`, the sinks and the media.
    [[nodiscard]] static Result<std::unique_ptr<Machine>>
    create(const VmConfig& config, const MachinePlatform& platform, const MachineEvents& events,
           const ChipsetSinks& sinks, const MachineMedia& media);

    /// Loads what the first CPU starts with: nullopt for the reset vector, an entry state for a kernel
    /// that starts without firmware. Before the first start and after each reset.
    [[nodiscard]] Result<std::optional<firmware::BootEntry>> prepareStart();
    /// Every device back to its power-on state; RAM keeps its contents.
    void reset();

    [[nodiscard]] Bus& ports() { return m_ports; }
    [[nodiscard]] AddressSpace& addressSpace() { return m_space; }
    [[nodiscard]] const SystemMemory& memory() const { return *m_memory; }
    [[nodiscard]] Chipset& chipset() { return *m_chipset; }
    [[nodiscard]] PciTopology& pci() { return *m_pci; }
    /// Null without a display.
    [[nodiscard]] display::VgaAdapter* vga() { return m_vga; }
    /// Null unless the display is a virtio GPU.
    [[nodiscard]] display::DrawnScreen* drawnScreen() { return m_drawnScreen; }
    /// The keyboards and pointers of the guest.
    [[nodiscard]] InputSet& input() { return *m_input; }
    [[nodiscard]] StorageSet& storage() { return *m_storage; }
    /// Everything that a snapshot carries, in the order of restoring.
    [[nodiscard]] std::vector<Saveable*> saveables();

private:
    Machine(const VmConfig& config, const MachinePlatform& platform, const MachineEvents& events)
        : m_config(config), m_platform(platform), m_events(events), m_space(platform.memorySlots)
    {}
    [[nodiscard]] Result<> build(const ChipsetSinks& sinks, const MachineMedia& media);
    [[nodiscard]] Result<> addDisplay();
    template <class Card>
    [[nodiscard]] Result<> plugDisplay(std::unique_ptr<Card> card);
    [[nodiscard]] Result<> addEntropyDevice();
    [[nodiscard]] Result<> addMultibootKernel();
    [[nodiscard]] Result<> fillFirmwareConfig(const MachineMedia& media);
    [[nodiscard]] Result<> addOptionRoms();
    [[nodiscard]] std::vector<std::string> bootPaths(const std::vector<BootDevice>& order) const;
    [[nodiscard]] Result<> addTables();
    [[nodiscard]] firmware::SmbiosConfig smbiosConfig() const;
    [[nodiscard]] firmware::MemoryLayout memoryLayout() const;
    [[nodiscard]] firmware::AcpiConfig acpiConfig();

    const VmConfig m_config;
    const MachinePlatform m_platform;
    const MachineEvents m_events;
    // Destroyed in reverse: devices before the buses and memory that they are on.
    Bus m_ports;
    AddressSpace m_space;
    std::unique_ptr<SystemMemory> m_memory;
    std::unique_ptr<GsiLines> m_gsis;
    std::unique_ptr<FirmwareRom> m_firmware;
    std::unique_ptr<Chipset> m_chipset;
    std::unique_ptr<EventLoop> m_gpuLoop; // null unless there is a virtio GPU
    std::unique_ptr<pci::PciFunction> m_display;
    display::VgaAdapter* m_vga = nullptr;          // the display's
    display::DrawnScreen* m_drawnScreen = nullptr; // the display's
    std::optional<KernelConfig> m_multiboot;       // a kernel that the BIOS starts; m_config names none then
    firmware::Bytes m_textFont;                    // for a kernel that starts without a BIOS; may be empty
    std::unique_ptr<PciTopology> m_pci;
    std::unique_ptr<StorageSet> m_storage;
    std::unique_ptr<NetworkSet> m_networks;
    std::unique_ptr<InputSet> m_input;
    std::unique_ptr<EventLoop> m_entropyLoop;
    std::unique_ptr<virtio::VirtioPciTransport> m_entropy;
};

} // namespace engine

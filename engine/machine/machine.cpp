// SPDX-License-Identifier: GPL-3.0-or-later
#include "machine/machine.h"

#include "devices/display/vga_device.h"
#include "devices/display/vga_text_setup.h"
#include "devices/virtio/entropy_device.h"
#include "devices/virtio/virtio_vga.h"
#include "firmware/acpi_files.h"
#include "firmware/firmware_locator.h"
#include "firmware/linux_boot.h"
#include "firmware/mp_table.h"
#include "firmware/multiboot_bios.h"
#include "firmware/packed_kernel.h"
#include "machine/address_map.h"
#include "machine/uuid.h"

#include <algorithm>

namespace engine {

Result<std::unique_ptr<Machine>> Machine::create(const VmConfig& config, const MachinePlatform& platform,
                                                 const MachineEvents& events, const ChipsetSinks& sinks,
                                                 const MachineMedia& media)
{
    VmConfig own = config;
    bool throughBios = false;
    if (config.kernel && !config.kernel->path.empty()) {
        const auto kernel = VM_TRY(firmware::openKernel(config.kernel->path));
        throughBios = VM_TRY(firmware::wantsMultibootBios(kernel));
    }
    if (throughBios) {
        own.kernel.reset();
        if (own.firmware.kind == FirmwareKind::Ovmf)
            own.firmware = {};
    }
    std::unique_ptr<Machine> machine(new Machine(own, platform, events));
    if (throughBios)
        machine->m_multiboot = config.kernel;
    VM_TRY(machine->build(sinks, media));
    return machine;
}

Result<> Machine::build(const ChipsetSinks& sinks, const MachineMedia& media)
{
    m_memory = VM_TRY(SystemMemory::create(m_space, m_config.memoryBytes));
    m_gsis = VM_TRY(GsiLines::create(m_platform.createGsi));
    m_firmware = VM_TRY(FirmwareRom::create(m_config, m_space, m_platform.loop, m_platform.log));
    m_chipset =
        VM_TRY(Chipset::create(m_ports, *m_gsis, m_memory->guestMemory(), m_platform, m_events, sinks));
    m_pci = VM_TRY(
        PciTopology::create(m_ports, m_space, *m_gsis, *m_chipset, *m_memory, m_firmware->rom(), m_platform));
    if (m_config.hasDisplay)
        VM_TRY(addDisplay());
    // Without firmware nobody else hides it, and Linux waits a third of a second for links that stay down.
    const auto unusedAhci = m_config.kernel ? StorageSet::UnusedAhci::Hidden : StorageSet::UnusedAhci::Shown;
    m_storage = VM_TRY(StorageSet::create(media, m_config.cpuCount, *m_pci, m_memory->guestMemory(),
                                          m_platform.log, unusedAhci));
    m_networks = VM_TRY(NetworkSet::create(media.networkCards, wantedBootRom(m_config), *m_pci,
                                           m_memory->guestMemory(), m_platform.log));
    m_input = VM_TRY(InputSet::create(m_config.pointer, m_config.keyboard, *m_chipset, *m_pci,
                                      m_memory->guestMemory(), m_platform, m_events.inputChanged));
    if (m_config.hasEntropyDevice)
        VM_TRY(addEntropyDevice());
    VM_TRY(fillFirmwareConfig(media));
    return addTables();
}

Result<> Machine::addDisplay()
{
    const bool isGpu = m_config.displayModel == DisplayModel::VirtioGpu;
    firmware::Bytes rom;
    if (!m_config.kernel) {
        const firmware::FirmwareLocator locator;
        const auto path = VM_TRY(isGpu ? locator.gpuBios() : locator.vgaBios());
        rom = VM_TRY(firmware::readImage(path, firmware::ImageKind::OptionRom)).content;
    } else if (const auto path = firmware::FirmwareLocator().vgaBios()) {
        // Nobody runs it, but its font makes the text screen of such a kernel readable.
        if (const auto image = firmware::readImage(*path, firmware::ImageKind::OptionRom)) {
            const auto font = display::findTextFont(image->content);
            m_textFont.assign(font.begin(), font.end());
        }
    }
    if (isGpu) {
        m_gpuLoop = VM_TRY(EventLoop::create("gpu"));
        auto card = VM_TRY(virtio::VirtioVga::create(*m_gpuLoop, m_memory->guestMemory(), m_platform.clock,
                                                     m_platform.log, rom, m_config.videoMemoryBytes));
        m_drawnScreen = &card->screen();
        VM_TRY(plugDisplay(std::move(card)));
    } else {
        auto card = VM_TRY(display::VgaDevice::create(m_platform.clock, rom, m_config.videoMemoryBytes));
        VM_TRY(plugDisplay(std::move(card)));
    }
    // Planar drawing and palette loads are tens of thousands of small writes that nobody waits for.
    if (m_platform.coalesce && m_platform.fetchCoalesced) {
        for (const auto& range : display::VgaAdapter::DeferrableRanges)
            m_platform.coalesce(range.space, range.address, range.length);
        m_vga->setLateWriteFetcher(m_platform.fetchCoalesced);
    }
    return {};
}

template <class Card>
Result<> Machine::plugDisplay(std::unique_ptr<Card> card)
{
    Card& plugged = *card;
    m_vga = &plugged.adapter();
    m_display = std::move(card);
    VM_TRY(m_pci->insert({.device = 1, .function = 0}, plugged));
    return plugged.attachLegacy(m_ports, m_space);
}

Result<> Machine::addEntropyDevice()
{
    m_entropyLoop = VM_TRY(EventLoop::create("entropy"));
    m_entropy = VM_TRY(virtio::VirtioPciTransport::create(
        "virtio-rng", std::make_unique<virtio::EntropyDevice>(*m_entropyLoop), m_memory->guestMemory(),
        m_platform.log));
    return m_pci->insert({.device = 2, .function = 0}, *m_entropy);
}

firmware::MemoryLayout Machine::memoryLayout() const
{
    firmware::MemoryLayout layout{.lowRamBytes = m_memory->lowBytes(), .highRamBytes = m_memory->highBytes()};
    if (m_firmware->flashBytes() != 0)
        layout.flashBytes = m_firmware->flashBytes();
    return layout;
}

firmware::AcpiConfig Machine::acpiConfig()
{
    firmware::AcpiConfig config;
    config.apicIds.clear();
    for (std::uint32_t cpu = 0; cpu < m_config.cpuCount; ++cpu)
        config.apicIds.push_back(cpu);
    config.ecamBase = m_pci->hostBridge().ecamBase().value_or(0);
    // Linux reads the identity of every device on every bus that the tables name: 16,000 exits for 256.
    constexpr std::uint64_t EcamBytesPerBus = std::uint64_t{1} << 20;
    config.ecamBytes = pci::RootComplex::BusCount * EcamBytesPerBus;
    if (const auto base = m_pci->lpcBridge().powerBase())
        config.powerManagementBase = *base;
    const std::uint64_t afterRam = address_map::FourGibibytes + m_memory->highBytes();
    constexpr std::uint64_t WindowBytes = std::uint64_t{32} << 30;
    const std::uint64_t start = (afterRam + WindowBytes - 1) / WindowBytes * WindowBytes;
    config.pciWindow64 = {.first = start, .last = start + WindowBytes - 1};
    return config;
}

firmware::SmbiosConfig Machine::smbiosConfig() const
{
    firmware::SmbiosConfig config{
        .cpuCount = m_config.cpuCount, .isUefi = m_firmware->isUefi(), .memory = memoryLayout()};
    const auto uuid = parseUuid(m_config.id);
    std::ranges::transform(uuid, config.uuid.begin(),
                           [](std::byte b) { return std::to_integer<std::uint8_t>(b); });
    return config;
}

std::vector<std::string> Machine::bootPaths(const std::vector<BootDevice>& order) const
{
    std::vector<std::string> paths;
    for (const BootDevice device : order) {
        const auto some =
            device == BootDevice::Network ? m_networks->bootPaths() : m_storage->bootPaths({device});
        paths.insert(paths.end(), some.begin(), some.end());
    }
    return paths;
}

Result<> Machine::addMultibootKernel()
{
    const auto kernel = VM_TRY(firmware::openKernel(m_multiboot->path));
    std::optional<firmware::KernelFile> module;
    if (!m_multiboot->initrdPath.empty())
        module = VM_TRY(firmware::KernelFile::open(m_multiboot->initrdPath, "initial RAM disk"));
    return setMultibootItems(m_chipset->fwCfg(),
                             VM_TRY(firmware::prepareMultiboot(kernel, module ? &*module : nullptr,
                                                               m_multiboot->commandLine, memoryLayout())));
}

Result<> Machine::fillFirmwareConfig(const MachineMedia& media)
{
    std::vector<BootDevice> order = m_config.bootOrder;
    if (order.empty())
        order = {BootDevice::Floppy, BootDevice::Disk, BootDevice::Cd, BootDevice::Network};
    if (media.floppyImage.empty())
        std::erase(order, BootDevice::Floppy);
    auto paths = bootPaths(order);
    if (m_multiboot)
        paths.insert(paths.begin(), MultibootRomPath);
    const FwCfgContent content{.cpuCount = m_config.cpuCount,
                               .ramBytes = m_config.memoryBytes,
                               .uuid = parseUuid(m_config.id),
                               .memory = memoryLayout(),
                               .bootOrder = std::move(paths),
                               .floppyImage = media.floppyImage,
                               .hasDisplay = m_config.hasDisplay};
    VM_TRY(fillFwCfg(m_chipset->fwCfg(), content));
    if (m_multiboot)
        VM_TRY(addMultibootKernel());
    fillCmos(m_chipset->rtc(), content);
    return addOptionRoms();
}

/// SeaBIOS runs what it finds below "genroms/".
Result<> Machine::addOptionRoms()
{
    unsigned number = 0;
    for (const std::string& path : m_config.optionRoms) {
        auto rom = VM_TRY(firmware::readImage(path, firmware::ImageKind::OptionRom));
        VM_TRY(m_chipset->fwCfg().setFile("genroms/option-" + std::to_string(++number) + ".rom",
                                          std::move(rom.content)));
    }
    return {};
}

Result<> Machine::addTables()
{
    const auto smbios = firmware::buildSmbiosFiles(smbiosConfig(), firmware::SmbiosVersion::Smbios28);
    VM_TRY(m_chipset->fwCfg().setFile("etc/smbios/smbios-anchor", smbios.anchor));
    VM_TRY(m_chipset->fwCfg().setFile("etc/smbios/smbios-tables", smbios.tables));
    // Made when firmware asks: only then are PMBASE and PCIEXBAR what the tables must say (trap T2).
    using firmware::AcpiFiles;
    VM_TRY(m_chipset->fwCfg().addGeneratedFiles(
        {{.name = "etc/acpi/tables", .sizeBytes = AcpiFiles::TablesBytes},
         {.name = "etc/acpi/rsdp", .sizeBytes = AcpiFiles::RsdpBytes},
         {.name = "etc/table-loader", .sizeBytes = AcpiFiles::LoaderBytes}},
        [this] {
            std::vector<FwCfg::Bytes> contents(3);
            if (auto files = firmware::buildAcpiFiles(acpiConfig())) {
                contents = {std::move(files->tables), std::move(files->rsdp), std::move(files->loader)};
            } else {
                m_platform.log.error("acpi", files.error().message());
            }
            if (m_events.milestone)
                m_events.milestone("acpi-tables", "firmware reads the ACPI tables");
            return contents;
        }));
    return {};
}

Result<std::optional<firmware::BootEntry>> Machine::prepareStart()
{
    if (!m_config.kernel)
        return std::nullopt;
    m_pci->programAsFirmwareWould();
    m_chipset->keyboardController().programAsFirmwareWould();
    const auto layout = memoryLayout();
    const auto acpi = acpiConfig();
    const auto rsdp = VM_TRY(firmware::placeAcpiTables(m_memory->guestMemory(), acpi, layout));
    VM_TRY(firmware::placeMpTable(m_memory->guestMemory(), acpi.apicIds));
    VM_TRY(firmware::placeSmbios(m_memory->guestMemory(), smbiosConfig()));
    firmware::LinuxBootConfig boot{.kernelPath = m_config.kernel->path,
                                   .commandLine = m_config.kernel->commandLine,
                                   .rsdpAddress = rsdp,
                                   .memory = layout,
                                   .hasTextScreen = m_vga != nullptr};
    if (m_vga)
        display::enterTextMode(*m_vga, m_textFont);
    if (!m_config.kernel->initrdPath.empty())
        boot.initrdPath = m_config.kernel->initrdPath;
    return VM_TRY(firmware::loadLinux(m_memory->guestMemory(), boot));
}

void Machine::reset()
{
    m_chipset->reset();
    m_firmware->reset();
    m_pci->root().reset();
    m_input->reset();
}

std::vector<Saveable*> Machine::saveables()
{
    std::vector<Saveable*> all = m_chipset->saveables();
    for (const auto& part : {m_firmware->saveables(), m_pci->saveables(), m_storage->saveables(),
                             m_networks->saveables(), m_input->saveables()})
        all.insert(all.end(), part.begin(), part.end());
    if (m_display)
        all.push_back(m_display.get());
    if (m_entropy)
        all.push_back(m_entropy.get());
    all.push_back(&m_pci->root());
    return all;
}

} // namespace engine

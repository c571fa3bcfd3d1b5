// SPDX-License-Identifier: GPL-3.0-or-later
#include "machine/firmware_rom.h"

#include "firmware/firmware_locator.h"
#include "machine/address_map.h"

namespace engine {

using firmware::FirmwareImage;
using firmware::FirmwareLocator;
using firmware::ImageKind;

Result<std::unique_ptr<FirmwareRom>> FirmwareRom::create(const VmConfig& config, AddressSpace& space)
{
    std::unique_ptr<FirmwareRom> rom(new FirmwareRom);
    if (config.kernel)
        return rom;
    if (config.firmware.kind == FirmwareKind::File) {
        const FirmwareImage user = VM_TRY(firmware::readUserImage(config.firmware.path));
        VM_TRY(rom->addBios(space, user));
        return rom;
    }
    const auto path = VM_TRY(FirmwareLocator().seaBios());
    const FirmwareImage image = VM_TRY(firmware::readImage(path, ImageKind::Bios));
    VM_TRY(rom->addBios(space, image));
    return rom;
}

Result<> FirmwareRom::addBios(AddressSpace& space, const FirmwareImage& image)
{
    m_rom = VM_TRY(HostBlock::create("firmware", image.content.size()));
    VM_TRY(m_rom->write(0, image.content));
    (void)VM_TRY(space.map({.base = GuestAddress(address_map::FlashEnd - m_rom->sizeBytes()),
                            .length = m_rom->sizeBytes(),
                            .block = m_rom,
                            .access = MemoryAccess::ReadOnly}));
    return {};
}

} // namespace engine

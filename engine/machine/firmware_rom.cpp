// SPDX-License-Identifier: GPL-3.0-or-later
#include "machine/firmware_rom.h"

#include "firmware/firmware_locator.h"
#include "machine/address_map.h"

namespace engine {

using firmware::FirmwareImage;
using firmware::FirmwareLocator;
using firmware::ImageKind;

Result<std::unique_ptr<FirmwareRom>> FirmwareRom::create(const VmConfig& config, AddressSpace& space,
                                                         EventLoop& loop, Log& log)
{
    std::unique_ptr<FirmwareRom> rom(new FirmwareRom);
    if (config.kernel)
        return rom;
    const FirmwareLocator locator;
    switch (config.firmware.kind) {
    case FirmwareKind::SeaBios: {
        const auto path = VM_TRY(locator.seaBios());
        const FirmwareImage image = VM_TRY(firmware::readImage(path, ImageKind::Bios));
        VM_TRY(rom->addRom(space, image));
        return rom;
    }
    case FirmwareKind::Ovmf: {
        const auto files = VM_TRY(locator.uefi(firmware::SecureBoot::Off));
        const FirmwareImage code = VM_TRY(firmware::readImage(files.code, ImageKind::UefiCode));
        VM_TRY(rom->addRom(space, code));
        VM_TRY(rom->addVariables(space, files.variables, config.firmware.variablesPath, loop, log));
        return rom;
    }
    case FirmwareKind::File: {
        const FirmwareImage image = VM_TRY(firmware::readUserImage(config.firmware.path));
        VM_TRY(rom->addRom(space, image));
        return rom;
    }
    }
    return rom;
}

Result<> FirmwareRom::addRom(AddressSpace& space, const FirmwareImage& image)
{
    m_rom = VM_TRY(HostBlock::create("firmware", image.content.size()));
    VM_TRY(m_rom->write(0, image.content));
    m_flashBytes = m_rom->sizeBytes();
    (void)VM_TRY(space.map({.base = GuestAddress(address_map::FlashEnd - m_flashBytes),
                            .length = m_flashBytes,
                            .block = m_rom,
                            .access = MemoryAccess::ReadOnly}));
    return {};
}

Result<> FirmwareRom::addVariables(AddressSpace& space, const std::filesystem::path& templateFile,
                                   const std::string& file, EventLoop& loop, Log& log)
{
    const FirmwareImage initial = VM_TRY(firmware::readImage(templateFile, ImageKind::UefiVariables));
    std::vector<std::byte> contents = initial.content;
    if (!file.empty()) {
        m_store = VM_TRY(FlashFile::open(file, templateFile, initial.content.size(), loop, log));
        contents = m_store->contents();
    }
    const GuestAddress base(address_map::FlashEnd - m_flashBytes - contents.size());
    m_variables = VM_TRY(CfiFlash::create("uefi-variables", space, base, contents, m_store.get(), log));
    m_flashBytes += contents.size();
    return {};
}

void FirmwareRom::reset()
{
    if (m_variables)
        m_variables->reset();
}

std::vector<Saveable*> FirmwareRom::saveables()
{
    return m_variables ? std::vector<Saveable*>{m_variables.get()} : std::vector<Saveable*>{};
}

} // namespace engine

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/event_loop.h"
#include "bus/address_space.h"
#include "devices/chipset/cfi_flash.h"
#include "firmware/firmware_image.h"
#include "vm/vm_config.h"

#include <filesystem>
#include <memory>

namespace engine {

/// The firmware as the guest finds it: a BIOS ROM that ends at 4 GiB, or UEFI code with a writable
/// variable store below it. Nothing for a guest that starts a kernel directly.
class FirmwareRom {
public:
    /// Finds, reads, checks and maps. `space`, `loop` (it writes the variables to their file) and `log`
    /// outlive this object.
    [[nodiscard]] static Result<std::unique_ptr<FirmwareRom>>
    create(const VmConfig& config, AddressSpace& space, EventLoop& loop, Log& log);

    /// What appears below 1 MiB; null for a direct boot.
    [[nodiscard]] const std::shared_ptr<HostBlock>& rom() const { return m_rom; }
    [[nodiscard]] bool isUefi() const { return m_variables != nullptr; }
    /// Bytes below 4 GiB that are taken.
    [[nodiscard]] std::uint64_t flashBytes() const { return m_flashBytes; }
    void reset();
    [[nodiscard]] std::vector<Saveable*> saveables();

private:
    FirmwareRom() = default;
    [[nodiscard]] Result<> addRom(AddressSpace& space, const firmware::FirmwareImage& image);
    [[nodiscard]] Result<> addVariables(AddressSpace& space, const std::filesystem::path& templateFile,
                                        const std::string& file, EventLoop& loop, Log& log);

    std::shared_ptr<HostBlock> m_rom;
    std::uint64_t m_flashBytes = 0;
    std::unique_ptr<FlashFile> m_store; // null: variables live as long as the machine
    std::unique_ptr<CfiFlash> m_variables;
};

} // namespace engine

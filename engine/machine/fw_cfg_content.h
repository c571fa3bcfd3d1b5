// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "devices/chipset/fw_cfg.h"
#include "devices/chipset/rtc.h"
#include "firmware/memory_map.h"
#include "firmware/multiboot_bios.h"
#include "vm/vm_config.h"

#include <array>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

namespace engine {

/// What firmware is told through fw_cfg besides the tables.
struct FwCfgContent {
    std::uint32_t cpuCount = 1;
    std::uint64_t ramBytes = 0;
    std::array<std::byte, 16> uuid{};
    firmware::MemoryLayout memory;
    /// OpenFirmware device paths, first to be tried first (docs "bootorder").
    std::vector<std::string> bootOrder;
    std::vector<std::byte> floppyImage; ///< through SeaBIOS's "floppyimg/" file; empty: none
    bool hasDisplay = true;
};

/// Fills the numbered items and files (QEMU docs/specs/fw_cfg) except ACPI and SMBIOS.
[[nodiscard]] Result<> fillFwCfg(FwCfg& device, const FwCfgContent& content);

/// Puts the option ROM where SeaBIOS looks for such, and what the ROM fetches into numbered items.
[[nodiscard]] Result<> setMultibootItems(FwCfg& device, firmware::MultibootStart start);
/// The boot order's name for the kernel behind that ROM.
inline constexpr const char* MultibootRomPath = "/rom@genroms/multiboot.bin";

/// The battery-backed bytes that BIOSes read: memory sizes, CPU count, boot order nibbles.
void fillCmos(Rtc& rtc, const FwCfgContent& content);

} // namespace engine

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "devices/storage/ata/ata_device.h"

#include <array>
#include <optional>
#include <span>

/// Frame information structures (SATA 3.1, 10.3) as bytes.
namespace engine::ahci::fis {

/// Where the port stores what it receives (AHCI 1.3.1, 4.2.1).
inline constexpr std::uint64_t PioSetupOffset = 0x20;
inline constexpr std::uint64_t DeviceToHostOffset = 0x40;
inline constexpr std::uint64_t SetDeviceBitsOffset = 0x58;

using Register = std::array<std::byte, 20>;
using SetDeviceBits = std::array<std::byte, 8>;

/// Register - Host to Device, decoded.
struct HostToDevice {
    ata::TaskFile registers;
    bool isCommand = false; ///< bit C: a command; else the Control field is what counts
    std::uint8_t control = 0;
};
inline constexpr std::uint8_t ControlSoftReset = 0x04; ///< SRST

/// nullopt when the bytes are some other FIS.
[[nodiscard]] std::optional<HostToDevice> decode(std::span<const std::byte, 20> bytes);

[[nodiscard]] Register deviceToHost(const ata::Outcome& outcome, bool interrupt);
[[nodiscard]] Register signature(const ata::Signature& signature);
/// `outcome.status` is what the device shows at the end; before the data it adds DRQ.
[[nodiscard]] Register pioSetup(const ata::Outcome& outcome);
[[nodiscard]] SetDeviceBits setDeviceBits(const ata::Outcome& outcome, std::uint32_t finishedTags);

} // namespace engine::ahci::fis

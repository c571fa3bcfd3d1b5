// SPDX-License-Identifier: GPL-3.0-or-later
#include "devices/storage/ahci/fis.h"

namespace engine::ahci::fis {

namespace {

constexpr std::uint8_t TypeHostToDevice = 0x27;
constexpr std::uint8_t TypeDeviceToHost = 0x34;
constexpr std::uint8_t TypePioSetup = 0x5f;
constexpr std::uint8_t TypeSetDeviceBits = 0xa1;
constexpr std::uint8_t FlagCommand = 0x80;
constexpr std::uint8_t FlagInterrupt = 0x40;
constexpr std::uint8_t FlagToHost = 0x20;

std::byte low(std::uint64_t value)
{
    return std::byte(static_cast<std::uint8_t>(value));
}

/// What D2H and PIO Setup share.
Register registerFis(std::uint8_t type, std::uint8_t flags, std::uint8_t status, std::uint8_t error,
                     const ata::TaskFile& registers)
{
    Register fis{};
    fis[0] = std::byte{type};
    fis[1] = std::byte{flags};
    fis[2] = std::byte{status};
    fis[3] = std::byte{error};
    for (unsigned i = 0; i < 3; ++i) {
        fis.at(4 + i) = low(registers.lba >> (8 * i));
        fis.at(8 + i) = low(registers.lba >> (24 + 8 * i));
    }
    fis[7] = std::byte{registers.device};
    fis[12] = low(registers.count);
    fis[13] = low(registers.count >> 8U);
    return fis;
}

} // namespace

std::optional<HostToDevice> decode(std::span<const std::byte, 20> bytes)
{
    const auto at = [bytes](std::size_t index) { return std::to_integer<std::uint64_t>(bytes[index]); };
    if (at(0) != TypeHostToDevice)
        return std::nullopt;
    HostToDevice fis;
    fis.isCommand = (at(1) & FlagCommand) != 0;
    fis.registers.command = static_cast<std::uint8_t>(at(2));
    fis.registers.features = static_cast<std::uint16_t>(at(3) | at(11) << 8);
    fis.registers.lba = at(4) | at(5) << 8 | at(6) << 16 | at(8) << 24 | at(9) << 32 | at(10) << 40;
    fis.registers.device = static_cast<std::uint8_t>(at(7));
    fis.registers.count = static_cast<std::uint16_t>(at(12) | at(13) << 8);
    fis.control = static_cast<std::uint8_t>(at(15));
    return fis;
}

Register deviceToHost(const ata::Outcome& outcome, bool interrupt)
{
    return registerFis(TypeDeviceToHost, interrupt ? FlagInterrupt : 0, outcome.status, outcome.error,
                       outcome.registers);
}

Register signature(const ata::Signature& signature)
{
    return registerFis(TypeDeviceToHost, 0, signature.status, signature.error,
                       {.lba = signature.lba, .count = signature.count});
}

Register pioSetup(const ata::Outcome& outcome)
{
    Register fis = registerFis(TypePioSetup, FlagInterrupt | FlagToHost,
                               outcome.status | ata::StatusDataRequest, outcome.error, outcome.registers);
    fis[15] = std::byte{outcome.status}; // E_Status
    // The length of the last DRQ block; a block is at most 8 KiB.
    const std::uint64_t last = outcome.transferredBytes % 8192;
    const std::uint64_t block = last == 0 && outcome.transferredBytes != 0 ? 8192 : last;
    fis[16] = low(block);
    fis[17] = low(block >> 8);
    return fis;
}

SetDeviceBits setDeviceBits(const ata::Outcome& outcome, std::uint32_t finishedTags)
{
    constexpr std::uint8_t StatusBits = 0x77;
    SetDeviceBits fis{};
    fis[0] = std::byte{TypeSetDeviceBits};
    fis[1] = std::byte{FlagInterrupt};
    fis[2] = std::byte(static_cast<std::uint8_t>(outcome.status & StatusBits));
    fis[3] = std::byte{outcome.error};
    for (unsigned i = 0; i < 4; ++i)
        fis.at(4 + i) = low(finishedTags >> (8 * i));
    return fis;
}

} // namespace engine::ahci::fis

// SPDX-License-Identifier: GPL-3.0-or-later
#include "devices/storage/ahci/command_slot.h"

#include <algorithm>

namespace engine::ahci {

namespace {

/// AHCI 1.3.1, 4.2.2.
struct CommandHeader {
    std::uint32_t description;
    std::uint32_t byteCount;
    std::uint32_t tableAddress;
    std::uint32_t tableAddressUpper;
    std::array<std::uint32_t, 4> reserved;
};
static_assert(sizeof(CommandHeader) == 32);
constexpr std::uint32_t HeaderPacket = 1U << 5;     ///< A
constexpr std::uint32_t HeaderClearBusy = 1U << 10; ///< C
constexpr unsigned HeaderRegionsShift = 16;         ///< PRDTL
constexpr std::uint64_t ByteCountOffset = 4;

/// AHCI 1.3.1, 4.2.3.
constexpr std::uint64_t PacketOffset = 0x40;
constexpr std::uint64_t RegionsOffset = 0x80;
constexpr std::uint32_t TableAlignment = 0x7f;

/// AHCI 1.3.1, 4.2.3.3.
struct RegionEntry {
    std::uint32_t address;
    std::uint32_t addressUpper;
    std::uint32_t reserved;
    std::uint32_t count;
};
static_assert(sizeof(RegionEntry) == 16);
constexpr std::uint32_t RegionCountMask = 0x003f'ffff; ///< DBC, one less than the length

Result<GuestAddress> offsetBy(GuestAddress base, std::uint64_t offset)
{
    const auto at = base.checkedAdd(offset);
    if (!at)
        return fail(ErrorCode::OutOfBounds, "address wraps");
    return *at;
}

} // namespace

Result<RegionTable::Region> RegionTable::entry(unsigned index) const
{
    const auto at = VM_TRY(offsetBy(m_table, std::uint64_t{index} * sizeof(RegionEntry)));
    const auto raw = VM_TRY(m_memory->readObject<RegionEntry>(at));
    return Region{.address = GuestAddress(raw.address | std::uint64_t{raw.addressUpper} << 32),
                  .length = std::uint64_t{raw.count & RegionCountMask} + 1};
}

std::expected<IoVectors, ata::TransferError> RegionTable::map(IoDirection direction,
                                                              std::uint64_t length) const
{
    IoVectors vectors;
    for (unsigned i = 0; i < m_entries && vectors.sizeBytes() < length; ++i) {
        const auto region = entry(i);
        if (!region)
            return std::unexpected(ata::TransferError::BadAddress);
        const std::uint64_t piece = std::min(region->length, length - vectors.sizeBytes());
        if (!m_memory->appendIoVectors(vectors, region->address, piece, direction))
            return std::unexpected(ata::TransferError::BadAddress);
    }
    if (vectors.sizeBytes() < length)
        return std::unexpected(ata::TransferError::TooShort);
    return vectors;
}

std::uint64_t RegionTable::sizeBytes(std::uint64_t limit) const
{
    std::uint64_t total = 0;
    for (unsigned i = 0; i < m_entries && total < limit; ++i) {
        const auto region = entry(i);
        if (!region)
            break;
        total += region->length;
    }
    return std::min(total, limit);
}

Result<CommandSlot> readSlot(const GuestMemory& memory, GuestAddress commandList, unsigned slot)
{
    const auto at = VM_TRY(offsetBy(commandList, std::uint64_t{slot} * sizeof(CommandHeader)));
    const auto header = VM_TRY(memory.readObject<CommandHeader>(at));
    const GuestAddress table((header.tableAddress & ~TableAlignment)
                             | std::uint64_t{header.tableAddressUpper} << 32);
    const auto bytes = VM_TRY((memory.readObject<std::array<std::byte, 20>>(table)));
    const auto packetAt = VM_TRY(offsetBy(table, PacketOffset));
    const auto regionsAt = VM_TRY(offsetBy(table, RegionsOffset));
    const auto packet = VM_TRY((memory.readObject<std::array<std::uint8_t, 16>>(packetAt)));
    return CommandSlot{.fis = fis::decode(bytes),
                       .packet = packet,
                       .isPacket = (header.description & HeaderPacket) != 0,
                       .clearsBusy = (header.description & HeaderClearBusy) != 0,
                       .regions =
                           RegionTable(memory, regionsAt,
                                       static_cast<std::uint16_t>(header.description >> HeaderRegionsShift))};
}

Result<> writeByteCount(const GuestMemory& memory, GuestAddress commandList, unsigned slot,
                        std::uint32_t bytes)
{
    const auto at =
        VM_TRY(offsetBy(commandList, std::uint64_t{slot} * sizeof(CommandHeader) + ByteCountOffset));
    return memory.writeObject(at, bytes);
}

} // namespace engine::ahci

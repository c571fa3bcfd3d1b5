// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "devices/storage/ahci/fis.h"
#include "devices/storage/ata/ata_device.h"

namespace engine::ahci {

/// A command header's region descriptors (AHCI 1.3.1, 4.2.3.3) as the device's view of host memory.
/// The table is read while it is walked, each entry once, and never beyond what the command needs.
class RegionTable final : public ata::TransferBuffer {
public:
    RegionTable(const GuestMemory& memory, GuestAddress table, std::uint16_t entries)
        : m_memory(&memory), m_table(table), m_entries(entries)
    {}
    [[nodiscard]] std::expected<IoVectors, ata::TransferError> map(IoDirection direction,
                                                                   std::uint64_t length) const override;
    [[nodiscard]] std::uint64_t sizeBytes(std::uint64_t limit) const override;

private:
    struct Region {
        GuestAddress address;
        std::uint64_t length = 0;
    };
    [[nodiscard]] Result<Region> entry(unsigned index) const;

    const GuestMemory* m_memory;
    GuestAddress m_table;
    std::uint16_t m_entries;
};

/// One slot of the command list (AHCI 1.3.1, 4.2.2), read once.
struct CommandSlot {
    std::optional<fis::HostToDevice> fis; ///< nullopt: not a FIS that a host may send
    std::array<std::uint8_t, 16> packet{};
    bool isPacket = false;   ///< bit A
    bool clearsBusy = false; ///< bit C
    RegionTable regions;
};

/// An error when the header or the table is not in RAM.
[[nodiscard]] Result<CommandSlot> readSlot(const GuestMemory& memory, GuestAddress commandList,
                                           unsigned slot);
/// PRDBC, the header's count of bytes moved.
[[nodiscard]] Result<> writeByteCount(const GuestMemory& memory, GuestAddress commandList, unsigned slot,
                                      std::uint32_t bytes);

} // namespace engine::ahci

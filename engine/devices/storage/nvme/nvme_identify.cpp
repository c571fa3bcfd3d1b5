// SPDX-License-Identifier: GPL-3.0-or-later
#include "devices/storage/nvme/nvme_identify.h"

#include "devices/storage/nvme/nvme_activity.h"
#include "devices/storage/nvme/nvme_types.h"

#include <algorithm>
#include <bit>
#include <string_view>

namespace engine::nvme {

namespace {

constexpr std::string_view Model = "Guesthouse NVMe disk";
constexpr std::string_view Firmware = "1.0";
constexpr std::uint16_t PciVendor = 0x1b36;
constexpr std::uint16_t SubsystemVendor = 0x1af4;

void put(DataPage& page, std::size_t at, std::uint64_t value, unsigned bytes)
{
    for (unsigned i = 0; i < bytes; ++i)
        page.at(at + i) = std::byte(static_cast<std::uint8_t>(value >> (8 * i)));
}

void putText(DataPage& page, std::size_t at, std::size_t width, std::string_view text)
{
    for (std::size_t i = 0; i < width; ++i) {
        const bool printable = i < text.size() && text[i] >= ' ' && text[i] <= '~';
        page.at(at + i) = std::byte(static_cast<std::uint8_t>(printable ? text[i] : ' '));
    }
}

/// A stable 64-bit identifier from the serial number, locally administered.
std::uint64_t identifier(const BlockInfo& disk)
{
    std::uint64_t hash = 0xcbf2'9ce4'8422'2325; // FNV-1a
    for (const char character : disk.serial)
        hash = (hash ^ static_cast<unsigned char>(character)) * 0x100'0000'01b3;
    return hash | 2;
}

} // namespace

DataPage identifyController(const BlockInfo& disk)
{
    constexpr std::uint64_t Compare = 1 << 0;
    constexpr std::uint64_t DatasetManagement = 1 << 2;
    constexpr std::uint64_t WriteZeroes = 1 << 3;
    DataPage page{};
    put(page, 0, PciVendor, 2);
    put(page, 2, SubsystemVendor, 2);
    putText(page, 4, 20, disk.serial);
    putText(page, 24, 40, Model);
    putText(page, 64, 8, Firmware);
    put(page, 72, 6, 1);                           // RAB
    put(page, 77, MaxTransferExponent, 1);         // MDTS
    put(page, 80, 0x0001'0400, 4);                 // VER
    put(page, 111, 1, 1);                          // CNTRLTYPE: I/O controller
    put(page, 256, 1 << 8, 2);                     // OACS: doorbell buffers
    put(page, 258, 3, 1);                          // ACL
    put(page, 259, MaxEventRequests - 1, 1);       // AERL
    put(page, 260, 3, 1);                          // FRMW: one slot, read only
    put(page, 261, 6, 1);                          // LPA: commands supported log, offsets into logs
    put(page, 262, Activity::ErrorEntries - 1, 1); // ELPE
    put(page, 266, 343, 2);                        // WCTEMP, kelvin
    put(page, 268, 373, 2);                        // CCTEMP
    put(page, 512, 0x66, 1);                       // SQES
    put(page, 513, 0x44, 1);                       // CQES
    put(page, 516, 1, 4);                          // NN
    put(page, 520, Compare | (disk.readOnly ? 0 : DatasetManagement | WriteZeroes), 2); // ONCS
    put(page, 525, 7, 1); // VWC: a volatile write cache; a flush of all namespaces is understood
    constexpr std::string_view Qualified = "nqn.2014-08.org.nvmexpress:";
    for (std::size_t i = 0; i < Qualified.size(); ++i)
        page.at(768 + i) = std::byte(static_cast<std::uint8_t>(Qualified[i]));
    for (std::size_t i = 0; i < std::min<std::size_t>(disk.serial.size(), 20); ++i)
        page.at(768 + Qualified.size() + i) = std::byte(static_cast<std::uint8_t>(disk.serial[i]));
    put(page, 2048, 2500, 2); // power state 0: 25 W
    return page;
}

DataPage identifyNamespace(const BlockInfo& disk)
{
    const std::uint64_t blocks = disk.capacityBytes / disk.logicalBlockBytes;
    const std::uint32_t ratio = std::max(disk.physicalBlockBytes / disk.logicalBlockBytes, 1U);
    DataPage page{};
    put(page, 0, blocks, 8);
    put(page, 8, blocks, 8);
    put(page, 16, blocks, 8);
    put(page, 24, 1U << 4, 1);                          // NSFEAT: the preferred sizes below are valid
    put(page, 64, ratio - 1, 2);                        // NPWG
    put(page, 66, ratio - 1, 2);                        // NPWA
    put(page, 68, ratio - 1, 2);                        // NPDG
    put(page, 70, ratio - 1, 2);                        // NPDA
    put(page, 72, ratio - 1, 2);                        // NOWS
    put(page, 99, disk.readOnly ? 1 : 0, 1);            // NSATTR: write protected
    put(page, 120, std::byteswap(identifier(disk)), 8); // EUI64, big-endian
    put(page, 128 + 2, static_cast<unsigned>(std::countr_zero(disk.logicalBlockBytes)), 1); // LBADS
    return page;
}

DataPage identifyNamespaceList(std::uint32_t after)
{
    DataPage page{};
    if (after < 1)
        put(page, 0, 1, 4);
    return page;
}

DataPage identifyDescriptors(const BlockInfo& disk)
{
    DataPage page{};
    put(page, 0, 1, 1); // EUI64
    put(page, 1, 8, 1);
    put(page, 4, std::byteswap(identifier(disk)), 8);
    return page;
}

DataPage firmwareLog()
{
    DataPage page{};
    put(page, 0, 1, 1); // slot 1 is active
    putText(page, 8, 8, Firmware);
    return page;
}

DataPage effectsLog(const BlockInfo& disk)
{
    constexpr std::uint32_t Supported = 1;
    constexpr std::uint32_t ChangesData = 2;
    constexpr std::size_t IoCommands = 1024;
    DataPage page{};
    for (const unsigned opcode :
         {0x00U, 0x01U, 0x02U, 0x04U, 0x05U, 0x06U, 0x08U, 0x09U, 0x0aU, 0x0cU, 0x7cU})
        put(page, 4 * opcode, Supported, 4);
    put(page, IoCommands + 4 * std::size_t{io_opcode::Flush}, Supported, 4);
    put(page, IoCommands + 4 * std::size_t{io_opcode::Read}, Supported, 4);
    put(page, IoCommands + 4 * std::size_t{io_opcode::Compare}, Supported, 4);
    if (!disk.readOnly)
        for (const std::uint8_t opcode :
             {io_opcode::Write, io_opcode::WriteZeroes, io_opcode::DatasetManagement})
            put(page, IoCommands + 4 * std::size_t{opcode}, Supported | ChangesData, 4);
    return page;
}

} // namespace engine::nvme

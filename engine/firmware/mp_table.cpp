// SPDX-License-Identifier: GPL-3.0-or-later
#include "firmware/mp_table.h"

#include "firmware/byte_writer.h"

#include <algorithm>
#include <numeric>

namespace engine::firmware {

namespace {

constexpr std::uint8_t SpecificationRevision = 4; // 1.4
constexpr std::uint8_t ApicVersion = 0x14;
constexpr std::uint8_t IoApicVersion = 0x11;
constexpr std::uint8_t IoApicId = 0;
constexpr std::uint8_t IsaBusId = 0;
constexpr std::uint32_t LocalApicAddress = 0xfee0'0000;
constexpr std::uint32_t IoApicAddress = 0xfec0'0000;
constexpr std::uint32_t HighestListedApicId = 254;

// Entry types (table 4-3).
constexpr std::uint8_t ProcessorEntry = 0;
constexpr std::uint8_t BusEntry = 1;
constexpr std::uint8_t IoApicEntry = 2;
constexpr std::uint8_t IoInterruptEntry = 3;
constexpr std::uint8_t LocalInterruptEntry = 4;

// Interrupt types (table 4-11), and polarity and trigger mode of the SCI (table 4-10).
constexpr std::uint8_t VectoredInterrupt = 0;
constexpr std::uint8_t NonMaskableInterrupt = 1;
constexpr std::uint8_t ExternalInterrupt = 3;
constexpr std::uint16_t AsOnTheBus = 0;
constexpr std::uint16_t ActiveHighLevel = 0x0d;

struct Table {
    ByteWriter bytes;
    std::uint16_t entries = 0;

    void addProcessor(std::uint32_t apicId, bool isFirst)
    {
        constexpr std::uint8_t Enabled = 1;
        constexpr std::uint8_t BootProcessor = 2;
        bytes.u8(ProcessorEntry).u8(static_cast<std::uint8_t>(apicId)).u8(ApicVersion);
        bytes.u8(isFirst ? Enabled | BootProcessor : Enabled);
        bytes.u32(0).u32(0).zeros(8); // software asks CPUID for signature and features
        ++entries;
    }
    void addInterrupt(std::uint8_t entry, std::uint8_t type, std::uint16_t flags, std::uint8_t irq,
                      std::uint8_t apicId, std::uint8_t pin)
    {
        bytes.u8(entry).u8(type).u16(flags).u8(IsaBusId).u8(irq).u8(apicId).u8(pin);
        ++entries;
    }
};

void addInterrupts(Table& table)
{
    constexpr std::uint8_t Isa = 16;
    constexpr std::uint8_t Cascade = 2;
    constexpr std::uint8_t Sci = 9;
    constexpr std::uint8_t AllApics = 0xff;
    for (std::uint8_t irq = 0; irq < Isa; ++irq) {
        if (irq == Cascade)
            continue;
        const std::uint8_t pin = irq == 0 ? Cascade : irq; // the timer is wired to input 2
        table.addInterrupt(IoInterruptEntry, VectoredInterrupt, irq == Sci ? ActiveHighLevel : AsOnTheBus,
                           irq, IoApicId, pin);
    }
    table.addInterrupt(LocalInterruptEntry, ExternalInterrupt, AsOnTheBus, 0, AllApics, 0);
    table.addInterrupt(LocalInterruptEntry, NonMaskableInterrupt, AsOnTheBus, 0, AllApics, 1);
}

std::uint8_t completingByte(std::span<const std::byte> data)
{
    const auto sum = std::accumulate(data.begin(), data.end(), 0U, [](unsigned total, std::byte value) {
        return total + std::to_integer<unsigned>(value);
    });
    return static_cast<std::uint8_t>(0U - sum);
}

Bytes configurationTable(std::span<const std::uint32_t> apicIds)
{
    constexpr std::size_t LengthOffset = 4;
    constexpr std::size_t ChecksumOffset = 7;
    constexpr std::size_t CountOffset = 34;
    Table table;
    table.bytes.text("PCMP", 4).u16(0).u8(SpecificationRevision).u8(0);
    table.bytes.text("GUESTHSE", 8, ' ').text("PC", 12, ' ');
    table.bytes.u32(0).u16(0).u16(0).u32(LocalApicAddress).u16(0).u8(0).u8(0); // no OEM, no extended table
    for (const std::uint32_t apicId : apicIds)
        if (apicId <= HighestListedApicId)
            table.addProcessor(apicId, apicId == apicIds.front());
    table.bytes.u8(BusEntry).u8(IsaBusId).text("ISA", 6, ' ');
    table.bytes.u8(IoApicEntry).u8(IoApicId).u8(IoApicVersion).u8(1).u32(IoApicAddress);
    table.entries += 2;
    addInterrupts(table);
    table.bytes.patch(LengthOffset, table.bytes.size(), 2).patch(CountOffset, table.entries, 2);
    table.bytes.patch(ChecksumOffset, completingByte(table.bytes.data()), 1);
    return table.bytes.take();
}

Bytes floatingPointer()
{
    constexpr std::size_t ChecksumOffset = 10;
    ByteWriter pointer;
    pointer.text("_MP_", 4).u32(MpTableAddress).u8(1).u8(SpecificationRevision).u8(0).zeros(5);
    pointer.patch(ChecksumOffset, completingByte(pointer.data()), 1);
    return pointer.take();
}

} // namespace

Result<> placeMpTable(const GuestMemory& memory, std::span<const std::uint32_t> apicIds)
{
    VM_TRY(memory.write(GuestAddress(MpTableAddress), configurationTable(apicIds)));
    return memory.write(GuestAddress(MpFloatingPointerAddress), floatingPointer());
}

} // namespace engine::firmware

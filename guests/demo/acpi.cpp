// SPDX-License-Identifier: GPL-3.0-or-later
// ACPI 6.5: sections 5.2.5 (RSDP), 5.2.7 (RSDT), 5.2.9 (FADT), 5.2.12 (MADT), 7.4.2 (_S5), 4.8.3.2 (PM1
// control).
#include "acpi.h"

#include "ports.h"

namespace demo {

namespace {

const std::uint8_t* powerTable = nullptr; // FADT
Processor processors[MostProcessors];
unsigned entries = 0;

const std::uint8_t* at(std::uint32_t address)
{
    return reinterpret_cast<const std::uint8_t*>(static_cast<std::uintptr_t>(address));
}

/// Fields of tables need not be aligned.
template <class T>
T field(const std::uint8_t* from)
{
    T value;
    __builtin_memcpy(&value, from, sizeof value);
    return value;
}

bool has(const std::uint8_t* place, const char* letters)
{
    for (; *letters; ++letters) {
        if (*place++ != static_cast<std::uint8_t>(*letters))
            return false;
    }
    return true;
}

const std::uint8_t* findRoot()
{
    constexpr std::uint32_t BiosStart = 0xE0000;
    constexpr std::uint32_t BiosEnd = 0x100000;
    for (std::uint32_t address = BiosStart; address < BiosEnd; address += 16) {
        if (has(at(address), "RSD PTR "))
            return at(address);
    }
    return nullptr;
}

void addProcessor(std::uint32_t apicId, std::uint32_t flags)
{
    if (entries < MostProcessors)
        processors[entries++] = {.apicId = apicId, .isEnabled = (flags & 1) != 0};
}

void readProcessors(const std::uint8_t* table)
{
    constexpr unsigned FirstEntry = 44;
    const auto length = field<std::uint32_t>(table + 4);
    for (std::uint32_t i = FirstEntry; i + 2 <= length && table[i + 1] >= 2; i += table[i + 1]) {
        if (table[i] == 0 && i + 8 <= length) // local APIC
            addProcessor(table[i + 3], field<std::uint32_t>(table + i + 4));
        else if (table[i] == 9 && i + 16 <= length) // local x2APIC
            addProcessor(field<std::uint32_t>(table + i + 4), field<std::uint32_t>(table + i + 8));
    }
}

} // namespace

void readAcpi()
{
    const std::uint8_t* root = findRoot();
    if (!root)
        return;
    const std::uint8_t* list = at(field<std::uint32_t>(root + 16)); // RSDT
    const auto length = field<std::uint32_t>(list + 4);
    for (std::uint32_t i = 36; i + 4 <= length; i += 4) {
        const std::uint8_t* table = at(field<std::uint32_t>(list + i));
        if (has(table, "APIC"))
            readProcessors(table);
        else if (has(table, "FACP"))
            powerTable = table;
    }
}

unsigned processorCount()
{
    unsigned usable = 0;
    for (unsigned i = 0; i < entries; ++i)
        usable += processors[i].isEnabled ? 1 : 0;
    return usable == 0 ? 1 : usable;
}

unsigned processorEntries()
{
    return entries;
}

const Processor& processor(unsigned index)
{
    return processors[index];
}

bool powerButtonPressed()
{
    constexpr std::uint16_t PowerButton = 1U << 8; // PM1 status; writing the bit clears it
    if (!powerTable)
        return false;
    const auto status = static_cast<std::uint16_t>(field<std::uint32_t>(powerTable + 56)); // PM1a events
    if (status == 0 || !(in16(status) & PowerButton))
        return false;
    out16(status, PowerButton);
    return true;
}

bool switchOff()
{
    constexpr std::uint8_t PackageOp = 0x12;
    constexpr std::uint8_t BytePrefix = 0x0A;
    constexpr std::uint16_t SleepEnable = 1U << 13;
    if (!powerTable)
        return false;
    // What to write is in the package _S5_ of the DSDT, a program for an interpreter that we do not have;
    // but its first number always stands right behind the name.
    const std::uint8_t* code = at(field<std::uint32_t>(powerTable + 40));
    const auto length = field<std::uint32_t>(code + 4);
    for (std::uint32_t i = 36; i + 10 < length; ++i) {
        if (!has(code + i, "_S5_") || code[i + 4] != PackageOp)
            continue;
        const std::uint8_t* value = code + i + 5;
        value += 1 + (*value >> 6) + 1; // the package's length and its number of elements
        const std::uint16_t type = *value == BytePrefix ? value[1] : *value;
        const auto port = static_cast<std::uint16_t>(field<std::uint32_t>(powerTable + 64)); // PM1a control
        out16(port, static_cast<std::uint16_t>((type & 7) << 10 | SleepEnable));
        return true;
    }
    return false;
}

void restart()
{
    constexpr std::uint16_t ResetControl = 0xCF9; // ICH9, section 13.7.5
    out8(ResetControl, 2);
    out8(ResetControl, 6);
    for (;;)
        waitForInterrupt();
}

} // namespace demo

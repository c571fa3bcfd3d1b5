// SPDX-License-Identifier: GPL-3.0-or-later
#include "machine/fw_cfg_content.h"

#include <algorithm>

namespace engine {

namespace {

// Item numbers (QEMU docs/specs/fw_cfg; the numbers that firmware selects).
constexpr std::uint16_t Signature = 0x0000;
constexpr std::uint16_t InterfaceId = 0x0001;
constexpr std::uint16_t Uuid = 0x0002;
constexpr std::uint16_t RamSize = 0x0003;
constexpr std::uint16_t NoGraphic = 0x0004;
constexpr std::uint16_t CpuCount = 0x0005;
constexpr std::uint16_t KernelSize = 0x0008;
constexpr std::uint16_t InitrdSize = 0x000b;
constexpr std::uint16_t NumaTable = 0x000d;
constexpr std::uint16_t BootMenu = 0x000e;
constexpr std::uint16_t MaxCpuCount = 0x000f;
constexpr std::uint16_t CommandLineSize = 0x0014;
constexpr std::uint16_t SetupSize = 0x0017;
constexpr std::uint16_t LegacyIrq0Override = 0x8002;

constexpr std::uint32_t TraditionalAndDma = 3;

FwCfg::Bytes toBytes(std::string_view text)
{
    const auto raw = std::as_bytes(std::span(text));
    return {raw.begin(), raw.end()};
}

FwCfg::Bytes bootOrderFile(const std::vector<std::string>& order)
{
    std::string text;
    for (const std::string& path : order)
        text += path + '\n';
    if (text.empty())
        return {};
    text.back() = '\0'; // lines are separated by newlines; the file ends with a zero
    return toBytes(text);
}

} // namespace

Result<> fillFwCfg(FwCfg& device, const FwCfgContent& content)
{
    VM_TRY(device.setItem(Signature, toBytes("QEMU")));
    VM_TRY(device.setNumber(InterfaceId, TraditionalAndDma));
    VM_TRY(device.setItem(Uuid, {content.uuid.begin(), content.uuid.end()}));
    VM_TRY(device.setNumber(RamSize, content.ramBytes));
    VM_TRY(device.setNumber(NoGraphic, static_cast<std::uint16_t>(content.hasDisplay ? 0 : 1)));
    VM_TRY(device.setNumber(CpuCount, static_cast<std::uint16_t>(content.cpuCount)));
    VM_TRY(device.setNumber(MaxCpuCount, static_cast<std::uint16_t>(content.cpuCount)));
    VM_TRY(device.setNumber(BootMenu, std::uint16_t{0}));
    for (const std::uint16_t absent : {KernelSize, InitrdSize, CommandLineSize, SetupSize})
        VM_TRY(device.setNumber(absent, std::uint32_t{0}));
    // No NUMA nodes: their number, then one word for each CPU.
    VM_TRY(device.setItem(NumaTable, FwCfg::Bytes(sizeof(std::uint64_t) * (1 + content.cpuCount))));
    VM_TRY(device.setNumber(LegacyIrq0Override, std::uint32_t{1}));

    VM_TRY(device.setFile("etc/e820", firmware::firmwareMemoryMapFile(content.memory)));
    VM_TRY(device.setFile("bootorder", bootOrderFile(content.bootOrder)));
    // Milliseconds before SeaBIOS reboots when nothing was bootable; -1: it stays at its message.
    VM_TRY(device.setFile("etc/boot-fail-wait", FwCfg::Bytes(sizeof(std::uint32_t), std::byte{0xff})));
    // Sleep states S0 to S5: supported (bit 7) with their SLP_TYP; only S0 and S5 here.
    constexpr std::array<std::byte, 6> SleepStates{std::byte{128}, std::byte{0}, std::byte{0},
                                                   std::byte{0},   std::byte{0}, std::byte{128}};
    VM_TRY(device.setFile("etc/system-states", {SleepStates.begin(), SleepStates.end()}));
    if (!content.floppyImage.empty())
        VM_TRY(device.setFile("floppyimg/floppy.img", content.floppyImage));
    return {};
}

Result<> setMultibootItems(FwCfg& device, firmware::MultibootStart start)
{
    constexpr std::uint16_t KernelAddress = 0x0007; // as in engine/firmware/rom/multiboot.asm
    constexpr std::uint16_t InformationSize = InitrdSize;
    constexpr std::uint16_t KernelEntry = 0x0010;
    constexpr std::uint16_t KernelData = 0x0011;
    constexpr std::uint16_t Information = 0x0012;
    VM_TRY(device.setNumber(KernelAddress, start.kernelAddress));
    VM_TRY(device.setNumber(KernelSize, static_cast<std::uint32_t>(start.kernel.size())));
    VM_TRY(device.setNumber(InformationSize, static_cast<std::uint32_t>(start.info.size())));
    VM_TRY(device.setNumber(KernelEntry, start.entry));
    VM_TRY(device.setItem(KernelData, std::move(start.kernel)));
    VM_TRY(device.setItem(Information, std::move(start.info)));
    return device.setFile("genroms/multiboot.bin", std::move(start.rom));
}

void fillCmos(Rtc& rtc, const FwCfgContent& content)
{
    const auto set16 = [&](std::uint8_t index, std::uint64_t value) {
        rtc.setCmos(index, static_cast<std::uint8_t>(value));
        rtc.setCmos(static_cast<std::uint8_t>(index + 1), static_cast<std::uint8_t>(value >> 8));
    };
    constexpr std::uint64_t Word = 0xffff;
    constexpr std::uint64_t KiB = 1024;
    constexpr std::uint64_t Step = 64 * KiB;
    constexpr std::uint64_t OneMebibyte = KiB * KiB;
    constexpr std::uint64_t SixteenMebibytes = 16 * OneMebibyte;
    const std::uint64_t low = content.memory.lowRamBytes;
    set16(0x15, 640);                                       // base memory, KiB
    set16(0x17, std::min((low - OneMebibyte) / KiB, Word)); // extended, KiB
    set16(0x30, std::min((low - OneMebibyte) / KiB, Word)); // the same again
    set16(0x34, low > SixteenMebibytes ? std::min((low - SixteenMebibytes) / Step, Word) : 0);
    const std::uint64_t high = content.memory.highRamBytes / Step;
    set16(0x5b, high);
    rtc.setCmos(0x5d, static_cast<std::uint8_t>(high >> 16));
    rtc.setCmos(0x5f, static_cast<std::uint8_t>(content.cpuCount - 1));
    // Boot order nibbles for BIOSes that do not read "bootorder": 2 disk, 3 CD.
    rtc.setCmos(0x3d, 0x32);
    rtc.setCmos(0x38, 0x00);
    rtc.setCmos(0x14, 0x06); // equipment: display, no floppy drive, mathematics unit, mouse
}

} // namespace engine

// SPDX-License-Identifier: GPL-3.0-or-later
#include "conformance/trace_replay.h"

#include <algorithm>
#include <array>

namespace engine::conformance {

namespace {

constexpr std::uint64_t Everything = ~std::uint64_t{0};

bool isCmos(const ReplayContext& context, std::initializer_list<unsigned> indexes)
{
    return context.access.region == "rtc" && std::ranges::find(indexes, context.cmosIndex) != indexes.end();
}

/// A register of an AHCI port, by its offset (AHCI 1.3.1, 3.3).
bool isAhciPort(const ReplayContext& context, std::uint64_t offset)
{
    return context.access.region == "ahci" && (context.access.address & 0xf00) != 0
           && (context.access.address & 0x7f) == offset;
}

bool isRegion(const ReplayContext& context, std::string_view region)
{
    return context.access.region == region;
}

/// Input status register 1 of the VGA, at its port and in the display's window.
bool isInputStatus1(const ReplayContext& context)
{
    return (isRegion(context, "vga") && context.access.address == 0x3da)
           || (isRegion(context, "vga ioports remapped") && (context.access.address & 0xfff) == 0x41a);
}

/// The configuration space of 02.0.
bool isSlot2(const ReplayContext& context)
{
    return (isRegion(context, "pci-conf-data") && (context.configAddress & 0xffff00) == 0x1000)
           || (isRegion(context, "pcie-mmcfg-mmio") && (context.access.address & 0xffff000) == 0x10000);
}

constexpr std::array Rules{
    // Time.
    MaskRule{[](const ReplayContext& c) { return isRegion(c, "acpi-tmr"); }, Everything,
             "the power management timer runs"},
    MaskRule{[](const ReplayContext& c) { return isCmos(c, {0x00, 0x02}); }, Everything,
             "seconds and minutes run"},
    MaskRule{[](const ReplayContext& c) { return isCmos(c, {0x0a}); }, 0x80,
             "an update of the clock is under way"},
    MaskRule{[](const ReplayContext& c) { return isCmos(c, {0x0c}); }, Everything,
             "whether an update ended depends on when one looks"},
    MaskRule{isInputStatus1, 0x09, "where the beam is"},
    MaskRule{[](const ReplayContext& c) {
                 return isAhciPort(c, 0x10) && c.diskCommandUnderWay && c.access.value == 0;
             },
             Everything, "how long a disk command takes"},
    // Choices of this machine.
    MaskRule{[](const ReplayContext& c) { return isCmos(c, {0x38, 0x3d}); }, Everything,
             "the order of start devices for old BIOSes has no floppy drive"},
    MaskRule{isSlot2, Everything, "this machine has a source of random numbers at 02.0"},
    MaskRule{[](const ReplayContext& c) { return isRegion(c, "io") && (c.access.address & ~7ULL) == 0x2f8; },
             Everything, "this machine has a second serial port"},
    MaskRule{[](const ReplayContext& c) { return isRegion(c, "edid"); }, Everything, "another monitor"},
    MaskRule{[](const ReplayContext& c) { return isRegion(c, "acpi-cpu-hotplug"); }, Everything,
             "processors cannot be added while it runs: nothing answers"},
    // What the recordings lack.
    MaskRule{[](const ReplayContext& c) { return isRegion(c, "i8042-data") && !c.keyboardCommandsRecorded; },
             Everything, "the keyboard controller's data means nothing without its commands"},
    // The reference's own ways.
    MaskRule{[](const ReplayContext& c) { return isAhciPort(c, 0x10); }, 0x1,
             "PxIS.DHRS: the reference sends a register FIS after PIO data too, and one late at the start"},
    MaskRule{[](const ReplayContext& c) { return isAhciPort(c, 0x20); }, 0x70,
             "PxTFD: status bits 6 to 4 have no meaning before and after a command, or are obsolete"},
};

constexpr std::array HypervisorRegions{std::string_view("apic-msi"), std::string_view("pic"),
                                       std::string_view("pit"), std::string_view("elcr"),
                                       std::string_view("kvmvapic")};

constexpr std::array MemoryRegions{
    std::string_view("ahci"),          std::string_view("bochs dispi interface"),
    std::string_view("edid"),          std::string_view("pcie-mmcfg-mmio"),
    std::string_view("system.flash1"), std::string_view("vga ioports remapped"),
    std::string_view("vga-lowmem")};

} // namespace

std::span<const MaskRule> maskRules()
{
    return Rules;
}

bool isHypervisors(std::string_view region)
{
    return std::ranges::find(HypervisorRegions, region) != HypervisorRegions.end();
}

bool isPortRegion(std::string_view region)
{
    return std::ranges::find(MemoryRegions, region) == MemoryRegions.end();
}

} // namespace engine::conformance

// SPDX-License-Identifier: GPL-3.0-or-later
#include "firmware/dsdt.h"

#include "firmware/acpi_resources.h"
#include "firmware/aml.h"

#include <array>
#include <string>

namespace engine::firmware {

using namespace aml;

namespace {

constexpr unsigned PciSlots = 32;
constexpr unsigned PciPins = 4;
constexpr unsigned FirstChipsetSlot = 25;   // the chipset's own devices take PIRQA-D in order
constexpr unsigned FirstPciGsi = 16;        // PIRQA is IOAPIC input 16
constexpr std::uint8_t PirqDisabled = 0x80; // IRQEN# of PIRQn_ROUT (ICH9 datasheet, 13.1.17)
constexpr std::uint16_t LinkIrqs = 1U << 5 | 1U << 10 | 1U << 11;
constexpr std::string_view PirqNames = "ABCDEFGH";

/// Which of PIRQA-H a device's interrupt pin reaches: as PirqRouter wires it.
unsigned pirqOf(unsigned slot, unsigned pin)
{
    return slot >= FirstChipsetSlot ? pin : 4 + (slot + pin) % 4;
}

std::string linkPath(unsigned pirq)
{
    return std::string("\\_SB.LNK") + PirqNames[pirq];
}

std::string routePath(unsigned pirq)
{
    return std::string("\\_SB.PCI0.ISA.PRQ") + PirqNames[pirq];
}

/// _PRT: an entry per device and pin, for the PIC through a link device, for the APIC by GSI.
Term routingTable(std::string_view object, bool forApic)
{
    Terms entries;
    for (unsigned slot = 0; slot < PciSlots; ++slot) {
        for (unsigned pin = 0; pin < PciPins; ++pin) {
            const unsigned pirq = pirqOf(slot, pin);
            const Term source = forApic ? integer(0) : path(linkPath(pirq));
            entries.push_back(package({integer(std::uint64_t{slot} << 16 | 0xffff), integer(pin), source,
                                       integer(forApic ? FirstPciGsi + pirq : 0)}));
        }
    }
    return name(object, package(entries));
}

/// _OSC of a PCI Express host bridge (PCI Firmware 3.3, 4.5.1): grants what needs no help from us.
Term capabilityNegotiation()
{
    // Native hot plug, power management events, error reporting, capability structure; not SHPC.
    constexpr std::uint64_t Granted = 0x1d;
    const Term status = path("CDW1");
    const Term control = path("CDW3");
    return method(
        "_OSC", 4, Serialized::Yes,
        {createDwordField(argument(3), 0, "CDW1"),
         ifThen(equal(argument(0), uuid("33db4d5b-1ff7-401c-9657-7441c03dd766")),
                {createDwordField(argument(3), 8, "CDW3"), bitAnd(control, integer(Granted), local(0)),
                 ifThen(logicalNot(equal(argument(1), integer(1))),
                        {bitOr(status, integer(0x08), status)}), // unknown revision
                 ifThen(logicalNot(equal(control, local(0))),
                        {bitOr(status, integer(0x10), status)}), // capabilities masked
                 store(local(0), control)}),
         otherwise({bitOr(status, integer(0x04), status)}), // unrecognised UUID
         returnValue(argument(3))});
}

Term hostBridgeWindows(const AcpiConfig& config)
{
    using enum Resources::Caching;
    const std::uint64_t buses = config.ecamBase != 0 ? config.ecamBytes >> 20 : 256;
    Resources resources;
    resources.busNumbers(0, static_cast<std::uint8_t>(buses - 1))
        .ports(0xcf8, 8)
        .portWindow(0x0000, 0x0cf7)
        .portWindow(0x0d00, 0xffff)
        .memoryWindow32(0xa'0000, 0xb'ffff, Cacheable);
    if (config.pciWindow32)
        resources.memoryWindow32(config.pciWindow32->first, config.pciWindow32->last, Uncached);
    if (config.pciWindow64)
        resources.memoryWindow64(config.pciWindow64->first, config.pciWindow64->last, Cacheable);
    return name("_CRS", resources.buffer());
}

Term isaDevice(std::string_view object, std::string_view id, Resources resources, Terms more = {})
{
    Terms body{name("_HID", eisaId(id))};
    body.insert(body.end(), more.begin(), more.end());
    body.push_back(name("_CRS", resources.buffer()));
    return device(object, body);
}

Terms serialPorts(const AcpiConfig& config)
{
    Terms devices;
    for (std::size_t i = 0; i < config.serialPorts.size(); ++i) {
        const AcpiSerialPort& port = config.serialPorts[i];
        devices.push_back(isaDevice("COM" + std::to_string(i + 1), "PNP0501",
                                    Resources().ports(port.port, 8).isaIrq(port.irq),
                                    {name("_UID", integer(i + 1))}));
    }
    return devices;
}

/// The LPC bridge at 1F.0 with its interrupt routing registers and what sits behind it.
Term lpcBridge(const AcpiConfig& config)
{
    Terms body{name("_ADR", integer(0x001f'0000)),
               operationRegion("PIRQ", RegionSpace::PciConfig, 0x60, 0x0c),
               byteField("PIRQ", {{"PRQA", 8},
                                  {"PRQB", 8},
                                  {"PRQC", 8},
                                  {"PRQD", 8},
                                  {"", 32},
                                  {"PRQE", 8},
                                  {"PRQF", 8},
                                  {"PRQG", 8},
                                  {"PRQH", 8}}),
               isaDevice("RTC", "PNP0B00", Resources().ports(0x70, 2).isaIrq(8))};
    if (config.hasPs2) {
        body.push_back(isaDevice("KBD", "PNP0303", Resources().ports(0x60, 1).ports(0x64, 1).isaIrq(1)));
        body.push_back(isaDevice("MOU", "PNP0F13", Resources().isaIrq(12)));
    }
    const Terms ports = serialPorts(config);
    body.insert(body.end(), ports.begin(), ports.end());
    return device("ISA", body);
}

Term hostBridge(const AcpiConfig& config)
{
    return device("PCI0",
                  {name("_HID", eisaId("PNP0A08")), name("_CID", eisaId("PNP0A03")), name("_UID", integer(0)),
                   name("_BBN", integer(0)), name("_SEG", integer(0)), hostBridgeWindows(config),
                   routingTable("PRTP", false), routingTable("PRTA", true),
                   method("_PRT", 0, Serialized::No,
                          {ifThen(path("\\PICF"), {returnValue(path("PRTA"))}), returnValue(path("PRTP"))}),
                   capabilityNegotiation(), lpcBridge(config)});
}

/// An interrupt link device: lets an OS without APIC choose the PIRQ's legacy interrupt.
Term interruptLink(unsigned pirq)
{
    constexpr std::uint8_t MaskOffset = 1; // of the mask in an IRQ descriptor
    const Term route = path(routePath(pirq));
    return device(
        linkPath(pirq).substr(5),
        {name("_HID", eisaId("PNP0C0F")), name("_UID", integer(pirq + 1)),
         name("_PRS", Resources().pciIrqs(LinkIrqs).buffer()),
         method("_STA", 0, Serialized::No,
                {ifThen(bitAnd(route, integer(PirqDisabled)), {returnValue(integer(0x9))}),
                 returnValue(integer(0xb))}),
         method("_DIS", 0, Serialized::No, {bitOr(route, integer(PirqDisabled), route)}),
         method("_CRS", 0, Serialized::No, {returnValue(call("\\_SB.LCRS", {route}))}),
         method("_SRS", 1, Serialized::Yes,
                {createWordField(argument(0), MaskOffset, "IRQM"), findSetRightBit(path("IRQM"), local(0)),
                 ifThen(local(0), {decrement(local(0)), store(local(0), route)})})});
}

/// LCRS(route): the present resources of a link whose routing register reads `route`.
Term linkResources()
{
    return method("LCRS", 1, Serialized::Yes,
                  {store(Resources().pciIrqs(0).buffer(), local(0)), createWordField(local(0), 1, "IRQM"),
                   ifThen(logicalNot(bitAnd(argument(0), integer(PirqDisabled))),
                          {shiftLeft(integer(1), bitAnd(argument(0), integer(0x0f)), path("IRQM"))}),
                   returnValue(local(0))});
}

/// Addresses that belong to the board, so that no operating system gives them away.
Term boardResources(const AcpiConfig& config)
{
    Resources resources;
    resources.ports(0xb2, 2).ports(config.powerManagementBase, 0x80).fixedMemory(0xfed1'c000, 0x4000);
    if (config.ecamBase != 0)
        resources.fixedMemory(config.ecamBase, config.ecamBytes);
    return isaDevice("MBRD", "PNP0C02", resources, {name("_UID", integer(1))});
}

Terms optionalDevices(const AcpiConfig& config)
{
    Terms devices;
    if (config.hasFwCfg)
        devices.push_back(device("FWCF", {name("_HID", text("QEMU0002")), name("_STA", integer(0xb)),
                                          name("_CRS", Resources().ports(0x510, 12).buffer())}));
    if (config.hasTpm)
        devices.push_back(device(
            "TPM", {name("_HID", text("MSFT0101")), name("_STA", integer(0xf)), name("_UID", integer(1)),
                    name("_CRS", Resources().fixedMemory(0xfed4'0000, 0x5000).buffer())}));
    return devices;
}

/// Devices rather than the older Processor() objects: those end at 255 CPUs.
Term processors(const AcpiConfig& config)
{
    constexpr std::string_view HexDigits = "0123456789ABCDEF";
    Terms devices;
    for (std::size_t i = 0; i < config.apicIds.size(); ++i) {
        const std::string object{'C', HexDigits[i >> 8 & 15], HexDigits[i >> 4 & 15], HexDigits[i & 15]};
        devices.push_back(device(object, {name("_HID", text("ACPI0007")), name("_UID", integer(i))}));
    }
    return sequence(devices);
}

} // namespace

Bytes buildDsdtCode(const AcpiConfig& config)
{
    Terms systemBus{processors(config), hostBridge(config), linkResources()};
    for (unsigned pirq = 0; pirq < PirqNames.size(); ++pirq)
        systemBus.push_back(interruptLink(pirq));
    systemBus.push_back(boardResources(config));
    const Terms more = optionalDevices(config);
    systemBus.insert(systemBus.end(), more.begin(), more.end());

    const Term sleepType = integer(config.sleepTypeS5);
    return sequence({name("\\PICF", integer(0)),
                     method("\\_PIC", 1, Serialized::No, {store(argument(0), path("\\PICF"))}),
                     scope("\\_SB", systemBus), scope("\\_GPE", {name("_HID", text("ACPI0006"))}),
                     name("\\_S5", package({sleepType, sleepType, integer(0), integer(0)}))})
        .code;
}

} // namespace engine::firmware

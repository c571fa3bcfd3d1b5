// SPDX-License-Identifier: GPL-3.0-or-later
#include "devices/pci/lpc_bridge.h"

#include <algorithm>

namespace engine::pci {

namespace {

// Registers of D31:F0 (datasheet 316972, section 13.1).
constexpr std::uint16_t PmBase = 0x40;          ///< PMBASE
constexpr std::uint16_t AcpiControl = 0x44;     ///< ACPI_CNTL
constexpr std::uint16_t PirqARoute = 0x60;      ///< PIRQA_ROUT to PIRQD_ROUT
constexpr std::uint16_t PirqERoute = 0x68;      ///< PIRQE_ROUT to PIRQH_ROUT
constexpr std::uint16_t LpcIoDecode = 0x80;     ///< LPC_I/O_DEC
constexpr std::uint16_t LpcEnables = 0x82;      ///< LPC_EN
constexpr std::uint16_t GeneralPm1 = 0xa0;      ///< GEN_PMCON_1
constexpr std::uint16_t BiosControl = 0xdc;     ///< BIOS_CNTL
constexpr std::uint16_t RootComplexBase = 0xf0; ///< RCBA

constexpr std::uint8_t AcpiEnable = 0x80;
constexpr std::uint8_t SciSelect = 0x07;
constexpr std::uint32_t PmBaseMask = 0xff80;
constexpr std::uint32_t RootComplexEnable = 1;
constexpr std::uint32_t RootComplexBaseMask = 0xffff'c000;

// Chipset configuration (section 10.1): D31IR, D29IR to D25IR, the interrupt routes of those devices
// (D30IR, at 3142h, starts as zero), and GCS.
constexpr std::array<std::size_t, 6> InterruptRoutes{0x3140, 0x3144, 0x3146, 0x3148, 0x314c, 0x3150};
constexpr std::byte RouteLow{0x10};            // INTA# to PIRQA#, INTB# to PIRQB#
constexpr std::byte RouteHigh{0x32};           // INTC# to PIRQC#, INTD# to PIRQD#
constexpr std::size_t GeneralControl = 0x3410; ///< GCS
constexpr std::byte NoReboot{0x20};            ///< the watchdog of this board does not reset it

PciIdentity identity()
{
    return {.vendorId = 0x8086, .deviceId = 0x2918, .classCode = 0x060100, .revision = 2};
}

} // namespace

LpcBridge::LpcBridge(Bus& ports, AddressSpace& memory, PirqRouter& pirqs, BusDevice& powerBlock)
    : PciFunction("lpc-bridge", identity()), m_ports(ports), m_memory(memory), m_pirqs(pirqs),
      m_powerBlock(powerBlock)
{
    constexpr std::uint8_t MultiFunction = 0x80;
    config().set8(reg::HeaderType, MultiFunction);
    config().set32(PmBase, 1);
    config().allowWrite(PmBase, 4, PmBaseMask);
    config().allowWrite(AcpiControl, 1, AcpiEnable | SciSelect);
    for (std::uint16_t i = 0; i < 4; ++i)
        for (const std::uint16_t base : {PirqARoute, PirqERoute}) {
            config().set8(base + i, PirqRouter::RouteDisabled);
            config().allowWrite(base + i, 1, 0x8f);
        }
    config().allowWrite(LpcIoDecode, 2, 0x1377);
    config().set16(LpcEnables, 0x0007); // COMA, COMB and LPT: the ports that this board has
    config().allowWrite(LpcEnables, 2, 0x3f0f);
    config().allowWrite(GeneralPm1, 2, 0x06ef);
    config().allowWrite(BiosControl, 1, 0x0f);
    config().allowWrite(RootComplexBase, 4, RootComplexBaseMask | RootComplexEnable);
}

LpcBridge::~LpcBridge()
{
    if (m_powerBase)
        m_ports.remove({.base = *m_powerBase, .length = PowerBlockBytes});
    if (m_chipsetConfigBase)
        m_memory.mmio().remove({.base = *m_chipsetConfigBase, .length = ChipsetConfigBytes});
}

void LpcBridge::reset()
{
    PciFunction::reset();
    m_chipsetConfig.reset();
    applyAll();
}

void LpcBridge::saveState(StateWriter& out) const
{
    StateWriter header;
    PciFunction::saveState(header);
    out.version(1);
    out.bytes(header.data());
    out.bytes(m_chipsetConfig.values());
}

Result<> LpcBridge::restoreState(StateReader& in)
{
    constexpr std::size_t HeaderLimit = 8192;
    (void)in.version(1);
    const auto header = in.bytes(HeaderLimit);
    std::vector<std::byte> chipsetConfig(ChipsetConfigBytes);
    in.bytes(chipsetConfig);
    VM_TRY(in.finish());
    StateReader headerIn(header);
    VM_TRY(PciFunction::restoreState(headerIn));
    m_chipsetConfig.setValues(chipsetConfig);
    applyAll();
    return {};
}

void LpcBridge::enablePowerBlock(std::uint16_t base)
{
    config().set32(PmBase, (base & PmBaseMask) | 1);
    config().set8(AcpiControl, AcpiEnable);
    updatePowerBlock();
}

void LpcBridge::setPirqRoutes(std::uint8_t routeAbEf, std::uint8_t routeCdGh)
{
    for (std::uint16_t i = 0; i < 4; ++i)
        for (const std::uint16_t base : {PirqARoute, PirqERoute})
            config().set8(base + i, i < 2 ? routeAbEf : routeCdGh);
    updateRoutes();
}

void LpcBridge::onConfigWritten(std::uint16_t offset, unsigned width)
{
    const auto end = offset + width;
    if (offset < AcpiControl + 1 && PmBase < end)
        updatePowerBlock();
    if (offset < PirqERoute + 4 && PirqARoute < end)
        updateRoutes();
    if (offset < RootComplexBase + 4 && RootComplexBase < end)
        updateChipsetConfig();
}

void LpcBridge::applyAll()
{
    updatePowerBlock();
    updateRoutes();
    updateChipsetConfig();
}

void LpcBridge::updatePowerBlock()
{
    const auto control = configSpace().get8(AcpiControl);
    const auto base = static_cast<std::uint16_t>(configSpace().get32(PmBase) & PmBaseMask);
    const bool enabled = (control & AcpiEnable) != 0 && base != 0;
    if (m_powerBase && (!enabled || *m_powerBase != base)) {
        m_ports.remove({.base = *m_powerBase, .length = PowerBlockBytes});
        m_powerBase.reset();
    }
    if (enabled && !m_powerBase && m_ports.insert({.base = base, .length = PowerBlockBytes}, m_powerBlock))
        m_powerBase = base;
    if (m_sciListener) {
        constexpr std::array<unsigned, 8> SciRoutes{9, 10, 11, 9, 20, 21, 22, 23};
        m_sciListener(SciRoutes.at(control & SciSelect));
    }
}

void LpcBridge::updateRoutes()
{
    for (std::uint16_t i = 0; i < 4; ++i) {
        m_pirqs.setRoute(i, configSpace().get8(PirqARoute + i));
        m_pirqs.setRoute(4U + i, configSpace().get8(PirqERoute + i));
    }
}

void LpcBridge::updateChipsetConfig()
{
    const auto rcba = configSpace().get32(RootComplexBase);
    const std::uint64_t base = rcba & RootComplexBaseMask;
    const bool enabled = (rcba & RootComplexEnable) != 0;
    Bus& mmio = m_memory.mmio();
    if (m_chipsetConfigBase && (!enabled || *m_chipsetConfigBase != base)) {
        mmio.remove({.base = *m_chipsetConfigBase, .length = ChipsetConfigBytes});
        m_chipsetConfigBase.reset();
    }
    if (enabled && !m_chipsetConfigBase
        && mmio.insert({.base = base, .length = ChipsetConfigBytes}, m_chipsetConfig))
        m_chipsetConfigBase = base;
}

void LpcBridge::ChipsetConfig::reset()
{
    std::scoped_lock lock(m_mutex);
    m_bytes.fill(std::byte{0});
    for (const std::size_t at : InterruptRoutes) {
        m_bytes.at(at) = RouteLow;
        m_bytes.at(at + 1) = RouteHigh;
    }
    m_bytes.at(GeneralControl) = NoReboot;
}

std::vector<std::byte> LpcBridge::ChipsetConfig::values() const
{
    std::scoped_lock lock(m_mutex);
    return {m_bytes.begin(), m_bytes.end()};
}

void LpcBridge::ChipsetConfig::setValues(std::span<const std::byte> values)
{
    std::scoped_lock lock(m_mutex);
    std::ranges::copy(values, m_bytes.begin());
}

void LpcBridge::ChipsetConfig::read(std::uint64_t offset, std::span<std::byte> data)
{
    std::scoped_lock lock(m_mutex);
    for (std::size_t i = 0; i < data.size(); ++i)
        data[i] = offset + i < m_bytes.size() ? m_bytes.at(offset + i) : std::byte{0xff};
}

void LpcBridge::ChipsetConfig::write(std::uint64_t offset, std::span<const std::byte> data)
{
    std::scoped_lock lock(m_mutex);
    for (std::size_t i = 0; i < data.size() && offset + i < m_bytes.size(); ++i)
        m_bytes.at(offset + i) = data[i];
}

} // namespace engine::pci

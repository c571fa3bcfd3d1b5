// SPDX-License-Identifier: GPL-3.0-or-later
#include "devices/pci/host_bridge.h"

namespace engine::pci {

namespace {

// Registers of D0:F0 (datasheet 316966, section 5.1).
constexpr std::uint16_t PciExpressBar = 0x60; ///< PCIEXBAR, 64 bits
constexpr std::uint16_t Pam0 = 0x90;          ///< PAM0 to PAM6
constexpr std::uint16_t SmramControl = 0x9d;  ///< SMRAM
constexpr std::uint16_t ExtendedSmram = 0x9e; ///< ESMRAMC

constexpr std::uint64_t PciExpressBarEnable = 1 << 0;
constexpr std::uint8_t SmramReset = 0x02;         // C_BASE_SEG, read-only
constexpr std::uint8_t SmramOpen = 0x20;          // D_CLS: the only bit that works without SMM
constexpr std::uint8_t ExtendedSmramReset = 0x38; // cache disable bits, read-only

// PAM attribute bits: reads from RAM, writes to RAM.
constexpr std::uint8_t PamReadRam = 1;
constexpr std::uint8_t PamWriteRam = 2;

constexpr std::uint64_t BiosAreaStart = 0xe0000;
constexpr std::uint64_t OneMebibyte = 0x10'0000;

PciIdentity identity()
{
    return {.vendorId = 0x8086, .deviceId = 0x29c0, .classCode = 0x060000};
}

std::uint64_t ecamBytes(std::uint64_t bar)
{
    switch (bar >> 1 & 3) { // Length field: buses 0-255, 0-127, 0-63
    case 0: return std::uint64_t{256} << 20;
    case 1: return std::uint64_t{128} << 20;
    case 2: return std::uint64_t{64} << 20;
    default: return 0;
    }
}

} // namespace

HostBridge::HostBridge(RootComplex& root, AddressSpace& memory, std::shared_ptr<HostBlock> lowRam,
                       std::shared_ptr<HostBlock> biosRom)
    : PciFunction("host-bridge", identity()), m_root(root), m_memory(memory), m_lowRam(std::move(lowRam)),
      m_biosRom(std::move(biosRom))
{
    config().set32(PciExpressBar, static_cast<std::uint32_t>(DefaultEcamBase));
    config().allowWrite(PciExpressBar, 4, 0xf000'0007);
    config().allowWrite(PciExpressBar + 4, 4, 0xf);
    config().allowWrite(Pam0, 1, 0x30);
    for (std::uint16_t i = 1; i <= 6; ++i)
        config().allowWrite(Pam0 + i, 1, 0x33);
    config().set8(SmramControl, SmramReset);
    config().allowWrite(SmramControl, 1, SmramOpen);
    config().set8(ExtendedSmram, ExtendedSmramReset);
}

HostBridge::~HostBridge()
{
    if (m_ecamBase)
        m_memory.mmio().remove({.base = *m_ecamBase, .length = m_ecamLength});
    for (const auto& mapping : m_pamMappings)
        if (mapping)
            m_memory.unmap(*mapping);
}

Result<> HostBridge::powerOn()
{
    updatePam();
    updateEcam();
    return {};
}

void HostBridge::reset()
{
    PciFunction::reset();
    updatePam();
    updateEcam();
}

Result<> HostBridge::restoreState(StateReader& in)
{
    VM_TRY(PciFunction::restoreState(in));
    updatePam();
    updateEcam();
    return {};
}

void HostBridge::enableEcam(std::uint64_t base)
{
    config().set32(PciExpressBar, static_cast<std::uint32_t>(base | PciExpressBarEnable));
    config().set32(PciExpressBar + 4, static_cast<std::uint32_t>(base >> 32));
    updateEcam();
}

void HostBridge::shadowAll()
{
    config().set8(Pam0, 0x30);
    for (std::uint16_t i = 1; i <= 6; ++i)
        config().set8(Pam0 + i, 0x33);
    updatePam();
}

void HostBridge::onConfigWritten(std::uint16_t offset, unsigned width)
{
    const auto end = offset + width;
    if (offset < Pam0 + 7 && Pam0 < end)
        updatePam();
    if (offset < PciExpressBar + 8 && PciExpressBar < end)
        updateEcam();
}

HostBridge::PamRegion HostBridge::pamRegion(unsigned index)
{
    if (index == 0)
        return {.base = 0xf0000, .length = 0x10000}; // PAM0, high nibble
    return {.base = 0xc0000 + (index - 1) * std::uint64_t{0x4000}, .length = 0x4000};
}

std::uint8_t HostBridge::pamAttributes(unsigned index) const
{
    // Region 0 is PAM0[5:4]; then two regions a register, low nibble first, from PAM1 on.
    const auto registerIndex = static_cast<std::uint16_t>(index == 0 ? 0 : 1 + (index - 1) / 2);
    const bool high = index == 0 || (index - 1) % 2 == 1;
    const auto value = configSpace().get8(static_cast<std::uint16_t>(Pam0 + registerIndex));
    return static_cast<std::uint8_t>((high ? value >> 4 : value) & 3);
}

std::optional<MemoryMapping> HostBridge::pamMapping(unsigned index) const
{
    const PamRegion region = pamRegion(index);
    const std::uint8_t attributes = pamAttributes(index);
    MemoryMapping mapping{.base = GuestAddress(region.base), .length = region.length};
    if (attributes & PamReadRam) {
        mapping.block = m_lowRam;
        mapping.blockOffset = region.base;
        mapping.access = (attributes & PamWriteRam) ? MemoryAccess::ReadWrite : MemoryAccess::ReadOnly;
        return mapping;
    }
    // Reads go to the bus: the firmware's alias where there is one, else nothing answers. "Read the bus,
    // write RAM" cannot be expressed as a memory slot; no known software leaves an area in that state.
    if (region.base < BiosAreaStart || !m_biosRom)
        return std::nullopt;
    mapping.block = m_biosRom;
    mapping.blockOffset = m_biosRom->sizeBytes() - (OneMebibyte - region.base);
    mapping.access = MemoryAccess::ReadOnly;
    return mapping;
}

void HostBridge::updatePam()
{
    std::vector<MappingId> remove;
    std::vector<MemoryMapping> add;
    std::vector<unsigned> added;
    for (unsigned i = 0; i < PamRegionCount; ++i) {
        const std::uint8_t attributes = pamAttributes(i);
        if (m_pamApplied.at(i) == attributes)
            continue;
        m_pamApplied.at(i) = attributes;
        if (m_pamMappings.at(i))
            remove.push_back(*m_pamMappings.at(i));
        m_pamMappings.at(i).reset();
        if (auto mapping = pamMapping(i)) {
            add.push_back(std::move(*mapping));
            added.push_back(i);
        }
    }
    if (remove.empty() && add.empty())
        return;
    if (const auto ids = m_memory.replace(remove, std::move(add)))
        for (std::size_t i = 0; i < added.size(); ++i)
            m_pamMappings.at(added[i]) = (*ids)[i];
}

void HostBridge::updateEcam()
{
    const std::uint64_t bar =
        configSpace().get32(PciExpressBar) | std::uint64_t{configSpace().get32(PciExpressBar + 4)} << 32;
    const std::uint64_t length = (bar & PciExpressBarEnable) ? ecamBytes(bar) : 0;
    const std::uint64_t base = bar & 0xf'f000'0000;
    if (m_ecamBase && (*m_ecamBase != base || m_ecamLength != length)) {
        m_memory.mmio().remove({.base = *m_ecamBase, .length = m_ecamLength});
        m_ecamBase.reset();
    }
    if (!m_ecamBase && length != 0
        && m_memory.mmio().insert({.base = base, .length = length}, m_root.ecam())) {
        m_ecamBase = base;
        m_ecamLength = length;
    }
}

} // namespace engine::pci

// SPDX-License-Identifier: GPL-3.0-or-later
#include "devices/pci/pci_function.h"

#include <algorithm>
#include <bit>
#include <cassert>

namespace engine::pci {

namespace {

constexpr std::uint32_t BarIsIo = 1 << 0;
constexpr std::uint32_t BarIs64Bit = 2 << 1;
constexpr std::uint32_t BarIsPrefetchable = 1 << 3;
constexpr std::uint32_t RomEnable = 1 << 0;

// RAM hides a BAR that a guest has put on top of it, as the memory controller of a real board does.
constexpr int BarPriority = -10;

bool isIo(BarKind kind)
{
    return kind == BarKind::Io;
}

bool is64Bit(BarKind kind)
{
    return kind == BarKind::Memory64 || kind == BarKind::Memory64Prefetchable;
}

std::uint32_t barFlags(BarKind kind)
{
    switch (kind) {
    case BarKind::Io: return BarIsIo;
    case BarKind::Memory32: return 0;
    case BarKind::Memory64: return BarIs64Bit;
    case BarKind::Memory32Prefetchable: return BarIsPrefetchable;
    case BarKind::Memory64Prefetchable: return BarIs64Bit | BarIsPrefetchable;
    }
    return 0;
}

std::uint16_t barOffset(unsigned index)
{
    return index == 6 ? reg::ExpansionRom : static_cast<std::uint16_t>(reg::Bar0 + 4 * index);
}

bool touches(std::uint16_t offset, unsigned width, std::uint16_t first, std::uint16_t length)
{
    return offset < first + length && first < offset + width;
}

} // namespace

PciFunction::PciFunction(std::string name, const PciIdentity& identity, std::size_t configBytes)
    : m_name(std::move(name)), m_config(configBytes)
{
    m_config.set16(reg::VendorId, identity.vendorId);
    m_config.set16(reg::DeviceId, identity.deviceId);
    m_config.set8(reg::RevisionId, identity.revision);
    m_config.set(reg::ClassCode, 3, identity.classCode);
    m_config.set16(reg::SubsystemVendorId, identity.subsystemVendorId);
    m_config.set16(reg::SubsystemId, identity.subsystemId);
    m_config.set8(reg::InterruptPin, static_cast<std::uint8_t>(identity.pin));
    // SERR#, parity and the rest of the command bits that software toggles on every device.
    m_config.allowWrite(reg::Command, 2, 0x0507);
    m_config.allowClear(reg::Status, 2, 0xf900);
    m_config.allowWrite(reg::CacheLineSize, 1, 0xff);
    m_config.allowWrite(reg::InterruptLine, 1, 0xff);
}

PciFunction::~PciFunction()
{
    if (m_services)
        for (Bar& bar : m_bars)
            unmap(bar);
}

Result<> PciFunction::connect(const PciServices& services, std::unique_ptr<IrqLine> intx)
{
    m_services.emplace(services);
    {
        std::scoped_lock lock(m_intxMutex);
        m_intx = std::move(intx);
    }
    if (m_msi)
        VM_TRY(m_msi->connect(services.msi));
    if (m_msix)
        m_msix->connect(services.msi);
    m_config.sealResetValues();
    m_sealed = true;
    return {};
}

void PciFunction::declareBar(unsigned index, BarKind kind, std::uint64_t sizeBytes)
{
    assert(!m_sealed && index < RomIndex && std::has_single_bit(sizeBytes));
    assert(sizeBytes >= (isIo(kind) ? 4U : 16U));
    m_bars.at(index).kind = kind;
    m_bars.at(index).size = sizeBytes;
    const std::uint64_t mask = ~(sizeBytes - 1);
    m_config.set32(barOffset(index), barFlags(kind));
    m_config.allowWrite(barOffset(index), 4, static_cast<std::uint32_t>(mask));
    if (is64Bit(kind))
        m_config.allowWrite(barOffset(index + 1), 4, static_cast<std::uint32_t>(mask >> 32));
}

void PciFunction::addBar(unsigned index, BarKind kind, std::uint64_t sizeBytes, BusDevice& handler)
{
    declareBar(index, kind, sizeBytes);
    m_bars.at(index).handler = &handler;
}

void PciFunction::addMemoryBar(unsigned index, BarKind kind, std::shared_ptr<HostBlock> block, bool logDirty)
{
    declareBar(index, kind, block->sizeBytes());
    m_bars.at(index).block = std::move(block);
    m_bars.at(index).logDirty = logDirty;
}

Result<> PciFunction::addRom(std::span<const std::byte> image)
{
    assert(!m_sealed);
    if (image.empty() || image.size() > 16U << 20)
        return fail(ErrorCode::InvalidArgument, "option ROM of an impossible size");
    constexpr std::uint64_t Page = 4096;
    const std::uint64_t size = std::max(Page, std::bit_ceil(std::uint64_t{image.size()}));
    auto block = VM_TRY(HostBlock::create(m_name + "-rom", size));
    VM_TRY(block->write(0, image));
    Bar& rom = m_bars[RomIndex];
    rom.size = size;
    rom.block = std::move(block);
    rom.access = MemoryAccess::ReadOnly;
    m_config.allowWrite(reg::ExpansionRom, 4, static_cast<std::uint32_t>(~(size - 1)) | RomEnable);
    return {};
}

void PciFunction::addDoorbell(unsigned barIndex, std::uint64_t offset, std::uint32_t length,
                              std::optional<std::uint64_t> datamatch, const EventFd& eventFd)
{
    assert(!m_sealed);
    m_bars.at(barIndex).doorbells.push_back(
        {.offset = offset, .length = length, .datamatch = datamatch, .eventFd = eventFd.fd()});
}

void PciFunction::addMsi(std::uint8_t capabilityOffset)
{
    assert(!m_sealed);
    m_msi.emplace(m_config, capabilityOffset);
}

void PciFunction::addMsix(std::uint8_t capabilityOffset, unsigned vectors, unsigned barIndex,
                          std::uint32_t leastBytes)
{
    assert(!m_sealed);
    m_msix.emplace(m_config, capabilityOffset, vectors, static_cast<std::uint8_t>(barIndex), 0, leastBytes);
    addBar(barIndex, BarKind::Memory32, m_msix->windowBytes(), *m_msix);
}

std::uint32_t PciFunction::configRead(std::uint16_t offset, unsigned width)
{
    beforeConfigRead(offset, width);
    std::uint32_t value = m_config.read(offset, width);
    if (touches(offset, width, reg::Status, 1)) {
        std::scoped_lock lock(m_intxMutex);
        if (m_intxAsserted)
            value |= std::uint32_t{StatusInterrupt} << (8 * (reg::Status - offset));
    }
    return value;
}

bool PciFunction::configWrite(std::uint16_t offset, unsigned width, std::uint32_t value)
{
    m_config.write(offset, width, value);
    const auto command = m_config.get16(reg::Command);
    if (touches(offset, width, reg::Command, 2)) {
        m_busMaster = (command & CommandBusMaster) != 0;
        std::scoped_lock lock(m_intxMutex);
        m_intxDisabled = (command & CommandInterruptDisable) != 0;
        driveIntx();
    }
    followMessageRegisters();
    onConfigWritten(offset, width);
    const bool wasReset = m_config.get16(reg::Command) != command; // by the function itself
    return wasReset || touches(offset, width, reg::Command, 2) || touches(offset, width, reg::Bar0, 24)
           || touches(offset, width, reg::ExpansionRom, 4);
}

void PciFunction::followMessageRegisters()
{
    if (m_msi)
        m_msi->update(m_config);
    if (m_msix)
        m_msix->update(m_config);
}

std::optional<std::uint64_t> PciFunction::wantedAddress(unsigned index) const
{
    const Bar& bar = m_bars.at(index);
    const auto command = m_config.get16(reg::Command);
    const std::uint16_t needed = isIo(bar.kind) && index != RomIndex ? CommandIoSpace : CommandMemorySpace;
    if (bar.size == 0 || (command & needed) == 0)
        return std::nullopt;
    const std::uint32_t low = m_config.get32(barOffset(index));
    if (index == RomIndex && (low & RomEnable) == 0)
        return std::nullopt;
    std::uint64_t address = low & ~(bar.size - 1);
    if (index != RomIndex && is64Bit(bar.kind))
        address |= std::uint64_t{m_config.get32(barOffset(index + 1))} << 32;
    const std::uint64_t last = address + (bar.size - 1);
    // Zero is where an unprogrammed BAR points; the last megabyte below 4 GiB is where a BAR points
    // while its size is probed. Neither may hide what really is there.
    constexpr std::uint64_t ProbeStart = 0xfff0'0000;
    const bool probing = !isIo(bar.kind) && last >= ProbeStart && last <= 0xffff'ffff;
    constexpr std::uint64_t PhysicalAddressEnd = std::uint64_t{1} << 52; // no x86 CPU reaches beyond
    if (address == 0 || last < address || last >= PhysicalAddressEnd || probing)
        return std::nullopt;
    if (isIo(bar.kind) && index != RomIndex && last > 0xffff)
        return std::nullopt;
    return address;
}

std::vector<IoEvent> PciFunction::ioEventsAt(const Bar& bar, std::uint64_t address) const
{
    std::vector<IoEvent> events;
    for (const Doorbell& doorbell : bar.doorbells)
        events.push_back({.space = isIo(bar.kind) ? IoEvent::Space::Ports : IoEvent::Space::Memory,
                          .address = address + doorbell.offset,
                          .length = doorbell.length,
                          .datamatch = doorbell.datamatch,
                          .eventFd = doorbell.eventFd});
    return events;
}

void PciFunction::unmap(Bar& bar)
{
    if (!bar.mapped)
        return;
    if (m_services->ioEvents)
        for (const IoEvent& event : ioEventsAt(bar, *bar.mapped))
            m_services->ioEvents->removeIoEvent(event);
    if (bar.mapping)
        m_services->memory.unmap(*bar.mapping);
    else if (isIo(bar.kind))
        m_services->ports.remove({.base = *bar.mapped, .length = bar.size});
    else
        m_services->memory.mmio().remove({.base = *bar.mapped, .length = bar.size});
    std::scoped_lock lock(m_mapMutex);
    bar.mapping.reset();
    bar.mapped.reset();
}

void PciFunction::map(Bar& bar, std::uint64_t address)
{
    std::optional<MappingId> mapping;
    if (bar.block) {
        auto mapped = m_services->memory.map({.base = GuestAddress(address),
                                              .length = bar.size,
                                              .block = bar.block,
                                              .access = bar.access,
                                              .priority = BarPriority,
                                              .logDirty = bar.logDirty});
        if (!mapped)
            return;
        mapping = *mapped;
    } else {
        Bus& bus = isIo(bar.kind) ? m_services->ports : m_services->memory.mmio();
        // Refused while something else answers there; tried again at the next change of any BAR.
        if (!bus.insert({.base = address, .length = bar.size}, *bar.handler))
            return;
    }
    if (m_services->ioEvents)
        for (const IoEvent& event : ioEventsAt(bar, address))
            (void)m_services->ioEvents->addIoEvent(event); // without it the write takes the slow path
    std::scoped_lock lock(m_mapMutex);
    bar.mapping = mapping;
    bar.mapped = address;
}

void PciFunction::unmapChanged()
{
    for (unsigned i = 0; i < BarCount; ++i)
        if (m_bars.at(i).mapped && m_bars.at(i).mapped != wantedAddress(i))
            unmap(m_bars.at(i));
}

void PciFunction::mapWanted()
{
    for (unsigned i = 0; i < BarCount; ++i)
        if (!m_bars.at(i).mapped)
            if (const auto wanted = wantedAddress(i))
                map(m_bars.at(i), *wanted);
}

void PciFunction::reset()
{
    m_config.reset();
    m_busMaster = false;
    if (m_msix)
        m_msix->reset();
    followMessageRegisters();
    std::scoped_lock lock(m_intxMutex);
    m_intxAsserted = false;
    m_intxDisabled = false;
    driveIntx();
}

void PciFunction::saveState(StateWriter& out) const
{
    out.version(1);
    StateWriter header;
    m_config.saveState(header);
    out.bytes(header.data());
    StateWriter table;
    if (m_msix)
        m_msix->saveState(table);
    out.bytes(table.data());
    std::scoped_lock lock(m_intxMutex);
    out.boolean(m_intxAsserted);
}

Result<> PciFunction::restoreState(StateReader& in)
{
    constexpr std::size_t HeaderLimit = 8192;
    constexpr std::size_t TableLimit = 1 << 17;
    (void)in.version(1);
    const auto header = in.bytes(HeaderLimit);
    const auto table = in.bytes(TableLimit);
    const bool asserted = in.boolean();
    VM_TRY(in.finish());
    StateReader headerIn(header);
    StateReader tableIn(table);
    ConfigSpace restored = m_config;
    VM_TRY(restored.restoreState(headerIn));
    if (m_msix)
        VM_TRY(m_msix->restoreState(tableIn));
    m_config = std::move(restored);
    const auto command = m_config.get16(reg::Command);
    m_busMaster = (command & CommandBusMaster) != 0;
    followMessageRegisters();
    if (m_services) {
        unmapChanged();
        mapWanted();
    }
    std::scoped_lock lock(m_intxMutex);
    m_intxDisabled = (command & CommandInterruptDisable) != 0;
    m_intxAsserted = asserted;
    driveIntx();
    return {};
}

void PciFunction::driveIntx()
{
    if (m_intx)
        m_intx->setLevel(m_intxAsserted && !m_intxDisabled);
}

void PciFunction::setIntx(bool asserted)
{
    std::scoped_lock lock(m_intxMutex);
    if (m_intxAsserted == asserted)
        return;
    m_intxAsserted = asserted;
    driveIntx();
}

bool PciFunction::usesMessages() const
{
    return (m_msix && m_msix->isEnabled()) || (m_msi && m_msi->isEnabled());
}

void PciFunction::signalMessage(unsigned vector)
{
    if (m_msix && m_msix->isEnabled())
        m_msix->signal(vector);
    else if (m_msi)
        m_msi->signal();
}

bool PciFunction::isBusMaster() const
{
    return m_busMaster;
}

std::optional<std::uint64_t> PciFunction::mappedAddress(unsigned barIndex) const
{
    std::scoped_lock lock(m_mapMutex);
    return m_bars.at(barIndex).mapped;
}

std::optional<MappingId> PciFunction::mappingOf(unsigned barIndex) const
{
    std::scoped_lock lock(m_mapMutex);
    return m_bars.at(barIndex).mapping;
}

} // namespace engine::pci

// SPDX-License-Identifier: GPL-3.0-or-later
#include "devices/pci/root_complex.h"

#include <algorithm>

namespace engine::pci {

namespace {

constexpr std::uint32_t AddressEnable = 0x8000'0000;
constexpr std::uint32_t AddressMask = 0x80ff'fffc; // reserved bits read as zeros
constexpr std::uint64_t ResetPortOffset = 1;       // CF9h
constexpr std::uint64_t DataOffset = 4;            // CFCh

/// Calls `access(chunkOffset, width)` for the naturally aligned pieces of an access.
template <class Access>
void forEachPiece(std::uint64_t offset, std::size_t length, Access access)
{
    for (std::size_t done = 0; done < length;) {
        std::size_t width = 1;
        for (const std::size_t candidate : {std::size_t{4}, std::size_t{2}})
            if ((offset + done) % candidate == 0 && candidate <= length - done) {
                width = candidate;
                break;
            }
        access(done, static_cast<unsigned>(width));
        done += width;
    }
}

} // namespace

RootComplex::RootComplex(BusDevice& resetPort) : m_resetPort(resetPort) {}

Result<> RootComplex::insert(PciAddress address, PciFunction& function, const PciServices& services,
                             std::unique_ptr<IrqLine> intx)
{
    std::scoped_lock lock(m_mutex);
    if (m_functions.contains(address))
        return fail(ErrorCode::Overlap, "PCI address " + address.toString() + " is taken already");
    VM_TRY(function.connect(services, std::move(intx)));
    m_functions.emplace(address, &function);
    return {};
}

PciFunction* RootComplex::find(unsigned bus, PciAddress address) const
{
    const auto it = m_functions.find(address);
    return bus == 0 && it != m_functions.end() ? it->second : nullptr;
}

std::uint32_t RootComplex::readConfig(PciAddress address, std::uint16_t offset, unsigned width)
{
    std::scoped_lock lock(m_mutex);
    PciFunction* function = find(0, address);
    return function ? function->configRead(offset, width) : 0xffff'ffff;
}

void RootComplex::writeConfig(PciAddress address, std::uint16_t offset, unsigned width, std::uint32_t value)
{
    std::scoped_lock lock(m_mutex);
    PciFunction* function = find(0, address);
    if (function && function->configWrite(offset, width, value))
        remapAll();
}

void RootComplex::remapAll()
{
    // Two passes, so that BARs which swap places find each other's room free.
    for (const auto& [address, function] : m_functions)
        function->unmapChanged();
    for (const auto& [address, function] : m_functions)
        function->mapWanted();
}

void RootComplex::reset()
{
    std::scoped_lock lock(m_mutex);
    m_configAddress = 0;
    for (const auto& [address, function] : m_functions)
        function->reset();
    remapAll();
}

void RootComplex::saveState(StateWriter& out) const
{
    std::scoped_lock lock(m_mutex);
    out.version(1);
    out.integer(m_configAddress);
}

Result<> RootComplex::restoreState(StateReader& in)
{
    (void)in.version(1);
    const auto address = in.integer<std::uint32_t>();
    VM_TRY(in.finish());
    std::scoped_lock lock(m_mutex);
    m_configAddress = address & AddressMask;
    remapAll();
    return {};
}

void RootComplex::ConfigPorts::read(std::uint64_t offset, std::span<std::byte> data)
{
    std::scoped_lock lock(m_owner.m_mutex);
    if (offset == 0 && data.size() == 4) {
        storeLittleEndian(data, m_owner.m_configAddress);
        return;
    }
    std::ranges::fill(data, std::byte{0xff});
    if (offset == ResetPortOffset && data.size() == 1)
        m_owner.m_resetPort.read(0, data);
    if (offset < DataOffset || (m_owner.m_configAddress & AddressEnable) == 0)
        return;
    const std::uint32_t address = m_owner.m_configAddress;
    PciFunction* function =
        m_owner.find(address >> 16 & 0xff, {.device = static_cast<std::uint8_t>(address >> 11 & 31),
                                            .function = static_cast<std::uint8_t>(address >> 8 & 7)});
    if (!function)
        return;
    const auto base = static_cast<std::uint16_t>((address & 0xfc) + (offset - DataOffset));
    forEachPiece(base, data.size(), [&](std::size_t at, unsigned width) {
        storeLittleEndian(data.subspan(at, width),
                          function->configRead(static_cast<std::uint16_t>(base + at), width));
    });
}

void RootComplex::ConfigPorts::write(std::uint64_t offset, std::span<const std::byte> data)
{
    std::unique_lock lock(m_owner.m_mutex);
    if (offset == 0 && data.size() == 4) {
        m_owner.m_configAddress = static_cast<std::uint32_t>(loadLittleEndian(data)) & AddressMask;
        return;
    }
    if (offset == ResetPortOffset && data.size() == 1) {
        lock.unlock(); // a reset request must not wait for configuration accesses, or the other way round
        m_owner.m_resetPort.write(0, data);
        return;
    }
    if (offset < DataOffset || (m_owner.m_configAddress & AddressEnable) == 0)
        return;
    const std::uint32_t address = m_owner.m_configAddress;
    if ((address >> 16 & 0xff) != 0)
        return;
    const PciAddress target{.device = static_cast<std::uint8_t>(address >> 11 & 31),
                            .function = static_cast<std::uint8_t>(address >> 8 & 7)};
    const auto base = static_cast<std::uint16_t>((address & 0xfc) + (offset - DataOffset));
    forEachPiece(base, data.size(), [&](std::size_t at, unsigned width) {
        m_owner.writeConfig(target, static_cast<std::uint16_t>(base + at), width,
                            static_cast<std::uint32_t>(loadLittleEndian(data.subspan(at, width))));
    });
}

void RootComplex::Ecam::read(std::uint64_t offset, std::span<std::byte> data)
{
    std::scoped_lock lock(m_owner.m_mutex);
    std::ranges::fill(data, std::byte{0xff});
    PciFunction* function = m_owner.find(static_cast<unsigned>(offset >> 20),
                                         {.device = static_cast<std::uint8_t>(offset >> 15 & 31),
                                          .function = static_cast<std::uint8_t>(offset >> 12 & 7)});
    if (!function)
        return;
    forEachPiece(offset, data.size(), [&](std::size_t at, unsigned width) {
        const auto registerOffset = static_cast<std::uint16_t>((offset + at) & 0xfff);
        storeLittleEndian(data.subspan(at, width), function->configRead(registerOffset, width));
    });
}

void RootComplex::Ecam::write(std::uint64_t offset, std::span<const std::byte> data)
{
    if (offset >> 20 != 0)
        return;
    const PciAddress target{.device = static_cast<std::uint8_t>(offset >> 15 & 31),
                            .function = static_cast<std::uint8_t>(offset >> 12 & 7)};
    forEachPiece(offset, data.size(), [&](std::size_t at, unsigned width) {
        m_owner.writeConfig(target, static_cast<std::uint16_t>((offset + at) & 0xfff), width,
                            static_cast<std::uint32_t>(loadLittleEndian(data.subspan(at, width))));
    });
}

} // namespace engine::pci

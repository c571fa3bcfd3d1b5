// SPDX-License-Identifier: GPL-3.0-or-later
#include "devices/pci/config_space.h"

#include "base/checked.h"

#include <cassert>

namespace engine::pci {

namespace {

constexpr std::byte byteOf(std::uint32_t value, unsigned index)
{
    return std::byte(static_cast<std::uint8_t>(value >> (8 * index)));
}

} // namespace

ConfigSpace::ConfigSpace(std::size_t sizeBytes)
    : m_bytes(sizeBytes), m_writeMask(sizeBytes), m_clearMask(sizeBytes), m_resetValues(sizeBytes)
{}

std::uint32_t ConfigSpace::read(std::uint16_t offset, unsigned width) const
{
    std::uint32_t value = 0;
    for (unsigned i = 0; i < width; ++i) {
        const std::size_t at = std::size_t{offset} + i;
        const auto byte = at < m_bytes.size() ? std::to_integer<std::uint32_t>(m_bytes[at]) : 0xffU;
        value |= byte << (8 * i);
    }
    return value;
}

void ConfigSpace::write(std::uint16_t offset, unsigned width, std::uint32_t value)
{
    for (unsigned i = 0; i < width; ++i) {
        const std::size_t at = std::size_t{offset} + i;
        if (at >= m_bytes.size())
            return;
        const std::byte written = byteOf(value, i);
        m_bytes[at] = (m_bytes[at] & ~m_writeMask[at]) | (written & m_writeMask[at]);
        m_bytes[at] &= ~(written & m_clearMask[at]);
    }
}

void ConfigSpace::set(std::uint16_t offset, unsigned width, std::uint32_t value)
{
    assert(isInside<std::size_t>(offset, width, m_bytes.size()));
    for (unsigned i = 0; i < width; ++i)
        m_bytes[std::size_t{offset} + i] = byteOf(value, i);
}

void ConfigSpace::allowWrite(std::uint16_t offset, unsigned width, std::uint32_t mask)
{
    assert(isInside<std::size_t>(offset, width, m_bytes.size()));
    for (unsigned i = 0; i < width; ++i)
        m_writeMask[std::size_t{offset} + i] = byteOf(mask, i);
}

void ConfigSpace::allowClear(std::uint16_t offset, unsigned width, std::uint32_t mask)
{
    assert(isInside<std::size_t>(offset, width, m_bytes.size()));
    for (unsigned i = 0; i < width; ++i)
        m_clearMask[std::size_t{offset} + i] = byteOf(mask, i);
}

void ConfigSpace::addCapability(std::uint8_t id, std::uint8_t offset)
{
    set8(offset, id);
    set8(static_cast<std::uint16_t>(offset + 1), get8(reg::CapabilitiesPointer));
    set8(reg::CapabilitiesPointer, offset);
    set16(reg::Status, get16(reg::Status) | StatusCapabilities);
}

Result<> ConfigSpace::restoreState(StateReader& in)
{
    std::vector<std::byte> saved(m_bytes.size());
    in.bytes(saved);
    VM_TRY(in.finish());
    for (std::size_t i = 0; i < saved.size(); ++i) {
        const std::byte guestOwned = m_writeMask[i] | m_clearMask[i];
        if ((saved[i] & ~guestOwned) != (m_resetValues[i] & ~guestOwned))
            return fail(ErrorCode::Corrupt, "saved PCI configuration belongs to another device");
    }
    m_bytes = std::move(saved);
    return {};
}

} // namespace engine::pci

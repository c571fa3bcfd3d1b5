// SPDX-License-Identifier: GPL-3.0-or-later
#include "devices/pci/msix_table.h"

#include <algorithm>
#include <bit>
#include <cassert>

namespace engine::pci {

namespace {

constexpr unsigned EntryBytes = 16;
[[maybe_unused]] constexpr unsigned MaxVectors = 2048; // only asserted

// Registers of the capability (PCI 3.0, 6.8.2.3 to 6.8.2.5).
constexpr std::uint8_t MessageControl = 2;
constexpr std::uint8_t TableOffset = 4;
constexpr std::uint8_t PendingOffset = 8;
constexpr std::uint16_t ControlFunctionMask = 1 << 14;
constexpr std::uint16_t ControlEnable = 1 << 15;

constexpr std::uint32_t VectorMasked = 1;

} // namespace

MsixTable::MsixTable(ConfigSpace& config, std::uint8_t capabilityOffset, unsigned vectors,
                     std::uint8_t barIndex, std::uint32_t barOffset, std::uint32_t leastBytes)
    : m_capabilityOffset(capabilityOffset),
      m_windowBytes(std::max({4096U, 2 * std::bit_ceil(vectors * EntryBytes), leastBytes})),
      m_entries(vectors)
{
    assert(vectors >= 1 && vectors <= MaxVectors);
    config.addCapability(Id, capabilityOffset);
    const auto at = [&](std::uint8_t offset) {
        return static_cast<std::uint16_t>(capabilityOffset + offset);
    };
    config.set16(at(MessageControl), static_cast<std::uint16_t>(vectors - 1));
    config.allowWrite(at(MessageControl), 2, ControlEnable | ControlFunctionMask);
    config.set32(at(TableOffset), barOffset | barIndex);
    config.set32(at(PendingOffset), (barOffset + m_windowBytes / 2) | barIndex);
}

void MsixTable::connect(MsiController& controller)
{
    std::scoped_lock lock(m_mutex);
    m_controller = &controller;
}

void MsixTable::update(const ConfigSpace& config)
{
    const auto control = config.get16(static_cast<std::uint16_t>(m_capabilityOffset + MessageControl));
    std::scoped_lock lock(m_mutex);
    m_enabled = (control & ControlEnable) != 0;
    m_functionMasked = (control & ControlFunctionMask) != 0;
    deliverPending();
}

bool MsixTable::isEnabled() const
{
    std::scoped_lock lock(m_mutex);
    return m_enabled;
}

bool MsixTable::canDeliver(const Entry& entry) const
{
    return m_enabled && !m_functionMasked && (entry.control & VectorMasked) == 0;
}

void MsixTable::program(Entry& entry)
{
    if (!entry.vector && m_controller)
        if (auto vector = m_controller->createVector())
            entry.vector = std::move(*vector);
    if (entry.vector)
        entry.vector->setMessage(
            {.address = entry.addressLow | std::uint64_t{entry.addressHigh} << 32, .data = entry.data});
}

void MsixTable::deliverPending()
{
    for (Entry& entry : m_entries) {
        if (!entry.pending || !canDeliver(entry))
            continue;
        entry.pending = false;
        if (!entry.vector)
            program(entry);
        if (entry.vector)
            entry.vector->signal();
    }
}

void MsixTable::signal(unsigned vector)
{
    std::scoped_lock lock(m_mutex);
    if (vector >= m_entries.size() || !m_enabled)
        return;
    m_entries[vector].pending = true;
    Entry& entry = m_entries[vector];
    if (!canDeliver(entry))
        return;
    entry.pending = false;
    if (!entry.vector)
        program(entry);
    if (entry.vector)
        entry.vector->signal();
}

void MsixTable::reset()
{
    std::scoped_lock lock(m_mutex);
    for (Entry& entry : m_entries)
        entry = Entry{};
    m_enabled = false;
    m_functionMasked = false;
}

std::uint32_t MsixTable::readDword(std::uint32_t index) const
{
    const std::uint32_t pendingStart = m_windowBytes / 2 / 4;
    if (index >= pendingStart) {
        std::uint32_t bits = 0;
        for (unsigned bit = 0; bit < 32; ++bit) {
            const std::size_t vector = std::size_t{index - pendingStart} * 32 + bit;
            if (vector < m_entries.size() && m_entries[vector].pending)
                bits |= 1U << bit;
        }
        return bits;
    }
    if (index / 4 >= m_entries.size())
        return 0;
    const Entry& entry = m_entries[index / 4];
    switch (index % 4) {
    case 0: return entry.addressLow;
    case 1: return entry.addressHigh;
    case 2: return entry.data;
    default: return entry.control;
    }
}

void MsixTable::writeDword(std::uint32_t index, std::uint32_t value, std::uint32_t byteMask)
{
    if (index >= m_windowBytes / 2 / 4 || index / 4 >= m_entries.size())
        return; // the pending bits are read-only
    Entry& entry = m_entries[index / 4];
    const auto merge = [&](std::uint32_t& target, std::uint32_t allowed) {
        const std::uint32_t mask = byteMask & allowed;
        target = (target & ~mask) | (value & mask);
    };
    switch (index % 4) {
    case 0: merge(entry.addressLow, 0xffff'fffc); break;
    case 1: merge(entry.addressHigh, 0xffff'ffff); break;
    case 2: merge(entry.data, 0xffff'ffff); break;
    default: merge(entry.control, VectorMasked); break;
    }
    // Programming while masked is the rule; the route is made when the vector goes live.
    if ((entry.control & VectorMasked) == 0)
        program(entry);
    deliverPending();
}

void MsixTable::read(std::uint64_t offset, std::span<std::byte> data)
{
    std::scoped_lock lock(m_mutex);
    for (std::size_t i = 0; i < data.size(); ++i) {
        const auto at = static_cast<std::uint32_t>(offset + i);
        data[i] = std::byte(static_cast<std::uint8_t>(readDword(at / 4) >> (8 * (at % 4))));
    }
}

void MsixTable::write(std::uint64_t offset, std::span<const std::byte> data)
{
    std::scoped_lock lock(m_mutex);
    for (std::size_t i = 0; i < data.size();) {
        const auto at = static_cast<std::uint32_t>(offset + i);
        std::uint32_t value = 0;
        std::uint32_t mask = 0;
        for (unsigned byte = at % 4; byte < 4 && i < data.size(); ++byte, ++i) {
            value |= std::to_integer<std::uint32_t>(data[i]) << (8 * byte);
            mask |= 0xffU << (8 * byte);
        }
        writeDword(at / 4, value, mask);
    }
}

void MsixTable::saveState(StateWriter& out) const
{
    std::scoped_lock lock(m_mutex);
    out.version(1);
    out.integer(static_cast<std::uint32_t>(m_entries.size()));
    for (const Entry& entry : m_entries) {
        out.integer(entry.addressLow);
        out.integer(entry.addressHigh);
        out.integer(entry.data);
        out.integer(entry.control);
        out.boolean(entry.pending);
    }
}

Result<> MsixTable::restoreState(StateReader& in)
{
    (void)in.version(1);
    if (in.integer<std::uint32_t>() != vectorCount())
        return fail(ErrorCode::Corrupt, "saved MSI-X table has another number of vectors");
    std::vector<Entry> restored(vectorCount());
    for (Entry& entry : restored) {
        entry.addressLow = in.integer<std::uint32_t>() & 0xffff'fffc;
        entry.addressHigh = in.integer<std::uint32_t>();
        entry.data = in.integer<std::uint32_t>();
        entry.control = in.integer<std::uint32_t>() & VectorMasked;
        entry.pending = in.boolean();
    }
    VM_TRY(in.finish());
    std::scoped_lock lock(m_mutex);
    for (std::size_t i = 0; i < restored.size(); ++i) {
        restored[i].vector = std::move(m_entries[i].vector);
        m_entries[i] = std::move(restored[i]);
        if ((m_entries[i].control & VectorMasked) == 0)
            program(m_entries[i]);
    }
    return {};
}

} // namespace engine::pci

// SPDX-License-Identifier: GPL-3.0-or-later
#include "devices/chipset/legacy_stubs.h"

#include <algorithm>

namespace engine {

namespace {

// 8237A registers above the channels (datasheet, "Software commands")
constexpr std::uint64_t DmaCommand = 0x08; // status when read
constexpr std::uint64_t DmaSingleMask = 0x0a;
constexpr std::uint64_t DmaClearPointer = 0x0c;
constexpr std::uint64_t DmaMasterClear = 0x0d;
constexpr std::uint64_t DmaClearMask = 0x0e;
constexpr std::uint64_t DmaAllMask = 0x0f;
constexpr std::uint8_t DmaMaskBits = 0x0f;

// Parallel port
constexpr std::uint64_t LptData = 0;
constexpr std::uint64_t LptStatus = 1;
constexpr std::uint64_t LptControl = 2;
constexpr std::uint8_t LptReady = 0xd8; // not busy, no acknowledge, selected, no error
constexpr std::uint8_t LptControlMask = 0x3f;
constexpr std::uint8_t LptControlFixed = 0xc0; // reads as ones

} // namespace

std::uint8_t DmaController::readRegister(std::uint64_t index)
{
    if (index < ChannelRegisters) {
        const std::uint16_t value = m_registers.channels.at(index);
        const bool high = m_registers.highByteNext;
        m_registers.highByteNext = !high;
        return static_cast<std::uint8_t>(high ? value >> 8 : value & 0xff);
    }
    return index == DmaAllMask ? m_registers.mask : 0; // no request, nothing finished
}

void DmaController::writeRegister(std::uint64_t index, std::uint8_t value)
{
    if (index < ChannelRegisters) {
        std::uint16_t& channel = m_registers.channels.at(index);
        channel = static_cast<std::uint16_t>(m_registers.highByteNext ? (channel & 0x00ff) | value << 8
                                                                      : (channel & 0xff00) | value);
        m_registers.highByteNext = !m_registers.highByteNext;
        return;
    }
    switch (index) {
    case DmaCommand: m_registers.command = value; break;
    case DmaSingleMask: {
        const auto bit = static_cast<std::uint8_t>(1U << (value & 3));
        m_registers.mask =
            static_cast<std::uint8_t>(value & 4 ? m_registers.mask | bit : m_registers.mask & ~bit);
        break;
    }
    case DmaClearPointer: m_registers.highByteNext = false; break;
    case DmaMasterClear:
        m_registers.command = 0;
        m_registers.mask = DmaMaskBits;
        m_registers.highByteNext = false;
        break;
    case DmaClearMask: m_registers.mask = 0; break;
    case DmaAllMask: m_registers.mask = value & DmaMaskBits; break;
    default: break; // request and mode registers matter only to transfers
    }
}

void DmaController::read(std::uint64_t offset, std::span<std::byte> data)
{
    std::scoped_lock lock(m_mutex);
    for (std::byte& byte : data)
        byte = std::byte{readRegister(offset++ / m_stride)};
}

void DmaController::write(std::uint64_t offset, std::span<const std::byte> data)
{
    std::scoped_lock lock(m_mutex);
    for (const std::byte byte : data)
        writeRegister(offset++ / m_stride, std::to_integer<std::uint8_t>(byte));
}

void DmaController::reset()
{
    std::scoped_lock lock(m_mutex);
    m_registers = {};
}

void DmaController::saveState(StateWriter& out) const
{
    std::scoped_lock lock(m_mutex);
    out.version(1);
    for (const std::uint16_t channel : m_registers.channels)
        out.integer(channel);
    out.integer(m_registers.command);
    out.integer(m_registers.mask);
    out.boolean(m_registers.highByteNext);
}

Result<> DmaController::restoreState(StateReader& in)
{
    Registers registers;
    (void)in.version(1);
    for (std::uint16_t& channel : registers.channels)
        channel = in.integer<std::uint16_t>();
    registers.command = in.integer<std::uint8_t>();
    registers.mask = in.integer<std::uint8_t>() & DmaMaskBits;
    registers.highByteNext = in.boolean();
    VM_TRY(in.finish());
    std::scoped_lock lock(m_mutex);
    m_registers = registers;
    return {};
}

void DmaPageRegisters::read(std::uint64_t offset, std::span<std::byte> data)
{
    std::scoped_lock lock(m_mutex);
    for (std::byte& byte : data) {
        byte = offset < PortCount ? std::byte{m_pages[offset]} : std::byte{0xff};
        ++offset;
    }
}

void DmaPageRegisters::write(std::uint64_t offset, std::span<const std::byte> data)
{
    std::scoped_lock lock(m_mutex);
    for (const std::byte byte : data) {
        if (offset < PortCount)
            m_pages[offset] = std::to_integer<std::uint8_t>(byte);
        ++offset;
    }
}

void DmaPageRegisters::reset()
{
    std::scoped_lock lock(m_mutex);
    m_pages = {};
}

void DmaPageRegisters::saveState(StateWriter& out) const
{
    std::scoped_lock lock(m_mutex);
    out.version(1);
    out.bytes(std::as_bytes(std::span(m_pages)));
}

Result<> DmaPageRegisters::restoreState(StateReader& in)
{
    std::array<std::uint8_t, PortCount> pages{};
    (void)in.version(1);
    in.bytes(std::as_writable_bytes(std::span(pages)));
    VM_TRY(in.finish());
    std::scoped_lock lock(m_mutex);
    m_pages = pages;
    return {};
}

void ParallelPort::read(std::uint64_t offset, std::span<std::byte> data)
{
    std::scoped_lock lock(m_mutex);
    for (std::byte& byte : data) {
        switch (offset++) {
        case LptData: byte = std::byte{m_data}; break;
        case LptStatus: byte = std::byte{LptReady}; break;
        case LptControl: byte = std::byte(static_cast<std::uint8_t>(m_control | LptControlFixed)); break;
        default: byte = std::byte{0xff}; break;
        }
    }
}

void ParallelPort::write(std::uint64_t offset, std::span<const std::byte> data)
{
    std::scoped_lock lock(m_mutex);
    for (const std::byte byte : data) {
        const auto value = std::to_integer<std::uint8_t>(byte);
        if (offset == LptData)
            m_data = value;
        else if (offset == LptControl)
            m_control = value & LptControlMask;
        ++offset;
    }
}

void ParallelPort::reset()
{
    std::scoped_lock lock(m_mutex);
    m_data = 0;
    m_control = InitialControl;
}

void ParallelPort::saveState(StateWriter& out) const
{
    std::scoped_lock lock(m_mutex);
    out.version(1);
    out.integer(m_data);
    out.integer(m_control);
}

Result<> ParallelPort::restoreState(StateReader& in)
{
    (void)in.version(1);
    const auto data = in.integer<std::uint8_t>();
    const auto control = in.integer<std::uint8_t>();
    VM_TRY(in.finish());
    std::scoped_lock lock(m_mutex);
    m_data = data;
    m_control = control & LptControlMask;
    return {};
}

} // namespace engine

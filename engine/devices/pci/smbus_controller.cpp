// SPDX-License-Identifier: GPL-3.0-or-later
#include "devices/pci/smbus_controller.h"

namespace engine::pci {

namespace {

// I/O registers (datasheet 316972, section 21.2).
constexpr std::size_t HostStatus = 0x00;  ///< HST_STS, write one to clear
constexpr std::size_t HostControl = 0x02; ///< HST_CNT
constexpr std::byte StatusDeviceError{0x04};
constexpr std::byte StatusClearable{0x7e};
constexpr std::byte ControlStart{0x40};
constexpr std::uint16_t HostConfiguration = 0x40; ///< HOSTC in configuration space

PciIdentity identity()
{
    return {
        .vendorId = 0x8086, .deviceId = 0x2930, .classCode = 0x0c0500, .revision = 2, .pin = InterruptPin::A};
}

} // namespace

SmbusController::SmbusController() : PciFunction("smbus", identity())
{
    constexpr std::uint8_t MultiFunction = 0x80;
    constexpr unsigned IoBar = 4;
    config().set8(reg::HeaderType, MultiFunction);
    config().allowWrite(HostConfiguration, 1, 0x07);
    addBar(IoBar, BarKind::Io, Registers::Count, m_registers);
}

void SmbusController::reset()
{
    PciFunction::reset();
    m_registers.reset();
}

void SmbusController::saveState(StateWriter& out) const
{
    StateWriter base;
    PciFunction::saveState(base);
    out.version(1);
    out.bytes(base.data());
    out.bytes(m_registers.values());
}

Result<> SmbusController::restoreState(StateReader& in)
{
    constexpr std::size_t BaseLimit = 1 << 18;
    (void)in.version(1);
    const auto base = in.bytes(BaseLimit);
    std::array<std::byte, Registers::Count> values{};
    in.bytes(values);
    VM_TRY(in.finish());
    StateReader baseIn(base);
    VM_TRY(PciFunction::restoreState(baseIn));
    m_registers.setValues(values);
    return {};
}

void SmbusController::Registers::read(std::uint64_t offset, std::span<std::byte> data)
{
    std::scoped_lock lock(m_mutex);
    for (std::size_t i = 0; i < data.size(); ++i)
        data[i] = offset + i < Count ? m_values.at(offset + i) : std::byte{0xff};
}

void SmbusController::Registers::write(std::uint64_t offset, std::span<const std::byte> data)
{
    std::scoped_lock lock(m_mutex);
    for (std::size_t i = 0; i < data.size() && offset + i < Count; ++i)
        writeByte(offset + i, data[i]);
}

void SmbusController::Registers::writeByte(std::size_t at, std::byte value)
{
    if (at == HostStatus) {
        m_values[HostStatus] &= ~(value & StatusClearable);
    } else if (at == HostControl) {
        m_values[HostControl] = value & ~ControlStart;
        if ((value & ControlStart) != std::byte{0})
            m_values[HostStatus] |= StatusDeviceError; // nobody acknowledged the address
    } else {
        m_values.at(at) = value;
    }
}

void SmbusController::Registers::reset()
{
    std::scoped_lock lock(m_mutex);
    m_values.fill(std::byte{0});
}

std::array<std::byte, SmbusController::Registers::Count> SmbusController::Registers::values() const
{
    std::scoped_lock lock(m_mutex);
    return m_values;
}

void SmbusController::Registers::setValues(const std::array<std::byte, Count>& values)
{
    std::scoped_lock lock(m_mutex);
    m_values = values;
}

} // namespace engine::pci

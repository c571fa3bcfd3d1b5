// SPDX-License-Identifier: GPL-3.0-or-later
#include "devices/pci/msi_capability.h"

namespace engine::pci {

namespace {

// Register offsets within the capability (PCI 3.0, 6.8.1, 64-bit layout).
constexpr std::uint8_t MessageControl = 2;
constexpr std::uint8_t MessageAddress = 4;
constexpr std::uint8_t MessageUpperAddress = 8;
constexpr std::uint8_t MessageData = 12;

constexpr std::uint16_t ControlEnable = 1 << 0;
constexpr std::uint16_t Control64BitAddress = 1 << 7;

} // namespace

MsiCapability::MsiCapability(ConfigSpace& config, std::uint8_t offset) : m_offset(offset)
{
    config.addCapability(Id, offset);
    const auto at = [offset](std::uint8_t registerOffset) {
        return static_cast<std::uint16_t>(offset + registerOffset);
    };
    config.set16(at(MessageControl), Control64BitAddress);
    config.allowWrite(at(MessageControl), 2, ControlEnable);
    config.allowWrite(at(MessageAddress), 4, 0xffff'fffc);
    config.allowWrite(at(MessageUpperAddress), 4, 0xffff'ffff);
    config.allowWrite(at(MessageData), 2, 0xffff);
}

Result<> MsiCapability::connect(MsiController& controller)
{
    auto vector = VM_TRY(controller.createVector());
    std::scoped_lock lock(m_mutex);
    m_vector = std::move(vector);
    return {};
}

void MsiCapability::update(const ConfigSpace& config)
{
    const auto read = [&](std::uint8_t registerOffset, unsigned width) {
        return config.read(static_cast<std::uint16_t>(m_offset + registerOffset), width);
    };
    std::scoped_lock lock(m_mutex);
    m_enabled = (read(MessageControl, 2) & ControlEnable) != 0;
    if (m_enabled && m_vector)
        m_vector->setMessage(
            {.address = read(MessageAddress, 4) | std::uint64_t{read(MessageUpperAddress, 4)} << 32,
             .data = read(MessageData, 2)});
}

bool MsiCapability::isEnabled() const
{
    std::scoped_lock lock(m_mutex);
    return m_enabled;
}

void MsiCapability::signal()
{
    std::scoped_lock lock(m_mutex);
    if (m_enabled && m_vector)
        m_vector->signal();
}

} // namespace engine::pci

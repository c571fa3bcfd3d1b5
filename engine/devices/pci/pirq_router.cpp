// SPDX-License-Identifier: GPL-3.0-or-later
#include "devices/pci/pirq_router.h"

namespace engine::pci {

namespace {

// The 8259 inputs that a PIRQ may take (datasheet 316972, 13.1.17); the others belong to the board.
constexpr std::uint16_t LegalRoutes = 0b1101'1110'1111'1000;
constexpr std::uint8_t FirstChipsetDevice = 25;

} // namespace

PirqRouter::PirqRouter(const LineFactory& lines)
{
    for (unsigned i = 0; i < Count; ++i) {
        Output& output = m_outputs.at(i);
        output.m_apic = lines(FirstGsi + i);
        for (unsigned irq = 0; irq < 16; ++irq)
            if (LegalRoutes >> irq & 1)
                output.m_legacy.at(irq) = lines(irq);
        m_shared.at(i) = std::make_unique<SharedIrqLine>(output);
    }
}

std::unique_ptr<IrqLine> PirqRouter::createInput(PciAddress address, InterruptPin pin)
{
    if (pin == InterruptPin::None)
        return std::make_unique<UnconnectedIrqLine>();
    const unsigned zeroBased = static_cast<unsigned>(pin) - 1;
    const unsigned pirq =
        address.device >= FirstChipsetDevice ? zeroBased : 4 + (address.device + zeroBased) % 4;
    return m_shared.at(pirq)->createInput();
}

void PirqRouter::setRoute(unsigned pirq, std::uint8_t route)
{
    m_outputs.at(pirq).route(route);
}

void PirqRouter::Output::driveLegacy(bool asserted)
{
    if ((m_route & RouteDisabled) == 0 && m_legacy.at(m_route & 15))
        m_legacy.at(m_route & 15)->setLevel(asserted);
}

void PirqRouter::Output::setLevel(bool asserted)
{
    std::scoped_lock lock(m_mutex);
    m_asserted = asserted;
    m_apic->setLevel(asserted);
    driveLegacy(asserted);
}

void PirqRouter::Output::route(std::uint8_t route)
{
    std::scoped_lock lock(m_mutex);
    if (route == m_route)
        return;
    driveLegacy(false);
    m_route = route;
    driveLegacy(m_asserted);
}

} // namespace engine::pci

// SPDX-License-Identifier: GPL-3.0-or-later
#include "kvm/irq_routing.h"

#include "base/overloaded.h"
#include "kvm/kvm_api.h"

namespace engine::kvm {

namespace {

constexpr Gsi IsaGsis = 16;
constexpr Gsi TimerGsi = 0;
constexpr Gsi CascadeGsi = 2;
constexpr std::uint8_t TimerIoApicPin = 2;
constexpr std::uint8_t PicPins = 8;

kvm_irq_routing_entry toKernel(const IrqRoute& route)
{
    kvm_irq_routing_entry entry{};
    entry.gsi = route.gsi;
    std::visit(Overloaded{
                   [&](const PicPin& pic) {
                       entry.type = KVM_IRQ_ROUTING_IRQCHIP;
                       entry.u.irqchip.irqchip = pic.second ? KVM_IRQCHIP_PIC_SLAVE : KVM_IRQCHIP_PIC_MASTER;
                       entry.u.irqchip.pin = pic.pin;
                   },
                   [&](const IoApicPin& ioApic) {
                       entry.type = KVM_IRQ_ROUTING_IRQCHIP;
                       entry.u.irqchip.irqchip = KVM_IRQCHIP_IOAPIC;
                       entry.u.irqchip.pin = ioApic.pin;
                   },
                   [&](const MsiMessage& message) {
                       entry.type = KVM_IRQ_ROUTING_MSI;
                       entry.u.msi.address_lo = static_cast<std::uint32_t>(message.address);
                       // Guests choose the address. KVM refuses the whole table for one wrong low byte
                       // here (with 32-bit APIC ids), and that must not silence the other devices.
                       entry.u.msi.address_hi = static_cast<std::uint32_t>(message.address >> 32) & ~0xFFU;
                       entry.u.msi.data = message.data;
                   },
               },
               route.target);
    return entry;
}

} // namespace

std::vector<IrqRoute> defaultIrqRoutes()
{
    std::vector<IrqRoute> routes;
    for (Gsi gsi = 0; gsi < IsaGsis; ++gsi)
        if (gsi != CascadeGsi)
            routes.push_back({gsi, PicPin{gsi >= PicPins, static_cast<std::uint8_t>(gsi % PicPins)}});
    for (Gsi gsi = 0; gsi < PinGsis; ++gsi) {
        if (gsi == TimerGsi)
            routes.push_back({gsi, IoApicPin{TimerIoApicPin}});
        else if (gsi != CascadeGsi)
            routes.push_back({gsi, IoApicPin{static_cast<std::uint8_t>(gsi)}});
    }
    return routes;
}

IrqRouting::IrqRouting(int vmFd, unsigned gsiCount) : m_vmFd(vmFd), m_gsiCount(gsiCount) {}

std::optional<Gsi> IrqRouting::allocateGsi()
{
    std::scoped_lock lock(m_mutex);
    if (!m_freeGsis.empty())
        return m_freeGsis.extract(m_freeGsis.begin()).value();
    if (m_nextGsi >= m_gsiCount)
        return std::nullopt;
    return m_nextGsi++;
}

void IrqRouting::freeGsi(Gsi gsi)
{
    std::scoped_lock lock(m_mutex);
    // The kernel's table keeps the stale row until the next commit: nothing raises that GSI any more.
    m_changed |= m_messages.erase(gsi) != 0;
    m_freeGsis.insert(gsi);
}

void IrqRouting::setMessage(Gsi gsi, const MsiMessage& message)
{
    std::scoped_lock lock(m_mutex);
    const auto [it, added] = m_messages.try_emplace(gsi, message);
    if (added || it->second != message) {
        it->second = message;
        m_changed = true;
    }
}

std::vector<IrqRoute> IrqRouting::collect() const
{
    std::vector<IrqRoute> routes = defaultIrqRoutes();
    for (const auto& [gsi, message] : m_messages)
        routes.push_back({gsi, message});
    return routes;
}

std::vector<IrqRoute> IrqRouting::routes() const
{
    std::scoped_lock lock(m_mutex);
    return collect();
}

Result<> IrqRouting::commit()
{
    std::scoped_lock lock(m_mutex);
    if (!m_changed)
        return {};
    const std::vector<IrqRoute> routes = collect();
    RoutingBuffer table(routes.size());
    table->nr = static_cast<std::uint32_t>(routes.size());
    for (std::size_t i = 0; i < routes.size(); ++i)
        table.entries()[i] = toKernel(routes[i]);
    if (callKvm(m_vmFd, KVM_SET_GSI_ROUTING, table.get()) < 0)
        return failSystem("KVM refuses the interrupt routing table");
    m_changed = false;
    return {};
}

} // namespace engine::kvm

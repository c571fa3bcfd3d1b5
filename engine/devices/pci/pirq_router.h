// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "bus/irq_line.h"
#include "devices/pci/pci_address.h"

#include <array>
#include <functional>
#include <memory>
#include <mutex>

namespace engine::pci {

/// The eight PCI interrupt requests PIRQA# to PIRQH# of the ICH9 (datasheet 316972, 5.9 and 13.1.17):
/// each always drives I/O APIC input 16 + n, and, while its route enables that, one 8259 input too.
/// Any thread.
class PirqRouter {
public:
    static constexpr unsigned Count = 8;
    static constexpr unsigned FirstGsi = 16;
    static constexpr std::uint8_t RouteDisabled = 0x80; ///< IRQEN#
    /// A wire to global interrupt `gsi` (0 to 23), ORed with that GSI's other sources.
    using LineFactory = std::function<std::unique_ptr<IrqLine>(unsigned gsi)>;

    explicit PirqRouter(const LineFactory& lines);

    /// The wire behind a function's INTx pin. Devices 0 to 24 share PIRQE-H, rotated by device; the
    /// chipset's own devices 25 to 31 use PIRQA-D in order (the reset values of D25IR to D31IR).
    [[nodiscard]] std::unique_ptr<IrqLine> createInput(PciAddress address, InterruptPin pin);
    /// PIRQn_ROUT as the guest wrote it.
    void setRoute(unsigned pirq, std::uint8_t route);

private:
    class Output final : public IrqLine {
    public:
        void setLevel(bool asserted) override;
        void route(std::uint8_t route);
        std::unique_ptr<IrqLine> m_apic;
        std::array<std::unique_ptr<IrqLine>, 16> m_legacy; // null where a PIRQ may not go
        std::mutex m_mutex;
        std::uint8_t m_route = RouteDisabled; // guarded by m_mutex
        bool m_asserted = false;              // guarded by m_mutex

    private:
        void driveLegacy(bool asserted);
    };
    std::array<Output, Count> m_outputs;
    std::array<std::unique_ptr<SharedIrqLine>, Count> m_shared;
};

} // namespace engine::pci

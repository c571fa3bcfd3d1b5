// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"
#include "bus/msi.h"

#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <variant>
#include <vector>

namespace engine::kvm {

/// Global system interrupt: a row in KVM's routing table. 0-23 are the pins of a PC.
using Gsi = std::uint32_t;
inline constexpr Gsi PinGsis = 24;

struct PicPin {
    bool second = false; ///< the cascaded 8259
    std::uint8_t pin = 0;
    bool operator==(const PicPin&) const = default;
};
struct IoApicPin {
    std::uint8_t pin = 0;
    bool operator==(const IoApicPin&) const = default;
};

/// One entry: what happens when the interrupt is raised. A GSI may have several.
struct IrqRoute {
    Gsi gsi = 0;
    std::variant<PicPin, IoApicPin, MsiMessage> target;
    bool operator==(const IrqRoute&) const = default;
};

/// A PC's wiring: GSI 0-15 reach the 8259 pair (except the cascade, 2), and 0-23 the I/O APIC, where
/// the timer's GSI 0 sits on pin 2, as the ACPI tables say.
[[nodiscard]] std::vector<IrqRoute> defaultIrqRoutes();

/// The machine's whole routing table. Message routes come and go; the kernel takes the table as one,
/// so changes are gathered and handed over by commit(). Any thread.
class IrqRouting {
public:
    /// `vmFd` must outlive this object. `gsiCount` as the host allows.
    IrqRouting(int vmFd, unsigned gsiCount);

    /// A GSI above the pins; nullopt when the host has no more.
    [[nodiscard]] std::optional<Gsi> allocateGsi();
    void freeGsi(Gsi gsi);
    /// Takes effect with the next commit().
    void setMessage(Gsi gsi, const MsiMessage& message);
    /// Hands the table to KVM (KVM_SET_GSI_ROUTING) if it has changed since the last time.
    [[nodiscard]] Result<> commit();
    [[nodiscard]] std::vector<IrqRoute> routes() const;

private:
    [[nodiscard]] std::vector<IrqRoute> collect() const;

    int m_vmFd;
    unsigned m_gsiCount;
    mutable std::mutex m_mutex;
    Gsi m_nextGsi = PinGsis;              // guarded by m_mutex
    std::set<Gsi> m_freeGsis;             // guarded by m_mutex
    std::map<Gsi, MsiMessage> m_messages; // guarded by m_mutex
    bool m_changed = true;                // guarded by m_mutex
};

} // namespace engine::kvm

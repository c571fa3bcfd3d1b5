// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "conformance/recorded_trace.h"
#include "conformance/software_platform.h"

#include <array>
#include <span>

namespace engine::conformance {

/// Stands in for the recorded guest's RAM, which the recordings do not have: before each command is
/// issued (PxCI), puts one into slot 0 that ends as the recorded one did: refused, data by PIO, or
/// otherwise successful. Knows that port 0 has a disk and port 1 a CD drive.
class AhciStandIn {
public:
    explicit AhciStandIn(const GuestMemory& memory) : m_memory(memory) {}

    /// Call with `rest` starting at the access that is made next. Looks only at region "ahci".
    [[nodiscard]] Result<> before(std::span<const RecordedAccess> rest);

private:
    enum class Ending : std::uint8_t { Refused, DataByPio, Success };
    struct Port {
        std::uint64_t commandList = 0;
    };
    [[nodiscard]] static Ending endingOf(std::span<const RecordedAccess> rest);
    [[nodiscard]] Result<> placeCommand(unsigned port, Ending ending);

    const GuestMemory& m_memory;
    std::array<Port, 6> m_ports;
};

} // namespace engine::conformance

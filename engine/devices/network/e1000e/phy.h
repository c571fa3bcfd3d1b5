// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/state.h"

#include <array>
#include <cstdint>

namespace engine::e1000e {

/// The 82574L's internal PHY as the MDIC register reaches it (IEEE 802.3 clause 22; datasheet chapter 9):
/// a gigabit link that negotiates at once. Pages other than 0 are empty.
class Phy {
public:
    Phy() { reset(); }
    void reset();
    void setLink(bool up) { m_linkUp = up; }
    [[nodiscard]] bool isLoopback() const { return (m_values[0] & 1 << 14) != 0; }
    [[nodiscard]] std::uint16_t read(unsigned number) const;
    /// True when the write restarted the negotiation.
    bool write(unsigned number, std::uint16_t value);
    void saveState(StateWriter& out) const;
    void readState(StateReader& in);

private:
    std::array<std::uint16_t, 32> m_values{};
    bool m_linkUp = true;
};

} // namespace engine::e1000e

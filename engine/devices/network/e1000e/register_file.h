// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "devices/network/e1000e/phy.h"
#include "devices/network/e1000e/registers.h"
#include "devices/network/net_backend.h"

#include <array>
#include <cstdint>
#include <vector>

namespace engine::e1000e {

/// What a register write asks the adapter to do.
struct RegisterEffects {
    bool reset = false;    ///< CTRL.RST: the rings' inner state goes as well
    bool transmit = false; ///< there may be descriptors to send
    bool receive = false;  ///< there may be room for frames
};

/// The 82574L's registers without bus, rings or interrupts wires: what software reads back, what it may
/// set, and which causes are pending. Callers serialise.
class RegisterFile {
public:
    explicit RegisterFile(const MacAddress& mac);
    /// Power-on values, and the address from the EEPROM.
    void reset();

    /// Guest accesses of an aligned double word. Offsets beyond reg::End read as zero.
    [[nodiscard]] std::uint32_t read(std::uint32_t offset);
    RegisterEffects write(std::uint32_t offset, std::uint32_t value);

    /// The device's side: plain storage.
    [[nodiscard]] std::uint32_t get(std::uint32_t offset) const { return m_values.at(offset / 4); }
    void set(std::uint32_t offset, std::uint32_t value) { m_values.at(offset / 4) = value; }
    void count(std::uint32_t statistic, std::uint32_t amount = 1);
    void count64(std::uint32_t lowStatistic, std::uint32_t amount);

    void setLink(bool up);
    [[nodiscard]] bool isLinkUp() const { return (get(reg::DeviceStatus) & StatusLinkUp) != 0; }
    /// What is sent comes back instead of going out: RCTL.LBM, or the PHY's loopback.
    [[nodiscard]] bool isLoopback() const;

    // --- interrupts (datasheet 7.4)
    void raise(std::uint32_t causes);
    /// Causes that are pending and not masked.
    [[nodiscard]] std::uint32_t pending() const;
    /// Pending causes that have not been announced by a message yet; they count as announced now.
    [[nodiscard]] std::uint32_t takeUnannounced();
    /// The MSI-X vectors for `causes`, with automatic clearing and masking (7.4.3, 10.2.4.9).
    [[nodiscard]] std::vector<unsigned> takeVectors(std::uint32_t causes);

    void saveState(StateWriter& out) const;
    /// Judge with StateReader::finish().
    void readState(StateReader& in);

private:
    [[nodiscard]] std::uint32_t readCause();
    void readStatistic(std::uint32_t offset);
    void readEeprom(std::uint32_t value);
    void accessPhy(std::uint32_t value);
    RegisterEffects writeControl(std::uint32_t value);

    const std::array<std::uint16_t, 64> m_eeprom;
    const MacAddress m_mac;
    std::array<std::uint32_t, reg::End / 4> m_values{};
    Phy m_phy;
    std::uint32_t m_announced = 0;
    bool m_linkUp = true; ///< the cable
};

} // namespace engine::e1000e

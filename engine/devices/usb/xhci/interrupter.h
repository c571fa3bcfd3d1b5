// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/state.h"
#include "devices/usb/xhci/trb.h"
#include "memory/guest_memory.h"

#include <chrono>
#include <deque>
#include <vector>

namespace engine::usb::xhci {

/// One interrupter: its register set (xHCI 1.2, 5.5.2) and the controller's end of its event ring (4.9.4).
/// Events that find the ring full wait inside; the owner starts no new work while some do.
class Interrupter {
public:
    static constexpr std::uint64_t RegisterBytes = 32;
    static constexpr unsigned MostSegments = 16;
    static constexpr std::uint8_t SegmentsLog2 = 4; ///< HCSPARAMS2.ERST Max

    /// Register `offset` (multiple of 4) of the set.
    [[nodiscard]] std::uint32_t read(std::uint32_t offset) const;
    void write(std::uint32_t offset, std::uint32_t value);

    /// Appends an event; without `interrupts` (BEI) nobody is told. An error when the ring makes no sense.
    [[nodiscard]] Result<> post(const GuestMemory& memory, Trb event, bool interrupts = true);
    /// After the guest has moved its dequeue pointer: moves waiting events into the ring.
    [[nodiscard]] Result<> flush(const GuestMemory& memory);
    [[nodiscard]] bool isBlocked() const { return !m_waiting.empty(); }
    /// Software has given it a ring.
    [[nodiscard]] bool hasRing() const { return m_tableSize != 0; }

    /// Turns what happened into the pending bit as moderation allows; true when the bit rose.
    [[nodiscard]] bool updatePending(std::chrono::nanoseconds now);
    /// When updatePending() has something to do without any other cause.
    [[nodiscard]] std::optional<std::chrono::nanoseconds> nextDeadline() const;
    /// IP and IE: wants the wire, or a message.
    [[nodiscard]] bool wantsInterrupt() const { return m_pending && m_enabled; }
    /// A message has been sent for it.
    void acknowledgeByMessage() { m_pending = false; }

    void saveState(StateWriter& out) const;
    void readState(StateReader& in);
    /// For CSS and CRS: the position in the ring only.
    void restorePosition(const Interrupter& saved);

private:
    struct Segment {
        std::uint64_t base = 0;
        std::uint32_t size = 0; ///< in TRBs
    };
    struct Place {
        std::uint32_t segment = 0;
        std::uint32_t index = 0;
        bool cycle = true;
    };
    [[nodiscard]] Result<> loadTable(const GuestMemory& memory);
    [[nodiscard]] Place after(Place place) const;
    [[nodiscard]] std::uint64_t addressOf(const Place& place) const;
    [[nodiscard]] Result<> store(const GuestMemory& memory, Trb event);
    [[nodiscard]] Result<bool> tryPost(const GuestMemory& memory, const Trb& event);

    // Registers
    bool m_pending = false;          ///< IMAN.IP
    bool m_enabled = false;          ///< IMAN.IE
    std::uint16_t m_interval = 4000; ///< IMODI, in units of 250 ns
    std::uint16_t m_tableSize = 0;
    std::uint64_t m_table = 0;   ///< ERSTBA
    std::uint64_t m_dequeue = 0; ///< ERDP without its flags
    std::uint8_t m_dequeueSegment = 0;
    bool m_busy = false; ///< ERDP.EHB

    // Ring
    bool m_loaded = false;
    std::vector<Segment> m_segments;
    Place m_place;
    bool m_toldFull = false;
    std::deque<Trb> m_waiting;

    // Moderation
    bool m_eventPending = false; ///< IPE
    std::chrono::nanoseconds m_notBefore{0};
};

} // namespace engine::usb::xhci

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/state.h"
#include "memory/guest_memory.h"

#include <cstdint>
#include <optional>

namespace engine::nvme {

/// The doorbells' mirror in the driver's memory (NVMe 1.4, 5.7 and B.5). The driver stores each new
/// value there and writes to the register only when it passes the event index that the controller
/// has left beside it, so most submissions cause no exit. Loop thread; the memory is hostile.
class ShadowDoorbells {
public:
    enum class Side : std::uint8_t { SubmissionTail = 0, CompletionHead = 1 };

    explicit ShadowDoorbells(const GuestMemory& memory) : m_memory(memory) {}

    [[nodiscard]] bool isActive() const { return m_place.has_value(); }
    /// Takes two pages into use; false when one of them is not RAM as a whole.
    [[nodiscard]] bool activate(GuestAddress values, GuestAddress events, std::uint64_t pageBytes);
    void deactivate() { m_place.reset(); }

    /// The driver's latest value; nullopt when its memory has gone.
    [[nodiscard]] std::optional<std::uint32_t> read(unsigned queue, Side side) const;
    /// Sets the value that the driver will go on from, and asks for the next change.
    void initialise(unsigned queue, Side side, std::uint32_t value) const;
    /// Wants to be told when the value passes `index`.
    void askFor(unsigned queue, Side side, std::uint32_t index) const;

    void saveState(StateWriter& out) const;
    [[nodiscard]] bool readState(StateReader& in);
    void adopt(const ShadowDoorbells& other) { m_place = other.m_place; }

private:
    struct Place {
        GuestAddress values;
        GuestAddress events;
    };
    [[nodiscard]] static GuestAddress at(GuestAddress page, unsigned queue, Side side);

    const GuestMemory& m_memory;
    std::optional<Place> m_place;
};

} // namespace engine::nvme

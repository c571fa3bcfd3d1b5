// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "devices/chipset/ps2_queue.h"
#include "devices/input/input_sink.h"

#include <array>
#include <optional>

namespace engine {

/// A PS/2 mouse as a pure state machine: the standard one with three buttons, which becomes a wheel mouse
/// (ID 3) or one with five buttons (ID 4) when the driver sets the sample rates that ask for it.
///
/// Movement adds up until it is reported; at most two movement reports wait for the guest, so that a slow
/// one sees the newest position instead of a backlog.
class Ps2Mouse {
public:
    /// A byte that the guest sent to the mouse.
    void write(std::uint8_t value);

    void move(std::int32_t dx, std::int32_t dy); ///< +dy is down
    void wheel(std::int32_t clicks);             ///< + is up
    void button(PointerButton button, bool down);
    /// Reports what has changed, if the guest wants reports and there is room.
    void sync();

    [[nodiscard]] std::optional<Ps2Byte> take();
    [[nodiscard]] bool hasOutput() const { return !m_replies.isEmpty() || !m_reports.isEmpty(); }

    void reset() { *this = Ps2Mouse(); }
    void save(StateWriter& out) const;
    /// The caller asks in.finish() and then takes the result over.
    [[nodiscard]] static Ps2Mouse restore(StateReader& in);

private:
    void runCommand(std::uint8_t command);
    [[nodiscard]] bool takeArgument(std::uint8_t value);
    void reply(std::initializer_list<std::uint8_t> bytes) { m_replies.push(bytes); }
    void replyStatus();
    void setDefaults();
    void setSampleRate(std::uint8_t rate);
    void dropMovement();
    [[nodiscard]] std::size_t packetBytes() const { return m_id == 0 ? 3 : 4; }
    [[nodiscard]] bool hasChanges() const;
    /// Takes as much of the accumulated movement as one packet holds.
    [[nodiscard]] std::array<std::uint8_t, 4> buildPacket(bool scaled);

    Ps2Queue m_replies;
    Ps2Queue m_reports;
    std::uint8_t m_pendingCommand = 0; // waits for its argument; 0: none
    std::uint8_t m_lastSent = 0;       // for FE
    std::uint8_t m_id = 0;
    std::uint8_t m_sampleRate = 100;
    std::uint8_t m_resolution = 2; // 4 counts per millimetre
    std::array<std::uint8_t, 2> m_rateHistory{};
    bool m_reporting = false;
    bool m_remote = false;
    bool m_wrap = false;
    bool m_doubleScale = false;
    std::uint8_t m_buttons = 0; // one bit per PointerButton
    std::uint8_t m_reportedButtons = 0;
    std::int32_t m_dx = 0;
    std::int32_t m_dy = 0; // + is up, as in packets
    std::int32_t m_dz = 0; // + is down, as in packets
};

} // namespace engine

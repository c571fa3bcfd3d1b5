// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/manual_clock.h"
#include "devices/usb/hid/hid_keyboard.h"
#include "devices/usb/hid/hid_tablet.h"
#include "devices/usb/xhci_controller.h"
#include "support/pci_test_board.h"

#include <array>
#include <deque>
#include <vector>

namespace engine::test {

/// A small xHCI driver that plays the guest: one command ring, one event ring, and a ring for each endpoint,
/// as xHCI 1.2 chapter 4 describes. All numbers are from the specification.
class XhciGuest {
public:
    static constexpr std::uint64_t Bar = 0x8'0000'0000;
    static constexpr std::uint64_t Op = Bar + 0x40;
    static constexpr std::uint64_t Runtime = Bar + 0x1000;
    static constexpr std::uint64_t Doorbells = Bar + 0x2000;
    static constexpr std::uint64_t ContextArray = 0x1'0000;
    static constexpr std::uint64_t CommandRing = 0x2'0000;
    static constexpr std::uint64_t EventRing = 0x3'0000;
    static constexpr std::uint64_t EventTable = 0x3'f000;
    static constexpr std::uint64_t InputContext = 0x4'0000;
    static constexpr std::uint64_t DeviceContexts = 0x5'0000; ///< 0x1000 each
    static constexpr std::uint64_t TransferRings = 0x10'0000; ///< 0x1000 each: 32 for a slot
    static constexpr std::uint64_t Buffers = 0x20'0000;
    static constexpr unsigned RingTrbs = 32; ///< the last one is the link
    static constexpr unsigned EventTrbs = 32;

    struct Trb {
        std::uint64_t parameter = 0;
        std::uint32_t status = 0;
        std::uint32_t control = 0;
        [[nodiscard]] unsigned type() const { return control >> 10 & 0x3f; }
        [[nodiscard]] unsigned code() const { return status >> 24; }
        [[nodiscard]] unsigned slot() const { return control >> 24; }
        [[nodiscard]] std::uint32_t residual() const { return status & 0xffffff; }
    };

    XhciGuest()
    {
        board.insert(xhci);
        placeBars();
    }
    void placeBars()
    {
        board.configWrite(0x10, 4, 0);
        board.configWrite(0x14, 4, Bar >> 32);
        board.configWrite(0x18, 4, 0xfe00'0000);
        board.configWrite(0x04, 2, 6);
    }

    [[nodiscard]] std::uint32_t get(std::uint64_t at)
    {
        return static_cast<std::uint32_t>(board.mmioRead(at, 4));
    }
    void set(std::uint64_t at, std::uint32_t value) { board.mmioWrite(at, 4, value); }
    [[nodiscard]] std::uint64_t port(unsigned number) const { return Bar + 0x440 + 0x10ULL * (number - 1); }

    /// Reset, rings, run, as 4.2 says.
    void start(bool interrupts = true)
    {
        set(Op + 0x00, 2);
        ASSERT_EQ(get(Op + 0x04) & 0x801, 1U);
        set(Op + 0x38, 32);
        for (std::uint64_t i = 0; i < 16ULL * EventTrbs; i += 8) {
            board.store(EventRing + i, std::uint64_t{0});
            board.store(CommandRing + i, std::uint64_t{0});
        }
        board.mmioWrite(Op + 0x30, 8, ContextArray);
        board.mmioWrite(Op + 0x18, 8, CommandRing | 1);
        m_command = {.base = CommandRing};
        board.store(EventTable, std::array<std::uint64_t, 2>{EventRing, EventTrbs});
        m_event = {.base = EventRing};
        set(Runtime + 0x28, 1);
        board.mmioWrite(Runtime + 0x38, 8, EventRing);
        board.mmioWrite(Runtime + 0x30, 8, EventTable);
        set(Runtime + 0x24, 0); // no moderation unless a test asks for it
        set(Runtime + 0x20, interrupts ? 2 : 0);
        set(Op + 0x00, interrupts ? 5 : 1);
        ASSERT_EQ(get(Op + 0x04) & 1, 0U);
    }

    /// The next event, nullopt when there is none; the dequeue pointer moves.
    [[nodiscard]] std::optional<Trb> event()
    {
        const std::uint64_t at = m_event.base + 16ULL * m_event.index;
        const auto trb = board.load<Trb>(at);
        if ((trb.control & 1) != (m_event.cycle ? 1U : 0U))
            return std::nullopt;
        if (++m_event.index == EventTrbs) {
            m_event.index = 0;
            m_event.cycle = !m_event.cycle;
        }
        if (acknowledges)
            acknowledge();
        return trb;
    }
    void acknowledge() { board.mmioWrite(Runtime + 0x38, 8, (m_event.base + 16ULL * m_event.index) | 8); }
    [[nodiscard]] Trb eventOf(unsigned type)
    {
        while (const auto trb = event())
            if (trb->type() == type)
                return *trb;
        ADD_FAILURE() << "no event of type " << type;
        return {};
    }
    void drain()
    {
        while (event())
            ;
    }

    void pushCommand(const Trb& trb) { push(m_command, trb); }
    /// Runs a command; its completion event.
    [[nodiscard]] Trb command(unsigned type, std::uint64_t parameter = 0, std::uint32_t rest = 0)
    {
        push(m_command, {.parameter = parameter, .status = 0, .control = type << 10 | rest});
        set(Doorbells, 0);
        return eventOf(33);
    }

    void resetPort(unsigned number)
    {
        set(port(number), 1U << 9 | 1U << 4);
        ASSERT_EQ(get(port(number)) & 0x200013, 0x200003U); // PRC, enabled, connected, no PR
        set(port(number), 1U << 9 | 0xfe'0000);
        drain();
    }

    /// Reset, Enable Slot, Address Device; 0 when it failed.
    unsigned address(unsigned portNumber, bool blockSetAddress = false)
    {
        resetPort(portNumber);
        const Trb enabled = command(9);
        if (enabled.code() != 1)
            return 0;
        const unsigned slot = enabled.slot();
        prepareContexts(slot, portNumber);
        return command(11, InputContext, slot << 24 | (blockSetAddress ? 1U << 9 : 0)).code() == 1 ? slot : 0;
    }
    void prepareContexts(unsigned slot, unsigned portNumber)
    {
        board.store(ContextArray + 8ULL * slot, contextOf(slot));
        for (std::uint64_t i = 0; i < 0x420; i += 8)
            board.store(InputContext + i, std::uint64_t{0});
        for (std::uint64_t i = 0; i < 0x400; i += 8)
            board.store(contextOf(slot) + i, std::uint64_t{0});
        board.store(InputContext + 4, std::uint32_t{3});
        board.store(InputContext + 0x20, std::uint32_t{1U << 27 | 1U << 20});
        board.store(InputContext + 0x24, std::uint32_t{portNumber << 16});
        openRing(slot, 1);
        endpointContext(slot, 1, 4, 8);
    }
    /// Fills in the endpoint's place of the input context.
    void endpointContext(unsigned slot, unsigned index, unsigned type, unsigned maxPacket)
    {
        const std::uint64_t at = InputContext + 0x20 + 0x20ULL * index;
        board.store(at, std::uint32_t{6U << 16});
        board.store(at + 4, std::uint32_t{maxPacket << 16 | type << 3 | 3U << 1});
        board.store(at + 8, ringOf(slot, index).base | 1);
        board.store(at + 16, std::uint32_t{8});
    }
    [[nodiscard]] Trb configure(unsigned slot, unsigned index = 3, unsigned type = 7, unsigned maxPacket = 8)
    {
        board.store(InputContext, std::uint64_t{(1ULL | 1ULL << index) << 32});
        board.store(InputContext + 0x20, std::uint32_t{index << 27 | 1U << 20});
        openRing(slot, index);
        endpointContext(slot, index, type, maxPacket);
        return command(12, InputContext, slot << 24);
    }

    struct ControlOutcome {
        unsigned code = 0; ///< 0: no event
        std::vector<std::byte> data;
    };
    /// A whole control transfer (4.11.2.2): requestType, request, value, index, then the data stage.
    [[nodiscard]] ControlOutcome control(unsigned slot, std::uint8_t type, std::uint8_t request,
                                         std::uint16_t value, std::uint16_t index, std::uint16_t length,
                                         std::span<const std::byte> out = {})
    {
        const bool in = (type & 0x80) != 0;
        Ring& ring = ringOf(slot, 1);
        const std::uint64_t setup = type | std::uint64_t{request} << 8 | std::uint64_t{value} << 16
                                    | std::uint64_t{index} << 32 | std::uint64_t{length} << 48;
        const unsigned transferType = length == 0 ? 0 : in ? 3 : 2;
        push(ring, {.parameter = setup, .status = 8, .control = 2U << 10 | 1U << 6 | transferType << 16});
        if (!out.empty())
            board.storeBytes(Buffers, out);
        if (length != 0)
            push(ring, {.parameter = Buffers,
                        .status = length,
                        .control = 3U << 10 | 1U << 2 | (in ? 1U << 16 : 0)});
        push(ring, {.parameter = 0,
                    .status = 0,
                    .control = 4U << 10 | 1U << 5 | (in && length != 0 ? 0 : 1U << 16)});
        set(Doorbells + 4ULL * slot, 1);
        ControlOutcome outcome;
        std::uint32_t received = length;
        while (const auto trb = event()) {
            if (trb->type() != 32)
                continue;
            outcome.code = trb->code();
            if (trb->code() == 13)
                received = length - trb->residual();
        }
        if (in && outcome.code == 1)
            outcome.data = board.loadBytes(Buffers, received);
        return outcome;
    }
    /// Offers a buffer to an interrupt endpoint, as one TRB with IOC and ISP; its address.
    std::uint64_t offer(unsigned slot, unsigned index, std::uint64_t buffer, std::uint32_t length)
    {
        const std::uint64_t at =
            push(ringOf(slot, index),
                 {.parameter = buffer, .status = length, .control = 1U << 10 | 1U << 5 | 1U << 2});
        set(Doorbells + 4ULL * slot, index);
        return at;
    }
    [[nodiscard]] std::vector<std::byte> report(const Trb& event, std::uint32_t length)
    {
        const auto source = board.load<Trb>(event.parameter);
        return board.loadBytes(source.parameter, length - event.residual());
    }
    /// A device ready for use on `portNumber`: addressed, configured, its interrupt endpoint open.
    unsigned bringUp(unsigned portNumber)
    {
        const unsigned slot = address(portNumber);
        EXPECT_NE(slot, 0U);
        EXPECT_EQ(configure(slot).code(), 1U);
        EXPECT_EQ(control(slot, 0x00, 9, 1, 0, 0).code, 1U);
        return slot;
    }

    struct Ring {
        std::uint64_t base = 0;
        unsigned index = 0;
        bool cycle = true;
    };
    std::uint64_t push(Ring& ring, Trb trb)
    {
        const std::uint64_t at = ring.base + 16ULL * ring.index;
        trb.control |= ring.cycle ? 1 : 0;
        board.store(at, trb);
        if (++ring.index == RingTrbs - 1) {
            board.store(
                ring.base + 16ULL * ring.index,
                Trb{.parameter = ring.base, .status = 0, .control = 6U << 10 | 2U | (ring.cycle ? 1U : 0U)});
            ring.index = 0;
            ring.cycle = !ring.cycle;
        }
        return at;
    }
    Ring& ringOf(unsigned slot, unsigned index) { return m_rings[slot * 32 + index]; }
    [[nodiscard]] static std::uint64_t contextOf(unsigned slot) { return DeviceContexts + 0x1000ULL * slot; }
    [[nodiscard]] unsigned slotState(unsigned slot)
    {
        return board.load<std::uint32_t>(contextOf(slot) + 12) >> 27;
    }
    [[nodiscard]] unsigned endpointState(unsigned slot, unsigned index)
    {
        return board.load<std::uint32_t>(contextOf(slot) + 0x20ULL * index) & 7;
    }

    PciTestBoard board;
    ManualClock clock;
    XhciController xhci{board.memory, clock, board.log};
    std::shared_ptr<usb::HidTablet> tablet = std::make_shared<usb::HidTablet>(clock);
    std::shared_ptr<usb::HidKeyboard> keyboard = std::make_shared<usb::HidKeyboard>(clock);
    bool acknowledges = true; ///< events are acknowledged one by one

private:
    void openRing(unsigned slot, unsigned index)
    {
        const std::uint64_t base = TransferRings + 0x1000ULL * (32 * ((slot - 1) % 4) + index);
        for (std::uint64_t i = 0; i < 16ULL * RingTrbs; i += 8)
            board.store(base + i, std::uint64_t{0});
        ringOf(slot, index) = {.base = base};
    }

    Ring m_command;
    Ring m_event;
    std::map<unsigned, Ring> m_rings;
};

} // namespace engine::test

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/state.h"

#include <array>
#include <chrono>
#include <cstdint>
#include <deque>
#include <optional>

namespace engine {

/// Which generation of the chip answers: the 8250 has no scratch register, neither it nor the 16450 has
/// FIFOs.
enum class UartModel : std::uint8_t { Uart8250, Uart16450, Uart16550A };

/// Registers of the PC16550D (datasheet section 8, table II). Several share an offset; the access
/// direction and the divisor latch bit decide which one answers.
enum class UartRegister : std::uint8_t {
    ReceiverBuffer,     ///< RBR, offset 0, read,  DLAB=0
    TransmitterHolding, ///< THR, offset 0, write, DLAB=0
    InterruptEnable,    ///< IER, offset 1, DLAB=0
    InterruptIdent,     ///< IIR, offset 2, read
    FifoControl,        ///< FCR, offset 2, write
    LineControl,        ///< LCR, offset 3
    ModemControl,       ///< MCR, offset 4
    LineStatus,         ///< LSR, offset 5
    ModemStatus,        ///< MSR, offset 6
    Scratch,            ///< SCR, offset 7
    DivisorLow,         ///< DLL, offset 0, DLAB=1
    DivisorHigh,        ///< DLM, offset 1, DLAB=1
};

enum class UartAccess : std::uint8_t { Read, Write };

[[nodiscard]] constexpr UartRegister decodeUart(std::uint8_t offset, UartAccess access, bool dlab)
{
    using enum UartRegister;
    const bool isRead = access == UartAccess::Read;
    switch (offset & 7) {
    case 0: return dlab ? DivisorLow : isRead ? ReceiverBuffer : TransmitterHolding;
    case 1: return dlab ? DivisorHigh : InterruptEnable;
    case 2: return isRead ? InterruptIdent : FifoControl;
    case 3: return LineControl;
    case 4: return ModemControl;
    case 5: return LineStatus;
    case 6: return ModemStatus;
    default: return Scratch;
    }
}
static_assert(decodeUart(0, UartAccess::Read, true) == UartRegister::DivisorLow);

/// What the other side of the cable drives.
struct UartModemInputs {
    bool clearToSend = true;    ///< CTS
    bool dataSetReady = true;   ///< DSR
    bool ringIndicator = false; ///< RI
    bool carrierDetect = true;  ///< DCD
    bool operator==(const UartModemInputs&) const = default;
};

/// The UART as a pure state machine: no bus, no clock, no lock. The transmitter is infinitely fast: a
/// written byte waits in takeTransmitted() and the holding register is empty again at once.
class Uart16550 {
public:
    static constexpr std::size_t FifoDepth = 16;

    explicit Uart16550(UartModel model = UartModel::Uart16550A) : m_model(model) {}

    [[nodiscard]] std::uint8_t read(std::uint8_t offset);
    void write(std::uint8_t offset, std::uint8_t value);

    /// How many bytes receive() takes now without an overrun. None in loopback mode.
    [[nodiscard]] std::size_t receiveSpace() const;
    /// Host to guest. Without space the byte is lost and the overrun bit says so.
    void receive(std::uint8_t byte);
    /// The other side holds the line low for longer than a character.
    void receiveBreak();
    /// Nothing has arrived and nothing was read for four character times.
    void receiveTimeout();
    /// True while receiveTimeout() is due after characterTime() * 4 of silence.
    [[nodiscard]] bool waitsForTimeout() const;
    [[nodiscard]] std::chrono::nanoseconds characterTime() const;
    /// Changes whenever a byte enters or leaves the receiver: the silence starts anew.
    [[nodiscard]] std::uint32_t receiverActivity() const { return m_receiverActivity; }
    void setModemInputs(UartModemInputs inputs);

    /// Guest to host: the next transmitted byte, if any.
    [[nodiscard]] std::optional<std::uint8_t> takeTransmitted();
    /// The level at the interrupt controller: an enabled cause, and OUT2, which gates it on a PC.
    [[nodiscard]] bool interruptLine() const;

    void reset();
    void save(StateWriter& out) const;
    /// The caller asks in.finish() and then takes the result over.
    [[nodiscard]] static Result<Uart16550> restore(StateReader& in, UartModel model);

private:
    [[nodiscard]] bool hasFifo() const;
    [[nodiscard]] bool dlab() const;
    [[nodiscard]] bool isLoopback() const;
    [[nodiscard]] std::size_t depth() const { return hasFifo() ? FifoDepth : 1; }
    [[nodiscard]] std::size_t triggerLevel() const;
    [[nodiscard]] std::uint8_t pendingInterrupt() const;
    [[nodiscard]] std::uint8_t readReceiver();
    [[nodiscard]] std::uint8_t readInterruptIdent();
    [[nodiscard]] std::uint8_t readLineStatus();
    [[nodiscard]] std::uint8_t readModemStatus();
    void pushReceived(std::uint8_t byte);
    void transmit(std::uint8_t byte);
    void writeInterruptEnable(std::uint8_t value);
    void writeFifoControl(std::uint8_t value);
    void writeLineControl(std::uint8_t value);
    void writeModemControl(std::uint8_t value);
    /// Recomputes the four input bits of MSR and the deltas against their last value.
    void updateModemStatus();

    UartModel m_model;
    std::deque<std::uint8_t> m_receiveFifo;  // at most FifoDepth
    std::deque<std::uint8_t> m_transmitFifo; // drained after every write
    std::uint8_t m_interruptEnable = 0;
    std::uint8_t m_fifoControl = 0;
    std::uint8_t m_lineControl = 0;
    std::uint8_t m_modemControl = 0;
    std::uint8_t m_lineErrors = 0; // OE PE FE BI of LSR
    std::uint8_t m_modemStatus = 0xb0;
    std::uint8_t m_scratch = 0;
    std::uint16_t m_divisor = 12; // 9600 baud
    UartModemInputs m_inputs;
    std::uint32_t m_receiverActivity = 0;
    bool m_thrEmptyInterrupt = false;
    bool m_timeoutInterrupt = false;
};

} // namespace engine

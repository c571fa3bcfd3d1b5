// SPDX-License-Identifier: GPL-3.0-or-later
#include "devices/chipset/uart16550.h"

#include <algorithm>
#include <bit>

namespace engine {

namespace {

// IER
constexpr std::uint8_t IerReceivedData = 1 << 0;
constexpr std::uint8_t IerThrEmpty = 1 << 1;
constexpr std::uint8_t IerLineStatus = 1 << 2;
constexpr std::uint8_t IerModemStatus = 1 << 3;
constexpr std::uint8_t IerMask = 0x0f;
// IIR, in order of priority (table IV)
constexpr std::uint8_t IirNone = 0x01;
constexpr std::uint8_t IirLineStatus = 0x06;
constexpr std::uint8_t IirReceivedData = 0x04;
constexpr std::uint8_t IirTimeout = 0x0c;
constexpr std::uint8_t IirThrEmpty = 0x02;
constexpr std::uint8_t IirModemStatus = 0x00;
constexpr std::uint8_t IirFifosEnabled = 0xc0;
// FCR
constexpr std::uint8_t FcrEnable = 1 << 0;
constexpr std::uint8_t FcrClearReceiver = 1 << 1;
constexpr std::uint8_t FcrClearTransmitter = 1 << 2;
constexpr std::uint8_t FcrKept = 0xc9; // enable, DMA mode, trigger
// LCR
constexpr std::uint8_t LcrWordLength = 0x03;
constexpr std::uint8_t LcrStopBits = 1 << 2;
constexpr std::uint8_t LcrParity = 1 << 3;
constexpr std::uint8_t LcrBreak = 1 << 6;
constexpr std::uint8_t LcrDlab = 1 << 7;
// MCR
constexpr std::uint8_t McrDtr = 1 << 0;
constexpr std::uint8_t McrRts = 1 << 1;
constexpr std::uint8_t McrOut1 = 1 << 2;
constexpr std::uint8_t McrOut2 = 1 << 3;
constexpr std::uint8_t McrLoopback = 1 << 4;
constexpr std::uint8_t McrMask = 0x1f;
// LSR
constexpr std::uint8_t LsrDataReady = 1 << 0;
constexpr std::uint8_t LsrOverrun = 1 << 1;
constexpr std::uint8_t LsrBreak = 1 << 4;
constexpr std::uint8_t LsrErrorMask = 0x1e;
constexpr std::uint8_t LsrThrEmpty = 1 << 5;
constexpr std::uint8_t LsrTransmitterIdle = 1 << 6;
constexpr std::uint8_t LsrErrorInFifo = 1 << 7;
// MSR: inputs in the high half, what changed since the last read in the low one
constexpr std::uint8_t MsrDeltaMask = 0x0f;
constexpr std::uint8_t MsrTrailingEdgeRi = 1 << 2;
constexpr std::uint8_t MsrCts = 1 << 4;
constexpr std::uint8_t MsrDsr = 1 << 5;
constexpr std::uint8_t MsrRi = 1 << 6;
constexpr std::uint8_t MsrDcd = 1 << 7;

constexpr std::uint8_t bit(bool on, std::uint8_t mask)
{
    return on ? mask : std::uint8_t{0};
}

constexpr std::uint64_t BaudClock = 1'843'200 / 16; // the PC's crystal

} // namespace

bool Uart16550::hasFifo() const
{
    return (m_fifoControl & FcrEnable) != 0;
}

bool Uart16550::dlab() const
{
    return (m_lineControl & LcrDlab) != 0;
}

bool Uart16550::isLoopback() const
{
    return (m_modemControl & McrLoopback) != 0;
}

std::size_t Uart16550::triggerLevel() const
{
    constexpr std::array<std::size_t, 4> Levels{1, 4, 8, 14};
    return hasFifo() ? Levels.at(m_fifoControl >> 6) : 1;
}

std::uint8_t Uart16550::pendingInterrupt() const
{
    if ((m_interruptEnable & IerLineStatus) && m_lineErrors)
        return IirLineStatus;
    if ((m_interruptEnable & IerReceivedData) && m_receiveFifo.size() >= triggerLevel())
        return IirReceivedData;
    if ((m_interruptEnable & IerReceivedData) && m_timeoutInterrupt)
        return IirTimeout;
    if ((m_interruptEnable & IerThrEmpty) && m_thrEmptyInterrupt)
        return IirThrEmpty;
    if ((m_interruptEnable & IerModemStatus) && (m_modemStatus & MsrDeltaMask))
        return IirModemStatus;
    return IirNone;
}

bool Uart16550::interruptLine() const
{
    return (m_modemControl & McrOut2) && pendingInterrupt() != IirNone;
}

std::uint8_t Uart16550::readReceiver()
{
    m_timeoutInterrupt = false;
    if (m_receiveFifo.empty())
        return 0;
    ++m_receiverActivity;
    const std::uint8_t byte = m_receiveFifo.front();
    m_receiveFifo.pop_front();
    return byte;
}

std::uint8_t Uart16550::readInterruptIdent()
{
    const std::uint8_t cause = pendingInterrupt();
    // Reading IIR while it reports THRE acknowledges that interrupt (table IV).
    if (cause == IirThrEmpty)
        m_thrEmptyInterrupt = false;
    return static_cast<std::uint8_t>(cause | bit(hasFifo(), IirFifosEnabled));
}

std::uint8_t Uart16550::readLineStatus()
{
    const auto status = static_cast<std::uint8_t>(
        LsrThrEmpty | LsrTransmitterIdle | bit(!m_receiveFifo.empty(), LsrDataReady) | m_lineErrors
        | bit(hasFifo() && (m_lineErrors & ~LsrOverrun), LsrErrorInFifo));
    m_lineErrors = 0;
    return status;
}

std::uint8_t Uart16550::readModemStatus()
{
    const std::uint8_t status = m_modemStatus;
    m_modemStatus &= static_cast<std::uint8_t>(~MsrDeltaMask);
    return status;
}

std::uint8_t Uart16550::read(std::uint8_t offset)
{
    switch (decodeUart(offset, UartAccess::Read, dlab())) {
    case UartRegister::ReceiverBuffer: return readReceiver();
    case UartRegister::InterruptEnable: return m_interruptEnable;
    case UartRegister::InterruptIdent: return readInterruptIdent();
    case UartRegister::LineControl: return m_lineControl;
    case UartRegister::ModemControl: return m_modemControl;
    case UartRegister::LineStatus: return readLineStatus();
    case UartRegister::ModemStatus: return readModemStatus();
    case UartRegister::Scratch: return m_model == UartModel::Uart8250 ? 0xff : m_scratch;
    case UartRegister::DivisorLow: return static_cast<std::uint8_t>(m_divisor & 0xff);
    case UartRegister::DivisorHigh: return static_cast<std::uint8_t>(m_divisor >> 8);
    case UartRegister::TransmitterHolding:
    case UartRegister::FifoControl: break; // write only; other registers answer at their offsets
    }
    return 0xff;
}

void Uart16550::write(std::uint8_t offset, std::uint8_t value)
{
    switch (decodeUart(offset, UartAccess::Write, dlab())) {
    case UartRegister::TransmitterHolding: transmit(value); break;
    case UartRegister::InterruptEnable: writeInterruptEnable(value); break;
    case UartRegister::FifoControl: writeFifoControl(value); break;
    case UartRegister::LineControl: writeLineControl(value); break;
    case UartRegister::ModemControl: writeModemControl(value); break;
    case UartRegister::Scratch: m_scratch = value; break;
    case UartRegister::DivisorLow:
        m_divisor = static_cast<std::uint16_t>((m_divisor & 0xff00) | value);
        break;
    case UartRegister::DivisorHigh:
        m_divisor = static_cast<std::uint16_t>((m_divisor & 0x00ff) | (value << 8));
        break;
    case UartRegister::LineStatus: // "intended for read operations only" (section 8.5)
    case UartRegister::ModemStatus:
    case UartRegister::ReceiverBuffer:
    case UartRegister::InterruptIdent: break;
    }
}

void Uart16550::transmit(std::uint8_t byte)
{
    if (isLoopback())
        pushReceived(byte);
    else
        m_transmitFifo.push_back(byte);
    m_thrEmptyInterrupt = true; // the byte has left already
}

void Uart16550::writeInterruptEnable(std::uint8_t value)
{
    const bool newlyEnabled = !(m_interruptEnable & IerThrEmpty) && (value & IerThrEmpty);
    m_interruptEnable = value & IerMask;
    // Linux's serial driver expects THRE when its enable bit goes to 1 with an empty transmitter; the
    // datasheet is silent about it, real chips do it.
    if (newlyEnabled)
        m_thrEmptyInterrupt = true;
}

void Uart16550::writeFifoControl(std::uint8_t value)
{
    if (m_model != UartModel::Uart16550A)
        return;
    const bool toggled = ((m_fifoControl ^ value) & FcrEnable) != 0;
    // Other bits are only programmed while bit 0 is 1 (section 8.4).
    m_fifoControl = value & FcrEnable ? value & FcrKept : 0;
    if (toggled || (value & FcrClearReceiver)) {
        m_receiveFifo.clear();
        m_timeoutInterrupt = false;
        m_lineErrors &= LsrOverrun;
    }
    if (toggled || (value & FcrClearTransmitter))
        m_thrEmptyInterrupt = true;
}

void Uart16550::writeLineControl(std::uint8_t value)
{
    const bool breakStarts = (value & ~m_lineControl & LcrBreak) != 0;
    m_lineControl = value;
    if (breakStarts && isLoopback())
        receiveBreak();
}

void Uart16550::writeModemControl(std::uint8_t value)
{
    m_modemControl = value & McrMask;
    updateModemStatus();
}

void Uart16550::updateModemStatus()
{
    // In loopback the four outputs are wired to the four inputs (section 8.6.5).
    const std::uint8_t inputs =
        isLoopback()
            ? static_cast<std::uint8_t>(
                  bit(m_modemControl & McrRts, MsrCts) | bit(m_modemControl & McrDtr, MsrDsr)
                  | bit(m_modemControl & McrOut1, MsrRi) | bit(m_modemControl & McrOut2, MsrDcd))
            : static_cast<std::uint8_t>(bit(m_inputs.clearToSend, MsrCts) | bit(m_inputs.dataSetReady, MsrDsr)
                                        | bit(m_inputs.ringIndicator, MsrRi)
                                        | bit(m_inputs.carrierDetect, MsrDcd));
    auto deltas = static_cast<std::uint8_t>((inputs ^ m_modemStatus) >> 4);
    // The ring indicator only counts when it ends (TERI).
    if ((deltas & MsrTrailingEdgeRi) && (inputs & MsrRi))
        deltas &= static_cast<std::uint8_t>(~MsrTrailingEdgeRi);
    m_modemStatus = static_cast<std::uint8_t>(inputs | (m_modemStatus & MsrDeltaMask) | deltas);
}

void Uart16550::setModemInputs(UartModemInputs inputs)
{
    m_inputs = inputs;
    updateModemStatus();
}

void Uart16550::pushReceived(std::uint8_t byte)
{
    if (m_receiveFifo.size() >= depth()) {
        m_lineErrors |= LsrOverrun;
        if (!hasFifo())
            m_receiveFifo.back() = byte; // without FIFOs the newer character wins
        return;
    }
    m_receiveFifo.push_back(byte);
    ++m_receiverActivity;
    m_timeoutInterrupt = false;
}

std::size_t Uart16550::receiveSpace() const
{
    return isLoopback() || m_receiveFifo.size() >= depth() ? 0 : depth() - m_receiveFifo.size();
}

void Uart16550::receive(std::uint8_t byte)
{
    if (!isLoopback()) // the serial input is disconnected then
        pushReceived(byte);
}

void Uart16550::receiveBreak()
{
    pushReceived(0);
    m_lineErrors |= LsrBreak;
}

bool Uart16550::waitsForTimeout() const
{
    return hasFifo() && !m_receiveFifo.empty() && m_receiveFifo.size() < triggerLevel()
           && !m_timeoutInterrupt;
}

void Uart16550::receiveTimeout()
{
    if (waitsForTimeout())
        m_timeoutInterrupt = true;
}

std::chrono::nanoseconds Uart16550::characterTime() const
{
    const unsigned data = 5U + (m_lineControl & LcrWordLength);
    const unsigned frame =
        1 + data + (m_lineControl & LcrParity ? 1 : 0) + (m_lineControl & LcrStopBits ? 2 : 1);
    const std::uint64_t divisor = std::max<std::uint64_t>(m_divisor, 1);
    return std::chrono::nanoseconds(frame * divisor * 1'000'000'000ULL / BaudClock);
}

std::optional<std::uint8_t> Uart16550::takeTransmitted()
{
    if (m_transmitFifo.empty())
        return std::nullopt;
    const std::uint8_t byte = m_transmitFifo.front();
    m_transmitFifo.pop_front();
    return byte;
}

void Uart16550::reset()
{
    const UartModemInputs inputs = m_inputs;
    *this = Uart16550(m_model);
    m_inputs = inputs;
    updateModemStatus();
    m_modemStatus &= static_cast<std::uint8_t>(~MsrDeltaMask);
}

void Uart16550::save(StateWriter& out) const
{
    const std::vector<std::uint8_t> received(m_receiveFifo.begin(), m_receiveFifo.end());
    out.bytes(std::as_bytes(std::span(received)));
    for (const std::uint8_t value : {m_interruptEnable, m_fifoControl, m_lineControl, m_modemControl,
                                     m_lineErrors, m_modemStatus, m_scratch})
        out.integer(value);
    out.integer(m_divisor);
    for (const bool value : {m_inputs.clearToSend, m_inputs.dataSetReady, m_inputs.ringIndicator,
                             m_inputs.carrierDetect, m_thrEmptyInterrupt, m_timeoutInterrupt})
        out.boolean(value);
}

Result<Uart16550> Uart16550::restore(StateReader& in, UartModel model)
{
    Uart16550 uart(model);
    const auto received = in.bytes(FifoDepth);
    uart.m_interruptEnable = in.integer<std::uint8_t>() & IerMask;
    uart.m_fifoControl = in.integer<std::uint8_t>() & FcrKept;
    uart.m_lineControl = in.integer<std::uint8_t>();
    uart.m_modemControl = in.integer<std::uint8_t>() & McrMask;
    uart.m_lineErrors = in.integer<std::uint8_t>() & LsrErrorMask;
    uart.m_modemStatus = in.integer<std::uint8_t>();
    uart.m_scratch = in.integer<std::uint8_t>();
    uart.m_divisor = in.integer<std::uint16_t>();
    for (bool* value : {&uart.m_inputs.clearToSend, &uart.m_inputs.dataSetReady, &uart.m_inputs.ringIndicator,
                        &uart.m_inputs.carrierDetect, &uart.m_thrEmptyInterrupt, &uart.m_timeoutInterrupt})
        *value = in.boolean();
    if (!(uart.m_fifoControl & FcrEnable) || model != UartModel::Uart16550A)
        uart.m_fifoControl = 0;
    if (received.size() > uart.depth())
        return fail(ErrorCode::Corrupt, "the saved UART state has more bytes than its FIFO");
    for (const std::byte byte : received)
        uart.m_receiveFifo.push_back(std::to_integer<std::uint8_t>(byte));
    return uart;
}

} // namespace engine

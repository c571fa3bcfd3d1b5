// SPDX-License-Identifier: GPL-3.0-or-later
#include "devices/chipset/serial_port.h"

#include <algorithm>

namespace engine {

/// One change of the UART under the lock; on the way out it moves queued input into the FIFO, sets
/// the wire and the clock, and calls the space callback after the lock is gone.
class SerialPort::Change {
public:
    explicit Change(SerialPort& port)
        : m_port(port), m_lock(port.m_mutex), m_activity(port.m_uart.receiverActivity())
    {}
    Change(const Change&) = delete;
    Change& operator=(const Change&) = delete;
    Change(Change&&) = delete;
    Change& operator=(Change&&) = delete;
    ~Change()
    {
        m_port.feed();
        if (m_port.m_uart.receiverActivity() != m_activity && m_port.m_uart.waitsForTimeout())
            m_port.m_timeout->arm(m_port.m_clock.now() + 4 * m_port.m_uart.characterTime());
        m_port.m_irq.setLevel(m_port.m_uart.interruptLine());
        std::function<void()> callback;
        if (m_port.m_refused && m_port.m_input.size() <= InputQueueBytes / 2) {
            m_port.m_refused = false;
            callback = m_port.m_spaceCallback;
        }
        m_lock.unlock();
        if (callback)
            callback();
    }

private:
    SerialPort& m_port;
    std::unique_lock<std::mutex> m_lock;
    const std::uint32_t m_activity;
};

SerialPort::SerialPort(std::string name, IrqLine& irq, DeviceClock& clock, ByteSink* sink, UartModel model)
    : m_name(std::move(name)), m_irq(irq), m_clock(clock), m_sink(sink), m_model(model), m_uart(model),
      m_timeout(clock.createTimer([this] {
          const Change change(*this);
          m_uart.receiveTimeout();
      }))
{}

void SerialPort::feed()
{
    while (!m_input.empty() && m_uart.receiveSpace() > 0) {
        m_uart.receive(m_input.front());
        m_input.pop_front();
    }
}

void SerialPort::read(std::uint64_t offset, std::span<std::byte> data)
{
    const Change change(*this);
    for (std::byte& byte : data)
        byte = std::byte{m_uart.read(static_cast<std::uint8_t>(offset++))};
}

void SerialPort::write(std::uint64_t offset, std::span<const std::byte> data)
{
    const std::scoped_lock order(m_outputOrder);
    std::vector<std::uint8_t> transmitted;
    {
        const Change change(*this);
        for (const std::byte byte : data)
            m_uart.write(static_cast<std::uint8_t>(offset++), std::to_integer<std::uint8_t>(byte));
        while (const auto byte = m_uart.takeTransmitted())
            transmitted.push_back(*byte);
    }
    if (m_sink && !transmitted.empty())
        m_sink->write(transmitted);
}

std::size_t SerialPort::receive(std::span<const std::uint8_t> bytes)
{
    const Change change(*this);
    const std::size_t taken = std::min(bytes.size(), InputQueueBytes - m_input.size());
    m_input.insert(m_input.end(), bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(taken));
    if (taken < bytes.size())
        m_refused = true;
    return taken;
}

void SerialPort::setSpaceCallback(std::function<void()> callback)
{
    std::scoped_lock lock(m_mutex);
    m_spaceCallback = std::move(callback);
}

void SerialPort::receiveBreak()
{
    const Change change(*this);
    m_uart.receiveBreak();
}

void SerialPort::setModemInputs(UartModemInputs inputs)
{
    const Change change(*this);
    m_uart.setModemInputs(inputs);
}

void SerialPort::reset()
{
    const Change change(*this);
    m_uart.reset();
    m_timeout->cancel();
}

void SerialPort::saveState(StateWriter& out) const
{
    std::scoped_lock lock(m_mutex);
    out.version(1);
    m_uart.save(out);
    const std::vector<std::uint8_t> queued(m_input.begin(), m_input.end());
    out.bytes(std::as_bytes(std::span(queued)));
}

Result<> SerialPort::restoreState(StateReader& in)
{
    (void)in.version(1);
    auto uart = VM_TRY(Uart16550::restore(in, m_model));
    const auto queued = in.bytes(InputQueueBytes);
    VM_TRY(in.finish());
    const Change change(*this);
    m_uart = std::move(uart);
    m_input.clear();
    for (const std::byte byte : queued)
        m_input.push_back(std::to_integer<std::uint8_t>(byte));
    if (m_uart.waitsForTimeout())
        m_timeout->arm(m_clock.now() + 4 * m_uart.characterTime());
    return {};
}

} // namespace engine

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/clock.h"
#include "base/state.h"
#include "bus/bus_device.h"
#include "bus/irq_line.h"
#include "devices/chipset/uart16550.h"

#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <string>

namespace engine {

/// Where a serial port's output goes. Called on vCPU threads, in order, without the port's register
/// lock; an implementation must not block for long, because the vCPU waits for it.
class ByteSink {
public:
    virtual ~ByteSink() = default;
    virtual void write(std::span<const std::uint8_t> bytes) = 0;
};

/// A Uart16550 on eight ports: adds the lock, the interrupt wire, the timeout clock, the sink for output
/// and a bounded queue for input. Any thread.
class SerialPort final : public BusDevice, public Saveable {
public:
    static constexpr std::size_t InputQueueBytes = 4096;

    /// `irq`, `clock` and `sink` must outlive the port. `sink` may be null: output is dropped.
    SerialPort(std::string name, IrqLine& irq, DeviceClock& clock, ByteSink* sink,
               UartModel model = UartModel::Uart16550A);

    void read(std::uint64_t offset, std::span<std::byte> data) override;
    void write(std::uint64_t offset, std::span<const std::byte> data) override;

    /// Host to guest. Takes what the queue has room for and returns that number; the rest is the
    /// caller's to offer again when the space callback comes.
    std::size_t receive(std::span<const std::uint8_t> bytes);
    /// Called without a lock when a queue that had refused bytes has room again. Set it before the
    /// guest runs.
    void setSpaceCallback(std::function<void()> callback);
    void receiveBreak();
    void setModemInputs(UartModemInputs inputs);
    /// The chip's reset pin. Input that waits in the queue is kept.
    void reset();

    [[nodiscard]] std::string stateName() const override { return m_name; }
    void saveState(StateWriter& out) const override;
    [[nodiscard]] Result<> restoreState(StateReader& in) override;

private:
    class Change;
    void feed();

    const std::string m_name;
    IrqLine& m_irq;
    DeviceClock& m_clock;
    ByteSink* const m_sink;
    const UartModel m_model;
    std::mutex m_outputOrder; // keeps the bytes of several vCPUs in the order of their register writes
    mutable std::mutex m_mutex;
    Uart16550 m_uart;                      // guarded by m_mutex
    std::deque<std::uint8_t> m_input;      // guarded by m_mutex; at most InputQueueBytes
    bool m_refused = false;                // guarded by m_mutex
    std::function<void()> m_spaceCallback; // guarded by m_mutex
    std::unique_ptr<Timer> m_timeout;      // last: its callback uses the others
};

} // namespace engine

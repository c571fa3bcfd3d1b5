// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/state.h"
#include "bus/bus_device.h"
#include "devices/chipset/serial_port.h"

#include <atomic>
#include <functional>
#include <mutex>

namespace engine {

/// The firmware's debug console on port 0x402: SeaBIOS writes its log there after reading 0xE9. Any thread.
class DebugCon final : public BusDevice {
public:
    /// `sink` may be null and must outlive the device.
    explicit DebugCon(ByteSink* sink) : m_sink(sink) {}

    void read(std::uint64_t offset, std::span<std::byte> data) override;
    void write(std::uint64_t offset, std::span<const std::byte> data) override;

private:
    ByteSink* const m_sink;
    std::mutex m_order; // one write at a time reaches the sink
};

/// Port 0x80: the last progress code of firmware. Operating systems write it as a short delay, so it
/// takes no lock. Any thread.
class PostPort final : public BusDevice, public Saveable {
public:
    /// Called on the vCPU's thread when the code changes; may be empty.
    using Hook = std::function<void(std::uint8_t code)>;
    explicit PostPort(Hook onCode = {}) : m_onCode(std::move(onCode)) {}

    void read(std::uint64_t offset, std::span<std::byte> data) override;
    void write(std::uint64_t offset, std::span<const std::byte> data) override;
    [[nodiscard]] std::uint8_t lastCode() const { return m_code.load(std::memory_order_relaxed); }
    void reset() { m_code.store(0, std::memory_order_relaxed); }

    [[nodiscard]] std::string stateName() const override { return "post_port"; }
    void saveState(StateWriter& out) const override;
    [[nodiscard]] Result<> restoreState(StateReader& in) override;

private:
    const Hook m_onCode;
    std::atomic<std::uint8_t> m_code = 0;
};

/// Port 0xF4 of test machines: the guest says that it is done. Ordinary machines do not have it.
class DebugExit final : public BusDevice {
public:
    using Callback = std::function<void(std::uint32_t code)>;
    explicit DebugExit(Callback onExit) : m_onExit(std::move(onExit)) {}

    void read(std::uint64_t offset, std::span<std::byte> data) override;
    void write(std::uint64_t offset, std::span<const std::byte> data) override;

private:
    const Callback m_onExit;
};

} // namespace engine

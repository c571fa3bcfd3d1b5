// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/state.h"
#include "bus/bus_device.h"

#include <array>
#include <cstdint>
#include <mutex>

namespace engine {

/// One 8237A DMA controller that no device uses: its registers can be programmed and read back, no transfer
/// ever runs. The first controller has 16 ports of 1 byte at 0x00, the second of 2 bytes at 0xC0 (stride 2).
class DmaController final : public BusDevice, public Saveable {
public:
    DmaController(std::string name, unsigned portStride) : m_name(std::move(name)), m_stride(portStride) {}

    void read(std::uint64_t offset, std::span<std::byte> data) override;
    void write(std::uint64_t offset, std::span<const std::byte> data) override;
    void reset();

    [[nodiscard]] std::string stateName() const override { return m_name; }
    void saveState(StateWriter& out) const override;
    [[nodiscard]] Result<> restoreState(StateReader& in) override;

private:
    static constexpr std::size_t ChannelRegisters = 8; // address and count of four channels
    struct Registers {
        std::array<std::uint16_t, ChannelRegisters> channels{};
        std::uint8_t command = 0;
        std::uint8_t mask = 0x0f;
        bool highByteNext = false; // the byte pointer flip-flop
    };
    [[nodiscard]] std::uint8_t readRegister(std::uint64_t index);
    void writeRegister(std::uint64_t index, std::uint8_t value);

    const std::string m_name;
    const unsigned m_stride;
    mutable std::mutex m_mutex;
    Registers m_registers; // guarded by m_mutex
};

/// The DMA page registers at 0x81 to 0x8F: sixteen bytes of storage less the one at 0x80. Any thread.
class DmaPageRegisters final : public BusDevice, public Saveable {
public:
    static constexpr std::uint64_t PortCount = 15;

    void read(std::uint64_t offset, std::span<std::byte> data) override;
    void write(std::uint64_t offset, std::span<const std::byte> data) override;
    void reset();

    [[nodiscard]] std::string stateName() const override { return "dma_pages"; }
    void saveState(StateWriter& out) const override;
    [[nodiscard]] Result<> restoreState(StateReader& in) override;

private:
    mutable std::mutex m_mutex;
    std::array<std::uint8_t, PortCount> m_pages{}; // guarded by m_mutex
};

/// A parallel port (0x378, 3 ports) with a printer that takes everything and prints nothing. Any thread.
class ParallelPort final : public BusDevice, public Saveable {
public:
    void read(std::uint64_t offset, std::span<std::byte> data) override;
    void write(std::uint64_t offset, std::span<const std::byte> data) override;
    void reset();

    [[nodiscard]] std::string stateName() const override { return "lpt0"; }
    void saveState(StateWriter& out) const override;
    [[nodiscard]] Result<> restoreState(StateReader& in) override;

private:
    static constexpr std::uint8_t InitialControl = 0x0c; // SELECT IN, INIT
    mutable std::mutex m_mutex;
    std::uint8_t m_data = 0;                 // guarded by m_mutex
    std::uint8_t m_control = InitialControl; // guarded by m_mutex
};

} // namespace engine

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/manual_clock.h"
#include "bus/bus_device.h"
#include "devices/display/vga_adapter.h"

#include <array>
#include <cstdint>
#include <memory>

namespace engine::display::testing {

/// A VGA without a bus: accesses as a CPU would make them.
class VgaFixture {
public:
    explicit VgaFixture(std::uint64_t memoryBytes = 1 << 20)
        : adapter(HostBlock::create("test-vram", memoryBytes).value(), clock)
    {}

    void out8(std::uint16_t port, std::uint8_t value)
    {
        write(adapter.legacyPorts(), port - 0x3b0U, value, 1);
    }
    void out16(std::uint16_t port, std::uint16_t value)
    {
        write(adapter.legacyPorts(), port - 0x3b0U, value, 2);
    }
    std::uint8_t in8(std::uint16_t port)
    {
        return static_cast<std::uint8_t>(read(adapter.legacyPorts(), port - 0x3b0U, 1));
    }
    void dispi(std::uint16_t index, std::uint16_t value)
    {
        write(adapter.dispiPorts(), 0, index, 2);
        write(adapter.dispiPorts(), 1, value, 2);
    }
    std::uint16_t dispi(std::uint16_t index)
    {
        write(adapter.dispiPorts(), 0, index, 2);
        return static_cast<std::uint16_t>(read(adapter.dispiPorts(), 1, 2));
    }
    void poke(std::uint32_t address, std::uint8_t value)
    {
        write(adapter.window(), address - 0xa0000U, value, 1);
    }
    std::uint8_t peek(std::uint32_t address)
    {
        return static_cast<std::uint8_t>(read(adapter.window(), address - 0xa0000U, 1));
    }

    void sequencer(std::uint8_t index, std::uint8_t value) { indexed(0x3c4, index, value); }
    void graphics(std::uint8_t index, std::uint8_t value) { indexed(0x3ce, index, value); }
    void crtc(std::uint8_t index, std::uint8_t value) { indexed(0x3d4, index, value); }
    void attribute(std::uint8_t index, std::uint8_t value)
    {
        (void)in8(0x3da);
        out8(0x3c0, index);
        out8(0x3c0, value);
    }
    std::uint8_t readIndexed(std::uint16_t port, std::uint8_t index)
    {
        out8(port, index);
        return in8(static_cast<std::uint16_t>(port + 1));
    }

    static void write(BusDevice& device, std::uint64_t offset, std::uint64_t value, std::size_t width)
    {
        std::array<std::byte, 8> data{};
        storeLittleEndian(std::span(data).first(width), value);
        device.write(offset, std::span(data).first(width));
    }
    static std::uint64_t read(BusDevice& device, std::uint64_t offset, std::size_t width)
    {
        std::array<std::byte, 8> data{};
        device.read(offset, std::span(data).first(width));
        return loadLittleEndian(std::span(data).first(width));
    }

    ManualClock clock;
    VgaAdapter adapter;

private:
    void indexed(std::uint16_t port, std::uint8_t index, std::uint8_t value)
    {
        out16(port, static_cast<std::uint16_t>(index | value << 8));
    }
};

} // namespace engine::display::testing

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"
#include "base/state.h"
#include "devices/display/dirty_pages.h"
#include "devices/display/vga_memory_window.h"
#include "devices/display/vga_state.h"
#include "devices/display/video_memory.h"

#include <chrono>
#include <cstdint>
#include <optional>
#include <utility>

namespace engine::display {

/// The standard VGA with the Bochs display interface, as one register model: ports 3B0-3DF, the
/// DISPI registers and the memory window. No lock, no thread, no bus. Register descriptions: FreeVGA;
/// DISPI: standard-vga (docs/specs.md). It works on memory that it is handed and never leaves it.
class VgaRegisters {
public:
    static constexpr std::uint16_t FirstPort = 0x3b0;
    static constexpr std::uint16_t LastPort = 0x3df;

    explicit VgaRegisters(VideoMemory memory)
        : m_memory(memory), m_state(memory.sizeBytes()), m_dirty(memory.sizeBytes())
    {}

    /// Back to the values at power-on. Video memory stays as it is.
    void reset();

    /// `port` is the absolute number, FirstPort to LastPort; `now` is device time, for the retrace bits.
    [[nodiscard]] std::uint8_t readPort(std::uint16_t port, std::chrono::nanoseconds now);
    void writePort(std::uint16_t port, std::uint8_t value);

    [[nodiscard]] std::uint16_t readDispi(std::uint16_t index) const { return m_state.dispi.read(index); }
    void writeDispi(std::uint16_t index, std::uint16_t value);

    /// `offset` is relative to A0000.
    [[nodiscard]] std::uint8_t readWindow(std::uint32_t offset)
    {
        return display::readWindow(m_state, m_memory, offset);
    }
    void writeWindow(std::uint32_t offset, std::uint8_t value)
    {
        if (const auto touched = display::writeWindow(m_state, m_memory, offset, value))
            m_dirty.markByte(*touched);
    }
    [[nodiscard]] std::optional<DirectWindow> directWindow() const
    {
        return display::directWindow(m_state, m_memory.sizeBytes());
    }

    void setBigEndianPixels(bool bigEndian);

    [[nodiscard]] const VgaState& state() const { return m_state; }
    [[nodiscard]] const VideoMemory& memory() const { return m_memory; }
    /// Grows whenever a register changes that decides what the picture looks like.
    [[nodiscard]] std::uint64_t pictureGeneration() const { return m_pictureGeneration; }
    /// Pages of video memory that this model has written since the last call.
    [[nodiscard]] DirtyPages takeDirty() { return std::exchange(m_dirty, DirtyPages(m_memory.sizeBytes())); }

    void save(StateWriter& out) const;
    [[nodiscard]] Result<> restore(StateReader& in);

private:
    /// Stores `value` and notes that the picture may have changed.
    void assign(std::uint8_t& reg, std::uint8_t value);
    [[nodiscard]] bool isDecoded(std::uint16_t port) const;
    [[nodiscard]] std::uint8_t readInputStatus1(std::chrono::nanoseconds now);
    void writeSequencer(std::uint8_t value);
    void writeGraphics(std::uint8_t value);
    void writeCrtc(std::uint8_t value);
    void writeAttribute(std::uint8_t value);
    [[nodiscard]] std::uint8_t readDacData();
    void writeDacData(std::uint8_t value);
    /// A DISPI mode sets the VGA's own registers too, so that its data path and a firmware that reads
    /// them back agree with it.
    void adoptDispiMode();

    VideoMemory m_memory;
    VgaState m_state;
    DirtyPages m_dirty;
    std::uint64_t m_pictureGeneration = 1;
};

} // namespace engine::display

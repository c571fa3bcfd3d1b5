// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/state.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace engine {

/// The cells of a flash chip, as its command logic reaches them. Ranges lie inside of the chip.
class FlashArray {
public:
    virtual ~FlashArray() = default;
    [[nodiscard]] virtual std::uint64_t sizeBytes() const = 0;
    [[nodiscard]] virtual std::byte at(std::uint64_t offset) const = 0;
    virtual void store(std::uint64_t offset, std::span<const std::byte> bytes) = 0;
};

/// The command logic of a byte-wide NOR flash with 4 KiB blocks, Intel command set 0001 (Intel StrataFlash
/// 28FxxxJ3 datasheet, "Command definitions"; CFI: JESD68.01). Operations finish at once. Pure: no lock, no
/// bus.
class CfiFlashCommands {
public:
    static constexpr std::uint64_t BlockBytes = 4096;
    static constexpr std::size_t BufferBytes = 256; ///< of a buffered write

    /// What a snapshot holds besides the cells; unchecked until isValid().
    struct Registers {
        std::uint8_t mode = 0;
        std::uint8_t cycle = 0;
        std::uint8_t status = 0;
        std::vector<bool> locked;
        std::uint64_t bufferStart = 0;
        std::size_t bufferExpected = 0;
        std::vector<std::byte> buffer;
        [[nodiscard]] bool isValid(std::uint64_t arrayBytes) const;
    };

    /// `array` must outlive the object. Its size is a multiple of BlockBytes.
    explicit CfiFlashCommands(FlashArray& array)
        : m_array(array), m_locked(static_cast<std::size_t>(array.sizeBytes() / BlockBytes))
    {}

    void read(std::uint64_t offset, std::span<std::byte> data) const;
    void write(std::uint64_t offset, std::span<const std::byte> data);
    /// True while reads return the cells themselves.
    [[nodiscard]] bool isReadArray() const { return m_mode == Mode::ReadArray; }

    void reset();
    void save(StateWriter& out) const;
    /// Reads the registers (not the cells); the caller asks in.finish() and then calls take().
    [[nodiscard]] Registers restore(StateReader& in) const;
    void take(Registers registers);

private:
    enum class Mode : std::uint8_t { ReadArray, ReadStatus, ReadIdentifier, ReadQuery };
    /// What the next write belongs to.
    enum class Cycle : std::uint8_t {
        Command,
        ProgramData,
        EraseConfirm,
        LockSelect,
        BufferCount,
        BufferData,
        BufferConfirm,
    };

    void startCommand(std::uint8_t command);
    void program(std::uint64_t offset, std::span<const std::byte> data);
    void confirmErase(std::uint64_t offset, std::uint8_t value);
    void selectLock(std::uint64_t offset, std::uint8_t value);
    void fillBuffer(std::uint64_t offset, std::span<const std::byte> data);
    void confirmBuffer(std::uint8_t value);
    void finish(std::uint8_t errors);
    [[nodiscard]] bool isLocked(std::uint64_t offset) const;
    [[nodiscard]] std::uint8_t identifier(std::uint64_t offset) const;
    [[nodiscard]] std::uint8_t query(std::uint64_t offset) const;

    FlashArray& m_array;
    Mode m_mode = Mode::ReadArray;
    Cycle m_cycle = Cycle::Command;
    std::uint8_t m_status = 0x80;
    std::vector<bool> m_locked; // by block
    std::uint64_t m_bufferStart = 0;
    std::size_t m_bufferExpected = 0; // writes still to come
    std::vector<std::byte> m_buffer;  // at most BufferBytes
};

} // namespace engine

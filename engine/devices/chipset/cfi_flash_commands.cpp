// SPDX-License-Identifier: GPL-3.0-or-later
#include "devices/chipset/cfi_flash_commands.h"

#include "base/checked.h"

#include <algorithm>
#include <array>
#include <bit>
#include <utility>

namespace engine {

namespace {

constexpr std::uint8_t ProgramAlternate = 0x10;
constexpr std::uint8_t Program = 0x40;
constexpr std::uint8_t BlockErase = 0x20;
constexpr std::uint8_t ClearStatus = 0x50;
constexpr std::uint8_t LockSetup = 0x60;
constexpr std::uint8_t ReadStatusCommand = 0x70;
constexpr std::uint8_t ReadIdentifierCommand = 0x90;
constexpr std::uint8_t ReadQueryCommand = 0x98;
constexpr std::uint8_t Confirm = 0xd0;
constexpr std::uint8_t BufferedWrite = 0xe8;
constexpr std::uint8_t ReadArrayCommand = 0xff;
constexpr std::uint8_t LockBlock = 0x01; // behind LockSetup; Confirm unlocks

constexpr std::uint8_t StatusReady = 1 << 7;        // SR.7
constexpr std::uint8_t StatusEraseError = 1 << 5;   // SR.5
constexpr std::uint8_t StatusProgramError = 1 << 4; // SR.4
constexpr std::uint8_t StatusLocked = 1 << 1;       // SR.1
constexpr std::uint8_t SequenceError = StatusEraseError | StatusProgramError;

constexpr std::uint8_t Manufacturer = 0x89; // Intel
constexpr std::uint8_t Device = 0x18;
constexpr std::byte Erased{0xff};

std::uint8_t firstByte(std::span<const std::byte> data)
{
    return std::to_integer<std::uint8_t>(data.front());
}

} // namespace

void CfiFlashCommands::read(std::uint64_t offset, std::span<std::byte> data) const
{
    for (std::byte& byte : data) {
        switch (m_mode) {
        case Mode::ReadArray: byte = offset < m_array.sizeBytes() ? m_array.at(offset) : Erased; break;
        case Mode::ReadStatus: byte = std::byte{m_status}; break;
        case Mode::ReadIdentifier: byte = std::byte{identifier(offset)}; break;
        case Mode::ReadQuery: byte = std::byte{query(offset)}; break;
        }
        ++offset;
    }
}

std::uint8_t CfiFlashCommands::identifier(std::uint64_t offset) const
{
    switch (offset % BlockBytes) {
    case 0: return Manufacturer;
    case 1: return Device;
    case 2: return isLocked(offset) ? 1 : 0;
    default: return 0;
    }
}

std::uint8_t CfiFlashCommands::query(std::uint64_t offset) const
{
    const std::uint64_t index = offset & 0xff;
    const auto blocks = static_cast<std::uint32_t>(m_locked.size() - 1);
    // JESD68.01: identification, system interface (1.8 to 3.6 V, typical times), device geometry.
    const std::array<std::uint8_t, 0x31 - 0x10> table{
        'Q',
        'R',
        'Y',
        0x01,
        0x00,
        0x31,
        0x00,
        0x00,
        0x00,
        0x00,
        0x00, // 10h
        0x27,
        0x36,
        0x00,
        0x00,
        0x07,
        0x07,
        0x0a,
        0x00,
        0x04,
        0x04,
        0x04,
        0x00, // 1Bh
        static_cast<std::uint8_t>(std::bit_width(m_array.sizeBytes() - 1)),
        0x00,
        0x00, // 27h
        static_cast<std::uint8_t>(std::bit_width(BufferBytes - 1)),
        0x00,
        0x01, // 2Ah
        static_cast<std::uint8_t>(blocks),
        static_cast<std::uint8_t>(blocks >> 8), // 2Dh
        static_cast<std::uint8_t>(BlockBytes / 256),
        static_cast<std::uint8_t>(BlockBytes / 256 >> 8)}; // 2Fh
    if (index >= 0x10 && index - 0x10 < table.size())
        return table.at(index - 0x10);
    constexpr std::array<std::uint8_t, 5> Extended{'P', 'R', 'I', '1', '0'};
    return index >= 0x31 && index - 0x31 < Extended.size() ? Extended.at(index - 0x31) : 0;
}

bool CfiFlashCommands::isLocked(std::uint64_t offset) const
{
    const auto block = static_cast<std::size_t>(offset / BlockBytes);
    return block < m_locked.size() && m_locked[block];
}

void CfiFlashCommands::write(std::uint64_t offset, std::span<const std::byte> data)
{
    if (data.empty() || !isInside<std::uint64_t>(offset, data.size(), m_array.sizeBytes()))
        return;
    switch (std::exchange(m_cycle, Cycle::Command)) {
    case Cycle::Command: startCommand(firstByte(data)); break;
    case Cycle::ProgramData: program(offset, data); break;
    case Cycle::EraseConfirm: confirmErase(offset, firstByte(data)); break;
    case Cycle::LockSelect: selectLock(offset, firstByte(data)); break;
    case Cycle::BufferCount:
        m_bufferExpected = std::size_t{firstByte(data)} + 1;
        m_buffer.clear();
        m_cycle = Cycle::BufferData;
        break;
    case Cycle::BufferData: fillBuffer(offset, data); break;
    case Cycle::BufferConfirm: confirmBuffer(firstByte(data)); break;
    }
}

void CfiFlashCommands::startCommand(std::uint8_t command)
{
    m_mode = Mode::ReadStatus;
    switch (command) {
    case ProgramAlternate:
    case Program: m_cycle = Cycle::ProgramData; break;
    case BlockErase: m_cycle = Cycle::EraseConfirm; break;
    case LockSetup: m_cycle = Cycle::LockSelect; break;
    case BufferedWrite:
        m_status |= StatusReady; // a buffer is free
        m_cycle = Cycle::BufferCount;
        break;
    case ReadStatusCommand: break;
    case ReadIdentifierCommand: m_mode = Mode::ReadIdentifier; break;
    case ReadQueryCommand: m_mode = Mode::ReadQuery; break;
    case ClearStatus:
        // UEFI firmware takes the chip for flash only when the status then reads as 00, without SR.7.
        m_status = 0;
        m_mode = Mode::ReadArray;
        break;
    default: m_mode = Mode::ReadArray; break; // FF, and what the chip does not know
    }
}

void CfiFlashCommands::finish(std::uint8_t errors)
{
    m_status |= static_cast<std::uint8_t>(StatusReady | errors);
    m_mode = Mode::ReadStatus;
}

void CfiFlashCommands::program(std::uint64_t offset, std::span<const std::byte> data)
{
    if (isLocked(offset) || isLocked(offset + data.size() - 1)) {
        finish(StatusProgramError | StatusLocked);
        return;
    }
    std::vector<std::byte> cells(data.size());
    for (std::size_t i = 0; i < data.size(); ++i)
        cells[i] = m_array.at(offset + i) & data[i]; // programming only clears bits
    m_array.store(offset, cells);
    finish(0);
}

void CfiFlashCommands::confirmErase(std::uint64_t offset, std::uint8_t value)
{
    if (value == ReadArrayCommand) {
        m_mode = Mode::ReadArray;
    } else if (value != Confirm) {
        finish(SequenceError);
    } else if (isLocked(offset)) {
        finish(StatusEraseError | StatusLocked);
    } else {
        const std::vector<std::byte> blank(BlockBytes, Erased);
        m_array.store(offset / BlockBytes * BlockBytes, blank);
        finish(0);
    }
}

void CfiFlashCommands::selectLock(std::uint64_t offset, std::uint8_t value)
{
    const auto block = static_cast<std::size_t>(offset / BlockBytes);
    if (value == LockBlock)
        m_locked[block] = true;
    else if (value == Confirm)
        m_locked[block] = false;
    else if (value == ReadArrayCommand) {
        m_mode = Mode::ReadArray;
        return;
    }
    finish(0);
}

void CfiFlashCommands::fillBuffer(std::uint64_t offset, std::span<const std::byte> data)
{
    if (m_buffer.empty())
        m_bufferStart = offset;
    // Data comes in rising order from the first address; anything else breaks the sequence.
    if (offset != m_bufferStart + m_buffer.size() || m_buffer.size() + data.size() > BufferBytes) {
        finish(SequenceError);
        return;
    }
    m_buffer.insert(m_buffer.end(), data.begin(), data.end());
    --m_bufferExpected;
    m_cycle = m_bufferExpected == 0 ? Cycle::BufferConfirm : Cycle::BufferData;
}

void CfiFlashCommands::confirmBuffer(std::uint8_t value)
{
    const std::vector<std::byte> buffer = std::exchange(m_buffer, {});
    const std::uint64_t last = m_bufferStart + buffer.size() - 1;
    if (value == ReadArrayCommand)
        m_mode = Mode::ReadArray;
    else if (value != Confirm || m_bufferStart / BlockBytes != last / BlockBytes)
        finish(SequenceError);
    else
        program(m_bufferStart, buffer);
}

void CfiFlashCommands::reset()
{
    m_mode = Mode::ReadArray;
    m_cycle = Cycle::Command;
    m_status = StatusReady;
    m_locked.assign(m_locked.size(), false);
    m_buffer.clear();
}

void CfiFlashCommands::save(StateWriter& out) const
{
    out.integer(static_cast<std::uint8_t>(m_mode));
    out.integer(static_cast<std::uint8_t>(m_cycle));
    out.integer(m_status);
    std::vector<std::byte> locks(m_locked.size());
    std::ranges::transform(m_locked, locks.begin(), [](bool locked) { return std::byte{locked}; });
    out.bytes(locks);
    out.integer(m_bufferStart);
    out.integer(static_cast<std::uint16_t>(m_bufferExpected));
    out.bytes(m_buffer);
}

CfiFlashCommands::Registers CfiFlashCommands::restore(StateReader& in) const
{
    Registers registers;
    registers.mode = in.integer<std::uint8_t>();
    registers.cycle = in.integer<std::uint8_t>();
    registers.status = in.integer<std::uint8_t>();
    std::vector<std::byte> locks(m_locked.size());
    in.bytes(locks);
    for (const std::byte lock : locks)
        registers.locked.push_back(lock != std::byte{0});
    registers.bufferStart = in.integer<std::uint64_t>();
    registers.bufferExpected = in.integer<std::uint16_t>();
    registers.buffer = in.bytes(BufferBytes);
    return registers;
}

bool CfiFlashCommands::Registers::isValid(std::uint64_t arrayBytes) const
{
    if (mode > static_cast<std::uint8_t>(Mode::ReadQuery)
        || cycle > static_cast<std::uint8_t>(Cycle::BufferConfirm))
        return false;
    const auto state = static_cast<Cycle>(cycle);
    if (state == Cycle::BufferData && (bufferExpected == 0 || bufferExpected > BufferBytes))
        return false;
    if (state == Cycle::BufferConfirm && buffer.empty())
        return false;
    return isInside<std::uint64_t>(bufferStart, buffer.size(), arrayBytes);
}

void CfiFlashCommands::take(Registers registers)
{
    m_mode = static_cast<Mode>(registers.mode);
    m_cycle = static_cast<Cycle>(registers.cycle);
    m_status = registers.status;
    m_locked = std::move(registers.locked);
    m_bufferStart = registers.bufferStart;
    m_bufferExpected = registers.bufferExpected;
    m_buffer = std::move(registers.buffer);
}

} // namespace engine

// SPDX-License-Identifier: GPL-3.0-or-later
#include "devices/display/vga_memory_window.h"

#include <bit>

namespace engine::display {

namespace {

constexpr std::uint32_t AllPlanes = 0x0f;

/// One byte of 00 or FF per plane, from a 4-bit plane mask.
constexpr std::uint32_t expandPlanes(std::uint32_t mask)
{
    std::uint32_t expanded = 0;
    for (unsigned plane = 0; plane < 4; ++plane)
        if ((mask >> plane & 1) != 0)
            expanded |= 0xffU << (8 * plane);
    return expanded;
}

constexpr std::uint32_t replicate(std::uint8_t value)
{
    return value * 0x01010101U;
}

/// The CPU address that the window offset stands for, after GR6's memory map and the bank; nullopt
/// where the map leaves the window undecoded.
std::optional<std::uint32_t> decode(const VgaState& state, std::uint32_t offset)
{
    switch (state.graphics[graphics::Miscellaneous] >> 2 & 3) {
    case 0: return offset < WindowBytes ? std::optional(offset) : std::nullopt;
    case 1: return offset < 0x10000 ? std::optional(offset + state.dispi.bankOffset()) : std::nullopt;
    case 2: return offset - 0x10000 < 0x8000 ? std::optional(offset - 0x10000) : std::nullopt;
    default: return offset - 0x18000 < 0x8000 ? std::optional(offset - 0x18000) : std::nullopt;
    }
}

/// Which word of planes an address reaches, and which of its planes.
struct PlaneAccess {
    std::uint64_t byteOffset = 0;
    std::uint32_t planes = AllPlanes;
};

bool isChain4(const VgaState& state)
{
    return (state.sequencer[sequencer::MemoryMode] & sequencer::Chain4) != 0;
}

PlaneAccess accessOf(std::uint32_t address, bool chain4, bool oddEven)
{
    if (chain4)
        return {.byteOffset = address & ~3U, .planes = 1U << (address & 3)};
    if (oddEven)
        return {.byteOffset = std::uint64_t{address >> 1} * 4, .planes = (address & 1) != 0 ? 0xaU : 0x5U};
    return {.byteOffset = std::uint64_t{address} * 4, .planes = AllPlanes};
}

/// Write modes 0 to 3 (GR5 bits 0-1): what goes to the planes, before the map mask.
std::uint32_t combine(const VgaState& state, std::uint8_t value)
{
    const auto& gr = state.graphics;
    const std::uint32_t latch = state.latch;
    const auto rotated = std::rotr(value, gr[graphics::DataRotate] & 7);
    const std::uint32_t setReset = expandPlanes(gr[graphics::SetReset]);
    std::uint32_t bitMask = replicate(gr[graphics::BitMask]);
    std::uint32_t data = 0;
    switch (gr[graphics::Mode] & 3) {
    case 0: {
        const std::uint32_t enabled = expandPlanes(gr[graphics::EnableSetReset]);
        data = (replicate(rotated) & ~enabled) | (setReset & enabled);
        break;
    }
    case 1: return latch;
    case 2: data = expandPlanes(value & 0x0f); break;
    default:
        bitMask &= replicate(rotated);
        data = setReset;
        break;
    }
    switch (gr[graphics::DataRotate] >> 3 & 3) {
    case 1: data &= latch; break;
    case 2: data |= latch; break;
    case 3: data ^= latch; break;
    default: break;
    }
    return (data & bitMask) | (latch & ~bitMask);
}

/// True when the data path hands bytes through unchanged in both directions.
bool isPassThrough(const VgaState& state)
{
    const auto& gr = state.graphics;
    return (gr[graphics::Mode] & (3 | graphics::ReadMode1)) == 0 && (gr[graphics::DataRotate] & 0x1f) == 0
           && (gr[graphics::EnableSetReset] & AllPlanes) == 0 && gr[graphics::BitMask] == 0xff
           && (state.sequencer[sequencer::MapMask] & AllPlanes) == AllPlanes;
}

/// The window is plain memory: DISPI modes of whole bytes, and chain-4 with an idle data path. The
/// latches keep their value there, whether or not the host maps the memory directly.
bool isLinear(const VgaState& state)
{
    return state.dispi.isPacked() || (isChain4(state) && isPassThrough(state));
}

std::uint8_t compareColours(const VgaState& state)
{
    const std::uint32_t differing = (state.latch ^ expandPlanes(state.graphics[graphics::ColourCompare]))
                                    & expandPlanes(state.graphics[graphics::ColourDontCare]);
    const std::uint32_t folded = differing | differing >> 16;
    return static_cast<std::uint8_t>(~(folded | folded >> 8));
}

} // namespace

std::uint8_t readWindow(VgaState& state, const VideoMemory& memory, std::uint32_t offset)
{
    const auto address = decode(state, offset);
    if (!address)
        return 0xff;
    if (isLinear(state))
        return *address < memory.sizeBytes() ? memory.load8(*address) : 0xff;

    const bool chain4 = isChain4(state);
    const bool oddEven = (state.graphics[graphics::Mode] & graphics::HostOddEven) != 0;
    const auto access = accessOf(*address, chain4, oddEven);
    if (access.byteOffset >= memory.sizeBytes())
        return 0xff;
    state.latch = memory.load32(static_cast<std::uint32_t>(access.byteOffset));
    if ((state.graphics[graphics::Mode] & graphics::ReadMode1) != 0)
        return compareColours(state);
    const std::uint32_t selected = state.graphics[graphics::ReadMapSelect] & 3U;
    std::uint32_t plane = selected;
    if (chain4)
        plane = *address & 3;
    else if (oddEven)
        plane = (selected & 2) | (*address & 1);
    return static_cast<std::uint8_t>(state.latch >> (8 * plane));
}

std::optional<std::uint32_t> writeWindow(const VgaState& state, VideoMemory& memory, std::uint32_t offset,
                                         std::uint8_t value)
{
    const auto address = decode(state, offset);
    if (!address)
        return std::nullopt;
    if (isLinear(state)) {
        if (*address >= memory.sizeBytes())
            return std::nullopt;
        memory.store8(*address, value);
        return address;
    }
    const bool oddEven = (state.sequencer[sequencer::MemoryMode] & sequencer::OddEvenDisable) == 0;
    const auto access = accessOf(*address, isChain4(state), oddEven);
    const std::uint32_t planes = access.planes & state.sequencer[sequencer::MapMask];
    if (access.byteOffset >= memory.sizeBytes() || planes == 0)
        return std::nullopt;
    const auto at = static_cast<std::uint32_t>(access.byteOffset);
    const std::uint32_t mask = expandPlanes(planes);
    memory.store32(at, (memory.load32(at) & ~mask) | (combine(state, value) & mask));
    return at;
}

std::optional<DirectWindow> directWindow(const VgaState& state, std::uint32_t memoryBytes)
{
    if (!isLinear(state))
        return std::nullopt;
    switch (state.graphics[graphics::Miscellaneous] >> 2 & 3) {
    case 0: return DirectWindow{.windowOffset = 0, .length = WindowBytes, .memoryOffset = 0};
    case 1:
        if (state.dispi.bankOffset() > memoryBytes - 0x10000)
            return std::nullopt;
        return DirectWindow{.windowOffset = 0, .length = 0x10000, .memoryOffset = state.dispi.bankOffset()};
    case 2: return DirectWindow{.windowOffset = 0x10000, .length = 0x8000, .memoryOffset = 0};
    default: return DirectWindow{.windowOffset = 0x18000, .length = 0x8000, .memoryOffset = 0};
    }
}

} // namespace engine::display

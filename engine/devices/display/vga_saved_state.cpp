// SPDX-License-Identifier: GPL-3.0-or-later
#include "devices/display/vga_registers.h"

namespace engine::display {

namespace {

constexpr std::uint16_t LayoutVersion = 1;

template <std::size_t N>
std::span<const std::byte> bytesOf(const std::array<std::uint8_t, N>& values)
{
    return std::as_bytes(std::span(values));
}

template <std::size_t N>
void readInto(StateReader& in, std::array<std::uint8_t, N>& values)
{
    in.bytes(std::as_writable_bytes(std::span(values)));
}

bool isPossible(const VgaState& state)
{
    return state.sequencerIndex < state.sequencer.size() && state.graphicsIndex <= 0x0f
           && state.attributeIndex <= 0x3f && state.dac.component < 3;
}

} // namespace

void VgaRegisters::save(StateWriter& out) const
{
    out.version(LayoutVersion);
    const VgaState& s = m_state;
    for (const std::uint8_t value :
         {s.miscOutput, s.featureControl, s.sequencerIndex, s.crtcIndex, s.graphicsIndex, s.attributeIndex,
          s.dac.pixelMask, s.dac.readIndex, s.dac.writeIndex, s.dac.component})
        out.integer(value);
    out.boolean(s.attributeExpectsData);
    out.boolean(s.bigEndianPixels);
    out.boolean(s.dac.reading);
    out.bytes(bytesOf(s.sequencer));
    out.bytes(bytesOf(s.crtc));
    out.bytes(bytesOf(s.graphics));
    out.bytes(bytesOf(s.attribute));
    out.bytes(bytesOf(s.dac.pending));
    out.bytes(bytesOf(s.dac.colours));
    out.integer(s.latch);
    for (const std::uint16_t value : s.dispi.raw())
        out.integer(value);
    out.boolean(s.dispi.bankOffset() != 0);
}

Result<> VgaRegisters::restore(StateReader& in)
{
    (void)in.version(LayoutVersion);
    VgaState s(m_memory.sizeBytes());
    for (std::uint8_t* value :
         {&s.miscOutput, &s.featureControl, &s.sequencerIndex, &s.crtcIndex, &s.graphicsIndex,
          &s.attributeIndex, &s.dac.pixelMask, &s.dac.readIndex, &s.dac.writeIndex, &s.dac.component})
        *value = in.integer<std::uint8_t>();
    s.attributeExpectsData = in.boolean();
    s.bigEndianPixels = in.boolean();
    s.dac.reading = in.boolean();
    readInto(in, s.sequencer);
    readInto(in, s.crtc);
    readInto(in, s.graphics);
    readInto(in, s.attribute);
    readInto(in, s.dac.pending);
    readInto(in, s.dac.colours);
    s.latch = in.integer<std::uint32_t>();
    std::array<std::uint16_t, DispiRegisters::RegisterCount> dispi{};
    for (std::uint16_t& value : dispi)
        value = in.integer<std::uint16_t>();
    s.dispi.restore(dispi, in.boolean());
    VM_TRY(in.finish());
    if (!isPossible(s))
        return fail(ErrorCode::Corrupt, "saved VGA state holds impossible register values");
    m_state = s;
    m_dirty.markAll();
    ++m_pictureGeneration;
    return {};
}

} // namespace engine::display

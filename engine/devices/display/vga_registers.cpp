// SPDX-License-Identifier: GPL-3.0-or-later
#include "devices/display/vga_registers.h"

#include "devices/display/vga_timing.h"

namespace engine::display {

namespace {

/// Port numbers; CRTC, feature control and status 1 are at 3Bx in monochrome, at 3Dx in colour.
enum class Port : std::uint16_t {
    Attribute = 0x3c0,
    AttributeRead = 0x3c1,
    MiscellaneousWrite = 0x3c2, ///< reads Input Status 0
    SequencerIndex = 0x3c4,
    SequencerData = 0x3c5,
    PixelMask = 0x3c6,
    DacReadIndex = 0x3c7, ///< reads the DAC's state
    DacWriteIndex = 0x3c8,
    DacData = 0x3c9,
    FeatureControlRead = 0x3ca,
    MiscellaneousRead = 0x3cc,
    GraphicsIndex = 0x3ce,
    GraphicsData = 0x3cf,
    CrtcIndex = 0x3d4,
    CrtcData = 0x3d5,
    InputStatus1 = 0x3da, ///< writes Feature Control
};

/// The 3Dx name of a port that monochrome mode has at 3Bx.
Port canonicalPort(std::uint16_t port)
{
    return static_cast<Port>(port >= 0x3b0 && port <= 0x3bf ? port + 0x20 : port);
}

// Bits that exist in each register; the others are stored as 0.
constexpr std::array<std::uint8_t, 8> SequencerBits{0x03, 0x3d, 0x0f, 0x3f, 0x0e, 0x00, 0x00, 0xff};
constexpr std::array<std::uint8_t, graphics::Count> GraphicsBits{0x0f, 0x0f, 0x0f, 0x1f, 0x03,
                                                                 0x7b, 0x0f, 0x0f, 0xff};
constexpr std::uint8_t attributeBits(std::uint8_t index)
{
    switch (index) {
    case attribute::ModeControl: return 0xef;
    case 0x11: return 0xff; // overscan colour
    case attribute::ColourPlaneEnable: return 0x3f;
    case attribute::PixelPanning:
    case attribute::ColourSelect: return 0x0f;
    default: return 0x3f; // palette
    }
}

constexpr std::uint8_t DacIsReading = 0x03; // port 3C7: 3 after a read index, 0 after a write index

} // namespace

void VgaRegisters::reset()
{
    m_state = VgaState(m_memory.sizeBytes());
    ++m_pictureGeneration;
}

void VgaRegisters::assign(std::uint8_t& reg, std::uint8_t value)
{
    if (reg == value)
        return;
    reg = value;
    ++m_pictureGeneration;
}

void VgaRegisters::setBigEndianPixels(bool bigEndian)
{
    if (std::exchange(m_state.bigEndianPixels, bigEndian) != bigEndian)
        ++m_pictureGeneration;
}

bool VgaRegisters::isDecoded(std::uint16_t port) const
{
    if (port < FirstPort || port > LastPort)
        return false;
    const bool colour = (m_state.miscOutput & miscellaneous::ColourAddresses) != 0;
    if (port <= 0x3bf)
        return !colour;
    return port <= 0x3cf || colour;
}

std::uint8_t VgaRegisters::readPort(std::uint16_t port, std::chrono::nanoseconds now)
{
    if (!isDecoded(port))
        return 0xff;
    const auto& state = m_state;
    switch (canonicalPort(port)) {
    case Port::Attribute: return state.attributeExpectsData ? 0 : state.attributeIndex;
    case Port::AttributeRead: {
        const std::uint8_t index = state.attributeIndex & 0x1f;
        return index < attribute::Count ? state.attribute[index] : 0;
    }
    case Port::SequencerIndex: return state.sequencerIndex;
    case Port::SequencerData: return state.sequencer[state.sequencerIndex];
    case Port::PixelMask: return state.dac.pixelMask;
    case Port::DacReadIndex: return state.dac.reading ? DacIsReading : 0;
    case Port::DacWriteIndex: return state.dac.writeIndex;
    case Port::DacData: return readDacData();
    case Port::FeatureControlRead: return state.featureControl;
    case Port::MiscellaneousRead: return state.miscOutput;
    case Port::GraphicsIndex: return state.graphicsIndex;
    case Port::GraphicsData:
        return state.graphicsIndex < graphics::Count ? state.graphics[state.graphicsIndex] : 0;
    case Port::CrtcIndex: return state.crtcIndex;
    case Port::CrtcData: return state.crtcIndex < crtc::Count ? state.crtc[state.crtcIndex] : 0;
    case Port::InputStatus1: return readInputStatus1(now);
    case Port::MiscellaneousWrite: break; // Input Status 0: no interrupt, no sense line
    }
    return 0;
}

void VgaRegisters::writePort(std::uint16_t port, std::uint8_t value)
{
    if (!isDecoded(port))
        return;
    auto& dac = m_state.dac;
    switch (canonicalPort(port)) {
    case Port::Attribute: writeAttribute(value); break;
    case Port::MiscellaneousWrite:
        assign(m_state.miscOutput, static_cast<std::uint8_t>(value & ~miscellaneous::Unimplemented));
        break;
    case Port::SequencerIndex: m_state.sequencerIndex = value & 0x07; break;
    case Port::SequencerData: writeSequencer(value); break;
    case Port::PixelMask: assign(dac.pixelMask, value); break;
    case Port::DacReadIndex:
        dac.readIndex = value;
        dac.component = 0;
        dac.reading = true;
        break;
    case Port::DacWriteIndex:
        dac.writeIndex = value;
        dac.component = 0;
        dac.reading = false;
        break;
    case Port::DacData: writeDacData(value); break;
    case Port::GraphicsIndex: m_state.graphicsIndex = value & 0x0f; break;
    case Port::GraphicsData: writeGraphics(value); break;
    case Port::CrtcIndex: m_state.crtcIndex = value; break;
    case Port::CrtcData: writeCrtc(value); break;
    case Port::InputStatus1: m_state.featureControl = value & 0x10; break;
    case Port::AttributeRead:
    case Port::FeatureControlRead:
    case Port::MiscellaneousRead: break; // read only
    }
}

std::uint8_t VgaRegisters::readInputStatus1(std::chrono::nanoseconds now)
{
    m_state.attributeExpectsData = false;
    const BeamPosition beam = beamAt(m_state, now);
    return static_cast<std::uint8_t>((beam.displayDisabled ? 0x01 : 0) | (beam.verticalRetrace ? 0x08 : 0));
}

void VgaRegisters::writeSequencer(std::uint8_t value)
{
    const std::uint8_t index = m_state.sequencerIndex;
    assign(m_state.sequencer[index], value & SequencerBits[index]);
}

void VgaRegisters::writeGraphics(std::uint8_t value)
{
    const std::uint8_t index = m_state.graphicsIndex;
    if (index < graphics::Count)
        assign(m_state.graphics[index], value & GraphicsBits[index]);
}

void VgaRegisters::writeCrtc(std::uint8_t value)
{
    const std::uint8_t index = m_state.crtcIndex;
    if (index >= crtc::Count)
        return;
    const bool isProtected = (m_state.crtc[crtc::VerticalRetraceEnd] & crtc::ProtectTiming) != 0;
    if (isProtected && index <= crtc::Overflow) {
        // Of the protected registers only the line compare's bit 8 can be changed.
        if (index == crtc::Overflow)
            assign(m_state.crtc[index],
                   static_cast<std::uint8_t>((m_state.crtc[index] & ~0x10) | (value & 0x10)));
        return;
    }
    assign(m_state.crtc[index], value);
}

void VgaRegisters::writeAttribute(std::uint8_t value)
{
    const bool isData = std::exchange(m_state.attributeExpectsData, !m_state.attributeExpectsData);
    if (!isData) {
        assign(m_state.attributeIndex, value & 0x3f);
        return;
    }
    const std::uint8_t index = m_state.attributeIndex & 0x1f;
    if (index < attribute::Count)
        assign(m_state.attribute[index], value & attributeBits(index));
}

std::uint8_t VgaRegisters::readDacData()
{
    auto& dac = m_state.dac;
    const std::uint8_t value = dac.colours[dac.readIndex * 3U + dac.component];
    if (++dac.component == 3) {
        dac.component = 0;
        ++dac.readIndex;
    }
    return value;
}

void VgaRegisters::writeDacData(std::uint8_t value)
{
    auto& dac = m_state.dac;
    if (dac.component < dac.pending.size()) {
        dac.pending[dac.component++] = value;
        return;
    }
    const std::size_t at = dac.writeIndex * std::size_t{3};
    assign(dac.colours[at], dac.pending[0]);
    assign(dac.colours[at + 1], dac.pending[1]);
    assign(dac.colours[at + 2], value);
    dac.component = 0;
    ++dac.writeIndex;
}

void VgaRegisters::writeDispi(std::uint16_t index, std::uint16_t value)
{
    const DispiRegisters before = m_state.dispi;
    const auto effect = m_state.dispi.write(index, value);
    using enum DispiRegisters::Effect;
    if (effect == ModeSwitched || effect == TurnedOn) {
        if (m_state.dispi.isEnabled())
            adoptDispiMode();
        if (effect == TurnedOn && (value & DispiRegisters::NoClearMemory) == 0) {
            const DispiGeometry geometry = m_state.dispi.geometry();
            const std::uint64_t length = std::uint64_t{geometry.stride} * geometry.height;
            m_memory.clear(0, length);
            m_dirty.markRange(0, length);
        }
    }
    if (m_state.dispi != before)
        ++m_pictureGeneration;
}

void VgaRegisters::adoptDispiMode()
{
    const DispiGeometry geometry = m_state.dispi.geometry();
    const unsigned lastLine = geometry.height - 1U;
    auto& cr = m_state.crtc;
    cr[crtc::ModeControl] |= 0x03; // no CGA addressing
    cr[crtc::Offset] = static_cast<std::uint8_t>(geometry.stride >> 3);
    cr[crtc::HorizontalDisplayEnd] = static_cast<std::uint8_t>((geometry.width >> 3) - 1);
    cr[crtc::VerticalDisplayEnd] = static_cast<std::uint8_t>(lastLine);
    cr[crtc::Overflow] = static_cast<std::uint8_t>((cr[crtc::Overflow] & ~0x42) | (lastLine >> 7 & 0x02)
                                                   | (lastLine >> 3 & 0x40));
    // No split screen.
    cr[crtc::LineCompare] = 0xff;
    cr[crtc::Overflow] |= 0x10;
    cr[crtc::MaximumScanLine] |= 0x40;
    cr[crtc::MaximumScanLine] &= static_cast<std::uint8_t>(~0x9f); // no repeated scan lines

    auto& gr = m_state.graphics;
    gr[graphics::Miscellaneous] = static_cast<std::uint8_t>((gr[graphics::Miscellaneous] & ~0x0c) | 0x05);
    // The sequencer keeps its values: window and scan-out ask the DISPI registers first.
    const std::uint8_t shiftMode = geometry.bitsPerPixel == 4 ? 0x00 : 0x40; // four planes, or 256 colours
    gr[graphics::Mode] = static_cast<std::uint8_t>((gr[graphics::Mode] & ~0x60) | shiftMode);
}

} // namespace engine::display

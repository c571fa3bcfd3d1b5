// SPDX-License-Identifier: GPL-3.0-or-later
#include "devices/display/vga_timing.h"

namespace engine::display {

namespace {

using std::chrono::nanoseconds;

/// One frame, in lines and fractions of a line.
struct FrameTiming {
    nanoseconds line{31'778}; // 640x480 at 60 Hz: 800 dots of 25.175 MHz
    std::int64_t lines = 525;
    std::int64_t displayedLines = 480;
    std::int64_t retraceStart = 490;
    std::int64_t retraceLines = 2;
    double displayedFraction = 0.8; // of a line

    [[nodiscard]] nanoseconds frame() const { return line * lines; }
};

/// A vertical count: low byte, and bits 8 and 9 from the overflow register.
std::int64_t verticalCount(const VgaState& state, std::uint8_t index, unsigned bit8, unsigned bit9)
{
    const unsigned overflow = state.crtc[crtc::Overflow];
    return state.crtc[index] | (overflow >> bit8 & 1) << 8 | (overflow >> bit9 & 1) << 9;
}

FrameTiming timingOf(const VgaState& state)
{
    if (state.dispi.isEnabled())
        return {};
    const std::uint8_t clocking = state.sequencer[sequencer::ClockingMode];
    const double dotClock = (state.miscOutput >> 2 & 3) == 1 ? 28.322e6 : 25.175e6;
    const int dots = ((clocking & sequencer::EightDots) != 0 ? 8 : 9)
                     * ((clocking & sequencer::HalfDotClock) != 0 ? 2 : 1);
    const int totalCharacters = state.crtc[crtc::HorizontalTotal] + 5;
    const int shownCharacters = state.crtc[crtc::HorizontalDisplayEnd] + 1;

    FrameTiming timing;
    timing.line = nanoseconds(static_cast<std::int64_t>(totalCharacters * dots * 1e9 / dotClock));
    timing.lines = verticalCount(state, crtc::VerticalTotal, 0, 5) + 2;
    timing.displayedLines = verticalCount(state, crtc::VerticalDisplayEnd, 1, 6) + 1;
    timing.retraceStart = verticalCount(state, crtc::VerticalRetraceStart, 2, 7);
    // Only the low four bits of the end are stored; the counter stops when they match.
    timing.retraceLines = ((state.crtc[crtc::VerticalRetraceEnd] - timing.retraceStart) & 0x0f);
    timing.displayedFraction = static_cast<double>(shownCharacters) / totalCharacters;

    using namespace std::chrono_literals;
    const bool possible = timing.frame() >= 5ms && timing.frame() <= 50ms && timing.displayedFraction < 1
                          && timing.displayedLines <= timing.retraceStart
                          && timing.retraceStart + timing.retraceLines <= timing.lines
                          && timing.retraceLines > 0;
    return possible ? timing : FrameTiming{};
}

} // namespace

BeamPosition beamAt(const VgaState& state, nanoseconds now)
{
    const FrameTiming timing = timingOf(state);
    const nanoseconds inFrame = now % timing.frame();
    const std::int64_t line = inFrame / timing.line;
    const double inLine =
        static_cast<double>((inFrame % timing.line).count()) / static_cast<double>(timing.line.count());
    return {.displayDisabled = line >= timing.displayedLines || inLine >= timing.displayedFraction,
            .verticalRetrace =
                line >= timing.retraceStart && line < timing.retraceStart + timing.retraceLines};
}

} // namespace engine::display

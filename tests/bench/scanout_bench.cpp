// SPDX-License-Identifier: GPL-3.0-or-later
// What a refresh of the screen costs: medians of many, in microseconds of CPU time.
#include "base/event_loop.h"
#include "display/display_pump.h"
#include "display/scanout.h"
#include "engine/devices/display/vga_fixture.h"
#include "engine/devices/display/vga_modes.h"

#include <algorithm>
#include <cstdio>
#include <ctime>
#include <functional>
#include <thread>
#include <vector>

namespace {

using namespace engine;
using namespace engine::display;
using engine::display::testing::VgaFixture;

double cpuMicroseconds(clockid_t clock)
{
    timespec now{};
    ::clock_gettime(clock, &now);
    return static_cast<double>(now.tv_sec) * 1e6 + static_cast<double>(now.tv_nsec) / 1e3;
}

/// The median cost of one refresh after `change`.
double medianRefresh(VgaFixture& vga, const std::function<void(int)>& change)
{
    constexpr int Rounds = 301;
    Scanout scanout(vga.adapter);
    (void)scanout.refresh(std::chrono::nanoseconds(0));
    std::vector<double> costs;
    for (int round = 0; round < Rounds; ++round) {
        change(round);
        const double before = cpuMicroseconds(CLOCK_THREAD_CPUTIME_ID);
        (void)scanout.refresh(std::chrono::nanoseconds(0));
        costs.push_back(cpuMicroseconds(CLOCK_THREAD_CPUTIME_ID) - before);
    }
    std::ranges::nth_element(costs, costs.begin() + Rounds / 2);
    return costs[Rounds / 2];
}

void report(const char* what, double microseconds)
{
    std::printf("%-52s %10.2f us\n", what, microseconds);
}

void enableDispi(VgaFixture& vga, std::uint16_t width, std::uint16_t height, std::uint16_t bits)
{
    vga.dispi(4, 0);
    vga.dispi(3, bits);
    vga.dispi(1, width);
    vga.dispi(2, height);
    vga.dispi(4, 0xc1);
}

/// Draws over the whole frame, as a guest with the frame buffer mapped does.
std::function<void(int)> redrawAll(VgaFixture& vga, DirtyPages& guestDirty)
{
    return [&vga, &guestDirty](int round) {
        const DispiGeometry g = vga.adapter.state().dispi.geometry();
        VideoMemory memory = vga.adapter.memory();
        for (std::uint32_t at = 0; at < g.stride * g.height; at += 64)
            memory.store32(at, static_cast<std::uint32_t>(round) * 0x01010101U + at);
        guestDirty.markRange(0, std::uint64_t{g.stride} * g.height);
    };
}

void measureRefreshes()
{
    VgaFixture vga(16 << 20);
    DirtyPages guestDirty(16 << 20);
    vga.adapter.setDirtyCollector([&](DirtyPages& pages) {
        pages.merge(guestDirty);
        guestDirty.clear();
    });
    testing::programMode(vga, testing::Text80x25);
    report("text 80x25, nothing changed", medianRefresh(vga, [](int) {}));
    report("text 80x25, one character",
           medianRefresh(vga, [&](int round) { vga.poke(0xb8000, static_cast<std::uint8_t>(round)); }));
    report("text 80x25, every cell", medianRefresh(vga, [&](int round) {
               for (std::uint32_t cell = 0; cell < 2000; ++cell)
                   vga.poke(0xb8001 + cell * 2, static_cast<std::uint8_t>(round));
           }));
    testing::programMode(vga, testing::Planar640x480);
    report("640x480 planar, all of it", medianRefresh(vga, [&](int round) {
               vga.sequencer(2, 0x0f);
               for (std::uint32_t i = 0; i < 38400; ++i)
                   vga.poke(0xa0000 + i, static_cast<std::uint8_t>(round));
           }));
    for (const std::uint16_t bits :
         {std::uint16_t{8}, std::uint16_t{16}, std::uint16_t{24}, std::uint16_t{32}}) {
        enableDispi(vga, 1920, 1080, bits);
        vga.attribute(0x20, 0);
        report(("1920x1080x" + std::to_string(bits) + ", all of it").c_str(),
               medianRefresh(vga, redrawAll(vga, guestDirty)));
    }
    report("1920x1080x32, nothing changed", medianRefresh(vga, [](int) {}));
}

void measureIdle()
{
    using namespace std::chrono_literals;
    class Viewer final : public DisplayViewer {
    public:
        void frameChanged(const FrameDescriptor& /*frame*/) override {}
        void damaged(const FrameDescriptor& /*frame*/, const DamageRegion& /*damage*/) override {}
        void cursorChanged(const std::shared_ptr<const CursorShape>& /*cursor*/) override {}
    };
    VgaFixture vga(16 << 20);
    testing::programMode(vga, testing::Text80x25); // with a blinking cursor
    auto loop = EventLoop::create("display");
    if (!loop)
        return;
    DisplayPump pump(**loop, vga.adapter);
    Viewer viewer;
    pump.addViewer(viewer);
    std::this_thread::sleep_for(3s);
    const double cpuBefore = cpuMicroseconds(CLOCK_PROCESS_CPUTIME_ID);
    const auto refreshesBefore = pump.refreshCount();
    constexpr auto Seconds = 5;
    std::this_thread::sleep_for(std::chrono::seconds(Seconds));
    const double percent = (cpuMicroseconds(CLOCK_PROCESS_CPUTIME_ID) - cpuBefore) / (Seconds * 1e6) * 100;
    std::printf("%-52s %10.4f %% of a core, %.1f refreshes/s\n", "idle text screen with a cursor, one viewer",
                percent, static_cast<double>(pump.refreshCount() - refreshesBefore) / Seconds);
    pump.removeViewer(viewer);
}

} // namespace

int main()
{
    measureRefreshes();
    measureIdle();
    return 0;
}

// SPDX-License-Identifier: GPL-3.0-or-later
// Replays what two real firmwares did to the reference VGA. Reads must answer as recorded, except port 3DA
// (time) and the EDID (another monitor).
#include "display/screen_text.h"
#include "engine/devices/display/vga_fixture.h"

#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <filesystem>
#include <string>
#include <string_view>

namespace engine::display {
namespace {

using testing::VgaFixture;

const std::filesystem::path Traces = std::filesystem::path(GUESTHOUSE_SOURCE_DIR) / "../shared/traces";

struct Access {
    bool isWrite = false;
    std::uint64_t address = 0;
    std::uint64_t value = 0;
    std::size_t size = 0;
    std::string device;
};

std::optional<Access> parse(const std::string& line)
{
    std::array<char, 8> kind{};
    std::array<char, 64> device{};
    unsigned long long address = 0;
    unsigned long long value = 0;
    unsigned size = 0;
    if (std::sscanf(
            line.c_str(),
            "memory_region_ops_%7[a-z] cpu %*d mr %*s addr 0x%llx value 0x%llx size %u name '%63[^']'",
            kind.data(), &address, &value, &size, device.data())
        != 5)
        return std::nullopt;
    return Access{.isWrite = std::string_view(kind.data()) == "write",
                  .address = address,
                  .value = value,
                  .size = size,
                  .device = device.data()};
}

/// The face and offset that an access belongs to; null when it is none of the VGA's.
BusDevice* route(VgaFixture& vga, Access& access)
{
    if (access.device == "vga") {
        access.address -= 0x3b0;
        return &vga.adapter.legacyPorts();
    }
    if (access.device == "vbe") {
        access.address -= 0x1ce;
        return &vga.adapter.dispiPorts();
    }
    if (access.device == "vga-lowmem") {
        access.address -= 0xa0000;
        return &vga.adapter.window();
    }
    if (access.device == "vga ioports remapped" || access.device == "bochs dispi interface") {
        access.address &= 0xfff;
        return &vga.adapter.mmio();
    }
    return nullptr;
}

/// The number of accesses replayed.
unsigned replay(VgaFixture& vga, const std::filesystem::path& trace)
{
    std::FILE* pipe = ::popen(("gzip -dc '" + trace.string() + "'").c_str(), "r");
    if (!pipe)
        return 0;
    unsigned count = 0;
    std::array<char, 512> line{};
    while (std::fgets(line.data(), line.size(), pipe)) {
        auto access = parse(line.data());
        BusDevice* device = access ? route(vga, *access) : nullptr;
        if (!device)
            continue;
        ++count;
        if (access->isWrite) {
            VgaFixture::write(*device, access->address, access->value, access->size);
            continue;
        }
        const auto answer = VgaFixture::read(*device, access->address, access->size);
        const bool isTime = (access->device == "vga" && access->address + 0x3b0 == 0x3da)
                            || (access->device == "vga ioports remapped" && access->address == 0x41a);
        if (!isTime) {
            EXPECT_EQ(answer, access->value) << line.data();
        }
    }
    ::pclose(pipe);
    return count;
}

TEST(FirmwareTrace, SeaBiosLeavesItsBannerOnTheScreen)
{
    const auto trace = Traces / "sb-q35.log.gz";
    if (!std::filesystem::exists(trace))
        GTEST_SKIP() << "no firmware traces beside the source tree";
    VgaFixture vga(16 << 20);
    EXPECT_GT(replay(vga, trace), 39'000U);
    const ScreenText screen = screenText(vga.adapter);
    ASSERT_TRUE(screen.text) << screen.modeName;
    EXPECT_EQ(screen.modeName, "text 80x25");
    EXPECT_EQ(screen.text->toString().substr(0, 16), "SeaBIOS (version");
}

TEST(FirmwareTrace, OvmfSwitchesToItsGraphicsMode)
{
    const auto trace = Traces / "ovmf-q35.log.gz";
    if (!std::filesystem::exists(trace))
        GTEST_SKIP() << "no firmware traces beside the source tree";
    VgaFixture vga(16 << 20);
    EXPECT_GT(replay(vga, trace), 1'000U);
    EXPECT_EQ(screenText(vga.adapter).modeName, "graphics 1280x800x32");
}

} // namespace
} // namespace engine::display

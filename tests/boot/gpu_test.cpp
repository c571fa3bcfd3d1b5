// SPDX-License-Identifier: GPL-3.0-or-later
// Linux's own drivers on the virtio GPU: text console, mode setting, a window's size, pointer plane; and
// firmware on the VGA that is part of it.
#include "boot/guest_harness.h"
#include "display/display_source.h"
#include "support/initrd.h"

#include <fstream>
#include <set>
#include <thread>

namespace {

using namespace std::chrono_literals;
using engine::display::FrameDescriptor;

/// Keeps the scan-out working and remembers the pointer.
class Watcher final : public engine::display::DisplayViewer {
public:
    explicit Watcher(engine::display::DisplaySource& source) : m_source(source) { source.addViewer(*this); }
    ~Watcher() override { m_source.removeViewer(*this); }
    Watcher(const Watcher&) = delete;
    Watcher& operator=(const Watcher&) = delete;
    Watcher(Watcher&&) = delete;
    Watcher& operator=(Watcher&&) = delete;
    void frameChanged(const FrameDescriptor&) override {}
    void damaged(const FrameDescriptor&, const engine::display::DamageRegion&) override {}
    void cursorChanged(const std::shared_ptr<const engine::display::CursorShape>&) override {}

private:
    engine::display::DisplaySource& m_source;
};

class GpuGuestTest : public testing::Test {
protected:
    void SetUp() override
    {
        REQUIRE_KVM();
        REQUIRE_FILE(boot::sharedGuests() / "linux-native/vmlinux");
        std::ifstream file(GUEST_SCREEN_PAINTER, std::ios::binary);
        const std::string painter{std::istreambuf_iterator<char>(file), {}};
        ASSERT_FALSE(painter.empty());
        engine::test::InitrdWriter writer;
        writer.add("dev", engine::test::InitrdWriter::Directory);
        writer.add("init", engine::test::InitrdWriter::Program, painter);
        m_initrd = testing::TempDir() + "guesthouse-gpu-initrd";
        ASSERT_TRUE(writer.write(m_initrd));
    }
    [[nodiscard]] engine::VmConfig config(const std::string& commandLine) const
    {
        engine::VmConfig config;
        config.name = "gpu";
        config.memoryBytes = std::uint64_t{256} << 20;
        config.displayModel = engine::DisplayModel::VirtioGpu;
        config.kernel = {.path = (boot::sharedGuests() / "linux-native/vmlinux").string(),
                         .initrdPath = m_initrd,
                         .commandLine = "console=ttyS0 panic=-1 quiet reboot=t " + commandLine};
        return config;
    }
    std::string m_initrd;
};

std::uint32_t pixelAt(const FrameDescriptor& frame, std::uint32_t x, std::uint32_t y)
{
    std::uint32_t pixel = 0;
    EXPECT_TRUE(frame.block->read(frame.offset + std::uint64_t{frame.stride} * y + 4ULL * x,
                                  std::as_writable_bytes(std::span(&pixel, 1))));
    return pixel & 0xffffff;
}

/// What screen_painter draws.
std::uint32_t patternAt(std::uint32_t x, std::uint32_t y)
{
    return (x & 255) << 16 | (y & 255) << 8 | ((x ^ y) & 255);
}

bool showsPattern(const FrameDescriptor& frame, std::uint32_t width, std::uint32_t height)
{
    if (!frame.isValid() || frame.width != width || frame.height != height)
        return false;
    for (std::uint32_t y = 0; y < height; y += 7)
        for (std::uint32_t x = 0; x < width; x += 3)
            if (pixelAt(frame, x, y) != patternAt(x, y))
                return false;
    return true;
}

template <class Condition>
bool eventually(Condition condition, std::chrono::seconds limit = 60s)
{
    const auto end = std::chrono::steady_clock::now() + limit;
    while (!condition()) {
        if (std::chrono::steady_clock::now() > end)
            return false;
        std::this_thread::sleep_for(50ms);
    }
    return true;
}

TEST_F(GpuGuestTest, FollowsTheWindowAndShowsAPointer)
{
    boot::Guest guest(config("PAINT=pattern CURSOR=1"));
    ASSERT_TRUE(guest.start()) << guest.error();
    engine::display::DisplaySource& screen = *guest.vm().display();
    const Watcher watcher(screen);
    ASSERT_TRUE(guest.waitForSerial("DRIVER virtio_gpu", 90s)) << guest.serial();
    ASSERT_TRUE(guest.waitForSerial("CURSOR", 60s)) << guest.serial();
    EXPECT_TRUE(eventually([&] { return showsPattern(screen.currentFrame(), 1280, 800); }));
    const auto pointer = screen.currentCursor();
    ASSERT_NE(pointer, nullptr);
    EXPECT_EQ(pointer->hotspotX, 3U);
    EXPECT_EQ(pointer->hotspotY, 5U);
    EXPECT_EQ(pointer->pixels.at(0), 0xffff00ffU);
    EXPECT_EQ(pointer->pixels.at(64 * 40 + 40), 0U);
    EXPECT_TRUE(eventually(
        [&] { return screen.pointerPosition() == engine::display::PointerPosition{.x = 200, .y = 100}; }));

    // A window that is dragged asks for many sizes; the guest follows the last one, odd as it is.
    for (std::uint32_t width = 900; width <= 1001; ++width)
        screen.requestSize(width, 607);
    ASSERT_TRUE(guest.waitForSerial("MODE 1001x607", 60s)) << guest.serial();
    EXPECT_TRUE(eventually([&] { return showsPattern(screen.currentFrame(), 1001, 607); }));
    screen.requestSize(1920, 1080);
    ASSERT_TRUE(guest.waitForSerial("MODE 1920x1080", 60s)) << guest.serial();
    EXPECT_TRUE(eventually([&] { return showsPattern(screen.currentFrame(), 1920, 1080); }));
    std::set<std::string> sizes;
    const std::string serial = guest.serial();
    for (auto at = serial.find("MODE "); at != std::string::npos; at = serial.find("MODE ", at + 1))
        sizes.insert(serial.substr(at, serial.find(' ', at + 5) - at));
    EXPECT_LE(sizes.size(), 5U) << "the guest was told of most of the sizes on the way";
}

TEST_F(GpuGuestTest, ShowsTheTextConsoleAndComesBackAfterReset)
{
    boot::Guest guest(config("console=tty0")); // what /init says goes to the screen
    ASSERT_TRUE(guest.start()) << guest.error();
    engine::display::DisplaySource& screen = *guest.vm().display();
    const Watcher watcher(screen);
    const auto hasText = [&] {
        const FrameDescriptor frame = screen.currentFrame();
        if (!frame.isValid() || frame.width != 1280 || frame.height != 800)
            return false;
        std::size_t lit = 0;
        for (std::uint32_t y = 0; y < 64; ++y) // four lines of characters
            for (std::uint32_t x = 0; x < 400; ++x)
                lit += pixelAt(frame, x, y) != 0 ? 1U : 0U;
        return lit > 200;
    };
    EXPECT_TRUE(eventually(hasText));
    EXPECT_FALSE(guest.vm().screenText()) << "the driver's picture has no text mode";
    ASSERT_TRUE(guest.run(&engine::Vm::requestReset));
    EXPECT_TRUE(eventually([&] { return !hasText(); })) << "the VGA shows again, which is dark";
    EXPECT_TRUE(eventually(hasText));
}

TEST(GpuFirmware, ShowsTheBiosOnItsVga)
{
    REQUIRE_KVM();
    engine::VmConfig config;
    config.name = "gpu-bios";
    config.memoryBytes = std::uint64_t{64} << 20;
    config.displayModel = engine::DisplayModel::VirtioGpu;
    boot::Guest guest(config);
    if (!guest.start())
        GTEST_SKIP() << guest.error();
    EXPECT_TRUE(guest.waitForScreen("SeaBIOS", 90s)) << guest.screen();
    EXPECT_TRUE(guest.waitForScreen("No bootable device", 120s)) << guest.screen();
}

} // namespace

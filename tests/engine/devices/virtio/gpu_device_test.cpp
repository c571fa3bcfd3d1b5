// SPDX-License-Identifier: GPL-3.0-or-later
#include "devices/virtio/gpu_device.h"
#include "support/gpu_guest.h"

#include <random>

namespace engine::test {
namespace {

using display::Rect;
using virtio::GpuDevice;
using virtio::VirtioPciTransport;

constexpr std::uint64_t Backing = 0x20'0000;
constexpr std::uint32_t Ok = GpuGuest::OkNoData;
constexpr std::uint32_t OutOfMemory = 0x1201;
constexpr std::uint32_t InvalidScanout = 0x1202;
constexpr std::uint32_t InvalidResource = 0x1203;
constexpr std::uint32_t InvalidParameter = 0x1205;

class GpuDeviceTest : public testing::Test {
protected:
    GpuDevice& gpu() { return static_cast<GpuDevice&>(transport->device()); }
    std::vector<std::uint32_t> shownPixels()
    {
        const auto shown = gpu().screen().take();
        std::vector<std::uint32_t> pixels;
        for (std::uint32_t y = 0; y < shown.frame.height; ++y)
            for (std::uint32_t x = 0; x < shown.frame.width; ++x) {
                std::uint32_t pixel = 0;
                EXPECT_TRUE(shown.frame.block->read(shown.frame.offset + y * shown.frame.stride + 4 * x,
                                                    std::as_writable_bytes(std::span(&pixel, 1))));
                pixels.push_back(pixel & 0xffffff);
            }
        return pixels;
    }

    std::unique_ptr<EventLoop> loop = EventLoop::create("gpu").value();
    PciTestBoard board{8 << 20};
    std::unique_ptr<VirtioPciTransport> transport =
        VirtioPciTransport::create("gpu", std::make_unique<GpuDevice>(*loop), board.memory, board.log)
            .value();
    GpuGuest driver{plugged()};

private:
    PciTestBoard& plugged()
    {
        board.insert(*transport);
        return board;
    }
};

TEST_F(GpuDeviceTest, TellsItsScreenAndItsMonitor)
{
    EXPECT_EQ(board.configRead(0x02, 2), 0x1050U); // 4.1.2: 1040h + 16
    EXPECT_NE(driver.guest.offered() & GpuGuest::Edid, 0U);
    EXPECT_EQ(driver.guest.deviceConfig(8, 4), 1U) << "num_scanouts";
    EXPECT_EQ(driver.guest.deviceConfig(12, 4), 0U) << "num_capsets";
    driver.start();
    ASSERT_EQ(driver.send(GpuGuest::header(0x100), 24 + 16 * 24), 0x1101U);
    EXPECT_EQ(driver.lastLength, 24U + 16 * 24);
    EXPECT_EQ(driver.answerWord(8), 1280U);
    EXPECT_EQ(driver.answerWord(9), 800U);
    EXPECT_EQ(driver.answerWord(10), 1U) << "enabled";
    EXPECT_EQ(driver.answerWord(16), 0U) << "the second screen is off";
    ASSERT_EQ(driver.send(GpuGuest::with(0x10a, {0, 0}), 1056), 0x1104U);
    EXPECT_EQ(driver.answerWord(6), 128U);
    EXPECT_EQ(driver.answerWord(8), 0xffffff00U) << "EDID header";
    EXPECT_EQ(driver.send(GpuGuest::with(0x10a, {1, 0}), 1056), InvalidScanout);
}

TEST_F(GpuDeviceTest, ShowsWhatTheDriverTransfersAndFlushes)
{
    driver.start();
    EXPECT_FALSE(gpu().screen().take().inCharge);
    driver.showPlain(7, 64, 32, 0x00abcdef, Backing);
    const auto shown = gpu().screen().take();
    ASSERT_TRUE(shown.inCharge);
    EXPECT_EQ(shown.frame.width, 64U);
    EXPECT_EQ(shown.frame.height, 32U);
    EXPECT_EQ(shown.damage.bounds(), (Rect{0, 0, 64, 32}));
    EXPECT_EQ(shownPixels(), std::vector<std::uint32_t>(64 * 32, 0x00abcdef));

    // A part, from the place in the backing that belongs to it.
    board.store<std::uint32_t>(Backing + 4 * (64 * 5 + 10), 0x00112233);
    ASSERT_EQ(driver.transfer(7, {10, 5, 2, 1}, 4 * (64 * 5 + 10)), Ok);
    ASSERT_EQ(driver.flush(7, {10, 5, 2, 1}), Ok);
    EXPECT_EQ(gpu().screen().take().damage.bounds(), (Rect{10, 5, 2, 1}));
    EXPECT_EQ(shownPixels()[64 * 5 + 10], 0x00112233U);
}

TEST_F(GpuDeviceTest, GathersABackingOfManyPieces)
{
    driver.start();
    constexpr std::uint32_t Side = 16;
    std::vector<std::uint32_t> pixels(Side * Side);
    for (std::uint32_t i = 0; i < pixels.size(); ++i)
        pixels[i] = i * 0x010203;
    // Pieces that split rows and pixels, in reverse order of memory.
    const auto bytes = std::as_bytes(std::span(pixels));
    const std::array<std::uint32_t, 5> lengths{3, 61, 200, 0, 760};
    std::vector<GpuGuest::Piece> pieces;
    std::uint64_t at = Backing + 0x1'0000;
    std::size_t done = 0;
    for (const std::uint32_t length : lengths) {
        at -= 0x2000;
        board.storeBytes(at, bytes.subspan(done, length));
        pieces.push_back({at, length});
        done += length;
    }
    ASSERT_EQ(done, bytes.size());
    ASSERT_EQ(driver.create(1, GpuGuest::Bgrx, Side, Side), Ok);
    ASSERT_EQ(driver.attach(1, pieces), Ok);
    for (std::uint32_t y = 0; y < Side; ++y) // row by row, in two halves
        for (const std::uint32_t x : {0U, Side / 2})
            ASSERT_EQ(driver.transfer(1, {x, y, Side / 2, 1}, 4 * (y * Side + x)), Ok);
    ASSERT_EQ(driver.setScanout(1, {0, 0, Side, Side}), Ok);
    for (std::uint32_t& pixel : pixels)
        pixel &= 0xffffff;
    EXPECT_EQ(shownPixels(), pixels);
}

TEST_F(GpuDeviceTest, ShowsAPartOfAPicture)
{
    driver.start();
    driver.showPlain(1, 32, 32, 0x00ff0000, Backing);
    board.store<std::uint32_t>(Backing, 0x000000ff);
    ASSERT_EQ(driver.transfer(1, {20, 10, 1, 1}, 0), Ok);
    ASSERT_EQ(driver.setScanout(1, {16, 8, 16, 16}), Ok);
    const auto pixels = shownPixels();
    ASSERT_EQ(pixels.size(), 16U * 16);
    EXPECT_EQ(pixels[16 * 2 + 4], 0x000000ffU);
    (void)gpu().screen().take();
    ASSERT_EQ(driver.flush(1, {0, 0, 18, 9}), Ok); // overlaps the shown part in 2 x 1 pixels
    EXPECT_EQ(gpu().screen().take().damage.bounds(), (Rect{0, 0, 2, 1}));
}

struct FormatCase {
    std::uint32_t number;
    std::array<std::uint8_t, 4> bytes; ///< of red 11h, green 22h, blue 33h in memory
};

class GpuFormats : public GpuDeviceTest, public testing::WithParamInterface<FormatCase> {};

TEST_P(GpuFormats, AllGiveTheSameColour)
{
    driver.start();
    board.storeBytes(Backing, std::as_bytes(std::span(GetParam().bytes)));
    ASSERT_EQ(driver.create(1, GetParam().number, 1, 1), Ok);
    ASSERT_EQ(driver.attach(1, {{Backing, 4}}), Ok);
    ASSERT_EQ(driver.transfer(1, {0, 0, 1, 1}, 0), Ok);
    ASSERT_EQ(driver.setScanout(1, {0, 0, 1, 1}), Ok);
    EXPECT_EQ(shownPixels(), std::vector<std::uint32_t>{0x112233});
}

INSTANTIATE_TEST_SUITE_P(
    Virtio12, GpuFormats,
    testing::Values(FormatCase{1, {0x33, 0x22, 0x11, 0xff}}, FormatCase{2, {0x33, 0x22, 0x11, 0x77}},
                    FormatCase{3, {0xff, 0x11, 0x22, 0x33}}, FormatCase{4, {0x77, 0x11, 0x22, 0x33}},
                    FormatCase{67, {0x11, 0x22, 0x33, 0xff}}, FormatCase{68, {0x77, 0x33, 0x22, 0x11}},
                    FormatCase{121, {0xff, 0x33, 0x22, 0x11}}, FormatCase{134, {0x11, 0x22, 0x33, 0x77}}));

TEST_F(GpuDeviceTest, RefusesWhatMakesNoSense)
{
    driver.start();
    EXPECT_EQ(driver.create(0, GpuGuest::Bgrx, 8, 8), InvalidResource);
    EXPECT_EQ(driver.create(1, 99, 8, 8), InvalidParameter);
    EXPECT_EQ(driver.create(1, GpuGuest::Bgrx, 0, 8), InvalidParameter);
    EXPECT_EQ(driver.create(1, GpuGuest::Bgrx, 0xffffffff, 0xffffffff), InvalidParameter);
    EXPECT_EQ(driver.create(1, GpuGuest::Bgrx, 16384, 16384), OutOfMemory);
    ASSERT_EQ(driver.create(1, GpuGuest::Bgrx, 8, 8), Ok);
    EXPECT_EQ(driver.create(1, GpuGuest::Bgrx, 8, 8), InvalidResource) << "the number is taken";
    EXPECT_EQ(driver.transfer(1, {0, 0, 8, 8}, 0), InvalidParameter) << "no backing";
    EXPECT_EQ(driver.detach(1), InvalidParameter);
    EXPECT_EQ(driver.attach(2, {{Backing, 64}}), InvalidResource);
    EXPECT_EQ(driver.attach(1, {}), InvalidParameter);
    ASSERT_EQ(driver.attach(1, {{Backing, 255}}), Ok);
    EXPECT_EQ(driver.attach(1, {{Backing, 256}}), InvalidParameter) << "attached twice";
    EXPECT_EQ(driver.transfer(1, {0, 0, 8, 8}, 0), InvalidParameter) << "one byte is missing";
    EXPECT_EQ(driver.transfer(1, {0, 0, 8, 7}, ~0ULL - 3), InvalidParameter);
    EXPECT_EQ(driver.transfer(1, {1, 0, 8, 8}, 0), InvalidParameter);
    EXPECT_EQ(driver.transfer(1, {0xffffffff, 0, 2, 1}, 0), InvalidParameter);
    EXPECT_EQ(driver.flush(1, {0, 0, 9, 8}), InvalidParameter);
    EXPECT_EQ(driver.setScanout(1, {0, 0, 9, 8}), InvalidParameter);
    EXPECT_EQ(driver.setScanout(1, {0, 0, 8, 8}, 1), InvalidScanout);
    EXPECT_EQ(driver.setScanout(9, {0, 0, 8, 8}), InvalidResource);
    EXPECT_EQ(driver.unref(9), InvalidResource);
    EXPECT_EQ(driver.send(GpuGuest::header(0x4242)), 0x1200U);
    EXPECT_EQ(driver.send(GpuGuest::with(0x101, {1})), InvalidParameter) << "too short";
    ASSERT_EQ(driver.detach(1), Ok);
    ASSERT_EQ(driver.attach(1, {{0xffff'ffff'ffff'fff0, 256}}), Ok) << "judged when it is used";
    EXPECT_EQ(driver.transfer(1, {0, 0, 8, 8}, 0), InvalidParameter);
}

TEST_F(GpuDeviceTest, LimitsTheMemoryOfAllPictures)
{
    driver.start();
    std::uint32_t id = 1;
    while (driver.create(id, GpuGuest::Bgrx, 2048, 2048) == Ok)
        ++id;
    EXPECT_EQ(id - 1, 16U) << "256 MiB";
    ASSERT_EQ(driver.unref(3), Ok);
    EXPECT_EQ(driver.create(100, GpuGuest::Bgrx, 2048, 2048), Ok);
}

TEST_F(GpuDeviceTest, FencesComeBackWithTheAnswer)
{
    driver.start();
    EXPECT_EQ(driver.send({0x100, 1, 0x55667788, 0x11223344, 9, 0}, 24 + 16 * 24), 0x1101U);
    EXPECT_EQ(driver.answerWord(1), 1U);
    EXPECT_EQ(driver.answerWord(2), 0x55667788U);
    EXPECT_EQ(driver.answerWord(3), 0x11223344U);
    EXPECT_EQ(driver.answerWord(4), 9U);
}

TEST_F(GpuDeviceTest, ATooShortAnswerBufferGetsWhatFits)
{
    driver.start();
    EXPECT_EQ(driver.send(GpuGuest::header(0x100), 8), 0x1101U);
    EXPECT_EQ(driver.lastLength, 8U);
}

TEST_F(GpuDeviceTest, GoesDarkAndComesBack)
{
    driver.start();
    driver.showPlain(1, 16, 16, 0xffffff, Backing);
    ASSERT_EQ(driver.setScanout(0, {0, 0, 0, 0}), Ok);
    auto shown = gpu().screen().take();
    EXPECT_TRUE(shown.inCharge);
    EXPECT_FALSE(shown.frame.isValid());
    ASSERT_EQ(driver.setScanout(1, {0, 0, 16, 16}), Ok);
    EXPECT_TRUE(gpu().screen().take().frame.isValid());
    ASSERT_EQ(driver.unref(1), Ok);
    shown = gpu().screen().take();
    EXPECT_TRUE(shown.inCharge);
    EXPECT_FALSE(shown.frame.isValid()) << "the picture is gone";
    ASSERT_TRUE(driver.guest.negotiate(GpuGuest::Version1)); // begins with a reset
    EXPECT_FALSE(gpu().screen().take().inCharge);
}

TEST_F(GpuDeviceTest, TellsTheDriverOfAnotherWindowSize)
{
    driver.start();
    const std::uint64_t generation = driver.guest.common(0x15, 1);
    gpu().screen().requestMonitor({.preferredWidth = 1001, .preferredHeight = 607, .wholeCharacters = false});
    EXPECT_NE(driver.guest.common(0x15, 1), generation);
    EXPECT_NE(driver.guest.isr() & 2, 0) << "configuration interrupt";
    EXPECT_EQ(driver.guest.deviceConfig(0, 4), 1U) << "events_read";
    ASSERT_EQ(driver.send(GpuGuest::header(0x100), 24 + 16 * 24), 0x1101U);
    EXPECT_EQ(driver.answerWord(8), 1001U);
    EXPECT_EQ(driver.answerWord(9), 607U);
    ASSERT_EQ(driver.send(GpuGuest::with(0x10a, {0, 0}), 1056), 0x1104U);
    const auto edid = board.loadBytes(GpuGuest::Answer + 32, 128);
    // EDID 1.4, 3.10.2: the first detailed timing's active pixels and lines.
    const auto at = [&](std::size_t i) { return std::to_integer<unsigned>(edid[i]); };
    EXPECT_EQ(at(56) | (at(58) & 0xf0) << 4, 1001U);
    EXPECT_EQ(at(59) | (at(61) & 0xf0) << 4, 607U);
    driver.guest.setDeviceConfig(4, 4, 1); // events_clear
    EXPECT_EQ(driver.guest.deviceConfig(0, 4), 0U);
}

TEST_F(GpuDeviceTest, HasAPointerPlane)
{
    driver.start();
    EXPECT_EQ(gpu().screen().pointerShape(), nullptr);
    std::vector<std::uint32_t> image(64 * 64, 0);
    image[0] = 0xff102030;
    image[1] = 0x80402010; // multiplied: half of 80h, 40h, 20h
    board.storeBytes(Backing, std::as_bytes(std::span(image)));
    ASSERT_EQ(driver.create(5, 1, 64, 64), Ok);
    ASSERT_EQ(driver.attach(5, {{Backing, 64 * 64 * 4}}), Ok);
    ASSERT_EQ(driver.transfer(5, {0, 0, 64, 64}, 0), Ok);
    ASSERT_TRUE(driver.cursor(0x300, 5, 100, static_cast<std::uint32_t>(-3), 4, 7));
    const auto shape = gpu().screen().pointerShape();
    ASSERT_NE(shape, nullptr);
    EXPECT_TRUE(shape->visible);
    EXPECT_EQ(shape->width, 64U);
    EXPECT_EQ(shape->hotspotX, 4U);
    EXPECT_EQ(shape->hotspotY, 7U);
    EXPECT_EQ(shape->pixels[0], 0xff102030U);
    EXPECT_EQ(shape->pixels[1], 0x80804020U);
    EXPECT_EQ(shape->pixels[2], 0U);
    EXPECT_EQ(gpu().screen().pointerPosition(), (display::PointerPosition{100, -3}));
    ASSERT_TRUE(driver.cursor(0x301, 0, 50, 60));
    EXPECT_EQ(gpu().screen().pointerPosition(), (display::PointerPosition{50, 60}));
    EXPECT_EQ(gpu().screen().pointerShape(), shape) << "moved, not changed";
    ASSERT_TRUE(driver.cursor(0x300, 0, 50, 60));
    EXPECT_FALSE(gpu().screen().pointerShape()->visible);
}

TEST_F(GpuDeviceTest, IsTheSameAfterSavingAndRestoring)
{
    driver.start();
    driver.showPlain(3, 40, 30, 0x00123456, Backing);
    ASSERT_EQ(driver.create(4, 1, 64, 64), Ok);
    ASSERT_TRUE(driver.cursor(0x300, 4, 5, 6, 1, 2));
    StateWriter saved;
    transport->saveState(saved);

    ASSERT_EQ(driver.unref(3), Ok);
    ASSERT_TRUE(driver.cursor(0x300, 0, 0, 0));
    StateReader in(saved.data());
    ASSERT_TRUE(transport->restoreState(in)); // the rings in RAM are newer: the device must stay on hold
    EXPECT_EQ(shownPixels(), std::vector<std::uint32_t>(40 * 30, 0x00123456));
    EXPECT_TRUE(gpu().screen().pointerShape()->visible);
    EXPECT_EQ(gpu().screen().pointerPosition(), (display::PointerPosition{5, 6}));
    StateWriter again;
    transport->saveState(again);
    EXPECT_TRUE(std::ranges::equal(saved.data(), again.data()));

    // Damaged states change nothing.
    std::mt19937 random(7);
    for (int i = 0; i < 200; ++i) {
        std::vector<std::byte> bad(saved.data().begin(), saved.data().end());
        if (i % 2 == 0)
            bad.resize(random() % bad.size());
        else
            bad[random() % 1200] = std::byte(random() & 0xff);
        StateReader reader(bad);
        virtio::gpu::Renderer untouched(gpu().screen());
        (void)untouched.restoreState(reader);
    }
}

TEST_F(GpuDeviceTest, SurvivesRandomRequests)
{
    driver.start();
    std::mt19937 random(1);
    constexpr std::array<std::uint32_t, 14> Types{0x100, 0x101, 0x102, 0x103, 0x104, 0x105, 0x106,
                                                  0x107, 0x10a, 0x300, 0x301, 0x200, 0,     0xffffffff};
    constexpr std::array<std::uint32_t, 8> Values{0, 1, 2, 3, 64, 16384, 0x7fffffff, 0xffffffff};
    for (int i = 0; i < 3000; ++i) {
        std::vector<std::uint32_t> words(6 + random() % 12);
        for (std::uint32_t& word : words)
            word = Values[random() % Values.size()];
        words[0] = Types[random() % Types.size()];
        ASSERT_NE(driver.send(words), 0U) << "request " << i << " was not answered";
    }
    ASSERT_TRUE(driver.guest.negotiate(GpuGuest::Version1 | GpuGuest::Edid));
    driver.start();
    driver.showPlain(1, 8, 8, 0x00445566, Backing);
    EXPECT_EQ(shownPixels()[0], 0x00445566U);
}

} // namespace
} // namespace engine::test

// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/manual_clock.h"
#include "devices/display/vga_device.h"

#include <gtest/gtest.h>

#include <array>
#include <vector>

namespace engine::display {
namespace {

constexpr std::uint64_t MemoryBase = 0xe0000000;
constexpr std::uint64_t RegisterBase = 0xfebf0000;

class NoMessages final : public MsiController {
public:
    Result<std::unique_ptr<MsiVector>> createVector() override
    {
        return fail(ErrorCode::Unsupported, "this board has no messages");
    }
};

/// A board with RAM from 0 to 2 MiB and the VGA, configured as a firmware would.
class Board : public ::testing::Test {
protected:
    void SetUp() override
    {
        ASSERT_TRUE(memory.map({.base = GuestAddress(0), .length = ram->sizeBytes(), .block = ram}));
        ASSERT_TRUE(vga->connect({.ports = ports, .memory = memory, .msi = messages},
                                 std::make_unique<UnconnectedIrqLine>()));
        ASSERT_TRUE(vga->attachLegacy(ports, memory));
    }
    void setConfig(std::uint16_t offset, unsigned width, std::uint32_t value)
    {
        (void)vga->configWrite(offset, width, value);
        vga->unmapChanged();
        vga->mapWanted();
    }
    void placeBars()
    {
        setConfig(0x10, 4, MemoryBase);
        setConfig(0x18, 4, RegisterBase);
        setConfig(0x04, 2, 0x03);
    }
    void out16(std::uint16_t port, std::uint16_t value)
    {
        std::array<std::byte, 2> data{};
        storeLittleEndian(data, value);
        ports.write(port, data);
    }
    void dispi(std::uint16_t index, std::uint16_t value)
    {
        out16(0x1ce, index);
        out16(0x1cf, value);
    }
    void poke(std::uint64_t address, std::uint8_t value)
    {
        memory.write(GuestAddress(address), std::array{std::byte{value}});
    }
    std::uint8_t peek(std::uint64_t address)
    {
        std::array<std::byte, 1> data{};
        memory.read(GuestAddress(address), data);
        return std::to_integer<std::uint8_t>(data[0]);
    }
    void enablePacked(std::uint16_t width, std::uint16_t height, std::uint16_t bits)
    {
        dispi(3, bits);
        dispi(1, width);
        dispi(2, height);
        dispi(4, 0x41);
    }

    std::shared_ptr<HostBlock> ram = HostBlock::create("ram", 2 << 20).value();
    ManualClock clock;
    Bus ports;
    AddressSpace memory;
    NoMessages messages;
    std::vector<std::byte> rom = std::vector<std::byte>(39424, std::byte{0x55});
    std::unique_ptr<VgaDevice> vga = VgaDevice::create(clock, rom).value();
};

TEST_F(Board, IdentifiesItselfAndSizesItsBars)
{
    EXPECT_EQ(vga->configRead(0x00, 4), 0x11111234U);
    EXPECT_EQ(vga->configRead(0x08, 4), 0x03000002U);
    EXPECT_EQ(vga->configRead(0x2c, 4), 0x11001af4U);
    EXPECT_EQ(vga->configRead(0x3d, 1), 0U);
    for (const auto& [offset, mask] : {std::pair<std::uint16_t, std::uint32_t>{0x10, 0xff000008},
                                       {0x14, 0},
                                       {0x18, 0xfffff000},
                                       {0x1c, 0}}) {
        setConfig(offset, 4, 0xffffffff);
        EXPECT_EQ(vga->configRead(offset, 4), mask) << offset;
    }
    setConfig(0x30, 4, 0xfffff800);
    EXPECT_EQ(vga->configRead(0x30, 4), 0xffff0000U);
}

TEST_F(Board, BarsReachMemoryAndRegisters)
{
    placeBars();
    poke(MemoryBase + 0x123456, 0xab);
    EXPECT_EQ(vga->adapter().memory().load8(0x123456), 0xab);
    EXPECT_EQ(peek(RegisterBase + 0x600), 8);
    EXPECT_EQ(peek(RegisterBase + 1), 0xff);
}

TEST_F(Board, WindowHidesTheRamBelowIt)
{
    const std::array old{std::byte{0x99}};
    ASSERT_TRUE(ram->write(0xb8000, old));
    EXPECT_EQ(peek(0xb8000), 0x00); // map 0, planar, empty
    EXPECT_EQ(peek(0x9ffff), 0x00);
    ASSERT_TRUE(ram->write(0xc0000, old));
    EXPECT_EQ(peek(0xc0000), 0x99);
}

TEST_F(Board, LinearWindowIsMappedAfterSomeUseAndFollowsTheBank)
{
    placeBars();
    enablePacked(640, 480, 8);
    for (std::uint32_t i = 0; i < 2000; ++i)
        poke(0xa0000 + i, static_cast<std::uint8_t>(i));
    const auto mapped = [&] {
        for (const MemorySlotSpec& slot : memory.slots())
            if (slot.base == GuestAddress(0xa0000))
                return std::optional(slot.blockOffset);
        return std::optional<std::uint64_t>();
    };
    EXPECT_EQ(mapped(), 0U);
    for (std::uint32_t i = 0; i < 2000; ++i)
        ASSERT_EQ(vga->adapter().memory().load8(i), static_cast<std::uint8_t>(i));
    (void)vga->adapter().takeDirty();
    poke(0xa5000, 1);
    EXPECT_TRUE(vga->adapter().takeDirty().isDirty(5));
    poke(0xa6000, 1);
    dispi(5, 2);
    EXPECT_FALSE(mapped());
    EXPECT_TRUE(vga->adapter().takeDirty().isDirty(6)); // seen although the mapping is gone
    poke(0xa0000, 0x42);
    EXPECT_EQ(vga->adapter().memory().load8(0x20000), 0x42);
    for (int i = 0; i < 1000; ++i)
        (void)peek(0xa0000);
    EXPECT_EQ(mapped(), 0x20000U);
    dispi(4, 0);
    EXPECT_FALSE(mapped());
}

TEST_F(Board, DirtyPagesComeFromTheFrameBufferToo)
{
    placeBars();
    (void)vga->adapter().takeDirty();
    EXPECT_FALSE(vga->adapter().takeDirty().isAny());
    poke(MemoryBase + 7 * 4096 + 5, 1);
    const DirtyPages dirty = vga->adapter().takeDirty();
    EXPECT_TRUE(dirty.isDirty(7));
    EXPECT_FALSE(dirty.isDirty(6));
    setConfig(0x10, 4, 0xd0000000);
    EXPECT_TRUE(vga->adapter().takeDirty().isDirty(4000)); // a moved BAR is looked at as a whole
}

TEST_F(Board, SavedStateComesBackAllOrNothing)
{
    placeBars();
    enablePacked(800, 600, 32);
    StateWriter out;
    vga->saveState(out);

    Bus otherPorts;
    AddressSpace otherMemory;
    auto other = VgaDevice::create(clock, rom).value();
    ASSERT_TRUE(other->connect({.ports = otherPorts, .memory = otherMemory, .msi = messages},
                               std::make_unique<UnconnectedIrqLine>()));
    for (std::size_t length = 0; length < out.data().size(); length += 11) {
        StateReader in(out.data().first(length));
        EXPECT_FALSE(other->restoreState(in));
    }
    EXPECT_EQ(other->configRead(0x10, 4), 0x8U);
    StateReader in(out.data());
    const auto restored = other->restoreState(in);
    ASSERT_TRUE(restored) << restored.error().message();
    EXPECT_EQ(other->configRead(0x10, 4), MemoryBase | 8);
    EXPECT_EQ(other->adapter().state(), vga->adapter().state());
}

TEST_F(Board, ResetReturnsToPowerOn)
{
    placeBars();
    enablePacked(800, 600, 32);
    vga->reset();
    EXPECT_FALSE(vga->adapter().state().dispi.isEnabled());
    EXPECT_EQ(vga->configRead(0x10, 4), 0x8U);
}

TEST(VgaDevice, RefusesImpossibleMemorySizes)
{
    ManualClock clock;
    for (const std::uint64_t size : {0ULL, 3ULL << 20, 128ULL << 10, 512ULL << 20})
        EXPECT_FALSE(VgaDevice::create(clock, {}, size)) << size;
}

TEST(Edid, BlockIsWellFormedForEverySize)
{
    for (std::uint32_t width = 0; width < 9000; width += 37)
        for (std::uint32_t height = 0; height < 5000; height += 411) {
            const auto edid = buildEdid({.preferredWidth = width, .preferredHeight = height});
            unsigned sum = 0;
            for (const std::byte byte : edid)
                sum += std::to_integer<unsigned>(byte);
            ASSERT_EQ(sum % 256, 0U);
            const auto at = [&](std::size_t i) { return std::to_integer<std::uint32_t>(edid.at(i)); };
            const std::uint32_t active = at(56) | (at(58) & 0xf0) << 4;
            const std::uint32_t lines = at(59) | (at(61) & 0xf0) << 4;
            ASSERT_EQ(active, std::clamp(width, 64U, 4088U) / 8 * 8);
            ASSERT_EQ(lines, std::clamp(height, 64U, 4095U));
            const std::uint64_t total = (active + (at(57) | (at(58) & 0x0f) << 8))
                                        * std::uint64_t{lines + (at(60) | (at(61) & 0x0f) << 8)};
            const std::uint64_t clockHz = (at(54) | at(55) << 8) * std::uint64_t{10'000};
            ASSERT_LE(clockHz, total * 60);
            if (clockHz < 655'350'000) {
                ASSERT_GE(clockHz + 10'000, total * 60);
            }
        }
}

TEST(Edid, FixedFieldsSayWhatTheStandardAsks)
{
    const auto edid =
        buildEdid({.preferredWidth = 1920, .preferredHeight = 1080, .monitorName = "A long monitor name"});
    const auto at = [&](std::size_t i) { return std::to_integer<unsigned>(edid.at(i)); };
    for (std::size_t i = 0; i < 8; ++i)
        EXPECT_EQ(at(i), i == 0 || i == 7 ? 0x00U : 0xffU);
    EXPECT_EQ(at(18), 1U);
    EXPECT_EQ(at(19), 4U);
    EXPECT_EQ(at(20) & 0x80, 0x80U);
    EXPECT_EQ(at(93), 0xfcU);
    EXPECT_EQ(at(95), unsigned{'A'});
    EXPECT_EQ(at(126), 0U); // no extension
    // 1920x1080 is among the standard timings: (1920 / 8 - 31), 16:9.
    bool listed = false;
    for (std::size_t i = 38; i < 54; i += 2)
        listed |= at(i) == 209 && at(i + 1) == 0xc0;
    EXPECT_TRUE(listed);
}

} // namespace
} // namespace engine::display

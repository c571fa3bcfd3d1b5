// SPDX-License-Identifier: GPL-3.0-or-later
#include "devices/usb/hid/hid_usages.h"
#include "support/xhci_guest.h"

#include <linux/input-event-codes.h>

#include <random>
#include <set>

namespace engine::test {
namespace {

using Guest = XhciGuest;
constexpr std::size_t ReportBytes = 8;

struct Keyboard : Guest {
    Keyboard()
    {
        keyboard->setUseCallback([this](bool now) { inUse = now; });
        keyboard->setLedCallback([this] { ++ledChanges; });
        xhci.plug(0, keyboard);
        start();
        drain();
        slot = bringUp(1);
        EXPECT_EQ(control(slot, 0x21, 0x0a, 0, 0, 0).code, 1U); // SET_IDLE(0)
    }
    /// The next report, empty when the device has none.
    std::vector<std::byte> next()
    {
        if (!offered)
            offer(slot, 3, Buffers + 0x400, ReportBytes);
        offered = true;
        const auto event = this->event();
        if (!event)
            return {};
        offered = false;
        EXPECT_EQ(event->code(), 1U);
        return report(*event, ReportBytes);
    }
    static std::vector<std::byte> keys(std::initializer_list<unsigned> bytes)
    {
        auto all = usb::bytesOf(bytes);
        all.resize(ReportBytes);
        return all;
    }
    unsigned slot = 0;
    bool offered = false;
    bool inUse = false;
    unsigned ledChanges = 0;
};

TEST(HidKeyboard, IsUsedFromTheFirstPollToTheReset)
{
    Keyboard guest;
    EXPECT_FALSE(guest.inUse);
    guest.keyboard->key(KEY_A, true); // nobody listens: dropped
    EXPECT_TRUE(guest.next().empty());
    EXPECT_TRUE(guest.inUse);
    EXPECT_EQ(guest.command(15, 0, guest.slot << 24 | 3U << 16).code(), 1U);
    EXPECT_FALSE(guest.inUse);
    guest.set(Guest::Doorbells + 4ULL * guest.slot, 3);
    EXPECT_TRUE(guest.inUse);
    guest.set(guest.port(1), 1U << 9 | 1U << 4);
    EXPECT_FALSE(guest.inUse);
}

TEST(HidKeyboard, EachChangeIsAReport)
{
    Keyboard guest;
    EXPECT_TRUE(guest.next().empty());
    guest.keyboard->key(KEY_LEFTSHIFT, true);
    guest.keyboard->key(KEY_A, true);
    guest.keyboard->key(KEY_A, true); // the host repeats by itself
    guest.keyboard->key(KEY_A, false);
    guest.keyboard->key(KEY_LEFTSHIFT, false);
    EXPECT_EQ(guest.next(), Keyboard::keys({2}));
    EXPECT_EQ(guest.next(), Keyboard::keys({2, 0, 4}));
    EXPECT_EQ(guest.next(), Keyboard::keys({2}));
    EXPECT_EQ(guest.next(), Keyboard::keys({0}));
    EXPECT_TRUE(guest.next().empty());
}

TEST(HidKeyboard, SevenKeysRollOverAndComeBack)
{
    Keyboard guest;
    EXPECT_TRUE(guest.next().empty());
    for (KeyCode code = KEY_Q; code <= KEY_U; ++code) {
        guest.keyboard->key(code, true);
        if (code < KEY_U)
            EXPECT_FALSE(guest.next().empty());
    }
    EXPECT_EQ(guest.next(), Keyboard::keys({0, 0, 1, 1, 1, 1, 1, 1}));
    guest.keyboard->key(KEY_RIGHTALT, true);
    EXPECT_EQ(guest.next(), Keyboard::keys({0x40, 0, 1, 1, 1, 1, 1, 1}));
    guest.keyboard->key(KEY_Q, false);
    EXPECT_EQ(guest.next(), Keyboard::keys({0x40, 0, 0x1a, 0x08, 0x15, 0x17, 0x1c, 0x18}));
}

TEST(HidKeyboard, EveryKeyHasItsOwnUsage)
{
    std::set<std::uint8_t> usages;
    unsigned keys = 0;
    for (KeyCode code = 0; code < 768; ++code)
        if (const auto usage = usb::keyboardUsage(code)) {
            ++keys;
            EXPECT_TRUE(usages.insert(*usage).second) << code;
            EXPECT_TRUE(*usage >= 4 && *usage <= 0xe7);
        }
    EXPECT_GE(keys, 104U);
    // Corners of the table (HID Usage Tables 1.12, chapter 10).
    EXPECT_EQ(usb::keyboardUsage(KEY_Z), 0x1d);
    EXPECT_EQ(usb::keyboardUsage(KEY_0), 0x27);
    EXPECT_EQ(usb::keyboardUsage(KEY_102ND), 0x64);
    EXPECT_EQ(usb::keyboardUsage(KEY_COMPOSE), 0x65);
    EXPECT_EQ(usb::keyboardUsage(KEY_RIGHTMETA), 0xe7);
    EXPECT_EQ(usb::keyboardUsage(KEY_RESERVED), std::nullopt);
}

TEST(HidKeyboard, LightsComeBack)
{
    Keyboard guest;
    EXPECT_EQ(guest.control(guest.slot, 0x21, 9, 0x200, 0, 1, usb::bytesOf({3})).code, 1U);
    EXPECT_EQ(guest.keyboard->leds(), (KeyboardLeds{.numLock = true, .capsLock = true}));
    EXPECT_EQ(guest.ledChanges, 1U);
    EXPECT_EQ(guest.control(guest.slot, 0xa1, 1, 0x200, 0, 1).data, usb::bytesOf({3}));
}

TEST(HidKeyboard, IdleRateRepeatsTheReport)
{
    Keyboard guest;
    EXPECT_EQ(guest.control(guest.slot, 0x21, 0x0a, 33 << 8, 0, 0).code, 1U); // 132 ms
    EXPECT_EQ(guest.control(guest.slot, 0xa1, 2, 0, 0, 1).data, usb::bytesOf({33}));
    EXPECT_TRUE(guest.next().empty());
    guest.keyboard->key(KEY_A, true);
    EXPECT_EQ(guest.next(), Keyboard::keys({0, 0, 4}));
    EXPECT_TRUE(guest.next().empty());
    guest.clock.advance(std::chrono::milliseconds(131));
    EXPECT_TRUE(guest.next().empty());
    guest.clock.advance(std::chrono::milliseconds(1));
    EXPECT_EQ(guest.next(), Keyboard::keys({0, 0, 4}));
    EXPECT_TRUE(guest.next().empty());
}

TEST(HidKeyboard, ProtocolFollowsTheGuest)
{
    Keyboard guest;
    EXPECT_EQ(guest.control(guest.slot, 0xa1, 3, 0, 0, 1).data, usb::bytesOf({1}));
    EXPECT_EQ(guest.control(guest.slot, 0x21, 0x0b, 0, 0, 0).code, 1U);
    EXPECT_EQ(guest.control(guest.slot, 0xa1, 3, 0, 0, 1).data, usb::bytesOf({0}));
}

TEST(HidKeyboard, FloodDropsPressesNeverReleases)
{
    Keyboard guest;
    EXPECT_TRUE(guest.next().empty());
    std::mt19937 random(5);
    for (unsigned i = 0; i < 5000; ++i)
        guest.keyboard->key(static_cast<KeyCode>(1 + random() % 120), random() % 2 == 0);
    for (KeyCode code = 0; code < 256; ++code)
        guest.keyboard->key(code, false);
    std::vector<std::byte> last;
    unsigned reports = 0;
    for (auto report = guest.next(); !report.empty(); report = guest.next()) {
        last = report;
        ASSERT_LT(++reports, 500U);
    }
    EXPECT_EQ(last, Keyboard::keys({0}));
}

/// A reader of report descriptors (HID 1.11, 6.2.2): the bits of each report and the tablet's ranges.
TEST(HidTablet, DescriptorDescribesTheReport)
{
    Guest guest;
    guest.xhci.plug(0, guest.tablet);
    guest.start();
    guest.drain();
    const unsigned slot = guest.bringUp(1);
    const auto head = guest.control(slot, 0x81, 6, 0x2100, 0, 9).data;
    ASSERT_EQ(head.size(), 9U);
    const auto length = std::to_integer<std::uint16_t>(head[7]);
    const auto report = guest.control(slot, 0x81, 6, 0x2200, 0, length).data;
    ASSERT_EQ(report.size(), length);
    unsigned bits = 0;
    unsigned depth = 0;
    std::uint32_t size = 0;
    std::uint32_t count = 0;
    std::uint32_t maximum = 0;
    std::set<std::uint32_t> maxima;
    for (std::size_t i = 0; i < report.size();) {
        const auto item = std::to_integer<unsigned>(report[i]);
        const std::size_t bytes = (item & 3) == 3 ? 4 : item & 3;
        std::uint32_t value = 0;
        for (std::size_t b = 0; b < bytes; ++b)
            value |= std::to_integer<std::uint32_t>(report.at(i + 1 + b)) << (8 * b);
        switch (item & 0xfc) {
        case 0x74: size = value; break;
        case 0x94: count = value; break;
        case 0x24: maximum = value; break;
        case 0xa0: ++depth; break;
        case 0xc0: --depth; break;
        case 0x80:
            bits += size * count;
            maxima.insert(maximum);
            break;
        default: break;
        }
        i += 1 + bytes;
    }
    EXPECT_EQ(depth, 0U);
    EXPECT_EQ(bits, 7U * 8U);
    EXPECT_EQ(maxima, (std::set<std::uint32_t>{1, 0x7f, 0x7fff}));
}

struct Tablet : Guest {
    Tablet()
    {
        xhci.plug(0, tablet);
        start();
        drain();
        slot = bringUp(1);
        offer(slot, 3, Buffers + 0x400, ReportBytes);
    }
    std::vector<std::vector<std::byte>> reports()
    {
        std::vector<std::vector<std::byte>> all;
        while (const auto event = this->event()) {
            all.push_back(report(*event, ReportBytes));
            offer(slot, 3, Buffers + 0x400, ReportBytes);
        }
        return all;
    }
    unsigned slot = 0;
};

TEST(HidTablet, MovementsMergeClicksDoNot)
{
    Tablet guest;
    guest.tablet->moveAbsolute(1, 1);
    guest.tablet->sync();
    for (std::uint16_t i = 2; i <= 50; ++i) {
        guest.tablet->moveAbsolute(i, i);
        guest.tablet->sync();
    }
    guest.tablet->button(PointerButton::Left, true);
    guest.tablet->button(PointerButton::Left, false);
    guest.tablet->sync();
    guest.tablet->wheel(-2, 1);
    guest.tablet->sync();
    const auto all = guest.reports();
    ASSERT_EQ(all.size(), 5U);
    EXPECT_EQ(all[0], usb::bytesOf({0, 1, 0, 1, 0, 0, 0}));
    EXPECT_EQ(all[1], usb::bytesOf({0, 50, 0, 50, 0, 0, 0}));
    EXPECT_EQ(all[2], usb::bytesOf({1, 50, 0, 50, 0, 0, 0}));
    EXPECT_EQ(all[3], usb::bytesOf({0, 50, 0, 50, 0, 0, 0}));
    EXPECT_EQ(all[4], usb::bytesOf({0, 50, 0, 50, 0, 0xfe, 1}));
}

TEST(HidTablet, AllButtonsAndTheWholeRangeArrive)
{
    Tablet guest;
    constexpr std::array Buttons{PointerButton::Left, PointerButton::Right, PointerButton::Middle,
                                 PointerButton::Side, PointerButton::Extra};
    unsigned expected = 0;
    for (unsigned i = 0; i < Buttons.size(); ++i) {
        guest.tablet->button(Buttons.at(i), true);
        guest.tablet->sync();
        expected |= 1U << i;
        const auto all = guest.reports();
        ASSERT_EQ(all.size(), 1U);
        EXPECT_EQ(all[0][0], std::byte(static_cast<std::uint8_t>(expected)));
    }
    guest.tablet->moveAbsolute(PointerSink::AbsoluteMax, PointerSink::AbsoluteMax);
    guest.tablet->sync();
    EXPECT_EQ(guest.reports().at(0)[2], std::byte{0x7f});
    guest.tablet->moveAbsolute(65535, 0);
    guest.tablet->sync();
    EXPECT_EQ(guest.reports().at(0), usb::bytesOf({0x1f, 0xff, 0x7f, 0, 0, 0, 0}));
}

TEST(HidTablet, FloodEndsWhereThePointerIs)
{
    Tablet guest;
    std::mt19937 random(11);
    for (unsigned i = 0; i < 5000; ++i) {
        guest.tablet->moveAbsolute(static_cast<std::uint16_t>(random() & 0x7fff), 7);
        guest.tablet->button(static_cast<PointerButton>(random() % 5), random() % 2 == 0);
        guest.tablet->sync();
    }
    for (unsigned i = 0; i < 5; ++i)
        guest.tablet->button(static_cast<PointerButton>(i), false);
    guest.tablet->moveAbsolute(0x0102, 0x0304);
    guest.tablet->sync();
    const auto all = guest.reports();
    ASSERT_FALSE(all.empty());
    EXPECT_LT(all.size(), 64U);
    EXPECT_EQ(all.back(), usb::bytesOf({0, 2, 1, 4, 3, 0, 0}));
}

TEST(HidDevices, StandardRequestsFollowChapter9)
{
    Tablet guest;
    const unsigned slot = guest.slot;
    const auto get = [&](std::uint8_t type, std::uint8_t request, std::uint16_t index, std::uint16_t length) {
        return guest.control(slot, type, request, 0, index, length).data;
    };
    EXPECT_EQ(get(0x80, 8, 0, 1), usb::bytesOf({1}));    // GET_CONFIGURATION
    EXPECT_EQ(get(0x81, 10, 0, 1), usb::bytesOf({0}));   // GET_INTERFACE
    EXPECT_EQ(get(0x80, 0, 0, 2), usb::bytesOf({0, 0})); // GET_STATUS
    EXPECT_EQ(guest.control(slot, 0, 3, 1, 0, 0).code, 1U);
    EXPECT_EQ(get(0x80, 0, 0, 2), usb::bytesOf({2, 0}));
    EXPECT_EQ(guest.control(slot, 2, 3, 0, 0x81, 0).code, 1U); // halt the endpoint
    EXPECT_EQ(get(0x82, 0, 0x81, 2), usb::bytesOf({1, 0}));
    EXPECT_EQ(guest.control(slot, 2, 1, 0, 0x81, 0).code, 1U);
    EXPECT_EQ(get(0x82, 0, 0x81, 2), usb::bytesOf({0, 0}));
    EXPECT_EQ(guest.control(slot, 0, 9, 2, 0, 0).code, 6U); // there is no configuration 2
}

TEST(HidDevices, EveryControlRequestIsSurvived)
{
    ManualClock clock;
    usb::HidKeyboard keyboard(clock);
    usb::HidTablet tablet(clock);
    std::mt19937 random(9);
    for (usb::UsbDevice* device :
         {static_cast<usb::UsbDevice*>(&keyboard), static_cast<usb::UsbDevice*>(&tablet)})
        for (unsigned i = 0; i < 40000; ++i) {
            const usb::SetupPacket setup{.requestType = static_cast<std::uint8_t>(random()),
                                         .request = static_cast<std::uint8_t>(random() % 16),
                                         .value = static_cast<std::uint16_t>(random() & 0x7f07),
                                         .index = static_cast<std::uint16_t>(random() & 0x83),
                                         .length = static_cast<std::uint16_t>(random() % 300)};
            std::vector<std::byte> in;
            const std::vector<std::byte> out(setup.isToHost() ? 0 : random() % 4);
            (void)device->control(setup, out, in);
            ASSERT_LE(in.size(), setup.length);
            (void)device->in(0x81, random() % 9);
        }
}

} // namespace
} // namespace engine::test

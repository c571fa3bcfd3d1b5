// SPDX-License-Identifier: GPL-3.0-or-later
// Numbers from VIRTIO 1.2, 5.8, and linux/input-event-codes.h.
#include "devices/virtio/input_device.h"
#include "support/virtio_guest.h"

#include <linux/input-event-codes.h>

#include <random>

namespace engine::test {
namespace {

using virtio::InputDevice;
using virtio::InputKeyboard;
using virtio::InputPointer;
using virtio::VirtioPciTransport;
using Event = InputDevice::Event;

constexpr std::uint64_t Version1 = 1ULL << 32;
constexpr std::uint64_t Buffers = 0x10'0000;
constexpr std::uint16_t Events = 0;
constexpr std::uint16_t Status = 1;

bool operator==(const Event& a, const Event& b)
{
    return a.type == b.type && a.code == b.code && a.value == b.value;
}

/// A driver of one input device, and the device.
template <class Device>
struct Driver {
    template <class... Arguments>
    explicit Driver(Arguments... arguments)
        : transport(VirtioPciTransport::create("input", std::make_unique<Device>(*loop, arguments...),
                                               board.memory, board.log)
                        .value())
    {
        board.insert(*transport);
        guest.emplace(board);
    }
    Device& device() { return static_cast<Device&>(transport->device()); }
    /// Up to DRIVER_OK, with `buffers` buffers for events.
    void start(unsigned buffers)
    {
        guest->start(Version1, 2, 64);
        offered = 0;
        for (unsigned i = 0; i < buffers; ++i)
            offerBuffer();
        settle();
    }
    void offerBuffer()
    {
        const auto head = static_cast<std::uint16_t>(offered++ % 64);
        guest->offer(Events, head, {{.address = Buffers + 8ULL * head, .length = 8, .writable = true}});
        guest->notify(Events);
    }
    void settle()
    {
        loop->runAndWait([] {});
    }
    /// The next event; its buffer is offered again.
    std::optional<Event> next(bool again = true)
    {
        const auto used = guest->take(Events);
        if (!used)
            return std::nullopt;
        EXPECT_EQ(used->length, 8U);
        const auto event = board.load<Event>(Buffers + 8ULL * used->head);
        if (again)
            offerBuffer();
        return event;
    }
    void expectGroup(std::initializer_list<Event> group)
    {
        for (const Event& wanted : group) {
            const auto event = next();
            ASSERT_TRUE(event);
            EXPECT_TRUE(*event == wanted)
                << event->type << ' ' << event->code << ' ' << event->value << " instead of " << wanted.type
                << ' ' << wanted.code << ' ' << wanted.value;
        }
        const auto end = next();
        ASSERT_TRUE(end);
        EXPECT_TRUE(*end == Event{}) << "SYN_REPORT";
    }
    /// What the driver reads after selecting (5.8.5.1).
    std::vector<std::uint8_t> ask(std::uint8_t select, std::uint8_t subselect)
    {
        guest->setDeviceConfig(0, 1, select);
        guest->setDeviceConfig(1, 1, subselect);
        std::vector<std::uint8_t> answer(guest->deviceConfig(2, 1));
        for (std::size_t i = 0; i < answer.size(); ++i)
            answer[i] = static_cast<std::uint8_t>(guest->deviceConfig(8 + i, 1));
        return answer;
    }
    void sendStatus(const Event& event)
    {
        const std::uint64_t at = Buffers + 0x8000;
        board.store(at, event);
        guest->offer(Status, 0, {{.address = at, .length = 8}});
        guest->notify(Status);
        EXPECT_TRUE(guest->take(Status));
    }

    std::unique_ptr<EventLoop> loop = EventLoop::create("input").value();
    PciTestBoard board{4 << 20};
    std::unique_ptr<VirtioPciTransport> transport;
    std::optional<VirtioGuest> guest;
    unsigned offered = 0;
};

bool hasBit(const std::vector<std::uint8_t>& bits, int code)
{
    const auto at = static_cast<std::size_t>(code) / 8;
    return at < bits.size() && (bits[at] >> (code % 8) & 1) != 0;
}

TEST(VirtioInput, KeyboardSaysWhatItIs)
{
    Driver<InputKeyboard> driver;
    EXPECT_EQ(driver.board.configRead(0x02, 2), 0x1052U); // 1040h + 18
    const auto name = driver.ask(1, 0);
    EXPECT_EQ(std::string(name.begin(), name.end()), "Guesthouse Virtio Keyboard");
    EXPECT_EQ(driver.ask(3, 0).size(), 8U);
    const auto keys = driver.ask(0x11, EV_KEY);
    EXPECT_FALSE(hasBit(keys, 0));
    for (const int code : {KEY_ESC, KEY_102ND, KEY_PAUSE, KEY_COMPOSE, KEY_F24})
        EXPECT_TRUE(hasBit(keys, code)) << code;
    const auto lights = driver.ask(0x11, EV_LED);
    for (const int code : {LED_NUML, LED_CAPSL, LED_SCROLLL})
        EXPECT_TRUE(hasBit(lights, code)) << code;
    EXPECT_FALSE(driver.ask(0x11, EV_REP).empty());
    EXPECT_TRUE(driver.ask(0x11, EV_ABS).empty());
    EXPECT_TRUE(driver.ask(0x12, ABS_X).empty());
    EXPECT_TRUE(driver.ask(0x77, 0).empty());
}

TEST(VirtioInput, TabletTellsItsAxes)
{
    Driver<InputPointer> driver(InputPointer::Kind::Tablet);
    const auto axis = driver.ask(0x12, ABS_Y);
    ASSERT_EQ(axis.size(), 20U);
    EXPECT_EQ(axis[4] | axis[5] << 8, PointerSink::AbsoluteMax);
    EXPECT_TRUE(driver.ask(0x12, ABS_Z).empty());
    EXPECT_TRUE(hasBit(driver.ask(0x11, EV_KEY), BTN_EXTRA));
    EXPECT_FALSE(hasBit(driver.ask(0x11, EV_REL), REL_X));
    Driver<InputPointer> mouse(InputPointer::Kind::Mouse);
    EXPECT_TRUE(hasBit(mouse.ask(0x11, EV_REL), REL_X));
    EXPECT_TRUE(mouse.ask(0x12, ABS_X).empty());
}

TEST(VirtioInput, KeysArriveInOrderAndOnce)
{
    Driver<InputKeyboard> driver;
    driver.device().key(KEY_A, true); // nobody listens yet
    driver.start(64);
    driver.device().key(KEY_B, true);
    driver.device().key(KEY_B, true); // the driver repeats by itself
    driver.device().key(KEY_B, false);
    driver.device().key(KEY_C, false); // is up
    driver.device().key(0, true);
    driver.device().key(0x2ff, true);
    driver.device().key(KEY_D, true);
    driver.expectGroup({{EV_KEY, KEY_B, 1}});
    driver.expectGroup({{EV_KEY, KEY_B, 0}});
    driver.expectGroup({{EV_KEY, KEY_D, 1}});
}

TEST(VirtioInput, LightsComeBack)
{
    Driver<InputKeyboard> driver;
    driver.start(8);
    driver.sendStatus({EV_LED, LED_CAPSL, 1});
    EXPECT_EQ(driver.device().leds(), (KeyboardLeds{.capsLock = true}));
    driver.sendStatus({EV_LED, LED_KANA, 1});
    driver.sendStatus({EV_SND, LED_CAPSL, 0});
    EXPECT_EQ(driver.device().leds(), (KeyboardLeds{.capsLock = true}));
    driver.sendStatus({EV_LED, LED_CAPSL, 0});
    driver.sendStatus({EV_LED, LED_NUML, 7});
    EXPECT_EQ(driver.device().leds(), (KeyboardLeds{.numLock = true}));
}

TEST(VirtioInput, PositionsMergeClicksDoNot)
{
    Driver<InputPointer> driver(InputPointer::Kind::Tablet);
    driver.start(0);
    InputPointer& tablet = driver.device();
    for (std::uint16_t i = 0; i < 500; ++i) {
        tablet.moveAbsolute(i, static_cast<std::uint16_t>(2 * i));
        tablet.sync();
    }
    tablet.button(PointerButton::Left, true);
    tablet.button(PointerButton::Left, true);
    tablet.button(PointerButton::Left, false);
    tablet.moveRelative(3, 3); // a tablet has no motion
    tablet.moveAbsolute(0xffff, 0);
    tablet.wheel(-1, 2);
    tablet.sync();
    for (unsigned i = 0; i < 64; ++i)
        driver.offerBuffer();
    driver.expectGroup({{EV_ABS, ABS_X, 499}, {EV_ABS, ABS_Y, 998}});
    driver.expectGroup({{EV_KEY, BTN_LEFT, 1}});
    driver.expectGroup({{EV_KEY, BTN_LEFT, 0}});
    driver.expectGroup({{EV_ABS, ABS_X, PointerSink::AbsoluteMax},
                        {EV_ABS, ABS_Y, 0},
                        {EV_REL, REL_WHEEL, 0xffffffff},
                        {EV_REL, REL_HWHEEL, 2}});
}

TEST(VirtioInput, AGroupWaitsUntilAllOfItFits)
{
    Driver<InputKeyboard> driver;
    driver.start(1);
    driver.device().key(KEY_Q, true);
    driver.settle();
    EXPECT_EQ(driver.guest->usedIndex(Events), 0U);
    driver.offerBuffer();
    const auto event = driver.next(false);
    ASSERT_TRUE(event);
    EXPECT_EQ(event->code, KEY_Q);
}

TEST(VirtioInput, ResetForgetsWhatIsHeldAndSaysThatNobodyListens)
{
    std::vector<bool> use; // the device tells of its end, too
    Driver<InputKeyboard> driver;
    driver.device().setUseCallback([&](bool now) { use.push_back(now); });
    driver.start(8);
    driver.device().key(KEY_Z, true);
    driver.expectGroup({{EV_KEY, KEY_Z, 1}});
    driver.start(8); // begins with a reset
    EXPECT_EQ(use, (std::vector<bool>{true, false, true}));
    driver.device().key(KEY_Z, true); // down once more: nothing is held
    driver.expectGroup({{EV_KEY, KEY_Z, 1}});
}

TEST(VirtioInput, BadBuffersStopTheQueueOnly)
{
    Driver<InputKeyboard> driver;
    driver.start(0);
    driver.guest->offer(Events, 0, {{.address = Buffers, .length = 7, .writable = true}});
    driver.guest->notify(Events);
    driver.settle();
    EXPECT_NE(driver.guest->status() & 0x40, 0) << "DEVICE_NEEDS_RESET";
    driver.start(0);
    driver.guest->offer(Status, 0, {{.address = Buffers, .length = 4}});
    driver.guest->notify(Status);
    driver.settle();
    EXPECT_NE(driver.guest->status() & 0x40, 0);
    driver.start(0);
    for (std::uint16_t i = 0; i < 2; ++i)
        driver.guest->offer(Events, i, {{.address = ~0ULL << 12, .length = 8, .writable = true}});
    driver.guest->notify(Events);
    driver.device().key(KEY_A, true);
    driver.settle();
    EXPECT_NE(driver.guest->status() & 0x40, 0);
    driver.start(8);
    driver.device().key(KEY_A, true);
    driver.expectGroup({{EV_KEY, KEY_A, 1}});
}

TEST(VirtioInput, EveryConfigurationAccessIsSurvived)
{
    Driver<InputPointer> driver(InputPointer::Kind::Tablet);
    std::mt19937 random(5);
    for (unsigned select = 0; select < 256; ++select)
        for (const unsigned subselect : {0U, 1U, 2U, 3U, 0x11U, 0x12U, 0xffU}) {
            driver.guest->setDeviceConfig(0, 2, select | subselect << 8);
            ASSERT_LE(driver.guest->deviceConfig(2, 1), 128U);
            for (const unsigned width : {1U, 2U, 4U})
                for (std::uint64_t at = 0; at < 160; at += width) {
                    (void)driver.guest->deviceConfig(at, width);
                    if (at >= 2)
                        driver.guest->setDeviceConfig(at, width, random());
                }
        }
    EXPECT_EQ(driver.ask(0x12, ABS_X).size(), 20U);
}

TEST(VirtioInput, StateSurvivesAndBrokenStateIsRefusedWhole)
{
    std::mt19937 random(8);
    for (unsigned round = 0; round < 50; ++round) {
        Driver<InputKeyboard> driver;
        driver.guest->setDeviceConfig(0, 1, random() & 0xff);
        driver.guest->setDeviceConfig(1, 1, random() & 0x1f);
        StateWriter saved;
        driver.device().saveState(saved);
        Driver<InputKeyboard> other;
        StateReader reader(saved.data());
        ASSERT_TRUE(other.device().restoreState(reader));
        for (const std::uint64_t at : {0U, 1U, 2U})
            EXPECT_EQ(other.guest->deviceConfig(at, 1), driver.guest->deviceConfig(at, 1));
        StateWriter again;
        other.device().saveState(again);
        EXPECT_TRUE(std::ranges::equal(saved.data(), again.data()));
        for (std::size_t length = 0; length < saved.data().size(); ++length) {
            StateReader part(saved.data().first(length));
            EXPECT_FALSE(other.device().restoreState(part));
        }
    }
}

} // namespace
} // namespace engine::test

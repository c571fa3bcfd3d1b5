// SPDX-License-Identifier: GPL-3.0-or-later
// Keyboards and pointers under Linux's own drivers, read through evdev.
#include "boot/guest_harness.h"
#include "boot/test_files.h"
#include "display/rfb/viewer_input.h"
#include "support/initrd.h"

#include <linux/input-event-codes.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <thread>

namespace {

using namespace std::chrono_literals;
using engine::KeyboardKind;
using engine::PointerKind;
using engine::PointerSink;

/// The kernel with drivers for xHCI and HID that tools/build-usb-kernel makes.
std::string usbKernel()
{
    const char* path = std::getenv("GUESTHOUSE_USB_KERNEL");
    return path ? path : boot::builtKernel("usb-kernel");
}

/// Where the guest's lines say what happened, after a place in the log.
class EvdevGuest {
public:
    EvdevGuest(const std::filesystem::path& kernel, PointerKind pointer, KeyboardKind keyboard,
               unsigned devices)
    {
        m_initrd = std::filesystem::temp_directory_path() / ("evdev-" + std::to_string(::getpid()) + ".cpio");
        engine::test::InitrdWriter writer;
        std::ifstream program(EVDEV_ECHO, std::ios::binary);
        const std::string echo{std::istreambuf_iterator<char>(program), {}};
        m_ready = !echo.empty()
                  && writer.addBusyBox("#!/bin/busybox sh\n"
                                       "/bin/busybox mount -t devtmpfs dev /dev\n"
                                       "/bin/busybox stty -F /dev/ttyS0 -echo\n"
                                       "exec /echo "
                                       + std::to_string(devices) + " </dev/ttyS0 >/dev/ttyS0 2>&1\n");
        writer.add("echo", engine::test::InitrdWriter::Program, echo);
        m_ready = m_ready && writer.write(m_initrd.string());
        engine::VmConfig config;
        config.name = "evdev";
        config.memoryBytes = std::uint64_t{256} << 20;
        config.pointer = pointer;
        config.keyboard = keyboard;
        config.kernel = {.path = kernel.string(),
                         .initrdPath = m_initrd.string(),
                         .commandLine = "console=ttyS0 panic=-1 quiet"};
        m_guest = std::make_unique<boot::Guest>(config);
    }
    ~EvdevGuest()
    {
        std::error_code ignored;
        std::filesystem::remove(m_initrd, ignored);
    }
    EvdevGuest(const EvdevGuest&) = delete;
    EvdevGuest& operator=(const EvdevGuest&) = delete;
    EvdevGuest(EvdevGuest&&) = delete;
    EvdevGuest& operator=(EvdevGuest&&) = delete;

    /// Up to the moment at which the program reads all devices.
    [[nodiscard]] bool start()
    {
        return m_ready && m_guest->start() && m_guest->waitForSerial("READY", 240s);
    }
    [[nodiscard]] engine::Vm& vm() { return m_guest->vm(); }
    [[nodiscard]] boot::Guest& guest() { return *m_guest; }
    /// The number of the event device whose name holds `name`, -1 for none.
    [[nodiscard]] int device(const std::string& name) const
    {
        const std::string log = m_guest->serial();
        const auto found = log.find(name);
        const auto line = log.rfind("dev ", found);
        return found == std::string::npos || line == std::string::npos ? -1
                                                                       : std::atoi(log.c_str() + line + 4);
    }
    /// Waits until a device says this after what has been seen; what comes later is seen next.
    [[nodiscard]] bool expect(int device, unsigned type, unsigned code, int value)
    {
        const std::string line = "ev " + std::to_string(device) + " " + std::to_string(type) + " "
                                 + std::to_string(code) + " " + std::to_string(value) + "\r\n";
        const auto deadline = std::chrono::steady_clock::now() + 30s;
        while (std::chrono::steady_clock::now() < deadline) {
            const std::string log = m_guest->serial();
            if (const auto found = log.find(line, m_seen); found != std::string::npos) {
                m_seen = found + line.size();
                return true;
            }
            std::this_thread::sleep_for(2ms);
        }
        ADD_FAILURE() << "no \"" << line << "\" in\n" << m_guest->serial().substr(m_seen);
        return false;
    }
    [[nodiscard]] bool waitForRoute(const std::string& keyboard, const std::string& pointer)
    {
        const auto deadline = std::chrono::steady_clock::now() + 30s;
        for (;;) {
            const auto route = vm().inputRoute();
            if (route.keyboard == keyboard && route.pointer == pointer)
                return true;
            if (std::chrono::steady_clock::now() > deadline)
                return false;
            std::this_thread::sleep_for(10ms);
        }
    }

private:
    std::filesystem::path m_initrd;
    bool m_ready = false;
    std::unique_ptr<boot::Guest> m_guest;
    std::size_t m_seen = 0;
};

/// The keys of a 105-key board (ISO), by evdev code.
std::vector<engine::KeyCode> allKeys()
{
    std::vector<engine::KeyCode> keys;
    for (engine::KeyCode code = KEY_ESC; code <= KEY_KPDOT; ++code)
        keys.push_back(code);
    for (const int code : {KEY_102ND, KEY_F11,      KEY_F12,       KEY_KPENTER,  KEY_RIGHTCTRL, KEY_KPSLASH,
                           KEY_SYSRQ, KEY_RIGHTALT, KEY_HOME,      KEY_UP,       KEY_PAGEUP,    KEY_LEFT,
                           KEY_RIGHT, KEY_END,      KEY_DOWN,      KEY_PAGEDOWN, KEY_INSERT,    KEY_DELETE,
                           KEY_PAUSE, KEY_LEFTMETA, KEY_RIGHTMETA, KEY_COMPOSE})
        keys.push_back(static_cast<engine::KeyCode>(code));
    return keys;
}

void typeEveryKey(EvdevGuest& guest, int device)
{
    engine::KeyboardSink& keyboard = guest.vm().keyboard();
    ASSERT_GE(allKeys().size(), 104U);
    for (const engine::KeyCode code : allKeys()) {
        keyboard.key(code, true);
        ASSERT_TRUE(guest.expect(device, EV_KEY, code, 1)) << "key " << code;
        keyboard.key(code, false);
        ASSERT_TRUE(guest.expect(device, EV_KEY, code, 0)) << "key " << code;
    }
    // Modifiers stay down while another key goes down and up.
    for (const int code : {KEY_LEFTSHIFT, KEY_RIGHTALT, KEY_A})
        keyboard.key(static_cast<engine::KeyCode>(code), true);
    for (const int code : {KEY_LEFTSHIFT, KEY_RIGHTALT, KEY_A})
        ASSERT_TRUE(guest.expect(device, EV_KEY, static_cast<unsigned>(code), 1));
    for (const int code : {KEY_A, KEY_RIGHTALT, KEY_LEFTSHIFT})
        keyboard.key(static_cast<engine::KeyCode>(code), false);
    for (const int code : {KEY_A, KEY_RIGHTALT, KEY_LEFTSHIFT})
        ASSERT_TRUE(guest.expect(device, EV_KEY, static_cast<unsigned>(code), 0));
}

void holdAKey(EvdevGuest& guest, int device)
{
    guest.vm().keyboard().key(KEY_B, true);
    ASSERT_TRUE(guest.expect(device, EV_KEY, KEY_B, 1));
    ASSERT_TRUE(guest.expect(device, EV_KEY, KEY_B, 2)); // the guest repeats by itself
    guest.vm().keyboard().key(KEY_B, false);
    ASSERT_TRUE(guest.expect(device, EV_KEY, KEY_B, 0));
}

void switchLights(EvdevGuest& guest, int device)
{
    const auto light = [&](int code, int value) {
        guest.guest().serialLog().type("led " + std::to_string(device) + " " + std::to_string(code) + " "
                                       + std::to_string(value) + "\n");
    };
    const auto becomes = [&](const engine::KeyboardLeds& wanted) {
        const auto deadline = std::chrono::steady_clock::now() + 30s;
        while (guest.vm().keyboard().leds() != wanted && std::chrono::steady_clock::now() < deadline)
            std::this_thread::sleep_for(10ms);
        return guest.vm().keyboard().leds() == wanted;
    };
    for (const int code : {LED_NUML, LED_CAPSL, LED_SCROLLL}) // whatever typing has switched on
        light(code, 0);
    EXPECT_TRUE(becomes({}));
    light(LED_CAPSL, 1);
    EXPECT_TRUE(becomes({.capsLock = true}));
    light(LED_SCROLLL, 1);
    EXPECT_TRUE(becomes({.scrollLock = true, .capsLock = true}));
    light(LED_CAPSL, 0);
    light(LED_SCROLLL, 0);
    light(LED_NUML, 1);
    EXPECT_TRUE(becomes({.numLock = true}));
}

/// Points at pixels of screens of several sizes; the guest must find the very pixel by either way of scaling.
void pointEverywhere(EvdevGuest& guest, int device, int maximum)
{
    PointerSink& pointer = guest.vm().pointer();
    ASSERT_TRUE(pointer.isAbsolute());
    using engine::display::rfb::absolutePosition;
    int lastX = -1;
    for (const std::uint32_t width : {640U, 1024U, 1920U, 3840U})
        for (const std::uint32_t pixel : {0U, 1U, 2U, width / 3, width / 2, width - 2, width - 1}) {
            const int x = absolutePosition(pixel, width);
            const int y = absolutePosition(pixel * 9 / 16, width * 9 / 16);
            if (x == lastX)
                continue;
            lastX = x;
            pointer.moveAbsolute(static_cast<std::uint16_t>(x), static_cast<std::uint16_t>(y));
            pointer.sync();
            ASSERT_TRUE(guest.expect(device, EV_ABS, ABS_X, x)) << pixel << " of " << width;
            const auto whole = static_cast<std::uint64_t>(maximum);
            EXPECT_EQ(static_cast<std::uint64_t>(x) * width / (whole + 1), pixel);
            EXPECT_EQ((static_cast<std::uint64_t>(x) * (width - 1) + whole / 2) / whole, pixel);
        }
}

void clickEveryButton(EvdevGuest& guest, int device)
{
    PointerSink& pointer = guest.vm().pointer();
    constexpr std::array<unsigned, 5> Codes{BTN_LEFT, BTN_RIGHT, BTN_MIDDLE, BTN_SIDE, BTN_EXTRA};
    for (unsigned i = 0; i < Codes.size(); ++i) {
        pointer.button(static_cast<engine::PointerButton>(i), true);
        pointer.sync();
        ASSERT_TRUE(guest.expect(device, EV_KEY, Codes.at(i), 1));
        pointer.button(static_cast<engine::PointerButton>(i), false);
        pointer.sync();
        ASSERT_TRUE(guest.expect(device, EV_KEY, Codes.at(i), 0));
    }
    pointer.wheel(1, 0);
    pointer.sync();
    ASSERT_TRUE(guest.expect(device, EV_REL, REL_WHEEL, 1));
    pointer.wheel(-2, 0);
    pointer.sync();
    ASSERT_TRUE(guest.expect(device, EV_REL, REL_WHEEL, -2));
}

#define REQUIRE_EVDEV_GUEST(kernel)                                                                          \
    REQUIRE_KVM();                                                                                           \
    REQUIRE_FILE(kernel);                                                                                    \
    REQUIRE_FILE(EVDEV_ECHO);                                                                                \
    REQUIRE_FILE("/bin/busybox")

std::filesystem::path nativeKernel()
{
    return boot::sharedGuests() / "linux-native/vmlinux";
}

TEST(LinuxInput, ReadsVirtioKeyboardAndTablet)
{
    REQUIRE_EVDEV_GUEST(nativeKernel());
    EvdevGuest guest(nativeKernel(), PointerKind::VirtioTablet, KeyboardKind::Virtio, 5);
    ASSERT_TRUE(guest.start()) << guest.guest().serial();
    ASSERT_TRUE(guest.waitForRoute("virtio", "virtio")) << guest.guest().serial();
    const int keyboard = guest.device("Guesthouse Virtio Keyboard");
    const int tablet = guest.device("Guesthouse Virtio Tablet");
    ASSERT_GE(keyboard, 0);
    ASSERT_GE(tablet, 0);
    typeEveryKey(guest, keyboard);
    holdAKey(guest, keyboard);
    switchLights(guest, keyboard);
    pointEverywhere(guest, tablet, PointerSink::AbsoluteMax);
    clickEveryButton(guest, tablet);
}

TEST(LinuxInput, WithoutAUsbDriverReadsPs2)
{
    REQUIRE_EVDEV_GUEST(nativeKernel());
    EvdevGuest guest(nativeKernel(), PointerKind::UsbTablet, KeyboardKind::Usb, 3);
    ASSERT_TRUE(guest.start()) << guest.guest().serial();
    ASSERT_TRUE(guest.waitForRoute("ps2", "ps2"));
    EXPECT_FALSE(guest.vm().pointer().isAbsolute());
    const int keyboard = guest.device("Set 2 keyboard");
    const int mouse = guest.device("Mouse");
    ASSERT_GE(keyboard, 0);
    ASSERT_GE(mouse, 0) << guest.guest().serial();
    typeEveryKey(guest, keyboard);
    switchLights(guest, keyboard);
    guest.vm().pointer().moveRelative(5, -3);
    guest.vm().pointer().sync();
    ASSERT_TRUE(guest.expect(mouse, EV_REL, REL_X, 5));
    ASSERT_TRUE(guest.expect(mouse, EV_REL, REL_Y, -3));
    clickEveryButton(guest, mouse);
}

TEST(FirmwareInput, SeaBiosTypesFromTheUsbKeyboard)
{
    const auto floppy = boot::sharedGuests() / "others/mikeos.flp";
    REQUIRE_KVM();
    REQUIRE_FILE(floppy);
    engine::VmConfig config;
    config.name = "usb-keys";
    config.memoryBytes = std::uint64_t{64} << 20;
    config.floppyPath = floppy.string();
    config.keyboard = KeyboardKind::Usb;
    boot::Guest guest(config);
    ASSERT_TRUE(guest.start()) << guest.error();
    ASSERT_TRUE(guest.waitForScreen("Please select an interface", 240s)) << guest.screen();
    // The firmware has set both keyboards up; the test holds the USB one in its hands.
    engine::KeyboardSink* usb = guest.vm().keyboardNamed("usb");
    ASSERT_NE(usb, nullptr);
    usb->key(KEY_ENTER, true);
    usb->key(KEY_ENTER, false);
    EXPECT_TRUE(guest.waitForScreen("Please select a file", 120s)) << guest.screen();
}

TEST(LinuxInput, ReadsUsbKeyboardAndTablet)
{
    const auto kernel = usbKernel();
    if (kernel.empty())
        GTEST_SKIP() << "no kernel with USB drivers; tools/build-usb-kernel makes it";
    REQUIRE_EVDEV_GUEST(kernel);
    EvdevGuest guest(kernel, PointerKind::UsbTablet, KeyboardKind::Usb, 5);
    ASSERT_TRUE(guest.start()) << guest.guest().serial();
    ASSERT_TRUE(guest.waitForRoute("usb", "usb")) << guest.guest().serial();
    const int keyboard = guest.device("Guesthouse USB Keyboard");
    const int tablet = guest.device("Guesthouse USB Tablet");
    ASSERT_GE(keyboard, 0) << guest.guest().serial();
    ASSERT_GE(tablet, 0) << guest.guest().serial();
    typeEveryKey(guest, keyboard);
    holdAKey(guest, keyboard);
    switchLights(guest, keyboard);
    pointEverywhere(guest, tablet, PointerSink::AbsoluteMax);
    clickEveryButton(guest, tablet);
    for (const engine::LogEntry& entry : guest.vm().logEntries())
        EXPECT_EQ(entry.text.find("USB driver made an error"), std::string::npos) << entry.text;
}

} // namespace

// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/view_fixture.h"

#include <QClipboard>

#include <gtest/gtest.h>
#include <linux/input-event-codes.h>

namespace console::test {
namespace {

using ConsoleViewTest = ViewFixture;

TEST_F(ConsoleViewTest, ShowsTheGuestsPixelsUnchangedAtActualSize)
{
    m_screen.fill({.x = 0, .y = 0, .width = 640, .height = 400}, 0x102030);
    m_screen.setPixel(0, 0, 0xff0000);
    m_screen.setPixel(639, 399, 0x00ff00);
    m_screen.setPixel(17, 233, 0x0000ff);
    m_view.resize(640, 400);
    connectView();
    m_screen.damage({.x = 0, .y = 0, .width = 640, .height = 400});
    const auto shown = [&] { return m_view.grab().toImage(); };
    EXPECT_TRUE(waitUntil([&] { return shown().pixel(0, 0) == 0xffff0000; }));
    const QImage image = shown();
    EXPECT_EQ(image.pixel(639, 399), 0xff00ff00);
    EXPECT_EQ(image.pixel(17, 233), 0xff0000ff);
    EXPECT_EQ(image.pixel(100, 100), 0xff102030);
}

TEST_F(ConsoleViewTest, PicturesAreEqualUnderEveryEncoding)
{
    for (const std::int32_t encoding : {0, 7, 16}) {
        connectView({.serverHost = {}, .shareFrame = false, .encoding = encoding});
        m_screen.fill({.x = 5, .y = 6, .width = 70, .height = 80},
                      static_cast<std::uint32_t>(0x330000 + encoding));
        EXPECT_TRUE(waitUntil([&] {
            const QImage image = m_view.screenshot();
            return image.pixel(5, 6) == 0xff330000U + static_cast<std::uint32_t>(encoding)
                   && image.pixel(74, 85) == image.pixel(5, 6) && image.pixel(75, 86) != image.pixel(5, 6);
        })) << encoding;
    }
}

TEST_F(ConsoleViewTest, KeysGoByPositionAndRepeatAsPresses)
{
    connectView();
    press(KEY_Q);
    key(false, KEY_Q, Qt::Key_unknown, {}, {}, true); // a repeat is a release and a press of X's
    key(true, KEY_Q, Qt::Key_unknown, {}, {}, true);
    release(KEY_Q);
    press(KEY_RIGHTALT);
    release(KEY_RIGHTALT);
    EXPECT_TRUE(keysBecome({"+16", "+16", "-16", "+100", "-100"}));
}

TEST_F(ConsoleViewTest, KeysWithoutAPositionGoByMeaning)
{
    connectView();
    key(true, -8, Qt::Key_A, {}, QStringLiteral("a"));
    key(false, -8, Qt::Key_A, {}, QStringLiteral("a"));
    key(true, 0, Qt::Key_F10); // keycode 8, which input tools borrow
    key(false, 0, Qt::Key_F10);
    EXPECT_TRUE(keysBecome({"+30", "-30", "+68", "-68"}));
}

TEST_F(ConsoleViewTest, LosingTheFocusReleasesKeysAndButtons)
{
    connectView();
    press(KEY_LEFTSHIFT);
    press(KEY_A);
    mouse(QEvent::MouseButtonPress, {100, 100}, Qt::LeftButton, Qt::LeftButton);
    EXPECT_TRUE(m_view.isCaptured());
    m_view.clearFocus();
    EXPECT_FALSE(m_view.isCaptured());
    EXPECT_TRUE(keysBecome({"+42", "+30", "-30", "-42"}));
    EXPECT_TRUE(waitUntil([&] { return m_pointer.last() == "left-"; }));
}

TEST_F(ConsoleViewTest, TheChordAloneReleases)
{
    connectView();
    m_view.captureInput();
    ASSERT_TRUE(m_view.isCaptured());
    // Ctrl+Alt+Delete uses the modifiers: no release.
    for (const int code : {KEY_LEFTCTRL, KEY_LEFTALT, KEY_DELETE})
        press(code);
    for (const int code : {KEY_DELETE, KEY_LEFTALT, KEY_LEFTCTRL})
        release(code);
    EXPECT_TRUE(m_view.isCaptured());
    // So does a click between.
    press(KEY_LEFTCTRL);
    press(KEY_LEFTALT);
    mouse(QEvent::MouseButtonPress, {10, 10}, Qt::LeftButton, Qt::LeftButton);
    mouse(QEvent::MouseButtonRelease, {10, 10}, Qt::LeftButton);
    release(KEY_LEFTALT);
    release(KEY_LEFTCTRL);
    EXPECT_TRUE(m_view.isCaptured());

    press(KEY_LEFTALT);
    press(KEY_RIGHTCTRL);
    release(KEY_LEFTALT);
    EXPECT_FALSE(m_view.isCaptured());
    // What was still held has been let go in the guest, too.
    EXPECT_TRUE(waitUntil([&] { return m_keyboard.last() == "-" + std::to_string(KEY_RIGHTCTRL); }));
}

TEST_F(ConsoleViewTest, AnotherChordCanBeChosen)
{
    connectView();
    m_view.setReleaseChord(ReleaseChord::RightCtrl);
    m_view.captureInput();
    press(KEY_LEFTCTRL);
    press(KEY_LEFTALT);
    release(KEY_LEFTALT);
    release(KEY_LEFTCTRL);
    EXPECT_TRUE(m_view.isCaptured());
    press(KEY_RIGHTCTRL);
    release(KEY_RIGHTCTRL);
    EXPECT_FALSE(m_view.isCaptured());
}

TEST_F(ConsoleViewTest, F11IsTheGuestsOnlyWhileCaptured)
{
    connectView();
    int toggles = 0;
    QObject::connect(&m_view, &ConsoleView::fullScreenToggleRequested, [&] { ++toggles; });
    press(KEY_F11, Qt::Key_F11);
    release(KEY_F11, Qt::Key_F11);
    EXPECT_EQ(toggles, 1);
    EXPECT_TRUE(m_keyboard.events().empty());
    m_view.captureInput();
    press(KEY_F11, Qt::Key_F11);
    release(KEY_F11, Qt::Key_F11);
    EXPECT_EQ(toggles, 1);
    EXPECT_TRUE(keysBecome({"+87", "-87"}));
}

TEST_F(ConsoleViewTest, ShortcutsOfTheApplicationDoNotTakeTheGuestsKeys)
{
    connectView();
    QKeyEvent quit(QEvent::ShortcutOverride, Qt::Key_Q, Qt::ControlModifier, 24, 0, 0);
    quit.ignore();
    QCoreApplication::sendEvent(&m_view, &quit);
    EXPECT_TRUE(quit.isAccepted());
    QKeyEvent fullScreen(QEvent::ShortcutOverride, Qt::Key_F11, Qt::NoModifier, 95, 0, 0);
    QCoreApplication::sendEvent(&m_view, &fullScreen);
    EXPECT_FALSE(fullScreen.isAccepted());
}

TEST_F(ConsoleViewTest, WheelAndSideButtons)
{
    connectView();
    m_view.resize(640, 400);
    QWheelEvent half({5, 5}, {5, 5}, {}, {0, 60}, {}, {}, Qt::NoScrollPhase, false);
    QCoreApplication::sendEvent(&m_view, &half);
    QCoreApplication::sendEvent(&m_view, &half); // two halves make one click
    QWheelEvent right({5, 5}, {5, 5}, {}, {-120, 0}, {}, {}, Qt::NoScrollPhase, false);
    QCoreApplication::sendEvent(&m_view, &right);
    mouse(QEvent::MouseButtonPress, {5, 5}, Qt::BackButton, Qt::BackButton);
    mouse(QEvent::MouseButtonRelease, {5, 5}, Qt::BackButton);
    ASSERT_TRUE(waitUntil([&] { return m_pointer.last() == "side-"; }));
    auto events = m_pointer.events();
    std::erase_if(events, [](const std::string& event) { return event.starts_with("abs"); });
    EXPECT_EQ(events, (std::vector<std::string>{"wheel 1 0", "wheel 0 1", "side+", "side-"}));
}

TEST_F(ConsoleViewTest, ARelativePointerNeedsAClickFirst)
{
    m_pointer.setAbsolute(false);
    m_server->inputModeChanged();
    connectView();
    ASSERT_TRUE(waitUntil([&] { return !m_view.client().isPointerAbsolute(); }));
    mouse(QEvent::MouseMove, {50, 50});
    mouse(QEvent::MouseButtonPress, {50, 50}, Qt::LeftButton, Qt::LeftButton);
    mouse(QEvent::MouseButtonRelease, {50, 50}, Qt::LeftButton);
    EXPECT_TRUE(m_view.isCaptured());
    mouse(QEvent::MouseButtonPress, {50, 50}, Qt::LeftButton, Qt::LeftButton);
    mouse(QEvent::MouseButtonRelease, {50, 50}, Qt::LeftButton);
    ASSERT_TRUE(waitUntil([&] { return m_pointer.last() == "left-"; }));
    auto events = m_pointer.events();
    std::erase_if(events, [](const std::string& event) { return event.starts_with("rel"); });
    EXPECT_EQ(events, (std::vector<std::string>{"left+", "left-"})); // the first click only captured
}

TEST_F(ConsoleViewTest, TheCapturedPointerIsDrawnWhereTheGuestHasIt)
{
    m_pointer.setAbsolute(false);
    m_server->inputModeChanged();
    m_view.setScalingMode(ScalingMode::Actual);
    m_view.resize(640, 400);
    connectView();
    auto shape = std::make_shared<engine::display::CursorShape>();
    shape->width = 2;
    shape->height = 2;
    shape->hotspotX = 1;
    shape->pixels = {0xffff0000, 0xff00ff00, 0, 0xff0000ff};
    m_screen.setCursor(shape);
    m_screen.movePointer({.x = 100, .y = 50});
    ASSERT_TRUE(waitUntil([&] { return !m_view.client().isPointerAbsolute(); }));
    const auto shown = [&](int x, int y) { return m_view.grab().toImage().pixel(x, y) & 0xffffffU; };
    const std::uint32_t behind = m_screen.pixel(100, 51) & 0xffffffU;
    EXPECT_EQ(shown(100, 50), m_screen.pixel(100, 50) & 0xffffffU); // not captured: it is the host's
    m_view.captureInput();
    EXPECT_TRUE(waitUntil([&] { return shown(100, 50) == 0xff0000; }));
    EXPECT_EQ(shown(101, 50), 0x00ff00U);
    EXPECT_EQ(shown(100, 51), behind); // transparent
    EXPECT_EQ(shown(101, 51), 0x0000ffU);
    m_screen.movePointer({.x = 638, .y = 398});
    EXPECT_TRUE(waitUntil([&] { return shown(638, 398) == 0xff0000; }));
    EXPECT_EQ(shown(100, 50), m_screen.pixel(100, 50) & 0xffffffU);
    m_view.releaseInput();
    EXPECT_TRUE(waitUntil([&] { return shown(638, 398) == (m_screen.pixel(638, 398) & 0xffffffU); }));
}

TEST_F(ConsoleViewTest, AHiddenViewCostsTheGuestsScreenNothing)
{
    connectView();
    EXPECT_TRUE(m_screen.isVisible());
    m_view.hide();
    EXPECT_TRUE(waitUntil([&] { return !m_screen.isVisible(); }));
    // Hidden from the start, too: the server learns it as soon as it can be told.
    std::array<int, 2> pair{};
    ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair.data()), 0);
    m_server->adopt(engine::UniqueFd(pair[0]));
    m_view.client().openSocket(pair[1]);
    EXPECT_TRUE(waitUntil([&] { return m_screen.isVisible(); }));
    EXPECT_TRUE(waitUntil([&] { return !m_screen.isVisible(); }));
    m_view.show();
    EXPECT_TRUE(waitUntil([&] { return m_screen.isVisible(); }));
}

TEST_F(ConsoleViewTest, TheLastPictureStaysWhenTheGuestStops)
{
    m_screen.fill({.x = 0, .y = 0, .width = 640, .height = 400}, 0xc0c0c0);
    m_view.resize(640, 400);
    connectView();
    ASSERT_TRUE(waitUntil([&] { return m_view.grab().toImage().pixel(3, 3) == 0xffc0c0c0; }));
    m_server.reset();
    ASSERT_TRUE(waitUntil([&] { return m_view.client().state() == RfbClient::State::Closed; }));
    EXPECT_EQ(m_view.screenshot().pixel(3, 3), 0xffc0c0c0);
    const QColor dimmed = m_view.grab().toImage().pixelColor(3, 3);
    EXPECT_LT(dimmed.lightness(), 120);
    EXPECT_GT(dimmed.lightness(), 20);
}

TEST_F(ConsoleViewTest, TextIsTypedInTheGuestsLayout)
{
    connectView();
    const auto missing = m_view.typeText(QStringLiteral("zY@\n中"), QStringLiteral("de"));
    ASSERT_TRUE(missing);
    EXPECT_EQ(*missing, QStringLiteral("中"));
    // On a German keyboard z is where the US have y, and @ is AltGr+Q.
    EXPECT_TRUE(
        keysBecome({"+21", "-21", "+42", "+44", "-44", "-42", "+100", "+16", "-16", "-100", "+28", "-28"}));
    EXPECT_FALSE(m_view.typeText(QStringLiteral("a"), QStringLiteral("no-such-layout")));
}

TEST_F(ConsoleViewTest, ShiftAndDragSelectTheGuestsText)
{
    connectView();
    m_view.resize(640, 400);
    m_view.setTextProvider([] {
        TextGrid grid;
        grid.rows = {QStringLiteral("login: root   "), QStringLiteral("Password:     ")};
        grid.columns = 14;
        grid.cell = {8, 16};
        return std::optional(grid);
    });
    mouse(QEvent::MouseButtonPress, {7 * 8 + 1, 8}, Qt::LeftButton, Qt::LeftButton, Qt::ShiftModifier);
    mouse(QEvent::MouseMove, {8 * 8 - 2, 24}, Qt::NoButton, Qt::LeftButton, Qt::ShiftModifier);
    mouse(QEvent::MouseButtonRelease, {8 * 8 - 2, 24}, Qt::LeftButton, {}, Qt::ShiftModifier);
    EXPECT_EQ(m_view.selectedText(), QStringLiteral("root\nPassword"));
    EXPECT_TRUE(m_pointer.events().empty()); // the guest sees nothing of it
    key(true, KEY_C, Qt::Key_C, Qt::ControlModifier);
    EXPECT_EQ(QGuiApplication::clipboard()->text(), QStringLiteral("root\nPassword"));
    EXPECT_TRUE(m_view.selectedText().isEmpty());
    EXPECT_TRUE(m_keyboard.events().empty());
}

} // namespace
} // namespace console::test

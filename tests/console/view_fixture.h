// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "display/rfb/rfb_server.h"
#include "engine/display/rfb/fake_screen.h"
#include "view/console_view.h"

#include <QApplication>
#include <QElapsedTimer>
#include <QMouseEvent>
#include <QThread>

#include <gtest/gtest.h>
#include <sys/socket.h>

#include <array>
#include <functional>

namespace console::test {

/// Runs the event loop until something has come true; false after twenty seconds.
[[nodiscard]] inline bool waitUntil(const std::function<bool()>& condition, int milliseconds = 20'000)
{
    QElapsedTimer timer;
    timer.start();
    while (!condition()) {
        if (timer.elapsed() > milliseconds)
            return condition();
        QCoreApplication::processEvents(QEventLoop::AllEvents, 20);
        QThread::msleep(1);
    }
    return true;
}

/// A ConsoleView that shows the fake screen of a server of ours.
class ViewFixture : public testing::Test {
protected:
    ViewFixture()
    {
        m_loop = *engine::EventLoop::create("rfb-test");
        m_server = *engine::display::RfbServer::create(*m_loop, m_screen, m_keyboard, m_pointer,
                                                       {.name = "guest", .limits = {}}, m_log);
    }
    void connectView(const ConnectionOptions& options = {})
    {
        std::array<int, 2> pair{};
        ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair.data()), 0);
        m_server->adopt(engine::UniqueFd(pair[0]));
        m_view.client().openSocket(pair[1], options);
        m_view.show();
        m_view.activateWindow();
        m_view.setFocus();
        ASSERT_TRUE(waitUntil([&] { return !m_view.guestSize().isEmpty() && m_view.hasFocus(); }));
    }
    /// What a window system reports for a key: X numbers keys 8 higher than the kernel.
    void key(bool down, int evdevCode, int qtKey = Qt::Key_unknown, Qt::KeyboardModifiers modifiers = {},
             const QString& text = {}, bool repeat = false)
    {
        QKeyEvent event(down ? QEvent::KeyPress : QEvent::KeyRelease, qtKey, modifiers,
                        static_cast<quint32>(evdevCode + 8), 0, 0, text, repeat);
        QCoreApplication::sendEvent(&m_view, &event);
    }
    void press(int evdevCode, int qtKey = Qt::Key_unknown) { key(true, evdevCode, qtKey); }
    void release(int evdevCode, int qtKey = Qt::Key_unknown) { key(false, evdevCode, qtKey); }
    void mouse(QEvent::Type type, QPointF at, Qt::MouseButton button = Qt::NoButton,
               Qt::MouseButtons buttons = {}, Qt::KeyboardModifiers modifiers = {})
    {
        QMouseEvent event(type, at, m_view.mapToGlobal(at), button, buttons, modifiers);
        QCoreApplication::sendEvent(&m_view, &event);
    }
    [[nodiscard]] bool keysBecome(const std::vector<std::string>& expected)
    {
        const bool equal = waitUntil([&] { return m_keyboard.events() == expected; }, 5000);
        EXPECT_EQ(m_keyboard.events(), expected);
        return equal;
    }

    engine::Log m_log;
    engine::display::test::FakeScreen m_screen{640, 400};
    engine::display::test::RecordingKeyboard m_keyboard;
    engine::display::test::RecordingPointer m_pointer;
    std::unique_ptr<engine::EventLoop> m_loop;
    std::unique_ptr<engine::display::RfbServer> m_server;
    ConsoleView m_view;
};

} // namespace console::test

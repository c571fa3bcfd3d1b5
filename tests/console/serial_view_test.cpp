// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/view_fixture.h"
#include "rfb/owned_fd.h"
#include "serial/serial_view.h"

#include <QClipboard>
#include <QScrollBar>

#include <gtest/gtest.h>
#include <sys/socket.h>

namespace console::test {
namespace {

QKeyEvent keyEvent(int key, Qt::KeyboardModifiers modifiers = {}, const QString& text = {})
{
    return {QEvent::KeyPress, key, modifiers, text};
}

TEST(Terminal, UnderstandsWhatGuestsSend)
{
    Terminal terminal(20, 4);
    terminal.feed("plain\r\n\x1b[1;31mred\x1b[0m \xc3\xa4\xe4\xb8\xad");
    EXPECT_EQ(terminal.line(0), QStringLiteral("plain"));
    EXPECT_EQ(terminal.line(1), QStringLiteral("red ä中"));
    EXPECT_TRUE(terminal.cell(0, 1).bold);
    EXPECT_GT(terminal.cell(0, 1).foreground.red(), terminal.cell(0, 1).foreground.blue());
    EXPECT_EQ(terminal.cell(5, 1).width, 2);
    EXPECT_EQ(terminal.cursor(), QPoint(7, 1));
    terminal.feed("\x1b[?25l\x1b[2J\x1b[3;4HX");
    EXPECT_FALSE(terminal.isCursorVisible());
    EXPECT_EQ(terminal.line(2), QStringLiteral("   X"));
}

TEST(Terminal, KeepsABoundedHistory)
{
    Terminal terminal(20, 4);
    for (std::size_t i = 0; i < Terminal::MaxHistory + 100; ++i)
        terminal.feed(QByteArray::number(static_cast<qulonglong>(i)) + "\r\n");
    EXPECT_EQ(static_cast<std::size_t>(terminal.historySize()), Terminal::MaxHistory);
    EXPECT_EQ(terminal.line(-1), QString::number(Terminal::MaxHistory + 100 - 4));
    terminal.resize(20, 8); // lines come back
    EXPECT_EQ(terminal.line(0), QString::number(Terminal::MaxHistory + 100 - 7));
}

TEST(Terminal, KeysBecomeBytesAndQuestionsAreAnswered)
{
    Terminal terminal(20, 4);
    QByteArray out;
    terminal.setOutput([&](const QByteArray& bytes) { out += bytes; });
    for (const QKeyEvent& event :
         {keyEvent(Qt::Key_A, {}, QStringLiteral("a")),
          keyEvent(Qt::Key_C, Qt::ControlModifier, QStringLiteral("\x03")),
          keyEvent(Qt::Key_Return, {}, QStringLiteral("\r")), keyEvent(Qt::Key_Up), keyEvent(Qt::Key_F1),
          keyEvent(Qt::Key_Adiaeresis, {}, QStringLiteral("ä")),
          keyEvent(Qt::Key_X, Qt::AltModifier, QStringLiteral("x"))})
        EXPECT_TRUE(terminal.key(event));
    EXPECT_FALSE(terminal.key(keyEvent(Qt::Key_Shift)));
    EXPECT_EQ(out, QByteArray("a\x03\r\x1b[A\x1bOP\xc3\xa4\x1bx"));
    out.clear();
    terminal.feed("\x1b[6n"); // where is the cursor?
    EXPECT_EQ(out, QByteArray("\x1b[1;1R"));
    out.clear();
    terminal.paste(QStringLiteral("one\ntwo"));
    EXPECT_EQ(out, QByteArray("one\rtwo"));
}

TEST(Terminal, SurvivesNoise)
{
    Terminal terminal(80, 24);
    quint32 state = 1;
    for (int round = 0; round < 200; ++round) {
        QByteArray noise;
        for (int i = 0; i < 500; ++i) {
            state = state * 1664525U + 1013904223U;
            // Escapes, digits and separators in plenty: sequences, not letters, are what breaks terminals.
            noise += "\x1b[;?0123456789hlmJKHABCDrsu\r\n\x9b\xc3\xff"[(state >> 16U) % 32U];
        }
        terminal.feed(noise);
        terminal.resize(20 + round % 60, 4 + round % 20);
        for (int row = -3; row < terminal.rows(); ++row)
            (void)terminal.line(row);
    }
    EXPECT_LE(static_cast<std::size_t>(terminal.historySize()), Terminal::MaxHistory);
}

TEST(SerialView, TalksOverASocketUntilItCloses)
{
    std::array<int, 2> pair{};
    ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair.data()), 0);
    OwnedFd guest(pair[1]);
    SerialView view;
    view.resize(800, 400);
    view.show();
    view.openSocket(pair[0]);
    bool closed = false;
    QObject::connect(&view, &SerialView::lineClosed, [&] { closed = true; });
    ASSERT_EQ(::send(guest.get(), "login: ", 7, 0), 7);
    EXPECT_TRUE(waitUntil([&] { return view.terminal().line(0) == QStringLiteral("login:"); }));
    QKeyEvent event = keyEvent(Qt::Key_R, {}, QStringLiteral("r"));
    QCoreApplication::sendEvent(&view, &event);
    char got = 0;
    EXPECT_EQ(::recv(guest.get(), &got, 1, 0), 1);
    EXPECT_EQ(got, 'r');
    guest.reset();
    EXPECT_TRUE(waitUntil([&] { return closed; }));
}

TEST(SerialView, DraggingSelectsAndCopies)
{
    SerialView view;
    view.resize(800, 400);
    view.show();
    view.feed("first line\r\nsecond");
    const QFontMetrics metrics(view.font());
    const qreal width = metrics.horizontalAdvance(u'M');
    const qreal height = metrics.height();
    const auto mouse = [&](QEvent::Type type, QPointF at, Qt::MouseButton button) {
        QMouseEvent event(type, at, view.viewport()->mapToGlobal(at), button, Qt::LeftButton, {});
        QCoreApplication::sendEvent(view.viewport(), &event);
    };
    mouse(QEvent::MouseButtonPress, {width * 6.5, height * 0.5}, Qt::LeftButton);
    mouse(QEvent::MouseMove, {width * 2.5, height * 1.5}, Qt::NoButton);
    EXPECT_EQ(view.selectedText(), QStringLiteral("line\nsec"));
    QKeyEvent copy = keyEvent(Qt::Key_C, Qt::ControlModifier | Qt::ShiftModifier);
    QCoreApplication::sendEvent(&view, &copy);
    EXPECT_EQ(QGuiApplication::clipboard()->text(), QStringLiteral("line\nsec"));
}

TEST(SerialView, ScrollingBackStaysWhereItIs)
{
    SerialView view;
    view.resize(800, 400);
    view.show();
    for (int i = 0; i < 200; ++i)
        view.feed(QByteArray::number(i) + "\r\n");
    view.verticalScrollBar()->setValue(10);
    view.feed("more\r\n");
    EXPECT_EQ(view.verticalScrollBar()->value(), 10);
    view.verticalScrollBar()->setValue(view.verticalScrollBar()->maximum());
    view.feed("and more\r\n");
    EXPECT_EQ(view.verticalScrollBar()->value(), view.verticalScrollBar()->maximum());
}

} // namespace
} // namespace console::test

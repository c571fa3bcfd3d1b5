// SPDX-License-Identifier: GPL-3.0-or-later
// Real key presses under an X server, in three layouts: the guest gets the same positions in each.
#include <QCoreApplication>
#include <QElapsedTimer>
#include <QProcess>
#include <QProcessEnvironment>
#include <QStandardPaths>
#include <QTemporaryDir>

#include <gtest/gtest.h>
#include <linux/input-event-codes.h>

#include <functional>

namespace console::test {
namespace {

QString program(const char* name)
{
    return QStandardPaths::findExecutable(QString::fromLatin1(name));
}

class RealKeys : public testing::Test {
protected:
    void SetUp() override
    {
        for (const char* needed : {"Xvfb", "xdotool", "setxkbmap"})
            if (program(needed).isEmpty())
                GTEST_SKIP() << "needs " << needed << " (xvfb, xdotool, x11-xkb-utils)";
        const QString display =
            QStringLiteral(":%1").arg(20'000 + QCoreApplication::applicationPid() % 20'000);
        m_environment.insert(QStringLiteral("DISPLAY"), display);
        m_environment.insert(QStringLiteral("QT_QPA_PLATFORM"), QStringLiteral("xcb"));
        m_environment.insert(QStringLiteral("XDG_RUNTIME_DIR"), m_folder.path());
        m_server.start(program("Xvfb"),
                       {display, QStringLiteral("-screen"), QStringLiteral("0"),
                        QStringLiteral("1000x700x24"), QStringLiteral("-nolisten"), QStringLiteral("tcp")});
        // The server is up when a client gets an answer.
        ASSERT_TRUE(eventually([&] { return run("xdotool", {QStringLiteral("getmouselocation")}); }));
        m_view.setProcessEnvironment(m_environment);
        m_view.start(QStringLiteral(GUESTHOUSE_DEMO_VIEW), {});
        ASSERT_TRUE(eventually([&] {
            return run("xdotool",
                       {QStringLiteral("search"), QStringLiteral("--onlyvisible"), QStringLiteral("--name"),
                        QStringLiteral("Guesthouse console"), QStringLiteral("windowfocus")});
        }));
        // A first key shows that the focus has arrived.
        ASSERT_TRUE(eventually([&] {
            (void)pressKey(KEY_SPACE);
            return takeLines().contains(QStringLiteral("-57"));
        }));
        while (!takeLines().isEmpty()) {
        }
    }
    ~RealKeys() override
    {
        for (QProcess* process : {&m_view, &m_server}) {
            process->terminate();
            if (!process->waitForFinished(3000))
                process->kill();
            process->waitForFinished(3000);
        }
    }
    [[nodiscard]] static bool eventually(const std::function<bool()>& condition)
    {
        QElapsedTimer timer;
        timer.start();
        while (!condition())
            if (timer.elapsed() > 20'000)
                return false;
        return true;
    }
    bool run(const char* name, const QStringList& arguments)
    {
        QProcess process;
        process.setProcessEnvironment(m_environment);
        process.start(program(name), arguments);
        return process.waitForFinished(5000) && process.exitStatus() == QProcess::NormalExit
               && process.exitCode() == 0;
    }
    bool pressKey(int evdevCode)
    {
        return run("xdotool", {QStringLiteral("key"), QString::number(evdevCode + 8)});
    }
    /// The keys that the guest has got in the last moment.
    QStringList takeLines()
    {
        m_view.waitForReadyRead(200);
        QStringList keys;
        for (const QByteArray& line : m_view.readAllStandardOutput().split('\n'))
            if (line.startsWith('+') || line.startsWith('-'))
                keys.append(QString::fromLatin1(line));
        return keys;
    }
    QTemporaryDir m_folder;
    QProcessEnvironment m_environment = QProcessEnvironment::systemEnvironment();
    QProcess m_server;
    QProcess m_view;
};

TEST_F(RealKeys, ArriveByPositionInEveryLayout)
{
    QList<int> codes;
    for (int code = KEY_ESC; code <= KEY_F12; ++code) {
        // No key of a PC keyboard: 84 to 86 but for the one beside the left Shift, and the locks that
        // would change what follows.
        if (code == 84 || code == KEY_ZENKAKUHANKAKU || code == KEY_CAPSLOCK || code == KEY_NUMLOCK
            || code == KEY_SCROLLLOCK || code == KEY_F11)
            continue;
        codes.append(code);
    }
    codes += {KEY_KPENTER, KEY_RIGHTCTRL, KEY_KPSLASH,  KEY_SYSRQ,     KEY_RIGHTALT, KEY_HOME,     KEY_UP,
              KEY_PAGEUP,  KEY_LEFT,      KEY_RIGHT,    KEY_END,       KEY_DOWN,     KEY_PAGEDOWN, KEY_INSERT,
              KEY_DELETE,  KEY_PAUSE,     KEY_LEFTMETA, KEY_RIGHTMETA, KEY_COMPOSE};
    for (const char* layout : {"us", "de", "fr"}) {
        ASSERT_TRUE(run("setxkbmap", {QString::fromLatin1(layout)}));
        QStringList expected;
        QStringList arguments{QStringLiteral("key"), QStringLiteral("--delay"), QStringLiteral("4")};
        for (const int code : codes) {
            // xdotool takes a single digit for a character.
            arguments.append(code == KEY_ESC ? QStringLiteral("Escape") : QString::number(code + 8));
            expected << QStringLiteral("+%1").arg(code) << QStringLiteral("-%1").arg(code);
        }
        ASSERT_TRUE(run("xdotool", arguments));
        QStringList got;
        (void)eventually([&] {
            got += takeLines();
            return got.size() >= expected.size();
        });
        EXPECT_EQ(got.join(u' ').toStdString(), expected.join(u' ').toStdString()) << layout;
    }
}

} // namespace
} // namespace console::test

int main(int argc, char** argv)
{
    QCoreApplication application(argc, argv);
    testing::InitGoogleTest(&argc, argv);
    return RUN_ALL_TESTS();
}

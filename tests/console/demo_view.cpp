// SPDX-License-Identifier: GPL-3.0-or-later
// Shows a made-up guest in a ConsoleView and prints the keys and pointer events that reach it; for
// looking at the widget, and for tests that press real keys under Xvfb. With --connect SOCKET it shows what
// is behind that socket instead, and prints:
//     picture X Y WIDTH HEIGHT of GUESTWIDTH GUESTHEIGHT    where the screen is in the window, in device
//     pixels lights SCROLL NUM CAPS pointer absolute|relative captured 0|1
#include "display/rfb/rfb_server.h"
#include "engine/display/rfb/fake_screen.h"
#include "view/console_view.h"

#include <QApplication>
#include <QMainWindow>
#include <QPainter>
#include <QTimer>

#include <sys/socket.h>

#include <array>
#include <cstdio>
#include <utility>

namespace console::test {
namespace {

using namespace engine;

/// A login prompt over a pattern that shows every fault of scaling.
class DemoGuest {
public:
    explicit DemoGuest(bool relative)
    {
        m_pointer.setAbsolute(!relative);
        draw();
        m_loop = *EventLoop::create("demo");
        m_server = *display::RfbServer::create(*m_loop, m_screen, m_keyboard, m_pointer,
                                               {.name = "demo", .limits = {}}, m_log);
    }
    void connectView(ConsoleView& view)
    {
        std::array<int, 2> pair{};
        if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair.data()) != 0)
            return;
        m_server->adopt(UniqueFd(pair[0]));
        view.client().openSocket(pair[1]);
    }
    void stop() { m_server.reset(); }
    [[nodiscard]] std::vector<std::string> takeEvents()
    {
        std::vector<std::string> fresh;
        const auto take = [&](const std::vector<std::string>& all, std::size_t& seen) {
            fresh.insert(fresh.end(), all.begin() + static_cast<std::ptrdiff_t>(seen), all.end());
            seen = all.size();
        };
        take(m_keyboard.events(), m_keysSeen);
        take(m_pointer.events(), m_movesSeen);
        return fresh;
    }
    [[nodiscard]] std::optional<TextGrid> textGrid() const { return m_grid; }

private:
    void draw()
    {
        QImage image(720, 400, QImage::Format_RGB32);
        image.fill(Qt::black);
        QPainter painter(&image);
        m_grid.rows = {QStringLiteral("Guest GNU/Linux 12 demo tty1"),
                       QString(),
                       QStringLiteral("demo login: root"),
                       QStringLiteral("Password:"),
                       QStringLiteral("root@demo:~# echo hello"),
                       QStringLiteral("hello")};
        m_grid.columns = 80;
        m_grid.cell = {9, 16};
        QFont font(QStringLiteral("DejaVu Sans Mono"));
        font.setPixelSize(13);
        painter.setFont(font);
        painter.setPen(QColor(0xaa, 0xaa, 0xaa));
        for (qsizetype row = 0; row < m_grid.rows.size(); ++row)
            for (qsizetype column = 0; column < m_grid.rows[row].size(); ++column)
                painter.drawText(QRect(static_cast<int>(column) * 9, static_cast<int>(row) * 16, 9, 16),
                                 Qt::AlignCenter, m_grid.rows[row].mid(column, 1));
        for (int x = 0; x < 360; ++x)
            for (int y = 300; y < 400; ++y)
                image.setPixel(x, y, (x + y) % 2 != 0 ? 0xffffffff : 0xff000000); // one-pixel chessboard
        QLinearGradient gradient(360, 0, 720, 0);
        gradient.setColorAt(0, Qt::darkBlue);
        gradient.setColorAt(1, Qt::yellow);
        painter.fillRect(QRect(360, 300, 360, 100), gradient);
        painter.setPen(Qt::red);
        painter.drawRect(0, 0, 719, 399); // the outermost pixels
        painter.end();
        for (int y = 0; y < image.height(); ++y)
            for (int x = 0; x < image.width(); ++x)
                m_screen.setPixel(static_cast<std::uint32_t>(x), static_cast<std::uint32_t>(y),
                                  image.pixel(x, y));
    }

    Log m_log;
    display::test::FakeScreen m_screen{720, 400};
    display::test::RecordingKeyboard m_keyboard;
    display::test::RecordingPointer m_pointer;
    TextGrid m_grid;
    std::size_t m_keysSeen = 0, m_movesSeen = 0;
    std::unique_ptr<EventLoop> m_loop;
    std::unique_ptr<display::RfbServer> m_server;
};

/// What the widget shows and does, a line for each change.
class StatePrinter {
public:
    explicit StatePrinter(console::ConsoleView& view) : m_view(view) {}
    void print()
    {
        const QRect place = m_view.geometryOfPicture().target();
        const QSize guest = m_view.guestSize();
        if (!guest.isEmpty())
            say(0, QString::asprintf("picture %d %d %d %d of %d %d", place.x(), place.y(), place.width(),
                                     place.height(), guest.width(), guest.height()));
        const LockLights lights = m_view.client().lockLights();
        say(1, QString::asprintf("lights %d %d %d", lights.scroll, lights.num, lights.caps));
        say(2, m_view.client().isPointerAbsolute() ? QStringLiteral("pointer absolute")
                                                   : QStringLiteral("pointer relative"));
        say(3, QString::asprintf("captured %d", m_view.isCaptured()));
    }

private:
    void say(std::size_t what, const QString& line)
    {
        if (std::exchange(m_said.at(what), line) != line)
            std::puts(qPrintable(line));
    }
    console::ConsoleView& m_view;
    std::array<QString, 4> m_said;
};

} // namespace
} // namespace console::test

int main(int argc, char** argv)
{
    QApplication application(argc, argv);
    const QStringList arguments = application.arguments();
    const auto value = [&](const QString& name, const QString& otherwise) {
        const qsizetype at = arguments.indexOf(name);
        return at >= 0 && at + 1 < arguments.size() ? arguments[at + 1] : otherwise;
    };
    console::test::DemoGuest guest(arguments.contains(QStringLiteral("--relative")));
    QMainWindow window;
    auto* view = new console::ConsoleView;
    window.setCentralWidget(view);
    window.setWindowTitle(QStringLiteral("Guesthouse console"));
    const QString mode = value(QStringLiteral("--mode"), QStringLiteral("fit"));
    view->setScalingMode(mode == QStringLiteral("actual")    ? console::ScalingMode::Actual
                         : mode == QStringLiteral("integer") ? console::ScalingMode::Integer
                                                             : console::ScalingMode::Fit);
    view->setTextProvider([&guest] { return guest.textGrid(); });
    window.resize(value(QStringLiteral("--width"), QStringLiteral("900")).toInt(),
                  value(QStringLiteral("--height"), QStringLiteral("640")).toInt());
    const QString path = value(QStringLiteral("--connect"), QString());
    if (!path.isEmpty())
        view->client().openPath(path); // a real guest's screen
    else
        guest.connectView(*view);
    window.show();
    view->setFocus();
    QTimer printer;
    console::test::StatePrinter state(*view);
    QObject::connect(&printer, &QTimer::timeout, [&] {
        if (!path.isEmpty())
            state.print();
        for (const std::string& event : guest.takeEvents())
            std::puts(event.c_str());
        std::fflush(stdout);
    });
    printer.start(20);
    if (arguments.contains(QStringLiteral("--stop")))
        QTimer::singleShot(800, [&] { guest.stop(); });
    return application.exec();
}

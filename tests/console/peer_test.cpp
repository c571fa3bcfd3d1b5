// SPDX-License-Identifier: GPL-3.0-or-later
// Our widget with other people's servers, and our server with other people's viewers. Each test needs
// a program of Debian's and says so where it is missing.
#include "console/view_fixture.h"

#include <QDir>
#include <QFile>
#include <QProcess>
#include <QStandardPaths>
#include <QTemporaryDir>

#include <gtest/gtest.h>
#include <linux/input-event-codes.h>

// libvncclient never frees the certificates of a connection. Its frames are only seen by the slow unwinder.
// NOLINTBEGIN(bugprone-reserved-identifier)
extern "C" const char* __lsan_default_suppressions();
extern "C" const char* __lsan_default_suppressions()
{
    return "leak:libvncclient.so";
}
extern "C" const char* __asan_default_options();
extern "C" const char* __asan_default_options()
{
    return "fast_unwind_on_malloc=0";
}
// NOLINTEND(bugprone-reserved-identifier)

namespace console::test {
namespace {

QString programOrEmpty(const char* name)
{
    return QStandardPaths::findExecutable(QString::fromLatin1(name));
}

/// A process that is ended with the test.
class Peer {
public:
    void start(const QString& program, const QStringList& arguments, const QString& folder)
    {
        m_process.setWorkingDirectory(folder);
        m_process.setProcessChannelMode(QProcess::MergedChannels);
        m_process.start(program, arguments);
    }
    ~Peer()
    {
        m_process.terminate();
        if (!m_process.waitForFinished(3000))
            m_process.kill();
        m_process.waitForFinished(3000);
    }
    [[nodiscard]] bool finishesWell()
    {
        if (m_process.state() != QProcess::NotRunning)
            m_process.waitForFinished(30'000);
        return m_process.exitStatus() == QProcess::NormalExit && m_process.exitCode() == 0;
    }
    /// What a person would type when it asks; again if it was thrown away, as terminals do with what
    /// comes too early.
    void answerUntilDone(const QByteArray& line)
    {
        for (int i = 0; i < 40 && m_process.state() != QProcess::NotRunning; ++i) {
            m_process.write(line);
            if (m_process.waitForFinished(500))
                return;
        }
    }
    [[nodiscard]] QByteArray output() { return m_process.readAll(); }

private:
    QProcess m_process;
};

/// The widget against a foreign server on a UNIX socket or a port of this machine.
class ForeignServer : public testing::Test {
protected:
    [[nodiscard]] bool connects(const std::function<void()>& open)
    {
        // The server takes a moment to listen: try again while it refuses.
        for (int i = 0; i < 40; ++i) {
            open();
            if (waitUntil([&] { return m_view.client().state() != RfbClient::State::Connecting; })
                && m_view.client().state() == RfbClient::State::Connected)
                return waitUntil([&] { return !m_view.guestSize().isEmpty(); });
            QThread::msleep(250);
        }
        return false;
    }
    QTemporaryDir m_folder;
    Peer m_peer;
    ConsoleView m_view;
};

class TigerVnc : public ForeignServer {
protected:
    void SetUp() override
    {
        const QString server = programOrEmpty("Xtigervnc");
        if (server.isEmpty())
            GTEST_SKIP() << "needs Xtigervnc (tigervnc-standalone-server)";
        // Many tests may run at once: the display's number comes from the process's.
        const QString display = QStringLiteral(":%1").arg(100 + QCoreApplication::applicationPid() % 20'000);
        m_socket = m_folder.filePath(QStringLiteral("vnc.sock"));
        m_peer.start(server,
                     {display, QStringLiteral("-geometry"), QStringLiteral("800x600"),
                      QStringLiteral("-depth"), QStringLiteral("24"), QStringLiteral("-rfbport"),
                      QStringLiteral("-1"), QStringLiteral("-rfbunixpath"), m_socket,
                      QStringLiteral("-SecurityTypes"), QStringLiteral("None"), QStringLiteral("-nolisten"),
                      QStringLiteral("tcp"), QStringLiteral("-AcceptSetDesktopSize")},
                     m_folder.path());
        m_view.resize(800, 600);
        m_view.show();
    }
    QString m_socket;
};

TEST_F(TigerVnc, ShowsResizesAndReportsLights)
{
    int lights = 0;
    QObject::connect(&m_view.client(), &RfbClient::lockLightsChanged, [&] { ++lights; });
    ASSERT_TRUE(connects([&] { m_view.client().openPath(m_socket); })) << m_peer.output().constData();
    EXPECT_EQ(m_view.guestSize(), QSize(800, 600));
    EXPECT_TRUE(waitUntil([&] { return lights > 0; }));
    m_view.client().send(ResizeInput{.width = 640, .height = 400});
    EXPECT_TRUE(waitUntil([&] { return m_view.guestSize() == QSize(640, 400); }));
    // The lights answer to a key: it arrived, by position.
    const int before = lights;
    m_view.sendKeys({KEY_CAPSLOCK});
    EXPECT_TRUE(waitUntil([&] { return lights > before && m_view.client().lockLights().caps; }));
    m_view.sendKeys({KEY_CAPSLOCK});
    EXPECT_TRUE(waitUntil([&] { return !m_view.client().lockLights().caps; }));
}

TEST_F(TigerVnc, EveryEncodingShowsTheSamePicture)
{
    QImage first;
    for (const std::int32_t encoding : {0, 5, 7, 16}) {
        ASSERT_TRUE(connects([&] {
            m_view.client().openPath(m_socket, {.serverHost = {}, .shareFrame = true, .encoding = encoding});
        }));
        QImage shown;
        EXPECT_TRUE(waitUntil([&] {
            shown = m_view.screenshot();
            return !shown.isNull() && (first.isNull() || shown == first);
        })) << encoding;
        if (first.isNull())
            first = shown;
    }
}

TEST_F(ForeignServer, TigerVncOverTlsWithAPassword)
{
    const QString server = programOrEmpty("Xtigervnc");
    if (server.isEmpty())
        GTEST_SKIP() << "needs Xtigervnc (tigervnc-standalone-server)";
    QFile password(m_folder.filePath(QStringLiteral("passwd")));
    ASSERT_TRUE(password.open(QIODevice::WriteOnly));
    password.write(QByteArray::fromHex("2e 2d bf 57 6e b0 6c 9e")); // "secret", see below
    password.close();
    const auto number = QCoreApplication::applicationPid() % 20'000;
    const auto port = static_cast<quint16>(20'000 + number);
    m_peer.start(server,
                 {QStringLiteral(":%1").arg(100 + number), QStringLiteral("-geometry"),
                  QStringLiteral("640x480"), QStringLiteral("-depth"), QStringLiteral("24"),
                  QStringLiteral("-rfbport"), QString::number(port), QStringLiteral("-localhost"),
                  QStringLiteral("-SecurityTypes"), QStringLiteral("TLSVnc"), QStringLiteral("-PasswordFile"),
                  password.fileName(), QStringLiteral("-nolisten"), QStringLiteral("tcp"),
                  QStringLiteral("-AcceptSetDesktopSize")},
                 m_folder.path());
    m_view.resize(640, 480);
    m_view.show();
    int asked = 0;
    QObject::connect(&m_view.client(), &RfbClient::credentialsRequired, [&](CredentialKind kind) {
        EXPECT_EQ(kind, CredentialKind::Password);
        ++asked;
        m_view.client().provideCredentials({.user = {}, .password = "secret", .authorityFile = {}});
    });
    ASSERT_TRUE(connects([&] { m_view.client().openHost(QStringLiteral("127.0.0.1"), port); }))
        << m_peer.output().constData();
    EXPECT_GT(asked, 0);
    EXPECT_EQ(m_view.guestSize(), QSize(640, 480));
    m_view.client().send(ResizeInput{.width = 800, .height = 300});
    EXPECT_TRUE(waitUntil([&] { return m_view.guestSize() == QSize(800, 300); }));
}

/// QEMU's VNC server with these further options: of the server, then of the program.
void showQemu(const QString& server, const QStringList& options)
{
    const QString qemu = programOrEmpty("qemu-system-x86_64");
    if (qemu.isEmpty())
        GTEST_SKIP() << "needs qemu-system-x86_64 (reference emulator)";
    QTemporaryDir folder;
    const QString socket = folder.filePath(QStringLiteral("vnc.sock"));
    Peer peer;
    peer.start(qemu,
               QStringList{QStringLiteral("-accel"), QStringLiteral("tcg"), QStringLiteral("-m"),
                           QStringLiteral("32"), QStringLiteral("-net"), QStringLiteral("none"),
                           QStringLiteral("-vnc"), QStringLiteral("unix:") + socket + server}
                   + options,
               folder.path());
    ConsoleView view;
    view.show();
    for (int i = 0; i < 60 && view.client().state() != RfbClient::State::Connected; ++i) {
        QThread::msleep(250);
        view.client().openPath(socket);
        (void)waitUntil([&] { return view.client().state() != RfbClient::State::Connecting; });
    }
    // The firmware goes through 640x480 to text mode, 720x400, and says that there is nothing to boot.
    EXPECT_TRUE(waitUntil([&] { return view.guestSize() == QSize(720, 400); }));
    EXPECT_TRUE(waitUntil([&] {
        const QImage shown = view.screenshot();
        for (int x = 0; x < shown.width(); ++x)
            for (int y = 0; y < shown.height(); ++y)
                if ((shown.pixel(x, y) & 0xffffffU) != 0)
                    return true;
        return false;
    }));
}

TEST(QemuServer, ShowsAndFollowsTheGuestsSize)
{
    showQemu({}, {});
}

TEST(QemuServer, ShowsAndFollowsTheGuestsSizeOverTls)
{
    showQemu(QStringLiteral(",tls-creds=tls"),
             {QStringLiteral("-object"), QStringLiteral("tls-creds-anon,id=tls,endpoint=server")});
}

/// Foreign viewers of our server, over TCP with a password.
class ForeignViewer : public ViewFixture {
protected:
    ForeignViewer()
    {
        m_screen.fill({.x = 0, .y = 0, .width = 640, .height = 400}, 0x204060);
        m_screen.fill({.x = 100, .y = 50, .width = 30, .height = 20}, 0xff8000);
    }
    /// The picture that `program` saves equals ours at three places.
    void expectPicture(const QString& file)
    {
        const QImage image(file);
        ASSERT_EQ(image.size(), QSize(640, 400));
        const auto isClose = [&](int x, int y, QColor wanted) {
            const QColor got = image.pixelColor(x, y); // some save as JPEG
            return std::abs(got.red() - wanted.red()) < 12 && std::abs(got.green() - wanted.green()) < 12
                   && std::abs(got.blue() - wanted.blue()) < 12;
        };
        EXPECT_TRUE(isClose(3, 3, QColor(0x20, 0x40, 0x60)));
        EXPECT_TRUE(isClose(115, 60, QColor(0xff, 0x80, 0x00)));
        EXPECT_TRUE(isClose(630, 390, QColor(0x20, 0x40, 0x60)));
    }
    QTemporaryDir m_folder;
    Peer m_peer;
};

TEST_F(ForeignViewer, GtkVncCaptures)
{
    const QString program = programOrEmpty("gvnccapture");
    const QString terminal = programOrEmpty("script");
    if (program.isEmpty() || terminal.isEmpty())
        GTEST_SKIP() << "needs gvnccapture (gvncviewer) and script (bsdutils)";
    const auto port = m_server->listenNetwork({.address = "127.0.0.1", .password = "secret"});
    ASSERT_TRUE(port);
    const QString picture = m_folder.filePath(QStringLiteral("shot.png"));
    // It asks for the password on a terminal only.
    const QString command =
        QStringLiteral("%1 -q 127.0.0.1:%2 %3").arg(program).arg(*port - 5900).arg(picture);
    m_peer.start(terminal, {QStringLiteral("-qec"), command, QStringLiteral("/dev/null")}, m_folder.path());
    m_peer.answerUntilDone("secret\n");
    ASSERT_TRUE(m_peer.finishesWell()) << m_peer.output().constData();
    expectPicture(picture);
}

TEST_F(ForeignViewer, VncSnapshotCapturesWithAPassword)
{
    const QString program = programOrEmpty("vncsnapshot");
    if (program.isEmpty())
        GTEST_SKIP() << "needs vncsnapshot";
    const auto port = m_server->listenNetwork({.address = "127.0.0.1", .password = "secret"});
    ASSERT_TRUE(port);
    QFile password(m_folder.filePath(QStringLiteral("passwd")));
    ASSERT_TRUE(password.open(QIODevice::WriteOnly));
    // The file format hides the password with a fixed key: this is "secret".
    password.write(QByteArray::fromHex("2e 2d bf 57 6e b0 6c 9e"));
    password.close();
    const QString picture = m_folder.filePath(QStringLiteral("shot.jpg"));
    m_peer.start(program,
                 {QStringLiteral("-quiet"), QStringLiteral("-passwd"), password.fileName(),
                  QStringLiteral("127.0.0.1::%1").arg(*port), picture},
                 m_folder.path());
    ASSERT_TRUE(m_peer.finishesWell()) << m_peer.output().constData();
    expectPicture(picture);
}

TEST_F(ForeignViewer, NetVncCapturesWithAPassword)
{
    const QString perl = programOrEmpty("perl");
    Peer probe;
    probe.start(perl, {QStringLiteral("-MNet::VNC"), QStringLiteral("-e1")}, m_folder.path());
    if (perl.isEmpty() || !probe.finishesWell())
        GTEST_SKIP() << "needs perl with Net::VNC (libnet-vnc-perl)";
    const auto port = m_server->listenNetwork({.address = "127.0.0.1", .password = "secret"});
    ASSERT_TRUE(port);
    const QString picture = m_folder.filePath(QStringLiteral("shot.png"));
    const QString script =
        QStringLiteral("my $v = Net::VNC->new({hostname => '127.0.0.1', port => %1, password => "
                       "'secret'}); $v->depth(24); $v->login; $v->capture->save('%2');")
            .arg(*port)
            .arg(picture);
    m_peer.start(perl, {QStringLiteral("-MNet::VNC"), QStringLiteral("-e"), script}, m_folder.path());
    ASSERT_TRUE(m_peer.finishesWell()) << m_peer.output().constData();
    expectPicture(picture);
}

/// Our own two ends over TCP, where passwords and TLS are.
class OverTcp : public ViewFixture {
protected:
    OverTcp() { m_view.show(); } // a hidden view asks for no pictures
    QTemporaryDir m_folder;
};

TEST_F(OverTcp, PasswordIsAskedForAndWrongOnesAreRefused)
{
    const auto port = m_server->listenNetwork({.address = "127.0.0.1", .password = "secret"});
    ASSERT_TRUE(port);
    std::string password = "wrong";
    QObject::connect(&m_view.client(), &RfbClient::credentialsRequired, [&](CredentialKind kind) {
        EXPECT_EQ(kind, CredentialKind::Password);
        m_view.client().provideCredentials({.user = {}, .password = password, .authorityFile = {}});
    });
    std::optional<CloseReason> closed;
    QObject::connect(&m_view.client(), &RfbClient::closed, [&](CloseReason reason) { closed = reason; });
    m_view.client().openHost(QStringLiteral("127.0.0.1"), *port);
    ASSERT_TRUE(waitUntil([&] { return closed.has_value(); }));
    EXPECT_EQ(closed, CloseReason::Refused);
    password = "secret";
    m_view.client().openHost(QStringLiteral("127.0.0.1"), *port);
    EXPECT_TRUE(waitUntil([&] { return m_view.guestSize() == QSize(640, 400); }));
}

TEST_F(OverTcp, AnonymousTlsCarriesThePicture)
{
    const auto port =
        m_server->listenNetwork({.address = "127.0.0.1", .password = "secret", .encrypt = true});
    ASSERT_TRUE(port);
    QObject::connect(&m_view.client(), &RfbClient::credentialsRequired, [&](CredentialKind kind) {
        EXPECT_EQ(kind, CredentialKind::Password);
        m_view.client().provideCredentials({.user = {}, .password = "secret", .authorityFile = {}});
    });
    m_view.client().openHost(QStringLiteral("127.0.0.1"), *port);
    ASSERT_TRUE(waitUntil([&] { return m_view.guestSize() == QSize(640, 400); }));
    m_screen.fill({.x = 0, .y = 0, .width = 640, .height = 400}, 0x00ff00);
    EXPECT_TRUE(waitUntil([&] { return m_view.screenshot().pixel(639, 399) == 0xff00ff00; }));
    // Bytes that TLS has decoded already must not be forgotten: many small updates in a row arrive.
    for (std::uint32_t i = 0; i < 100; ++i)
        m_screen.fill({.x = i, .y = i, .width = 1, .height = 1}, 0xff0000 + i);
    EXPECT_TRUE(waitUntil([&] { return m_view.screenshot().pixel(99, 99) == 0xffff0063; }));
}

TEST_F(OverTcp, ACertificateIsCheckedAgainstItsAuthority)
{
    const QString openssl = programOrEmpty("openssl");
    if (openssl.isEmpty())
        GTEST_SKIP() << "needs openssl to make a certificate";
    const QString key = m_folder.filePath(QStringLiteral("key.pem"));
    const QString certificate = m_folder.filePath(QStringLiteral("cert.pem"));
    Peer maker;
    maker.start(openssl,
                {QStringLiteral("req"), QStringLiteral("-x509"), QStringLiteral("-newkey"),
                 QStringLiteral("rsa:2048"), QStringLiteral("-nodes"), QStringLiteral("-keyout"), key,
                 QStringLiteral("-out"), certificate, QStringLiteral("-days"), QStringLiteral("30"),
                 QStringLiteral("-subj"), QStringLiteral("/CN=localhost"), QStringLiteral("-addext"),
                 QStringLiteral("subjectAltName=DNS:localhost,IP:127.0.0.1")},
                m_folder.path());
    ASSERT_TRUE(maker.finishesWell());
    const auto port = m_server->listenNetwork({.address = "127.0.0.1",
                                               .password = "secret",
                                               .encrypt = true,
                                               .certificateFile = certificate.toStdString(),
                                               .keyFile = key.toStdString()});
    ASSERT_TRUE(port) << port.error().message();
    std::string authority = certificate.toStdString();
    QObject::connect(&m_view.client(), &RfbClient::credentialsRequired, [&](CredentialKind) {
        m_view.client().provideCredentials({.user = {}, .password = "secret", .authorityFile = authority});
    });
    m_view.client().openHost(QStringLiteral("localhost"), *port);
    EXPECT_TRUE(waitUntil([&] { return m_view.guestSize() == QSize(640, 400); }));

    std::optional<CloseReason> closed;
    QObject::connect(&m_view.client(), &RfbClient::closed, [&](CloseReason reason) { closed = reason; });
    m_view.client().close();
    closed.reset();
    authority.clear(); // nobody vouches for it
    m_view.client().openHost(QStringLiteral("localhost"), *port);
    ASSERT_TRUE(waitUntil([&] { return closed.has_value(); }));
    EXPECT_EQ(closed, CloseReason::Refused);
}

} // namespace
} // namespace console::test

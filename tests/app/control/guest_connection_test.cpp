// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/support/fake_guest.h"
#include "control/running_guests.h"

#include <QDir>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

using namespace app;
using namespace Qt::StringLiterals;

namespace {

const QString Id = u"0b5b4a4e-8f30-4a4e-9a5e-0123456789ab"_s;

ControlReply waitFor(QFuture<ControlReply> future)
{
    const bool finished = QTest::qWaitFor([&] { return future.isFinished(); }, 20000);
    return finished ? future.result() : std::unexpected(ControlError{u"test"_s, u"never finished"_s});
}

} // namespace

class GuestConnectionTest final : public QObject {
    Q_OBJECT
private slots:
    void init() { m_folder = std::make_unique<QTemporaryDir>(); }
    void reportsTheStatus();
    void answersBelongToTheirRequests();
    void passesOnEvents();
    void brokenConnectionFinishesAllRequests();
    void missingSocketIsGone();
    void toleratesAnyMessage();
    void dropsAPeerThatNeverEndsItsLine();
    void framesLinesHoweverTheyArrive();
    void findsGuestsThatStartAndEnd();
    void passesOverLeftOverFolders();

private:
    [[nodiscard]] QString root() const { return m_folder->path(); }
    std::unique_ptr<QTemporaryDir> m_folder;
};

void GuestConnectionTest::reportsTheStatus()
{
    FakeGuest guest(root(), Id, u"One"_s);
    GuestConnection connection(root() + u'/' + Id);
    QTRY_VERIFY(connection.hasStatus());
    QCOMPARE(connection.link(), GuestConnection::Link::Connected);
    QCOMPARE(connection.status().state, u"running"_s);
    QCOMPARE(connection.status().cpuCount, 2U);
    QCOMPARE(connection.status().memoryBytes, std::uint64_t{1} << 30);
    QCOMPARE(connection.status().displaySize, QSize(720, 400));
    QVERIFY(connection.status().statistics.cpuSeconds > 0);
    QVERIFY(guest.requests.contains("subscribe"_L1));
    connection.setStatusInterval(std::chrono::milliseconds(10));
    const double before = connection.status().statistics.cpuSeconds;
    QTRY_VERIFY(connection.status().statistics.cpuSeconds > before + 1);
}

void GuestConnectionTest::answersBelongToTheirRequests()
{
    FakeGuest guest(root(), Id, u"One"_s);
    GuestConnection connection(root() + u'/' + Id);
    QTRY_COMPARE(connection.link(), GuestConnection::Link::Connected);
    const auto log = connection.request(u"log"_s);
    const auto bad = connection.request(u"nonsense"_s);
    const auto keys = connection.request(u"keys"_s, {{"keys"_L1, u"ctrl-alt-delete"_s}});
    QVERIFY(waitFor(log)->contains("entries"_L1));
    const ControlReply refusal = waitFor(bad);
    QVERIFY(!refusal);
    QCOMPARE(refusal.error().code, u"unsupported"_s);
    QCOMPARE(refusal.error().message, u"No such verb."_s);
    QVERIFY(waitFor(keys).has_value());
    QCOMPARE(guest.lastRequest.value("keys"_L1).toString(), u"ctrl-alt-delete"_s);
}

void GuestConnectionTest::passesOnEvents()
{
    FakeGuest guest(root(), Id, u"One"_s);
    GuestConnection connection(root() + u'/' + Id);
    QTRY_VERIFY(connection.hasStatus());
    QSignalSpy logged(&connection, &GuestConnection::logged);
    QSignalSpy milestones(&connection, &GuestConnection::milestoneReached);
    QSignalSpy problems(&connection, &GuestConnection::problemReported);
    guest.sendEvent({{"event"_L1, u"log"_s}, {"text"_L1, u"hello"_s}});
    guest.sendEvent({{"event"_L1, u"milestone"_s}, {"name"_L1, u"no-boot-device"_s}, {"milliseconds"_L1, 5}});
    guest.sendEvent({{"event"_L1, u"problem"_s}, {"code"_L1, u"no-space"_s}, {"message"_L1, u"full"_s}});
    guest.sendEvent({{"event"_L1, u"from a later version"_s}});
    guest.setState(u"paused"_s);
    QTRY_COMPARE(connection.status().state, u"paused"_s);
    QCOMPARE(logged.count(), 1);
    QCOMPARE(logged[0][0].value<GuestLogLine>().text, u"hello"_s);
    QCOMPARE(milestones[0][0].value<GuestMilestone>().name, u"no-boot-device"_s);
    QCOMPARE(problems[0][0].toString(), u"no-space"_s);
}

void GuestConnectionTest::brokenConnectionFinishesAllRequests()
{
    FakeGuest guest(root(), Id, u"One"_s);
    GuestConnection connection(root() + u'/' + Id);
    QTRY_VERIFY(connection.hasStatus());
    guest.answers = false;
    const auto unanswered = connection.request(u"pause"_s);
    QTRY_VERIFY(guest.requests.contains("pause"_L1));
    QVERIFY(!unanswered.isFinished());
    guest.stop();
    const ControlReply reply = waitFor(unanswered);
    QVERIFY(!reply);
    QCOMPARE(reply.error().code, u"gone"_s);
    QCOMPARE(connection.link(), GuestConnection::Link::Gone);
    QCOMPARE(waitFor(connection.request(u"status"_s)).error().code, u"gone"_s);
}

void GuestConnectionTest::missingSocketIsGone()
{
    GuestConnection connection(root() + "/nothing"_L1);
    QSignalSpy changes(&connection, &GuestConnection::linkChanged);
    QTRY_COMPARE(connection.link(), GuestConnection::Link::Gone);
    QCOMPARE(changes.count(), 1);
}

void GuestConnectionTest::toleratesAnyMessage()
{
    FakeGuest guest(root(), Id, u"One"_s);
    GuestConnection connection(root() + u'/' + Id);
    QTRY_VERIFY(connection.hasStatus());
    guest.sendRaw(
        "\n\n{\n[]\n{\"id\": \"x\"}\n{\"id\": 99999}\n{\"id\": -1e300, \"ok\": true}\n"
        "{\"event\": 5}\n{\"event\": \"state\"}\n{\"event\": \"milestone\", \"milliseconds\": -1e99}\n"
        "\xff\xfe\n");
    QVERIFY(waitFor(connection.request(u"log"_s)).has_value());
    QCOMPARE(parseStatus({{"cpus"_L1, -5}, {"memoryBytes"_L1, 1e300}, {"display"_L1, 3}}).cpuCount, 0U);
}

void GuestConnectionTest::dropsAPeerThatNeverEndsItsLine()
{
    FakeGuest guest(root(), Id, u"One"_s);
    GuestConnection connection(root() + u'/' + Id);
    QTRY_VERIFY(connection.hasStatus());
    guest.sendRaw(QByteArray(LineFramer::LongestLine + 100, 'x'));
    QTRY_COMPARE(connection.link(), GuestConnection::Link::Gone);
}

void GuestConnectionTest::framesLinesHoweverTheyArrive()
{
    const QByteArray stream("one\n\ntwo\nthree");
    for (qsizetype cut = 0; cut <= stream.size(); ++cut) {
        LineFramer framer;
        QList<QByteArray> lines = framer.feed(stream.left(cut));
        lines += framer.feed(stream.mid(cut));
        lines += framer.feed("\n");
        QCOMPARE(lines, (QList<QByteArray>{"one", "", "two", "three"}));
    }
}

void GuestConnectionTest::findsGuestsThatStartAndEnd()
{
    FakeGuest early(root(), Id, u"One"_s);
    RunningGuests running(root());
    QTRY_VERIFY(running.connection(Id));
    const QString secondId = u"11111111-8f30-4a4e-9a5e-0123456789ab"_s;
    FakeGuest late(root(), secondId, u"Two"_s);
    QTRY_COMPARE(running.guestIds().size(), 2);
    QSignalSpy gone(&running, &RunningGuests::disappeared);
    early.stop();
    QTRY_COMPARE(gone.count(), 1);
    QCOMPARE(gone[0][0].toString(), Id);
    QCOMPARE(running.guestIds(), QStringList{secondId});
    FakeGuest again(root(), Id, u"One"_s);
    QTRY_VERIFY(running.connection(Id));
}

void GuestConnectionTest::passesOverLeftOverFolders()
{
    QDir(root()).mkpath(Id);
    QFile leftOver(root() + u'/' + Id + "/control.sock"_L1);
    QVERIFY(leftOver.open(QIODevice::WriteOnly));
    QDir(root()).mkpath(u"not a guest"_s);
    RunningGuests running(root());
    QSignalSpy appeared(&running, &RunningGuests::appeared);
    QTest::qWait(200);
    QCOMPARE(appeared.count(), 0);
}

QTEST_GUILESS_MAIN(GuestConnectionTest)
#include "guest_connection_test.moc"

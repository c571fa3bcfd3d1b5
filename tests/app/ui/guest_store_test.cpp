// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/ui/ui_fixture.h"

#include <QFile>
#include <QSignalSpy>

using namespace app;
using namespace Qt::StringLiterals;

class GuestStoreTest final : public QObject {
    Q_OBJECT
private slots:
    void init() { f = std::make_unique<UiFixture>(); }
    void cleanup() { f.reset(); }
    void followsAGuestThroughItsLife();
    void failedStartIsReportedAndCanBeTriedAgain();
    void guestThatDiesLeavesTheOthersAlone();
    void showsGuestsOfOtherProcesses();
    void showsDamagedGuestsAndTheirRepair();
    void noticesGuestsThatAreAddedByHand();
    void createsFromADraft();
    void deleteAndRestore();
    void tenGuestsAtOnce();

private:
    std::unique_ptr<UiFixture> f;
};

void GuestStoreTest::followsAGuestThroughItsLife()
{
    f->addGuest("One");
    QVERIFY(f->load());
    QCOMPARE(f->stateOf(u"One"_s), GuestState::Off);
    const QString id = f->guest(u"One"_s)->id;
    QSignalSpy ended(f->store.get(), &GuestStore::ended);
    f->store->start(id);
    QCOMPARE(f->stateOf(u"One"_s), GuestState::Starting);
    QTRY_COMPARE(f->stateOf(u"One"_s), GuestState::Running);
    f->store->pause(id);
    QTRY_COMPARE(f->stateOf(u"One"_s), GuestState::Paused);
    f->store->resume(id);
    QTRY_COMPARE(f->stateOf(u"One"_s), GuestState::Running);
    f->running(u"One"_s)->obeysShutdown = false;
    f->store->requestShutdown(id);
    QTRY_COMPARE(f->stateOf(u"One"_s), GuestState::Stopping);
    f->store->kill(id);
    QTRY_COMPARE(f->stateOf(u"One"_s), GuestState::Off);
    QCOMPARE(ended.count(), 1);
    QCOMPARE(f->store->aliveCount(), std::size_t{0});
}

void GuestStoreTest::failedStartIsReportedAndCanBeTriedAgain()
{
    f->addGuest("One");
    QVERIFY(f->load());
    f->launcher.failure = engine::Error{engine::ErrorCode::Denied, 0, "no access to /dev/kvm", {}};
    QSignalSpy failed(f->store.get(), &GuestStore::failed);
    const QString id = f->guest(u"One"_s)->id;
    f->store->start(id);
    QTRY_COMPARE(f->stateOf(u"One"_s), GuestState::Failed);
    QCOMPARE(failed.count(), 1);
    QVERIFY(failed[0][1].toString().contains(u"no access to /dev/kvm"_s));
    f->launcher.failure.reset();
    f->store->start(id);
    QTRY_COMPARE(f->stateOf(u"One"_s), GuestState::Running);
}

void GuestStoreTest::guestThatDiesLeavesTheOthersAlone()
{
    f->addGuest("One");
    f->addGuest("Two");
    QVERIFY(f->load());
    f->store->start(f->guest(u"One"_s)->id);
    f->store->start(f->guest(u"Two"_s)->id);
    QTRY_COMPARE(f->stateOf(u"One"_s), GuestState::Running);
    QTRY_COMPARE(f->stateOf(u"Two"_s), GuestState::Running);
    FakeGuest* dying = f->running(u"One"_s);
    dying->extraStatus = {{"failure"_L1, u"Triple fault."_s}};
    dying->setState(u"failed"_s);
    QTRY_COMPARE(f->stateOf(u"One"_s), GuestState::Failed);
    QTRY_COMPARE(f->guest(u"One"_s)->failure, u"Triple fault."_s);
    dying->stop();
    QTRY_VERIFY(!f->guest(u"One"_s)->connection);
    QCOMPARE(f->stateOf(u"One"_s), GuestState::Failed);
    QCOMPARE(f->stateOf(u"Two"_s), GuestState::Running);
}

void GuestStoreTest::showsGuestsOfOtherProcesses()
{
    QVERIFY(f->load());
    FakeGuest other(f->runtimeRoot(), u"11111111-8f30-4a4e-9a5e-0123456789ab"_s, u"From a shell"_s);
    QTRY_VERIFY(f->guest(u"From a shell"_s));
    QVERIFY(!f->guest(u"From a shell"_s)->isStored);
    QTRY_COMPARE(f->stateOf(u"From a shell"_s), GuestState::Running);
    f->store->rescan();
    QTest::qWait(300);
    QVERIFY2(f->guest(u"From a shell"_s), "a look at the library must not lose it");
    other.stop();
    QTRY_VERIFY(f->store->items().empty());
}

void GuestStoreTest::showsDamagedGuestsAndTheirRepair()
{
    const GuestEntry entry = f->addGuest("One");
    const QString path = QString::fromStdString((entry.folder / "guest.json").string());
    QFile file(path);
    QVERIFY(file.open(QIODevice::ReadOnly));
    const QByteArray good = file.readAll();
    file.close();
    const auto write = [&](const QByteArray& contents) {
        QFile out(path + ".tmp"_L1);
        QVERIFY(out.open(QIODevice::WriteOnly));
        out.write(contents);
        out.close();
        QFile::remove(path);
        QVERIFY(QFile::rename(out.fileName(), path));
    };
    write(good.left(good.size() / 2));
    QVERIFY(f->load());
    QCOMPARE(f->stateOf(u"One"_s), GuestState::Damaged);
    QVERIFY(!f->guest(u"One"_s)->failure.isEmpty());
    f->store->start(f->guest(u"One"_s)->id);
    QCOMPARE(f->stateOf(u"One"_s), GuestState::Damaged);
    write(good);
    QTRY_COMPARE(f->stateOf(u"One"_s), GuestState::Off);
}

void GuestStoreTest::noticesGuestsThatAreAddedByHand()
{
    QVERIFY(f->load());
    QVERIFY(f->store->items().empty());
    f->addGuest("New");
    QTRY_VERIFY(f->guest(u"New"_s));
}

void GuestStoreTest::createsFromADraft()
{
    QVERIFY(f->load());
    NewGuest draft;
    draft.config.name = "Made";
    draft.config.disks = {{.path = "disks/system.qcow2"}};
    draft.diskBytes = 10 << 20;
    const auto made = f->store->create(draft, std::make_shared<LibraryJob>());
    QTRY_VERIFY(made.isFinished());
    QVERIFY2(made.result().has_value(), made.result() ? "" : made.result().error().message().c_str());
    QTRY_VERIFY(f->guest(u"Made"_s));
    QCOMPARE(std::filesystem::file_size(f->guest(u"Made"_s)->entry.guest.config.disks[0].path),
             std::uintmax_t{10 << 20});
    const auto again = f->store->create(draft, std::make_shared<LibraryJob>());
    QTRY_VERIFY(again.isFinished());
    QVERIFY(again.result().error().code == engine::ErrorCode::Overlap);
}

void GuestStoreTest::deleteAndRestore()
{
    f->addGuest("One");
    QVERIFY(f->load());
    const auto trashed = f->store->moveToTrash(f->guest(u"One"_s)->id);
    QTRY_VERIFY(trashed.isFinished());
    QVERIFY(trashed.result().has_value());
    QTRY_VERIFY(f->store->items().empty());
    f->store->restore(*trashed.result());
    QTRY_VERIFY(f->guest(u"One"_s));
}

void GuestStoreTest::tenGuestsAtOnce()
{
    for (int i = 0; i < 10; ++i)
        f->addGuest("Guest " + std::to_string(i));
    QVERIFY(f->load());
    for (const GuestItem& item : f->store->items())
        f->store->start(item.id);
    QTRY_COMPARE_WITH_TIMEOUT(std::ranges::count(f->store->items(), GuestState::Running, &GuestItem::state),
                              10, 20000);
    QTRY_VERIFY_WITH_TIMEOUT(std::ranges::all_of(f->store->items(), &GuestItem::isAlive), 20000);
}

QTEST_MAIN(GuestStoreTest)
#include "guest_store_test.moc"

// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/ui/ui_fixture.h"
#include "ui/detail/boot_coach.h"
#include "ui/detail/console_page.h"
#include "ui/detail/graph_widget.h"
#include "ui/detail/log_page.h"
#include "ui/detail/overview_page.h"
#include "ui/window/command_palette.h"
#include "ui/window/host_check_page.h"
#include "ui/window/job_bar.h"

#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QPushButton>
#include <QSignalSpy>
#include <QTreeWidget>

using namespace app;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

class DetailPagesTest final : public QObject {
    Q_OBJECT
private slots:
    void initTestCase() { QLocale::setDefault(QLocale::C); }
    void init()
    {
        f = std::make_unique<UiFixture>();
        f->addGuest("One");
        QVERIFY(f->load());
        id = f->guest(u"One"_s)->id;
    }
    void cleanup() { f.reset(); }
    void overviewShowsFactsAndLiveGraphs();
    void graphKeepsTheLastTwoMinutes();
    void consoleComesAndGoesWithTheGuest();
    void logIsFilledAndFollows();
    void coachExplainsAndOffersOneThing();
    void hostCheckNamesTheStepAndItsCommand();
    void paletteFindsByAFewLetters();
    void timeLeftIsRounded();

private:
    void startGuest()
    {
        f->store->start(id);
        QTRY_COMPARE(f->stateOf(u"One"_s), GuestState::Running);
    }
    std::unique_ptr<UiFixture> f;
    QString id;
};

void DetailPagesTest::overviewShowsFactsAndLiveGraphs()
{
    OverviewPage page(*f->store);
    page.setGuest(id);
    page.show();
    bool saysMemory = false;
    for (const QLabel* label : page.findChildren<QLabel*>())
        saysMemory = saysMemory || label->text().contains(u"1\u00A0GiB"_s);
    QVERIFY(saysMemory);
    auto* graph = page.findChild<GraphWidget*>();
    QVERIFY(!graph->isVisible());
    startGuest();
    QTRY_VERIFY(graph->isVisible());
    QTRY_VERIFY_WITH_TIMEOUT(graph->sampleCount() > 1, 15000);
    QVERIFY(!page.grab().isNull());
}

void DetailPagesTest::graphKeepsTheLastTwoMinutes()
{
    GraphWidget graph(u"x"_s, Qt::red, 1);
    for (int i = 0; i < 500; ++i)
        graph.add(i % 7 / 3.0 - 0.5, QString::number(i));
    QCOMPARE(graph.sampleCount(), GraphWidget::Capacity);
    graph.resize(200, 80);
    QVERIFY(!graph.grab().isNull());
}

void DetailPagesTest::consoleComesAndGoesWithTheGuest()
{
    QStringList sockets;
    ConsolePage page(*f->store, [&](const QString& path, QWidget* parent) {
        sockets << path;
        return MadeConsole{.widget = new QWidget(parent)};
    });
    page.setGuest(id);
    QVERIFY(!page.console());
    startGuest();
    QVERIFY2(!page.console(), "no RFB socket, no screen");
    QFile socket(f->guest(u"One"_s)->connection->rfbSocketPath());
    QVERIFY(socket.open(QIODevice::WriteOnly));
    f->running(u"One"_s)->setState(u"running"_s);
    QTRY_VERIFY(page.console());
    QCOMPARE(sockets, QStringList{socket.fileName()});
    f->store->kill(id);
    QTRY_VERIFY(!page.console());
}

void DetailPagesTest::logIsFilledAndFollows()
{
    LogPage page(*f->store);
    page.setGuest(id);
    startGuest();
    const auto tables = page.findChildren<QTreeWidget*>();
    QCOMPARE(tables.size(), 2);
    const bool logIsFirst = tables[0]->accessibleName().startsWith(u"Log"_s);
    const QTreeWidget* log = tables[logIsFirst ? 0 : 1];
    QTRY_COMPARE(tables[logIsFirst ? 1 : 0]->topLevelItemCount(), 1);
    QTRY_COMPARE(log->topLevelItemCount(), 1);
    QCOMPARE(log->topLevelItem(0)->text(0).size(), qsizetype{12}); // hours to milliseconds
    f->running(u"One"_s)->sendEvent({{"event"_L1, u"log"_s}, {"level"_L1, u"error"_s}, {"text"_L1, u"oh"_s}});
    QTRY_COMPARE(log->topLevelItemCount(), 2);
    QCOMPARE(log->topLevelItem(1)->text(2), u"oh"_s);
}

void DetailPagesTest::coachExplainsAndOffersOneThing()
{
    GuestItem guest = *f->guest(u"One"_s);
    const auto advice = [&](const QString& name) {
        return adviceFor({.milliseconds = 90000, .name = name, .detail = {}}, guest);
    };
    QCOMPARE(advice(u"no-boot-device"_s)->action, CoachAction::ChooseMedium);
    const QString emptyDisk = advice(u"no-boot-device"_s)->text;
    guest.entry.guest.config.cds[0].path = "/x.iso";
    QVERIFY(advice(u"no-boot-device"_s)->text != emptyDisk);
    QCOMPARE(advice(u"bios-only-medium"_s)->action, CoachAction::UseBios);
    QCOMPARE(advice(u"reset"_s)->action, CoachAction::EjectCd);
    QVERIFY(!adviceFor({.milliseconds = 100, .name = u"reset"_s, .detail = {}}, guest));
    QVERIFY(!advice(u"firmware"_s));
    QVERIFY(!advice(u"anything else"_s));
    QVERIFY(!adviceForState(guest));
    guest.state = GuestState::Failed;
    guest.failure = u"why"_s;
    QVERIFY(adviceForState(guest)->text.contains(u"why"_s));
    for (const QString& name : {u"triple-fault"_s, u"halted"_s, u"disk-full"_s, u"uefi-only-medium"_s}) {
        QVERIFY2(advice(name)->text.endsWith(u'.'), qPrintable(name));
        QVERIFY(!advice(name)->button.isEmpty());
    }
}

void DetailPagesTest::hostCheckNamesTheStepAndItsCommand()
{
    f->hostCheck.steps = {
        {.name = "Find /dev/kvm", .isOk = true, .problem = {}, .remedy = {}},
        {.name = "Open /dev/kvm", .isOk = false, .problem = "Forbidden.", .remedy = "sudo do it"}};
    HostCheckPage page(f->hostCheck);
    QSignalSpy checked(&page, &HostCheckPage::checked);
    page.show();
    page.check();
    QTRY_COMPARE(checked.count(), 1);
    QCOMPARE(checked[0][0].toBool(), false);
    QCOMPARE(page.findChild<QLineEdit*>()->text(), u"sudo do it"_s);
    f->hostCheck.steps[1].isOk = true;
    QTest::mouseClick(page.findChild<QPushButton*>(u"checkAgain"_s), Qt::LeftButton);
    QTRY_COMPARE(checked.count(), 2);
    QCOMPARE(checked[1][0].toBool(), true);
    QVERIFY(!page.findChild<QLineEdit*>());
}

void DetailPagesTest::paletteFindsByAFewLetters()
{
    QVERIFY(CommandPalette::matches(u"sd"_s, u"Shut down"_s));
    QVERIFY(!CommandPalette::matches(u"ds"_s, u"Shut down"_s));
    QVERIFY(CommandPalette::matches(u""_s, u"x"_s));
    QWidget window;
    window.show();
    auto* palette = new CommandPalette(&window);
    QString ran;
    palette->addEntry({u"Shut down"_s, {}, {}, [&] { ran = u"shut"_s; }});
    palette->addEntry({u"Start"_s, {}, {}, [&] { ran = u"start"_s; }});
    palette->show();
    auto* input = palette->findChild<QLineEdit*>();
    QTest::keyClicks(input, u"st"_s);
    QCOMPARE(palette->findChild<QListWidget*>()->item(0)->text(), u"Start"_s);
    QTest::keyClick(input, Qt::Key_Return);
    QCOMPARE(ran, u"start"_s);
}

void DetailPagesTest::timeLeftIsRounded()
{
    QCOMPARE(timeLeftText(0, 100, 5s), QString());
    QCOMPARE(timeLeftText(100, 100, 5s), QString());
    QVERIFY(timeLeftText(50, 100, 10s).contains(u"11"_s));
    QVERIFY(timeLeftText(1, 100, 10s).contains(u"17"_s));
}

QTEST_MAIN(DetailPagesTest)
#include "detail_pages_test.moc"

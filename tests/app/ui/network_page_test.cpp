// SPDX-License-Identifier: GPL-3.0-or-later
// The network page, used as a person uses it: clicks, keys, and what the guest was asked to do.
#include "app/ui/ui_fixture.h"
#include "ui/network/forward_panel.h"
#include "ui/network/line_panel.h"
#include "ui/network/network_page.h"
#include "ui/window/message_bar.h"

#include <QCheckBox>
#include <QClipboard>
#include <QComboBox>
#include <QGuiApplication>
#include <QJsonArray>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QPushButton>
#include <QSlider>
#include <QSpinBox>
#include <QTabWidget>
#include <QTreeWidget>

using namespace app;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

QJsonObject connection(int id, const QString& state)
{
    return {{"id"_L1, id},
            {"protocol"_L1, u"TCP"_s},
            {"state"_L1, state},
            {"startedBy"_L1, u"guest"_s},
            {"guestPort"_L1, 40000},
            {"peerAddress"_L1, u"192.0.2.1"_s},
            {"peerPort"_L1, 443},
            {"peerName"_L1, u"www.example.org"_s},
            {"bytesFromGuest"_L1, 1000},
            {"bytesToGuest"_L1, 2000000}};
}

QJsonObject view(const QJsonObject& more = {})
{
    QJsonObject view{{"place"_L1, u"user"_s},
                     {"linkUp"_L1, true},
                     {"addresses"_L1, QJsonArray{u"10.0.2.15"_s, u"fe80::1"_s}},
                     {"connections"_L1, QJsonArray{connection(7, u"open"_s), connection(8, u"closed"_s)}},
                     {"names"_L1, QJsonArray{QJsonObject{{"name"_L1, u"www.example.org"_s}}}}};
    for (auto entry = more.begin(); entry != more.end(); ++entry)
        view.insert(entry.key(), entry.value());
    return {{"ok"_L1, true}, {"view"_L1, view}};
}

} // namespace

class NetworkPageTest final : public QObject {
    Q_OBJECT
private slots:
    void initTestCase() { QLocale::setDefault(QLocale::C); }
    void init()
    {
        f = std::make_unique<UiFixture>();
        f->addGuest("One");
        QVERIFY(f->load());
        id = f->guest(u"One"_s)->id;
        page = std::make_unique<NetworkPage>(*f->store);
        page->setGuest(id);
        page->resize(900, 600);
        page->show();
        f->store->start(id);
        QTRY_COMPARE(f->stateOf(u"One"_s), GuestState::Running);
        guest = f->running(u"One"_s);
        answer(view());
    }
    void cleanup()
    {
        page.reset();
        f.reset();
    }
    void showsAddressConnectionsAndNames();
    void cutsAndBlocks();
    void forwardsAPortInTwoClicks();
    void explainsABusyAndAPrivilegedPort();
    void offersToForwardWhatTheGuestListensOn();
    void slidersShapeTheLine();
    void recordsFrames();
    void changesThePlaceAndPullsTheCable();
    void everyControlHasAName();
    void hostileAnswersDoNoHarm();

private:
    template <class Widget>
    Widget* find(const QString& name)
    {
        return page->findChild<Widget*>(name);
    }
    void answer(const QJsonObject& reply) { guest->prepared.insert(u"network"_s, reply); }
    QJsonObject asked(const QString& verb) { return guest->latest.value(verb); }
    void click(const QString& name) { QTest::mouseClick(find<QPushButton>(name), Qt::LeftButton); }
    void openTab(int index) { find<QTabWidget>(u"networkTabs"_s)->setCurrentIndex(index); }
    bool shows(const QString& part)
    {
        for (const MessageBar* bar : page->findChildren<MessageBar*>()) {
            if (bar->isVisible() && bar->text().contains(part))
                return true;
        }
        return false;
    }

    std::unique_ptr<UiFixture> f;
    std::unique_ptr<NetworkPage> page;
    FakeGuest* guest = nullptr;
    QString id;
};

void NetworkPageTest::showsAddressConnectionsAndNames()
{
    auto* table = find<QTreeWidget>(u"connections"_s);
    QTRY_COMPARE(table->topLevelItemCount(), 2);
    QCOMPARE(table->topLevelItem(0)->text(1), u"to www.example.org (192.0.2.1)"_s);
    QCOMPARE(table->topLevelItem(0)->text(2), u"443"_s);
    QCOMPARE(table->topLevelItem(0)->text(3), u"open"_s);
    QCOMPARE(find<QLabel>(u"guestAddress"_s)->text(), u"10.0.2.15, fe80::1"_s);
    click(u"copyAddress"_s);
    QCOMPARE(QGuiApplication::clipboard()->text(), u"10.0.2.15"_s);
    QTRY_VERIFY(guest->requests.contains(u"network-probe"_s));
    answer(view({{"connections"_L1, QJsonArray{}}}));
    QTRY_COMPARE(table->topLevelItemCount(), 0);
}

void NetworkPageTest::cutsAndBlocks()
{
    auto* table = find<QTreeWidget>(u"connections"_s);
    QTRY_COMPARE(table->topLevelItemCount(), 2);
    QVERIFY(!find<QPushButton>(u"cut"_s)->isEnabled());
    table->setCurrentItem(table->topLevelItem(1));
    QVERIFY2(!find<QPushButton>(u"cut"_s)->isEnabled(), "it has ended already");
    table->setCurrentItem(table->topLevelItem(0));
    click(u"cut"_s);
    QTRY_COMPARE(asked(u"connection-cut"_s).value("connection"_L1).toInt(), 7);
    click(u"block"_s);
    QTRY_COMPARE(asked(u"network-block"_s).value("peer"_L1).toString(), u"192.0.2.1:443"_s);
    answer(view({{"blocked"_L1, QJsonArray{u"192.0.2.1:443"_s}}}));
    openTab(3);
    auto* blocked = find<QListWidget>(u"blocked"_s);
    QTRY_COMPARE(blocked->count(), 1);
    blocked->setCurrentRow(0);
    click(u"unblock"_s);
    QTRY_COMPARE(asked(u"network-unblock"_s).value("peer"_L1).toString(), u"192.0.2.1:443"_s);
}

void NetworkPageTest::forwardsAPortInTwoClicks()
{
    openTab(0);
    click(u"addForward"_s); // the proposal, ssh, as it stands
    QTRY_COMPARE(asked(u"forward-add"_s).value("rule"_L1).toString(), u"tcp:2222:22"_s);
    answer(view({{"forwards"_L1, QJsonArray{u"tcp:2222:22"_s}}}));
    auto* list = find<QListWidget>(u"forwards"_s);
    QTRY_COMPARE(list->count(), 1);
    list->setCurrentRow(0);
    click(u"removeForward"_s);
    QTRY_COMPARE(asked(u"forward-remove"_s).value("rule"_L1).toString(), u"tcp:2222:22"_s);
}

void NetworkPageTest::explainsABusyAndAPrivilegedPort()
{
    const auto refusal = [](const QString& code) {
        return QJsonObject{{"ok"_L1, false},
                           {"error"_L1, QJsonObject{{"code"_L1, code}, {"message"_L1, u"raw"_s}}}};
    };
    guest->prepared.insert(u"forward-add"_s, refusal(u"busy"_s));
    click(u"addForward"_s);
    QTRY_VERIFY(shows(u"cannot listen on port 2222 of this computer: another program uses it"_s));
    QVERIFY(shows(u"Choose another port"_s));
    guest->prepared.insert(u"forward-add"_s, refusal(u"denied"_s));
    find<QSpinBox>(u"hostPort"_s)->setValue(80);
    click(u"addForward"_s);
    QTRY_VERIFY(shows(u"ports below 1024 belong to its administrator"_s));
    QVERIFY(shows(u"8080"_s));
}

void NetworkPageTest::offersToForwardWhatTheGuestListensOn()
{
    answer(view({{"listening"_L1, QJsonArray{22, 80}}, {"forwards"_L1, QJsonArray{u"tcp:2222:22"_s}}}));
    QTRY_VERIFY(shows(u"The guest listens on port 80. Lead port 8080 of this computer there?"_s));
    QPushButton* accept = nullptr;
    for (QPushButton* button : page->findChildren<QPushButton*>()) {
        if (button->isVisible() && button->text() == u"Forward"_s)
            accept = button;
    }
    QVERIFY(accept);
    QTest::mouseClick(accept, Qt::LeftButton);
    QTRY_COMPARE(asked(u"forward-add"_s).value("rule"_L1).toString(), u"tcp:8080:80"_s);
    QVERIFY(!shows(u"The guest listens"_s));
    QCOMPARE(ForwardPanel::proposedHostPort(22), 2222);
    QCOMPARE(ForwardPanel::proposedHostPort(3000), 3000);
    QCOMPARE(ForwardPanel::proposedHostPort(443), 8443);
}

void NetworkPageTest::slidersShapeTheLine()
{
    openTab(1);
    auto* delay = find<QSlider>(u"delaySlider"_s);
    QTRY_VERIFY(find<QPushButton>(u"copyAddress"_s)->isEnabled()); // the guest has answered
    delay->setFocus();
    QTest::keyClick(delay, Qt::Key_Right);
    QTest::keyClick(delay, Qt::Key_Right);
    QCOMPARE(delay->accessibleDescription(), u"20 ms"_s);
    QTRY_COMPARE(asked(u"network-shape"_s).value("delayMilliseconds"_L1).toInt(), 20);
    QCOMPARE(asked(u"network-shape"_s).value("downBitsPerSecond"_L1).toInt(), 0);
    find<QSlider>(u"downSlider"_s)->setValue(LinePanel::positionOf(1'000'000));
    find<QSlider>(u"lossSlider"_s)->setValue(3);
    QTRY_COMPARE(asked(u"network-shape"_s).value("downBitsPerSecond"_L1).toInt(), 1'000'000);
    QCOMPARE(asked(u"network-shape"_s).value("lossPercent"_L1).toDouble(), 1.5);
    click(u"goodLine"_s);
    QTRY_COMPARE(asked(u"network-shape"_s).value("delayMilliseconds"_L1).toInt(), 0);
    for (int position = 0; position <= LinePanel::UnlimitedPosition; ++position)
        QCOMPARE(LinePanel::positionOf(LinePanel::bitsAt(position)), position);
}

void NetworkPageTest::recordsFrames()
{
    openTab(1);
    click(u"capture"_s);
    QTRY_VERIFY(asked(u"network-capture"_s).value("path"_L1).toString().endsWith(u".pcapng"_s));
    answer(view({{"captureFile"_L1, u"/somewhere/guest.pcapng"_s}}));
    auto* button = find<QPushButton>(u"capture"_s);
    QTRY_COMPARE(button->text().remove(u'&'), u"Stop recording"_s);
    click(u"capture"_s);
    QTRY_COMPARE(asked(u"network-capture"_s).value("path"_L1).toString(), QString());
}

void NetworkPageTest::changesThePlaceAndPullsTheCable()
{
    auto* place = find<QComboBox>(u"place"_s);
    auto* now = find<QPushButton>(u"connectNow"_s);
    QTRY_VERIFY(!find<QLabel>(u"guestAddress"_s)->text().startsWith(u"none"_s));
    QVERIFY2(!now->isVisible(), "nothing has been changed");
    place->setCurrentIndex(place->findData(u"internal:"_s));
    QVERIFY(now->isVisible());
    QVERIFY2(!now->isEnabled(), "a network between guests needs a name");
    QTest::keyClicks(find<QLineEdit>(u"placeName"_s), u"lab"_s);
    QTest::mouseClick(now, Qt::LeftButton);
    QTRY_COMPARE(asked(u"network-place"_s).value("place"_L1).toString(), u"internal:lab"_s);
    answer(view({{"place"_L1, u"internal:lab"_s}, {"linkUp"_L1, false}}));
    QTRY_VERIFY(!now->isVisible());
    auto* cable = find<QCheckBox>(u"cable"_s);
    QTRY_VERIFY(!cable->isChecked());
    cable->click();
    QTRY_COMPARE(asked(u"network-link"_s).value("up"_L1).toBool(), true);
}

void NetworkPageTest::everyControlHasAName()
{
    for (const QWidget* widget : page->findChildren<QWidget*>()) {
        if (widget->focusPolicy() == Qt::NoFocus || widget->inherits("QTabBar")
            || qobject_cast<MessageBar*>(widget->parentWidget())
            || widget->inherits("QAbstractItemView") != widget->inherits("QTreeWidget"))
            continue;
        const auto* button = qobject_cast<const QAbstractButton*>(widget);
        QVERIFY2(!widget->accessibleName().isEmpty() || (button && !button->text().isEmpty())
                     || !widget->parentWidget()->accessibleName().isEmpty()
                     || qobject_cast<const QLabel*>(widget) || (button && !button->toolTip().isEmpty()),
                 qPrintable(u"%1 %2"_s.arg(QLatin1StringView(widget->metaObject()->className()),
                                           widget->objectName())));
    }
}

void NetworkPageTest::hostileAnswersDoNoHarm()
{
    QJsonArray many;
    for (int i = 0; i < 10000; ++i)
        many.append(QJsonObject{{"id"_L1, -5.5}, {"peerPort"_L1, 1e300}, {"protocol"_L1, QJsonArray{}}});
    const NetworkStatus status = parseNetworkStatus({{"connections"_L1, many},
                                                     {"listening"_L1, QJsonArray{-1, 1e9, u"x"_s}},
                                                     {"shaping"_L1, QJsonObject{{"lossPercent"_L1, 1e9}}},
                                                     {"peers"_L1, u"many"_s}});
    QCOMPARE(status.connections.size(), 4096);
    QCOMPARE(status.connections[0].peerPort, 65535);
    QCOMPARE(status.listening, (QList<int>{0, 65535, 0}));
    QCOMPARE(status.lossPercent, 100.0);
    answer({{"ok"_L1, true}, {"view"_L1, QJsonArray{1, 2}}});
    QTRY_COMPARE(find<QTreeWidget>(u"connections"_s)->topLevelItemCount(), 0);
}

QTEST_MAIN(NetworkPageTest)
#include "network_page_test.moc"

// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/ui/ui_fixture.h"
#include "ui/guest_list/guest_list_panel.h"

#include <QAbstractItemModelTester>
#include <QLineEdit>
#include <QListView>
#include <QMimeData>
#include <QSignalSpy>

using namespace app;
using namespace Qt::StringLiterals;

class GuestListModelTest final : public QObject {
    Q_OBJECT
private slots:
    void init() { f = std::make_unique<UiFixture>(); }
    void cleanup() { f.reset(); }
    void obeysTheRulesOfModels();
    void sortsFavouritesGroupsAndTheRest();
    void searches();
    void keepsTheSelectionWhenTheListChanges();
    void draggingChangesOrderAndGroup();
    void paintsEveryState();

private:
    static QStringList names(const GuestFilterModel& filter)
    {
        QStringList names;
        for (int row = 0; row < filter.rowCount(); ++row)
            names << filter.index(row, 0).data().toString();
        return names;
    }
    std::unique_ptr<UiFixture> f;
};

void GuestListModelTest::obeysTheRulesOfModels()
{
    f->addGuest("One");
    QVERIFY(f->load());
    GuestListModel model(*f->store);
    GuestFilterModel filter(*f->store);
    filter.setSourceModel(&model);
    const QAbstractItemModelTester modelRules(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
    const QAbstractItemModelTester filterRules(&filter,
                                               QAbstractItemModelTester::FailureReportingMode::QtTest);
    f->addGuest("Two", "Group");
    QTRY_COMPARE(filter.rowCount(), 2);
    f->store->start(f->guest(u"One"_s)->id);
    QTRY_COMPARE(f->stateOf(u"One"_s), GuestState::Running);
    filter.setSearch(u"Two"_s);
    QCOMPARE(filter.rowCount(), 1);
    filter.setSearch({});
    f->store->moveToTrash(f->guest(u"Two"_s)->id);
    QTRY_COMPARE(filter.rowCount(), 1);
    f->store->kill(f->guest(u"One"_s)->id);
    QTRY_COMPARE(f->stateOf(u"One"_s), GuestState::Off);
}

void GuestListModelTest::sortsFavouritesGroupsAndTheRest()
{
    f->addGuest("zeta");
    f->addGuest("Alpha");
    f->addGuest("In work", "Work");
    f->addGuest("In home", "home");
    GuestEntry favourite = f->addGuest("Best", "Work");
    favourite.guest.presentation.favourite = true;
    QVERIFY(GuestLibrary::open(f->root()).value().save(favourite).has_value());
    QVERIFY(f->load());
    GuestListModel model(*f->store);
    GuestFilterModel filter(*f->store);
    filter.setSourceModel(&model);
    QCOMPARE(names(filter), (QStringList{u"Best"_s, u"In home"_s, u"In work"_s, u"Alpha"_s, u"zeta"_s}));
    QVERIFY(filter.startsSection(0) && filter.startsSection(1) && filter.startsSection(2));
    QVERIFY(filter.startsSection(3) && !filter.startsSection(4));
}

void GuestListModelTest::searches()
{
    f->addGuest("Debian");
    f->addGuest("Fedora", "Lab");
    QVERIFY(f->load());
    GuestListPanel panel(*f->store);
    panel.show();
    auto* search = panel.findChild<QLineEdit*>(u"guestSearch"_s);
    auto* view = panel.findChild<QListView*>(u"guestList"_s);
    QTest::keyClicks(search, u"lab"_s);
    QCOMPARE(view->model()->rowCount(), 1);
    QTest::keyClick(search, Qt::Key_Return);
    QCOMPARE(panel.currentId(), f->guest(u"Fedora"_s)->id);
    search->clear();
    QCOMPARE(view->model()->rowCount(), 2);
}

void GuestListModelTest::keepsTheSelectionWhenTheListChanges()
{
    f->addGuest("B");
    f->addGuest("C");
    QVERIFY(f->load());
    GuestListPanel panel(*f->store);
    panel.select(f->guest(u"C"_s)->id);
    f->addGuest("A");
    QTRY_VERIFY(f->guest(u"A"_s));
    QCOMPARE(panel.currentId(), f->guest(u"C"_s)->id);
}

void GuestListModelTest::draggingChangesOrderAndGroup()
{
    f->addGuest("A");
    f->addGuest("B");
    f->addGuest("C");
    QVERIFY(f->load());
    GuestListModel model(*f->store);
    GuestFilterModel filter(*f->store);
    filter.setSourceModel(&model);
    const std::unique_ptr<QMimeData> data(filter.mimeData({filter.index(2, 0)}));
    QVERIFY(filter.canDropMimeData(data.get(), Qt::MoveAction, 0, 0, {}));
    filter.dropMimeData(data.get(), Qt::MoveAction, 0, 0, {});
    QTRY_COMPARE(names(filter), (QStringList{u"C"_s, u"A"_s, u"B"_s}));
    const auto reread = GuestLibrary::open(f->root()).value().scan().value();
    QCOMPARE(reread.size(), std::size_t{3});
}

void GuestListModelTest::paintsEveryState()
{
    f->addGuest("A", "Group");
    QVERIFY(f->load());
    GuestListPanel panel(*f->store);
    panel.resize(260, 300);
    panel.show();
    QVERIFY(QTest::qWaitForWindowExposed(&panel));
    const QImage off = panel.grab().toImage();
    f->store->start(f->guest(u"A"_s)->id);
    QTRY_COMPARE(f->stateOf(u"A"_s), GuestState::Running);
    QVERIFY2(panel.grab().toImage() != off, "a running guest looks different");
    panel.setLayoutDirection(Qt::RightToLeft);
    QVERIFY(!panel.grab().isNull());
}

QTEST_MAIN(GuestListModelTest)
#include "guest_list_model_test.moc"

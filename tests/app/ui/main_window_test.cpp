// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/ui/ui_fixture.h"
#include "ui/console/console_window.h"
#include "ui/guest_list/guest_list_panel.h"
#include "ui/look/icons.h"
#include "ui/window/machine_actions.h"
#include "ui/window/main_window.h"
#include "ui/window/message_bar.h"

#include <QAccessible>
#include <QApplication>
#include <QClipboard>
#include <QDialog>
#include <QLineEdit>
#include <QListView>
#include <QMessageBox>
#include <QMimeData>
#include <QPushButton>
#include <QScopeGuard>
#include <QSignalSpy>
#include <QTabWidget>
#include <QToolButton>
#include <QTranslator>
#include <QWizard>

using namespace app;
using namespace Qt::StringLiterals;

namespace {

constexpr std::uint64_t GiB = std::uint64_t{1} << 30;

bool isPartOfAnotherControl(const QWidget* widget)
{
    for (const QWidget* owner = widget->parentWidget(); owner; owner = owner->parentWidget()) {
        if (owner->inherits("QComboBox") || owner->inherits("QAbstractSpinBox"))
            return true;
    }
    return false;
}

QMessageBox* openQuestion(MainWindow& window)
{
    const auto boxes = window.findChildren<QMessageBox*>();
    return boxes.isEmpty() ? nullptr : boxes.last();
}

/// A language with longer words: shows what has no room and what is not translated.
class PseudoLanguage final : public QTranslator {
public:
    [[nodiscard]] QString translate(const char*, const char* text, const char*, int) const override
    {
        const QString source = QString::fromUtf8(text);
        return u"[%1%2]"_s.arg(source, QString(source.size() / 3, u'~'));
    }
    [[nodiscard]] bool isEmpty() const override { return false; }
};

void answer(QMessageBox* box, const QString& text)
{
    for (QAbstractButton* button : box->buttons()) {
        if (button->text().remove(u'&').startsWith(text))
            return QTest::mouseClick(button, Qt::LeftButton);
    }
    QFAIL(qPrintable(u"no button "_s + text));
}

} // namespace

class MainWindowTest final : public QObject {
    Q_OBJECT
private slots:
    void init() { f = std::make_unique<UiFixture>(); }
    void cleanup()
    {
        window.reset();
        f.reset();
    }
    void emptyWindowInvites();
    void dropOpensTheWizard();
    void newGuestIsCreatedAndStarted();
    void demoStartsWithOneClick();
    void doubleClickStarts();
    void actionsFollowTheState();
    void deleteCanBeUndone();
    void cloneMakesACopy();
    void everyDialogOpensOnce();
    void consoleOpensInWindowsAndTabs();
    void favouriteMovesUp();
    void exportedGuestIsImportedByDropping();
    void forceOffAsksFirst();
    void resetWithNewSettingsIsARestart();
    void closingWithGuestsAsksOnceAndQuittingAsksEachTime();
    void failuresAreShown();
    void missingKvmIsShownFirst();
    void coachSpeaksUp();
    void everyControlHasANameAndEveryActionAnIcon();
    void fiftyGuests();
    void longWordsFromRightToLeftFit();

private:
    void open()
    {
        QVERIFY(f->load());
        window = std::make_unique<MainWindow>(
            WindowServices{.store = *f->store,
                           .launcher = f->launcher,
                           .hostCheck = f->hostCheck,
                           .host = {.memoryBytes = 16 * GiB, .cpuCount = 8, .freeDiskBytes = 100 * GiB},
                           .console = {},
                           .demoImage = "/demo.iso"});
        useIconThemeFor(QApplication::palette());
        window->show();
        QVERIFY(QTest::qWaitForWindowExposed(window.get()));
    }
    void selectGuest(const QString& name)
    {
        window->findChild<GuestListPanel*>()->select(f->guest(name)->id);
        QCOMPARE(window->currentGuest(), f->guest(name)->id);
    }
    std::unique_ptr<UiFixture> f;
    std::unique_ptr<MainWindow> window;
};

void MainWindowTest::emptyWindowInvites()
{
    open();
    auto* create = window->findChild<QPushButton*>(u"emptyNew"_s);
    QVERIFY(create->isVisible());
    QVERIFY(window->findChild<QPushButton*>(u"emptyDemo"_s)->isVisible());
    QTest::mouseClick(create, Qt::LeftButton);
    QVERIFY(window->findChild<QWizard*>());
}

void MainWindowTest::dropOpensTheWizard()
{
    open();
    QMimeData data;
    data.setUrls({QUrl::fromLocalFile(u"/some/where.iso"_s)});
    QDragEnterEvent enter(QPoint(5, 5), Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
    QApplication::sendEvent(window.get(), &enter);
    QVERIFY(enter.isAccepted());
    QDropEvent drop(QPointF(5, 5), Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
    QApplication::sendEvent(window.get(), &drop);
    auto* wizard = window->findChild<QWizard*>();
    QVERIFY(wizard);
    QCOMPARE(wizard->findChild<QLineEdit*>(u"mediumPath"_s)->text(), u"/some/where.iso"_s);
}

void MainWindowTest::newGuestIsCreatedAndStarted()
{
    open();
    window->openWizard({}, true);
    auto* wizard = window->findChild<QWizard*>();
    QTRY_VERIFY(wizard->button(QWizard::NextButton)->isEnabled());
    QTest::mouseClick(wizard->button(QWizard::NextButton), Qt::LeftButton);
    QTest::mouseClick(wizard->button(QWizard::NextButton), Qt::LeftButton);
    QTest::mouseClick(wizard->button(QWizard::FinishButton), Qt::LeftButton);
    QTRY_COMPARE_WITH_TIMEOUT(f->stateOf(u"Demo"_s), GuestState::Running, 20000);
    QCOMPARE(window->currentGuest(), f->guest(u"Demo"_s)->id);
    QCOMPARE(f->launcher.started.at(0).cds.at(0).path, "/demo.iso");
    QCOMPARE(window->findChild<QTabWidget*>(u"tabs"_s)->currentIndex(), 1);
}

void MainWindowTest::demoStartsWithOneClick()
{
    open();
    QTest::mouseClick(window->findChild<QPushButton*>(u"emptyDemo"_s), Qt::LeftButton);
    QTRY_COMPARE_WITH_TIMEOUT(f->stateOf(u"Demo"_s), GuestState::Running, 20000);
    QVERIFY(!window->findChild<QWizard*>());
    const engine::VmConfig& config = f->launcher.started.at(0);
    QCOMPARE(config.cds.at(0).path, "/demo.iso");
    QCOMPARE(config.cpuCount, 2U);
    QCOMPARE(config.memoryBytes, std::uint64_t{512} << 20);
    QCOMPARE(config.disks.size(), 1U);
}

void MainWindowTest::doubleClickStarts()
{
    f->addGuest("One");
    open();
    auto* list = window->findChild<QListView*>(u"guestList"_s);
    const QPoint middle = list->visualRect(list->model()->index(0, 0)).center();
    QTest::mouseClick(list->viewport(), Qt::LeftButton, {}, middle);
    QTest::mouseDClick(list->viewport(), Qt::LeftButton, {}, middle);
    QTRY_COMPARE(f->stateOf(u"One"_s), GuestState::Running);
}

void MainWindowTest::actionsFollowTheState()
{
    f->addGuest("One");
    open();
    selectGuest(u"One"_s);
    MachineActions& a = window->actions();
    QVERIFY(a.start->isEnabled() && !a.pause->isEnabled() && !a.kill->isEnabled() && a.remove->isEnabled());
    a.start->trigger();
    QTRY_VERIFY(a.pause->isEnabled());
    QVERIFY(!a.start->isEnabled() && a.shutDown->isEnabled() && !a.remove->isEnabled());
    a.pause->trigger();
    QTRY_VERIFY(a.resume->isEnabled());
    QVERIFY(!a.pause->isEnabled());
    a.resume->trigger();
    QTRY_VERIFY(a.ctrlAltDelete->isEnabled());
    a.ctrlAltDelete->trigger();
    QTRY_VERIFY(f->running(u"One"_s)->requests.contains("keys"_L1));
    QApplication::clipboard()->setText(u"hello"_s);
    a.typeClipboard->trigger();
    QTRY_VERIFY(f->running(u"One"_s)->requests.contains("type"_L1));
    a.shutDown->trigger();
    QTRY_VERIFY(a.start->isEnabled());
}

void MainWindowTest::deleteCanBeUndone()
{
    f->addGuest("One");
    open();
    selectGuest(u"One"_s);
    window->actions().remove->trigger();
    QTRY_VERIFY(f->store->items().empty());
    QTRY_VERIFY(window->message().contains(u"One"_s));
    for (MessageBar* bar : window->findChildren<MessageBar*>()) {
        if (bar->isVisible())
            QTest::mouseClick(bar->findChild<QPushButton*>(), Qt::LeftButton);
    }
    QTRY_VERIFY(f->guest(u"One"_s));
    QVERIFY(window->message().isEmpty());
}

void MainWindowTest::cloneMakesACopy()
{
    f->addGuest("One");
    open();
    selectGuest(u"One"_s);
    window->actions().clone->trigger();
    QCOMPARE(window->findChildren<QLineEdit*>(u"cloneName"_s).size(), 1);
    auto* name = window->findChild<QLineEdit*>(u"cloneName"_s);
    name->setText(u"Two"_s);
    qobject_cast<QDialog*>(name->window())->accept();
    QTRY_VERIFY(f->guest(u"Two"_s));
    QVERIFY(f->guest(u"One"_s)->id != f->guest(u"Two"_s)->id);
}

void MainWindowTest::everyDialogOpensOnce()
{
    f->addGuest("One");
    open();
    selectGuest(u"One"_s);
    MachineActions& a = window->actions();
    for (QAction* action : {a.newGuest, a.openExternal, a.importFile, a.exportFile, a.rename, a.clone,
                            a.preferences, a.userGuide, a.palette, a.shortcuts, a.about}) {
        QVERIFY2(action->isEnabled(), qPrintable(action->text()));
        action->trigger();
        int visible = 0;
        for (QDialog* dialog : window->findChildren<QDialog*>(Qt::FindDirectChildrenOnly))
            visible += dialog->isVisible() ? 1 : 0;
        QVERIFY2(visible == 1, qPrintable(action->text()));
        for (QDialog* dialog : window->findChildren<QDialog*>(Qt::FindDirectChildrenOnly))
            dialog->reject();
        QTRY_VERIFY(window->findChildren<QDialog*>(Qt::FindDirectChildrenOnly).isEmpty());
    }
}

void MainWindowTest::consoleOpensInWindowsAndTabs()
{
    f->addGuest("One");
    f->addGuest("Two");
    open();
    const QString one = f->guest(u"One"_s)->id;
    const QString two = f->guest(u"Two"_s)->id;
    const auto windows = [] {
        QList<ConsoleWindow*> found;
        for (QWidget* widget : QApplication::topLevelWidgets()) {
            if (auto* console = qobject_cast<ConsoleWindow*>(widget); console && console->isVisible())
                found << console;
        }
        return found;
    };
    window->openConsole(one, false);
    QCOMPARE(windows().size(), 1);
    QVERIFY(windows().first()->windowTitle().startsWith(u"One"_s));
    window->openConsole(one, false);
    QCOMPARE(windows().size(), 1);
    window->openConsole(two, true);
    QCOMPARE(windows().size(), 1);
    QCOMPARE(windows().first()->currentGuest(), two);
    QVERIFY(windows().first()->has(one));
    f->store->start(two);
    QTRY_COMPARE(f->stateOf(u"Two"_s), GuestState::Running);
    QTRY_VERIFY(windows().first()->windowTitle().contains(u"Running"_s));
    windows().first()->close();
    QTRY_VERIFY(windows().isEmpty());
    QCOMPARE(f->stateOf(u"Two"_s), GuestState::Running);
}

void MainWindowTest::favouriteMovesUp()
{
    f->addGuest("One");
    f->addGuest("Two");
    open();
    selectGuest(u"Two"_s);
    window->actions().favourite->trigger();
    QTRY_VERIFY(f->guest(u"Two"_s)->entry.guest.presentation.favourite);
    auto* list = window->findChild<QListView*>(u"guestList"_s);
    QTRY_COMPARE(list->model()->index(0, 0).data().toString(), u"Two"_s);
    QTRY_VERIFY(window->actions().favourite->isChecked());
}

void MainWindowTest::exportedGuestIsImportedByDropping()
{
    f->addGuest("One");
    open();
    const QString file = f->path(u"one.tar.zst"_s);
    const auto exported = f->store->exportGuest(f->guest(u"One"_s)->id, file, std::make_shared<LibraryJob>());
    QTRY_VERIFY_WITH_TIMEOUT(exported.isFinished(), 20000);
    QVERIFY(exported.result().has_value());
    window->openFile(file);
    QTRY_VERIFY_WITH_TIMEOUT(f->guest(u"One 2"_s), 20000);
    QTRY_COMPARE_WITH_TIMEOUT(window->currentGuest(), f->guest(u"One 2"_s)->id, 20000);
}

void MainWindowTest::forceOffAsksFirst()
{
    f->addGuest("One");
    open();
    selectGuest(u"One"_s);
    window->actions().start->trigger();
    QTRY_COMPARE(f->stateOf(u"One"_s), GuestState::Running);
    window->actions().kill->trigger();
    answer(openQuestion(*window), u"Cancel"_s);
    QTest::qWait(100);
    QCOMPARE(f->stateOf(u"One"_s), GuestState::Running);
    window->actions().kill->trigger();
    answer(openQuestion(*window), u"Force off"_s);
    QTRY_COMPARE(f->stateOf(u"One"_s), GuestState::Off);
}

void MainWindowTest::resetWithNewSettingsIsARestart()
{
    f->addGuest("One");
    open();
    selectGuest(u"One"_s);
    window->actions().start->trigger();
    QTRY_COMPARE(f->stateOf(u"One"_s), GuestState::Running);
    window->actions().reset->trigger();
    answer(openQuestion(*window), u"Reset"_s);
    QTRY_VERIFY(f->running(u"One"_s)->requests.contains("reset"_L1));
    GuestEntry larger = f->guest(u"One"_s)->entry;
    larger.guest.config.cpuCount = 2;
    const auto saved = f->store->save(larger);
    QTRY_VERIFY(f->guest(u"One"_s)->needsRestart());
    const FakeGuest* before = f->running(u"One"_s);
    window->actions().reset->trigger();
    answer(openQuestion(*window), u"Restart"_s);
    QTRY_VERIFY(f->running(u"One"_s) && f->running(u"One"_s) != before);
    QTRY_COMPARE(f->stateOf(u"One"_s), GuestState::Running);
    QVERIFY(!f->guest(u"One"_s)->needsRestart());
}

void MainWindowTest::closingWithGuestsAsksOnceAndQuittingAsksEachTime()
{
    f->addGuest("One");
    open();
    selectGuest(u"One"_s);
    window->actions().start->trigger();
    QTRY_COMPARE(f->stateOf(u"One"_s), GuestState::Running);
    window->close();
    QVERIFY(window->isVisible());
    QVERIFY(openQuestion(*window));
    answer(openQuestion(*window), u"Keep them running"_s);
    QTRY_VERIFY(!openQuestion(*window));
    QCOMPARE(f->stateOf(u"One"_s), GuestState::Running);
    window->showNormal();
    window->close();
    QVERIFY2(!openQuestion(*window), "asked only once");
    window->showNormal();
    window->actions().quit->trigger();
    QVERIFY(openQuestion(*window));
    QSignalSpy quitting(qApp, &QCoreApplication::aboutToQuit);
    answer(openQuestion(*window), u"Cancel"_s);
    QCOMPARE(f->stateOf(u"One"_s), GuestState::Running);
}

void MainWindowTest::failuresAreShown()
{
    f->addGuest("One");
    f->launcher.failure = engine::Error{engine::ErrorCode::NoSpace, 0, "detail of it", {}};
    open();
    selectGuest(u"One"_s);
    window->actions().start->trigger();
    QTRY_VERIFY(window->message().contains(u"detail of it"_s));
    QVERIFY(window->message().contains(u"The disk is full."_s));
}

void MainWindowTest::missingKvmIsShownFirst()
{
    f->hostCheck.steps = {
        {.name = "Open /dev/kvm", .isOk = false, .problem = "Forbidden.", .remedy = "sudo x"}};
    open();
    auto* again = window->findChild<QPushButton*>(u"checkAgain"_s);
    QTRY_VERIFY(again->isVisible());
}

void MainWindowTest::coachSpeaksUp()
{
    f->addGuest("One");
    open();
    selectGuest(u"One"_s);
    window->actions().start->trigger();
    QTRY_COMPARE(f->stateOf(u"One"_s), GuestState::Running);
    QTRY_VERIFY(f->running(u"One"_s)->requests.contains("subscribe"_L1));
    f->running(u"One"_s)->sendEvent({{"event"_L1, u"milestone"_s}, {"name"_L1, u"no-boot-device"_s}});
    QTRY_VERIFY(std::ranges::any_of(window->findChildren<MessageBar*>(), [](const MessageBar* bar) {
        return bar->text().contains(u"nothing to start"_s);
    }));
}

void MainWindowTest::everyControlHasANameAndEveryActionAnIcon()
{
    f->addGuest("One");
    open();
    selectGuest(u"One"_s);
    for (int tab = 0; tab < 4; ++tab) {
        window->findChild<QTabWidget*>(u"tabs"_s)->setCurrentIndex(tab);
        for (QWidget* widget : window->findChildren<QWidget*>()) {
            if (!(widget->focusPolicy() & Qt::TabFocus) || !widget->isVisible()
                || isPartOfAnotherControl(widget))
                continue;
            QAccessibleInterface* accessible = QAccessible::queryAccessibleInterface(widget);
            if (!accessible || widget->inherits("QScrollArea") || widget->inherits("QTabBar"))
                continue;
            QVERIFY2(!accessible->text(QAccessible::Name).isEmpty(),
                     qPrintable(QString::fromLatin1(widget->metaObject()->className()) + u' '
                                + widget->objectName()));
        }
    }
    for (const QAction* action : window->actions().all())
        QTRY_VERIFY2(!action->icon().isNull(), qPrintable(action->text()));
    QSet<QKeySequence> keys;
    for (const QAction* action : window->actions().all()) {
        QVERIFY2(action->shortcut().isEmpty() || !keys.contains(action->shortcut()),
                 qPrintable(action->text()));
        keys << action->shortcut();
    }
}

void MainWindowTest::fiftyGuests()
{
    for (int i = 0; i < 50; ++i)
        f->addGuest("Guest " + std::to_string(i));
    open();
    QTRY_COMPARE(window->findChild<QListView*>(u"guestList"_s)->model()->rowCount(), 50);
    QVERIFY(!window->grab().isNull());
}

void MainWindowTest::longWordsFromRightToLeftFit()
{
    PseudoLanguage language;
    QApplication::installTranslator(&language);
    QApplication::setLayoutDirection(Qt::RightToLeft);
    const auto restore = qScopeGuard([&] {
        window.reset();
        QApplication::removeTranslator(&language);
        QApplication::setLayoutDirection(Qt::LeftToRight);
    });
    f->addGuest("One");
    open();
    selectGuest(u"One"_s);
    auto* tabs = window->findChild<QTabWidget*>(u"tabs"_s);
    auto* list = window->findChild<QListView*>(u"guestList"_s);
    QVERIFY2(list->mapTo(window.get(), QPoint()).x() > tabs->mapTo(window.get(), QPoint()).x(),
             "the list is on the other side");
    for (int tab = 0; tab < 4; ++tab) {
        tabs->setCurrentIndex(tab);
        QTest::qWait(20);
        for (const auto* button : window->findChildren<QAbstractButton*>()) {
            if (!button->isVisible() || button->text().isEmpty() || button->inherits("QLineEditIconButton"))
                continue;
            QVERIFY2(button->text().startsWith(u'['), qPrintable(button->text()));
            QVERIFY2(button->width() >= button->minimumSizeHint().width(), qPrintable(button->text()));
        }
        QVERIFY(!window->grab().isNull());
    }
}

QTEST_MAIN(MainWindowTest)
#include "main_window_test.moc"

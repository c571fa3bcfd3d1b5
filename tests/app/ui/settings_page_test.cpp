// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/ui/ui_fixture.h"
#include "ui/settings/preferences.h"
#include "ui/settings/settings_page.h"
#include "wizards/resource_slider.h"

#include <QLabel>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QSignalSpy>

using namespace app;
using namespace Qt::StringLiterals;

namespace {

constexpr std::uint64_t GiB = std::uint64_t{1} << 30;
constexpr HostResources Host{.memoryBytes = 16 * GiB, .cpuCount = 8, .freeDiskBytes = 100 * GiB};

} // namespace

class SettingsPageTest final : public QObject {
    Q_OBJECT
private slots:
    void initTestCase() { QLocale::setDefault(QLocale::C); }
    void init()
    {
        f = std::make_unique<UiFixture>();
        f->addGuest("One");
        QVERIFY(f->load());
        page = std::make_unique<SettingsPage>(*f->store, Host);
        page->setGuest(f->guest(u"One"_s)->id);
        page->show();
    }
    void cleanup()
    {
        page.reset();
        f.reset();
    }
    void everySettingReadsBackWhatItWrites();
    void searchShowsOnlyWhatMatches();
    void changesAreListedAndStoredOnlyWhenApplied();
    void problemsAreShownInPlaceAndBlockApplying();
    void runningGuestIsToldWhenAChangeTakesEffect();
    void changedNameMovesTheGuest();
    void forwardsAreChecked();
    void changeByAnotherProgramIsNotOverwritten();
    void diskGrowsAtOnceWhenTheGuestIsOff();
    void diskOfARunningGuestGrowsAtItsNextStart();
    void guestWithoutADiskGetsOneFromItsSlider();
    void changedHardwareOfARunningGuestAsksForARestart();
    void warningUnderASliderHasRoom();
    void discsAndForwardsReachARunningGuestAtOnce();
    void guestsOwnWishBeatsThePreference();

private:
    template <class Editor>
    Editor* editor(const QString& field)
    {
        auto* widget = page->findChild<QWidget*>(u"setting."_s + field);
        return qobject_cast<Editor*>(widget);
    }
    QPushButton* applyButton() { return page->findChild<QPushButton*>(u"applySettings"_s); }

    std::unique_ptr<UiFixture> f;
    std::unique_ptr<SettingsPage> page;
};

void SettingsPageTest::everySettingReadsBackWhatItWrites()
{
    GuestDescription guest = f->guest(u"One"_s)->entry.guest;
    const auto settings = settingsOf(guest, {GiB});
    QVERIFY(settings.size() > 20);
    for (const Setting& setting : settings) {
        QVariant value;
        switch (setting.kind) {
        case SettingKind::Cpus: value = quint64(3); break;
        case SettingKind::DiskSize: value = quint64(7 * GiB); break;
        case SettingKind::Memory: value = quint64(3 * GiB); break;
        case SettingKind::Toggle: value = !setting.read(guest).toBool(); break;
        case SettingKind::Choice: value = static_cast<int>(setting.choices.size()) - 1; break;
        case SettingKind::Text:
        case SettingKind::File: value = u"text"_s; break;
        case SettingKind::MultiLine: value = u"tcp:127.0.0.1:2222:22"_s; break;
        }
        GuestDescription changed = guest;
        setting.write(changed, value);
        QCOMPARE(setting.read(changed), value);
        QVERIFY2(!setting.text(value).isEmpty(), qPrintable(setting.label));
        QCOMPARE(changesBetween(settings, guest, changed).size(), std::size_t{1});
    }
}

void SettingsPageTest::searchShowsOnlyWhatMatches()
{
    auto* search = page->findChild<QLineEdit*>(u"settingsSearch"_s);
    QTest::keyClicks(search, u"mac addr"_s);
    QVERIFY(editor<QLineEdit>(u"networks[0].macAddress"_s)->isVisible());
    QVERIFY(!editor<QLineEdit>(u"name"_s)->isVisible());
    search->clear();
    QVERIFY(editor<QLineEdit>(u"name"_s)->isVisible());
}

void SettingsPageTest::changesAreListedAndStoredOnlyWhenApplied()
{
    editor<wizards::ResourceSlider>(u"memoryBytes"_s)->setValue(4 * GiB);
    editor<wizards::ResourceSlider>(u"cpuCount"_s)->setValue(4);
    QVERIFY(page->hasChanges());
    QVERIFY(applyButton()->isVisible());
    QCOMPARE(f->guest(u"One"_s)->entry.guest.config.cpuCount, 1U);
    QTest::mouseClick(applyButton(), Qt::LeftButton);
    QTRY_COMPARE(f->guest(u"One"_s)->entry.guest.config.cpuCount, 4U);
    QCOMPARE(f->guest(u"One"_s)->entry.guest.config.memoryBytes, 4 * GiB);
    QTRY_VERIFY(!page->hasChanges());
    editor<wizards::ResourceSlider>(u"cpuCount"_s)->setValue(2);
    page->discard();
    QVERIFY(!page->hasChanges());
    QCOMPARE(editor<wizards::ResourceSlider>(u"cpuCount"_s)->value(), quint64(4));
}

void SettingsPageTest::problemsAreShownInPlaceAndBlockApplying()
{
    editor<QLineEdit>(u"networks[0].macAddress"_s)->setText(u"nonsense"_s);
    QVERIFY(!applyButton()->isEnabled());
    int warnings = 0;
    for (const QLabel* label : page->findChildren<QLabel*>())
        warnings += label->isVisible() && label->text().contains(u"MAC address looks like"_s) ? 1 : 0;
    QCOMPARE(warnings, 1);
    editor<QLineEdit>(u"networks[0].macAddress"_s)->setText(u"52:54:00:00:00:01"_s);
    QVERIFY(applyButton()->isEnabled());
}

void SettingsPageTest::runningGuestIsToldWhenAChangeTakesEffect()
{
    f->store->start(f->guest(u"One"_s)->id);
    QTRY_COMPARE(f->stateOf(u"One"_s), GuestState::Running);
    auto* slider = editor<wizards::ResourceSlider>(u"memoryBytes"_s);
    QVERIFY(slider->legend().contains(u"after a restart"_s));
    slider->setValue(2 * GiB);
    bool said = false;
    for (const QLabel* label : page->findChildren<QLabel*>())
        said = said || label->text().contains(u"(after restart)"_s);
    QVERIFY(said);
}

void SettingsPageTest::changedNameMovesTheGuest()
{
    editor<QLineEdit>(u"name"_s)->setText(u"Renamed"_s);
    page->apply();
    QTRY_VERIFY(f->guest(u"Renamed"_s));
    QTRY_COMPARE(f->guest(u"Renamed"_s)->entry.folder.filename().string(), std::string("Renamed"));
}

void SettingsPageTest::forwardsAreChecked()
{
    QCOMPARE(parseForwards(u""_s)->size(), std::size_t{0});
    const auto rules = parseForwards(u"tcp:127.0.0.1:2222:22\nudp:0.0.0.0:53:53\n"_s);
    QVERIFY(rules.has_value());
    QCOMPARE(formatForwards(*rules), u"tcp:127.0.0.1:2222:22\nudp:0.0.0.0:53:53"_s);
    for (const QString& bad : {u"x"_s, u"tcp:127.0.0.1:0:22"_s, u"tcp:127.0.0.1:70000:22"_s, u"sctp:::1:2"_s})
        QVERIFY2(!parseForwards(bad), qPrintable(bad));
}

void SettingsPageTest::changeByAnotherProgramIsNotOverwritten()
{
    editor<wizards::ResourceSlider>(u"cpuCount"_s)->setValue(4);
    GuestLibrary other = GuestLibrary::open(f->root()).value();
    GuestEntry theirs = other.find("One").value();
    theirs.guest.config.memoryBytes = 3 * GiB;
    QVERIFY(other.save(theirs).has_value());
    QSignalSpy failed(f->store.get(), &GuestStore::failed);
    page->apply();
    QTRY_COMPARE(failed.count(), 1);
    QCOMPARE(other.find("One").value().guest.config.memoryBytes, 3 * GiB);
}

void SettingsPageTest::diskGrowsAtOnceWhenTheGuestIsOff()
{
    QTRY_VERIFY(editor<wizards::ResourceSlider>(u"disks[0].size"_s));
    auto* slider = editor<wizards::ResourceSlider>(u"disks[0].size"_s);
    QCOMPARE(slider->value(), quint64(1 << 20));
    slider->setValue(1 << 10); // less than there is: stays
    QVERIFY(!page->hasChanges());
    slider->setValue(3 * GiB);
    QVERIFY(page->hasChanges());
    page->apply();
    const auto disk = f->guest(u"One"_s)->entry.folder / "disks" / "system.img";
    QTRY_COMPARE(std::filesystem::file_size(disk), 3 * GiB);
    QTRY_VERIFY(!page->hasChanges());
    QVERIFY(f->guest(u"One"_s)->entry.guest.pendingDiskBytes.empty());
    QTRY_COMPARE(editor<wizards::ResourceSlider>(u"disks[0].size"_s)->scale().minimum, 3 * GiB);
}

void SettingsPageTest::diskOfARunningGuestGrowsAtItsNextStart()
{
    const QString id = f->guest(u"One"_s)->id;
    QTRY_VERIFY(editor<wizards::ResourceSlider>(u"disks[0].size"_s));
    f->store->start(id);
    QTRY_COMPARE(f->stateOf(u"One"_s), GuestState::Running);
    auto* slider = editor<wizards::ResourceSlider>(u"disks[0].size"_s);
    QVERIFY(slider->legend().contains(u"after a restart"_s));
    slider->setValue(2 * GiB);
    page->apply();
    QTRY_COMPARE(f->guest(u"One"_s)->entry.guest.pendingDiskBytes.size(), std::size_t{1});
    const auto disk = f->guest(u"One"_s)->entry.folder / "disks" / "system.img";
    QCOMPARE(std::filesystem::file_size(disk), std::uintmax_t{1 << 20});
    f->store->kill(id);
    QTRY_COMPARE(f->stateOf(u"One"_s), GuestState::Off);
    f->store->start(id);
    QTRY_COMPARE(f->stateOf(u"One"_s), GuestState::Running);
    QCOMPARE(std::filesystem::file_size(disk), 2 * GiB);
    f->store->rescan();
    QTRY_VERIFY(f->guest(u"One"_s)->entry.guest.pendingDiskBytes.empty());
}

void SettingsPageTest::guestWithoutADiskGetsOneFromItsSlider()
{
    GuestEntry bare = f->guest(u"One"_s)->entry;
    bare.guest.config.disks.clear();
    auto saved = f->store->save(bare);
    QTRY_VERIFY(saved.isFinished());
    QTRY_VERIFY(f->guest(u"One"_s)->entry.guest.config.disks.empty());
    page->setGuest(f->guest(u"One"_s)->id);
    auto* slider = editor<wizards::ResourceSlider>(u"disks[0].size"_s);
    QVERIFY(slider);
    QCOMPARE(slider->value(), quint64(0));
    QVERIFY(slider->legend().contains(u"no disk"_s));
    slider->setValue(5 * GiB);
    page->apply();
    QTRY_COMPARE(f->guest(u"One"_s)->entry.guest.config.disks.size(), std::size_t{1});
    const auto& disk = f->guest(u"One"_s)->entry.guest.config.disks.at(0);
    QCOMPARE(std::filesystem::file_size(disk.path), 5 * GiB);
    QTRY_VERIFY(!page->hasChanges());
}

void SettingsPageTest::changedHardwareOfARunningGuestAsksForARestart()
{
    const QString id = f->guest(u"One"_s)->id;
    auto* restart = page->findChild<QPushButton*>(u"restartGuest"_s);
    f->store->start(id);
    QTRY_COMPARE(f->stateOf(u"One"_s), GuestState::Running);
    QVERIFY(!restart->isVisible() && !f->guest(u"One"_s)->needsRestart());
    editor<wizards::ResourceSlider>(u"memoryBytes"_s)->setValue(3 * GiB);
    QVERIFY(!restart->isVisible()); // first it is applied
    page->apply();
    QTRY_VERIFY(restart->isVisible());
    QVERIFY(f->guest(u"One"_s)->needsRestart());
    QSignalSpy asked(page.get(), &SettingsPage::restartRequested);
    restart->click();
    QCOMPARE(asked.count(), 1);
    f->store->kill(id);
    QTRY_COMPARE(f->stateOf(u"One"_s), GuestState::Off);
    QVERIFY(!restart->isVisible());
    f->store->start(id);
    QTRY_COMPARE(f->stateOf(u"One"_s), GuestState::Running);
    QVERIFY(!f->guest(u"One"_s)->needsRestart());
}

void SettingsPageTest::warningUnderASliderHasRoom()
{
    page->resize(720, 500);
    QTRY_VERIFY(editor<wizards::ResourceSlider>(u"disks[0].size"_s));
    auto* slider = editor<wizards::ResourceSlider>(u"disks[0].size"_s);
    slider->setValue(900 * GiB);
    QTest::qWait(200);
    const QWidget* cell = slider->parentWidget();
    QVERIFY(slider->height() >= slider->heightForWidth(slider->width()));
    QVERIFY(cell->height() >= cell->heightForWidth(cell->width()));
}

void SettingsPageTest::discsAndForwardsReachARunningGuestAtOnce()
{
    f->store->start(f->guest(u"One"_s)->id);
    QTRY_COMPARE(f->stateOf(u"One"_s), GuestState::Running);
    auto* forwards = page->findChild<QPlainTextEdit*>(u"setting.networks[0].forwards"_s);
    forwards->setPlainText(u"tcp:127.0.0.1:2222:22"_s);
    page->apply();
    QTRY_VERIFY(f->running(u"One"_s)->requests.contains("forward-add"_L1));
    QTRY_VERIFY(!page->hasChanges());
    forwards = page->findChild<QPlainTextEdit*>(u"setting.networks[0].forwards"_s);
    forwards->setPlainText({});
    page->apply();
    QTRY_VERIFY(f->running(u"One"_s)->requests.contains("forward-remove"_L1));
}

void SettingsPageTest::guestsOwnWishBeatsThePreference()
{
    GuestPresentation guest;
    preferences::setScaling(ConsoleScaling::Integer);
    preferences::setKeepsAwake(false);
    QCOMPARE(effectiveScaling(guest), ConsoleScaling::Integer);
    QVERIFY(!effectiveKeepsAwake(guest));
    QVERIFY(effectiveNotifies(guest));
    guest.scaling = ConsoleScaling::Exact;
    guest.keepsAwake = Inheritable::Yes;
    guest.notifies = Inheritable::No;
    QCOMPARE(effectiveScaling(guest), ConsoleScaling::Exact);
    QVERIFY(effectiveKeepsAwake(guest));
    QVERIFY(!effectiveNotifies(guest));
}

QTEST_MAIN(SettingsPageTest)
#include "settings_page_test.moc"

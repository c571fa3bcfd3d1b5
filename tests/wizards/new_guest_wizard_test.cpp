// SPDX-License-Identifier: GPL-3.0-or-later
#include "wizards/command_text.h"
#include "wizards/new_guest_wizard.h"
#include "wizards/resource_slider.h"
#include "wizards/start_page.h"

#include <QAbstractButton>
#include <QAccessible>
#include <QClipboard>
#include <QComboBox>
#include <QGuiApplication>
#include <QLineEdit>
#include <QRadioButton>
#include <QTemporaryDir>
#include <QTest>

using namespace wizards;
using namespace Qt::StringLiterals;

namespace {

constexpr std::uint64_t GiB = std::uint64_t{1} << 30;
constexpr app::HostResources Host{.memoryBytes = 16 * GiB, .cpuCount = 8, .freeDiskBytes = 500 * GiB};

/// The list of a combo box and the field of a spin box are announced with their owner's name.
bool isPartOfAnotherControl(const QWidget* widget)
{
    for (const QWidget* owner = widget->parentWidget(); owner; owner = owner->parentWidget()) {
        if (owner->inherits("QComboBox") || owner->inherits("QAbstractSpinBox"))
            return true;
    }
    return false;
}

/// Sectors 16 and 17 of an ISO 9660 image with this volume name.
QByteArray isoNamed(QByteArray name)
{
    QByteArray iso(18 * 2048, '\0');
    iso.replace(16 * 2048, 6, "\1CD001");
    iso.replace(16 * 2048 + 40, 32, name.leftJustified(32, ' '));
    iso.replace(17 * 2048, 6,
                "\xff"
                "CD001");
    return iso;
}

} // namespace

class NewGuestWizardTest final : public QObject {
    Q_OBJECT
private slots:
    void initTestCase() { QLocale::setDefault(QLocale::C); }
    void recognisedIsoIsThreeClicks();
    void unknownMediumCanBeUsed();
    void missingFileBlocksWithAReason();
    void demoNeedsNoFile();
    void diskImageIsUsedWithoutANewDisk();
    void takenNameIsRefusedAndAFreeOneProposed();
    void changedSizesReachTheDraft();
    void diskSliderEndsWithoutADisk();
    void copiesACommand();
    void everyControlHasAName();

private:
    QString file(const QString& name, const QByteArray& contents);
    static void next(NewGuestWizard& wizard)
    {
        QTRY_VERIFY(wizard.button(QWizard::NextButton)->isEnabled());
        QTest::mouseClick(wizard.button(QWizard::NextButton), Qt::LeftButton);
    }
    static void finish(NewGuestWizard& wizard)
    {
        QVERIFY(wizard.button(QWizard::FinishButton)->isEnabled());
        QTest::mouseClick(wizard.button(QWizard::FinishButton), Qt::LeftButton);
        QCOMPARE(wizard.result(), int(QDialog::Accepted));
    }
    QTemporaryDir m_folder;
};

QString NewGuestWizardTest::file(const QString& name, const QByteArray& contents)
{
    QFile out(m_folder.filePath(name));
    if (out.open(QIODevice::WriteOnly))
        out.write(contents);
    return out.fileName();
}

void NewGuestWizardTest::recognisedIsoIsThreeClicks()
{
    NewGuestWizard wizard(Host, {}, true);
    wizard.setMedium(file(u"a.iso"_s, isoNamed("Debian 12.5.0 amd64 n")));
    wizard.show();
    next(wizard);
    next(wizard);
    finish(wizard);
    const GuestDraft& draft = wizard.draft();
    QCOMPARE(draft.config.name, "Debian 12");
    QCOMPARE(draft.osId, "http://debian.org/debian/12");
    QCOMPARE(draft.config.memoryBytes, 2 * GiB);
    QCOMPARE(draft.diskBytes, 20 * GiB);
    QCOMPARE(draft.config.cds[0].path, m_folder.filePath(u"a.iso"_s).toStdString());
    QVERIFY(draft.startNow);
    QVERIFY(engine::validate(draft.config, Host.memoryBytes).empty());
}

void NewGuestWizardTest::unknownMediumCanBeUsed()
{
    NewGuestWizard wizard(Host, {}, true);
    wizard.setMedium(file(u"strange thing.bin"_s, QByteArray(5000, 'x')));
    wizard.show();
    next(wizard);
    next(wizard);
    finish(wizard);
    QCOMPARE(wizard.draft().config.name, "strange thing");
    QCOMPARE(wizard.draft().config.cds[0].path, m_folder.filePath(u"strange thing.bin"_s).toStdString());
}

void NewGuestWizardTest::missingFileBlocksWithAReason()
{
    NewGuestWizard wizard(Host, {}, true);
    wizard.show();
    QVERIFY(!wizard.button(QWizard::NextButton)->isEnabled());
    auto* path = wizard.findChild<QLineEdit*>(u"mediumPath"_s);
    QTest::keyClicks(path, u"/nonexistent/file"_s);
    auto* finding = wizard.findChild<QLabel*>(u"finding"_s);
    QTRY_VERIFY(finding->text().contains(u"cannot be opened"_s));
    QVERIFY(!wizard.button(QWizard::NextButton)->isEnabled());
}

void NewGuestWizardTest::demoNeedsNoFile()
{
    NewGuestWizard wizard(Host, {}, true);
    wizard.chooseDemo();
    wizard.show();
    next(wizard);
    next(wizard);
    finish(wizard);
    QVERIFY(wizard.draft().isDemo);
    QCOMPARE(wizard.draft().diskBytes, std::uint64_t{4} << 30);
    NewGuestWizard without(Host, {}, false);
    without.show();
    int visible = 0;
    for (const auto* choice : without.findChildren<QRadioButton*>())
        visible += choice->isVisible() ? 1 : 0;
    QCOMPARE(visible, 2);
}

void NewGuestWizardTest::diskImageIsUsedWithoutANewDisk()
{
    QByteArray header(1024, '\0');
    header.replace(0, 4, "QFI\xfb");
    NewGuestWizard wizard(Host, {}, true);
    wizard.setMedium(file(u"disk.qcow2"_s, header));
    wizard.show();
    next(wizard);
    next(wizard);
    finish(wizard);
    QCOMPARE(wizard.draft().diskBytes, std::uint64_t{0});
    QCOMPARE(wizard.draft().config.disks.size(), std::size_t{1});
    QVERIFY(wizard.draft().copyMedium);
}

void NewGuestWizardTest::takenNameIsRefusedAndAFreeOneProposed()
{
    NewGuestWizard wizard(Host, {u"demo"_s}, true);
    wizard.chooseDemo();
    wizard.show();
    next(wizard);
    next(wizard);
    auto* name = wizard.findChild<QLineEdit*>(u"guestName"_s);
    QCOMPARE(name->text(), u"Demo 2"_s);
    for (const QString& bad : {u""_s, u"   "_s, u"DEMO"_s, QString(101, u'x')}) {
        name->setText(bad);
        QVERIFY2(!wizard.button(QWizard::FinishButton)->isEnabled(), qPrintable(bad));
    }
    name->setText(u"Another"_s);
    finish(wizard);
    QCOMPARE(wizard.draft().config.name, "Another");
}

void NewGuestWizardTest::changedSizesReachTheDraft()
{
    NewGuestWizard wizard(Host, {}, true);
    wizard.setMedium(file(u"a.iso"_s, isoNamed("NOBODY KNOWS")));
    wizard.show();
    next(wizard);
    wizard.findChild<ResourceSlider*>(u"cpus"_s)->setValue(5);
    wizard.findChild<ResourceSlider*>(u"memory"_s)->setValue(3 * GiB);
    wizard.findChild<ResourceSlider*>(u"disk"_s)->setValue(77 * GiB);
    wizard.findChild<QComboBox*>(u"firmware"_s)->setCurrentIndex(1);
    next(wizard);
    finish(wizard);
    QCOMPARE(wizard.draft().config.cpuCount, 5U);
    QCOMPARE(wizard.draft().config.memoryBytes, 3 * GiB);
    QCOMPARE(wizard.draft().diskBytes, 77 * GiB);
    QCOMPARE(wizard.draft().config.firmware.kind, engine::FirmwareKind::Ovmf);
}

void NewGuestWizardTest::diskSliderEndsWithoutADisk()
{
    NewGuestWizard wizard(Host, {}, true);
    wizard.setMedium(file(u"a.iso"_s, isoNamed("NOBODY KNOWS")));
    wizard.show();
    next(wizard);
    auto* disk = wizard.findChild<ResourceSlider*>(u"disk"_s);
    disk->setValue(0);
    QVERIFY(disk->legend().contains(u"no disk"_s));
    next(wizard);
    QVERIFY(wizard.draft().config.disks.empty());
    QCOMPARE(wizard.draft().diskBytes, 0U);
    wizard.back();
    disk->setValue(9 * GiB);
    next(wizard);
    finish(wizard);
    QCOMPARE(wizard.draft().config.disks.size(), std::size_t{1});
    QCOMPARE(wizard.draft().diskBytes, 9 * GiB);
}

void NewGuestWizardTest::copiesACommand()
{
    GuestDraft draft;
    draft.config.name = "it's mine";
    draft.config.memoryBytes = 2 * GiB;
    draft.medium.path = "/tmp/a b.iso";
    QCOMPARE(createCommand(draft),
             u"guesthouse create 'it'\\''s mine' '/tmp/a b.iso' --cpus 1 --memory 2048M --disk-size 0 "
             "--firmware bios --start"_s);
}

void NewGuestWizardTest::everyControlHasAName()
{
    NewGuestWizard wizard(Host, {}, true);
    wizard.show();
    for (const QWidget* widget : wizard.findChildren<QWidget*>()) {
        if (!(widget->focusPolicy() & Qt::TabFocus) || widget->inherits("QSpinBox"))
            continue;
        QAccessibleInterface* accessible =
            QAccessible::queryAccessibleInterface(const_cast<QWidget*>(widget)); // NOLINT: a query only
        if (isPartOfAnotherControl(widget) || !accessible)
            continue;
        QVERIFY2(!accessible->text(QAccessible::Name).isEmpty(),
                 qPrintable(QString::fromLatin1(widget->metaObject()->className()) + widget->objectName()));
    }
}

QTEST_MAIN(NewGuestWizardTest)
#include "new_guest_wizard_test.moc"

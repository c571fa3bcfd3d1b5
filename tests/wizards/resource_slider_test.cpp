// SPDX-License-Identifier: GPL-3.0-or-later
#include "wizards/resource_slider.h"

#include <QDoubleSpinBox>
#include <QSignalSpy>
#include <QTest>

using namespace wizards;
using namespace Qt::StringLiterals;

namespace {

constexpr std::uint64_t MiB = std::uint64_t{1} << 20;
constexpr std::uint64_t GiB = std::uint64_t{1} << 30;

ResourceScale memory()
{
    return {.kind = ResourceKind::Memory,
            .minimum = 64 * MiB,
            .maximum = 15 * GiB,
            .needed = 1 * GiB,
            .recommended = 2 * GiB,
            .hostTotal = 16 * GiB};
}

QString warningOf(const ResourceSlider& slider)
{
    for (const QLabel* label : slider.findChildren<QLabel*>()) {
        if (!label->isHidden() && label->text().startsWith(u'⚠'))
            return label->text();
    }
    return {};
}

} // namespace

class ResourceSliderTest final : public QObject {
    Q_OBJECT
private slots:
    void stopsCoverTheScale();
    void keysMoveByStops();
    void exactValuesBetweenStopsAreKept();
    void saysWhatIsLeft();
    void warnsBelowTheMinimumAndBeyondTheComputer();
    void saysWhenItTakesEffect();
    void staysInItsScale();
    void clickMovesTheHandle();
    void hasAccessibleNames();
};

void ResourceSliderTest::stopsCoverTheScale()
{
    for (const ResourceScale& scale :
         {memory(), ResourceScale{.kind = ResourceKind::Cpus, .minimum = 1, .maximum = 64},
          ResourceScale{.kind = ResourceKind::Disk, .minimum = 3 * GiB, .maximum = 3 * GiB}}) {
        const auto stops = scale.stops();
        QCOMPARE(stops.front(), scale.minimum);
        QCOMPARE(stops.back(), scale.maximum);
        QVERIFY(std::ranges::is_sorted(stops, std::less_equal()) || stops.size() == 1);
        QVERIFY(std::ranges::adjacent_find(stops) == stops.end());
        QVERIFY(stops.size() < 200);
        for (const auto stop : stops)
            QVERIFY(stop % scale.quantum() == 0);
    }
}

void ResourceSliderTest::keysMoveByStops()
{
    ResourceSlider slider(memory());
    slider.setValue(1 * GiB);
    QSignalSpy changes(&slider, &ResourceSlider::valueChanged);
    auto* handle = slider.findChild<ZonedSlider*>();
    QTest::keyClick(handle, Qt::Key_Right);
    QCOMPARE(slider.value(), 1 * GiB + 128 * MiB);
    QTest::keyClick(handle, Qt::Key_Left);
    QTest::keyClick(handle, Qt::Key_PageUp);
    QCOMPARE(slider.value(), 2 * GiB);
    QTest::keyClick(handle, Qt::Key_End);
    QCOMPARE(slider.value(), 15 * GiB);
    QTest::keyClick(handle, Qt::Key_Home);
    QCOMPARE(slider.value(), 64 * MiB);
    QCOMPARE(changes.count(), 5);
}

void ResourceSliderTest::exactValuesBetweenStopsAreKept()
{
    ResourceSlider slider(memory());
    auto* field = slider.findChild<QDoubleSpinBox*>();
    field->setValue(1500);
    QCOMPARE(slider.value(), 1500 * MiB);
    QCOMPARE(field->value(), 1500.0);
}

void ResourceSliderTest::saysWhatIsLeft()
{
    ResourceSlider slider(memory());
    slider.setValue(4 * GiB);
    QVERIFY2(slider.legend().contains(u"12\u00A0GiB"_s), qPrintable(slider.legend()));
    ResourceScale busy = memory();
    busy.inUse = 10 * GiB;
    slider.setScale(busy);
    QVERIFY2(slider.legend().contains(u"2\u00A0GiB"_s), qPrintable(slider.legend()));
}

void ResourceSliderTest::warnsBelowTheMinimumAndBeyondTheComputer()
{
    ResourceSlider slider(memory());
    slider.setValue(2 * GiB);
    QCOMPARE(warningOf(slider), QString());
    slider.setValue(512 * MiB);
    QVERIFY(warningOf(slider).contains(u"1\u00A0GiB"_s));
    slider.setValue(14 * GiB);
    QVERIFY(!warningOf(slider).isEmpty());
    slider.setValue(2 * GiB);
    slider.setNote(u"Something is wrong."_s, true);
    QVERIFY(warningOf(slider).contains(u"Something is wrong."_s));
}

void ResourceSliderTest::saysWhenItTakesEffect()
{
    ResourceSlider slider(memory());
    const QString atStart = slider.legend();
    slider.setEffect(ResourceSlider::Effect::Now);
    const QString now = slider.legend();
    slider.setEffect(ResourceSlider::Effect::AfterRestart);
    QVERIFY(atStart != now && now != slider.legend());
}

void ResourceSliderTest::staysInItsScale()
{
    ResourceSlider slider(memory());
    slider.setValue(0);
    QCOMPARE(slider.value(), 64 * MiB);
    slider.setValue(1000 * GiB);
    QCOMPARE(slider.value(), 15 * GiB);
    ResourceScale smaller = memory();
    smaller.maximum = 4 * GiB;
    slider.setScale(smaller);
    QCOMPARE(slider.value(), 4 * GiB);
}

void ResourceSliderTest::clickMovesTheHandle()
{
    ResourceSlider slider(memory());
    slider.resize(500, 100);
    slider.show();
    QVERIFY(QTest::qWaitForWindowExposed(&slider));
    auto* handle = slider.findChild<ZonedSlider*>();
    QTest::mouseClick(handle, Qt::LeftButton, {}, QPoint(handle->width() - 2, 8));
    QCOMPARE(slider.value(), 15 * GiB);
    slider.setLayoutDirection(Qt::RightToLeft);
    QTest::mouseClick(handle, Qt::LeftButton, {}, QPoint(handle->width() - 2, 8));
    QCOMPARE(slider.value(), 64 * MiB);
    QVERIFY(!slider.grab().isNull());
}

void ResourceSliderTest::hasAccessibleNames()
{
    ResourceSlider slider(memory());
    QVERIFY(!slider.findChild<ZonedSlider*>()->accessibleName().isEmpty());
    QVERIFY(!slider.findChild<ZonedSlider*>()->accessibleDescription().isEmpty());
    QVERIFY(!slider.findChild<QDoubleSpinBox*>()->accessibleName().isEmpty());
}

QTEST_MAIN(ResourceSliderTest)
#include "resource_slider_test.moc"

// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/network/line_panel.h"

#include "ui/look/icons.h"

#include <QDateTime>
#include <QDir>
#include <QGridLayout>
#include <QLabel>
#include <QLocale>
#include <QPushButton>
#include <QSignalBlocker>
#include <QSlider>
#include <QStandardPaths>

#include <array>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace app {

namespace {

/// Positions of a bandwidth slider: what lines really have, from a modem's to a local network's.
constexpr std::array<std::uint64_t, LinePanel::UnlimitedPosition> Rates{
    9'600,      33'600,      56'000,      128'000,     256'000,     512'000,      1'000'000,
    2'000'000,  4'000'000,   6'000'000,   10'000'000,  16'000'000,  25'000'000,   50'000'000,
    75'000'000, 100'000'000, 200'000'000, 300'000'000, 500'000'000, 1'000'000'000};
constexpr int DelayStep = 10;  ///< milliseconds
constexpr int MostDelay = 200; ///< steps
constexpr int LossStep = 2;    ///< parts of a percent: half a percent each
constexpr int MostLoss = 100;  ///< 50 %

QString rateText(std::uint64_t bits)
{
    if (bits == 0)
        return LinePanel::tr("no limit");
    const QLocale locale;
    if (bits >= 1'000'000)
        return LinePanel::tr("%1 Mbit/s").arg(locale.toString(static_cast<double>(bits) / 1e6, 'g', 4));
    return LinePanel::tr("%1 kbit/s").arg(locale.toString(static_cast<double>(bits) / 1e3, 'g', 4));
}

} // namespace

std::uint64_t LinePanel::bitsAt(int position)
{
    return position < 0 || position >= UnlimitedPosition ? 0 : Rates[static_cast<std::size_t>(position)];
}

int LinePanel::positionOf(std::uint64_t bitsPerSecond)
{
    if (bitsPerSecond == 0)
        return UnlimitedPosition;
    int position = 0;
    while (position + 1 < UnlimitedPosition && bitsAt(position + 1) <= bitsPerSecond)
        ++position;
    return position;
}

LinePanel::LinePanel(NetworkClient& client, QWidget* parent)
    : QWidget(parent), m_client(client), m_grid(new QGridLayout),
      m_down(addSlider(tr("Bandwidth to the guest"), u"downSlider"_s, UnlimitedPosition)),
      m_up(addSlider(tr("Bandwidth from the guest"), u"upSlider"_s, UnlimitedPosition)),
      m_delay(addSlider(tr("Delay of a round trip"), u"delaySlider"_s, MostDelay)),
      m_loss(addSlider(tr("Loss each way"), u"lossSlider"_s, MostLoss)), m_capture(new QPushButton),
      m_captureFile(new QLabel)
{
    m_down->setValue(UnlimitedPosition);
    m_up->setValue(UnlimitedPosition);
    m_capture->setObjectName(u"capture"_s);
    m_captureFile->setTextFormat(Qt::PlainText);
    m_captureFile->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    m_captureFile->setWordWrap(true);
    auto* good = new QPushButton(tr("&Good line again"));
    good->setObjectName(u"goodLine"_s);
    auto* buttons = new QHBoxLayout;
    buttons->addWidget(good);
    buttons->addWidget(m_capture);
    buttons->addWidget(m_captureFile, 1);
    auto* layout = new QVBoxLayout(this);
    layout->addLayout(m_grid);
    layout->addLayout(buttons);
    layout->addStretch(1);
    // A slider under way asks for something new many times a second.
    m_applySoon.setSingleShot(true);
    m_applySoon.setInterval(150ms);
    connect(&m_applySoon, &QTimer::timeout, this, &LinePanel::apply);
    connect(good, &QPushButton::clicked, this, [this] {
        m_down->setValue(UnlimitedPosition);
        m_up->setValue(UnlimitedPosition);
        m_delay->setValue(0);
        m_loss->setValue(0);
    });
    connect(m_capture, &QPushButton::clicked, this, &LinePanel::toggleCapture);
    connect(&client, &NetworkClient::statusChanged, this, &LinePanel::refresh);
    describe();
    refresh();
}

QSlider* LinePanel::addSlider(const QString& name, const QString& objectName, int most)
{
    auto* slider = new QSlider(Qt::Horizontal);
    slider->setRange(0, most);
    slider->setPageStep(std::max(1, most / 10));
    slider->setAccessibleName(name);
    slider->setObjectName(objectName);
    const int row = m_grid->rowCount();
    auto* label = new QLabel(name);
    label->setBuddy(slider);
    m_grid->addWidget(label, row, 0);
    m_grid->addWidget(slider, row, 1);
    m_values << new QLabel;
    m_values.last()->setMinimumWidth(m_values.last()->fontMetrics().averageCharWidth() * 14);
    m_grid->addWidget(m_values.last(), row, 2);
    connect(slider, &QSlider::valueChanged, this, [this] {
        describe();
        m_applySoon.start();
    });
    return slider;
}

void LinePanel::describe()
{
    if (m_values.size() < 4)
        return; // still being built
    const QStringList texts{rateText(bitsAt(m_down->value())), rateText(bitsAt(m_up->value())),
                            tr("%1 ms").arg(m_delay->value() * DelayStep),
                            tr("%1 %").arg(QLocale().toString(m_loss->value() / double{LossStep}))};
    const std::array<QSlider*, 4> sliders{m_down, m_up, m_delay, m_loss};
    for (qsizetype i = 0; i < texts.size(); ++i) {
        m_values[i]->setText(texts[i]);
        sliders[static_cast<std::size_t>(i)]->setAccessibleDescription(texts[i]);
    }
}

void LinePanel::apply()
{
    m_client.request(u"network-shape"_s,
                     {{"downBitsPerSecond"_L1, static_cast<qint64>(bitsAt(m_down->value()))},
                      {"upBitsPerSecond"_L1, static_cast<qint64>(bitsAt(m_up->value()))},
                      {"delayMilliseconds"_L1, m_delay->value() * DelayStep},
                      {"lossPercent"_L1, m_loss->value() / double{LossStep}}});
}

void LinePanel::refresh()
{
    const NetworkStatus& now = m_client.status();
    const bool captures = !now.captureFile.isEmpty();
    m_capture->setText(captures ? tr("&Stop recording") : tr("&Record frames"));
    m_capture->setIcon(themeIcon(captures ? u"media-playback-stop"_s : u"media-record"_s));
    m_captureFile->setText(captures ? tr("Recording to %1").arg(QDir::toNativeSeparators(now.captureFile))
                                    : QString());
    if (m_applySoon.isActive())
        return; // the user is moving a slider
    const QSignalBlocker down(m_down);
    const QSignalBlocker up(m_up);
    const QSignalBlocker delay(m_delay);
    const QSignalBlocker loss(m_loss);
    m_down->setValue(positionOf(now.downBitsPerSecond));
    m_up->setValue(positionOf(now.upBitsPerSecond));
    m_delay->setValue(now.delayMilliseconds / DelayStep);
    m_loss->setValue(static_cast<int>(now.lossPercent * LossStep));
    describe();
}

void LinePanel::toggleCapture()
{
    QString path;
    if (m_client.status().captureFile.isEmpty()) {
        const QString folder = QStandardPaths::writableLocation(QStandardPaths::DownloadLocation);
        QDir().mkpath(folder);
        path =
            folder + u"/guest-%1.pcapng"_s.arg(QDateTime::currentDateTime().toString(u"yyyyMMdd-HHmmss"_s));
    }
    m_client.request(u"network-capture"_s, {{"path"_L1, path}});
}

} // namespace app

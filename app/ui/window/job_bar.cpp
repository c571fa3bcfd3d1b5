// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/window/job_bar.h"

#include <QProgressBar>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace app {

namespace {

constexpr int Steps = 1000; // of the progress bar

} // namespace

JobBar::JobBar(const QString& text, std::shared_ptr<LibraryJob> job, QWidget* parent)
    : QWidget(parent), m_title(text), m_job(std::move(job)), m_text(new QLabel(text)),
      m_progress(new QProgressBar)
{
    m_progress->setAccessibleName(text);
    m_progress->setRange(0, 0); // how much there is to do is told by the work itself
    m_progress->setTextVisible(false);
    m_progress->setFixedWidth(180);
    auto* cancel = new QPushButton(tr("Cancel"));
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(8, 2, 8, 2);
    layout->addWidget(m_text, 1);
    layout->addWidget(m_progress);
    layout->addWidget(cancel);
    connect(cancel, &QPushButton::clicked, this, [this, cancel] {
        m_job->isCancelled = true;
        cancel->setEnabled(false);
    });
    connect(&m_timer, &QTimer::timeout, this, &JobBar::refresh);
    m_timer.start(200ms);
    m_elapsed.start();
}

void JobBar::refresh()
{
    const std::uint64_t total = m_job->bytesTotal;
    if (total == 0)
        return;
    const std::uint64_t done = std::min(m_job->bytesDone.load(), total);
    m_progress->setRange(0, Steps);
    m_progress->setValue(static_cast<int>(static_cast<double>(done) / static_cast<double>(total) * Steps));
    const QString left = timeLeftText(done, total, std::chrono::milliseconds(m_elapsed.elapsed()));
    m_text->setText(left.isEmpty() ? m_title : u"%1 (%2)"_s.arg(m_title, left));
}

QString timeLeftText(std::uint64_t done, std::uint64_t total, std::chrono::milliseconds elapsed)
{
    if (done == 0 || elapsed < 1s || total <= done)
        return {};
    const double perByte = static_cast<double>(elapsed.count()) / static_cast<double>(done);
    const auto seconds = static_cast<int>(perByte * static_cast<double>(total - done) / 1000) + 1;
    return seconds < 90 ? JobBar::tr("about %n second(s) left", nullptr, seconds)
                        : JobBar::tr("about %n minute(s) left", nullptr, (seconds + 30) / 60);
}

} // namespace app

// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/detail/overview_page.h"

#include "ui/detail/graph_widget.h"
#include "ui/look/icons.h"
#include "wizards/resource_scale.h"

#include <QEvent>
#include <QFileInfo>
#include <QGridLayout>
#include <QLocale>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace app {

namespace {

constexpr QSize PictureSize(320, 200);

QString rate(double bytesPerSecond)
{
    return OverviewPage::tr("%1/s").arg(QLocale().formattedDataSize(static_cast<qint64>(bytesPerSecond), 1));
}

QString fact(const QString& title, const QString& value)
{
    return u"<tr><td style='padding-right:14px'>%1</td><td>%2</td></tr>"_s.arg(title, value.toHtmlEscaped());
}

} // namespace

OverviewPage::OverviewPage(GuestStore& store, QWidget* parent)
    : QWidget(parent), m_store(store), m_picture(new QLabel), m_facts(new QLabel), m_failure(new QLabel),
      m_graphs(new QWidget), m_cpu(new GraphWidget(tr("Processors"), QColor(0x3D, 0xAE, 0xE9), 1)),
      m_memory(new GraphWidget(tr("Memory"), QColor(0x9B, 0x59, 0xB6), 1)),
      m_disk(new GraphWidget(tr("Disk"), QColor(0x27, 0xAE, 0x60), 0)),
      m_network(new GraphWidget(tr("Network"), QColor(0xF6, 0x74, 0x00), 0))
{
    m_picture->setFixedSize(PictureSize);
    m_picture->setAccessibleName(tr("Screen of the guest"));
    m_picture->setCursor(Qt::PointingHandCursor);
    m_picture->setToolTip(tr("Open the console"));
    m_picture->installEventFilter(this);
    m_facts->setTextFormat(Qt::RichText);
    m_facts->setAlignment(Qt::AlignTop);
    m_facts->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_facts->setAccessibleName(tr("Facts about the guest"));
    m_failure->setWordWrap(true);
    m_failure->setTextFormat(Qt::PlainText);
    m_failure->setTextInteractionFlags(Qt::TextSelectableByMouse);
    auto* top = new QHBoxLayout;
    top->addWidget(m_picture, 0, Qt::AlignTop);
    top->addSpacing(14);
    top->addWidget(m_facts, 1);
    auto* graphs = new QGridLayout(m_graphs);
    graphs->setContentsMargins(0, 0, 0, 0);
    graphs->setSpacing(12);
    graphs->addWidget(m_cpu, 0, 0);
    graphs->addWidget(m_memory, 0, 1);
    graphs->addWidget(m_disk, 1, 0);
    graphs->addWidget(m_network, 1, 1);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(16, 16, 16, 16);
    layout->setSpacing(14);
    layout->addLayout(top);
    layout->addWidget(m_failure);
    layout->addWidget(m_graphs);
    layout->addStretch();
    connect(&store, &GuestStore::itemChanged, this, [this](const QString& id) {
        if (id == m_id)
            showItem();
    });
    connect(&store, &GuestStore::listChanged, this, &OverviewPage::showItem);
    connect(&m_sampleTimer, &QTimer::timeout, this, &OverviewPage::sample);
    m_sampleTimer.start(1s);
}

void OverviewPage::setGuest(const QString& id)
{
    m_id = id;
    m_last.reset();
    for (GraphWidget* graph : {m_cpu, m_memory, m_disk, m_network})
        graph->clear();
    showItem();
}

void OverviewPage::showItem()
{
    const GuestItem* guest = m_store.find(m_id);
    if (!guest)
        return;
    m_picture->setPixmap(picture(*guest));
    showFacts(*guest);
    m_failure->setVisible(!guest->failure.isEmpty());
    m_failure->setText(guest->failure);
    m_graphs->setVisible(guest->connection != nullptr);
    if (!guest->connection)
        m_last.reset();
}

QPixmap OverviewPage::picture(const GuestItem& guest) const
{
    const qreal ratio = devicePixelRatioF();
    QPixmap pixmap(PictureSize * ratio);
    pixmap.setDevicePixelRatio(ratio);
    pixmap.fill(guest.frame.isNull() ? palette().color(QPalette::Base) : QColor(Qt::black));
    QPainter painter(&pixmap);
    painter.setOpacity(guest.state == GuestState::Running ? 1 : 0.5);
    if (guest.frame.isNull()) {
        themeIcon(u"virtual-machine"_s).paint(&painter, QRect(120, 60, 80, 80));
    } else {
        const QSize size = guest.frame.size().scaled(PictureSize, Qt::KeepAspectRatio);
        const QPoint corner((PictureSize.width() - size.width()) / 2,
                            (PictureSize.height() - size.height()) / 2);
        painter.setRenderHint(QPainter::SmoothPixmapTransform);
        painter.drawImage(QRect(corner, size), guest.frame);
    }
    return pixmap;
}

void OverviewPage::showFacts(const GuestItem& guest)
{
    const engine::VmConfig& config = guest.entry.guest.config;
    QString rows = fact(tr("State"), stateWord(guest.state));
    if (const OsInfo* os = guest.entry.guest.presentation.osId.empty()
                               ? nullptr
                               : OsDatabase::instance().find(guest.entry.guest.presentation.osId))
        rows += fact(tr("System"), QString::fromStdString(os->name));
    if (guest.isStored && !guest.entry.problem) {
        rows += fact(tr("Processors"), QString::number(config.cpuCount));
        rows += fact(tr("Memory"), wizards::sizeText(config.memoryBytes));
        rows += fact(tr("Firmware"),
                     config.firmware.kind == engine::FirmwareKind::Ovmf ? tr("UEFI") : tr("BIOS"));
        for (const engine::DiskConfig& disk : config.disks)
            rows += fact(tr("Disk"), QFileInfo(QString::fromStdString(disk.path)).fileName());
        for (const engine::CdConfig& cd : config.cds)
            rows += fact(tr("CD"), cd.path.empty() ? tr("empty")
                                                   : QFileInfo(QString::fromStdString(cd.path)).fileName());
        rows += fact(tr("Folder"), QString::fromStdString(guest.entry.folder.string()));
    }
    if (!guest.entry.guest.presentation.notes.empty())
        rows += fact(tr("Notes"), QString::fromStdString(guest.entry.guest.presentation.notes));
    m_facts->setText(u"<table cellspacing='3'>%1</table>"_s.arg(rows));
}

void OverviewPage::sample()
{
    const GuestItem* guest = m_store.find(m_id);
    if (!guest || !guest->connection || !guest->connection->hasStatus())
        return;
    const GuestStatus& status = guest->connection->status();
    const GuestStatistics& now = status.statistics;
    const double elapsed = status.uptimeSeconds - m_lastUptime;
    // Uptime stands still while the guest is paused; a second is close enough then.
    const double seconds = m_last && elapsed > 0.2 ? elapsed : 1.0;
    if (m_last) {
        const double share = (now.cpuSeconds - m_last->cpuSeconds) / seconds / std::max(1U, status.cpuCount);
        m_cpu->add(share, QLocale().toString(std::clamp(share, 0.0, 1.0) * 100, 'f', 0) + u" %"_s);
        const auto touched = static_cast<double>(now.memoryTouchedBytes);
        m_memory->add(touched / std::max(1.0, static_cast<double>(status.memoryBytes)),
                      wizards::sizeText(now.memoryTouchedBytes));
        const auto perSecond = [&](std::uint64_t later, std::uint64_t earlier) {
            return later > earlier ? static_cast<double>(later - earlier) / seconds : 0.0;
        };
        const double disk = perSecond(now.diskReadBytes + now.diskWrittenBytes,
                                      m_last->diskReadBytes + m_last->diskWrittenBytes);
        const double network = perSecond(now.networkReceivedBytes + now.networkSentBytes,
                                         m_last->networkReceivedBytes + m_last->networkSentBytes);
        m_disk->add(disk, rate(disk));
        m_network->add(network, rate(network));
    }
    m_last = now;
    m_lastUptime = status.uptimeSeconds;
}

bool OverviewPage::eventFilter(QObject* watched, QEvent* event)
{
    if (watched == m_picture && event->type() == QEvent::MouseButtonRelease)
        emit consoleRequested();
    return QWidget::eventFilter(watched, event);
}

} // namespace app

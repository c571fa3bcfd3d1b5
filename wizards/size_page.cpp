// SPDX-License-Identifier: GPL-3.0-or-later
#include "wizards/size_page.h"

#include "wizards/resource_slider.h"

#include <QGridLayout>

#include <array>

using namespace Qt::StringLiterals;

namespace wizards {

namespace {

constexpr std::uint64_t MiB = std::uint64_t{1} << 20;
constexpr std::uint64_t GiB = std::uint64_t{1} << 30;
constexpr std::uint64_t LeastMemory = 64 * MiB;
constexpr std::uint64_t LargestUsualDisk = 2048 * GiB;
constexpr std::uint64_t MostCpus = 64;

QLabel* labelFor(const QString& text, QWidget* field)
{
    auto* label = new QLabel(text);
    label->setBuddy(field);
    label->setAlignment(Qt::AlignTop);
    return label;
}

} // namespace

ResourceScale cpuScale(const app::OsInfo* os, const app::HostResources& host)
{
    return {.kind = ResourceKind::Cpus,
            .minimum = 1,
            .maximum = std::clamp<std::uint64_t>(std::uint64_t{2} * host.cpuCount, 4, MostCpus),
            .needed = os ? os->minimum.cpuCount : 0,
            .recommended = os ? os->recommended.cpuCount : 0,
            .hostTotal = host.cpuCount};
}

ResourceScale memoryScale(const app::OsInfo* os, const app::HostResources& host)
{
    // validate() allows 95 % of the computer's memory.
    const std::uint64_t most = host.memoryBytes / 100 * 95 / MiB * MiB;
    return {.kind = ResourceKind::Memory,
            .minimum = LeastMemory,
            .maximum = std::max(most, LeastMemory),
            .needed = os ? os->minimum.memoryBytes : 0,
            .recommended = os ? os->recommended.memoryBytes : 0,
            .hostTotal = host.memoryBytes};
}

ResourceScale diskScale(const app::OsInfo* os, const app::HostResources& host, std::uint64_t leastBytes)
{
    return {.kind = ResourceKind::Disk,
            .minimum = leastBytes,
            .maximum = std::max({LargestUsualDisk, host.freeDiskBytes / GiB * GiB, leastBytes}),
            .needed = os ? os->minimum.diskBytes : 0,
            .recommended = os ? os->recommended.diskBytes : 0,
            .hostTotal = host.freeDiskBytes};
}

SizePage::SizePage(GuestDraft& draft, app::HostResources host, QWidget* parent)
    : QWizardPage(parent), m_draft(draft), m_host(host), m_cpus(new ResourceSlider(cpuScale(nullptr, host))),
      m_memory(new ResourceSlider(memoryScale(nullptr, host))),
      m_disk(new ResourceSlider(diskScale(nullptr, host))), m_firmware(new QComboBox)
{
    setTitle(tr("How much may it use?"));
    setSubTitle(tr("You can change all of this later."));
    m_cpus->setObjectName(u"cpus"_s);
    m_memory->setObjectName(u"memory"_s);
    m_disk->setObjectName(u"disk"_s);
    m_firmware->setObjectName(u"firmware"_s);
    m_firmware->setAccessibleName(tr("Firmware"));
    m_firmware->addItem(tr("BIOS"), static_cast<int>(engine::FirmwareKind::SeaBios));
    m_firmware->addItem(tr("UEFI"), static_cast<int>(engine::FirmwareKind::Ovmf));
    m_diskLabel = labelFor(tr("&Disk:"), m_disk);
    // Not a form layout: that gives rows whose texts wrap too little room when they grow.
    auto* layout = new QGridLayout(this);
    layout->setVerticalSpacing(14);
    layout->setColumnStretch(1, 1);
    QLabel* firmwareLabel = labelFor(tr("&Firmware:"), m_firmware);
    firmwareLabel->setAlignment(Qt::AlignVCenter);
    const std::array<std::pair<QLabel*, QWidget*>, 4> rows{{{labelFor(tr("&Processors:"), m_cpus), m_cpus},
                                                            {labelFor(tr("&Memory:"), m_memory), m_memory},
                                                            {m_diskLabel, m_disk},
                                                            {firmwareLabel, m_firmware}}};
    int row = 0;
    for (const auto& [label, field] : rows) {
        layout->addWidget(label, row, 0);
        layout->addWidget(field, row++, 1);
    }
    layout->setRowStretch(row, 1);
    for (ResourceSlider* slider : {m_cpus, m_memory, m_disk})
        connect(slider, &ResourceSlider::valueChanged, this, &SizePage::check);
}

void SizePage::initializePage()
{
    const app::OsInfo* os = app::OsDatabase::instance().find(m_draft.osId);
    const app::GuestDefaults& defaults = m_draft.defaults;
    const QSignalBlocker quietCpus(m_cpus);
    const QSignalBlocker quietMemory(m_memory);
    const QSignalBlocker quietDisk(m_disk);
    m_cpus->setScale(cpuScale(os, m_host));
    m_cpus->setValue(m_draft.config.cpuCount);
    m_cpus->setNote(reasonText(defaults.cpuCount.reason), false);
    m_memory->setScale(memoryScale(os, m_host));
    m_memory->setValue(m_draft.config.memoryBytes);
    m_memory->setNote(reasonText(defaults.memoryBytes.reason), false);
    m_disk->setScale(diskScale(os, m_host));
    m_disk->setValue(m_draft.diskBytes);
    m_disk->setNote(reasonText(defaults.diskBytes.reason), false);
    m_disk->setVisible(takesNewDisk());
    m_diskLabel->setVisible(takesNewDisk());
    m_firmware->setCurrentIndex(m_firmware->findData(static_cast<int>(m_draft.config.firmware.kind)));
    m_firmware->setToolTip(reasonText(defaults.firmware.reason));
    check();
}

/// A medium that is a disk itself, or brings some, needs no other.
bool SizePage::takesNewDisk() const
{
    return m_draft.medium.kind != app::MediumKind::DiskImage && !m_draft.medium.appliance;
}

void SizePage::check()
{
    engine::VmConfig config = m_draft.config;
    config.cpuCount = static_cast<std::uint32_t>(m_cpus->value());
    config.memoryBytes = m_memory->value();
    config.name = "x"; // the next page's business
    for (const auto& [slider, field] : {std::pair(m_cpus, "cpuCount"), std::pair(m_memory, "memoryBytes")}) {
        QString problem;
        for (const engine::ConfigProblem& found : engine::validate(config, m_host.memoryBytes)) {
            if (found.field == field)
                problem = QString::fromStdString(found.text);
        }
        const auto reason =
            slider == m_cpus ? m_draft.defaults.cpuCount.reason : m_draft.defaults.memoryBytes.reason;
        const auto chosen = slider == m_cpus ? m_draft.config.cpuCount : m_draft.config.memoryBytes;
        // The reason belongs to the default; another value is the user's own.
        slider->setNote(problem.isEmpty() && slider->value() == chosen ? reasonText(reason) : problem,
                        !problem.isEmpty());
    }
    emit completeChanged();
}

bool SizePage::isComplete() const
{
    engine::VmConfig config = m_draft.config;
    config.cpuCount = static_cast<std::uint32_t>(m_cpus->value());
    config.memoryBytes = m_memory->value();
    config.name = "x";
    return engine::validate(config, m_host.memoryBytes).empty();
}

bool SizePage::validatePage()
{
    m_draft.config.cpuCount = static_cast<std::uint32_t>(m_cpus->value());
    m_draft.config.memoryBytes = m_memory->value();
    if (takesNewDisk())
        (void)app::setNewDisk(m_draft, m_disk->value()); // refuses only what takesNewDisk() excludes
    m_draft.config.firmware.kind = static_cast<engine::FirmwareKind>(m_firmware->currentData().toInt());
    m_draft.config.firmware.variablesPath =
        m_draft.config.firmware.kind == engine::FirmwareKind::Ovmf ? "nvram.fd" : "";
    return true;
}

} // namespace wizards

// SPDX-License-Identifier: GPL-3.0-or-later
#include "wizards/what_page.h"

#include "wizards/medium_chooser.h"
#include "wizards/resource_scale.h"
#include "wizards/when_done.h"

#include <QCheckBox>
#include <QComboBox>
#include <QCompleter>
#include <QFormLayout>
#include <QRadioButton>
#include <QtConcurrentRun>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace wizards {

namespace {

/// While somebody types a path, do not look at each piece of it.
constexpr auto TypingPause = 150ms;

std::pair<app::Medium, std::string> lookAt(const QString& path)
{
    const app::Medium medium = app::identifyMedium(path.toStdString());
    const app::OsDatabase& systems = app::OsDatabase::instance(); // read it here, not in the UI thread
    const app::OsInfo* os = medium.kind == app::MediumKind::Iso ? systems.identify(medium.volume) : nullptr;
    return {medium, os ? os->id : std::string()};
}

} // namespace

WhatPage::WhatPage(GuestDraft& draft, app::HostResources host, bool hasDemo, QWidget* parent)
    : QWizardPage(parent), m_draft(draft), m_host(host),
      m_fromMedium(new QRadioButton(tr("From an &ISO, a disk or an appliance"))),
      m_demo(new QRadioButton(tr("The built-in &demo: a small tour, nothing to download"))),
      m_empty(new QRadioButton(tr("An &empty guest; I add a medium later"))), m_chooser(new MediumChooser),
      m_finding(new QLabel), m_system(new QComboBox),
      m_copy(new QCheckBox(tr("&Copy the disk into the guest's folder")))
{
    setTitle(tr("What shall run?"));
    setSubTitle(tr("Any medium works; a known one gets better defaults."));
    m_fromMedium->setChecked(true);
    m_demo->setVisible(hasDemo);
    m_finding->setWordWrap(true);
    m_finding->setObjectName(u"finding"_s);
    m_system->setObjectName(u"system"_s);
    m_system->setAccessibleName(tr("Operating system"));
    m_system->setEditable(true);
    m_system->setInsertPolicy(QComboBox::NoInsert);
    m_system->completer()->setFilterMode(Qt::MatchContains);
    m_system->completer()->setCompletionMode(QCompleter::PopupCompletion);
    m_copy->setToolTip(tr("The original stays as it is. Otherwise the guest writes to it."));
    m_copy->setChecked(true);
    auto* systemRow = new QFormLayout;
    systemRow->addRow(tr("&System:"), m_system);
    auto* layout = new QVBoxLayout(this);
    layout->addWidget(m_fromMedium);
    layout->addWidget(m_chooser);
    layout->addWidget(m_finding);
    layout->addLayout(systemRow);
    layout->addWidget(m_copy);
    layout->addSpacing(8);
    layout->addWidget(m_demo);
    layout->addWidget(m_empty);
    layout->addStretch();
    m_lookSoon.setSingleShot(true);
    m_lookSoon.setInterval(TypingPause);
    connect(&m_lookSoon, &QTimer::timeout, this, &WhatPage::look);
    connect(m_chooser, &MediumChooser::pathChanged, this, &WhatPage::onPathChanged);
    for (QRadioButton* choice : {m_fromMedium, m_demo, m_empty})
        connect(choice, &QRadioButton::toggled, this, &WhatPage::describe);
    m_system->addItem(tr("Not known"), QString());
    setTabOrder(m_fromMedium, m_chooser);
    describe();
}

void WhatPage::initializePage()
{
    // After the wizard, which gives the focus to its own choice.
    QMetaObject::invokeMethod(this, [this] { m_chooser->setFocus(); }, Qt::QueuedConnection);
}

void WhatPage::setMedium(const QString& path)
{
    m_fromMedium->setChecked(true);
    m_chooser->setPath(path);
}

void WhatPage::chooseDemo()
{
    m_demo->setChecked(true);
}

void WhatPage::onPathChanged()
{
    m_fromMedium->setChecked(true);
    m_isLooking = !m_chooser->path().isEmpty();
    m_lookSoon.start();
    m_draft.medium = {};
    describe();
}

void WhatPage::look()
{
    const QString path = m_chooser->path();
    if (path.isEmpty())
        return;
    whenDone(QtConcurrent::run(lookAt, path), this,
             [this, path](const std::pair<app::Medium, std::string>& found) {
                 if (path == m_chooser->path()) // else an answer about something that was typed before
                     present(found.first, found.second);
             });
}

void WhatPage::present(const app::Medium& medium, const std::string& osId)
{
    m_isLooking = false;
    m_draft.medium = medium;
    m_draft.osId = osId;
    fillSystems();
    m_system->setCurrentIndex(std::max(m_system->findData(QString::fromStdString(osId)), 0));
    describe();
}

void WhatPage::fillSystems()
{
    if (m_system->count() > 1)
        return;
    std::vector<const app::OsInfo*> systems;
    for (const app::OsInfo& system : app::OsDatabase::instance().systems())
        systems.push_back(&system);
    std::ranges::sort(systems, {}, &app::OsInfo::name);
    for (const app::OsInfo* system : systems)
        m_system->addItem(QString::fromStdString(system->name), QString::fromStdString(system->id));
}

void WhatPage::describe()
{
    const bool fromMedium = m_fromMedium->isChecked();
    m_chooser->setEnabled(fromMedium);
    m_system->setEnabled(fromMedium && !m_isLooking);
    m_copy->setVisible(fromMedium && m_draft.medium.kind == app::MediumKind::DiskImage);
    m_finding->setText(fromMedium ? mediumText() : QString());
    emit completeChanged();
}

QString WhatPage::mediumText() const
{
    using enum app::MediumKind;
    if (m_chooser->path().isEmpty())
        return {};
    if (m_isLooking)
        return tr("Looking at the file…");
    const QString size = sizeText(m_draft.medium.fileBytes);
    switch (m_draft.medium.kind) {
    case Missing: return tr("This file cannot be opened. Check the path and that you may read it.");
    case Unknown: return tr("Not recognised (%1). You can use it as a CD all the same.").arg(size);
    case Iso:
        if (const app::OsInfo* os = app::OsDatabase::instance().find(m_draft.osId))
            return tr("Recognised: %1.").arg(QString::fromStdString(os->name));
        return tr("A CD or DVD called “%1”; its system is not known. You can use it all the same.")
            .arg(QString::fromStdString(m_draft.medium.volume.volumeId));
    case Floppy: return tr("A floppy disk.");
    case DiskImage: return tr("A disk in the format %1.").arg(QString::fromStdString(m_draft.medium.format));
    case Appliance: return applianceText();
    }
    return {};
}

QString WhatPage::applianceText() const
{
    if (!m_draft.medium.appliance)
        return tr("This appliance cannot be used: %1").arg(QString::fromStdString(m_draft.medium.problem));
    const app::Appliance& appliance = *m_draft.medium.appliance;
    QStringList parts;
    if (!appliance.systemDescription.empty())
        parts << QString::fromStdString(appliance.systemDescription);
    if (appliance.memoryBytes != 0)
        parts << tr("%1 of memory").arg(sizeText(appliance.memoryBytes));
    parts << tr("%n disk(s)", nullptr, static_cast<int>(appliance.disks.size()));
    return tr("The appliance “%1”: %2. Its disks are copied.")
        .arg(QString::fromStdString(appliance.name), parts.join(u", "_s));
}

bool WhatPage::isComplete() const
{
    if (!m_fromMedium->isChecked())
        return true;
    if (m_draft.medium.kind == app::MediumKind::Appliance && !m_draft.medium.appliance)
        return false;
    return !m_isLooking && !m_chooser->path().isEmpty() && m_draft.medium.kind != app::MediumKind::Missing
           && !m_draft.medium.path.empty();
}

bool WhatPage::validatePage()
{
    m_draft.isDemo = m_demo->isChecked();
    if (!m_fromMedium->isChecked()) {
        m_draft.medium = {};
        m_draft.osId.clear();
    } else {
        // What was typed counts only when it names a system.
        const int chosen = m_system->findText(m_system->currentText());
        m_draft.osId = chosen < 0 ? std::string() : m_system->itemData(chosen).toString().toStdString();
        if (m_draft.medium.kind == app::MediumKind::Unknown)
            m_draft.medium.kind = app::MediumKind::Iso;
    }
    m_draft.copyMedium = m_copy->isChecked() && m_draft.medium.kind == app::MediumKind::DiskImage;
    applyDefaults(m_draft, app::OsDatabase::instance(), m_host);
    return true;
}

} // namespace wizards

// SPDX-License-Identifier: GPL-3.0-or-later
#include "wizards/start_page.h"

#include "wizards/command_text.h"
#include "wizards/resource_scale.h"

#include <QCheckBox>
#include <QClipboard>
#include <QFormLayout>
#include <QGuiApplication>

using namespace Qt::StringLiterals;

namespace wizards {

namespace {

constexpr qsizetype LongestName = 100; // bytes, see engine::VmConfig::name

} // namespace

QString nameProblem(const QString& name, const QStringList& takenNames)
{
    const QString trimmed = name.trimmed();
    if (trimmed.isEmpty())
        return StartPage::tr("Enter a name for the guest.");
    if (trimmed.toUtf8().size() > LongestName)
        return StartPage::tr("The name is too long.");
    if (trimmed.startsWith(u'-'))
        return StartPage::tr("The name must not begin with “-”.");
    if (takenNames.contains(trimmed, Qt::CaseInsensitive))
        return StartPage::tr("A guest called “%1” already exists.").arg(trimmed);
    return {};
}

StartPage::StartPage(GuestDraft& draft, QStringList takenNames, QWidget* parent)
    : QWizardPage(parent), m_draft(draft), m_takenNames(std::move(takenNames)), m_name(new QLineEdit),
      m_problem(new QLabel), m_summary(new QLabel), m_startNow(new QCheckBox(tr("&Start it now")))
{
    setTitle(tr("Ready to go"));
    setSubTitle(tr("Give it a name and start."));
    m_name->setObjectName(u"guestName"_s);
    m_name->setAccessibleName(tr("Name of the guest"));
    m_startNow->setObjectName(u"startNow"_s);
    m_startNow->setChecked(true);
    m_summary->setTextFormat(Qt::PlainText);
    m_summary->setWordWrap(true);
    m_summary->setTextInteractionFlags(Qt::TextSelectableByMouse);
    auto* copy = new QPushButton(tr("Copy as co&mmand"));
    copy->setToolTip(tr("The command line that creates the same guest"));
    auto* form = new QFormLayout;
    form->addRow(tr("&Name:"), m_name);
    form->addRow(QString(), m_problem);
    form->addRow(tr("Summary:"), m_summary);
    auto* layout = new QVBoxLayout(this);
    layout->addLayout(form);
    layout->addWidget(m_startNow);
    layout->addStretch();
    layout->addWidget(copy, 0, Qt::AlignLeft);
    connect(m_name, &QLineEdit::textChanged, this, &StartPage::describe);
    connect(m_startNow, &QCheckBox::toggled, this, [this](bool on) { m_draft.startNow = on; });
    connect(copy, &QPushButton::clicked, this,
            [this] { QGuiApplication::clipboard()->setText(createCommand(m_draft)); });
}

void StartPage::initializePage()
{
    const QString suggestion = suggestedName(m_draft, app::OsDatabase::instance());
    QString name = suggestion;
    for (int number = 2; m_takenNames.contains(name, Qt::CaseInsensitive); ++number)
        name = suggestion + u' ' + QString::number(number);
    m_name->setText(name);
    m_name->selectAll();
    QMetaObject::invokeMethod(this, [this] { m_name->setFocus(); }, Qt::QueuedConnection);
    describe();
}

void StartPage::describe()
{
    const QString problem = nameProblem(m_name->text(), m_takenNames);
    m_problem->setText(problem);
    m_problem->setVisible(!problem.isEmpty());
    m_draft.config.name = m_name->text().trimmed().toStdString();
    m_summary->setText(summary());
    emit completeChanged();
}

QString StartPage::summary() const
{
    QStringList lines;
    if (m_draft.medium.appliance)
        lines << tr("%n disk(s) of the appliance, converted and copied", nullptr,
                    static_cast<int>(m_draft.medium.appliance->disks.size()));
    else if (m_draft.copyMedium)
        lines << tr("A copy of %1").arg(QString::fromStdString(m_draft.medium.path.filename().string()));
    else if (!m_draft.medium.path.empty())
        lines << tr("Starts from %1").arg(QString::fromStdString(m_draft.medium.path.filename().string()));
    lines << tr("%n processor(s)", nullptr, static_cast<int>(m_draft.config.cpuCount))
          << tr("%1 of memory").arg(sizeText(m_draft.config.memoryBytes));
    if (m_draft.diskBytes != 0)
        lines << tr("A new disk of %1, which grows as it is used").arg(sizeText(m_draft.diskBytes));
    lines << (m_draft.config.firmware.kind == engine::FirmwareKind::Ovmf ? tr("UEFI firmware")
                                                                         : tr("BIOS firmware"));
    lines << tr("Network with access to the Internet");
    return lines.join(u'\n');
}

bool StartPage::isComplete() const
{
    return nameProblem(m_name->text(), m_takenNames).isEmpty();
}

bool StartPage::validatePage()
{
    return isComplete();
}

} // namespace wizards

// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/window/host_check_page.h"

#include "ui/look/icons.h"
#include "wizards/when_done.h"

#include <QApplication>
#include <QClipboard>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QVBoxLayout>
#include <QtConcurrentRun>

using namespace Qt::StringLiterals;

namespace app {

namespace {

QWidget* remedyRow(const QString& command)
{
    auto* row = new QWidget;
    auto* field = new QLineEdit(command);
    field->setReadOnly(true);
    field->setAccessibleName(HostCheckPage::tr("Command that mends it"));
    auto* copy = new QPushButton(themeIcon(u"edit-copy"_s), HostCheckPage::tr("Copy"));
    auto* layout = new QHBoxLayout(row);
    layout->setContentsMargins(28, 0, 0, 0);
    layout->addWidget(field, 1);
    layout->addWidget(copy);
    QObject::connect(copy, &QPushButton::clicked, row,
                     [command] { QApplication::clipboard()->setText(command); });
    return row;
}

QWidget* stepRow(const HostCheckStep& step)
{
    auto* row = new QWidget;
    auto* icon = new QLabel;
    icon->setPixmap(themeIcon(step.isOk ? u"dialog-ok"_s : u"dialog-error"_s).pixmap(22));
    icon->setAccessibleName(step.isOk ? HostCheckPage::tr("works") : HostCheckPage::tr("fails"));
    const QString name = QString::fromStdString(step.name);
    auto* text = new QLabel(step.isOk ? name : name + u'\n' + QString::fromStdString(step.problem));
    text->setWordWrap(true);
    text->setTextInteractionFlags(Qt::TextSelectableByMouse);
    auto* layout = new QHBoxLayout(row);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(icon, 0, Qt::AlignTop);
    layout->addWidget(text, 1);
    return row;
}

} // namespace

HostCheckPage::HostCheckPage(HostCheck& check, QWidget* parent)
    : QWidget(parent), m_check(check), m_summary(new QLabel), m_steps(new QVBoxLayout),
      m_again(new QPushButton(themeIcon(u"view-refresh"_s), tr("Check &again"))),
      m_close(new QPushButton(tr("&Close")))
{
    QFont large = m_summary->font();
    large.setPointSizeF(large.pointSizeF() * 1.4);
    m_summary->setFont(large);
    m_summary->setWordWrap(true);
    m_again->setObjectName(u"checkAgain"_s);
    auto* buttons = new QHBoxLayout;
    buttons->addWidget(m_again);
    buttons->addWidget(m_close);
    buttons->addStretch();
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(32, 32, 32, 32);
    layout->setSpacing(14);
    layout->addWidget(m_summary);
    layout->addLayout(m_steps);
    layout->addLayout(buttons);
    layout->addStretch();
    connect(m_again, &QPushButton::clicked, this, &HostCheckPage::check);
    connect(m_close, &QPushButton::clicked, this, &HostCheckPage::closeRequested);
}

void HostCheckPage::check()
{
    m_again->setEnabled(false);
    m_summary->setText(tr("Checking this computer…"));
    wizards::whenDone(QtConcurrent::run([&check = m_check] { return check.run(); }), this,
                      [this](const std::vector<HostCheckStep>& steps) { present(steps); });
}

void HostCheckPage::present(const std::vector<HostCheckStep>& steps)
{
    while (QLayoutItem* item = m_steps->takeAt(0)) {
        delete item->widget();
        delete item;
    }
    bool isFine = true;
    for (const HostCheckStep& step : steps) {
        m_steps->addWidget(stepRow(step));
        if (!step.isOk && !step.remedy.empty())
            m_steps->addWidget(remedyRow(QString::fromStdString(step.remedy)));
        isFine = isFine && step.isOk;
    }
    m_summary->setText(isFine ? tr("This computer can run guests.")
                              : tr("This computer cannot run guests yet."));
    m_again->setEnabled(true);
    emit checked(isFine);
}

} // namespace app

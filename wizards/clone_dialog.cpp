// SPDX-License-Identifier: GPL-3.0-or-later
#include "wizards/clone_dialog.h"

#include "wizards/command_text.h"
#include "wizards/resource_scale.h"
#include "wizards/start_page.h"

#include <QClipboard>
#include <QDialogButtonBox>
#include <QFormLayout>
#include <QGuiApplication>
#include <QRadioButton>

using namespace Qt::StringLiterals;

namespace wizards {

namespace {

QLabel* explanation(const QString& text)
{
    auto* label = new QLabel(text);
    label->setWordWrap(true);
    label->setIndent(24);
    label->setForegroundRole(QPalette::PlaceholderText);
    return label;
}

} // namespace

CloneDialog::CloneDialog(const CloneOffer& offer, QStringList takenNames, QWidget* parent)
    : QDialog(parent), m_name(new QLineEdit(offer.proposal)), m_full(new QRadioButton(tr("&Full copy"))),
      m_linked(new QRadioButton(tr("&Linked copy")))
{
    setWindowTitle(tr("Clone “%1”").arg(offer.originalName));
    m_name->setObjectName(u"cloneName"_s);
    m_name->setAccessibleName(tr("Name of the copy"));
    m_name->selectAll();
    m_full->setObjectName(u"cloneFull"_s);
    m_full->setChecked(true);
    m_linked->setObjectName(u"cloneLinked"_s);
    m_linked->setEnabled(offer.linkedProblem.isEmpty());
    auto* problem = new QLabel;
    problem->setWordWrap(true);
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Ok | QDialogButtonBox::Cancel);
    buttons->button(QDialogButtonBox::Ok)->setText(tr("&Clone"));
    buttons->button(QDialogButtonBox::Cancel)->setText(tr("Cancel"));
    auto* copy = buttons->addButton(tr("Copy as co&mmand"), QDialogButtonBox::ActionRole);
    auto* layout = new QFormLayout(this);
    layout->addRow(tr("&Name:"), m_name);
    layout->addRow(QString(), problem);
    layout->addRow(m_full);
    layout->addRow(explanation(
        tr("Disks and an identity of its own. At most %1 are copied.").arg(sizeText(offer.copiedBytes))));
    layout->addRow(m_linked);
    layout->addRow(explanation(offer.linkedProblem.isEmpty()
                                   ? tr("Ready at once and small: both share what they have in common, and "
                                        "each keeps its own changes.")
                                   : offer.linkedProblem));
    layout->addRow(buttons);
    const auto check = [=, this] {
        problem->setText(nameProblem(m_name->text(), takenNames));
        problem->setVisible(!problem->text().isEmpty());
        buttons->button(QDialogButtonBox::Ok)->setEnabled(problem->text().isEmpty());
    };
    connect(m_name, &QLineEdit::textChanged, this, check);
    connect(buttons, &QDialogButtonBox::accepted, this, &QDialog::accept);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    connect(copy, &QPushButton::clicked, this, [this, original = offer.originalName] {
        QGuiApplication::clipboard()->setText(cloneCommand(original, name(), isLinked()));
    });
    check();
    resize(460, heightForWidth(460));
}

bool CloneDialog::isLinked() const
{
    return m_linked->isChecked();
}

} // namespace wizards

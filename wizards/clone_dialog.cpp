// SPDX-License-Identifier: GPL-3.0-or-later
#include "wizards/clone_dialog.h"

#include "wizards/resource_scale.h"
#include "wizards/start_page.h"

#include <QDialogButtonBox>
#include <QFormLayout>

using namespace Qt::StringLiterals;

namespace wizards {

CloneDialog::CloneDialog(const QString& originalName, const QString& proposal, std::uint64_t copiedBytes,
                         QStringList takenNames, QWidget* parent)
    : QDialog(parent), m_name(new QLineEdit(proposal))
{
    setWindowTitle(tr("Clone “%1”").arg(originalName));
    m_name->setObjectName(u"cloneName"_s);
    m_name->setAccessibleName(tr("Name of the copy"));
    m_name->selectAll();
    auto* text = new QLabel(tr("The copy has disks and an identity of its own; the original is not changed. "
                               "At most %1 are copied.")
                                .arg(sizeText(copiedBytes)));
    text->setWordWrap(true);
    auto* problem = new QLabel;
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Ok | QDialogButtonBox::Cancel);
    buttons->button(QDialogButtonBox::Ok)->setText(tr("&Clone"));
    auto* layout = new QFormLayout(this);
    layout->addRow(text);
    layout->addRow(tr("&Name:"), m_name);
    layout->addRow(QString(), problem);
    layout->addRow(buttons);
    const auto check = [=, this] {
        problem->setText(nameProblem(m_name->text(), takenNames));
        problem->setVisible(!problem->text().isEmpty());
        buttons->button(QDialogButtonBox::Ok)->setEnabled(problem->text().isEmpty());
    };
    connect(m_name, &QLineEdit::textChanged, this, check);
    connect(buttons, &QDialogButtonBox::accepted, this, &QDialog::accept);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    check();
}

} // namespace wizards

// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/window/window_dialogs.h"

#include "wizards/start_page.h"

#include <QDialogButtonBox>
#include <QFormLayout>
#include <QLabel>
#include <QLineEdit>
#include <QMessageBox>
#include <QPushButton>

using namespace Qt::StringLiterals;

namespace app {

namespace {

struct Words {
    Q_DECLARE_TR_FUNCTIONS(WindowDialogs)
};

QMessageBox* makeBox(QMessageBox::Icon icon, const QString& text, const QString& detail, QWidget* parent)
{
    auto* box = new QMessageBox(icon, QString(), text, QMessageBox::NoButton, parent);
    box->setAttribute(Qt::WA_DeleteOnClose);
    box->setInformativeText(detail);
    return box;
}

} // namespace

QDialog* makeShortcutOverlay(const QList<QAction*>& actions, QWidget* parent)
{
    auto* dialog = new QDialog(parent);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setWindowTitle(Words::tr("Keyboard shortcuts"));
    auto* form = new QFormLayout;
    form->setHorizontalSpacing(24);
    for (const QAction* action : actions) {
        if (action->shortcut().isEmpty())
            continue;
        QString text = action->text();
        auto* keys = new QLabel(action->shortcut().toString(QKeySequence::NativeText));
        QFont bold = keys->font();
        bold.setBold(true);
        keys->setFont(bold);
        form->addRow(new QLabel(text.remove(u'&').remove(u'…')), keys);
    }
    auto* release = new QLabel(Words::tr("Ctrl+Alt, pressed and released alone"));
    form->addRow(new QLabel(Words::tr("Give keyboard and pointer back from a guest")), release);
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Close);
    QObject::connect(buttons, &QDialogButtonBox::rejected, dialog, &QDialog::reject);
    auto* layout = new QVBoxLayout(dialog);
    layout->addLayout(form);
    layout->addWidget(buttons);
    return dialog;
}

void askBeforeQuit(std::size_t guests, QWidget* parent, std::function<void(QuitAnswer)> answered)
{
    QMessageBox* box =
        makeBox(QMessageBox::Question, Words::tr("%n guest(s) still run.", nullptr, static_cast<int>(guests)),
                Words::tr("They run inside of Guesthouse: what shall become of them?"), parent);
    const auto* shutDown = box->addButton(Words::tr("&Shut down, then quit"), QMessageBox::AcceptRole);
    const auto* keep = box->addButton(Words::tr("&Keep running, close the window"), QMessageBox::ActionRole);
    const auto* force = box->addButton(Words::tr("&Force off and quit"), QMessageBox::DestructiveRole);
    box->setDefaultButton(box->addButton(QMessageBox::Cancel));
    QObject::connect(box, &QMessageBox::finished, parent, [=] {
        const auto* clicked = box->clickedButton();
        answered(clicked == shutDown ? QuitAnswer::ShutDownAll
                 : clicked == keep   ? QuitAnswer::KeepRunning
                 : clicked == force  ? QuitAnswer::ForceOffAll
                                     : QuitAnswer::Cancel);
    });
    box->open();
}

void askAboutClosing(QWidget* parent, std::function<void(QuitAnswer)> answered)
{
    QMessageBox* box =
        makeBox(QMessageBox::Question, Words::tr("Guests run on when the window is closed."),
                Words::tr("Open Guesthouse again, or its symbol in the system tray, to see them. "
                          "“Quit” in the Machine menu ends them."),
                parent);
    const auto* keep = box->addButton(Words::tr("&Keep them running"), QMessageBox::AcceptRole);
    const auto* shutDown = box->addButton(Words::tr("&Shut them down"), QMessageBox::ActionRole);
    box->addButton(QMessageBox::Cancel);
    QObject::connect(box, &QMessageBox::finished, parent, [=] {
        const auto* clicked = box->clickedButton();
        answered(clicked == keep       ? QuitAnswer::KeepRunning
                 : clicked == shutDown ? QuitAnswer::ShutDownAll
                                       : QuitAnswer::Cancel);
    });
    box->open();
}

void confirm(const QString& text, const QString& detail, const QString& button, QWidget* parent,
             std::function<void()> confirmed)
{
    QMessageBox* box = makeBox(QMessageBox::Warning, text, detail, parent);
    const auto* yes = box->addButton(button, QMessageBox::DestructiveRole);
    box->setDefaultButton(box->addButton(QMessageBox::Cancel));
    QObject::connect(box, &QMessageBox::finished, parent, [=] {
        if (box->clickedButton() == yes)
            confirmed();
    });
    box->open();
}

void askForName(const QString& title, const QString& value, const QStringList& taken, QWidget* parent,
                std::function<void(const QString&)> accepted)
{
    auto* dialog = new QDialog(parent);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setWindowTitle(title);
    auto* name = new QLineEdit(value);
    name->setObjectName(u"newName"_s);
    name->selectAll();
    auto* problem = new QLabel;
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Ok | QDialogButtonBox::Cancel);
    auto* layout = new QFormLayout(dialog);
    layout->addRow(Words::tr("&Name:"), name);
    layout->addRow(QString(), problem);
    layout->addRow(buttons);
    const auto check = [=] {
        problem->setText(name->text() == value ? QString() : wizards::nameProblem(name->text(), taken));
        buttons->button(QDialogButtonBox::Ok)->setEnabled(problem->text().isEmpty());
    };
    QObject::connect(name, &QLineEdit::textChanged, dialog, check);
    QObject::connect(buttons, &QDialogButtonBox::accepted, dialog, &QDialog::accept);
    QObject::connect(buttons, &QDialogButtonBox::rejected, dialog, &QDialog::reject);
    QObject::connect(dialog, &QDialog::accepted, parent, [=] { accepted(name->text().trimmed()); });
    dialog->open();
}

} // namespace app

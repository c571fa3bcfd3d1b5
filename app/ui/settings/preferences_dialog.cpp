// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/settings/preferences_dialog.h"

#include "ui/settings/preferences.h"

#include <QCheckBox>
#include <QComboBox>
#include <QDialogButtonBox>
#include <QFormLayout>
#include <QGroupBox>

using namespace Qt::StringLiterals;

namespace app {

PreferencesDialog::PreferencesDialog(bool isDark, QWidget* parent) : QDialog(parent)
{
    setWindowTitle(tr("Preferences"));
    auto* scaling = new QComboBox;
    scaling->setObjectName(u"scaling"_s);
    scaling->setAccessibleName(tr("Scaling of the screen"));
    scaling->addItem(tr("Fit the window"), static_cast<int>(ConsoleScaling::Fit));
    scaling->addItem(tr("Whole multiples"), static_cast<int>(ConsoleScaling::Integer));
    scaling->addItem(tr("Exact pixels"), static_cast<int>(ConsoleScaling::Exact));
    scaling->setCurrentIndex(scaling->findData(static_cast<int>(preferences::scaling())));
    const auto check = [this](const QString& text, const QString& name, bool value, void (*store)(bool)) {
        auto* box = new QCheckBox(text);
        box->setObjectName(name);
        box->setChecked(value);
        connect(box, &QCheckBox::toggled, this, [this, store](bool on) {
            store(on);
            emit changed();
        });
        return box;
    };
    auto* guests = new QGroupBox(tr("All guests"));
    auto* guestForm = new QFormLayout(guests);
    auto* note = new QLabel(tr("A guest's own settings can say otherwise."));
    note->setForegroundRole(QPalette::PlaceholderText);
    guestForm->addRow(note);
    guestForm->addRow(tr("&Scaling of the screen:"), scaling);
    guestForm->addRow(check(tr("Keep the computer &awake while guests run"), u"keepAwake"_s,
                            preferences::keepsAwake(), &preferences::setKeepsAwake));
    guestForm->addRow(check(tr("&Tell me when a guest ends"), u"notify"_s, preferences::notifies(),
                            &preferences::setNotifies));
    auto* window = new QGroupBox(tr("Window"));
    auto* windowLayout = new QVBoxLayout(window);
    auto* dark = new QCheckBox(tr("&Dark colours"));
    dark->setChecked(isDark);
    connect(dark, &QCheckBox::toggled, this, &PreferencesDialog::darkChosen);
    windowLayout->addWidget(dark);
    windowLayout->addWidget(check(tr("&Closing the window leaves guests running, without a question"),
                                  u"closing"_s, preferences::closingKeepsRunning(),
                                  &preferences::setClosingKeepsRunning));
    auto* buttons = new QDialogButtonBox;
    buttons->addButton(tr("Close"), QDialogButtonBox::RejectRole);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    connect(scaling, &QComboBox::currentIndexChanged, this, [this, scaling] {
        preferences::setScaling(static_cast<ConsoleScaling>(scaling->currentData().toInt()));
        emit changed();
    });
    auto* layout = new QVBoxLayout(this);
    layout->addWidget(guests);
    layout->addWidget(window);
    layout->addWidget(buttons);
}

} // namespace app

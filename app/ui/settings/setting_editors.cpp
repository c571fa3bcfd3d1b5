// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/settings/setting_editors.h"

#include "wizards/medium_chooser.h"
#include "wizards/resource_slider.h"
#include "wizards/size_page.h"

#include <QCheckBox>
#include <QComboBox>
#include <QFileDialog>
#include <QLineEdit>
#include <QPlainTextEdit>

using namespace Qt::StringLiterals;

namespace app {

namespace {

QWidget* makeSlider(const Setting& setting, const QVariant& value, const OsInfo* os,
                    const HostResources& host, EditSetting edit)
{
    wizards::ResourceScale scale;
    if (setting.kind == SettingKind::Cpus)
        scale = wizards::cpuScale(os, host);
    else if (setting.kind == SettingKind::Memory)
        scale = wizards::memoryScale(os, host);
    else
        scale = wizards::diskScale(os, host, setting.least);
    auto* slider = new wizards::ResourceSlider(scale);
    slider->setValue(value.toULongLong());
    QObject::connect(slider, &wizards::ResourceSlider::valueChanged, slider,
                     [edit](quint64 now) { edit(QVariant::fromValue(now)); });
    return slider;
}

QWidget* makeFileField(const Setting& setting, const QVariant& value, EditSetting edit)
{
    auto* row = new QWidget;
    auto* path = new QLineEdit(value.toString());
    path->setAccessibleName(setting.label);
    path->setClearButtonEnabled(true);
    auto* browse = new QPushButton(QCoreApplication::translate("Setting", "Choose…"));
    browse->setAccessibleName(QCoreApplication::translate("Setting", "Choose a file: %1").arg(setting.label));
    auto* layout = new QHBoxLayout(row);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(path);
    layout->addWidget(browse);
    row->setFocusProxy(path);
    QObject::connect(path, &QLineEdit::textChanged, path, [edit](const QString& text) { edit(text); });
    QObject::connect(browse, &QPushButton::clicked, path, [path] {
        auto* dialog = new QFileDialog(path, {}, path->text(), wizards::MediumChooser::fileFilter());
        dialog->setAttribute(Qt::WA_DeleteOnClose);
        QObject::connect(dialog, &QFileDialog::fileSelected, path, &QLineEdit::setText);
        dialog->open();
    });
    return row;
}

QWidget* makeChoice(const Setting& setting, const QVariant& value, EditSetting edit)
{
    auto* box = new QComboBox;
    box->setAccessibleName(setting.label);
    box->addItems(setting.choices);
    box->setCurrentIndex(value.toInt());
    // The wheel scrolls the page; it must not change settings on its way.
    box->setFocusPolicy(Qt::StrongFocus);
    QObject::connect(box, &QComboBox::currentIndexChanged, box, [edit](int index) { edit(index); });
    return box;
}

QWidget* makeMultiLine(const Setting& setting, const QVariant& value, EditSetting edit)
{
    auto* text = new QPlainTextEdit(value.toString());
    text->setAccessibleName(setting.label);
    text->setTabChangesFocus(true);
    text->setFixedHeight(text->fontMetrics().lineSpacing() * 4);
    QObject::connect(text, &QPlainTextEdit::textChanged, text, [text, edit] { edit(text->toPlainText()); });
    return text;
}

} // namespace

QWidget* makeSettingEditor(const Setting& setting, const QVariant& value, const OsInfo* os,
                           const HostResources& host, EditSetting edit)
{
    switch (setting.kind) {
    case SettingKind::Cpus:
    case SettingKind::Memory:
    case SettingKind::DiskSize: return makeSlider(setting, value, os, host, std::move(edit));
    case SettingKind::File: return makeFileField(setting, value, std::move(edit));
    case SettingKind::Choice: return makeChoice(setting, value, std::move(edit));
    case SettingKind::MultiLine: return makeMultiLine(setting, value, std::move(edit));
    case SettingKind::Toggle: {
        auto* box = new QCheckBox;
        box->setAccessibleName(setting.label);
        box->setChecked(value.toBool());
        QObject::connect(box, &QCheckBox::toggled, box, [edit](bool on) { edit(on); });
        return box;
    }
    case SettingKind::Text: {
        auto* line = new QLineEdit(value.toString());
        line->setAccessibleName(setting.label);
        QObject::connect(line, &QLineEdit::textChanged, line, [edit](const QString& text) { edit(text); });
        return line;
    }
    }
    return nullptr;
}

} // namespace app

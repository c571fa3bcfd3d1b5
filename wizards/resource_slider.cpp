// SPDX-License-Identifier: GPL-3.0-or-later
#include "wizards/resource_slider.h"

#include <QDoubleSpinBox>
#include <QGridLayout>

using namespace Qt::StringLiterals;

namespace wizards {

namespace {

constexpr double MiB = 1024.0 * 1024.0;
constexpr double GiB = 1024.0 * MiB;

} // namespace

ResourceSlider::ResourceSlider(const ResourceScale& scale, QWidget* parent)
    : QWidget(parent), m_scale(scale), m_slider(new ZonedSlider), m_exact(new QDoubleSpinBox),
      m_legend(new QLabel), m_warning(new QLabel)
{
    m_slider->setAccessibleName(title());
    m_exact->setAccessibleName(tr("%1, exact value").arg(title()));
    m_exact->setKeyboardTracking(false);
    m_exact->setMinimumWidth(fontMetrics().horizontalAdvance(u"00000000 MiB"_s) + 36);
    m_legend->setWordWrap(true);
    m_warning->setWordWrap(true);
    m_legend->setForegroundRole(QPalette::PlaceholderText);
    auto* layout = new QGridLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setVerticalSpacing(2);
    layout->addWidget(m_slider, 0, 0);
    layout->addWidget(m_exact, 0, 1, Qt::AlignTop);
    layout->addWidget(m_legend, 1, 0, 1, 2);
    layout->addWidget(m_warning, 2, 0, 1, 2);
    layout->setColumnStretch(0, 1);
    setFocusProxy(m_slider);
    connect(m_slider, &QSlider::valueChanged, this,
            [this](int position) { take(m_slider->valueAt(position)); });
    connect(m_exact, &QDoubleSpinBox::valueChanged, this,
            [this](double shown) { take(static_cast<quint64>(shown * displayUnit() + 0.5)); });
    setScale(scale);
}

QString ResourceSlider::title() const
{
    switch (m_scale.kind) {
    case ResourceKind::Cpus: return tr("Processors");
    case ResourceKind::Memory: return tr("Memory");
    case ResourceKind::Disk: return tr("Disk");
    }
    return {};
}

double ResourceSlider::displayUnit() const
{
    switch (m_scale.kind) {
    case ResourceKind::Cpus: return 1;
    case ResourceKind::Memory: return MiB;
    case ResourceKind::Disk: return GiB;
    }
    return 1;
}

void ResourceSlider::setScale(const ResourceScale& scale)
{
    m_scale = scale;
    m_slider->setScale(scale);
    const QSignalBlocker quiet(m_exact);
    m_exact->setDecimals(0);
    m_exact->setRange(static_cast<double>(scale.minimum) / displayUnit(),
                      static_cast<double>(scale.maximum) / displayUnit());
    m_exact->setSingleStep(static_cast<double>(scale.quantum()) / displayUnit());
    if (scale.kind == ResourceKind::Memory)
        m_exact->setSuffix(u'\u00A0' + tr("MiB"));
    else if (scale.kind == ResourceKind::Disk)
        m_exact->setSuffix(u'\u00A0' + tr("GiB"));
    //: The smallest value of a slider: the guest has no disk
    m_exact->setSpecialValueText(scale.kind == ResourceKind::Disk && scale.minimum == 0 ? tr("none")
                                                                                        : QString());
    m_value = std::clamp<quint64>(m_value, scale.minimum, scale.maximum);
    refresh();
}

void ResourceSlider::setValue(quint64 value)
{
    take(value);
}

void ResourceSlider::take(quint64 value)
{
    value = std::clamp<quint64>(value, m_scale.minimum, m_scale.maximum);
    if (value == m_value)
        return refresh();
    m_value = value;
    refresh();
    emit valueChanged(m_value);
}

void ResourceSlider::setEffect(Effect effect)
{
    m_effect = effect;
    refresh();
}

void ResourceSlider::setNote(const QString& note, bool isProblem)
{
    m_note = note;
    m_noteIsProblem = isProblem;
    refresh();
}

void ResourceSlider::refresh()
{
    const QSignalBlocker quietSlider(m_slider);
    const QSignalBlocker quietField(m_exact);
    m_slider->setValue(m_slider->nearestPosition(m_value));
    m_exact->setValue(static_cast<double>(m_value) / displayUnit());
    m_legend->setText(legend());
    const QString warning = m_noteIsProblem ? m_note : warningText();
    m_warning->setText(warning.isEmpty() ? QString() : u"⚠ "_s + warning);
    m_warning->setVisible(!warning.isEmpty());
    m_slider->setAccessibleDescription(m_legend->text() + u' ' + warning);
    m_slider->setToolTip(m_note);
    m_exact->setToolTip(m_note);
}

QString ResourceSlider::legend() const
{
    QStringList parts;
    for (const QString& part : {restText(), m_noteIsProblem ? QString() : m_note, effectText()}) {
        if (!part.isEmpty())
            parts << part;
    }
    return parts.join(u' ');
}

QString ResourceSlider::restText() const
{
    if (m_scale.hostTotal == 0)
        return {};
    const quint64 used = m_scale.inUse + m_value;
    const quint64 rest = m_scale.hostTotal > used ? m_scale.hostTotal - used : 0;
    switch (m_scale.kind) {
    case ResourceKind::Cpus:
        return tr("This computer has %n processor(s); guests share them.", nullptr,
                  static_cast<int>(m_scale.hostTotal));
    case ResourceKind::Memory:
        return tr("Leaves %1 of the computer's %2.").arg(sizeText(rest), sizeText(m_scale.hostTotal));
    case ResourceKind::Disk:
        return m_value == 0 ? tr("The guest has no disk.")
                            : tr("Grows as it is used; %1 are free now.").arg(sizeText(m_scale.hostTotal));
    }
    return {};
}

QString ResourceSlider::warningText() const
{
    const bool isAbsent = m_scale.kind == ResourceKind::Disk && m_value == 0; // a choice, not too little
    if (!isAbsent && m_scale.needed != 0 && m_value < m_scale.needed) {
        const QString needed = m_scale.kind == ResourceKind::Cpus
                                   ? tr("%n processor(s)", nullptr, static_cast<int>(m_scale.needed))
                                   : sizeText(m_scale.needed);
        return tr("The guest's system needs at least %1.").arg(needed);
    }
    if (m_value <= m_scale.comfortable())
        return {};
    switch (m_scale.kind) {
    case ResourceKind::Cpus: return tr("More processors than the computer has make the guest slower.");
    case ResourceKind::Memory: return tr("The computer itself may become slow.");
    case ResourceKind::Disk: return tr("There is not so much free space; a full guest would stop.");
    }
    return {};
}

QString ResourceSlider::effectText() const
{
    switch (m_effect) {
    case Effect::AtStart: return {};
    case Effect::Now: return tr("Takes effect now.");
    case Effect::AfterRestart: return tr("Takes effect after a restart of the guest.");
    }
    return {};
}

} // namespace wizards

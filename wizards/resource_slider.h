// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "wizards/zoned_slider.h"

#include <QLabel>

class QDoubleSpinBox;

namespace wizards {

/// Sets CPUs, memory or disk of a guest: a coloured slider, a field for the exact value, and a line
/// that says what stays for the computer, what is wrong, and when the change takes effect.
class ResourceSlider final : public QWidget {
    Q_OBJECT
    Q_PROPERTY(quint64 value READ value WRITE setValue NOTIFY valueChanged USER true)
public:
    enum class Effect { AtStart, Now, AfterRestart };

    explicit ResourceSlider(const ResourceScale& scale, QWidget* parent = nullptr);

    [[nodiscard]] quint64 value() const { return m_value; }
    /// Values outside of the scale are moved into it.
    void setValue(quint64 value);
    void setScale(const ResourceScale& scale);
    [[nodiscard]] const ResourceScale& scale() const { return m_scale; }
    void setEffect(Effect effect);
    /// A sentence about the value (from validation, or the reason of a default); empty: none.
    void setNote(const QString& note, bool isProblem);
    [[nodiscard]] QString legend() const;

signals:
    void valueChanged(quint64 value);

private:
    void take(quint64 value);
    void refresh();
    [[nodiscard]] QString title() const;
    [[nodiscard]] QString restText() const;
    [[nodiscard]] QString warningText() const;
    [[nodiscard]] QString effectText() const;
    [[nodiscard]] double displayUnit() const;

    ResourceScale m_scale;
    ZonedSlider* m_slider;
    QDoubleSpinBox* m_exact;
    QLabel* m_legend;
    QLabel* m_warning;
    QString m_note;
    Effect m_effect = Effect::AtStart;
    bool m_noteIsProblem = false;
    quint64 m_value = 0;
};

} // namespace wizards

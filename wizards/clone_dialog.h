// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDialog>
#include <QLabel>
#include <QLineEdit>

class QRadioButton;

namespace wizards {

/// What the dialogue shows about the original.
struct CloneOffer {
    QString originalName;
    QString proposal;              ///< of the copy's name
    std::uint64_t copiedBytes = 0; ///< by a full copy
    QString linkedProblem;         ///< why a linked copy is not possible; empty: it is
};

/// Asks for a copy's name and kind.
class CloneDialog final : public QDialog {
    Q_OBJECT
public:
    CloneDialog(const CloneOffer& offer, QStringList takenNames, QWidget* parent = nullptr);
    [[nodiscard]] QString name() const { return m_name->text().trimmed(); }
    [[nodiscard]] bool isLinked() const;

private:
    QLineEdit* m_name;
    QRadioButton* m_full;
    QRadioButton* m_linked;
};

} // namespace wizards

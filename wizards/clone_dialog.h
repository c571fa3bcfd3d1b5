// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDialog>
#include <QLabel>
#include <QLineEdit>

namespace wizards {

/// Asks for a copy's name.
class CloneDialog final : public QDialog {
    Q_OBJECT
public:
    CloneDialog(const QString& originalName, const QString& proposal, std::uint64_t copiedBytes,
                QStringList takenNames, QWidget* parent = nullptr);
    [[nodiscard]] QString name() const { return m_name->text().trimmed(); }

private:
    QLineEdit* m_name;
};

} // namespace wizards

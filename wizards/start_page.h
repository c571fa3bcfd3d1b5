// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "wizards/guest_draft.h"

#include <QLabel>
#include <QLineEdit>
#include <QWizardPage>

class QCheckBox;

namespace wizards {

/// Why a guest cannot have this name, or empty. Names differ in more than upper and lower case.
[[nodiscard]] QString nameProblem(const QString& name, const QStringList& takenNames);

/// Step 3: name, summary, start.
class StartPage final : public QWizardPage {
    Q_OBJECT
public:
    StartPage(GuestDraft& draft, QStringList takenNames, QWidget* parent = nullptr);
    void initializePage() override;
    bool validatePage() override;
    [[nodiscard]] bool isComplete() const override;

private:
    void describe();
    [[nodiscard]] QString summary() const;

    GuestDraft& m_draft;
    QStringList m_takenNames;
    QLineEdit* m_name;
    QLabel* m_problem;
    QLabel* m_summary;
    QCheckBox* m_startNow;
};

} // namespace wizards

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "wizards/guest_draft.h"

#include <QLabel>
#include <QTimer>
#include <QWizardPage>

class QCheckBox;
class QComboBox;
class QRadioButton;

namespace wizards {

class MediumChooser;

/// Step 1: what shall run. Looks at the medium on a worker thread and proposes a system; any medium
/// may be used, known or not.
class WhatPage final : public QWizardPage {
    Q_OBJECT
public:
    WhatPage(GuestDraft& draft, app::HostResources host, bool hasDemo, QWidget* parent = nullptr);

    void setMedium(const QString& path);
    void chooseDemo();
    void initializePage() override;
    [[nodiscard]] bool isComplete() const override;
    bool validatePage() override;
    /// A look at the medium is under way.
    [[nodiscard]] bool isLooking() const { return m_isLooking; }

private:
    void onPathChanged();
    void look();
    void present(const app::Medium& medium, const std::string& osId);
    void fillSystems();
    void describe();
    [[nodiscard]] QString mediumText() const;
    [[nodiscard]] QString applianceText() const;

    GuestDraft& m_draft;
    app::HostResources m_host;
    QRadioButton* m_fromMedium;
    QRadioButton* m_demo;
    QRadioButton* m_empty;
    MediumChooser* m_chooser;
    QLabel* m_finding;
    QComboBox* m_system;
    QCheckBox* m_copy;
    QTimer m_lookSoon;
    bool m_isLooking = false;
};

} // namespace wizards

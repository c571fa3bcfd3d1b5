// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "wizards/guest_draft.h"

#include <QWizard>

namespace wizards {

class SizePage;
class StartPage;
class WhatPage;

/// From an ISO, a disk, an appliance or nothing to a guest in three steps. When it is accepted,
/// draft() says what to make.
class NewGuestWizard final : public QWizard {
    Q_OBJECT
public:
    NewGuestWizard(app::HostResources host, QStringList takenNames, bool hasDemo, QWidget* parent = nullptr);

    /// Starts with this file; when it is recognised the user need only press Next.
    void setMedium(const QString& path);
    void chooseDemo();
    [[nodiscard]] const GuestDraft& draft() const { return m_draft; }

private:
    GuestDraft m_draft;
    WhatPage* m_whatPage;
};

} // namespace wizards

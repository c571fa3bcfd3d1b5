// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "wizards/guest_draft.h"
#include "wizards/resource_scale.h"

#include <QComboBox>
#include <QLabel>
#include <QWizardPage>

namespace wizards {

class ResourceSlider;

/// The scales of a guest on this computer; `os` may be nullptr.
[[nodiscard]] ResourceScale cpuScale(const app::OsInfo* os, const app::HostResources& host);
[[nodiscard]] ResourceScale memoryScale(const app::OsInfo* os, const app::HostResources& host);
/// `leastBytes`: a disk that exists only grows.
[[nodiscard]] ResourceScale diskScale(const app::OsInfo* os, const app::HostResources& host,
                                      std::uint64_t leastBytes = 0);

/// Step 2: how much of the computer the guest gets.
class SizePage final : public QWizardPage {
    Q_OBJECT
public:
    SizePage(GuestDraft& draft, app::HostResources host, QWidget* parent = nullptr);
    void initializePage() override;
    bool validatePage() override;
    [[nodiscard]] bool isComplete() const override;

private:
    void check();
    [[nodiscard]] bool takesNewDisk() const;

    GuestDraft& m_draft;
    app::HostResources m_host;
    ResourceSlider* m_cpus;
    ResourceSlider* m_memory;
    ResourceSlider* m_disk;
    QLabel* m_diskLabel;
    QComboBox* m_firmware;
};

} // namespace wizards

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/event_fd.h"
#include "desktop/guest_launcher.h"

#include <memory>
#include <mutex>
#include <vector>

namespace app {

/// Runs guests in threads of this process, each with a GuestRunner of its own. Destruction ends all.
class ThreadLauncher final : public GuestLauncher {
public:
    ThreadLauncher();
    ~ThreadLauncher() override;

    [[nodiscard]] engine::Result<> start(engine::VmConfig config,
                                         const std::filesystem::path& folder) override;
    [[nodiscard]] std::size_t runningCount() const override;

private:
    struct Guest;
    mutable std::mutex m_mutex;
    std::vector<std::unique_ptr<Guest>> m_guests; // guarded by m_mutex
};

} // namespace app

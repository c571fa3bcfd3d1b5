// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/thread_launcher.h"

#include "runtime/guest_runner.h"

#include <poll.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <thread>

namespace app {

using engine::Result;

/// A runner, and the thread that waits for its end to tear it down at once: that frees the guest's
/// memory and its runtime folder.
struct ThreadLauncher::Guest {
    Guest(std::unique_ptr<GuestRunner> guest, engine::EventFd stopEvent)
        : stop(std::move(stopEvent)), runner(std::move(guest)), reaper([this] { waitForEnd(); })
    {}
    Guest(const Guest&) = delete;
    Guest& operator=(const Guest&) = delete;
    ~Guest()
    {
        stop.signal();
        reaper.join();
    }

    void waitForEnd()
    {
        std::array<pollfd, 2> events{pollfd{.fd = runner->endFd(), .events = POLLIN, .revents = 0},
                                     pollfd{.fd = stop.fd(), .events = POLLIN, .revents = 0}};
        while (::poll(events.data(), events.size(), -1) < 0 && errno == EINTR) {
        }
        runner.reset();
        hasEnded = true;
    }

    engine::EventFd stop;
    std::unique_ptr<GuestRunner> runner; // the reaper's
    std::atomic<bool> hasEnded = false;
    std::thread reaper;
};

ThreadLauncher::ThreadLauncher() = default;
ThreadLauncher::~ThreadLauncher() = default;

Result<> ThreadLauncher::start(engine::VmConfig config, const std::filesystem::path&)
{
    auto stop = VM_TRY(engine::EventFd::create());
    auto runner = VM_TRY(GuestRunner::start(std::move(config)));
    auto guest = std::make_unique<Guest>(std::move(runner), std::move(stop));
    const std::scoped_lock lock(m_mutex);
    std::erase_if(m_guests, [](const auto& other) { return other->hasEnded.load(); });
    m_guests.push_back(std::move(guest));
    return {};
}

std::size_t ThreadLauncher::runningCount() const
{
    const std::scoped_lock lock(m_mutex);
    return static_cast<std::size_t>(
        std::ranges::count_if(m_guests, [](const auto& guest) { return !guest->hasEnded; }));
}

} // namespace app

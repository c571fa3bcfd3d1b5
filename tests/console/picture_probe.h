// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "rfb/connection_observer.h"
#include "rfb/server_connection.h"

#include <chrono>
#include <condition_variable>
#include <cstring>
#include <functional>
#include <mutex>
#include <thread>

namespace console::test {

/// Waits until something that nobody announces has come true; false after twenty seconds.
[[nodiscard]] inline bool eventually(const std::function<bool()>& condition)
{
    for (int i = 0; i < 4000; ++i) {
        if (condition())
            return true;
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    return condition();
}

/// Runs a connection on a thread of its own and remembers the latest of everything.
class PictureProbe final : public ConnectionObserver {
public:
    PictureProbe(OwnedFd socket, ConnectionOptions options)
        : m_thread([this, fd = socket.release(), options] {
              const CloseReason reason = m_connection.run(OwnedFd(fd), options);
              change([&] { m_closed = reason; });
          })
    {}
    ~PictureProbe() override
    {
        m_connection.stop();
        m_thread.join();
    }

    /// Waits until `condition` holds; evaluated with the probe's lock held.
    [[nodiscard]] bool waitFor(const std::function<bool()>& condition,
                               std::chrono::milliseconds timeout = std::chrono::seconds(20))
    {
        std::unique_lock lock(m_mutex);
        return m_changed.wait_for(lock, timeout, condition);
    }
    /// A pixel of the picture shown; call inside waitFor() or after.
    [[nodiscard]] std::uint32_t pixel(int x, int y) const
    {
        std::uint32_t colour = 0;
        const std::scoped_lock lock(m_frame->mutex());
        std::memcpy(&colour,
                    m_frame->pixels() + static_cast<std::size_t>(y) * m_frame->stride()
                        + static_cast<std::size_t>(x) * 4,
                    sizeof colour);
        return colour & 0xffffffU;
    }

    // ConnectionObserver
    void onConnected(const std::string& name) override
    {
        change([&] { m_name = name; });
    }
    void onFrame(std::shared_ptr<const FrameMemory> frame) override
    {
        change([&] {
            m_frame = std::move(frame);
            ++m_frames;
        });
    }
    void onDamage(std::span<const FrameRect> rects) override
    {
        change([&] {
            ++m_updates;
            m_lastDamage.assign(rects.begin(), rects.end());
        });
    }
    void onCursor(CursorImage cursor) override
    {
        change([&] { m_cursor = std::move(cursor); });
    }
    void onPointerMoved(int x, int y) override
    {
        change([&] { m_pointerAt = {x, y}; });
    }
    void onPointerMode(bool absolute) override
    {
        change([&] { m_absolute = absolute; });
    }
    void onLockLights(LockLights lights) override
    {
        change([&] { m_lights = lights; });
    }
    void onName(const std::string& name) override
    {
        change([&] { m_name = name; });
    }
    void onClipboard(const std::string& text) override
    {
        change([&] { m_clipboard = text; });
    }
    void onBell() override {}
    std::optional<Credentials> onCredentials(CredentialKind kind) override
    {
        return m_credentials ? m_credentials(kind) : std::nullopt;
    }

    ServerConnection m_connection{*this};
    std::function<std::optional<Credentials>(CredentialKind)> m_credentials;
    std::shared_ptr<const FrameMemory> m_frame;
    int m_frames = 0;
    int m_updates = 0;
    std::vector<FrameRect> m_lastDamage;
    std::optional<CursorImage> m_cursor;
    std::optional<bool> m_absolute;
    std::pair<int, int> m_pointerAt;
    std::optional<LockLights> m_lights;
    std::optional<std::string> m_name, m_clipboard;
    std::optional<CloseReason> m_closed;

private:
    void change(const std::function<void()>& action)
    {
        const std::scoped_lock lock(m_mutex);
        action();
        m_changed.notify_all();
    }
    std::mutex m_mutex;
    std::condition_variable m_changed;
    std::thread m_thread;
};

} // namespace console::test

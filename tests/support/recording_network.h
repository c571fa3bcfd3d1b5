// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "devices/network/net_backend.h"

#include <atomic>
#include <deque>
#include <memory>
#include <mutex>
#include <vector>

namespace engine::test {

using Frame = std::vector<std::byte>;

/// A network that keeps what the guest sends, and hands in what a test asks for.
class RecordingNetwork final : public NetBackend {
public:
    [[nodiscard]] EventLoop& loop() override { return *m_loop; }
    [[nodiscard]] std::size_t maxFrameBytes() const override { return 65549; }
    [[nodiscard]] bool isLinkUp() const override { return m_linkUp; }
    void attach(NetClient* client) override
    {
        m_loop->runAndWait([&] { m_client = client; });
    }
    void send(std::span<const std::byte> frame) override
    {
        std::scoped_lock lock(m_mutex);
        m_sent.emplace_back(frame.begin(), frame.end());
    }
    void receiveReady() override
    {
        while (!m_waiting.empty() && m_client && m_client->receiveFrame(m_waiting.front()))
            m_waiting.pop_front();
    }

    void deliver(const Frame& frame)
    {
        m_loop->runAndWait([&] {
            m_waiting.push_back(frame);
            receiveReady();
        });
    }
    [[nodiscard]] std::size_t waiting()
    {
        std::size_t count = 0;
        m_loop->runAndWait([&] { count = m_waiting.size(); });
        return count;
    }
    void setLink(bool up)
    {
        m_linkUp = up;
        m_loop->runAndWait([&] {
            if (m_client)
                m_client->linkChanged(up);
        });
    }
    [[nodiscard]] std::vector<Frame> sent()
    {
        std::scoped_lock lock(m_mutex);
        return m_sent;
    }
    /// Everything that was kicked before has run.
    void settle()
    {
        for (int i = 0; i < 4; ++i)
            m_loop->runAndWait([] {});
    }

private:
    std::unique_ptr<EventLoop> m_loop = EventLoop::create("test-net").value();
    std::atomic<bool> m_linkUp = true;
    std::mutex m_mutex;
    std::vector<Frame> m_sent;     // guarded by m_mutex
    NetClient* m_client = nullptr; // loop thread
    std::deque<Frame> m_waiting;   // loop thread
};

} // namespace engine::test

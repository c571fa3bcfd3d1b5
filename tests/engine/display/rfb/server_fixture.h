// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "display/rfb/rfb_server.h"
#include "engine/display/rfb/fake_screen.h"
#include "engine/display/rfb/scripted_viewer.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/un.h>

#include <array>
#include <cstring>
#include <functional>
#include <memory>
#include <thread>

namespace engine::display::test {

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

class RfbServerFixture : public testing::Test {
protected:
    RfbServerFixture() { m_loop = *EventLoop::create("rfb-test"); }

    void startServer(rfb::SessionLimits limits = {}, std::size_t maxViewers = 32)
    {
        auto created =
            RfbServer::create(*m_loop, m_screen, m_keyboard, m_pointer,
                              {.name = "guest", .limits = limits, .maxViewers = maxViewers}, m_log);
        ASSERT_TRUE(created) << created.error().message();
        m_server = std::move(*created);
        m_server->setViewerCountListener([this](std::size_t count) { m_viewers = count; });
    }
    ScriptedViewer connect(int sendBuffer = 0)
    {
        std::array<int, 2> pair{};
        EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair.data()), 0);
        if (sendBuffer > 0)
            ::setsockopt(pair[0], SOL_SOCKET, SO_SNDBUF, &sendBuffer, sizeof sendBuffer);
        m_server->adopt(UniqueFd(pair[0]));
        return ScriptedViewer(UniqueFd(pair[1]));
    }
    static ScriptedViewer connectTcp(std::uint16_t port)
    {
        UniqueFd socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(port);
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        EXPECT_EQ(::connect(socket.get(), reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
        return ScriptedViewer(std::move(socket));
    }

    Log m_log;
    FakeScreen m_screen{64, 48};
    RecordingKeyboard m_keyboard;
    RecordingPointer m_pointer;
    std::atomic<std::size_t> m_viewers = 0;
    std::unique_ptr<EventLoop> m_loop;
    std::unique_ptr<RfbServer> m_server;
};

} // namespace engine::display::test

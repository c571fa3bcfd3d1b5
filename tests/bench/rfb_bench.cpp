// SPDX-License-Identifier: GPL-3.0-or-later
// What it costs to carry a guest's screen from the engine's RFB server to the console's connection: CPU
// time of both threads per full frame at 60 frames a second, and of an idle screen. Drawing is not
// counted. Medians of several runs.
#include "display/rfb/rfb_server.h"
#include "engine/display/rfb/fake_screen.h"
#include "rfb/server_connection.h"

#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <ctime>
#include <thread>

namespace {

using namespace engine;
using std::chrono::steady_clock;

double threadCpuMilliseconds()
{
    timespec now{};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) * 1e3 + static_cast<double>(now.tv_nsec) / 1e6;
}

/// A viewer without a window.
class Viewer final : public console::ConnectionObserver {
public:
    Viewer(int fd, const console::ConnectionOptions& options)
        : m_thread([this, fd, options] { (void)m_connection.run(console::OwnedFd(fd), options); })
    {}
    ~Viewer() override
    {
        m_connection.stop();
        m_thread.join();
    }
    [[nodiscard]] int updates() const { return m_updates; }
    /// CPU time of the viewer's thread when its latest update was complete.
    [[nodiscard]] double cpuMilliseconds() const { return m_cpu; }

    void onConnected(const std::string&) override {}
    void onFrame(std::shared_ptr<const console::FrameMemory>) override {}
    void onDamage(std::span<const console::FrameRect>) override
    {
        m_cpu = threadCpuMilliseconds();
        ++m_updates;
    }
    void onCursor(console::CursorImage) override {}
    void onPointerMoved(int, int) override {}
    void onPointerMode(bool) override {}
    void onLockLights(console::LockLights) override {}
    void onName(const std::string&) override {}
    void onClipboard(const std::string&) override {}
    void onBell() override {}
    std::optional<console::Credentials> onCredentials(console::CredentialKind) override
    {
        return std::nullopt;
    }

private:
    console::ServerConnection m_connection{*this};
    std::atomic<int> m_updates = 0;
    std::atomic<double> m_cpu = 0;
    std::thread m_thread;
};

struct Cost {
    double server = 0, viewer = 0, framesPerSecond = 0;
};

class Bench {
public:
    Bench(std::uint32_t width, std::uint32_t height, const console::ConnectionOptions& options)
        : m_screen(width, height)
    {
        // Something between text and a photograph, so that the compressing encodings have work.
        for (std::uint32_t y = 0; y < height; ++y)
            for (std::uint32_t x = 0; x < width; ++x)
                m_screen.setPixel(x, y,
                                  y % 40 < 16 ? ((x / 2 ^ y) & 1U) * 0xffffffU : (x * 7 + y * 3) & 0xffffffU);
        m_loop = *EventLoop::create("rfb-bench");
        m_server = *display::RfbServer::create(*m_loop, m_screen, m_keyboard, m_pointer,
                                               {.name = "b", .limits = {}}, m_log);
        std::array<int, 2> pair{};
        if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair.data()) != 0)
            std::abort();
        m_server->adopt(UniqueFd(pair[0]));
        m_viewer = std::make_unique<Viewer>(pair[1], options);
        while (m_viewer->updates() == 0)
            std::this_thread::sleep_for(std::chrono::milliseconds(5));
        std::this_thread::sleep_for(std::chrono::milliseconds(200));
    }

    /// Damages all of the screen 60 times a second (when `full`), or nothing, for two seconds.
    Cost run(bool full)
    {
        constexpr int Frames = 120;
        const display::FrameDescriptor frame = m_screen.currentFrame();
        const double serverBefore = serverCpu();
        const double viewerBefore = m_viewer->cpuMilliseconds();
        const int updatesBefore = m_viewer->updates();
        const auto start = steady_clock::now();
        for (int i = 0; i < Frames; ++i) {
            if (full)
                m_screen.damage({.x = 0, .y = 0, .width = frame.width, .height = frame.height});
            std::this_thread::sleep_until(start + std::chrono::microseconds(16'667) * (i + 1));
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(100));
        const int updates = m_viewer->updates() - updatesBefore;
        const double per = std::max(1, full ? updates : 1);
        return {(serverCpu() - serverBefore) / per, (m_viewer->cpuMilliseconds() - viewerBefore) / per,
                updates / std::chrono::duration<double>(steady_clock::now() - start).count()};
    }

private:
    double serverCpu()
    {
        double cpu = 0;
        m_loop->runAndWait([&cpu] { cpu = threadCpuMilliseconds(); });
        return cpu;
    }

    Log m_log;
    display::test::FakeScreen m_screen;
    display::test::RecordingKeyboard m_keyboard;
    display::test::RecordingPointer m_pointer;
    std::unique_ptr<EventLoop> m_loop;
    std::unique_ptr<display::RfbServer> m_server;
    std::unique_ptr<Viewer> m_viewer;
};

Cost medianOf(std::array<Cost, 3> costs)
{
    std::ranges::sort(costs, {}, [](const Cost& cost) { return cost.server + cost.viewer; });
    return costs[1];
}

void report(const char* name, std::uint32_t width, std::uint32_t height,
            const console::ConnectionOptions& options)
{
    Bench bench(width, height, options);
    const Cost cost = medianOf({bench.run(true), bench.run(true), bench.run(true)});
    std::printf("%ux%u %-7s server %7.3f ms/frame  viewer %7.3f ms/frame  %5.1f frames/s\n", width, height,
                name, cost.server, cost.viewer, cost.framesPerSecond);
    std::fflush(stdout);
}

} // namespace

int main()
{
    std::signal(SIGPIPE, SIG_IGN);
    constexpr std::int32_t Raw = 0;
    constexpr std::int32_t Tight = 7;
    constexpr std::int32_t Zrle = 16;
    for (const auto& [width, height] : {std::pair{1920U, 1080U}, {3840U, 2160U}}) {
        report("shared", width, height, {});
        report("raw", width, height, {.serverHost = {}, .shareFrame = false, .encoding = Raw});
        report("tight", width, height, {.serverHost = {}, .shareFrame = false, .encoding = Tight});
        report("zrle", width, height, {.serverHost = {}, .shareFrame = false, .encoding = Zrle});
    }
    Bench idle(1920, 1080, {});
    const Cost cost = idle.run(false);
    std::printf("idle for two seconds: server %.3f ms, viewer %.3f ms of CPU\n", cost.server, cost.viewer);
    return 0;
}

// SPDX-License-Identifier: GPL-3.0-or-later
// Any bytes as a VNC server, against the console's connection and the library below it.
#include "rfb/client_session.h"

#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdint>
#include <string>

/// The library loses a cursor's few bytes when the stream ends in the middle of it.
extern "C" const char* __lsan_default_suppressions(); // NOLINT(bugprone-reserved-identifier)
extern "C" const char* __lsan_default_suppressions()  // NOLINT(bugprone-reserved-identifier)
{
    return "leak:libvncclient.so";
}

namespace {

/// Looks at whatever arrives, as a widget would.
class Onlooker final : public console::ConnectionObserver {
public:
    void onConnected(const std::string& name) override { m_sum += static_cast<unsigned>(name.size()); }
    void onFrame(std::shared_ptr<const console::FrameMemory> frame) override { m_frame = std::move(frame); }
    void onDamage(std::span<const console::FrameRect> rects) override
    {
        if (!m_frame)
            return;
        const std::scoped_lock lock(m_frame->mutex());
        for (const console::FrameRect& rect : rects) {
            const auto row = static_cast<std::size_t>(rect.y + rect.height - 1) * m_frame->stride();
            m_sum += m_frame->pixels()[row + static_cast<std::size_t>(rect.x + rect.width) * 4 - 1];
        }
    }
    void onCursor(console::CursorImage cursor) override
    {
        m_sum += static_cast<unsigned>(cursor.pixels.size());
    }
    void onPointerMoved(int x, int y) override
    {
        m_sum += static_cast<unsigned>(x) ^ static_cast<unsigned>(y);
    }
    void onPointerMode(bool absolute) override { m_sum += absolute ? 1 : 0; }
    void onLockLights(console::LockLights lights) override { m_sum += lights.caps ? 1 : 0; }
    void onName(const std::string& name) override { m_sum += static_cast<unsigned>(name.size()); }
    void onClipboard(const std::string& text) override { m_sum += static_cast<unsigned>(text.size()); }
    void onBell() override {}
    std::optional<console::Credentials> onCredentials(console::CredentialKind) override
    {
        return console::Credentials{"user", "secret", "/nonexistent"};
    }

private:
    std::shared_ptr<const console::FrameMemory> m_frame;
    unsigned m_sum = 0;
};

/// A good greeting, so that the rest of the input reaches the messages: version, one security type,
/// its result, a screen of 70 x 66 and the name "x".
const std::string Greeting =
    std::string("RFB 003.008\n\x01\x01\x00\x00\x00\x00", 18)
    + std::string("\x00\x46\x00\x42\x20\x18\x00\x01\x00\xff\x00\xff\x00\xff\x10\x08\x00", 17)
    + std::string("\x00\x00\x00\x00\x00\x00\x01x", 8);

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    std::signal(SIGPIPE, SIG_IGN);
    // All of it has to fit into the socket's buffer, as nobody reads or writes on the other side meanwhile.
    constexpr std::size_t MaxInput = std::size_t{32} * 1024;
    std::array<int, 2> pair{};
    if (size == 0 || ::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair.data()) != 0)
        return 0;
    const console::OwnedFd server(pair[1]);
    std::string stream = data[0] % 4 != 0 ? Greeting : std::string();
    stream.append(reinterpret_cast<const char*>(data + 1), std::min(size - 1, MaxInput));
    if (::send(server.get(), stream.data(), stream.size(), MSG_NOSIGNAL) < 0)
        return 0;
    ::shutdown(server.get(), SHUT_WR);

    Onlooker onlooker;
    console::ClientSession session(onlooker, console::OwnedFd(pair[0]),
                                   {.serverHost = {}, .shareFrame = false, .encoding = {}});
    if (session.greet() != console::CloseReason::Stopped)
        return 0;
    for (int i = 0; i < 500 && session.readMessage(); ++i) {
    }
    return 0;
}

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/unique_fd.h"

#include <poll.h>
#include <sys/socket.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace engine::display::test {

/// The other end of a connection, driven byte by byte; the numbers are written out again from the
/// protocol, so that a wrong one in the server cannot hide.
class ScriptedViewer {
public:
    explicit ScriptedViewer(UniqueFd socket) : m_socket(std::move(socket)) {}

    ScriptedViewer& u8(unsigned value) { return put(value, 1); }
    ScriptedViewer& u16(unsigned value) { return put(value, 2); }
    ScriptedViewer& u32(std::uint32_t value) { return put(value, 4); }
    ScriptedViewer& text(const std::string& value)
    {
        m_out += value;
        return *this;
    }
    /// Sends what has been put together; false when the server has hung up.
    bool send()
    {
        const std::string out = std::exchange(m_out, {});
        return ::send(m_socket.get(), out.data(), out.size(), MSG_NOSIGNAL)
               == static_cast<ssize_t>(out.size());
    }
    /// Exactly `count` bytes, or fewer when the server hangs up or stays silent for ten seconds.
    std::string read(std::size_t count, int timeoutMilliseconds = 10'000)
    {
        std::string in(count, '\0');
        std::size_t have = 0;
        while (have < count) {
            pollfd waiting{m_socket.get(), POLLIN, 0};
            if (::poll(&waiting, 1, timeoutMilliseconds) != 1)
                break;
            const ssize_t got = ::recv(m_socket.get(), in.data() + have, count - have, 0);
            if (got <= 0)
                break;
            have += static_cast<std::size_t>(got);
        }
        in.resize(have);
        return in;
    }
    std::uint32_t readNumber(std::size_t bytes)
    {
        std::uint32_t value = 0;
        for (const char byte : read(bytes))
            value = value << 8U | static_cast<std::uint8_t>(byte);
        return value;
    }
    /// True when the server closes the connection (whatever it says before) within ten seconds.
    bool isHungUpOn()
    {
        std::string rest(4096, '\0');
        while (true) {
            pollfd waiting{m_socket.get(), POLLIN, 0};
            if (::poll(&waiting, 1, 10'000) != 1)
                return false;
            if (::recv(m_socket.get(), rest.data(), rest.size(), 0) <= 0)
                return true;
        }
    }
    bool isSilentFor(int milliseconds)
    {
        pollfd waiting{m_socket.get(), POLLIN, 0};
        return ::poll(&waiting, 1, milliseconds) == 0;
    }

    /// Greets with version 3.8 and no password; returns the server's ServerInit without the name.
    std::string greet()
    {
        read(12);
        text("RFB 003.008\n").send();
        read(2);
        u8(1).send();
        read(4);
        u8(1).send();
        const std::string init = read(24);
        read(static_cast<std::uint8_t>(init.at(23)));
        return init;
    }
    bool setEncodings(const std::vector<std::int32_t>& encodings)
    {
        u8(2).u8(0).u16(static_cast<unsigned>(encodings.size()));
        for (const std::int32_t encoding : encodings)
            u32(static_cast<std::uint32_t>(encoding));
        return send();
    }
    bool requestUpdate(bool incremental, unsigned width, unsigned height)
    {
        return u8(3).u8(incremental ? 1 : 0).u16(0).u16(0).u16(width).u16(height).send();
    }
    struct RectHeader {
        std::uint32_t x = 0, y = 0, width = 0, height = 0;
        std::int32_t encoding = 0;
        bool operator==(const RectHeader&) const = default;
    };
    RectHeader readRect()
    {
        RectHeader rect;
        rect.x = readNumber(2);
        rect.y = readNumber(2);
        rect.width = readNumber(2);
        rect.height = readNumber(2);
        rect.encoding = static_cast<std::int32_t>(readNumber(4));
        return rect;
    }
    /// The number of rectangles of a FramebufferUpdate; nullopt when something else comes.
    std::optional<std::uint32_t> readUpdateHeader()
    {
        const std::string head = read(2);
        if (head != std::string(2, '\0'))
            return std::nullopt;
        return readNumber(2);
    }
    [[nodiscard]] int fd() const { return m_socket.get(); }

private:
    ScriptedViewer& put(std::uint32_t value, unsigned bytes)
    {
        while (bytes-- > 0)
            m_out += static_cast<char>(value >> (8 * bytes));
        return *this;
    }
    UniqueFd m_socket;
    std::string m_out;
};

} // namespace engine::display::test

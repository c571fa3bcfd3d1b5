// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/unique_fd.h"

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <optional>
#include <span>
#include <string>
#include <thread>
#include <vector>

namespace engine::display::testing {

/// A picture that the peer has drawn, as 0x00RRGGBB.
struct Screenshot {
    std::uint32_t width = 0;
    std::uint32_t height = 0;
    std::vector<std::uint32_t> pixels;
};

/// A reference emulator with a standard VGA and no running CPU, driven over its qtest and QMP sockets.
class QtestPeer {
public:
    /// Null with the reason in `why` when there is none on this machine or it does not start.
    static std::unique_ptr<QtestPeer> start(std::string& why)
    {
        constexpr const char* Program = "/usr/bin/qemu-system-x86_64";
        if (::access(Program, X_OK) != 0) {
            why = "qemu-system-x86_64 is not installed";
            return nullptr;
        }
        std::string folder = (std::filesystem::temp_directory_path() / "vga-peer-XXXXXX").string();
        if (!::mkdtemp(folder.data())) {
            why = "cannot make a temporary folder";
            return nullptr;
        }
        std::unique_ptr<QtestPeer> peer(new QtestPeer(folder));
        // A firmware that halts at once: time goes on (the cursor blinks) and nobody touches the VGA.
        std::vector<char> rom(65536, 0);
        rom[0xfff0] = static_cast<char>(0xfa); // cli
        rom[0xfff1] = static_cast<char>(0xf4); // hlt
        const std::string firmware = folder + "/halt.bin";
        std::ofstream(firmware, std::ios::binary).write(rom.data(), static_cast<std::streamsize>(rom.size()));
        const std::string qtest = "unix:" + folder + "/qtest,server=on,wait=off";
        const std::string qmp = "unix:" + folder + "/qmp,server=on,wait=off";
        peer->m_pid = ::fork();
        if (peer->m_pid == 0) {
            ::execl(Program, Program, "-machine", "pc,accel=tcg", "-bios", firmware.c_str(), "-display",
                    "none", "-nodefaults", "-vga", "std", "-qtest", qtest.c_str(), "-qtest-log", "none",
                    "-qmp", qmp.c_str(), nullptr);
            ::_exit(127);
        }
        if (!peer->connectTo(folder + "/qtest", peer->m_qtest)
            || !peer->connectTo(folder + "/qmp", peer->m_qmp)) {
            why = "the reference emulator did not open its sockets";
            return nullptr;
        }
        (void)peer->receiveLine(peer->m_qmp, peer->m_qmpBuffer); // greeting
        (void)peer->qmp(R"({"execute":"qmp_capabilities"})");
        return peer;
    }
    ~QtestPeer()
    {
        if (m_pid > 0) {
            ::kill(m_pid, SIGKILL);
            ::waitpid(m_pid, nullptr, 0);
        }
        std::error_code ignored;
        std::filesystem::remove_all(m_folder, ignored);
    }
    QtestPeer(const QtestPeer&) = delete;
    QtestPeer& operator=(const QtestPeer&) = delete;
    QtestPeer(QtestPeer&&) = delete;
    QtestPeer& operator=(QtestPeer&&) = delete;

    void out8(std::uint16_t port, std::uint32_t value)
    {
        (void)ask("outb " + hex(port) + " " + hex(value & 0xff));
    }
    void out16(std::uint16_t port, std::uint32_t value)
    {
        (void)ask("outw " + hex(port) + " " + hex(value & 0xffff));
    }
    void out32(std::uint16_t port, std::uint32_t value) { (void)ask("outl " + hex(port) + " " + hex(value)); }
    std::uint8_t in8(std::uint16_t port)
    {
        return static_cast<std::uint8_t>(number(ask("inb " + hex(port))));
    }
    std::uint16_t in16(std::uint16_t port)
    {
        return static_cast<std::uint16_t>(number(ask("inw " + hex(port))));
    }
    void poke(std::uint64_t address, std::uint8_t value)
    {
        (void)ask("writeb " + hex(address) + " " + hex(value));
    }
    std::uint8_t peek(std::uint64_t address)
    {
        return static_cast<std::uint8_t>(number(ask("readb " + hex(address))));
    }
    void dispi(std::uint16_t index, std::uint16_t value)
    {
        out16(0x1ce, index);
        out16(0x1cf, value);
    }
    void write(std::uint64_t address, std::span<const std::uint8_t> data)
    {
        constexpr std::size_t Chunk = 16384;
        for (std::size_t at = 0; at < data.size(); at += Chunk) {
            const auto part = data.subspan(at, std::min(Chunk, data.size() - at));
            std::string line = "write " + hex(address + at) + " " + hex(part.size()) + " 0x";
            for (const std::uint8_t byte : part) {
                line += "0123456789abcdef"[byte >> 4];
                line += "0123456789abcdef"[byte & 15];
            }
            (void)ask(line);
        }
    }
    std::vector<std::uint8_t> read(std::uint64_t address, std::size_t length)
    {
        std::vector<std::uint8_t> bytes;
        constexpr std::size_t Chunk = 65536;
        for (std::size_t at = 0; at < length; at += Chunk) {
            const std::string answer =
                ask("read " + hex(address + at) + " " + hex(std::min(Chunk, length - at)));
            for (std::size_t i = answer.find("0x") + 2; i + 1 < answer.size(); i += 2)
                bytes.push_back(static_cast<std::uint8_t>(std::stoul(answer.substr(i, 2), nullptr, 16)));
        }
        return bytes;
    }

    std::optional<Screenshot> screenshot()
    {
        const std::string file = m_folder + "/screen.ppm";
        const std::string answer =
            qmp(R"({"execute":"screendump","arguments":{"filename":")" + file + R"("}})");
        if (answer.find("\"return\"") == std::string::npos)
            return std::nullopt;
        std::ifstream in(file, std::ios::binary);
        std::string magic;
        Screenshot shot;
        unsigned maximum = 0;
        in >> magic >> shot.width >> shot.height >> maximum;
        in.get();
        if (magic != "P6" || maximum != 255)
            return std::nullopt;
        shot.pixels.resize(std::size_t{shot.width} * shot.height);
        for (auto& pixel : shot.pixels) {
            std::array<char, 3> rgb{};
            in.read(rgb.data(), rgb.size());
            for (const char c : rgb)
                pixel = pixel << 8 | static_cast<std::uint8_t>(c);
        }
        return in ? std::optional(shot) : std::nullopt;
    }

private:
    explicit QtestPeer(std::string folder) : m_folder(std::move(folder)) {}

    static std::string hex(std::uint64_t value)
    {
        std::array<char, 32> text{};
        const int length =
            std::snprintf(text.data(), text.size(), "0x%llx", static_cast<unsigned long long>(value));
        return {text.data(), static_cast<std::size_t>(length)};
    }
    static std::uint64_t number(const std::string& answer)
    {
        const auto at = answer.find("0x");
        return at == std::string::npos ? ~std::uint64_t{0} : std::stoull(answer.substr(at), nullptr, 16);
    }
    bool connectTo(const std::string& path, UniqueFd& fd) const
    {
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        path.copy(address.sun_path, sizeof address.sun_path - 1);
        for (int attempt = 0; attempt < 600; ++attempt) {
            fd = UniqueFd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
            if (::connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0)
                return true;
            if (::waitpid(m_pid, nullptr, WNOHANG) != 0)
                return false;
            std::this_thread::sleep_for(std::chrono::milliseconds(50));
        }
        return false;
    }
    static std::string receiveLine(const UniqueFd& fd, std::string& buffer)
    {
        for (;;) {
            if (const auto end = buffer.find('\n'); end != std::string::npos) {
                std::string line = buffer.substr(0, end);
                buffer.erase(0, end + 1);
                return line;
            }
            pollfd ready{.fd = fd.get(), .events = POLLIN, .revents = 0};
            std::array<char, 65536> chunk{};
            if (::poll(&ready, 1, 30'000) <= 0)
                return {};
            const auto count = ::read(fd.get(), chunk.data(), chunk.size());
            if (count <= 0)
                return {};
            buffer.append(chunk.data(), static_cast<std::size_t>(count));
        }
    }
    static void send(const UniqueFd& fd, std::string line)
    {
        line += '\n';
        for (std::size_t sent = 0; sent < line.size();) {
            const auto count = ::send(fd.get(), line.data() + sent, line.size() - sent, MSG_NOSIGNAL);
            if (count <= 0)
                return;
            sent += static_cast<std::size_t>(count);
        }
    }
    std::string ask(const std::string& command)
    {
        send(m_qtest, command);
        return receiveLine(m_qtest, m_qtestBuffer);
    }
    std::string qmp(const std::string& command)
    {
        send(m_qmp, command);
        for (;;) {
            std::string line = receiveLine(m_qmp, m_qmpBuffer);
            if (line.empty() || line.find("\"return\"") != std::string::npos
                || line.find("\"error\"") != std::string::npos)
                return line;
        }
    }

    std::string m_folder;
    pid_t m_pid = -1;
    UniqueFd m_qtest;
    UniqueFd m_qmp;
    std::string m_qtestBuffer;
    std::string m_qmpBuffer;
};

} // namespace engine::display::testing

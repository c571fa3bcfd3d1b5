// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/firmware/reference_machine.h"

#include "engine/firmware/acpi_reader.h"
#include "firmware/text.h"

#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstring>

namespace engine::firmware::test {

namespace {

constexpr std::uint64_t RequestAddress = 0x10'0000;
constexpr std::uint64_t DataAddress = 0x20'0000;

std::uint64_t bigEndianAt(const Bytes& data, std::size_t offset, std::size_t width)
{
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < width; ++i)
        value = value << 8 | std::to_integer<std::uint64_t>(data[offset + i]);
    return value;
}

std::string bigEndianHex(std::uint64_t value, unsigned width)
{
    constexpr std::string_view Digits = "0123456789abcdef";
    std::string text;
    for (unsigned shift = 8 * width; shift != 0; shift -= 4)
        text += Digits[value >> (shift - 4) & 15];
    return text;
}

} // namespace

std::optional<ReferenceMachine> ReferenceMachine::start(const std::vector<std::string>& options)
{
    std::array<int, 2> pair{};
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair.data()) != 0)
        return std::nullopt;
    UniqueFd ours(pair[0]);
    UniqueFd theirs(pair[1]);
    std::vector<std::string> words{
        "qemu-system-x86_64", "-accel", "tcg", "-S", "-nodefaults", "-display", "none", "-qtest", "stdio",
        "-qtest-log",         "none"};
    words.insert(words.end(), options.begin(), options.end());
    std::vector<char*> arguments;
    for (std::string& word : words)
        arguments.push_back(word.data());
    arguments.push_back(nullptr);
    const pid_t process = ::fork();
    if (process == 0) {
        ::dup2(theirs.get(), STDIN_FILENO);
        ::dup2(theirs.get(), STDOUT_FILENO);
        ::execvp(arguments.front(), arguments.data());
        ::_exit(127);
    }
    if (process < 0)
        return std::nullopt;
    const timeval patience{30, 0};
    ::setsockopt(ours.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    theirs.reset();
    ReferenceMachine machine(process, std::move(ours));
    if (machine.command("endianness") != "little")
        return std::nullopt;
    return machine;
}

ReferenceMachine::ReferenceMachine(ReferenceMachine&& other) noexcept
    : m_process(std::exchange(other.m_process, -1)), m_socket(std::move(other.m_socket)),
      m_received(std::move(other.m_received))
{}

ReferenceMachine::~ReferenceMachine()
{
    if (m_process <= 0)
        return;
    ::kill(m_process, SIGKILL);
    ::waitpid(m_process, nullptr, 0);
}

std::string ReferenceMachine::command(const std::string& line)
{
    const std::string request = line + "\n";
    if (::send(m_socket.get(), request.data(), request.size(), MSG_NOSIGNAL)
        != static_cast<ssize_t>(request.size()))
        return {};
    while (m_received.find('\n') == std::string::npos) {
        std::array<char, 65536> buffer{};
        const auto count = ::recv(m_socket.get(), buffer.data(), buffer.size(), 0);
        if (count <= 0)
            return {};
        m_received.append(buffer.data(), static_cast<std::size_t>(count));
    }
    const auto end = m_received.find('\n');
    std::string answer = m_received.substr(0, end);
    m_received.erase(0, end + 1);
    return answer.starts_with("OK ") ? answer.substr(3) : std::string();
}

void ReferenceMachine::writePort(char width, std::uint16_t port, std::uint32_t value)
{
    command(std::string("out") + width + " " + hexText(port) + " " + hexText(value));
}

void ReferenceMachine::writeConfig(unsigned device, unsigned function, unsigned offset, char width,
                                   std::uint32_t value)
{
    writePort('l', 0xcf8, 0x8000'0000U | device << 11 | function << 8 | (offset & 0xfc));
    writePort(width, static_cast<std::uint16_t>(0xcfc + (offset & 3)), value);
}

Bytes ReferenceMachine::readItem(std::uint16_t key, std::size_t length)
{
    constexpr std::uint32_t Read = 1U << 1, Select = 1U << 3;
    // FWCfgDmaAccess: control, length, address, all big-endian.
    command("write " + hexText(RequestAddress) + " 0x10 0x"
            + bigEndianHex(std::uint32_t{key} << 16 | Read | Select, 4) + bigEndianHex(length, 4)
            + bigEndianHex(DataAddress, 8));
    writePort('l', 0x518, __builtin_bswap32(static_cast<std::uint32_t>(RequestAddress)));
    const std::string hex = command("read " + hexText(DataAddress) + " " + hexText(length));
    Bytes data;
    for (std::size_t i = 2; i + 1 < hex.size(); i += 2)
        data.push_back(static_cast<std::byte>(std::stoul(hex.substr(i, 2), nullptr, 16)));
    return data;
}

Bytes ReferenceMachine::fwCfgFile(const std::string& name)
{
    constexpr std::uint16_t Directory = 0x19;
    constexpr std::size_t EntryBytes = 64;
    const Bytes header = readItem(Directory, 4);
    if (header.size() != 4)
        return {};
    const auto count = bigEndianAt(header, 0, 4);
    const Bytes directory = readItem(Directory, 4 + count * EntryBytes);
    for (std::size_t at = 4; at + EntryBytes <= directory.size(); at += EntryBytes) {
        const char* entryName = reinterpret_cast<const char*>(directory.data() + at + 8);
        if (name == std::string(entryName, ::strnlen(entryName, 56)))
            return readItem(static_cast<std::uint16_t>(bigEndianAt(directory, at + 4, 2)),
                            bigEndianAt(directory, at, 4));
    }
    return {};
}

} // namespace engine::firmware::test

// SPDX-License-Identifier: GPL-3.0-or-later
#include "net/switch_port.h"

#include "base/runtime_root.h"
#include "net/frame_filter.h"

#include <fcntl.h>
#include <sys/epoll.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <optional>

namespace engine::net {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view SocketSuffix = ".sock";

PortId randomId()
{
    PortId id{};
    (void)::getrandom(id.data(), id.size(), 0);
    return id;
}

std::string toHex(const PortId& id)
{
    constexpr std::string_view Digits = "0123456789abcdef";
    std::string text;
    for (const std::uint8_t byte : id) {
        text += Digits[byte >> 4];
        text += Digits[byte & 15];
    }
    return text;
}

UniqueFd makeSocket()
{
    return UniqueFd(::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
}

std::optional<sockaddr_un> addressOf(const fs::path& path)
{
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.native().size() >= sizeof address.sun_path)
        return std::nullopt;
    std::memcpy(address.sun_path, path.c_str(), path.native().size() + 1);
    return address;
}

bool belongsToUs(int socket)
{
    ucred peer{};
    socklen_t length = sizeof peer;
    return ::getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &peer, &length) == 0 && peer.uid == ::geteuid();
}

MacAddress addressAt(std::span<const std::byte> frame, std::size_t at)
{
    MacAddress address{};
    std::memcpy(address.data(), frame.data() + at, address.size());
    return address;
}

bool isGroup(const MacAddress& address)
{
    return (address[0] & 1) != 0;
}

} // namespace

bool isNetworkName(std::string_view name)
{
    constexpr std::size_t Longest = 32;
    return !name.empty() && name.size() <= Longest && name.front() != '.'
           && std::ranges::all_of(name, [](char c) {
                  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')
                         || c == '.' || c == '_' || c == '-';
              });
}

SwitchPort::SwitchPort(EventLoop& loop, Log& log, fs::path folder, const MacAddress& mac, GuestSide guest)
    : m_loop(loop), m_log(log), m_folder(std::move(folder)), m_mac(mac), m_guest(std::move(guest)),
      m_self(randomId())
{}

Result<std::unique_ptr<SwitchPort>> SwitchPort::create(EventLoop& loop, Log& log, const Options& options,
                                                       GuestSide guest)
{
    if (!isNetworkName(options.name))
        return fail(ErrorCode::InvalidArgument,
                    "\"" + options.name
                        + "\" is no name for an internal network; use up to 32 letters, digits, '.', '_' "
                          "and '-'");
    VM_TRY(makePrivateFolder(options.folder.parent_path()));
    VM_TRY(makePrivateFolder(options.folder));
    std::unique_ptr<SwitchPort> port(
        new SwitchPort(loop, log, options.folder / options.name, options.mac, std::move(guest)));
    VM_TRY(port->listen());
    port->connectToOthers();
    return port;
}

SwitchPort::~SwitchPort()
{
    *m_alive = false;
    m_loop.stopTimer(m_searchTimer);
    m_links.clear();
    if (m_listener)
        m_loop.unwatch(m_listener.get());
    if (!m_socketPath.empty()) {
        (void)::unlink(m_socketPath.c_str());
        (void)::rmdir(m_folder.c_str()); // stays while others are there
    }
}

/// The socket gets its name once it listens: who sees it can connect.
Result<> SwitchPort::listen()
{
    constexpr int Attempts = 3; // the last one to leave may take the folder away meanwhile
    constexpr int Backlog = 64;
    const fs::path path = m_folder / (toHex(m_self) + std::string(SocketSuffix));
    const fs::path temporary = m_folder / (toHex(m_self) + ".new");
    const auto address = addressOf(temporary);
    if (!address)
        return fail(ErrorCode::InvalidArgument,
                    "the path of the internal network's sockets is too long: " + path.string()
                        + "; set XDG_RUNTIME_DIR to a shorter one");
    for (int attempt = 1;; ++attempt) {
        VM_TRY(makePrivateFolder(m_folder));
        m_listener = makeSocket();
        if (!m_listener)
            return failSystem("cannot make a socket for the internal network");
        if (::bind(m_listener.get(), reinterpret_cast<const sockaddr*>(&*address), sizeof *address) == 0
            && ::listen(m_listener.get(), Backlog) == 0 && ::rename(temporary.c_str(), path.c_str()) == 0)
            break;
        if (errno != ENOENT || attempt == Attempts)
            return failSystem("cannot join the internal network at " + path.string());
    }
    m_socketPath = path;
    return m_loop.watch(m_listener.get(), EPOLLIN, [this](std::uint32_t) { accept(); });
}

void SwitchPort::connectToOthers()
{
    bool complete = true;
    std::error_code absent;
    std::vector<fs::path> sockets;
    for (const auto& entry : fs::directory_iterator(m_folder, absent))
        if (entry.path().extension() == SocketSuffix && sockets.size() < MostLinks)
            sockets.push_back(entry.path());
    for (const fs::path& socket : sockets)
        complete = connectTo(socket) && complete;
    if (!complete)
        searchAgain();
}

/// False when it is worth another try.
bool SwitchPort::connectTo(const fs::path& path)
{
    const std::string name = path.stem().string();
    const bool isKnown = std::ranges::any_of(m_links, [&](const auto& entry) {
        return entry.second->peer() && toHex(*entry.second->peer()) == name;
    });
    if (isKnown || path == m_socketPath || m_links.size() >= MostLinks)
        return true;
    const auto address = addressOf(path);
    UniqueFd socket = makeSocket();
    if (!address || !socket)
        return true;
    if (::connect(socket.get(), reinterpret_cast<const sockaddr*>(&*address), sizeof *address) != 0) {
        if (errno == ECONNREFUSED)
            (void)::unlink(path.c_str()); // its process has died
        return errno != EAGAIN;
    }
    addLink(std::move(socket), true);
    return true;
}

void SwitchPort::searchAgain()
{
    constexpr std::chrono::milliseconds Pause{500};
    if (m_searchTimer == 0)
        m_searchTimer = m_loop.startTimer(std::chrono::steady_clock::now() + Pause, [this] {
            m_searchTimer = 0;
            connectToOthers();
        });
}

void SwitchPort::accept()
{
    UniqueFd socket(::accept4(m_listener.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
    if (socket)
        addLink(std::move(socket), false);
}

void SwitchPort::addLink(UniqueFd socket, bool isDialer)
{
    if (m_links.size() >= MostLinks || !belongsToUs(socket.get())) {
        m_log.warning("net", "refused a peer on the internal network");
        return;
    }
    const std::uint64_t id = m_nextLink++;
    auto link = SwitchLink::create(
        m_loop, std::move(socket), isDialer, m_self,
        {.introduced = [this, id](SwitchLink&) { introduced(id); },
         .received = [this, id](SwitchLink&, std::span<const std::byte> frame) { received(id, frame); },
         .lost = [this, id](SwitchLink&) { dropSoon(id); },
         .isCongested = m_guest.isCongested});
    if (link)
        m_links.emplace(id, *std::move(link));
}

/// Two ports that start at once connect to each other; both keep the connection that the port with
/// the smaller id has made.
void SwitchPort::introduced(std::uint64_t id)
{
    const SwitchLink& link = *m_links.at(id);
    const PortId peer = link.peer().value_or(PortId{});
    if (peer == m_self)
        return dropSoon(id);
    for (const auto& [otherId, other] : m_links) {
        if (otherId == id || other->peer() != peer)
            continue;
        const bool selfDials = m_self < peer;
        return dropSoon(link.isDialer() == selfDials ? otherId : id);
    }
}

void SwitchPort::dropSoon(std::uint64_t id)
{
    m_loop.defer([this, id, alive = m_alive] {
        if (!*alive)
            return;
        m_links.erase(id);
        m_addresses.forgetPort(id);
    });
}

void SwitchPort::received(std::uint64_t id, std::span<const std::byte> frame)
{
    constexpr std::size_t SenderAt = 6;
    if (frame.size() < EthernetHeaderBytes)
        return;
    const MacAddress sender = addressAt(frame, SenderAt);
    if (isGroup(sender) || sender == m_mac)
        return; // nobody may be everybody, or us
    m_addresses.learn(sender, id);
    const MacAddress destination = addressAt(frame, 0);
    // What a peer sends to all although it is for another port is not ours to see.
    if (!isGroup(destination) && destination != m_mac && m_addresses.find(destination))
        return;
    m_guest.deliver(frame);
    m_isWaiting = m_guest.isCongested();
}

void SwitchPort::input(std::span<const std::byte> frame)
{
    const MacAddress destination = addressAt(frame, 0);
    const auto port = isGroup(destination) ? std::nullopt : m_addresses.find(destination);
    if (const auto link = port ? m_links.find(*port) : m_links.end(); link != m_links.end()) {
        link->second->send(frame);
        return;
    }
    for (const auto& [id, link] : m_links)
        if (link->peer())
            link->send(frame);
}

void SwitchPort::wake()
{
    m_isWaiting = false;
    for (const auto& [id, link] : m_links)
        link->followCongestion();
}

std::size_t SwitchPort::peerCount() const
{
    return static_cast<std::size_t>(
        std::ranges::count_if(m_links, [](const auto& entry) { return entry.second->peer().has_value(); }));
}

} // namespace engine::net

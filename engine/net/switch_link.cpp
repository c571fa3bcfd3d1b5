// SPDX-License-Identifier: GPL-3.0-or-later
#include "net/switch_link.h"

#include <sys/epoll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cstring>

namespace engine::net {

namespace {

/// The first message of each side.
struct Hello {
    std::array<char, 8> magic;
    PortId sender;
};
static_assert(sizeof(Hello) == 24);
constexpr std::array<char, 8> Magic{'G', 'H', 'S', 'W', 'I', 'T', 'C', '1'};
constexpr int MessagesAtOnce = 64; ///< before others on this thread have their turn

} // namespace

Result<std::unique_ptr<SwitchLink>> SwitchLink::create(EventLoop& loop, UniqueFd socket, bool isDialer,
                                                       const PortId& self, Owner owner)
{
    constexpr int BufferBytes = 1 << 20;
    (void)::setsockopt(socket.get(), SOL_SOCKET, SO_SNDBUF, &BufferBytes, sizeof BufferBytes);
    const Hello hello{.magic = Magic, .sender = self};
    if (::send(socket.get(), &hello, sizeof hello, MSG_NOSIGNAL) != static_cast<ssize_t>(sizeof hello))
        return failSystem("cannot greet another guest on the internal network");
    std::unique_ptr<SwitchLink> link(new SwitchLink(loop, std::move(socket), isDialer, std::move(owner)));
    link->m_events = EPOLLIN;
    VM_TRY(loop.watch(link->m_socket.get(), EPOLLIN,
                      [raw = link.get()](std::uint32_t events) { raw->ready(events); }));
    return link;
}

SwitchLink::~SwitchLink()
{
    *m_alive = false;
    m_loop.unwatch(m_socket.get());
}

void SwitchLink::send(std::span<const std::byte> frame)
{
    if (m_waiting.empty()) {
        if (::send(m_socket.get(), frame.data(), frame.size(), MSG_DONTWAIT | MSG_NOSIGNAL) >= 0)
            return;
        if (errno != EAGAIN)
            return; // the peer has gone; its end of file arrives as an event
    }
    if (m_waiting.size() < MostWaiting)
        m_waiting.emplace_back(frame.begin(), frame.end());
    updateEvents();
}

void SwitchLink::flush()
{
    while (!m_waiting.empty()) {
        const auto& frame = m_waiting.front();
        if (::send(m_socket.get(), frame.data(), frame.size(), MSG_DONTWAIT | MSG_NOSIGNAL) < 0
            && errno == EAGAIN)
            break;
        m_waiting.pop_front();
    }
}

void SwitchLink::updateEvents()
{
    const bool reads = !m_peer || !m_owner.isCongested();
    const std::uint32_t events = (reads ? static_cast<std::uint32_t>(EPOLLIN) : 0U)
                                 | (m_waiting.empty() ? 0U : static_cast<std::uint32_t>(EPOLLOUT));
    if (events != m_events && m_loop.changeEvents(m_socket.get(), events))
        m_events = events;
}

bool SwitchLink::receiveSome()
{
    std::array<std::byte, LongestMessage> message; // NOLINT(cppcoreguidelines-pro-type-member-init)
    const ssize_t length = ::recv(m_socket.get(), message.data(), message.size(), MSG_DONTWAIT | MSG_TRUNC);
    if (length < 0 && (errno == EAGAIN || errno == EINTR))
        return false;
    const auto size = static_cast<std::size_t>(std::max<ssize_t>(length, 0));
    const std::span<const std::byte> bytes = std::span(message).first(std::min(size, message.size()));
    if (m_peer && size > 0 && size <= message.size()) {
        m_owner.received(*this, bytes);
        return true;
    }
    if (!m_peer && size == sizeof(Hello)) {
        Hello hello{};
        std::memcpy(&hello, bytes.data(), sizeof hello);
        if (hello.magic == Magic) {
            m_peer = hello.sender;
            m_owner.introduced(*this);
            return true;
        }
    }
    if (m_peer && size > message.size())
        return true;     // too long for any network; the rest of it is gone already
    m_owner.lost(*this); // closed, broken, or no port of an internal network
    return false;
}

void SwitchLink::ready(std::uint32_t events)
{
    const auto alive = m_alive;
    if ((events & EPOLLOUT) != 0)
        flush();
    if ((events & (EPOLLIN | EPOLLHUP | EPOLLERR)) != 0)
        for (int i = 0; i < MessagesAtOnce && *alive; ++i) {
            if (m_peer && m_owner.isCongested() && (events & EPOLLHUP) == 0)
                break;
            if (!receiveSome())
                break;
        }
    if (*alive)
        updateEvents();
}

} // namespace engine::net

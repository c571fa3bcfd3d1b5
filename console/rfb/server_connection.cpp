// SPDX-License-Identifier: GPL-3.0-or-later
#include "rfb/server_connection.h"

#include "rfb/client_session.h"
#include "rfb/low_descriptor.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

#include <array>
#include <utility>

namespace console {
namespace {

/// Joins `next` to the last thing that waits when only the end of a movement matters.
bool merge(ClientInput& last, const ClientInput& next)
{
    if (auto* a = std::get_if<PointerInput>(&last)) {
        const auto* b = std::get_if<PointerInput>(&next);
        if (!b || a->buttons != b->buttons)
            return false;
        *a = *b;
        return true;
    }
    if (auto* a = std::get_if<MotionInput>(&last)) {
        const auto* b = std::get_if<MotionInput>(&next);
        if (!b || a->buttons != b->buttons)
            return false;
        a->dx += b->dx;
        a->dy += b->dy;
        return true;
    }
    return false;
}

void setBlocking(int socket)
{
    if (const int flags = ::fcntl(socket, F_GETFL); flags >= 0)
        ::fcntl(socket, F_SETFL, flags & ~O_NONBLOCK);
}

} // namespace

ServerConnection::ServerConnection(ConnectionObserver& observer)
    : m_observer(observer), m_wake(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK))
{}

ServerConnection::~ServerConnection() = default;

void ServerConnection::wake() const
{
    const std::uint64_t one = 1;
    (void)!::write(m_wake.get(), &one, sizeof one);
}

void ServerConnection::send(ClientInput input)
{
    {
        const std::scoped_lock lock(m_mutex);
        // The first of two is kept as it is: what it merged with has perhaps been a click.
        if (m_queue.size() < 2 || !merge(m_queue.back(), input))
            m_queue.push_back(std::move(input));
    }
    wake();
}

void ServerConnection::stop()
{
    m_stopping = true;
    const std::scoped_lock lock(m_mutex);
    if (m_socket >= 0)
        ::shutdown(m_socket, SHUT_RDWR); // wakes the library in the middle of a message
    wake();
}

CloseReason ServerConnection::run(OwnedFd socket, const ConnectionOptions& options)
{
    auto low = LowDescriptors::lower(std::move(socket));
    if (!low) {
        m_detail = "Every descriptor number below 1024 is in use, and the VNC library needs one.";
        return CloseReason::NoDescriptor;
    }
    setBlocking(low->get());
    const int fd = low->get();
    {
        const std::scoped_lock lock(m_mutex);
        m_socket = fd;
    }
    CloseReason reason = CloseReason::Stopped;
    {
        ClientSession session(m_observer, std::move(*low), options);
        if (!m_stopping)
            reason = session.greet();
        if (reason == CloseReason::Stopped && !m_stopping) // greeted
            reason = pump(session, fd);
        m_detail = session.detail();
        const std::scoped_lock lock(m_mutex);
        m_socket = -1; // before the session closes it
    }
    LowDescriptors::refill();
    return m_stopping ? CloseReason::Stopped : reason;
}

CloseReason ServerConnection::pump(ClientSession& session, int fd)
{
    while (!m_stopping) {
        std::array<pollfd, 2> waiting{pollfd{fd, POLLIN, 0}, pollfd{m_wake.get(), POLLIN, 0}};
        const bool buffered = session.hasBufferedInput();
        ::poll(waiting.data(), waiting.size(), buffered ? 0 : -1);
        if (waiting[1].revents != 0) {
            std::uint64_t count = 0;
            (void)!::read(m_wake.get(), &count, sizeof count);
            std::deque<ClientInput> inputs;
            {
                const std::scoped_lock lock(m_mutex);
                inputs.swap(m_queue);
            }
            for (const ClientInput& input : inputs)
                if (!session.write(input))
                    return CloseReason::Lost;
        }
        if ((buffered || waiting[0].revents != 0) && !m_stopping && !session.readMessage())
            return session.isBroken() ? CloseReason::NotUnderstood : CloseReason::Lost;
    }
    return CloseReason::Stopped;
}

} // namespace console

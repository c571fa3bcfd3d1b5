// SPDX-License-Identifier: GPL-3.0-or-later
#include "net/slirp_stack.h"

#include "net/forward_address.h"

#include <sys/epoll.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdlib>
#include <utility>

namespace engine::net {

namespace {

using std::chrono::steady_clock;

in_addr ipv4(const char* text)
{
    in_addr address{};
    ::inet_pton(AF_INET, text, &address);
    return address;
}

in6_addr ipv6(const char* text)
{
    in6_addr address{};
    ::inet_pton(AF_INET6, text, &address);
    return address;
}

std::uint32_t toEpoll(int events)
{
    std::uint32_t result = 0;
    if ((events & SLIRP_POLL_IN) != 0)
        result |= EPOLLIN;
    if ((events & SLIRP_POLL_OUT) != 0)
        result |= EPOLLOUT;
    if ((events & SLIRP_POLL_PRI) != 0)
        result |= EPOLLPRI;
    return result;
}

int fromEpoll(std::uint32_t events)
{
    int result = 0;
    if ((events & EPOLLIN) != 0)
        result |= SLIRP_POLL_IN;
    if ((events & EPOLLOUT) != 0)
        result |= SLIRP_POLL_OUT;
    if ((events & EPOLLPRI) != 0)
        result |= SLIRP_POLL_PRI;
    if ((events & EPOLLERR) != 0)
        result |= SLIRP_POLL_ERR;
    if ((events & EPOLLHUP) != 0)
        result |= SLIRP_POLL_HUP;
    return result;
}

} // namespace

SlirpCb SlirpStack::callbacks()
{
    SlirpCb callbacks{};
    callbacks.send_packet = [](const void* frame, std::size_t length, void* opaque) -> ssize_t {
        self(opaque).m_guest.deliver({static_cast<const std::byte*>(frame), length});
        return static_cast<ssize_t>(length);
    };
    callbacks.guest_error = [](const char* message, void* opaque) {
        self(opaque).m_log.warning("net", message);
    };
    callbacks.clock_get_ns = [](void*) -> std::int64_t {
        return std::chrono::nanoseconds(steady_clock::now().time_since_epoch()).count();
    };
    callbacks.timer_new_opaque = [](SlirpTimerId id, void* callbackOpaque, void* opaque) -> void* {
        return &self(opaque).m_timers.emplace_back(id, callbackOpaque);
    };
    callbacks.timer_free = [](void* timer, void* opaque) {
        SlirpStack& stack = self(opaque);
        stack.m_timers.remove_if([&](SlirpTimer& candidate) {
            if (&candidate != timer)
                return false;
            stack.m_loop.stopTimer(candidate.running);
            return true;
        });
    };
    callbacks.timer_mod = [](void* timer, std::int64_t atMilliseconds, void* opaque) {
        self(opaque).armTimer(*static_cast<SlirpTimer*>(timer), atMilliseconds);
    };
    // A descriptor number may belong to another socket from now on: the epoll set is asked anew.
    callbacks.register_poll_fd = [](int fd, void* opaque) { self(opaque).m_watched.erase(fd); };
    callbacks.unregister_poll_fd = [](int fd, void* opaque) {
        self(opaque).m_watched.erase(fd);
        (void)::epoll_ctl(self(opaque).m_sockets.get(), EPOLL_CTL_DEL, fd, nullptr);
    };
    callbacks.notify = [](void* opaque) { self(opaque).scheduleService(); };
    return callbacks;
}

SlirpStack::SlirpStack(EventLoop& loop, Log& log, GuestSide guest, UniqueFd sockets)
    : m_loop(loop), m_log(log), m_guest(std::move(guest)), m_sockets(std::move(sockets)),
      m_callbacks(callbacks())
{}

Result<std::unique_ptr<SlirpStack>> SlirpStack::create(EventLoop& loop, Log& log, const Options& options,
                                                       GuestSide guest)
{
    UniqueFd sockets(::epoll_create1(EPOLL_CLOEXEC));
    if (!sockets)
        return failSystem("cannot create the set of sockets of a network");
    std::unique_ptr<SlirpStack> stack(new SlirpStack(loop, log, std::move(guest), std::move(sockets)));
    VM_TRY(stack->start(options));
    return stack;
}

Result<> SlirpStack::start(const Options& options)
{
    constexpr std::uint32_t ConfigVersion = 4;
    SlirpConfig config{};
    config.version = ConfigVersion;
    config.restricted = options.isolated ? 1 : 0;
    config.in_enabled = true;
    config.vnetwork = ipv4("10.0.2.0");
    config.vnetmask = ipv4("255.255.255.0");
    config.vhost = ipv4("10.0.2.2");
    config.vdhcp_start = ipv4(GuestIpv4);
    config.vnameserver = ipv4("10.0.2.3");
    config.in6_enabled = true;
    config.vprefix_addr6 = ipv6("fec0::");
    config.vprefix_len = 64;
    config.vhost6 = ipv6("fec0::2");
    config.vnameserver6 = ipv6("fec0::3");
    config.vhostname = options.hostName.empty() ? nullptr : options.hostName.c_str();
    config.tftp_path = options.tftpFolder.empty() ? nullptr : options.tftpFolder.c_str();
    config.bootfile = options.bootFile.empty() ? nullptr : options.bootFile.c_str();
    config.disable_host_loopback = !options.allowHostLoopback;
    m_library = VM_TRY(SlirpLibrary::get());
    m_slirp = m_library->slirp_new(&config, &m_callbacks, this);
    if (m_slirp == nullptr)
        return fail(ErrorCode::Unsupported,
                    "the user network cannot start; is libslirp 4.7 or newer installed?");
    VM_TRY(m_loop.watch(m_sockets.get(), EPOLLIN, [this](std::uint32_t) { scheduleService(); }));
    scheduleService();
    return {};
}

SlirpStack::~SlirpStack()
{
    *m_alive = false;
    if (m_slirp != nullptr) {
        m_loop.unwatch(m_sockets.get());
        m_library->slirp_cleanup(m_slirp);
    }
    m_loop.stopTimer(m_wakeTimer);
    for (const SlirpTimer& timer : m_timers)
        m_loop.stopTimer(timer.running);
}

void SlirpStack::armTimer(SlirpTimer& timer, std::int64_t atMilliseconds)
{
    m_loop.stopTimer(timer.running);
    const steady_clock::time_point at{std::chrono::milliseconds(atMilliseconds)};
    timer.running = m_loop.startTimer(at, [this, &timer] {
        timer.running = 0;
        m_library->slirp_handle_timer(m_slirp, timer.id, timer.callbackOpaque);
        scheduleService();
    });
}

void SlirpStack::input(std::span<const std::byte> frame)
{
    m_library->slirp_input(m_slirp, reinterpret_cast<const std::uint8_t*>(frame.data()),
                           static_cast<int>(frame.size()));
    scheduleService();
}

void SlirpStack::scheduleService()
{
    if (m_serviceScheduled)
        return;
    m_serviceScheduled = true;
    m_loop.defer([this, alive = m_alive] {
        if (*alive)
            service();
    });
}

void SlirpStack::service()
{
    m_serviceScheduled = false;
    collectReady();
    m_library->slirp_pollfds_poll(
        m_slirp, 0, [](int index, void* opaque) { return self(opaque).readyEvents(index); }, this);
    refill();
}

void SlirpStack::collectReady()
{
    std::array<epoll_event, 256> events{};
    m_ready.clear();
    const int count = ::epoll_wait(m_sockets.get(), events.data(), static_cast<int>(events.size()), 0);
    for (int i = 0; i < count; ++i) {
        const epoll_event& event = events[static_cast<std::size_t>(i)];
        m_ready[event.data.fd] = event.events;
    }
}

int SlirpStack::readyEvents(int index) const
{
    if (index < 0 || static_cast<std::size_t>(index) >= m_wanted.size())
        return 0;
    const auto ready = m_ready.find(m_wanted[static_cast<std::size_t>(index)]);
    if (ready == m_ready.end())
        return 0;
    const int events = fromEpoll(ready->second);
    return m_guest.isCongested() ? events & ~SLIRP_POLL_IN : events;
}

int SlirpStack::wantFd(int fd, int events)
{
    if (m_guest.isCongested())
        events &= ~SLIRP_POLL_IN;
    const std::uint32_t wanted = toEpoll(events);
    const auto known = m_watched.find(fd);
    if (known == m_watched.end() || known->second.events != wanted) {
        epoll_event event{.events = wanted, .data = {.fd = fd}};
        if (::epoll_ctl(m_sockets.get(), EPOLL_CTL_MOD, fd, &event) != 0)
            (void)::epoll_ctl(m_sockets.get(), EPOLL_CTL_ADD, fd, &event);
    }
    m_watched[fd] = {.events = wanted, .wanted = true};
    m_wanted.push_back(fd);
    return static_cast<int>(m_wanted.size()) - 1;
}

void SlirpStack::forgetUnwanted()
{
    for (auto entry = m_watched.begin(); entry != m_watched.end();) {
        if (std::exchange(entry->second.wanted, false)) {
            ++entry;
            continue;
        }
        (void)::epoll_ctl(m_sockets.get(), EPOLL_CTL_DEL, entry->first, nullptr);
        entry = m_watched.erase(entry);
    }
}

void SlirpStack::refill()
{
    std::uint32_t timeout = UINT32_MAX;
    m_wanted.clear();
    m_library->slirp_pollfds_fill(
        m_slirp, &timeout, [](int fd, int events, void* opaque) { return self(opaque).wantFd(fd, events); },
        this);
    forgetUnwanted();
    m_loop.stopTimer(std::exchange(m_wakeTimer, 0));
    if (timeout != UINT32_MAX)
        m_wakeTimer = m_loop.startTimer(steady_clock::now() + std::chrono::milliseconds(timeout), [this] {
            m_wakeTimer = 0;
            scheduleService();
        });
}

Result<> SlirpStack::addForward(const PortForward& rule)
{
    const ForwardAddress address = VM_TRY(ForwardAddress::parse(rule));
    const int flags = rule.udp ? SLIRP_HOSTFWD_UDP : 0;
    if (m_library->slirp_add_hostxfwd(m_slirp, address.host(), address.hostLength(), address.guest(),
                                      address.guestLength(), flags)
        != 0)
        return std::unexpected(explainBindFailure(rule, errno));
    scheduleService();
    return {};
}

Result<> SlirpStack::removeForward(const PortForward& rule)
{
    const ForwardAddress address = VM_TRY(ForwardAddress::parse(rule));
    const int flags = rule.udp ? SLIRP_HOSTFWD_UDP : 0;
    if (m_library->slirp_remove_hostxfwd(m_slirp, address.host(), address.hostLength(), flags) != 0)
        return fail(ErrorCode::NotFound, "there is no such port forward: " + describe(rule));
    scheduleService();
    return {};
}

} // namespace engine::net

// SPDX-License-Identifier: GPL-3.0-or-later
#include "block/uring_engine.h"

#include <sys/epoll.h>

#include <array>
#include <cerrno>
#include <utility>

namespace engine::block {

Result<std::unique_ptr<UringEngine>> UringEngine::create(EventLoop& loop)
{
    std::unique_ptr<UringEngine> engine(new UringEngine(loop));
    Result<> ready;
    loop.runAndWait([&] { ready = engine->setUp(); });
    if (!ready)
        return std::unexpected(std::move(ready).error());
    return engine;
}

Result<> UringEngine::setUp()
{
    int error = ::io_uring_queue_init(Entries, &m_ring, IORING_SETUP_COOP_TASKRUN);
    if (error == -EINVAL) // older than Linux 5.19
        error = ::io_uring_queue_init(Entries, &m_ring, 0);
    if (error < 0)
        return failSystem("io_uring is not available", -error);
    m_ready = true;
    return m_loop.watch(m_ring.ring_fd, EPOLLIN, [this](std::uint32_t) { reap(); });
}

UringEngine::~UringEngine()
{
    if (!m_ready)
        return;
    m_loop.runAndWait([this] {
        drain();
        m_loop.unwatch(m_ring.ring_fd);
        ::io_uring_queue_exit(&m_ring);
    });
}

io_uring_sqe* UringEngine::nextEntry()
{
    if (io_uring_sqe* entry = ::io_uring_get_sqe(&m_ring))
        return entry;
    ::io_uring_submit(&m_ring);
    return ::io_uring_get_sqe(&m_ring);
}

void UringEngine::prepare(io_uring_sqe& entry, IoOperation& operation)
{
    switch (operation.kind) {
    case IoKind::Read:
        ::io_uring_prep_readv(&entry, operation.fd, operation.vectors, operation.vectorCount,
                              operation.offset);
        break;
    case IoKind::Write:
        ::io_uring_prep_writev(&entry, operation.fd, operation.vectors, operation.vectorCount,
                               operation.offset);
        break;
    case IoKind::SyncData: ::io_uring_prep_fsync(&entry, operation.fd, IORING_FSYNC_DATASYNC); break;
    case IoKind::Allocate:
        ::io_uring_prep_fallocate(&entry, operation.fd, operation.mode, static_cast<off_t>(operation.offset),
                                  static_cast<off_t>(operation.length));
        break;
    }
    ::io_uring_sqe_set_data(&entry, &operation);
    // Large reads from the page cache are copying: let several processors do it.
    constexpr std::uint64_t WorthAnotherThread = 256 * 1024;
    if (operation.kind == IoKind::Read && m_inFlight != 0 && transferBytes(operation) >= WorthAnotherThread)
        ::io_uring_sqe_set_flags(&entry, IOSQE_ASYNC);
}

bool UringEngine::submit(IoOperation& operation)
{
    if (m_direct.tryWrite(operation)) {
        m_doneDirectly.push_back(&operation);
        if (!m_submitScheduled)
            scheduleSubmit();
        return false;
    }
    io_uring_sqe* const entry = m_inFlight < Entries ? nextEntry() : nullptr;
    if (entry == nullptr) {
        m_waiting.push_back(&operation);
        return false;
    }
    prepare(*entry, operation);
    ++m_inFlight;
    if (!m_submitScheduled)
        scheduleSubmit();
    return false;
}

void UringEngine::scheduleSubmit()
{
    m_submitScheduled = true;
    m_loop.defer([alive = std::weak_ptr(m_alive)] {
        if (const auto self = alive.lock())
            (*self)->submitPrepared();
    });
}

void UringEngine::submitPrepared()
{
    m_submitScheduled = false;
    if (::io_uring_sq_ready(&m_ring) != 0)
        ::io_uring_submit(&m_ring);
    reportDirect();
    // What the page cache could answer is complete already: no need to sleep first.
    reap();
    // A transient refusal (EAGAIN, EBUSY, EINTR) leaves entries behind: try again in the next turn.
    if (::io_uring_sq_ready(&m_ring) != 0 && !m_submitScheduled) {
        m_loop.post([alive = std::weak_ptr(m_alive)] {
            if (const auto self = alive.lock())
                (*self)->submitPrepared();
        });
    }
}

void UringEngine::reportDirect()
{
    const std::vector<IoOperation*> done = std::exchange(m_doneDirectly, {});
    for (IoOperation* operation : done)
        operation->finished();
}

void UringEngine::reap()
{
    std::array<io_uring_cqe*, 64> ready{};
    for (;;) {
        const unsigned count = ::io_uring_peek_batch_cqe(&m_ring, ready.data(), ready.size());
        if (count == 0)
            break;
        std::array<IoOperation*, 64> done{};
        unsigned operations = 0;
        for (unsigned i = 0; i < count; ++i) {
            auto* const operation = static_cast<IoOperation*>(::io_uring_cqe_get_data(ready[i]));
            if (operation == nullptr)
                continue; // the answer to a cancel request
            operation->result = ready[i]->res;
            done[operations++] = operation;
        }
        ::io_uring_cq_advance(&m_ring, count);
        m_inFlight -= operations;
        for (unsigned i = 0; i < operations; ++i)
            done[i]->finished();
        while (!m_waiting.empty() && m_inFlight < Entries) {
            IoOperation* const next = m_waiting.front();
            m_waiting.pop_front();
            submit(*next);
        }
    }
}

void UringEngine::cancelAll()
{
    while (!m_waiting.empty()) {
        IoOperation* const operation = m_waiting.front();
        m_waiting.pop_front();
        operation->result = -ECANCELED;
        operation->finished();
    }
    if (io_uring_sqe* entry = nextEntry()) {
        ::io_uring_prep_cancel(entry, nullptr, IORING_ASYNC_CANCEL_ANY);
        ::io_uring_sqe_set_data(entry, nullptr);
        ::io_uring_submit(&m_ring);
    }
}

void UringEngine::drain()
{
    while (inFlight() != 0 || !m_waiting.empty()) {
        reportDirect();
        if (m_inFlight != 0)
            ::io_uring_submit_and_wait(&m_ring, 1);
        reap();
    }
}

} // namespace engine::block

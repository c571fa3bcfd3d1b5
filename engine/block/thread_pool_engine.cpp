// SPDX-License-Identifier: GPL-3.0-or-later
#include "block/thread_pool_engine.h"

#include "base/thread.h"

#include <sys/epoll.h>

#include <cerrno>

namespace engine::block {

Result<std::unique_ptr<ThreadPoolEngine>> ThreadPoolEngine::create(EventLoop& loop)
{
    EventFd completed = VM_TRY(EventFd::create());
    std::unique_ptr<ThreadPoolEngine> engine(new ThreadPoolEngine(loop, std::move(completed)));
    Result<> watched;
    loop.runAndWait([&, raw = engine.get()] {
        watched = loop.watch(raw->m_completed.fd(), EPOLLIN, [raw](std::uint32_t) { raw->deliver(); });
    });
    if (!watched)
        return std::unexpected(std::move(watched).error());
    return engine;
}

ThreadPoolEngine::~ThreadPoolEngine()
{
    m_loop.runAndWait([this] {
        drain();
        m_loop.unwatch(m_completed.fd());
    });
    for (std::jthread& thread : m_threads)
        thread.request_stop();
    m_wake.notify_all();
}

bool ThreadPoolEngine::submit(IoOperation& operation)
{
    ++m_inFlight;
    if (m_direct.tryWrite(operation) || DirectPath::tryCachedRead(operation)) {
        std::scoped_lock lock(m_mutex);
        if (m_done.empty())
            m_completed.signal();
        m_done.push_back(&operation);
        return false;
    }
    bool needsThread = false;
    {
        std::scoped_lock lock(m_mutex);
        m_queue.push_back(&operation);
        needsThread = m_idle < m_queue.size() && m_threads.size() < MaxThreads;
    }
    if (needsThread)
        m_threads.emplace_back([this](const std::stop_token& stop) { work(stop); });
    m_wake.notify_one();
    return false;
}

void ThreadPoolEngine::work(const std::stop_token& stop)
{
    setThreadName("disk-io");
    std::unique_lock lock(m_mutex);
    while (!stop.stop_requested()) {
        if (m_queue.empty()) {
            ++m_idle;
            m_wake.wait(lock, stop, [this] { return !m_queue.empty(); });
            --m_idle;
            continue;
        }
        IoOperation* const operation = m_queue.front();
        m_queue.pop_front();
        lock.unlock();
        operation->result = performNow(*operation);
        lock.lock();
        const bool first = m_done.empty();
        m_done.push_back(operation);
        m_doneSignal.notify_one();
        if (first)
            m_completed.signal();
    }
}

void ThreadPoolEngine::deliver()
{
    m_completed.drain();
    std::vector<IoOperation*> done;
    {
        std::scoped_lock lock(m_mutex);
        done.swap(m_done);
    }
    for (IoOperation* operation : done) {
        --m_inFlight;
        operation->finished();
    }
}

void ThreadPoolEngine::cancelAll()
{
    std::scoped_lock lock(m_mutex);
    for (IoOperation* operation : m_queue) {
        operation->result = -ECANCELED;
        m_done.push_back(operation);
    }
    m_queue.clear();
    m_completed.signal();
}

void ThreadPoolEngine::drain()
{
    while (m_inFlight != 0) {
        {
            std::unique_lock lock(m_mutex);
            m_doneSignal.wait(lock, [this] { return !m_done.empty(); });
        }
        deliver();
    }
}

} // namespace engine::block

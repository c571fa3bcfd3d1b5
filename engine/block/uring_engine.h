// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "block/direct_path.h"
#include "block/io_engine.h"

#include <liburing.h>

#include <deque>
#include <memory>
#include <vector>

namespace engine::block {

/// Operations through io_uring(7). Submissions of one turn of the loop go to the kernel in one
/// system call; the ring's own descriptor tells the loop about completions.
class UringEngine final : public IoEngine {
public:
    static constexpr unsigned Entries = 256;

    /// Fails where the kernel, a sysctl or a seccomp filter forbids io_uring.
    [[nodiscard]] static Result<std::unique_ptr<UringEngine>> create(EventLoop& loop);
    UringEngine(const UringEngine&) = delete;
    UringEngine& operator=(const UringEngine&) = delete;
    UringEngine(UringEngine&&) = delete;
    UringEngine& operator=(UringEngine&&) = delete;
    ~UringEngine() override;

    bool submit(IoOperation& operation) override;
    void cancelAll() override;
    void drain() override;
    [[nodiscard]] unsigned inFlight() const override
    {
        return m_inFlight + static_cast<unsigned>(m_doneDirectly.size());
    }
    [[nodiscard]] const char* name() const override { return "io_uring"; }

private:
    explicit UringEngine(EventLoop& loop) : m_loop(loop), m_alive(std::make_shared<UringEngine*>(this)) {}
    void scheduleSubmit();
    [[nodiscard]] Result<> setUp();
    [[nodiscard]] io_uring_sqe* nextEntry();
    void prepare(io_uring_sqe& entry, IoOperation& operation);
    void submitPrepared();
    void reap();
    void reportDirect();

    EventLoop& m_loop;
    std::shared_ptr<UringEngine*> m_alive; // a deferred submission may come after us
    io_uring m_ring{};
    bool m_ready = false;
    bool m_submitScheduled = false;
    unsigned m_inFlight = 0; // prepared or in the kernel; bounded by the completion queue
    DirectPath m_direct;
    std::vector<IoOperation*> m_doneDirectly; // to be reported at the end of the loop's turn
    std::deque<IoOperation*> m_waiting;       // more than the completion queue holds
};

} // namespace engine::block

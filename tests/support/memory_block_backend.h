// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "devices/storage/block_backend.h"

#include <algorithm>
#include <cstring>
#include <deque>
#include <mutex>
#include <optional>
#include <vector>

namespace engine::test {

/// A disk in memory with its own event loop. Requests complete at once on the loop's thread, or,
/// while held, when release() is called; the next ones can be made to fail.
class MemoryBlockBackend final : public BlockBackend {
public:
    explicit MemoryBlockBackend(std::uint64_t bytes, BlockInfo info = {})
        : m_info(std::move(info)), m_loop(EventLoop::create("memory-disk").value()), m_bytes(bytes)
    {
        m_info.capacityBytes = bytes;
        if (m_info.serial.empty())
            m_info.serial = "MEM0001";
    }
    ~MemoryBlockBackend() override { m_loop.reset(); }
    MemoryBlockBackend(const MemoryBlockBackend&) = delete;
    MemoryBlockBackend& operator=(const MemoryBlockBackend&) = delete;
    MemoryBlockBackend(MemoryBlockBackend&&) = delete;
    MemoryBlockBackend& operator=(MemoryBlockBackend&&) = delete;

    BlockInfo info() const override { return m_info; }
    EventLoop& loop() override { return *m_loop; }

    void read(std::uint64_t offset, IoVectors into, Completion done) override
    {
        finish(offset, into.sizeBytes(), std::move(done), [this, offset, into = std::move(into)] {
            into.copyFrom(std::span(m_bytes).subspan(offset, into.sizeBytes()));
            ++m_counts.reads;
        });
    }
    void write(std::uint64_t offset, IoVectors from, Completion done) override
    {
        if (m_info.readOnly)
            return done(BlockStatus::ReadOnly);
        finish(offset, from.sizeBytes(), std::move(done), [this, offset, from = std::move(from)] {
            from.copyTo(std::span(m_bytes).subspan(offset, from.sizeBytes()));
            ++m_counts.writes;
        });
    }
    void flush(Completion done) override
    {
        finish(0, 0, std::move(done), [this] { ++m_counts.flushes; });
    }
    void discard(std::uint64_t offset, std::uint64_t length, Completion done) override
    {
        finish(offset, length, std::move(done), [this, offset, length] {
            std::ranges::fill(std::span(m_bytes).subspan(offset, length), std::byte{0xdd});
            ++m_counts.discards;
        });
    }
    void writeZeroes(std::uint64_t offset, std::uint64_t length, bool mayUnmap, Completion done) override
    {
        finish(offset, length, std::move(done), [this, offset, length, mayUnmap] {
            std::ranges::fill(std::span(m_bytes).subspan(offset, length), std::byte{0});
            ++m_counts.zeroes;
            m_counts.unmaps += mayUnmap ? 1 : 0;
        });
    }

    // --- for the test, any thread
    struct Counts {
        unsigned reads = 0;
        unsigned writes = 0;
        unsigned flushes = 0;
        unsigned discards = 0;
        unsigned zeroes = 0;
        unsigned unmaps = 0;
    };
    [[nodiscard]] Counts counts()
    {
        Counts result;
        m_loop->runAndWait([&] { result = m_counts; });
        return result;
    }
    [[nodiscard]] std::vector<std::byte> contents(std::uint64_t offset, std::size_t length)
    {
        std::vector<std::byte> result;
        m_loop->runAndWait([&] {
            const auto part = std::span(m_bytes).subspan(offset, length);
            result.assign(part.begin(), part.end());
        });
        return result;
    }
    void fill(std::uint64_t offset, std::span<const std::byte> data)
    {
        m_loop->runAndWait(
            [&] { std::ranges::copy(data, m_bytes.begin() + static_cast<std::ptrdiff_t>(offset)); });
    }
    void failNext(BlockStatus status)
    {
        m_loop->runAndWait([&] { m_failure = status; });
    }
    void hold()
    {
        m_loop->runAndWait([&] { m_held = true; });
    }
    [[nodiscard]] std::size_t waiting()
    {
        std::size_t count = 0;
        m_loop->runAndWait([&] { count = m_waiting.size(); });
        return count;
    }
    /// Completes what was held, the last request first when `reversed`.
    void release(bool reversed = false)
    {
        m_loop->runAndWait([&] {
            m_held = false;
            auto tasks = std::exchange(m_waiting, {});
            if (reversed)
                std::ranges::reverse(tasks);
            for (auto& task : tasks)
                task();
        });
    }

private:
    void finish(std::uint64_t offset, std::uint64_t length, Completion done,
                std::move_only_function<void()> act)
    {
        if (offset > m_bytes.size() || length > m_bytes.size() - offset
            || offset % m_info.logicalBlockBytes != 0 || length % m_info.logicalBlockBytes != 0)
            return done(BlockStatus::OutOfRange);
        auto task = [this, done = std::move(done), act = std::move(act)]() mutable {
            const BlockStatus status = std::exchange(m_failure, BlockStatus::Ok);
            if (status == BlockStatus::Ok)
                act();
            done(status);
        };
        if (m_held)
            m_waiting.emplace_back(std::move(task));
        else
            task();
    }

    BlockInfo m_info;
    std::unique_ptr<EventLoop> m_loop;
    // loop thread only
    std::vector<std::byte> m_bytes;
    Counts m_counts;
    BlockStatus m_failure = BlockStatus::Ok;
    bool m_held = false;
    std::deque<std::move_only_function<void()>> m_waiting;
};

} // namespace engine::test

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "devices/storage/block_backend.h"

#include <atomic>
#include <functional>
#include <memory>

namespace engine {

/// Bytes that guests have moved to and from disks and discs. Any thread.
struct DiskTraffic {
    std::atomic<std::uint64_t> readBytes = 0;
    std::atomic<std::uint64_t> writtenBytes = 0;
};

/// Passes everything on and counts it.
class CountingBackend final : public BlockBackend {
public:
    /// `traffic` and what `onRead` refers to outlive the backend.
    CountingBackend(std::unique_ptr<BlockBackend> inner, DiskTraffic& traffic, std::function<void()> onRead)
        : m_inner(std::move(inner)), m_traffic(traffic), m_onRead(std::move(onRead))
    {}

    [[nodiscard]] BlockInfo info() const override { return m_inner->info(); }
    [[nodiscard]] EventLoop& loop() override { return m_inner->loop(); }
    void read(std::uint64_t offset, IoVectors into, Completion done) override
    {
        m_onRead();
        m_traffic.readBytes.fetch_add(into.sizeBytes(), std::memory_order_relaxed);
        m_inner->read(offset, std::move(into), std::move(done));
    }
    void write(std::uint64_t offset, IoVectors from, Completion done) override
    {
        m_traffic.writtenBytes.fetch_add(from.sizeBytes(), std::memory_order_relaxed);
        m_inner->write(offset, std::move(from), std::move(done));
    }
    void flush(Completion done) override { m_inner->flush(std::move(done)); }
    void discard(std::uint64_t offset, std::uint64_t length, Completion done) override
    {
        m_inner->discard(offset, length, std::move(done));
    }
    void writeZeroes(std::uint64_t offset, std::uint64_t length, bool mayUnmap, Completion done) override
    {
        m_inner->writeZeroes(offset, length, mayUnmap, std::move(done));
    }

private:
    std::unique_ptr<BlockBackend> m_inner;
    DiskTraffic& m_traffic;
    const std::function<void()> m_onRead; ///< before each read, on the loop's thread
};

} // namespace engine

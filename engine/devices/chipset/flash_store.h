// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/event_loop.h"
#include "base/log.h"
#include "base/result.h"
#include "base/unique_fd.h"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <span>
#include <vector>

namespace engine {

/// Keeps what a guest programs into its flash.
class FlashStore {
public:
    virtual ~FlashStore() = default;
    /// Any thread; returns at once. Ranges lie inside of the store.
    virtual void write(std::uint64_t offset, std::span<const std::byte> bytes) = 0;
};

/// A FlashStore in a file (UEFI variables). Changes are collected for a moment and written on the
/// loop's thread; the file is synchronised when writes pause, and when the store is destroyed. When
/// writing fails (full disk), the changes stay in memory and are tried again.
class FlashFile final : public FlashStore {
public:
    /// Opens `file`. When it does not exist, it is made as a copy of `templateFile`: complete or not
    /// at all, even across a power cut. Either must have exactly `sizeBytes`. `loop` and `log` must outlive
    /// the store.
    [[nodiscard]] static Result<std::unique_ptr<FlashFile>> open(const std::filesystem::path& file,
                                                                 const std::filesystem::path& templateFile,
                                                                 std::uint64_t sizeBytes, EventLoop& loop,
                                                                 Log& log);
    /// Writes and synchronises what is left. Not on the loop's thread.
    ~FlashFile() override;
    FlashFile(const FlashFile&) = delete;
    FlashFile& operator=(const FlashFile&) = delete;
    FlashFile(FlashFile&&) = delete;
    FlashFile& operator=(FlashFile&&) = delete;

    /// A copy of the present contents. Any thread.
    [[nodiscard]] std::vector<std::byte> contents() const;
    void write(std::uint64_t offset, std::span<const std::byte> bytes) override;
    /// Waits until everything written so far is on stable storage. Any thread but the loop's.
    [[nodiscard]] Result<> flush();

private:
    FlashFile(std::filesystem::path path, UniqueFd fd, std::vector<std::byte> contents, EventLoop& loop,
              Log& log);

    // Loop thread only.
    void scheduleWrite(std::chrono::milliseconds delay);
    void scheduleSync();
    void onWriteTimer();
    [[nodiscard]] Result<> writeDirtyPages();
    [[nodiscard]] Result<> synchronise();
    void stopTimers();
    [[nodiscard]] Result<> flushOnLoop();

    const std::filesystem::path m_path;
    const UniqueFd m_fd;
    EventLoop& m_loop;
    Log& m_log;
    mutable std::mutex m_mutex;
    std::vector<std::byte> m_contents;              // guarded by m_mutex
    std::set<std::uint64_t> m_dirty;                // guarded by m_mutex; page numbers
    bool m_posted = false;                          // guarded by m_mutex
    bool m_needsSync = false;                       // loop thread only
    std::optional<EventLoop::TimerId> m_writeTimer; // loop thread only
    std::optional<EventLoop::TimerId> m_syncTimer;  // loop thread only
};

} // namespace engine

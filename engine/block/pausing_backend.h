// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "devices/storage/block_backend.h"

#include <functional>
#include <memory>
#include <vector>

namespace engine::block {

/// Shields a guest from a full host: a request that ends with NoSpace is kept instead of failed, and
/// `onNoSpace` is called, so that the owner pauses the guest and tells the user. resume() tries the
/// kept requests again. All other results pass through.
class PausingBackend final : public BlockBackend {
public:
    /// `onNoSpace` runs on the loop's thread, once until the next resume().
    PausingBackend(std::unique_ptr<BlockBackend> inner, std::function<void()> onNoSpace);
    /// Any thread. Completes kept requests with Cancelled.
    ~PausingBackend() override;
    PausingBackend(const PausingBackend&) = delete;
    PausingBackend& operator=(const PausingBackend&) = delete;
    PausingBackend(PausingBackend&&) = delete;
    PausingBackend& operator=(PausingBackend&&) = delete;

    [[nodiscard]] BlockInfo info() const override { return m_inner->info(); }
    [[nodiscard]] EventLoop& loop() override { return m_inner->loop(); }
    void read(std::uint64_t offset, IoVectors into, Completion done) override;
    void write(std::uint64_t offset, IoVectors from, Completion done) override;
    void flush(Completion done) override;
    void discard(std::uint64_t offset, std::uint64_t length, Completion done) override;
    void writeZeroes(std::uint64_t offset, std::uint64_t length, bool mayUnmap, Completion done) override;

    /// Any thread: tries again what was kept. Call it when there is space, and before the guest runs.
    void resume();
    /// Loop thread: how many requests wait for space.
    [[nodiscard]] std::size_t heldCount() const { return m_held.size(); }
    [[nodiscard]] BlockBackend& inner() { return *m_inner; }

private:
    enum class Kind : std::uint8_t { Write, Flush, Discard, WriteZeroes };
    struct Request {
        Kind kind = Kind::Flush;
        std::uint64_t offset = 0;
        std::uint64_t length = 0;
        bool mayUnmap = false;
        IoVectors from;
        Completion done;
    };
    void start(Request request);
    void forward(Request& request, Completion done);
    void retry();

    std::function<void()> m_onNoSpace;
    std::vector<Request> m_held;              // loop thread only
    bool m_isClosing = false;                 // loop thread only
    std::shared_ptr<PausingBackend*> m_alive; // a posted resume() may come after us
    std::unique_ptr<BlockBackend> m_inner;    // last: its destructor completes requests into us
};

} // namespace engine::block

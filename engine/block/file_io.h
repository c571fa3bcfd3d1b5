// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/log.h"
#include "block/async.h"
#include "block/image_file.h"
#include "block/io_engine.h"
#include "devices/storage/block_backend.h"
#include "memory/io_vectors.h"

#include <atomic>
#include <coroutine>
#include <functional>
#include <memory>
#include <optional>

namespace engine::block {

/// A failure that a test makes happen instead of, or in the middle of, one operation.
struct InjectedFault {
    int error = 0;                ///< errno to answer with; 0 = shorten the transfer
    std::uint64_t shortBytes = 0; ///< with error 0: transfer at most this many bytes (not 0)
};

/// Asynchronous access to one ImageFile: an awaitable per transfer that deals with short transfers,
/// EINTR and the end of the file, so that callers see whole transfers or a status. One thread.
class FileIo {
public:
    /// Asked before every system call; tests only.
    using FaultHook = std::function<std::optional<InjectedFault>(const IoOperation&)>;
    class Transfer;

    FileIo(ImageFile file, std::unique_ptr<IoEngine> engine);

    /// Reading beyond the end of the file yields zeros. The vectors must live until it is done.
    [[nodiscard]] Transfer read(std::uint64_t offset, const IoVectors& into);
    [[nodiscard]] Transfer write(std::uint64_t offset, const IoVectors& from);
    /// Everything that was written is on stable storage, or never again: after one failure the
    /// kernel may have dropped data, so each later sync fails as well.
    [[nodiscard]] Transfer syncData();
    /// Makes the range read as zeros and gives its space back. Fails with EOPNOTSUPP on some hosts.
    [[nodiscard]] Transfer punchHole(std::uint64_t offset, std::uint64_t length);
    [[nodiscard]] Transfer zeroRange(std::uint64_t offset, std::uint64_t length);

    [[nodiscard]] const ImageFile& file() const { return m_file; }
    /// Ends the use of this object.
    [[nodiscard]] ImageFile takeFile() { return std::move(m_file); }
    [[nodiscard]] IoEngine& engine() { return *m_engine; }
    /// Guest requests go to the engine from now on (opening uses a blocking one).
    void setEngine(std::unique_ptr<IoEngine> engine) { m_engine = std::move(engine); }
    void setFaultHook(FaultHook hook) { m_faultHook = std::move(hook); }
    void setLog(Log* log) { m_log = log; }
    [[nodiscard]] Log* log() const { return m_log; }
    /// The errno of the latest failure, for messages.
    [[nodiscard]] int lastError() const { return m_lastError; }
    /// True when the host can't do it inside this file; found out by trying.
    [[nodiscard]] bool lacksPunchHole() const { return m_lacksPunchHole; }
    [[nodiscard]] bool lacksZeroRange() const { return m_lacksZeroRange; }

private:
    void reportFailure(const IoOperation& operation, int error);

    ImageFile m_file;
    std::unique_ptr<IoEngine> m_engine;
    FaultHook m_faultHook;
    Log* m_log = nullptr;
    int m_lastError = 0;
    bool m_syncFailed = false;
    std::atomic<bool> m_lacksPunchHole = false; ///< read on any thread
    bool m_lacksZeroRange = false;
};

/// One transfer; `const BlockStatus status = co_await io.read(...)`.
class FileIo::Transfer final : private IoOperation {
public:
    Transfer(FileIo& io, IoKind kind, std::uint64_t offset, const IoVectors* vectors);
    Transfer(FileIo& io, int mode, std::uint64_t offset, std::uint64_t length);

    bool await_ready() { return advance(); }
    void await_suspend(std::coroutine_handle<> waiter) { m_waiter = waiter; }
    [[nodiscard]] BlockStatus await_resume() const { return m_status; }

private:
    void finished() override;
    /// Submits until an operation is pending (false) or the transfer has ended (true).
    bool advance();
    bool submitOnce();
    /// Takes the result into account; true when the transfer has ended.
    bool absorbResult();
    bool absorbError(int error);

    FileIo& m_io;
    const IoVectors* m_vectors = nullptr;
    std::optional<IoVectors> m_rest; // after a short transfer
    std::uint64_t m_left = 0;
    BlockStatus m_status = BlockStatus::Ok;
    std::coroutine_handle<> m_waiter;
};

[[nodiscard]] BlockStatus statusForErrno(int error);

} // namespace engine::block

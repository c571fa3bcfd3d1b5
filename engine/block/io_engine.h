// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/event_loop.h"
#include "base/result.h"

#include <sys/uio.h>

#include <cstdint>
#include <memory>

namespace engine::block {

enum class IoKind : std::uint8_t {
    Read,
    Write,
    SyncData, ///< fdatasync(2)
    Allocate, ///< fallocate(2) with IoOperation::mode: punch a hole, zero a range
};

/// One system call on its way. Owned by who submits it and alive until it has finished.
class IoOperation {
public:
    IoKind kind = IoKind::Read;
    int fd = -1;
    int mode = 0;             ///< Allocate: FALLOC_FL_*
    unsigned vectorCount = 0; ///< Read, Write: at most IOV_MAX
    const iovec* vectors = nullptr;
    std::uint64_t offset = 0;
    std::uint64_t length = 0; ///< Allocate
    std::int64_t result = 0;  ///< bytes, or a negated errno

    /// The engine calls this on the owner's thread, never from inside submit().
    virtual void finished() = 0;

protected:
    ~IoOperation() = default;
};

/// Carries out I/O operations. All methods belong to one thread (the loop's, or the only one).
class IoEngine {
public:
    virtual ~IoEngine() = default;
    /// True: already done, `result` is set and finished() will not be called.
    virtual bool submit(IoOperation& operation) = 0;
    /// Asks what has not begun to end early, with -ECANCELED.
    virtual void cancelAll() = 0;
    /// Blocks until nothing is in flight any more, delivering completions.
    virtual void drain() = 0;
    [[nodiscard]] virtual unsigned inFlight() const = 0;
    [[nodiscard]] virtual const char* name() const = 0;
};

enum class IoEngineChoice : std::uint8_t {
    Automatic, ///< io_uring where the kernel and the sandbox allow it, otherwise threads
    Uring,
    Threads,
};

/// An engine that completes on `loop`. Call from the loop's thread or before it is used.
[[nodiscard]] Result<std::unique_ptr<IoEngine>> createIoEngine(EventLoop& loop, IoEngineChoice choice);
/// Does everything inside submit(): for tools that have a thread to spend.
[[nodiscard]] std::unique_ptr<IoEngine> createBlockingEngine();

/// The system call behind `operation`, on the calling thread: bytes or a negated errno.
[[nodiscard]] std::int64_t performNow(const IoOperation& operation);

} // namespace engine::block

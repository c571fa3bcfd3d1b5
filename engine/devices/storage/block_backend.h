// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/event_loop.h"
#include "memory/io_vectors.h"

#include <cstdint>
#include <functional>
#include <string>

namespace engine {

/// What a disk device tells its guest about the medium behind it.
struct BlockInfo {
    std::uint64_t capacityBytes = 0;
    std::uint32_t logicalBlockBytes = 512;
    std::uint32_t physicalBlockBytes = 4096;
    bool readOnly = false;
    bool canDiscard = false; ///< discard() frees space; otherwise it does nothing and succeeds
    std::string format;      ///< "raw", "qcow2"
    std::string serial;      ///< at most 20 ASCII characters; may be empty
};

/// How a request ended. Devices translate it into their own error codes.
enum class BlockStatus : std::uint8_t {
    Ok,
    IoError,
    NoSpace,    ///< the host's storage is full
    OutOfRange, ///< beyond the capacity, or not whole logical blocks
    ReadOnly,
    Cancelled, ///< the backend is being closed
};

/// The host side of one disk or CD: asynchronous, on one thread (its event loop), which is also the
/// thread on which the device model processes its rings. Requests may complete in any order; an
/// ordering that matters is the caller's (wait for completions, then flush).
class BlockBackend {
public:
    /// Called exactly once per request, on the loop's thread, possibly before the request method
    /// returns. A device drops completions of requests from before its reset (generation check).
    using Completion = std::move_only_function<void(BlockStatus)>;

    virtual ~BlockBackend() = default;
    /// Any thread.
    [[nodiscard]] virtual BlockInfo info() const = 0;
    /// The thread that owns this backend. It must outlive the backend.
    [[nodiscard]] virtual EventLoop& loop() = 0;

    // Loop thread only. Offsets and lengths are bytes and multiples of the logical block; anything
    // outside of the capacity completes with OutOfRange and touches nothing.
    virtual void read(std::uint64_t offset, IoVectors into, Completion done) = 0;
    virtual void write(std::uint64_t offset, IoVectors from, Completion done) = 0;
    /// Completes when everything that completed before is on stable storage.
    virtual void flush(Completion done) = 0;
    /// The range's contents no longer matter.
    virtual void discard(std::uint64_t offset, std::uint64_t length, Completion done) = 0;
    /// The range reads as zeros afterwards; with `mayUnmap` its space may be given back.
    virtual void writeZeroes(std::uint64_t offset, std::uint64_t length, bool mayUnmap, Completion done) = 0;
};

} // namespace engine

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"
#include "block/async.h"
#include "devices/storage/block_backend.h"
#include "memory/io_vectors.h"

#include <cstdint>
#include <string_view>

namespace engine::block {

/// What one part of an image holds.
struct ImageRun {
    enum class Kind : std::uint8_t {
        Data,
        Zero,   ///< reads as zeros
        Absent, ///< mapOwn() only: not in this image, so the base shows through
    };
    BlockStatus status = BlockStatus::Ok;
    Kind kind = Kind::Data;
    std::uint64_t length = 0; ///< bytes from the asked offset for which this holds; not 0 when Ok
};

/// The contents of a virtual disk, whatever the file format. One thread. The coroutines belong to
/// the image: it lives until they have ended. Ranges are inside the capacity (callers check).
class ImageReader {
public:
    virtual ~ImageReader() = default;
    /// Bytes, a multiple of 512.
    [[nodiscard]] virtual std::uint64_t capacity() const = 0;
    /// "raw", "qcow2", "vdi", "vmdk", "vhd", "vhdx"
    [[nodiscard]] virtual std::string_view formatName() const = 0;
    [[nodiscard]] virtual Async<BlockStatus> read(std::uint64_t offset, IoVectors into) = 0;
    /// What the disk holds from `offset` on, through all bases: Data or Zero.
    [[nodiscard]] virtual Async<ImageRun> map(std::uint64_t offset, std::uint64_t length) = 0;
};

/// An image that can be written to.
class Image : public ImageReader {
public:
    [[nodiscard]] virtual bool isReadOnly() const = 0;
    [[nodiscard]] virtual bool canDiscard() const = 0;
    /// As map(), but of this image alone: Absent where the base, if any, shows through.
    [[nodiscard]] virtual Async<ImageRun> mapOwn(std::uint64_t offset, std::uint64_t length)
    {
        return map(offset, length);
    }
    [[nodiscard]] virtual Async<BlockStatus> write(std::uint64_t offset, IoVectors from) = 0;
    [[nodiscard]] virtual Async<BlockStatus> flush() = 0;
    [[nodiscard]] virtual Async<BlockStatus> discard(std::uint64_t offset, std::uint64_t length) = 0;
    [[nodiscard]] virtual Async<BlockStatus> writeZeroes(std::uint64_t offset, std::uint64_t length,
                                                         bool mayUnmap) = 0;
    /// Grows the virtual disk; the new part reads as zeros. Never shrinks (OutOfRange).
    [[nodiscard]] virtual Async<BlockStatus> grow(std::uint64_t capacity) = 0;
};

} // namespace engine::block

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "block/file_io.h"
#include "block/image.h"

#include <atomic>
#include <memory>

namespace engine::block {

/// A raw image: byte n of the disk is byte n of the file or block device. A last, incomplete sector
/// is filled up with zeros.
class RawImage final : public Image {
public:
    [[nodiscard]] static Result<std::unique_ptr<RawImage>> open(std::shared_ptr<FileIo> io);

    [[nodiscard]] std::uint64_t capacity() const override { return m_capacity; }
    [[nodiscard]] std::string_view formatName() const override { return "raw"; }
    [[nodiscard]] bool isReadOnly() const override { return m_io->file().isReadOnly(); }
    [[nodiscard]] bool canDiscard() const override { return !isReadOnly() && !m_io->lacksPunchHole(); }
    [[nodiscard]] Async<BlockStatus> read(std::uint64_t offset, IoVectors into) override;
    [[nodiscard]] Async<ImageRun> map(std::uint64_t offset, std::uint64_t length) override;
    [[nodiscard]] Async<BlockStatus> write(std::uint64_t offset, IoVectors from) override;
    [[nodiscard]] Async<BlockStatus> flush() override;
    [[nodiscard]] Async<BlockStatus> discard(std::uint64_t offset, std::uint64_t length) override;
    [[nodiscard]] Async<BlockStatus> writeZeroes(std::uint64_t offset, std::uint64_t length,
                                                 bool mayUnmap) override;
    [[nodiscard]] Async<BlockStatus> grow(std::uint64_t capacity) override;

private:
    RawImage(std::shared_ptr<FileIo> io, std::uint64_t capacity) : m_io(std::move(io)), m_capacity(capacity)
    {}

    std::shared_ptr<FileIo> m_io;
    std::atomic<std::uint64_t> m_capacity; ///< written on the loop's thread, read on any
};

/// Writes zeros the slow way, from a buffer of zeros, for hosts that can't do better.
[[nodiscard]] Async<BlockStatus> writeZeroBytes(FileIo& io, std::uint64_t offset, std::uint64_t length);
/// Vectors over shared zeros, `length` bytes together. Read-only memory: for writing files only.
[[nodiscard]] IoVectors zeroVectors(std::uint64_t length);

} // namespace engine::block

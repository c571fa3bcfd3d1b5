// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "block/open_image.h"
#include "devices/storage/block_backend.h"

#include <filesystem>
#include <memory>
#include <string>

namespace engine::block {

struct DiskOptions {
    std::filesystem::path path;
    ImageFormat format = ImageFormat::Qcow2;
    bool readOnly = false;
    /// Writes go to a temporary overlay in this folder that vanishes with the backend; the image
    /// itself is only read. Empty: off.
    std::filesystem::path discardChangesIn;
    std::string serial; ///< at most 20 ASCII characters
    /// Shows a disk of at least this size, with zeros behind a shorter image. A multiple of 512.
    std::uint64_t leastCapacity = 0;
    BasePolicy bases;
    IoEngineChoice engine = IoEngineChoice::Automatic;
    FileIo::FaultHook faultHook; ///< tests only
};

/// A disk image behind the interface that device models use. Checks every request, then runs it as a
/// coroutine on the loop. Requests overlap freely; the image keeps its own metadata in order.
class ImageBackend final : public BlockBackend {
public:
    /// Opens the image (blocking; any thread but the loop's is best) for use on `loop`. `loop` and
    /// `log` (may be nullptr) outlive the backend.
    [[nodiscard]] static Result<std::unique_ptr<ImageBackend>>
    open(EventLoop& loop, const DiskOptions& options, Log* log = nullptr);
    /// Any thread. Waits until all requests have completed and writes metadata back.
    ~ImageBackend() override;
    ImageBackend(const ImageBackend&) = delete;
    ImageBackend& operator=(const ImageBackend&) = delete;
    ImageBackend(ImageBackend&&) = delete;
    ImageBackend& operator=(ImageBackend&&) = delete;

    [[nodiscard]] BlockInfo info() const override;
    [[nodiscard]] EventLoop& loop() override { return m_loop; }
    void read(std::uint64_t offset, IoVectors into, Completion done) override;
    void write(std::uint64_t offset, IoVectors from, Completion done) override;
    void flush(Completion done) override;
    void discard(std::uint64_t offset, std::uint64_t length, Completion done) override;
    void writeZeroes(std::uint64_t offset, std::uint64_t length, bool mayUnmap, Completion done) override;

    /// Loop thread: grows the disk while it is in use. info() changes before `done` is called.
    void grow(std::uint64_t capacityBytes, Completion done);
    /// Loop thread: lets what has not begun yet end as Cancelled (a host that hangs, a forced stop).
    void cancelPending();
    /// Loop thread: requests that have not completed.
    [[nodiscard]] unsigned inFlight() const { return m_inFlight; }
    /// "io_uring" or "threads"
    [[nodiscard]] std::string engineName() const;

private:
    ImageBackend(EventLoop& loop, OpenedImage opened, const DiskOptions& options);
    [[nodiscard]] BlockStatus check(std::uint64_t offset, std::uint64_t length, bool changes) const;
    Detached run(Async<BlockStatus> work, Completion done);
    void close();

    EventLoop& m_loop;
    OpenedImage m_opened;
    std::string m_serial;
    unsigned m_inFlight = 0;  // loop thread only
    bool m_isClosing = false; // loop thread only
};

} // namespace engine::block

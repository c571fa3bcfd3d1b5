// SPDX-License-Identifier: GPL-3.0-or-later
#include "block/image_backend.h"

#include "base/checked.h"
#include "block/create_image.h"
#include "block/padded_image.h"

#include <unistd.h>

#include <atomic>

namespace engine::block {

namespace {

constexpr std::uint64_t SectorBytes = 512;

/// Opens an overlay that has no name any more: it lives as long as it is open.
Result<OpenedImage> openTemporaryOverlay(const DiskOptions& options, OpenImageOptions imageOptions)
{
    static std::atomic<unsigned> serialNumber = 0;
    const std::filesystem::path path =
        options.discardChangesIn
        / (".changes-" + std::to_string(::getpid()) + "-" + std::to_string(++serialNumber) + ".qcow2");
    CreateImageOptions overlay;
    overlay.base = options.path;
    overlay.baseFormat = options.format;
    VM_TRY(createImage(path, overlay));
    imageOptions.use = ImageUse::ReadWrite;
    // The user has named the image itself; what lies below it is judged from where the image is.
    std::error_code error;
    imageOptions.bases.allowedFolders.push_back(
        std::filesystem::canonical(options.path, error).parent_path());
    Result<OpenedImage> opened = openImage(path, ImageFormat::Qcow2, imageOptions);
    ::unlink(path.c_str());
    return opened;
}

} // namespace

Result<std::unique_ptr<ImageBackend>> ImageBackend::open(EventLoop& loop, const DiskOptions& options,
                                                         Log* log)
{
    OpenImageOptions imageOptions{.use = options.readOnly ? ImageUse::ReadOnly : ImageUse::ReadWrite,
                                  .bases = options.bases,
                                  .makeEngine = [&] { return createIoEngine(loop, options.engine); },
                                  .faultHook = options.faultHook,
                                  .log = log};
    OpenedImage opened = options.discardChangesIn.empty()
                             ? VM_TRY(openImage(options.path, options.format, imageOptions))
                             : VM_TRY(openTemporaryOverlay(options, imageOptions));
    // An image without any sector stays one: that is a mistake, not a small disk.
    if (const auto held = opened.image->capacity(); held != 0 && held < options.leastCapacity)
        opened.image = std::make_unique<PaddedImage>(std::move(opened.image), options.leastCapacity);
    return std::unique_ptr<ImageBackend>(new ImageBackend(loop, std::move(opened), options));
}

ImageBackend::ImageBackend(EventLoop& loop, OpenedImage opened, const DiskOptions& options)
    : m_loop(loop), m_opened(std::move(opened)), m_serial(options.serial.substr(0, 20))
{}

ImageBackend::~ImageBackend()
{
    m_loop.runAndWait([this] { close(); });
}

void ImageBackend::close()
{
    m_isClosing = true;
    // A request that waits for another one goes on when that one completes, so this ends.
    const auto drain = [this] {
        while (m_inFlight != 0) {
            for (const std::shared_ptr<FileIo>& io : m_opened.files)
                io->engine().drain();
        }
    };
    drain();
    if (!m_opened.image->isReadOnly()) {
        run(m_opened.image->flush(), [](BlockStatus) {});
        drain();
    }
}

BlockInfo ImageBackend::info() const
{
    const Image& image = *m_opened.image;
    return {.capacityBytes = image.capacity(),
            .readOnly = image.isReadOnly(),
            .canDiscard = image.canDiscard(),
            .format = std::string(image.formatName()),
            .serial = m_serial};
}

std::string ImageBackend::engineName() const
{
    return m_opened.files.front()->engine().name();
}

BlockStatus ImageBackend::check(std::uint64_t offset, std::uint64_t length, bool changes) const
{
    if (m_isClosing)
        return BlockStatus::Cancelled;
    if (changes && m_opened.image->isReadOnly())
        return BlockStatus::ReadOnly;
    if (offset % SectorBytes != 0 || length % SectorBytes != 0
        || !isInside(offset, length, m_opened.image->capacity()))
        return BlockStatus::OutOfRange;
    return BlockStatus::Ok;
}

Detached ImageBackend::run(Async<BlockStatus> work, Completion done)
{
    ++m_inFlight;
    const BlockStatus status = co_await std::move(work);
    --m_inFlight;
    done(status);
}

void ImageBackend::read(std::uint64_t offset, IoVectors into, Completion done)
{
    if (const BlockStatus status = check(offset, into.sizeBytes(), false); status != BlockStatus::Ok)
        return done(status);
    run(m_opened.image->read(offset, std::move(into)), std::move(done));
}

void ImageBackend::write(std::uint64_t offset, IoVectors from, Completion done)
{
    if (const BlockStatus status = check(offset, from.sizeBytes(), true); status != BlockStatus::Ok)
        return done(status);
    run(m_opened.image->write(offset, std::move(from)), std::move(done));
}

void ImageBackend::flush(Completion done)
{
    if (m_isClosing)
        return done(BlockStatus::Cancelled);
    run(m_opened.image->flush(), std::move(done));
}

void ImageBackend::discard(std::uint64_t offset, std::uint64_t length, Completion done)
{
    if (const BlockStatus status = check(offset, length, true); status != BlockStatus::Ok)
        return done(status);
    run(m_opened.image->discard(offset, length), std::move(done));
}

void ImageBackend::writeZeroes(std::uint64_t offset, std::uint64_t length, bool mayUnmap, Completion done)
{
    if (const BlockStatus status = check(offset, length, true); status != BlockStatus::Ok)
        return done(status);
    run(m_opened.image->writeZeroes(offset, length, mayUnmap), std::move(done));
}

void ImageBackend::grow(std::uint64_t capacityBytes, Completion done)
{
    if (const BlockStatus status = check(0, 0, true); status != BlockStatus::Ok)
        return done(status);
    run(m_opened.image->grow(capacityBytes), std::move(done));
}

void ImageBackend::cancelPending()
{
    for (const std::shared_ptr<FileIo>& io : m_opened.files)
        io->engine().cancelAll();
}

} // namespace engine::block

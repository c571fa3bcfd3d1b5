// SPDX-License-Identifier: GPL-3.0-or-later
#include "block/image_copier.h"

#include <algorithm>
#include <cstring>

namespace engine::block {

namespace {

constexpr std::uint64_t PartBytes = 2ULL << 20;
constexpr std::uint64_t ZeroUnitBytes = 65536; ///< zeros are looked for in units of a usual cluster

bool isZero(std::span<const std::byte> bytes)
{
    return bytes.front() == std::byte{} && std::memcmp(bytes.data(), bytes.data() + 1, bytes.size() - 1) == 0;
}

} // namespace

Error errorFor(BlockStatus status, std::string_view what)
{
    std::string text(what);
    switch (status) {
    case BlockStatus::Ok: return {};
    case BlockStatus::NoSpace:
        return {ErrorCode::NoSpace, 0, text + ": the host's storage is full; make room and try again", {}};
    case BlockStatus::Cancelled: return {ErrorCode::Cancelled, 0, text + ": stopped", {}};
    case BlockStatus::OutOfRange:
        return {ErrorCode::InvalidArgument, 0, text + ": this size is not possible", {}};
    case BlockStatus::ReadOnly: return {ErrorCode::Denied, 0, text + ": the image may only be read", {}};
    case BlockStatus::IoError: break;
    }
    return {ErrorCode::System, EIO, text + " failed; check the image and the disk it is on", {}};
}

Result<> check(BlockStatus status, std::string_view what)
{
    if (status == BlockStatus::Ok)
        return {};
    return std::unexpected(errorFor(status, what));
}

template <class Map>
Result<> ImageCopier::copyRuns(ImageReader& source, Zeros zeros, Map map)
{
    const std::uint64_t total = source.capacity();
    for (std::uint64_t offset = 0; offset < total;) {
        if (m_progress.stop.stop_requested())
            return fail(ErrorCode::Cancelled, "stopped as requested");
        const ImageRun run = map(offset, total - offset);
        VM_TRY(check(run.status, "reading the source image"));
        std::uint64_t length = run.length;
        if (run.kind == ImageRun::Kind::Data) {
            length = std::min(length, PartBytes);
            VM_TRY(copyRange(source, offset, length, zeros));
        } else if (run.kind == ImageRun::Kind::Zero && zeros == Zeros::Write) {
            VM_TRY(zero(offset, length));
        }
        offset += length;
        report(offset, total);
    }
    return check(runBlocking(m_target.flush()), "writing the new image");
}

Result<> ImageCopier::copyAll(ImageReader& source, Zeros zeros)
{
    return copyRuns(source, zeros, [&](std::uint64_t offset, std::uint64_t length) {
        return runBlocking(source.map(offset, length));
    });
}

Result<> ImageCopier::copyOwn(Image& source, Zeros zeros)
{
    return copyRuns(source, zeros, [&](std::uint64_t offset, std::uint64_t length) {
        return runBlocking(source.mapOwn(offset, length));
    });
}

/// Data that is zeros is treated as zeros.
Result<> ImageCopier::copyRange(ImageReader& source, std::uint64_t offset, std::uint64_t length, Zeros zeros)
{
    m_buffer.resize(length);
    IoVectors into;
    into.append(m_buffer.data(), m_buffer.size());
    VM_TRY(check(runBlocking(source.read(offset, std::move(into))), "reading the source image"));
    std::uint64_t start = 0; // of data not yet written
    for (std::uint64_t at = 0; at < length;) {
        // Units are aligned on the disk, so that they match clusters of the target.
        const std::uint64_t unit = std::min(length - at, ZeroUnitBytes - (offset + at) % ZeroUnitBytes);
        if (isZero(std::span(m_buffer).subspan(at, unit))) {
            VM_TRY(write(offset + start, std::span(m_buffer).subspan(start, at - start)));
            if (zeros == Zeros::Write)
                VM_TRY(zero(offset + at, unit));
            start = at + unit;
        }
        at += unit;
    }
    return write(offset + start, std::span(m_buffer).subspan(start, length - start));
}

Result<> ImageCopier::write(std::uint64_t offset, std::span<std::byte> bytes)
{
    if (bytes.empty())
        return {};
    IoVectors from;
    from.append(bytes.data(), bytes.size());
    return check(runBlocking(m_target.write(offset, std::move(from))), "writing the new image");
}

Result<> ImageCopier::zero(std::uint64_t offset, std::uint64_t length)
{
    return check(runBlocking(m_target.writeZeroes(offset, length, true)), "writing the new image");
}

void ImageCopier::report(std::uint64_t done, std::uint64_t total)
{
    if (!m_progress.report || (done != total && done - m_lastReported < total / 100))
        return;
    m_lastReported = done;
    m_progress.report(done, total);
}

} // namespace engine::block

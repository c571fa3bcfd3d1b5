// SPDX-License-Identifier: GPL-3.0-or-later
#include "block/file_io.h"

#include <fcntl.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <system_error>

namespace engine::block {

namespace {

constexpr std::string_view describe(IoKind kind)
{
    switch (kind) {
    case IoKind::Read: return "reading";
    case IoKind::Write: return "writing";
    case IoKind::SyncData: return "syncing";
    case IoKind::Allocate: return "freeing space in";
    }
    return "using";
}

} // namespace

BlockStatus statusForErrno(int error)
{
    switch (error) {
    case 0: return BlockStatus::Ok;
    case ENOSPC:
    case EDQUOT: return BlockStatus::NoSpace;
    case ECANCELED: return BlockStatus::Cancelled;
    case EROFS: return BlockStatus::ReadOnly;
    default: return BlockStatus::IoError;
    }
}

FileIo::FileIo(ImageFile file, std::unique_ptr<IoEngine> engine)
    : m_file(std::move(file)), m_engine(std::move(engine))
{}

FileIo::Transfer FileIo::read(std::uint64_t offset, const IoVectors& into)
{
    return {*this, IoKind::Read, offset, &into};
}

FileIo::Transfer FileIo::write(std::uint64_t offset, const IoVectors& from)
{
    return {*this, IoKind::Write, offset, &from};
}

FileIo::Transfer FileIo::syncData()
{
    return {*this, IoKind::SyncData, 0, nullptr};
}

FileIo::Transfer FileIo::punchHole(std::uint64_t offset, std::uint64_t length)
{
    return {*this, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, offset, length};
}

FileIo::Transfer FileIo::zeroRange(std::uint64_t offset, std::uint64_t length)
{
    return {*this, FALLOC_FL_ZERO_RANGE | FALLOC_FL_KEEP_SIZE, offset, length};
}

void FileIo::reportFailure(const IoOperation& operation, int error)
{
    m_lastError = error;
    if (m_log == nullptr || error == ECANCELED)
        return;
    std::string text(describe(operation.kind));
    text += " '";
    text += m_file.path().string();
    text += "' failed: ";
    text += std::generic_category().message(error);
    m_log->error("disk", text);
}

FileIo::Transfer::Transfer(FileIo& io, IoKind transferKind, std::uint64_t at, const IoVectors* ranges)
    : m_io(io), m_vectors(ranges), m_left(ranges != nullptr ? ranges->sizeBytes() : 0)
{
    kind = transferKind;
    fd = io.m_file.fd();
    offset = at;
}

FileIo::Transfer::Transfer(FileIo& io, int allocateMode, std::uint64_t at, std::uint64_t bytes) : m_io(io)
{
    kind = IoKind::Allocate;
    fd = io.m_file.fd();
    mode = allocateMode;
    offset = at;
    length = bytes;
}

bool FileIo::Transfer::submitOnce()
{
    if (m_vectors != nullptr) {
        const std::span<const iovec> ranges = m_rest ? m_rest->vectors() : m_vectors->vectors();
        vectors = ranges.data();
        vectorCount = static_cast<unsigned>(std::min<std::size_t>(ranges.size(), IOV_MAX));
    }
    if (m_io.m_faultHook) {
        if (const auto fault = m_io.m_faultHook(*this)) {
            if (fault->error != 0) {
                result = -fault->error;
                return true;
            }
            if (m_vectors != nullptr && fault->shortBytes < m_left) {
                m_rest = (m_rest ? *m_rest : *m_vectors).slice(0, fault->shortBytes);
                vectors = m_rest->vectors().data();
                vectorCount = static_cast<unsigned>(std::min<std::size_t>(m_rest->vectors().size(), IOV_MAX));
            }
        }
    }
    return m_io.m_engine->submit(*this);
}

bool FileIo::Transfer::advance()
{
    const bool isTransfer = kind == IoKind::Read || kind == IoKind::Write;
    if (isTransfer && m_left == 0)
        return true;
    if (kind == IoKind::SyncData && m_io.m_syncFailed) {
        m_status = BlockStatus::IoError;
        return true;
    }
    for (;;) {
        if (!submitOnce())
            return false;
        if (absorbResult())
            return true;
    }
}

bool FileIo::Transfer::absorbError(int error)
{
    if (error == EINTR || error == EAGAIN)
        return false;
    if (kind == IoKind::SyncData && error != ECANCELED)
        m_io.m_syncFailed = true;
    if (kind == IoKind::Allocate && (error == EOPNOTSUPP || error == ENOSYS || error == ENODEV)) {
        if ((mode & FALLOC_FL_PUNCH_HOLE) != 0)
            m_io.m_lacksPunchHole = true;
        else
            m_io.m_lacksZeroRange = true;
        m_status = BlockStatus::IoError;
        return true;
    }
    m_io.reportFailure(*this, error);
    m_status = statusForErrno(error);
    return true;
}

bool FileIo::Transfer::absorbResult()
{
    if (result < 0)
        return absorbError(static_cast<int>(-result));
    if (kind == IoKind::SyncData || kind == IoKind::Allocate)
        return true;
    const auto moved = std::min<std::uint64_t>(static_cast<std::uint64_t>(result), m_left);
    const std::uint64_t total = m_vectors->sizeBytes();
    if (moved == 0) {
        if (kind == IoKind::Write)
            return absorbError(EIO); // a file or device that takes nothing any more
        m_vectors->fillZero(total - m_left, m_left);
        return true;
    }
    m_left -= moved;
    offset += moved;
    if (m_left == 0)
        return true;
    m_rest = m_vectors->slice(total - m_left, m_left);
    return false;
}

void FileIo::Transfer::finished()
{
    if (absorbResult() || advance())
        m_waiter.resume();
}

} // namespace engine::block

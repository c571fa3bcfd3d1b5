// SPDX-License-Identifier: GPL-3.0-or-later
#include "memory/host_block.h"

#include "base/checked.h"

#include <fcntl.h>
#include <sys/mman.h>

#include <cstring>
#include <limits>

namespace engine {

Result<std::shared_ptr<HostBlock>> HostBlock::create(const std::string& name, std::uint64_t sizeBytes)
{
    constexpr std::uint64_t Page = 4096;
    if (sizeBytes == 0 || sizeBytes > std::numeric_limits<std::int64_t>::max() - Page)
        return fail(ErrorCode::InvalidArgument, "memory block of an impossible size");
    const std::uint64_t size = (sizeBytes + Page - 1) / Page * Page;

    UniqueFd fd(::memfd_create(name.c_str(), MFD_CLOEXEC | MFD_ALLOW_SEALING));
    if (!fd)
        return failSystem("cannot create memory for the guest");
    if (::ftruncate(fd.get(), static_cast<off_t>(size)) != 0)
        return failSystem("cannot size memory for the guest");
    // Nobody who is handed the descriptor can shrink it under us (SIGBUS).
    if (::fcntl(fd.get(), F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) != 0)
        return failSystem("cannot seal memory for the guest");

    void* mapping = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_NORESERVE, fd.get(), 0);
    if (mapping == MAP_FAILED)
        return failSystem("cannot map memory for the guest");
    // Kept out of core dumps: it is the guest's, large, and private.
    (void)::madvise(mapping, size, MADV_DONTDUMP);
    return std::shared_ptr<HostBlock>(new HostBlock(std::move(fd), static_cast<std::byte*>(mapping), size));
}

HostBlock::~HostBlock()
{
    ::munmap(m_data, m_size);
}

Result<> HostBlock::read(std::uint64_t offset, std::span<std::byte> into) const
{
    if (!isInside<std::uint64_t>(offset, into.size(), m_size))
        return fail(ErrorCode::OutOfBounds, "read outside of a memory block");
    std::memcpy(into.data(), m_data + offset, into.size());
    return {};
}

Result<> HostBlock::write(std::uint64_t offset, std::span<const std::byte> from)
{
    if (!isInside<std::uint64_t>(offset, from.size(), m_size))
        return fail(ErrorCode::OutOfBounds, "write outside of a memory block");
    std::memcpy(m_data + offset, from.data(), from.size());
    return {};
}

void HostBlock::clear()
{
    if (::fallocate(m_fd.get(), FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, static_cast<off_t>(m_size))
        != 0)
        std::memset(m_data, 0, m_size);
}

} // namespace engine

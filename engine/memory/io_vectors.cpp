// SPDX-License-Identifier: GPL-3.0-or-later
#include "memory/io_vectors.h"

#include <algorithm>
#include <cstring>

namespace engine {

IoVectors IoVectors::slice(std::uint64_t offset, std::uint64_t length) const
{
    IoVectors part;
    for (const iovec& vector : m_vectors) {
        if (length == 0)
            break;
        if (offset >= vector.iov_len) {
            offset -= vector.iov_len;
            continue;
        }
        const auto take = std::min<std::uint64_t>(vector.iov_len - offset, length);
        part.append(static_cast<std::byte*>(vector.iov_base) + offset, static_cast<std::size_t>(take));
        length -= take;
        offset = 0;
    }
    return part;
}

std::size_t IoVectors::copyFrom(std::span<const std::byte> from, std::uint64_t offset) const
{
    std::size_t done = 0;
    for (const iovec& vector : slice(offset, from.size()).vectors()) {
        std::memcpy(vector.iov_base, from.data() + done, vector.iov_len);
        done += vector.iov_len;
    }
    return done;
}

std::size_t IoVectors::copyTo(std::span<std::byte> into, std::uint64_t offset) const
{
    std::size_t done = 0;
    for (const iovec& vector : slice(offset, into.size()).vectors()) {
        std::memcpy(into.data() + done, vector.iov_base, vector.iov_len);
        done += vector.iov_len;
    }
    return done;
}

void IoVectors::fillZero(std::uint64_t offset, std::uint64_t length) const
{
    for (const iovec& vector : slice(offset, length).vectors())
        std::memset(vector.iov_base, 0, vector.iov_len);
}

} // namespace engine

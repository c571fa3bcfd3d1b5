// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/unique_fd.h"
#include "block/image_file.h"

#include <sys/mman.h>

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <string>

namespace fuzz {

/// A disk image in memory that the code under test opens by name.
class MemoryImage {
public:
    MemoryImage() : m_fd(::memfd_create("image", MFD_CLOEXEC))
    {
        if (!m_fd)
            std::abort();
    }
    void put(std::uint64_t offset, const void* bytes, std::size_t length)
    {
        if (::pwrite(m_fd.get(), bytes, length, static_cast<off_t>(offset)) != static_cast<ssize_t>(length))
            std::abort();
    }
    void resize(std::uint64_t bytes)
    {
        if (::ftruncate(m_fd.get(), static_cast<off_t>(bytes)) != 0)
            std::abort();
    }
    [[nodiscard]] std::filesystem::path path() const { return "/proc/self/fd/" + std::to_string(m_fd.get()); }
    [[nodiscard]] engine::block::ImageFile open() const
    {
        return std::move(*engine::block::ImageFile::open(path(), engine::block::ImageUse::Inspect));
    }

private:
    engine::UniqueFd m_fd;
};

} // namespace fuzz

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"
#include "base/unique_fd.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

namespace engine {

/// Host memory that a guest may see: a sealed memfd mapped shared. RAM, ROM, flash and video
/// memory are made of these. Pages that nobody touched cost nothing.
///
/// The guest's vCPUs write these bytes while we look at them, so only GuestMemory, AddressSpace
/// and the video scan-out use data(); everybody else takes copies.
class HostBlock {
public:
    /// `sizeBytes` is rounded up to whole pages. `name` shows up in /proc/PID/maps.
    [[nodiscard]] static Result<std::shared_ptr<HostBlock>> create(const std::string& name,
                                                                   std::uint64_t sizeBytes);
    ~HostBlock();
    HostBlock(const HostBlock&) = delete;
    HostBlock& operator=(const HostBlock&) = delete;
    HostBlock(HostBlock&&) = delete;
    HostBlock& operator=(HostBlock&&) = delete;

    [[nodiscard]] std::uint64_t sizeBytes() const { return m_size; }
    /// The memfd: pass it on to share the pages with another process or mapping.
    [[nodiscard]] int fd() const { return m_fd.get(); }
    [[nodiscard]] std::byte* data() const { return m_data; }

    /// Bounds-checked copies.
    [[nodiscard]] Result<> read(std::uint64_t offset, std::span<std::byte> into) const;
    [[nodiscard]] Result<> write(std::uint64_t offset, std::span<const std::byte> from);
    /// Gives the pages back to the host; they read as zeros afterwards.
    void clear();

private:
    HostBlock(UniqueFd fd, std::byte* data, std::uint64_t size)
        : m_fd(std::move(fd)), m_data(data), m_size(size)
    {}

    UniqueFd m_fd;
    std::byte* m_data;
    std::uint64_t m_size;
};

} // namespace engine

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"
#include "base/unique_fd.h"

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace engine::net {

/// A capture of a network in the pcapng format (draft-ietf-opsawg-pcapng), which Wireshark and tcpdump
/// read: one Ethernet interface, nanosecond time stamps, direction flags. One thread.
class CaptureFile {
public:
    enum class Direction : std::uint8_t { ToGuest = 1, FromGuest = 2 };

    /// Creates or replaces `path` and writes the headers.
    [[nodiscard]] static Result<std::unique_ptr<CaptureFile>> create(const std::string& path);
    ~CaptureFile();
    CaptureFile(const CaptureFile&) = delete;
    CaptureFile& operator=(const CaptureFile&) = delete;
    CaptureFile(CaptureFile&&) = delete;
    CaptureFile& operator=(CaptureFile&&) = delete;

    /// Adds a frame; collected in memory up to 64 KiB before it is written.
    [[nodiscard]] Result<> add(std::span<const std::byte> frame, Direction direction);
    /// Writes what is still in memory.
    [[nodiscard]] Result<> flush();

private:
    CaptureFile(UniqueFd fd, std::string path) : m_fd(std::move(fd)), m_path(std::move(path)) {}
    void addHeaders();
    void add16(std::uint16_t value);
    void add32(std::uint32_t value);

    UniqueFd m_fd;
    std::string m_path;
    std::vector<std::byte> m_pending;
};

} // namespace engine::net

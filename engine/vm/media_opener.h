// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/event_loop.h"
#include "base/log.h"
#include "machine/machine_media.h"
#include "vm/vm_config.h"

#include <memory>
#include <string>
#include <vector>

namespace engine {

/// Opens what a VmConfig names as disks, discs and floppy, each on a thread of its own, and keeps it
/// open. Control thread (or the creating one).
class MediaOpener {
public:
    /// `log` outlives this object. Errors name the file.
    [[nodiscard]] static Result<std::unique_ptr<MediaOpener>> open(const VmConfig& config, Log& log);
    ~MediaOpener();
    MediaOpener(const MediaOpener&) = delete;
    MediaOpener& operator=(const MediaOpener&) = delete;
    MediaOpener(MediaOpener&&) = delete;
    MediaOpener& operator=(MediaOpener&&) = delete;

    [[nodiscard]] const MachineMedia& media() const { return m_media; }
    /// A disc image for a drive that exists already, on that drive's thread.
    [[nodiscard]] Result<std::shared_ptr<BlockBackend>> openDisc(std::size_t drive, const std::string& path);

private:
    explicit MediaOpener(Log& log) : m_log(log) {}
    [[nodiscard]] Result<> addDisk(const DiskConfig& disk, std::size_t index);
    [[nodiscard]] Result<> addCd(const CdConfig& cd, std::size_t index);
    [[nodiscard]] Result<> readFloppy(const std::string& path);

    Log& m_log;
    std::vector<std::unique_ptr<EventLoop>> m_loops; // outlive the backends
    MachineMedia m_media;
};

} // namespace engine

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/event_loop.h"
#include "base/log.h"
#include "block/pausing_backend.h"
#include "machine/machine_media.h"
#include "vm/counting_backend.h"
#include "vm/medium_boot.h"
#include "vm/vm_config.h"

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace engine {

/// Opens what a VmConfig names as disks, discs and floppy, each on a thread of its own, and keeps it
/// open. Control thread (or the creating one).
class MediaOpener {
public:
    /// Told, on the disk's thread, that the host's storage is full and a disk's writes wait.
    using FullHandler = std::function<void(const std::string& path)>;
    /// `log` outlives this object. Errors name the file.
    [[nodiscard]] static Result<std::unique_ptr<MediaOpener>> open(const VmConfig& config, Log& log,
                                                                   FullHandler onFull);
    ~MediaOpener();
    MediaOpener(const MediaOpener&) = delete;
    MediaOpener& operator=(const MediaOpener&) = delete;
    MediaOpener(MediaOpener&&) = delete;
    MediaOpener& operator=(MediaOpener&&) = delete;

    [[nodiscard]] const MachineMedia& media() const { return m_media; }
    /// Tries again what waits for space; before the guest runs on.
    void retryWaiting();
    /// Which firmware could start what is attached now.
    [[nodiscard]] const std::vector<MediumBoot>& bootability() const { return m_bootability; }
    /// `handler` is called on a medium's thread with the first read after each watchFirstReads(). Before
    /// anything is read.
    void onFirstRead(std::function<void(const std::string& medium)> handler)
    {
        m_onFirstRead = std::move(handler);
    }
    void watchFirstReads();
    /// The drive is empty now.
    void discTaken(std::size_t drive);
    [[nodiscard]] const DiskTraffic& traffic() const { return m_traffic; }
    /// A disc image for a drive that exists already, on that drive's thread.
    [[nodiscard]] Result<std::shared_ptr<BlockBackend>> openDisc(std::size_t drive, const std::string& path);

private:
    MediaOpener(Log& log, FullHandler onFull) : m_log(log), m_onFull(std::move(onFull)) {}
    [[nodiscard]] Result<> addDisk(const DiskConfig& disk, std::size_t index);
    [[nodiscard]] Result<> addCd(const CdConfig& cd, std::size_t index);
    [[nodiscard]] Result<> readFloppy(const std::string& path);
    [[nodiscard]] std::shared_ptr<BlockBackend> counted(std::unique_ptr<BlockBackend> image,
                                                        std::string name);

    Log& m_log;
    FullHandler m_onFull;
    DiskTraffic m_traffic;
    std::vector<std::unique_ptr<EventLoop>> m_loops; // outlive the backends
    MachineMedia m_media;
    std::vector<block::PausingBackend*> m_pausing; // inside of m_media
    std::vector<MediumBoot> m_bootability;         // CDs from their position on, behind the disks
    std::function<void(const std::string& medium)> m_onFirstRead;
    std::vector<std::shared_ptr<std::atomic<bool>>>
        m_awaitsRead; // one for each medium, shared with its backend
};

} // namespace engine

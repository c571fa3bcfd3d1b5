// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/log.h"
#include "devices/storage/ata/ata_device.h"
#include "devices/storage/block_backend.h"
#include "devices/storage/request_tracker.h"

#include <memory>
#include <optional>
#include <string>

namespace engine::ata {

/// An ATA disk (ACS-3): 48-bit addresses, DMA, PIO and native command queuing, write cache, TRIM,
/// general purpose logs, a minimal SMART; no security, no host protected area. Works on the
/// backend's thread: every method but the constructor and the destructor.
class AtaDisk final : public Device {
public:
    AtaDisk(std::shared_ptr<BlockBackend> backend, std::shared_ptr<RequestTracker> tracker, Log& log,
            std::string name);

    [[nodiscard]] Signature signature() const override { return {}; }
    [[nodiscard]] bool isQueued(const TaskFile& registers) const override;
    void execute(const Command& command, Done done) override;
    void reset() override;
    void saveState(StateWriter& out) const override;
    [[nodiscard]] Result<> restoreState(StateReader& in) override;

private:
    /// A checked range of the disk, in bytes.
    struct Range {
        std::uint64_t offset = 0;
        std::uint64_t length = 0;
    };
    struct QueuedError { ///< for log page 10h
        Outcome outcome;
        std::uint8_t tag = 0;
    };
    struct Settings {
        bool writeCache = true;
        bool lookAhead = true;
        bool smart = true;
        bool standby = false;
        std::uint8_t multiple = 16;
        std::uint8_t transferMode = 0x45;
    };
    struct TrimJob;
    struct VerifyJob;

    // ata_disk.cpp
    [[nodiscard]] bool executeTransfer(const Command& command, Done& done);
    [[nodiscard]] bool executeManagement(const Command& command, Done& done);
    [[nodiscard]] static Outcome finished(const Command& command, Protocol protocol, std::uint64_t bytes = 0);
    [[nodiscard]] static Outcome failure(const Command& command, Protocol protocol, std::uint8_t error);
    [[nodiscard]] static std::uint8_t errorBits(BlockStatus status);
    /// A small block of ours to the host.
    void reply(const Command& command, Done& done, Protocol protocol, std::span<const std::byte> data);

    // ata_disk_io.cpp
    [[nodiscard]] std::optional<Range> rangeOf(const TaskFile& registers, bool extended, bool queued) const;
    void read(const Command& command, Done done, Protocol protocol, bool extended);
    void write(const Command& command, Done done, Protocol protocol, bool extended, bool forceUnit);
    void verify(const Command& command, Done done, bool extended);
    void verifyNext(const std::shared_ptr<VerifyJob>& job);
    void flush(const Command& command, Done done);
    void trim(const Command& command, Done done);
    void finishTransfer(Outcome good, Done done, BlockStatus status);

    // ata_disk_info.cpp
    void identify(const Command& command, Done done);
    void setFeatures(const Command& command, Done done);
    void readLog(const Command& command, Done done, Protocol protocol);
    void smart(const Command& command, Done done);
    [[nodiscard]] std::array<std::byte, 512> logPage(std::uint8_t log) const;

    const std::shared_ptr<BlockBackend> m_backend;
    const std::shared_ptr<RequestTracker> m_tracker;
    Log& m_log;
    const std::string m_name;
    const BlockInfo m_info;
    Settings m_settings;
    std::optional<QueuedError> m_queuedError;
};

} // namespace engine::ata

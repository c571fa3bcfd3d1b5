// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/log.h"
#include "devices/storage/ata/ata_device.h"
#include "devices/storage/block_backend.h"
#include "devices/storage/optical/mmc_replies.h"
#include "devices/storage/request_tracker.h"

#include <atomic>
#include <memory>
#include <string>

namespace engine {

/// What the machine may want to know about a drive; called on the drive's thread, no lock held.
struct OpticalDriveEvents {
    std::function<void()> guestOpenedTray;        ///< the guest ejected the medium
    std::function<void(bool locked)> lockChanged; ///< the guest forbids or allows the eject button
};

/// A SATA CD/DVD-ROM drive (MMC-6 over PACKET). The drive works on `loop`; a medium may live on
/// another loop. Made with create(); the AHCI controller and the machine share it.
class OpticalDrive final : public ata::Device, public std::enable_shared_from_this<OpticalDrive> {
public:
    /// `loop` must outlive the drive.
    [[nodiscard]] static std::shared_ptr<OpticalDrive> create(EventLoop& loop, Log& log, std::string name,
                                                              OpticalDriveEvents events = {});

    // --- any thread
    /// Puts a medium in, or takes it out (null), whether or not the guest has locked the tray. The
    /// guest sees a removal, an insertion and a unit attention. Takes effect soon afterwards.
    void setMedium(std::shared_ptr<BlockBackend> medium);
    /// The eject button: opens the tray, or asks the guest to when it has locked it.
    void requestEject();
    [[nodiscard]] bool isLocked() const { return m_lockedOutside; }
    [[nodiscard]] bool isTrayOpen() const { return m_trayOpenOutside; }
    [[nodiscard]] EventLoop& loop() const { return m_loop; }
    [[nodiscard]] const std::shared_ptr<RequestTracker>& tracker() const { return m_tracker; }

    // --- the drive's thread
    [[nodiscard]] ata::Signature signature() const override;
    [[nodiscard]] bool isQueued(const ata::TaskFile& /*registers*/) const override { return false; }
    void execute(const ata::Command& command, Done done) override;
    void reset() override;
    void saveState(StateWriter& out) const override;
    [[nodiscard]] Result<> restoreState(StateReader& in) override;

private:
    using Packet = std::array<std::uint8_t, 16>;
    struct State {
        bool trayOpen = false;
        bool locked = false;
        bool removalSeen = true;     ///< false: the next command finds no medium, once
        std::uint8_t mediaEvent = 0; ///< waits for GET EVENT STATUS NOTIFICATION
        std::uint8_t transferMode = 0x45;
        mmc::Sense sense;     ///< of the last command that failed
        mmc::Sense attention; ///< waits to be told; key 0: none
    };

    OpticalDrive(EventLoop& loop, Log& log, std::string name, OpticalDriveEvents events);

    // optical_drive.cpp: medium and ATA commands
    void changeMedium(std::shared_ptr<BlockBackend> medium);
    void openTray();
    void closeTray();
    void publish();
    [[nodiscard]] mmc::Medium medium() const;
    [[nodiscard]] bool hasMedium() const { return m_medium && !m_state.trayOpen; }
    void abort(const ata::Command& command, Done& done, bool showSignature);
    void identify(const ata::Command& command, Done& done);

    // optical_commands.cpp: packet commands
    void executePacket(const ata::Command& command, Done done);
    [[nodiscard]] bool attentionStops(std::uint8_t operation);
    [[nodiscard]] bool executeInformation(const ata::Command& command, Done& done);
    [[nodiscard]] bool executeMediumInformation(const ata::Command& command, Done& done);
    [[nodiscard]] bool executeControl(const ata::Command& command, Done& done);
    void startStop(const ata::Command& command, Done& done);
    void preventRemoval(const ata::Command& command, Done& done);
    void eventStatus(const ata::Command& command, Done& done);
    void good(Done& done, std::uint64_t bytes);
    void bad(Done& done, const mmc::Sense& sense);
    void badTransfer(Done& done, ata::TransferError error);
    void reply(const ata::Command& command, Done& done, std::vector<std::byte> bytes,
               std::uint64_t allocated);
    void replyOr(const ata::Command& command, Done& done, std::optional<std::vector<std::byte>> bytes,
                 std::uint64_t allocated);

    // optical_read.cpp: packet commands that move sectors
    [[nodiscard]] bool executeRead(const ata::Command& command, Done& done);
    [[nodiscard]] bool checkRange(Done& done, std::uint64_t first, std::uint64_t count);
    void readSectors(const ata::Command& command, Done& done, std::uint64_t first, std::uint64_t count);
    void readCd(const ata::Command& command, Done& done, std::uint64_t first, std::uint64_t count);
    void readRaw(const ata::Command& command, Done& done, std::uint32_t first, std::uint64_t count);
    void submit(std::uint64_t offset, IoVectors into, Done done, std::uint64_t bytes);

    EventLoop& m_loop;
    Log& m_log;
    const std::string m_name;
    const OpticalDriveEvents m_events;
    const std::shared_ptr<RequestTracker> m_tracker = std::make_shared<RequestTracker>();
    std::shared_ptr<BlockBackend> m_medium; // drive's thread only, as is the rest
    std::uint32_t m_sectors = 0;
    State m_state;
    std::atomic<bool> m_lockedOutside = false;
    std::atomic<bool> m_trayOpenOutside = false;
};

} // namespace engine

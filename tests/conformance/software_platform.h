// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/manual_clock.h"
#include "machine/machine.h"
#include "vm/media_opener.h"
#include "vm/network_opener.h"

#include <functional>
#include <memory>
#include <mutex>
#include <vector>

namespace engine::conformance {

/// Remembers the messages that devices sent. Any thread.
class RecordingMsiController final : public MsiController {
public:
    [[nodiscard]] Result<std::unique_ptr<MsiVector>> createVector() override;
    /// What was sent since the last call, oldest first; beyond `MostKept` new ones are dropped.
    [[nodiscard]] std::vector<MsiMessage> takeMessages();

private:
    static constexpr std::size_t MostKept = 4096;
    class Vector;
    void record(const MsiMessage& message);
    std::mutex m_mutex;
    std::vector<MsiMessage> m_messages; // guarded by m_mutex
};

/// What lies under a machine that no hypervisor runs: a clock that stands still, interrupt inputs that
/// tell a listener, recorded messages. Memory and MMIO are reached through AddressSpace.
class SoftwarePlatform {
public:
    /// One of the 24 interrupt inputs changed its level; on the thread that changed it.
    using IrqListener = std::function<void(unsigned gsi, bool asserted)>;

    /// `wallTime` is what the guest's clock shows first.
    [[nodiscard]] static Result<std::unique_ptr<SoftwarePlatform>>
    create(std::chrono::system_clock::time_point wallTime);

    [[nodiscard]] MachinePlatform platform();
    /// May be empty. Does not wait for calls of the old listener that are under way.
    void setIrqListener(IrqListener listener);
    [[nodiscard]] bool irqLevel(unsigned gsi) const;
    [[nodiscard]] ManualClock& clock() { return m_clock; }
    [[nodiscard]] RecordingMsiController& msi() { return m_msi; }
    [[nodiscard]] Log& log() { return m_log; }

private:
    SoftwarePlatform(std::unique_ptr<EventLoop> loop, std::chrono::system_clock::time_point wallTime)
        : m_clock(wallTime), m_loop(std::move(loop))
    {}
    class GsiLine;
    void changeLevel(unsigned gsi, bool asserted);

    ManualClock m_clock;
    Log m_log;
    RecordingMsiController m_msi;
    std::unique_ptr<EventLoop> m_loop;
    mutable std::mutex m_mutex;
    std::array<bool, GsiLines::Count> m_levels{};  // guarded by m_mutex
    std::shared_ptr<const IrqListener> m_listener; // guarded by m_mutex
};

/// A whole machine on a SoftwarePlatform, with its media and networks open.
class SoftwareMachine {
public:
    /// Builds what `config` describes; refuses what the engine refuses.
    [[nodiscard]] static Result<std::unique_ptr<SoftwareMachine>>
    create(const VmConfig& config,
           std::chrono::system_clock::time_point wallTime = std::chrono::system_clock::now());

    [[nodiscard]] SoftwarePlatform& platform() { return *m_platform; }
    [[nodiscard]] Machine& machine() { return *m_machine; }
    /// Hard and soft resets that the guest asked for so far.
    [[nodiscard]] unsigned resetRequests() const { return m_resetRequests; }

    /// Little-endian accesses of 1 to 8 bytes as a CPU makes them.
    [[nodiscard]] std::uint64_t portRead(std::uint64_t port, unsigned width);
    void portWrite(std::uint64_t port, unsigned width, std::uint64_t value);
    /// A message of a device is a memory write: those sent since the last call whose address is not the
    /// interrupt controllers' arrive in memory now.
    void deliverMessages();
    [[nodiscard]] std::uint64_t memoryRead(std::uint64_t address, unsigned width);
    void memoryWrite(std::uint64_t address, unsigned width, std::uint64_t value);

private:
    SoftwareMachine() = default;
    // Destroyed in reverse: the machine before what it stands on.
    std::unique_ptr<SoftwarePlatform> m_platform;
    std::unique_ptr<MediaOpener> m_media;
    std::unique_ptr<NetworkOpener> m_networks;
    std::atomic<unsigned> m_resetRequests = 0;
    std::unique_ptr<Machine> m_machine;
};

} // namespace engine::conformance

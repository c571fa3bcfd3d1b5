// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/event_loop.h"
#include "display/display_pump.h"
#include "kvm/kvm_vm.h"
#include "machine/machine.h"
#include "machine/platform_clock.h"
#include "vm/media_opener.h"
#include "vm/network_opener.h"
#include "vm/vcpu_group.h"
#include "vm/vm.h"

#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace engine {

/// The inside of Vm. Private methods run on the control thread (m_loop), which owns all of it but what
/// m_mutex guards and what locks for itself.
class Vm::Impl {
public:
    Impl(VmConfig config, VmObserver& observer, std::shared_ptr<SerialBackend> serial);
    ~Impl();
    Impl(const Impl&) = delete;
    Impl& operator=(const Impl&) = delete;
    Impl(Impl&&) = delete;
    Impl& operator=(Impl&&) = delete;

    /// On the creating thread, before anything else.
    [[nodiscard]] Result<> build();

    /// Runs `action` on the control thread and tells `done` how it went.
    void request(Result<> (Impl::*action)(), Done done);
    [[nodiscard]] Result<> start();
    [[nodiscard]] Result<> pause();
    [[nodiscard]] Result<> resume();
    [[nodiscard]] Result<> reset();
    [[nodiscard]] Result<> pressPowerButton();
    [[nodiscard]] Result<> stop();

    // Any thread.
    [[nodiscard]] const VmConfig& config() const { return m_config; }
    [[nodiscard]] VmState state() const;
    [[nodiscard]] std::string stateReason() const;
    [[nodiscard]] std::chrono::milliseconds uptime() const;
    [[nodiscard]] VmStatistics statistics() const;
    [[nodiscard]] std::vector<Milestone> milestones() const;
    [[nodiscard]] std::vector<LogEntry> logEntries() const { return m_log.entries(); }
    [[nodiscard]] Machine& machine() { return *m_machine; }
    [[nodiscard]] NetworkOpener& networks() { return *m_networks; }
    [[nodiscard]] display::DisplayPump* display() { return m_display.get(); }
    /// Control thread.
    [[nodiscard]] Result<> changeCd(std::size_t drive, const std::string& path);
    void post(EventLoop::Task task) { m_loop->post(std::move(task)); }

private:
    /// COM1's output on its way to the host.
    class SerialSink final : public ByteSink {
    public:
        explicit SerialSink(SerialBackend& backend) : m_backend(backend) {}
        void write(std::span<const std::uint8_t> bytes) override { m_backend.write(bytes); }

    private:
        SerialBackend& m_backend;
    };

    /// The firmware's debug console on its way to a file.
    class FileSink final : public ByteSink {
    public:
        explicit FileSink(UniqueFd fd) : m_fd(std::move(fd)) {}
        void write(std::span<const std::uint8_t> bytes) override;

    private:
        UniqueFd m_fd;
    };

    [[nodiscard]] Result<> openDebugConsole();
    [[nodiscard]] Result<> buildVcpus(const std::shared_ptr<const kvm::Kvm>& kvm);
    void onDiskFull(const std::string& path);
    [[nodiscard]] MachinePlatform platform();
    [[nodiscard]] MachineEvents events();
    void fetchCoalesced();
    [[nodiscard]] Result<> enterFirstVcpu();
    /// Looks after vCPUs that a KVM which emulates may leave hanging, from now on.
    void watchProgress();
    void freeze();
    void thaw();
    void onVcpuStop(const VcpuStop& stop);
    void onGuestReset(ResetKind kind);
    void onGuestSleep(SleepState sleep);
    void finish(VmState state, const std::string& reason);
    void publish(VmState state, const std::string& reason);
    void addMilestone(std::string_view name, std::string_view detail);
    [[nodiscard]] Result<> requireAlive() const;

    const VmConfig m_config;
    VmObserver& m_observer;
    std::shared_ptr<SerialBackend> m_serial;
    Log m_log;
    std::unique_ptr<EventLoop> m_loop; // outlives everything that posts to it
    std::unique_ptr<kvm::KvmVm> m_kvmVm;
    std::optional<kvm::UnknownMsrs> m_msrs;
    std::unique_ptr<PlatformClock> m_clock;
    std::optional<SerialSink> m_serialSink;
    std::optional<FileSink> m_debugConsole;
    std::unique_ptr<MediaOpener> m_media;      // outlives the machine, which borrows its disks
    std::unique_ptr<NetworkOpener> m_networks; // the same holds for its networks
    std::unique_ptr<Machine> m_machine;
    std::unique_ptr<EventLoop> m_displayLoop; // scan-out; null without a display
    std::unique_ptr<display::DisplayPump> m_display;
    std::unique_ptr<VcpuGroup> m_vcpus;
    std::optional<EventLoop::TimerId> m_progressTimer; // control thread only

    mutable std::mutex m_mutex;
    VmState m_state = VmState::Created;  // guarded by m_mutex; changed by the control thread only
    std::string m_stateReason;           // guarded by m_mutex
    std::vector<Milestone> m_milestones; // guarded by m_mutex
};

} // namespace engine

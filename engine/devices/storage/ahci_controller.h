// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/log.h"
#include "bus/bus_device.h"
#include "devices/pci/pci_function.h"
#include "devices/storage/ahci/ahci_command_engine.h"
#include "devices/storage/block_backend.h"
#include "devices/storage/optical/optical_drive.h"
#include "devices/storage/quiescent_device.h"

#include <array>
#include <memory>

namespace engine {

/// The SATA controller of the ICH9 in AHCI mode (8086:2922, datasheet 316972 chapter 15; AHCI 1.3.1)
/// with six ports. Belongs at 1f.2:
///
///     AhciController ahci(memory, log);
///     ahci.attachDisk(0, backend);                                  // any time, also while running
///     auto drive = OpticalDrive::create(loop, log, "cd0");
///     ahci.attachOptical(1, drive);                                 // drive->setMedium(...) at will
///     rootComplex.insert({.device = 0x1f, .function = 2}, ahci, services, irqLine);
///
/// Commands run on the thread of the disk (or drive); vCPU threads only touch registers. `memory`,
/// `log` and the event loops outlive the controller; it must not be destroyed on one of those loops.
class AhciController final : public pci::PciFunction,
                             public QuiescentDevice,
                             private BusDevice,
                             private ahci::EngineHost {
public:
    AhciController(const GuestMemory& memory, Log& log, std::string name = "ahci0");
    ~AhciController() override;
    AhciController(const AhciController&) = delete;
    AhciController& operator=(const AhciController&) = delete;
    AhciController(AhciController&&) = delete;
    AhciController& operator=(AhciController&&) = delete;

    // --- any thread but the devices' loops. Plugging in replaces what was there.
    void attachDisk(unsigned portIndex, std::shared_ptr<BlockBackend> backend);
    void attachOptical(unsigned portIndex, std::shared_ptr<OpticalDrive> drive);
    /// Pulls the cable; returns when nothing of the device runs any more.
    void detach(unsigned portIndex);

    void reset() override;
    [[nodiscard]] bool waitIdle(std::chrono::milliseconds limit) override;
    void resumeWork() override;
    void saveState(StateWriter& out) const override;
    [[nodiscard]] Result<> restoreState(StateReader& in) override;

protected:
    void onConfigWritten(std::uint16_t offset, unsigned width) override;

private:
    /// The index and data pair in I/O space (AHCI 1.3.1, 2.1.11 and 10.14).
    class IndexDataPair final : public BusDevice {
    public:
        explicit IndexDataPair(AhciController& owner) : m_owner(owner) {}
        void read(std::uint64_t offset, std::span<std::byte> data) override;
        void write(std::uint64_t offset, std::span<const std::byte> data) override;
        std::uint32_t m_index = 0; // guarded by the controller's mutex

    private:
        AhciController& m_owner;
    };

    // BusDevice: the memory registers
    void read(std::uint64_t offset, std::span<std::byte> data) override;
    void write(std::uint64_t offset, std::span<const std::byte> data) override;
    // EngineHost
    [[nodiscard]] std::mutex& mutex() override { return m_mutex; }
    [[nodiscard]] ahci::HostRegisters& registers() override { return m_registers; }
    void interruptsChanged() override;
    [[nodiscard]] bool mayUseMemory() const override { return isBusMaster(); }

    void attach(unsigned portIndex, EventLoop& loop, std::shared_ptr<ata::Device> device,
                std::shared_ptr<RequestTracker> tracker);
    void applyLocked(const ahci::HostEffects& effects);
    void kickAll();
    [[nodiscard]] Result<> restoreDevices(const std::array<std::vector<std::byte>, ahci::PortCount>& states);

    const GuestMemory& m_memory;
    Log& m_log;
    mutable std::mutex m_mutex;
    ahci::HostRegisters m_registers;                                             // guarded by m_mutex
    std::array<std::unique_ptr<ahci::CommandEngine>, ahci::PortCount> m_engines; // guarded by m_mutex
    IndexDataPair m_indexDataPair{*this};
};

} // namespace engine

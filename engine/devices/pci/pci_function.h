// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/state.h"
#include "bus/address_space.h"
#include "bus/bus.h"
#include "bus/io_event_sink.h"
#include "bus/irq_line.h"
#include "bus/msi.h"
#include "devices/pci/config_space.h"
#include "devices/pci/msi_capability.h"
#include "devices/pci/msix_table.h"
#include "devices/pci/pci_address.h"

#include <array>
#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace engine::pci {

/// What a function needs from the board; all of it outlives the function.
struct PciServices {
    Bus& ports;
    AddressSpace& memory;
    MsiController& msi;
    IoEventSink* ioEvents = nullptr; ///< null where there is no KVM
};

/// The fixed identity registers of a type 0 header.
struct PciIdentity {
    std::uint16_t vendorId = 0;
    std::uint16_t deviceId = 0;
    std::uint32_t classCode = 0; ///< class << 16 | subclass << 8 | interface
    std::uint8_t revision = 0;
    std::uint16_t subsystemVendorId = 0x1af4; ///< how SeaBIOS recognises a virtual machine (trap T5)
    std::uint16_t subsystemId = 0x1100;
    InterruptPin pin = InterruptPin::None;
};

enum class BarKind : std::uint8_t { Io, Memory32, Memory64, Memory32Prefetchable, Memory64Prefetchable };

/// Base of every PCI device model: configuration space, BARs, ROM, INTx, MSI and MSI-X. The
/// RootComplex calls the configuration methods under its own lock; interrupt methods may be called
/// from any thread. A function's BAR handlers run on vCPU threads and lock for themselves.
class PciFunction : public Saveable {
public:
    PciFunction(std::string name, const PciIdentity& identity, std::size_t configBytes = 256);
    ~PciFunction() override;
    PciFunction(const PciFunction&) = delete;
    PciFunction& operator=(const PciFunction&) = delete;
    PciFunction(PciFunction&&) = delete;
    PciFunction& operator=(PciFunction&&) = delete;

    // --- for the RootComplex, under its lock
    /// Joins the board. `intx` is this function's interrupt pin, already routed.
    [[nodiscard]] Result<> connect(const PciServices& services, std::unique_ptr<IrqLine> intx);
    [[nodiscard]] std::uint32_t configRead(std::uint16_t offset, unsigned width);
    /// True when BARs, ROM or their decoding may have changed.
    bool configWrite(std::uint16_t offset, unsigned width, std::uint32_t value);
    /// After a change: unmapChanged() on every function first, then mapWanted() on every function.
    void unmapChanged();
    void mapWanted();
    /// Back to power-on values; overriders call the base and then reset their own registers.
    virtual void reset();

    [[nodiscard]] std::string stateName() const override { return m_name; }
    /// The header and MSI-X; overriders append their own registers.
    void saveState(StateWriter& out) const override;
    [[nodiscard]] Result<> restoreState(StateReader& in) override;

    // --- any thread
    /// The level of the INTx pin; gated by Command.InterruptDisable.
    void setIntx(bool asserted);
    /// True when MSI or MSI-X is in use, so that INTx must stay silent.
    [[nodiscard]] bool usesMessages() const;
    /// One edge: MSI-X vector `vector` when enabled, else MSI (one vector), else nothing.
    void signalMessage(unsigned vector);
    [[nodiscard]] const std::string& name() const { return m_name; }
    [[nodiscard]] const ConfigSpace& configSpace() const { return m_config; }

    /// Where a BAR (0 to 5, 6 = ROM) answers now, nullopt while it is not decoded.
    [[nodiscard]] std::optional<std::uint64_t> mappedAddress(unsigned barIndex) const;
    /// The AddressSpace mapping behind a memory-backed BAR, for dirty tracking.
    [[nodiscard]] std::optional<MappingId> mappingOf(unsigned barIndex) const;

protected:
    ConfigSpace& config() { return m_config; }
    [[nodiscard]] bool isBusMaster() const;
    /// Called before every guest read that touches [offset, offset + width), for registers whose value
    /// is made when it is read.
    virtual void beforeConfigRead(std::uint16_t /*offset*/, unsigned /*width*/) {}
    /// Called after every guest write that touched [offset, offset + width).
    virtual void onConfigWritten(std::uint16_t /*offset*/, unsigned /*width*/) {}

    // --- construction only. Sizes are powers of two: I/O at least 4, memory at least 16 bytes.
    void addBar(unsigned index, BarKind kind, std::uint64_t sizeBytes, BusDevice& handler);
    /// Memory that the guest reaches without an exit (video memory).
    void addMemoryBar(unsigned index, BarKind kind, std::shared_ptr<HostBlock> block, bool logDirty);
    /// The expansion ROM; rounded up to a power of two.
    [[nodiscard]] Result<> addRom(std::span<const std::byte> image);
    /// A guest write into a BAR that signals `eventFd` without an exit where the hypervisor can.
    void addDoorbell(unsigned barIndex, std::uint64_t offset, std::uint32_t length,
                     std::optional<std::uint64_t> datamatch, const EventFd& eventFd);
    void addMsi(std::uint8_t capabilityOffset);
    /// Gives MSI-X a 32-bit memory BAR of its own.
    /// The BAR has at least `leastBytes` (a power of two), the pending bits in its upper half.
    void addMsix(std::uint8_t capabilityOffset, unsigned vectors, unsigned barIndex,
                 std::uint32_t leastBytes = 0);

private:
    struct Doorbell {
        std::uint64_t offset;
        std::uint32_t length;
        std::optional<std::uint64_t> datamatch;
        int eventFd;
    };
    struct Bar {
        BarKind kind = BarKind::Memory32;
        std::uint64_t size = 0; ///< 0: not implemented
        BusDevice* handler = nullptr;
        std::shared_ptr<HostBlock> block;
        MemoryAccess access = MemoryAccess::ReadWrite;
        bool logDirty = false;
        std::vector<Doorbell> doorbells;
        std::optional<std::uint64_t> mapped; // where it answers now
        std::optional<MappingId> mapping;
    };
    static constexpr unsigned RomIndex = 6;
    static constexpr unsigned BarCount = 7;

    [[nodiscard]] std::optional<std::uint64_t> wantedAddress(unsigned index) const;
    void declareBar(unsigned index, BarKind kind, std::uint64_t sizeBytes);
    void unmap(Bar& bar);
    void map(Bar& bar, std::uint64_t address);
    [[nodiscard]] std::vector<IoEvent> ioEventsAt(const Bar& bar, std::uint64_t address) const;
    void followMessageRegisters();
    void driveIntx();

    const std::string m_name;
    ConfigSpace m_config;
    std::array<Bar, BarCount> m_bars;
    std::optional<PciServices> m_services;
    std::optional<MsiCapability> m_msi;
    std::optional<MsixTable> m_msix;
    bool m_sealed = false;

    mutable std::mutex m_intxMutex;
    std::unique_ptr<IrqLine> m_intx; // guarded by m_intxMutex
    bool m_intxAsserted = false;     // guarded by m_intxMutex
    bool m_intxDisabled = false;     // guarded by m_intxMutex
    std::atomic<bool> m_busMaster = false;
    mutable std::mutex m_mapMutex; // guards Bar::mapped and Bar::mapping for outside readers
};

} // namespace engine::pci

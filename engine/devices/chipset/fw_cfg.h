// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/log.h"
#include "base/state.h"
#include "bus/bus_device.h"
#include "devices/chipset/fw_cfg_items.h"
#include "memory/guest_memory.h"

#include <mutex>

namespace engine {

/// The firmware configuration device on ports: selector and data at 0x510 (2 bytes), the address of a DMA
/// request at 0x514 (8 bytes, big-endian). The machine inserts ports() and dmaPorts(); firmware finds
/// everything else from the "QEMU" signature, the feature bits and the file directory.
///
/// Filling is for before the guest runs or while it is being reset: keys of files follow from their
/// sorted names. All methods may be called from any thread.
class FwCfg final : public Saveable {
public:
    using Bytes = FwCfgItems::Bytes;
    /// Told which item the guest has selected; `name` is empty for a numbered one. Called on the vCPU's
    /// thread without a lock; it must be quick.
    using Observer = std::function<void(std::uint16_t key, std::string_view name)>;

    /// `memory` is what DMA reaches; both must outlive the device.
    FwCfg(const GuestMemory& memory, Log& log)
        : m_memory(memory), m_log(log), m_ports(*this), m_dmaPorts(*this)
    {}

    [[nodiscard]] Result<> setItem(std::uint16_t key, Bytes content);
    /// A little-endian number of 2, 4 or 8 bytes.
    template <std::unsigned_integral T>
    [[nodiscard]] Result<> setNumber(std::uint16_t key, T value)
    {
        return setItem(key, littleEndian(value, sizeof value));
    }
    [[nodiscard]] Result<> setFile(const std::string& name, Bytes content);
    /// A file that the guest may overwrite (but not grow). The hook gets the new contents on the vCPU's
    /// thread without a lock.
    [[nodiscard]] Result<> setWritableFile(const std::string& name, Bytes content,
                                           FwCfgItems::WriteHook onWrite);
    /// Files that are made together at the first select of any of them after start and after each reset,
    /// so that they can depend on what firmware has programmed by then. The generator runs on the vCPU's
    /// thread and must not touch this device; contents longer than declared are cut.
    [[nodiscard]] Result<> addGeneratedFiles(const std::vector<FwCfgGeneratedFile>& files,
                                             FwCfgItems::Generator generate);
    void setObserver(Observer observer);

    [[nodiscard]] BusDevice& ports() { return m_ports; }
    [[nodiscard]] BusDevice& dmaPorts() { return m_dmaPorts; }
    void reset();

    [[nodiscard]] std::string stateName() const override { return "fw_cfg"; }
    void saveState(StateWriter& out) const override;
    [[nodiscard]] Result<> restoreState(StateReader& in) override;

private:
    class Ports final : public BusDevice {
    public:
        explicit Ports(FwCfg& device) : m_device(device) {}
        void read(std::uint64_t offset, std::span<std::byte> data) override;
        void write(std::uint64_t offset, std::span<const std::byte> data) override;

    private:
        FwCfg& m_device;
    };
    class DmaPorts final : public BusDevice {
    public:
        explicit DmaPorts(FwCfg& device) : m_device(device) {}
        void read(std::uint64_t offset, std::span<std::byte> data) override;
        void write(std::uint64_t offset, std::span<const std::byte> data) override;

    private:
        FwCfg& m_device;
    };
    /// What to call once the lock is gone.
    struct Notices {
        std::function<void()> select;
        std::function<void()> written;
        void deliver() const;
    };

    [[nodiscard]] static Bytes littleEndian(std::uint64_t value, std::size_t widthBytes);
    void select(std::uint16_t key, Notices& notices);
    void runDma(GuestAddress request, Notices& notices);
    [[nodiscard]] Result<> transfer(std::uint32_t control, std::uint32_t length, GuestAddress at,
                                    Notices& notices);
    [[nodiscard]] Result<> copyToGuest(std::uint32_t length, GuestAddress at);
    [[nodiscard]] Result<> copyFromGuest(std::uint32_t length, GuestAddress at, Notices& notices);

    const GuestMemory& m_memory;
    Log& m_log;
    mutable std::mutex m_mutex;
    FwCfgItems m_items;             // guarded by m_mutex
    std::uint64_t m_dmaAddress = 0; // guarded by m_mutex; the high half waits here for the low one
    Observer m_observer;            // guarded by m_mutex
    Ports m_ports;
    DmaPorts m_dmaPorts;
};

} // namespace engine

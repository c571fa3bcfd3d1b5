// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/clock.h"
#include "bus/bus_device.h"
#include "bus/io_event_sink.h"
#include "devices/display/edid.h"
#include "devices/display/vga_registers.h"
#include "memory/host_block.h"

#include <array>
#include <atomic>
#include <functional>
#include <memory>
#include <mutex>

namespace engine::display {

/// VgaRegisters behind a lock, as bus devices, plus what the scan-out needs: a copy of the registers
/// and the pages of video memory that have changed. Knows no PCI. All methods: any thread.
class VgaAdapter {
public:
    /// `videoMemory` is a power of two of bytes, 256 KiB to 256 MiB; `clock` outlives this object.
    VgaAdapter(std::shared_ptr<HostBlock> videoMemory, DeviceClock& clock);

    [[nodiscard]] BusDevice& legacyPorts() { return m_legacyPorts; } ///< 3B0, 48 ports
    [[nodiscard]] BusDevice& dispiPorts() { return m_dispiPorts; }   ///< 1CE, 4 ports
    [[nodiscard]] BusDevice& window() { return m_window; }           ///< A0000, 128 KiB
    [[nodiscard]] BusDevice& mmio() { return m_mmio; } ///< 4 KiB, BAR 2 (docs/specs.md: standard-vga)
    static constexpr std::uint64_t LegacyPortsBase = 0x3b0;
    static constexpr std::uint64_t LegacyPortsLength = 0x30;
    static constexpr std::uint64_t DispiPortsBase = 0x1ce;
    static constexpr std::uint64_t DispiPortsLength = 4;
    static constexpr std::uint64_t WindowBase = 0xa0000;
    static constexpr std::uint64_t MmioBytes = 0x1000;

    /// Writes that may be delivered late, as long as they come before the same CPU's next exit: nothing
    /// that the guest can observe without an exit depends on them.
    struct DeferrableRange {
        IoEvent::Space space;
        std::uint64_t address;
        std::uint32_t length;
    };
    static constexpr std::array<DeferrableRange, 3> DeferrableRanges{{
        {IoEvent::Space::Memory, WindowBase, 0x20000},
        {IoEvent::Space::Ports, 0x3c8, 2}, // DAC index and data
        {IoEvent::Space::Ports, 0x3d4, 2}, // CRTC: cursor and start address
    }};

    void reset();
    /// The monitor that the guest finds at its next look.
    void setEdid(const EdidDescription& description);

    // --- for the scan-out
    [[nodiscard]] const std::shared_ptr<HostBlock>& videoMemory() const { return m_block; }
    /// Late writes are fetched first.
    [[nodiscard]] VgaState state() const;
    /// Racy with the guest by nature; reads never leave the memory.
    [[nodiscard]] const VideoMemory& memory() const { return m_registers.memory(); }
    [[nodiscard]] std::uint64_t pictureGeneration() const
    {
        return m_generation.load(std::memory_order_acquire);
    }
    /// Pages written since the last call, by port and window accesses and by what the collector finds.
    /// For one scan-out: what one caller takes another does not see. Late writes are fetched first.
    [[nodiscard]] DirtyPages takeDirty();
    /// The next change of the picture that comes through a register or the window calls `wake` once,
    /// on the thread that made it and without a lock. For a scan-out that goes to sleep. `wake` stays
    /// set until replaced.
    void setWakeUp(std::function<void()> wake);
    void armWakeUp() { m_wakeArmed.store(true, std::memory_order_release); }

    // --- for the owner, before the first access
    /// Merges pages that the hypervisor saw the guest write. Called without a lock.
    void setDirtyCollector(std::function<void(DirtyPages&)> collector) { m_collector = std::move(collector); }
    /// Fetches writes that the hypervisor still holds back (DeferrableRanges); they arrive through the
    /// bus before `fetch` returns. Called without a lock, never from inside an access.
    void setLateWriteFetcher(std::function<void()> fetch) { m_fetchLateWrites = std::move(fetch); }
    /// Called under the adapter's lock when the part of the window that is plain memory, and used
    /// enough to be worth a mapping, has changed.
    using WindowFollower = std::function<void(std::optional<DirectWindow>)>;
    void setWindowFollower(WindowFollower follower) { m_followWindow = std::move(follower); }
    /// From the follower only: a direct mapping went away, and what was written last is not known.
    void markDirtyLocked(std::uint32_t offset, std::uint32_t length)
    {
        m_extraDirty.markRange(offset, length);
    }

    void save(StateWriter& out) const;
    /// Whether restore() would take this; changes nothing.
    [[nodiscard]] Result<> check(StateReader& in) const;
    /// All or nothing.
    [[nodiscard]] Result<> restore(StateReader& in);

private:
    using Handler = void (VgaAdapter::*)(std::uint64_t, std::span<std::byte>);
    using ConstHandler = void (VgaAdapter::*)(std::uint64_t, std::span<const std::byte>);
    /// One face of the adapter on a bus.
    class Face final : public BusDevice {
    public:
        Face(VgaAdapter& owner, Handler onRead, ConstHandler onWrite)
            : m_owner(owner), m_onRead(onRead), m_onWrite(onWrite)
        {}
        void read(std::uint64_t offset, std::span<std::byte> data) override;
        void write(std::uint64_t offset, std::span<const std::byte> data) override;

    private:
        VgaAdapter& m_owner;
        Handler m_onRead;
        ConstHandler m_onWrite;
    };

    // All with m_mutex held.
    void readPorts(std::uint64_t offset, std::span<std::byte> data);
    void writePorts(std::uint64_t offset, std::span<const std::byte> data);
    void readDispiPorts(std::uint64_t offset, std::span<std::byte> data);
    void writeDispiPorts(std::uint64_t offset, std::span<const std::byte> data);
    void readWindow(std::uint64_t offset, std::span<std::byte> data);
    void writeWindow(std::uint64_t offset, std::span<const std::byte> data);
    void readMmio(std::uint64_t offset, std::span<std::byte> data);
    void writeMmio(std::uint64_t offset, std::span<const std::byte> data);
    [[nodiscard]] std::uint8_t readMmioByte(std::uint64_t offset);
    void followChanges();
    void countWindowAccess();
    void wakeIfArmed();

    const std::shared_ptr<HostBlock> m_block;
    DeviceClock& m_clock;
    mutable std::mutex m_mutex;
    VgaRegisters m_registers;                  // guarded by m_mutex
    std::array<std::byte, EdidBytes> m_edid{}; // guarded by m_mutex
    std::uint16_t m_dispiIndex = 0;            // guarded by m_mutex
    DirtyPages m_extraDirty;                   // guarded by m_mutex
    std::optional<DirectWindow> m_followed;    // guarded by m_mutex; what the follower was told
    unsigned m_windowAccesses = 0;             // guarded by m_mutex; since the window's last change
    std::atomic<std::uint64_t> m_generation{1};
    std::atomic<bool> m_wakeArmed{false};
    std::function<void()> m_wake; // guarded by m_mutex
    std::function<void(DirtyPages&)> m_collector;
    WindowFollower m_followWindow;
    std::function<void()> m_fetchLateWrites;

    Face m_legacyPorts{*this, &VgaAdapter::readPorts, &VgaAdapter::writePorts};
    Face m_dispiPorts{*this, &VgaAdapter::readDispiPorts, &VgaAdapter::writeDispiPorts};
    Face m_window{*this, &VgaAdapter::readWindow, &VgaAdapter::writeWindow};
    Face m_mmio{*this, &VgaAdapter::readMmio, &VgaAdapter::writeMmio};
};

} // namespace engine::display

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "bus/bus_device.h"
#include "devices/network/e1000e/receive_path.h"
#include "devices/network/e1000e/register_file.h"
#include "devices/network/e1000e/transmit_queue.h"
#include "devices/network/net_backend.h"
#include "devices/pci/pci_function.h"
#include "devices/storage/loop_kick.h"

#include <array>
#include <atomic>
#include <memory>
#include <mutex>

namespace engine {

/// An Intel 82574L network card (8086:10d3), which every current operating system has a driver for.
/// Registers in BAR 0 and through the pair of ports in BAR 2; INTx, MSI, or MSI-X with five vectors in
/// BAR 3. The rings are worked on by the backend's thread.
class E1000eCard final : public pci::PciFunction, private BusDevice, private NetClient {
public:
    /// `backend` and `memory` outlive the card. Not on the backend's loop, neither here nor in the
    /// destructor.
    E1000eCard(NetBackend& backend, const MacAddress& mac, const GuestMemory& memory, std::string name);
    ~E1000eCard() override;
    E1000eCard(const E1000eCard&) = delete;
    E1000eCard& operator=(const E1000eCard&) = delete;
    E1000eCard(E1000eCard&&) = delete;
    E1000eCard& operator=(E1000eCard&&) = delete;

    /// The network boot ROM; before the card is plugged in.
    [[nodiscard]] Result<> setBootRom(std::span<const std::byte> image) { return addRom(image); }

    void reset() override;
    void saveState(StateWriter& out) const override;
    [[nodiscard]] Result<> restoreState(StateReader& in) override;

protected:
    void onConfigWritten(std::uint16_t offset, unsigned width) override;

private:
    /// IOADDR and IODATA (datasheet 10.1.1).
    class IoWindow final : public BusDevice {
    public:
        explicit IoWindow(E1000eCard& owner) : m_owner(owner) {}
        void read(std::uint64_t offset, std::span<std::byte> data) override;
        void write(std::uint64_t offset, std::span<const std::byte> data) override;
        std::uint32_t m_address = 0; // guarded by the card's mutex

    private:
        E1000eCard& m_owner;
    };
    /// What is undone or saved together.
    struct State {
        explicit State(const MacAddress& mac) : registers(mac) {}
        e1000e::RegisterFile registers;
        std::array<e1000e::TransmitQueue, 2> queues{
            e1000e::TransmitQueue(e1000e::reg::TransmitRing),
            e1000e::TransmitQueue(e1000e::reg::TransmitRing + e1000e::reg::QueueStride)};
    };

    // BusDevice: BAR 0
    void read(std::uint64_t offset, std::span<std::byte> data) override;
    void write(std::uint64_t offset, std::span<const std::byte> data) override;
    // NetClient: loop thread
    [[nodiscard]] bool receiveFrame(std::span<const std::byte> frame) override;
    void linkChanged(bool up) override;

    void writeLocked(std::uint32_t offset, std::uint32_t value);
    void addExpress();
    void addPowerManagement();
    void transmit();
    [[nodiscard]] bool transmitSome(unsigned queue, unsigned& budget);
    void interruptsChanged();
    void followMsix();
    void interruptSoon();

    NetBackend& m_backend;
    const MacAddress m_mac;
    const GuestMemory& m_memory;
    LoopKick m_transmitKick;
    LoopKick m_receiveKick;
    mutable std::mutex m_mutex;
    std::unique_ptr<State> m_state;          // guarded by m_mutex
    std::atomic<bool> m_usesVectors = false; // MSI-X is on
    IoWindow m_ioWindow{*this};
    // --- loop thread
    e1000e::ReceivePath m_receivePath;
    bool m_interruptScheduled = false;
    const std::shared_ptr<bool> m_alive = std::make_shared<bool>(true); ///< for tasks already deferred
};

} // namespace engine

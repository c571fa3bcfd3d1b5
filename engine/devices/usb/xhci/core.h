// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/log.h"
#include "devices/usb/xhci/interrupter.h"
#include "devices/usb/xhci/port.h"
#include "devices/usb/xhci/slot.h"

#include <chrono>
#include <optional>
#include <string>

namespace engine::usb::xhci {

/// An xHCI 1.1 host controller as registers and rings: no lock, no clock, no bus. The owner calls settle()
/// after everything that may have given it work, and serves interrupts and the deadline that it asks for.
///
/// Work is bounded: a call does at most a fixed number of TRBs and asks for another one at once if there
/// is more. Rings and contexts are the guest's to corrupt; what makes no sense halts an endpoint or, where
/// the specification has no smaller answer, the controller (HCE).
class Core {
public:
    static constexpr std::uint64_t RegisterBytes = 0x4000;
    static constexpr unsigned SlotCount = 32;
    static constexpr unsigned InterrupterCount = 8;
    static constexpr unsigned PortsPerProtocol = 4;
    static constexpr unsigned PortCount = 2 * PortsPerProtocol; ///< USB 2.0 first

    Core(const GuestMemory& memory, Log& log, std::string name);

    /// On a USB 2.0 port, from 0. Null unplugs.
    void plug(unsigned port, UsbDevice* device);
    /// Power-on values; devices see a bus reset.
    void reset();

    [[nodiscard]] std::uint32_t read(std::uint32_t offset, std::chrono::nanoseconds now) const;
    /// Aligned dwords; `mask` marks the bytes that are written (other than all of them only in the extended
    /// capabilities).
    void write(std::uint32_t offset, std::uint32_t value, std::uint32_t mask);
    /// A device's endpoint has something to say.
    void endpointReady(const UsbDevice& device, std::uint8_t address);
    void remoteWakeup(const UsbDevice& device);
    /// Memory may be reached (PCI bus mastering).
    void setMayUseMemory(bool may) { m_mayUseMemory = may; }

    /// Does what there is to do. True when it has to be called again at once.
    [[nodiscard]] bool settle(std::chrono::nanoseconds now);
    /// The earliest time at which settle() has something to do without another cause.
    [[nodiscard]] std::optional<std::chrono::nanoseconds> nextDeadline() const;
    /// The level of the pin, for who uses it.
    [[nodiscard]] bool pinAsserted() const;
    /// One bit for each interrupter that wants a message; they are taken as sent.
    [[nodiscard]] std::uint32_t takeMessages();

    void saveState(StateWriter& out) const;
    /// Into a fresh Core with the same devices plugged in; false when the state contradicts itself.
    [[nodiscard]] bool readState(StateReader& in);

private:
    /// USBCMD, USBSTS and their neighbours (xHCI 1.2, 5.4).
    struct Operational {
        std::uint32_t command = 0;
        std::uint32_t status = 0;
        std::uint32_t notification = 0; ///< DNCTRL
        std::uint32_t config = 0;
        std::uint64_t contextArray = 0; ///< DCBAAP
        RingPosition commands;          ///< CRCR
        bool commandsRunning = false;   ///< CRCR.CRR
    };
    struct Completion {
        Code code = Code::Success;
        unsigned slot = 0;
    };

    // --- core_registers.cpp
    [[nodiscard]] static std::uint32_t readCapability(std::uint32_t offset);
    [[nodiscard]] std::uint32_t readOperational(std::uint32_t offset) const;
    [[nodiscard]] std::uint32_t readExtended(std::uint32_t offset) const;
    void writeOperational(std::uint32_t offset, std::uint32_t value);
    void writeExtended(std::uint32_t offset, std::uint32_t value, std::uint32_t mask);
    void writeCommandRegister(std::uint32_t value);
    void writeCommandRing(std::uint32_t low);
    void writeRuntime(std::uint32_t offset, std::uint32_t value);
    void ringDoorbell(unsigned slot, std::uint32_t value);
    void startOrStop(bool run);
    void saveController();
    void restoreController();

    // --- core_work.cpp
    [[nodiscard]] bool isRunning() const;
    void reportPorts();
    void reportWrap(std::chrono::nanoseconds now);
    void post(unsigned interrupter, const Trb& event, bool interrupts = true);
    void hostError(std::string_view reason);
    void memoryError(std::string_view reason);
    [[nodiscard]] bool eventsBlocked() const;
    void serviceEndpoints();
    [[nodiscard]] bool spend();

    // --- core_commands.cpp
    void serviceCommands();
    [[nodiscard]] Completion run(const Trb& command);
    [[nodiscard]] Completion enableSlot();
    [[nodiscard]] Code runOnSlot(const Trb& command, unsigned number);
    [[nodiscard]] Code runOnEndpoint(const Trb& command, unsigned number);
    void disableSlot(unsigned number);
    [[nodiscard]] Code addressDevice(unsigned number, const Trb& command);
    [[nodiscard]] Code configureEndpoints(unsigned number, const Trb& command);
    [[nodiscard]] Code deconfigure(unsigned number);
    [[nodiscard]] Code evaluateContext(unsigned number, const Trb& command);
    [[nodiscard]] Code resetDevice(unsigned number);
    [[nodiscard]] Code stopEndpoint(unsigned number, unsigned index);
    [[nodiscard]] Code portBandwidth(const Trb& command);
    [[nodiscard]] bool openEndpoint(unsigned number, unsigned index, const Context& wanted);
    void closeEndpoint(unsigned number, unsigned index);
    [[nodiscard]] std::optional<Context> readContext(std::uint64_t base, unsigned index);
    void writeContext(std::uint64_t base, unsigned index, const Context& context);
    void writeSlotState(const Slot& slot, unsigned address, std::optional<unsigned> entries);
    void publishEndpoint(const Slot& slot, unsigned index);

    // --- core_transfers.cpp
    void serviceEndpoint(unsigned number, unsigned index);
    [[nodiscard]] bool serviceControl(unsigned number, Endpoint& endpoint, UsbDevice& device);
    [[nodiscard]] bool serviceData(unsigned number, unsigned index, Endpoint& endpoint, UsbDevice& device);
    struct Td {
        struct Item {
            std::uint64_t address = 0;
            Trb trb{};
        };
        std::vector<Item> items;
        RingPosition next;
        std::size_t bytes = 0;
        bool hasData = false;
    };
    enum class TdState : std::uint8_t { Complete, Incomplete, Broken };
    [[nodiscard]] TdState collect(const Endpoint& endpoint, Td& td);
    [[nodiscard]] bool gather(const Td& td, std::vector<std::byte>& data);
    [[nodiscard]] bool readImmediateOr(const Trb& trb, std::span<std::byte> into);
    [[nodiscard]] bool finishTd(unsigned number, unsigned index, Endpoint& endpoint, const Td& td,
                                std::span<const std::byte> data);
    [[nodiscard]] bool controlTrb(unsigned number, Endpoint& endpoint, UsbDevice& device, std::uint64_t at,
                                  const Trb& trb);
    [[nodiscard]] bool setupStage(unsigned number, Endpoint& endpoint, UsbDevice& device, std::uint64_t at,
                                  const Trb& trb);
    [[nodiscard]] bool dataStage(unsigned number, Endpoint& endpoint, std::uint64_t at, const Trb& trb);
    [[nodiscard]] bool statusStage(unsigned number, Endpoint& endpoint, UsbDevice& device, std::uint64_t at,
                                   const Trb& trb);
    void transferEvent(unsigned number, unsigned index, std::uint64_t at, const Trb& trb, Code code,
                       std::uint32_t residual);
    void eventDataEvent(unsigned number, unsigned index, Endpoint& endpoint, const Trb& trb, Code code);
    void fail(unsigned number, unsigned index, Endpoint& endpoint, std::uint64_t at, const Trb& trb,
              Code code);

    const GuestMemory& m_memory;
    Log& m_log;
    const std::string m_name;
    Operational m_operational;
    std::uint32_t m_legacySupport = 0; ///< USBLEGSUP's semaphores
    std::uint32_t m_legacyControl = 0; ///< USBLEGCTLSTS
    std::array<Interrupter, InterrupterCount> m_interrupters;
    std::array<Port, PortCount> m_ports;
    std::array<Slot, SlotCount + 1> m_slots; ///< by slot number; 0 is not one
    bool m_mayUseMemory = false;
    bool m_commandsWaiting = false;                                ///< doorbell 0 was rung
    std::array<std::uint32_t, SlotCount + 1> m_endpointsWaiting{}; ///< one bit per endpoint context
    std::uint32_t m_portEvents = 0;                                ///< ports whose change has not been told
    std::uint64_t m_wraps = 0;                                     ///< of MFINDEX
    unsigned m_budget = 0;                                         ///< TRBs left in this settle()
    bool m_saved = false; ///< CSS was done and nothing was lost since
    std::array<Interrupter, InterrupterCount> m_savedInterrupters;
};

} // namespace engine::usb::xhci

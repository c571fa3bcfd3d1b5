// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/clock.h"
#include "base/event_loop.h"
#include "base/log.h"
#include "bus/address_space.h"
#include "bus/io_event_sink.h"
#include "bus/irq_line.h"
#include "bus/msi.h"
#include "devices/chipset/acpi_pm_registers.h"
#include "devices/chipset/reset_request.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>

namespace engine {

/// What lies under a machine: KVM, or its replacement in the qtest server and in trace replay.
struct MachinePlatform {
    MemorySlotSink* memorySlots = nullptr; ///< null without a hypervisor
    IoEventSink* ioEvents = nullptr;       ///< null without a hypervisor
    MsiController& msi;
    DeviceClock& clock;
    EventLoop& loop; ///< the control thread's; device work that nobody waits for
    Log& log;
    /// One of the 24 inputs of the interrupt controllers. Called once for each GSI that is wired.
    std::function<Result<std::unique_ptr<IrqLine>>(unsigned gsi)> createGsi;
    /// The hypervisor's timer answers port 61h together with its 8254.
    bool answersPort61 = false;
    /// Offers writes of these windows to be collected; may be empty.
    std::function<void(IoEvent::Space space, std::uint64_t address, std::uint32_t length)> coalesce;
    /// Delivers the writes collected so far to the buses; may be empty.
    std::function<void()> fetchCoalesced;
};

/// What a machine tells its owner. Called on vCPU threads without any device lock; implementations
/// only post a message.
struct MachineEvents {
    ResetCallback resetRequested;
    std::function<void(SleepState)> sleepRequested;
    /// The guest has changed to another keyboard or pointer, or set its lights. Also with device locks held.
    std::function<void()> inputChanged;
    /// A step of the boot ("acpi-tables", "disk-read"); cheap, a few dozen a boot.
    std::function<void(std::string_view name, std::string_view detail)> milestone;
};

} // namespace engine

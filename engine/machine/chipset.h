// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "bus/bus.h"
#include "devices/chipset/acpi_pm.h"
#include "devices/chipset/debug_ports.h"
#include "devices/chipset/fw_cfg.h"
#include "devices/chipset/i8042.h"
#include "devices/chipset/legacy_stubs.h"
#include "devices/chipset/reset_control.h"
#include "devices/chipset/rtc.h"
#include "devices/chipset/serial_port.h"
#include "devices/chipset/system_ports.h"
#include "machine/gsi_lines.h"
#include "machine/machine_platform.h"

#include <memory>
#include <optional>
#include <vector>

namespace engine {

/// Where the outputs of the two serial ports and of the firmware's debug console go; null: nowhere.
struct ChipsetSinks {
    ByteSink* com1 = nullptr;
    ByteSink* com2 = nullptr;
    ByteSink* debugConsole = nullptr;
};

/// The devices at fixed ports, wired and inserted. Owns them all.
class Chipset {
public:
    [[nodiscard]] static Result<std::unique_ptr<Chipset>>
    create(Bus& ports, GsiLines& gsis, const GuestMemory& memory, const MachinePlatform& platform,
           const MachineEvents& events, const ChipsetSinks& sinks);

    [[nodiscard]] Rtc& rtc() { return m_rtc; }
    [[nodiscard]] FwCfg& fwCfg() { return m_fwCfg; }
    [[nodiscard]] AcpiPm& powerManagement() { return m_powerManagement; }
    [[nodiscard]] I8042& keyboardController() { return m_keyboardController; }
    [[nodiscard]] SerialPort& com1() { return m_com1; }
    /// Byte 0 is RST_CNT (port CF9h), for the PCI host's address port range.
    [[nodiscard]] BusDevice& resetPort() { return m_resetControl; }
    void reset();
    [[nodiscard]] std::vector<Saveable*> saveables();

private:
    Chipset(GsiLines& gsis, const GuestMemory& memory, const MachinePlatform& platform,
            const MachineEvents& events, const ChipsetSinks& sinks);
    [[nodiscard]] Result<> insertAll(Bus& ports, bool withPort61);

    // Wires first: the devices below hold references to them.
    std::unique_ptr<IrqLine> m_rtcIrq;
    std::unique_ptr<IrqLine> m_sci;
    std::unique_ptr<IrqLine> m_com1Irq;
    std::unique_ptr<IrqLine> m_com2Irq;
    std::unique_ptr<IrqLine> m_keyboardIrq;
    std::unique_ptr<IrqLine> m_mouseIrq;

    Rtc m_rtc;
    FwCfg m_fwCfg;
    AcpiPm m_powerManagement;
    ApmPorts m_apm;
    ResetControl m_resetControl;
    SystemControlPortA m_systemControlA;
    SystemControlPortB m_systemControlB;
    I8042 m_keyboardController;
    SerialPort m_com1;
    SerialPort m_com2;
    ParallelPort m_parallel;
    DmaController m_dma1{"dma1", 1};
    DmaController m_dma2{"dma2", 2};
    DmaPageRegisters m_dmaPages;
    PostPort m_post;
    DebugCon m_debugConsole;
};

} // namespace engine

// SPDX-License-Identifier: GPL-3.0-or-later
#include "machine/chipset.h"

#include "machine/address_map.h"

#include <array>

namespace engine {

using namespace address_map;

Chipset::Chipset(GsiLines& gsis, const GuestMemory& memory, const MachinePlatform& platform,
                 const MachineEvents& events, const ChipsetSinks& sinks)
    : m_rtcIrq(gsis.wire(RtcIrq)), m_sci(gsis.wire(SciIrq)), m_com1Irq(gsis.wire(Com1Irq)),
      m_com2Irq(gsis.wire(Com2Irq)), m_keyboardIrq(gsis.wire(KeyboardIrq)), m_mouseIrq(gsis.wire(MouseIrq)),
      m_rtc(*m_rtcIrq, platform.clock), m_fwCfg(memory, platform.log),
      m_powerManagement(*m_sci, platform.clock), m_apm(m_powerManagement),
      m_resetControl(events.resetRequested), m_systemControlA(events.resetRequested),
      m_systemControlB(platform.clock),
      m_keyboardController(*m_keyboardIrq, *m_mouseIrq, events.resetRequested),
      m_com1("com1", *m_com1Irq, platform.clock, sinks.com1),
      m_com2("com2", *m_com2Irq, platform.clock, sinks.com2), m_debugConsole(sinks.debugConsole)
{
    if (events.sleepRequested)
        m_powerManagement.setSleepCallback(events.sleepRequested);
    if (events.milestone)
        m_powerManagement.setTakeoverCallback([milestone = events.milestone] {
            milestone("kernel", "the operating system takes over power management");
        });
}

Result<std::unique_ptr<Chipset>> Chipset::create(Bus& ports, GsiLines& gsis, const GuestMemory& memory,
                                                 const MachinePlatform& platform, const MachineEvents& events,
                                                 const ChipsetSinks& sinks)
{
    std::unique_ptr<Chipset> chipset(new Chipset(gsis, memory, platform, events, sinks));
    VM_TRY(chipset->insertAll(ports, !platform.answersPort61));
    return chipset;
}

Result<> Chipset::insertAll(Bus& ports, bool withPort61)
{
    struct Window {
        std::uint16_t base;
        std::uint16_t length;
        BusDevice* device;
    };
    const std::array windows{
        Window{Dma1, 16, &m_dma1},
        Window{KeyboardController, 1, &m_keyboardController.dataPort()},
        Window{KeyboardCommand, 1, &m_keyboardController.commandPort()},
        Window{RealTimeClock, 2, &m_rtc},
        Window{Post, 1, &m_post},
        Window{DmaPages, SystemControlA - DmaPages, &m_dmaPages},
        Window{SystemControlA, 1, &m_systemControlA},
        Window{Apm, 2, &m_apm},
        Window{Dma2, 32, &m_dma2},
        Window{Com2, 8, &m_com2},
        Window{Lpt1, 3, &m_parallel},
        Window{Com1, 8, &m_com1},
        Window{DebugConsole, 1, &m_debugConsole},
        Window{FwCfgPorts, 2, &m_fwCfg.ports()},
        Window{FwCfgDma, 8, &m_fwCfg.dmaPorts()},
    };
    for (const Window& window : windows) {
        const std::uint64_t length =
            window.device == &m_dmaPages ? DmaPageRegisters::PortCount : window.length;
        VM_TRY(ports.insert({.base = window.base, .length = length}, *window.device));
    }
    if (withPort61)
        VM_TRY(ports.insert({.base = SystemControlB, .length = 1}, m_systemControlB));
    return {};
}

void Chipset::reset()
{
    m_rtc.reset();
    m_fwCfg.reset();
    m_powerManagement.reset();
    m_apm.reset();
    m_resetControl.reset();
    m_systemControlA.reset();
    m_systemControlB.reset();
    m_keyboardController.reset();
    m_com1.reset();
    m_com2.reset();
    m_parallel.reset();
    m_dma1.reset();
    m_dma2.reset();
    m_dmaPages.reset();
    m_post.reset();
}

std::vector<Saveable*> Chipset::saveables()
{
    return {&m_rtc,
            &m_fwCfg,
            &m_powerManagement,
            &m_apm,
            &m_resetControl,
            &m_systemControlA,
            &m_systemControlB,

            &m_keyboardController,
            &m_com1,
            &m_com2,
            &m_parallel,
            &m_dma1,
            &m_dma2,
            &m_dmaPages,
            &m_post};
}

} // namespace engine

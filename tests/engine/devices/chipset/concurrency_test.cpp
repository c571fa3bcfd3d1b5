// SPDX-License-Identifier: GPL-3.0-or-later
// Several processors and the host's threads on the same devices at once; the thread sanitizer is the judge.
#include "base/manual_clock.h"
#include "device_probe.h"
#include "devices/chipset/acpi_pm.h"
#include "devices/chipset/cfi_flash.h"
#include "devices/chipset/fw_cfg.h"
#include "devices/chipset/i8042.h"
#include "devices/chipset/legacy_stubs.h"
#include "devices/chipset/rtc.h"
#include "devices/chipset/serial_port.h"
#include "devices/chipset/system_ports.h"

#include <thread>

namespace engine {
namespace {

using namespace std::chrono_literals;
using namespace test;

TEST(ChipsetConcurrency, ManyProcessorsShareEveryDevice)
{
    constexpr unsigned Processors = 4;
    constexpr unsigned Rounds = 30;
    ManualClock clock{std::chrono::sys_days(std::chrono::year(2026) / 11 / 22)};
    UnconnectedIrqLine irq;
    Log log;
    const auto ram =
        GuestMemory::create({{GuestAddress(0), HostBlock::create("ram", 1 << 16).value()}}).value();
    FwCfg fwCfg(ram, log);
    ASSERT_TRUE(fwCfg.addGeneratedFiles({{"etc/t", 8}}, [] { return std::vector<FwCfg::Bytes>(1); }));
    ASSERT_TRUE(fwCfg.setWritableFile("etc/w", FwCfg::Bytes(8), {}));
    Rtc rtc(irq, clock);
    SerialPort serial("com1", irq, clock, nullptr);
    AcpiPm pm(irq, clock);
    ApmPorts apm(pm);
    I8042 keyboard(irq, irq, {});
    SystemControlPortB portB(clock);
    AddressSpace memory;
    const std::vector<std::byte> cells(4 * 4096);
    const auto flash =
        CfiFlash::create("pflash", memory, GuestAddress(0x10'0000), cells, nullptr, log).value();
    {
        std::vector<std::jthread> processors;
        for (unsigned number = 0; number < Processors; ++number)
            processors.emplace_back([&, number] {
                for (unsigned round = 0; round < Rounds; ++round) {
                    const unsigned seed = number * Rounds + round;
                    stir(rtc, 2, seed, 20);
                    stir(serial, 8, seed, 20);
                    stir(pm, AcpiPm::BlockBytes, seed, 20);
                    stir(apm, 2, seed, 5);
                    stir(portB, 1, seed, 5);
                    stir(keyboard.dataPort(), 1, seed, 10);
                    stir(keyboard.commandPort(), 1, seed, 10);
                    stir(fwCfg.ports(), 2, seed, 20);
                    stir(fwCfg.dmaPorts(), 8, seed, 20);
                    stir(*flash, 64, seed, 20);
                }
            });
        processors.emplace_back([&] { // the platform thread and the people's side
            for (unsigned round = 0; round < Rounds; ++round) {
                clock.advance(1ms);
                keyboard.key(30, round % 2 == 0);
                keyboard.moveRelative(1, 1);
                keyboard.sync();
                (void)keyboard.leds();
                pm.pressPowerButton();
                const std::array<std::uint8_t, 3> input{1, 2, 3};
                (void)serial.receive(input);
                (void)rtc.offset();
            }
        });
    }
    rtc.reset();
    serial.reset();
    pm.reset();
    keyboard.reset();
    fwCfg.reset();
    flash->reset();
    EXPECT_EQ(in8(keyboard.commandPort(), 0), 0x18);
    EXPECT_EQ(in8(serial, 5) & 0xfe, 0x60); // input that waits on the host's side survives a reset
    EXPECT_EQ(busRead<std::uint32_t>(pm, 0x30), 0x20U);
    EXPECT_EQ(memory.slots().size(), 1U);
}

} // namespace
} // namespace engine

// SPDX-License-Identifier: GPL-3.0-or-later
// The whole machine without a hypervisor: wiring, reset and saved state.
#include "conformance/software_platform.h"

#include <gtest/gtest.h>

#include <map>
#include <random>
#include <set>

namespace engine {
namespace {

using conformance::SoftwareMachine;

std::unique_ptr<SoftwareMachine> createMachine()
{
    VmConfig config;
    config.memoryBytes = 64 << 20;
    config.cpuCount = 2;
    config.kernel.emplace(); // no firmware; nothing is started
    constexpr auto WallTime = std::chrono::sys_days(std::chrono::year(2026) / 11 / 22);
    return SoftwareMachine::create(config, WallTime).value();
}

using Saved = std::map<std::string, std::vector<std::byte>>;

Saved save(Machine& machine)
{
    Saved states;
    for (const Saveable* device : machine.saveables()) {
        StateWriter out;
        device->saveState(out);
        states[device->stateName()] = out.take();
    }
    return states;
}

/// Port and configuration accesses as a guest may make them, without those that stop it.
void shake(SoftwareMachine& machine, unsigned seed)
{
    std::mt19937 random(seed);
    constexpr std::array<std::uint16_t, 12> Bases{0x00,  0x60,  0x70,  0x80,  0xb2,  0xc0,
                                                  0x1ce, 0x2f8, 0x378, 0x3c0, 0x3f8, 0x510};
    for (int i = 0; i < 3000; ++i) {
        const auto port = static_cast<std::uint16_t>(Bases.at(random() % Bases.size()) + random() % 32);
        const unsigned width = 1U << (random() % 3);
        if (random() % 2 != 0)
            machine.portWrite(port, width, random());
        else
            (void)machine.portRead(port, width);
        if (i % 5 == 0) {
            machine.portWrite(0xcf8, 4,
                              0x80000000U | (random() % 2 != 0 ? 0xf800U : 0U) | (random() & 0x7fcU));
            machine.portWrite(0xcfc, 4, random());
        }
    }
}

TEST(Machine, NamesOfStatesAreUniqueAndTheRootComesLast)
{
    const auto machine = createMachine();
    std::set<std::string> names;
    const auto all = machine->machine().saveables();
    for (const Saveable* device : all)
        EXPECT_TRUE(names.insert(device->stateName()).second) << device->stateName();
    EXPECT_EQ(all.back()->stateName(), "pci-root") << "it places what could not move before";
}

TEST(Machine, SavedStateRestoresIntoAFreshMachine)
{
    for (unsigned seed = 1; seed <= 5; ++seed) {
        const auto first = createMachine();
        shake(*first, seed);
        const Saved states = save(first->machine());
        const auto second = createMachine();
        for (Saveable* device : second->machine().saveables()) {
            StateReader in(states.at(device->stateName()));
            const auto restored = device->restoreState(in);
            EXPECT_TRUE(restored) << device->stateName() << ": " << restored.error().message();
        }
        const Saved again = save(second->machine());
        for (const auto& [name, state] : states)
            EXPECT_EQ(again.at(name), state) << name << ", seed " << seed;
    }
}

TEST(Machine, DevicesRefuseTruncatedStates)
{
    const auto machine = createMachine();
    shake(*machine, 9);
    const Saved states = save(machine->machine());
    for (Saveable* device : machine->machine().saveables()) {
        const auto& state = states.at(device->stateName());
        const std::size_t step = 1 + state.size() / 50;
        for (std::size_t length = 0; length < state.size(); length += step) {
            StateReader in(std::span(state).first(length));
            EXPECT_FALSE(device->restoreState(in)) << device->stateName() << " cut to " << length;
        }
    }
    EXPECT_EQ(save(machine->machine()), states) << "refused states change nothing";
}

TEST(Machine, ResetBringsBackThePowerOnState)
{
    const auto machine = createMachine();
    const auto untouched = machine->portRead(0x70, 1);
    machine->portWrite(0xcf8, 4, 0x80000060);
    machine->portWrite(0xcfc, 4, 0xb0000001);
    EXPECT_EQ(machine->memoryRead(0xb0000000, 4), 0x29c08086U);
    machine->machine().reset();
    EXPECT_EQ(machine->memoryRead(0xb0000000, 4), 0xffffffffU);
    EXPECT_EQ(machine->portRead(0xcf8, 4), 0U);
    EXPECT_EQ(machine->portRead(0x70, 1), untouched);
}

TEST(Machine, KernelsWithoutFirmwareFindTheKeyboardAsFirmwareLeavesIt)
{
    const auto machine = createMachine();
    EXPECT_FALSE(machine->machine().prepareStart()) << "there is no kernel; devices come first";
    machine->portWrite(0x64, 1, 0x20); // read the command byte
    EXPECT_EQ(machine->portRead(0x60, 1), 0x61U);
}

TEST(Machine, ResetPortsAskTheOwner)
{
    const auto machine = createMachine();
    machine->portWrite(0xcf9, 1, 0x02);
    EXPECT_EQ(machine->resetRequests(), 0U);
    machine->portWrite(0xcf9, 1, 0x06);
    EXPECT_EQ(machine->resetRequests(), 1U);
    machine->portWrite(0x64, 1, 0xfe);
    EXPECT_EQ(machine->resetRequests(), 2U);
    machine->portWrite(0x92, 1, 0x01);
    EXPECT_EQ(machine->resetRequests(), 3U);
}

TEST(Machine, InterruptsArriveAtTheRightInput)
{
    const auto machine = createMachine();
    std::vector<std::pair<unsigned, bool>> seen;
    machine->platform().setIrqListener(
        [&](unsigned gsi, bool asserted) { seen.emplace_back(gsi, asserted); });
    machine->portWrite(0x3fc, 1, 0x08); // COM1: OUT2
    machine->portWrite(0x3f9, 1, 0x02); // transmitter empty
    EXPECT_TRUE(machine->platform().irqLevel(4));
    EXPECT_EQ(machine->portRead(0x3fa, 1) & 0x0f, 0x02U);
    EXPECT_FALSE(machine->platform().irqLevel(4));
    EXPECT_EQ(seen, (std::vector<std::pair<unsigned, bool>>{{4, true}, {4, false}}));
    machine->platform().setIrqListener({});
}

} // namespace
} // namespace engine

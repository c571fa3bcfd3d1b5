// SPDX-License-Identifier: GPL-3.0-or-later
// Guests that are not in long mode, under the real KVM with the instruction assist.
#include "engine/kvm/test_vm.h"
#include "kvm/instruction_assist.h"
#include "kvm/user_entry.h"

using namespace engine;
using namespace engine::kvm;
using namespace engine::kvm::test;

TEST(LegacyGuest, EventsReachTheirHandlersFromEverywhere)
{
    SKIP_WITHOUT_KVM();
    const auto machine = TestVm::create(GUEST_PROTECTED_EVENTS);
    ASSERT_TRUE(machine);
    InstructionAssist assist(*machine->vcpus[0], *machine->memory, machine->log);
    UserEntry entry(*machine->vcpus[0], *machine->memory);
    machine->answer = [&](const VcpuExit& exit) {
        const auto* stop = std::get_if<DebugStop>(&exit);
        return stop != nullptr && entry.handle(*stop).has_value();
    };
    std::string failure;
    machine->assist = [&](Vcpu&, VcpuRunHandle&, const InternalError& error) {
        auto completed = assist.complete(error);
        if (completed)
            completed = entry.watch();
        if (!completed)
            failure = completed.error().message();
        return completed.has_value();
    };
    machine->shutdownAssist = [&] { return assist.completeShutdown().value_or(false); };
    ASSERT_TRUE(machine->vcpus[0]->enter(PvhEntry{.entryPoint = CodeBase}));

    const VcpuExit last = machine->run(0);

    EXPECT_EQ(failure, "");
    EXPECT_FALSE(machine->done.reports().empty()) << describe(last);
    EXPECT_EQ(machine->report.reports(), (std::vector<std::uint64_t>{
                                             0x40, 3, 6, 0, 13, 0x1230, 0x1111, // flat
                                             0x40, 3, 6, 0, 13, 0x1230, 0x3333, // in a program
                                             0x40, 3, 6, 0, 13, 0x1230, 0x2222, // with a base
                                         }));
}

TEST(LegacyGuest, ATripleFaultStaysOne)
{
    SKIP_WITHOUT_KVM();
    const auto machine = TestVm::create(GUEST_TRIPLE_FAULT);
    ASSERT_TRUE(machine);
    InstructionAssist assist(*machine->vcpus[0], *machine->memory, machine->log);
    machine->shutdownAssist = [&] { return assist.completeShutdown().value_or(false); };
    ASSERT_TRUE(machine->vcpus[0]->enter(PvhEntry{.entryPoint = CodeBase}));
    EXPECT_TRUE(std::holds_alternative<ShutDown>(machine->run(0)));
}

TEST(LegacyGuest, OldInstructionsWorkInRealMode)
{
    SKIP_WITHOUT_KVM();
    const auto machine = TestVm::create(GUEST_DECIMAL);
    ASSERT_TRUE(machine);
    InstructionAssist assist(*machine->vcpus[0], *machine->memory, machine->log);
    machine->assist = [&](Vcpu&, VcpuRunHandle&, const InternalError& error) {
        return assist.complete(error).has_value();
    };
    ASSERT_TRUE(machine->vcpus[0]->enter(RealModeEntry{.codeSegment = CodeBase >> 4}));

    const VcpuExit last = machine->run(0);

    EXPECT_FALSE(machine->done.reports().empty()) << describe(last);
    EXPECT_EQ(machine->report.reports(), (std::vector<std::uint64_t>{0x42, 0x15, 0x402, 0x208, 9}));
}

// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/kvm/test_vm.h"
#include "kvm/instruction_assist.h"
#include "kvm/user_entry.h"

using namespace engine;
using namespace engine::kvm;
using namespace engine::kvm::test;

namespace {

TEST(UserEntry, ProgramsReachTheirKernelAndComeBack)
{
    SKIP_WITHOUT_KVM();
    const auto machine = TestVm::create(GUEST_USER_CALLS);
    ASSERT_TRUE(machine);
    InstructionAssist assist(*machine->vcpus[0], *machine->memory, machine->log);
    UserEntry entry(*machine->vcpus[0], *machine->memory);
    machine->assist = [&](Vcpu&, VcpuRunHandle&, const InternalError& error) {
        return assist.complete(error).has_value();
    };
    int stops = 0;
    machine->answer = [&](const VcpuExit& exit) {
        if (const auto* write = std::get_if<WrMsr>(&exit))
            return entry.writeRegister(*write).has_value();
        const auto* stop = std::get_if<DebugStop>(&exit);
        return stop != nullptr && ++stops < 10'000 && entry.handle(*stop).has_value();
    };
    ASSERT_TRUE(machine->vcpus[0]->enter(machine->longModeEntry()));

    const VcpuExit last = machine->run(0);

    EXPECT_FALSE(machine->done.reports().empty()) << describe(last);
    const std::vector<std::uint64_t> expected{
        0x101, 0,    0x10, // SYSCALL: interrupts off, the kernel's CS
        0x102, 0x10,       // INT 80h
        3,                 // INT3
        0xE06, 6,          // a write to nowhere, an invalid opcode
        0x103, 0,    0x10, // after a hundred of both calls
        0x1FF, 0,    0x10,
    };
    EXPECT_EQ(machine->report.reports(), expected);
    RecordProperty("stops", std::to_string(stops));
}

} // namespace

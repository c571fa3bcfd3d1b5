// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/kvm/test_vm.h"
#include "kvm/instruction_assist.h"

using namespace engine;
using namespace engine::kvm;
using namespace engine::kvm::test;

TEST(AssistGuest, KernelModeInstructionsGiveTheRightResults)
{
    SKIP_WITHOUT_KVM();
    const auto machine = TestVm::create(GUEST_ASSIST);
    ASSERT_TRUE(machine);
    InstructionAssist assist(*machine->vcpus[0], *machine->memory, machine->log);
    std::string failure;
    machine->assist = [&](Vcpu&, VcpuRunHandle&, const InternalError& error) {
        const auto completed = assist.complete(error);
        if (!completed)
            failure = completed.error().message();
        return completed.has_value();
    };
    ASSERT_TRUE(machine->vcpus[0]->enter(machine->longModeEntry()));

    const VcpuExit last = machine->run(0);

    EXPECT_EQ(failure, "");
    EXPECT_FALSE(machine->done.reports().empty()) << describe(last);
    std::vector<std::uint64_t> reports = machine->report.reports();
    ASSERT_GT(reports.size(), 2U);
    // AMD's CPUs keep it only while an exception is pending, so it may be zero there.
    EXPECT_TRUE(reports[1] == 0 || (reports[1] >= CodeBase && reports[1] < CodeBase + 4096))
        << "the x87 instruction pointer is the guest's: " << reports[1];
    reports.erase(reports.begin() + 1);
    EXPECT_EQ(reports, (std::vector<std::uint64_t>{
                           0x40110000,                         // x87 addition
                           0x33221100, 0xBBAA9988, 0x66442200, // SSE across pages
                           0xFFEEDDCC,                         // SSE on a device
                           1,          4,          0,          // CMPXCHG16B
                           8,          0,                      // POPCNT
                           1,          0x1003,                 // breakpoint
                           0x7000,     0,          0x100E,     // page fault
                           0,          0x100D,                 // misaligned
                           19,         0x1013,                 // division by zero
                           0x33221100,                         // XSAVE and XRSTOR
                       }));
    const auto device = machine->scratch.bytes(0x40, 16);
    EXPECT_EQ(loadLittleEndian(std::span(device).first(8)), 0x7766554433221100U);
    RecordProperty("completed", std::to_string(assist.completedCount()));
    RecordProperty("faults", std::to_string(assist.faultCount()));
}

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

TEST(AssistGuest, WritesToTrackedMemoryAreSeenWhoeverMakesThem)
{
    SKIP_WITHOUT_KVM();
    constexpr std::uint64_t PageBytes = 4096;
    constexpr std::uint64_t TablePages = 6;
    const auto machine = TestVm::create(GUEST_TRACKED_WRITES);
    ASSERT_TRUE(machine);
    const auto track = [&](std::uint64_t base, std::uint64_t pages) {
        auto block = HostBlock::create("tracked", pages * PageBytes);
        EXPECT_TRUE(block);
        MemoryMapping mapping;
        mapping.base = GuestAddress(base);
        mapping.length = pages * PageBytes;
        mapping.block = *block;
        mapping.priority = 1;
        mapping.logDirty = true;
        const auto id = machine->memory->map(mapping);
        EXPECT_TRUE(id);
        return id.value_or(0);
    };
    const MappingId data = track(DataBase, 4);
    const MappingId tables = track(PageTableBase, TablePages);
    InstructionAssist assist(*machine->vcpus[0], *machine->memory, machine->log);
    machine->assist = [&](Vcpu&, VcpuRunHandle&, const InternalError& error) {
        return assist.complete(error).has_value();
    };
    ASSERT_TRUE(machine->vcpus[0]->enter(machine->longModeEntry()));
    (void)machine->memory->takeDirty(data);
    (void)machine->memory->takeDirty(tables);

    const VcpuExit last = machine->run(0);

    ASSERT_FALSE(machine->done.reports().empty()) << describe(last);
    EXPECT_EQ(machine->load(DataBase + 0x1020, 8), 0x1234U);
    EXPECT_EQ(machine->memory->takeDirty(data), std::vector<std::uint64_t>{0b10});
    // The page directory of the fourth GiB has the device's entry.
    constexpr std::uint64_t DeviceEntry =
        PageTableBase + 5 * PageBytes + (DeviceBase >> 21 & 511) * sizeof(std::uint64_t);
    EXPECT_EQ(machine->load(DeviceEntry, 8) & 0x60, 0x60U) << "accessed and dirty";
    EXPECT_NE(machine->memory->takeDirty(tables).at(0) & 1U << 5, 0U);
    RecordProperty("completed", std::to_string(assist.completedCount()));
}

// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/kvm/test_vm.h"

using namespace engine;
using namespace engine::kvm;
using namespace engine::kvm::test;

namespace {

constexpr PvhEntry FlatEntry{.entryPoint = CodeBase, .startInfo = 0};

std::vector<std::byte> save(const Saveable& saveable)
{
    StateWriter out;
    saveable.saveState(out);
    return out.take();
}

Result<> restore(Saveable& saveable, std::span<const std::byte> state)
{
    StateReader in(state);
    return saveable.restoreState(in);
}

/// Runs the counting guest until it has reported `reports` times, then a little further by kicks.
void runCounting(TestVm& machine, std::size_t reports)
{
    machine.startThreads();
    ASSERT_TRUE(machine.report.waitFor(reports));
    machine.stopThreads();
    Vcpu& vcpu = *machine.vcpus[0];
    VcpuRunHandle handle = vcpu.bindToThisThread();
    ASSERT_TRUE(vcpu.completePending(handle));
}

} // namespace

TEST(VcpuState, AnotherVmContinuesTheLoopWhereItWasSaved)
{
    SKIP_WITHOUT_KVM();
    const auto first = TestVm::create(GUEST_COUNTING_LOOP);
    ASSERT_TRUE(first);
    ASSERT_TRUE(first->vcpus[0]->enter(FlatEntry));
    runCounting(*first, 2);
    const auto reported = first->report.reports().back();
    const auto state = save(*first->vcpus[0]);
    std::vector<std::vector<std::byte>> machineStates;
    for (Saveable* saveable : first->vm->saveables())
        machineStates.push_back(save(*saveable));

    const auto second = TestVm::create(GUEST_COUNTING_LOOP);
    ASSERT_TRUE(second);
    second->store(DataBase, first->load(DataBase, 4), 4);
    const auto restored = restore(*second->vcpus[0], state);
    ASSERT_TRUE(restored) << restored.error().message();
    for (std::size_t i = 0; i < machineStates.size(); ++i)
        ASSERT_TRUE(restore(*second->vm->saveables()[i], machineStates[i]));
    ASSERT_TRUE(second->vm->clock().resume(StoppedTime::Skipped));
    runCounting(*second, 3);

    for (const std::uint64_t count : second->report.reports())
        EXPECT_EQ(count % 4096, 0U) << "the guest found its own state broken";
    EXPECT_EQ(second->report.reports().front(), reported + 4096);
}

TEST(VcpuState, SaveRestoreSaveGivesTheSameBytes)
{
    SKIP_WITHOUT_KVM();
    const auto machine = TestVm::create(GUEST_COUNTING_LOOP);
    ASSERT_TRUE(machine);
    ASSERT_TRUE(machine->vcpus[0]->enter(FlatEntry));
    runCounting(*machine, 1);
    for (Saveable* saveable : machine->vm->saveables()) {
        if (saveable->stateName() == "pit")
            continue; // its load time is the moment of restoring
        if (saveable->stateName() == "kvm-clock")
            ASSERT_TRUE(machine->vm->clock().stop());
        const auto state = save(*saveable);
        ASSERT_TRUE(restore(*saveable, state));
        EXPECT_EQ(save(*saveable), state) << saveable->stateName();
    }
}

TEST(VcpuState, BrokenStateChangesNothing)
{
    SKIP_WITHOUT_KVM();
    const auto machine = TestVm::create(GUEST_COUNTING_LOOP);
    ASSERT_TRUE(machine);
    Vcpu& vcpu = *machine->vcpus[0];
    ASSERT_TRUE(vcpu.enter(FlatEntry));
    const auto state = save(vcpu);
    const auto address = vcpu.instructionAddress();

    for (std::size_t length = 0; length < state.size(); length += 7)
        EXPECT_FALSE(restore(vcpu, std::span(state).first(length))) << length;
    auto extra = state;
    extra.push_back(std::byte{0});
    EXPECT_FALSE(restore(vcpu, extra));

    EXPECT_EQ(vcpu.instructionAddress(), address);
    runCounting(*machine, 1);
    EXPECT_EQ(machine->report.reports().front(), 4096U);
}

TEST(VcpuState, ResetLeadsBackToTheResetVector)
{
    SKIP_WITHOUT_KVM();
    const auto machine = TestVm::create(GUEST_COUNTING_LOOP);
    ASSERT_TRUE(machine);
    Vcpu& vcpu = *machine->vcpus[0];
    EXPECT_EQ(vcpu.instructionAddress(), 0xFFFFFFF0);
    ASSERT_TRUE(vcpu.enter(FlatEntry));
    runCounting(*machine, 1);

    ASSERT_TRUE(vcpu.reset());
    ASSERT_TRUE(machine->vm->reset());

    EXPECT_EQ(vcpu.instructionAddress(), 0xFFFFFFF0);
    ASSERT_TRUE(vcpu.enter(FlatEntry));
    runCounting(*machine, 2);
    EXPECT_EQ(machine->report.reports()[1], 4096U) << "it counts from the start again";
}

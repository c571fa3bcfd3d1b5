// SPDX-License-Identifier: GPL-3.0-or-later
// Memory slots and collected writes under a running guest.
#include "engine/kvm/test_vm.h"

using namespace engine;
using namespace engine::kvm;
using namespace engine::kvm::test;

namespace {

constexpr std::uint64_t PageBytes = 4096;
constexpr RealModeEntry RealEntry{.codeSegment = CodeBase >> 4, .stackPointer = 0x8000};

std::shared_ptr<HostBlock> block(std::uint64_t bytes)
{
    auto created = HostBlock::create("test", bytes);
    EXPECT_TRUE(created);
    return created.value_or(nullptr);
}

} // namespace

TEST(GuestMemorySlots, DirtyPagesAreReportedOnce)
{
    SKIP_WITHOUT_KVM();
    const auto machine = TestVm::create(GUEST_COUNTING_LOOP);
    ASSERT_TRUE(machine);
    MemoryMapping tracked;
    tracked.base = GuestAddress(DataBase);
    tracked.length = 4 * PageBytes;
    tracked.block = block(tracked.length);
    tracked.priority = 1;
    tracked.logDirty = true;
    const auto id = machine->memory->map(tracked);
    ASSERT_TRUE(id);
    ASSERT_TRUE(machine->vcpus[0]->enter(PvhEntry{.entryPoint = CodeBase}));
    machine->startThreads();
    ASSERT_TRUE(machine->report.waitFor(1));
    machine->stopThreads();

    EXPECT_EQ(machine->memory->takeDirty(*id), std::vector<std::uint64_t>{1}) << "the guest writes one page";
    EXPECT_EQ(machine->memory->takeDirty(*id), std::vector<std::uint64_t>{0});
    machine->memory->write(GuestAddress(DataBase + 2 * PageBytes), std::as_bytes(std::span("x", 1)));
    EXPECT_EQ(machine->memory->takeDirty(*id), std::vector<std::uint64_t>{4}) << "our own writes count too";
}

TEST(GuestMemorySlots, WritesToReadOnlyMemoryReachTheDevice)
{
    SKIP_WITHOUT_KVM();
    const auto machine = TestVm::create(GUEST_REAL_MODE_IO);
    ASSERT_TRUE(machine);
    MemoryMapping rom;
    rom.base = GuestAddress(0xC0000);
    rom.length = PageBytes;
    rom.block = block(PageBytes);
    rom.access = MemoryAccess::ReadOnly;
    const std::array content = {std::byte{0x34}, std::byte{0x12}};
    ASSERT_TRUE(rom.block->write(0x10, content));
    ASSERT_TRUE(machine->memory->map(rom));
    ASSERT_TRUE(machine->vcpus[0]->enter(RealEntry));

    (void)machine->run(0);

    ASSERT_FALSE(machine->report.reports().empty());
    EXPECT_EQ(machine->report.reports().back(), 0x1234U) << "reads come from the memory";
    EXPECT_EQ(machine->lowScratch.bytes(0x10, 2), (std::vector{std::byte{0xEF}, std::byte{0xBE}}));
}

TEST(GuestMemorySlots, SlotsCanBeReplacedAgainAndAgain)
{
    SKIP_WITHOUT_KVM();
    const auto machine = TestVm::create(GUEST_COUNTING_LOOP);
    ASSERT_TRUE(machine);
    MemoryMapping window;
    window.base = GuestAddress(0xE0000000);
    window.length = PageBytes;
    window.block = block(PageBytes);
    for (int round = 0; round < 2000; ++round) {
        const auto id = machine->memory->map(window);
        ASSERT_TRUE(id) << "round " << round << ": " << id.error().message();
        machine->memory->unmap(*id);
    }
}

TEST(GuestMemorySlots, CollectedWritesArriveBeforeTheNextAccess)
{
    SKIP_WITHOUT_KVM();
    const auto machine = TestVm::create(GUEST_REAL_MODE_IO);
    ASSERT_TRUE(machine);
    const CoalescedZone zone{.space = CoalescedZone::Space::Memory, .address = 0xC0000, .length = 4096};
    if (!machine->vm->coalescedWrites().addZone(zone))
        GTEST_SKIP() << "this host's KVM does not collect writes";
    ASSERT_TRUE(machine->vcpus[0]->enter(RealEntry));

    (void)machine->run(0);

    ASSERT_FALSE(machine->report.reports().empty());
    EXPECT_EQ(machine->report.reports().back(), 0xBEEFU) << "the read sees the write before it";
    machine->vm->coalescedWrites().removeZone(zone);
}

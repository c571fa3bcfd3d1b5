// SPDX-License-Identifier: GPL-3.0-or-later
// The instruction assist without KVM: paging, locked access, tracked memory.
#include "engine/kvm/assist_fixture.h"

#include <thread>

using namespace engine;
using namespace engine::kvm::assist;
using namespace engine::kvm::assist::test;

TEST_F(Assist, PageFaultsAreRaisedWithAddressAndCode)
{
    // One table: 4-level, code identity-mapped, Data read-only, the next page absent.
    constexpr std::uint64_t Tables = 0x80000;
    store(Tables, (Tables + 0x1000) | 7);
    store(Tables + 0x1000, (Tables + 0x2000) | 7);
    store(Tables + 0x2000, (Tables + 0x3000) | 7);
    store(Tables + 0x3000 + Code / 4096 * 8, Code | 3);
    store(Tables + 0x3000 + Data / 4096 * 8, Data | 1);
    cpu.cr0 |= Cr0Paging | Cr0WriteProtect;
    cpu.cr3 = Tables;
    cpu.cr4 |= Cr4PhysicalExtension;
    store(Data + 0xFF8, 0x55);

    cpu.general[Rbx] = Data;
    ASSERT_TRUE(completed(step({0xF3, 0x0F, 0x6F, 0x03}))); // movdqu xmm0, [rbx]
    EXPECT_EQ(load(Tables + 0x3000 + Data / 4096 * 8), Data | 0x21) << "accessed, not dirty";
    GuestFault fault = faultOf(step({0xF3, 0x0F, 0x7F, 0x03})); // movdqu [rbx], xmm0
    EXPECT_EQ(fault.vector, Vector::PageFault);
    EXPECT_EQ(fault.errorCode, 3U) << "present, write";
    EXPECT_EQ(fault.address, Data);

    store(Tables + 0x3000 + Data / 4096 * 8, Data | 3);
    cpu.general[Rbx] = Data + 0xFF8;
    fault = faultOf(step({0xF3, 0x0F, 0x7F, 0x03}));
    EXPECT_EQ(fault.errorCode, 2U) << "the second half is not there";
    EXPECT_EQ(fault.address, Data + 0x1000);
    EXPECT_EQ(load(Data + 0xFF8), 0x55U) << "and so the first half was not written";

    cpu.general[Rbx] = 0x0000800000000000;
    EXPECT_EQ(faultOf(step({0xF3, 0x0F, 0x6F, 0x03})).vector, Vector::GeneralProtection) << "not canonical";
}

TEST_F(Assist, LockedInstructionsWorkOnTheGuestsOwnMemory)
{
    store(Data, 1);
    store(Data + 8, 2);
    cpu.general[Rsi] = Data;
    cpu.general[Rax] = 1;
    cpu.general[Rdx] = 2;
    cpu.general[Rbx] = 3;
    cpu.general[Rcx] = 4;
    ASSERT_TRUE(completed(step({0xF0, 0x48, 0x0F, 0xC7, 0x0E}))); // lock cmpxchg16b [rsi]
    EXPECT_EQ(cpu.flags >> 6 & 1, 1U);
    EXPECT_EQ(load(Data), 3U);
    EXPECT_EQ(load(Data + 8), 4U);
    EXPECT_EQ(cpu.general[Rsi], Data);
}

TEST_F(Assist, LockedWritesToTrackedMemoryAreSeen)
{
    const MappingId tracked = track(Data, 2);
    cpu.general[Rdi] = Data + 4096 + 16;
    ASSERT_TRUE(completed(step({0xF0, 0x48, 0xFF, 0x07}))); // lock inc qword [rdi]
    EXPECT_EQ(load(Data + 4096 + 16), 1U);
    EXPECT_EQ(memory.takeDirty(tracked), std::vector<std::uint64_t>{0b10});
    EXPECT_EQ(memory.takeDirty(tracked), std::vector<std::uint64_t>{0});
}

TEST_F(Assist, AccessedAndDirtyBitsInTrackedTablesAreSeen)
{
    constexpr std::uint64_t Tables = 0x80000;
    const MappingId tracked = track(Tables, 4);
    store(Tables, (Tables + 0x1000) | 0x27); // accessed already
    store(Tables + 0x1000, (Tables + 0x2000) | 0x27);
    store(Tables + 0x2000, (Tables + 0x3000) | 7);
    store(Tables + 0x3000 + Code / 4096 * 8, Code | 0x21);
    store(Tables + 0x3000 + Data / 4096 * 8, Data | 3);
    cpu.cr0 |= Cr0Paging;
    cpu.cr3 = Tables;
    cpu.cr4 |= Cr4PhysicalExtension;
    (void)memory.takeDirty(tracked);
    cpu.general[Rbx] = Data;
    ASSERT_TRUE(completed(step({0xF3, 0x0F, 0x7F, 0x03}))); // movdqu [rbx], xmm0
    EXPECT_EQ(load(Tables + 0x3000 + Data / 4096 * 8), Data | 0x63) << "accessed and dirty";
    EXPECT_EQ(load(Tables + 0x2000), (Tables + 0x3000) | 0x27);
    EXPECT_EQ(memory.takeDirty(tracked), std::vector<std::uint64_t>{0b1100});
    ASSERT_TRUE(completed(step({0xF3, 0x0F, 0x7F, 0x03})));
    EXPECT_EQ(memory.takeDirty(tracked), std::vector<std::uint64_t>{0}) << "nothing had to be set";
}

TEST_F(Assist, LockedAdditionsOfTwoCpusAddUp)
{
    constexpr int Rounds = 300;
    const std::vector<std::uint8_t> add = {0xF0, 0x48, 0xFF, 0x07}; // lock inc qword [rdi]
    memory.write(GuestAddress(Code), std::as_bytes(std::span(add)));
    cpu.general[Rdi] = Data;
    const auto work = [&] {
        CpuContext own = cpu;
        FakeServices ownServices;
        KeptState ownState;
        auto ownThunk = NativeThunk::create();
        ASSERT_TRUE(ownThunk);
        for (int i = 0; i < Rounds; ++i) {
            own.instructionPointer = Code;
            ASSERT_TRUE(completed(Stepper(own, memory, ownServices, ownState, ownThunk->get()).step()));
        }
    };
    std::jthread first(work);
    std::jthread second(work);
    first.join();
    second.join();
    EXPECT_EQ(load(Data), 2U * Rounds);
}

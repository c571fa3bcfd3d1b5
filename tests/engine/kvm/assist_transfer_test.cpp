// SPDX-License-Identifier: GPL-3.0-or-later
// The instruction assist without KVM: what changes segments and privilege.
#include "engine/kvm/assist_fixture.h"
#include "kvm/assist/event_delivery.h"

using namespace engine;
using namespace engine::kvm::assist;
using namespace engine::kvm::assist::test;

namespace {

constexpr std::uint64_t Gdt = 0x20000;
constexpr std::uint64_t Idt = 0x21000;
constexpr std::uint64_t Task = 0x22000;
constexpr std::uint64_t KernelStack = 0x30000;
constexpr std::uint16_t KernelCode = 0x08, KernelData = 0x10, UserCode = 0x1B, UserData = 0x23;
constexpr std::uint16_t BasedData = 0x28, LongCode = 0x30, UserLongCode = 0x3B;

/// A kernel's tables: gates to 0x1234567 in KernelCode, and a task state with the kernel's stack.
class Transfer : public Assist {
protected:
    void SetUp() override
    {
        Assist::SetUp();
        store(Gdt + 0x08, 0x00CF9B000000FFFF);
        store(Gdt + 0x10, 0x00CF93000000FFFF);
        store(Gdt + 0x18, 0x00CFFB000000FFFF);
        store(Gdt + 0x20, 0x00CFF3000000FFFF);
        store(Gdt + 0x28, 0x00CF93010000FFFF); // base 0x10000
        store(Gdt + 0x30, 0x00AF9B000000FFFF);
        store(Gdt + 0x38, 0x00AFFB000000FFFF);
        store(Task + 4, KernelStack, 4);
        store(Task + 8, KernelData, 4);
    }
    void enterKernel(std::uint16_t code = KernelCode, std::uint16_t data = KernelData)
    {
        enterProtectedMode();
        withTables();
        cpu.segments[SegmentCs].selector = code;
        cpu.segments[SegmentCs].privilege = code & 3;
        for (const auto segment : {SegmentSs, SegmentDs, SegmentEs}) {
            cpu.segments.at(segment).selector = data;
            cpu.segments.at(segment).privilege = data & 3;
        }
        cpu.general[Rsp] = Data;
        cpu.flags = 0x202;
    }
    void enterLongKernel()
    {
        enterLongMode();
        withTables();
        cpu.segments[SegmentCs].selector = LongCode;
        cpu.segments[SegmentSs].selector = KernelData;
        cpu.general[Rsp] = Data + 8;
        cpu.flags = 0x202;
        store(Task + 4, KernelStack + 8);
        store(Task + 0x24, KernelStack + 0x1000);
    }
    void setGate(unsigned vector, std::uint16_t flags, std::uint16_t selector = KernelCode)
    {
        store(Idt + vector * 8, 0x4567 | std::uint64_t{selector} << 16 | std::uint64_t{flags} << 32
                                    | std::uint64_t{0x0123} << 48);
    }
    void setLongGate(unsigned vector, std::uint16_t flags)
    {
        store(Idt + vector * 16, 0x4567 | std::uint64_t{LongCode} << 16 | std::uint64_t{flags} << 32
                                     | std::uint64_t{0x0123} << 48);
        store(Idt + vector * 16 + 8, 0xFFFFFFFF);
    }
    [[nodiscard]] std::vector<std::uint64_t> words(std::uint64_t address, std::size_t count,
                                                   std::size_t bytes = 4) const
    {
        std::vector<std::uint64_t> result;
        for (std::size_t i = 0; i < count; ++i)
            result.push_back(load(address + i * bytes, bytes));
        return result;
    }

private:
    void withTables()
    {
        cpu.gdtBase = Gdt;
        cpu.gdtLimit = 0x3F;
        cpu.interruptTable = {.base = Idt, .limit = 0x7FF};
        cpu.task = {.base = Task, .limit = 0x67};
    }
};

using Words = std::vector<std::uint64_t>;
constexpr std::uint16_t InterruptGate = 0x8E00, TrapGate = 0x8F00, ShortGate = 0x8600, ForUsers = 0x6000;

} // namespace

TEST_F(Transfer, SoftwareInterruptEntersTheHandlerOnTheSameStack)
{
    enterKernel();
    setGate(0x40, InterruptGate);
    ASSERT_TRUE(completed(step({0xCD, 0x40})));
    EXPECT_EQ(cpu.instructionPointer, 0x1234567U);
    EXPECT_EQ(cpu.general[Rsp], Data - 12);
    EXPECT_EQ(words(Data - 12, 3), (Words{Code + 2, KernelCode, 0x202}));
    EXPECT_EQ(cpu.flags, 0x002U) << "an interrupt gate keeps others away";

    enterKernel();
    setGate(0x40, TrapGate);
    ASSERT_TRUE(completed(step({0xCD, 0x40})));
    EXPECT_EQ(cpu.flags, 0x202U);

    enterKernel();
    setGate(0x40, ShortGate);
    ASSERT_TRUE(completed(step({0xCD, 0x40})));
    EXPECT_EQ(cpu.instructionPointer, 0x4567U);
    EXPECT_EQ(words(Data - 6, 3, 2), (Words{Code + 2, KernelCode, 0x202}));
}

TEST_F(Transfer, StackSegmentsWithABaseGetTheFrame)
{
    enterKernel();
    cpu.segments[SegmentSs].selector = BasedData;
    cpu.segments[SegmentSs].base = 0x10000;
    cpu.general[Rsp] = 0x5000;
    setGate(0x40, InterruptGate);
    ASSERT_TRUE(completed(step({0xCD, 0x40})));
    EXPECT_EQ(cpu.general[Rsp], 0x5000U - 12);
    EXPECT_EQ(words(0x15000 - 12, 3), (Words{Code + 2, KernelCode, 0x202}));
    EXPECT_EQ(words(0x5000 - 12, 3), (Words{0, 0, 0}));
}

TEST_F(Transfer, UserProgramsEnterTheKernelThroughItsStackAndComeBack)
{
    enterKernel(UserCode, UserData);
    setGate(0x40, InterruptGate | ForUsers);
    ASSERT_TRUE(completed(step({0xCD, 0x40})));
    EXPECT_EQ(words(KernelStack - 20, 5), (Words{Code + 2, UserCode, 0x202, Data, UserData}));
    EXPECT_EQ(cpu.general[Rsp], KernelStack - 20);
    EXPECT_EQ(cpu.segments[SegmentCs].selector, KernelCode);
    EXPECT_EQ(cpu.segments[SegmentSs].selector, KernelData);
    EXPECT_EQ(cpu.privilege(), 0U);

    cpu.segments[SegmentDs] = {.selector = KernelData};
    ASSERT_TRUE(completed(step({0xCF}))); // iretd
    EXPECT_EQ(cpu.instructionPointer, Code + 2);
    EXPECT_EQ(cpu.privilege(), 3U);
    EXPECT_EQ(cpu.general[Rsp], Data);
    EXPECT_EQ(cpu.flags, 0x202U);
    EXPECT_EQ(cpu.segments[SegmentDs].selector, 0) << "the kernel's segment does not stay loaded";
    EXPECT_EQ(cpu.segments[SegmentEs].selector, UserData);
}

TEST_F(Transfer, FarReturnStartsAProgram)
{
    enterKernel();
    const std::array<std::uint64_t, 6> frame{0x5000, UserCode, 0xAAAA, 0xBBBB, 0x7000, UserData};
    for (std::size_t i = 0; i < frame.size(); ++i)
        store(Data + i * 4, frame.at(i), 4);
    ASSERT_TRUE(completed(step({0xCA, 0x08, 0x00}))); // retf 8
    EXPECT_EQ(cpu.instructionPointer, 0x5000U);
    EXPECT_EQ(cpu.privilege(), 3U);
    EXPECT_EQ(cpu.general[Rsp], 0x7008U) << "parameters leave both stacks";
    EXPECT_EQ(cpu.flags, 0x202U);
    EXPECT_EQ(cpu.segments[SegmentSs].selector, UserData);
    EXPECT_EQ(cpu.segments[SegmentDs].selector, 0) << "the kernel's segment does not stay loaded";

    enterKernel();
    store(Data + 20, KernelData, 4);
    EXPECT_EQ(faultOf(step({0xCA, 0x08, 0x00})),
              (GuestFault{Vector::GeneralProtection, KernelData, 0, false}));
}

TEST_F(Transfer, GatesRefuseWhatTheManualSaysTheyRefuse)
{
    const auto refused = [&](std::uint16_t flags, std::uint16_t selector = KernelCode) {
        enterKernel(UserCode, UserData);
        setGate(0x40, flags, selector);
        return faultOf(step({0xCD, 0x40}));
    };
    constexpr std::uint32_t Named = 0x40 * 8 + 2;
    EXPECT_EQ(refused(InterruptGate), (GuestFault{Vector::GeneralProtection, Named, 0, false}))
        << "not for users";
    EXPECT_EQ(refused(0x0E00 | ForUsers), (GuestFault{Vector::SegmentNotPresent, Named, 0, false}));
    EXPECT_EQ(refused(0x8C00 | ForUsers), (GuestFault{Vector::GeneralProtection, Named, 0, false}))
        << "a call gate";
    EXPECT_EQ(refused(InterruptGate | ForUsers, KernelData),
              (GuestFault{Vector::GeneralProtection, KernelData, 0, false}));
    EXPECT_EQ(refused(InterruptGate | ForUsers, 0), (GuestFault{Vector::GeneralProtection, 0, 0, false}));
    store(Task + 8, UserData, 4);
    EXPECT_EQ(refused(InterruptGate | ForUsers),
              (GuestFault{Vector::InvalidTask, UserData & 0xFFFCU, 0, false}));
    enterKernel();
    EXPECT_TRUE(unsupported((setGate(0x40, 0x8500), step({0xCD, 0x40})))) << "a task gate";
    cpu.interruptTable.limit = 0x40 * 8 + 6;
    EXPECT_EQ(faultOf(step({0xCD, 0x40})), (GuestFault{Vector::GeneralProtection, Named, 0, false}));
}

TEST_F(Transfer, FaultsGoToTheirHandlersAndTwoTogetherAreADoubleFault)
{
    GuestPages pages(memory);
    enterKernel();
    setGate(13, InterruptGate);
    ASSERT_TRUE(raiseFault(cpu, LinearMemory(cpu, pages), {Vector::GeneralProtection, 0x1230, 0, false}));
    EXPECT_EQ(words(Data - 16, 4), (Words{0x1230, Code, KernelCode, 0x10202})) << "with the resume flag";

    enterKernel();
    setGate(13, 0); // nothing there
    setGate(8, InterruptGate);
    ASSERT_TRUE(raiseFault(cpu, LinearMemory(cpu, pages), {Vector::GeneralProtection, 0x1230, 0, false}));
    EXPECT_EQ(cpu.instructionPointer, 0x1234567U);
    EXPECT_EQ(load(Data - 16, 4), 0U);

    enterKernel();
    cpu.interruptTable.limit = 0;
    const auto stack = cpu.general[Rsp];
    EXPECT_FALSE(raiseFault(cpu, LinearMemory(cpu, pages), {Vector::GeneralProtection, 0x1230, 0, false}))
        << "a triple fault";
    EXPECT_EQ(cpu.general[Rsp], stack);
}

TEST_F(Transfer, LongModeAlignsTheStackAndKnowsInterruptStacks)
{
    enterLongKernel();
    setLongGate(0x40, InterruptGate);
    ASSERT_TRUE(completed(step({0xCD, 0x40})));
    EXPECT_EQ(cpu.instructionPointer, 0xFFFFFFFF01234567U);
    EXPECT_EQ(cpu.general[Rsp], Data - 40);
    EXPECT_EQ(words(Data - 40, 5, 8), (Words{Code + 2, LongCode, 0x202, Data + 8, KernelData}));
    ASSERT_TRUE(completed(step({0x48, 0xCF}))); // iretq
    EXPECT_EQ(cpu.general[Rsp], Data + 8);
    EXPECT_EQ(cpu.instructionPointer, Code + 2);

    setLongGate(0x40, InterruptGate | 1); // IST1
    ASSERT_TRUE(completed(step({0xCD, 0x40})));
    EXPECT_EQ(cpu.general[Rsp], KernelStack + 0x1000 - 40);

    enterLongKernel();
    cpu.segments[SegmentCs] = {.selector = UserLongCode, .privilege = 3, .is64Bit = true};
    cpu.segments[SegmentSs] = {.selector = UserData, .privilege = 3};
    setLongGate(0x40, InterruptGate | ForUsers);
    ASSERT_TRUE(completed(step({0xCD, 0x40})));
    EXPECT_EQ(cpu.general[Rsp], KernelStack - 40);
    EXPECT_EQ(cpu.segments[SegmentSs].selector, 0) << "a null selector at the kernel's level";
    EXPECT_EQ(cpu.privilege(), 0U);
}

TEST_F(Transfer, ReturnInto64BitModeTakesANullStackSegmentBelowUserLevelOnly)
{
    enterLongKernel();
    const auto put = [&](std::uint16_t code, std::uint16_t stack) {
        const std::array<std::uint64_t, 5> frame{0x5000, code, 0x246, 0x7000, stack};
        for (std::size_t i = 0; i < frame.size(); ++i)
            store(Data + 8 + i * 8, frame.at(i));
    };
    put(LongCode, 0);
    ASSERT_TRUE(completed(step({0x48, 0xCF})));
    EXPECT_EQ(cpu.general[Rsp], 0x7000U);
    EXPECT_EQ(cpu.flags, 0x246U);
    EXPECT_EQ(cpu.loaded[SegmentSs], 0U);
    enterLongKernel();
    put(UserLongCode, 3);
    EXPECT_EQ(faultOf(step({0x48, 0xCF})), GuestFault::generalProtection());
    put(UserLongCode, UserData);
    ASSERT_TRUE(completed(step({0x48, 0xCF})));
    EXPECT_EQ(cpu.privilege(), 3U);
    EXPECT_TRUE(cpu.isLongMode());
}

TEST_F(Transfer, Virtual8086ProgramsAreEnteredAndLeft)
{
    enterKernel();
    const std::array<std::uint64_t, 9> frame{0x123,  0x2000, 0x20202, 0xF00, 0x3000,
                                             0x4000, 0x5000, 0x6000,  0x7000};
    for (std::size_t i = 0; i < frame.size(); ++i)
        store(Data + i * 4, frame.at(i), 4);
    ASSERT_TRUE(completed(step({0xCF})));
    EXPECT_EQ(cpu.segments[SegmentCs].base, 0x20000U);
    EXPECT_EQ(cpu.segments[SegmentGs].base, 0x70000U);
    EXPECT_EQ(cpu.general[Rsp], 0xF00U);
    EXPECT_EQ(cpu.privilege(), 3U);

    GuestPages pages(memory);
    setGate(13, InterruptGate);
    ASSERT_TRUE(raiseFault(cpu, LinearMemory(cpu, pages), {Vector::GeneralProtection, 0, 0, false}));
    EXPECT_EQ(words(KernelStack - 40, 10),
              (Words{0, 0x123, 0x2000, 0x30202, 0xF00, 0x3000, 0x4000, 0x5000, 0x6000, 0x7000}));
    EXPECT_EQ(cpu.segments[SegmentDs].selector, 0);
    EXPECT_EQ(cpu.flags & FlagVirtual8086, 0U);
}

TEST_F(Transfer, FlatKernelReturnsFromItsInterrupt)
{
    enterKernel();
    store(Data, 0x12345678, 4);
    store(Data + 4, KernelCode, 4);
    store(Data + 8, 0x246, 4);
    ASSERT_TRUE(completed(step({0xCF}))); // iretd
    EXPECT_EQ(cpu.instructionPointer, 0x12345678U);
    EXPECT_EQ(cpu.flags, 0x246U);
    EXPECT_EQ(cpu.general[Rsp], Data + 12);
    enterKernel();
    store(Data + 4, KernelData, 4);
    EXPECT_EQ(faultOf(step({0xCF})), (GuestFault{Vector::GeneralProtection, KernelData, 0, false}));
    cpu.flags |= FlagNestedTask;
    EXPECT_TRUE(unsupported(step({0xCF}))) << "back to another task";
}

TEST_F(Assist, FarReturnAndJumpLoadTheCodeSegment)
{
    constexpr std::uint64_t Table = 0x20000;
    enterProtectedMode();
    cpu.efer = EferLongModeActive; // compatibility mode
    cpu.segments[SegmentCs].selector = 0x08;
    cpu.gdtBase = Table;
    cpu.gdtLimit = 0x27;
    store(Table + 0x10, 0x00AF9A000000FFFF); // 64-bit code, not accessed yet
    store(Table + 0x18, 0x00CF92000000FFFF); // data
    store(Table + 0x20, 0x00CF1A000000FFFF); // code that is not present
    cpu.general[Rsp] = Data;
    store(Data, 0x12345678, 4);
    store(Data + 4, 0x10, 4);
    const CpuContext before = cpu;
    ASSERT_TRUE(completed(step({0xCB}))); // retf
    EXPECT_EQ(cpu.instructionPointer, 0x12345678U);
    EXPECT_EQ(cpu.general[Rsp], Data + 8);
    EXPECT_EQ(cpu.segments[SegmentCs].selector, 0x10);
    EXPECT_TRUE(cpu.isLongMode());
    EXPECT_EQ(cpu.loaded[SegmentCs], 0x00AF9B000000FFFFU);
    EXPECT_EQ(load(Table + 0x10), 0x00AF9A000000FFFFU) << "the table may lie in ROM";

    cpu = before;
    ASSERT_TRUE(completed(step({0xEA, 0x21, 0x43, 0x65, 0x07, 0x10, 0x00}))); // jmp 10h:07654321h
    EXPECT_EQ(cpu.instructionPointer, 0x07654321U);
    EXPECT_EQ(cpu.general[Rsp], Data);

    const auto refused = [&](std::uint8_t selector) {
        cpu = before;
        return faultOf(step({0xEA, 0, 0, 0, 0, selector, 0}));
    };
    EXPECT_EQ(refused(0x00), GuestFault::generalProtection());
    EXPECT_EQ(refused(0x18), (GuestFault{Vector::GeneralProtection, 0x18, 0, false})) << "data";
    EXPECT_EQ(refused(0x20), (GuestFault{static_cast<Vector>(11), 0x20, 0, false})) << "not present";
    EXPECT_EQ(refused(0x28), (GuestFault{Vector::GeneralProtection, 0x28, 0, false})) << "behind the limit";
}

// SPDX-License-Identifier: GPL-3.0-or-later
// The instruction assist without KVM: instructions that compute.
#include "engine/kvm/assist_fixture.h"

#include <csignal>

using namespace engine;
using namespace engine::kvm::assist;
using namespace engine::kvm::assist::test;

TEST_F(Assist, GeneralRegistersAndFlagsComeBack)
{
    cpu.general = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};
    ASSERT_TRUE(completed(step({0x4D, 0x01, 0xF8}))); // add r8, r15
    EXPECT_EQ(cpu.general,
              (std::array<std::uint64_t, 16>{1, 2, 3, 4, 5, 6, 7, 8, 25, 10, 11, 12, 13, 14, 15, 16}));
    EXPECT_EQ(cpu.instructionPointer, Code + 3);
    cpu.general[Rax] = 0;
    ASSERT_TRUE(completed(step({0x48, 0x83, 0xE8, 0x01}))); // sub rax, 1
    EXPECT_EQ(cpu.flags & 1, 1U) << "carry";
    EXPECT_EQ(cpu.general[Rsp], 5U);
}

TEST_F(Assist, StackPointerAsOperandIsTheGuests)
{
    cpu.general[Rsp] = 0x1230;
    cpu.general[Rax] = 5;
    ASSERT_TRUE(completed(step({0x48, 0x01, 0xE0}))); // add rax, rsp
    EXPECT_EQ(cpu.general[Rax], 0x1235U);
    ASSERT_TRUE(completed(step({0x48, 0x83, 0xC4, 0x10}))); // add rsp, 16
    EXPECT_EQ(cpu.general[Rsp], 0x1240U);
    EXPECT_EQ(cpu.general[Rax], 0x1235U);
}

TEST_F(Assist, X87WorksIn32BitMode)
{
    enterProtectedMode();
    cpu.general[Rbx] = Data;
    store(Data, 0x4004000000000000);                  // 2.5
    ASSERT_TRUE(completed(step({0xDB, 0xE3})));       // fninit
    ASSERT_TRUE(completed(step({0xDD, 0x03})));       // fld qword [ebx]
    ASSERT_TRUE(completed(step({0xD8, 0xC0})));       // fadd st0, st0
    ASSERT_TRUE(completed(step({0xDD, 0x5B, 0x08}))); // fstp qword [ebx + 8]
    EXPECT_EQ(load(Data + 8), 0x4014000000000000U);   // 5.0
    ASSERT_TRUE(completed(step({0xD9, 0x7B, 0x10}))); // fnstcw [ebx + 16]
    EXPECT_EQ(load(Data + 16, 2), 0x37FU);
}

TEST_F(Assist, DivisionFaultsChangeNothing)
{
    cpu.general[Rax] = 7;
    cpu.general[Rcx] = 0;
    const CpuContext before = cpu;
    EXPECT_EQ(faultOf(step({0x48, 0xF7, 0xF1})).vector, Vector::DivideError); // div rcx
    EXPECT_EQ(cpu.general, before.general);
    EXPECT_EQ(cpu.instructionPointer, Code);
}

TEST_F(Assist, PendingX87ExceptionIsRaisedByTheNextInstruction)
{
    cpu.general[Rbx] = Data;
    store(Data, 0x37B, 2);                                          // division by zero unmasked
    ASSERT_TRUE(completed(step({0xDB, 0xE3})));                     // fninit
    ASSERT_TRUE(completed(step({0xD9, 0x2B})));                     // fldcw [rbx]
    ASSERT_TRUE(completed(step({0xD9, 0xE8})));                     // fld1
    ASSERT_TRUE(completed(step({0xD9, 0xEE})));                     // fldz
    ASSERT_TRUE(completed(step({0xDE, 0xF9})));                     // fdivp
    EXPECT_EQ(faultOf(step({0x9B})).vector, Vector::FloatingPoint); // fwait
}

TEST_F(Assist, MisalignedVectorAccessIsAProtectionFault)
{
    cpu.general[Rbx] = Data + 1;
    const GuestFault fault = faultOf(step({0x66, 0x0F, 0x6F, 0x03})); // movdqa xmm0, [rbx]
    EXPECT_EQ(fault.vector, Vector::GeneralProtection);
    EXPECT_EQ(fault.errorCode, 0U);
}

TEST_F(Assist, DevicesSeeExactlyTheAccessesOfTheInstruction)
{
    cpu.general[Rbx] = Device;
    ASSERT_TRUE(completed(step({0xF3, 0x0F, 0x6F, 0x03}))); // movdqu xmm0, [rbx]
    EXPECT_EQ(device.reads, 2) << "16 bytes in bus-sized parts";
    EXPECT_EQ(device.writes, 0);
    ASSERT_TRUE(completed(step({0xF3, 0x0F, 0x7F, 0x03}))); // movdqu [rbx], xmm0
    EXPECT_EQ(device.reads, 2) << "a store does not read";
    EXPECT_EQ(device.writes, 2);
    EXPECT_EQ(loadLittleEndian(device.last), 0x1111111111111111U);
}

TEST_F(Assist, ControlBitsDecideBeforeTheInstruction)
{
    cpu.cr0 |= Cr0TaskSwitched;
    EXPECT_EQ(faultOf(step({0xD9, 0xE8})).vector, Vector::DeviceNotAvailable);             // fld1
    EXPECT_EQ(faultOf(step({0x66, 0x0F, 0xEF, 0xC0})).vector, Vector::DeviceNotAvailable); // pxor
    EXPECT_TRUE(completed(step({0x9B}))) << "FWAIT looks at MP as well";
    cpu.cr0 &= ~Cr0TaskSwitched;
    cpu.cr4 = 0;
    EXPECT_EQ(faultOf(step({0x66, 0x0F, 0xEF, 0xC0})).vector, Vector::InvalidOpcode) << "without OSFXSR";
    EXPECT_EQ(faultOf(step({0xC5, 0xF9, 0xEF, 0xC0})).vector, Vector::InvalidOpcode)
        << "vpxor without OSXSAVE";
}

TEST_F(Assist, BreakpointIsATrap)
{
    const GuestFault fault = faultOf(step({0xCC}));
    EXPECT_EQ(fault.vector, Vector::Breakpoint);
    EXPECT_TRUE(fault.afterInstruction);
    EXPECT_EQ(cpu.instructionPointer, Code + 1);
}

TEST_F(Assist, NothingThatReachesTheHostRunsNatively)
{
    const std::vector<std::vector<std::uint8_t>> forbidden = {
        {0x0F, 0x05},             // syscall
        {0x0F, 0x34},             // sysenter
        {0xCD, 0x80},             // int 0x80
        {0xC3},                   // ret
        {0xE8, 0, 0, 0, 0},       // call
        {0xEB, 0xFE},             // jmp
        {0x50},                   // push rax
        {0x5C},                   // pop rsp
        {0x8E, 0xE0},             // mov fs, eax
        {0x8E, 0xD0},             // mov ss, eax
        {0x0F, 0x01, 0xEF},       // wrpkru
        {0x0F, 0x22, 0xD8},       // mov cr3, rax
        {0x0F, 0xA2},             // cpuid
        {0xA4},                   // movsb
        {0xF3, 0xAA},             // rep stosb
        {0x66, 0x0F, 0xF7, 0xC1}, // maskmovdqu xmm0, xmm1: implied memory
        {0xD7},                   // xlat
        {0x9D},                   // popfq
        {0xFB},                   // sti
        {0xF4},                   // hlt
        {0x0F, 0x01, 0xD0 | 0x5}, // xend
        {0xC9},                   // leave
        {0xF3, 0x0F, 0x01, 0xE8}, // setssbsy
        {0x0F, 0x0B},             // ud2: a fault, not native either
    };
    for (const auto& bytes : forbidden) {
        const auto instruction = decode(cpu, std::as_bytes(std::span(bytes)));
        if (instruction)
            EXPECT_FALSE(makeNative(cpu, *instruction)) << ZydisMnemonicGetString(instruction->info.mnemonic);
    }
    EXPECT_TRUE(unsupported(step({0x0F, 0x05})));
}

TEST_F(Assist, ExtendedStateGoesOutAndComesBack)
{
    if (XsaveLayout::ofHost().hostMask == 0)
        GTEST_SKIP() << "this CPU has no XSAVE";
    cpu.cr4 |= Cr4OsXsave;
    cpu.general[Rax] = 7;
    cpu.general[Rdi] = Data;
    cpu.general[Rbx] = Data + 0x2000;
    store(Data + 0x2000, 0x1122334455667788);
    ASSERT_TRUE(completed(step({0xF3, 0x0F, 0x6F, 0x2B}))); // movdqu xmm5, [rbx]
    ASSERT_TRUE(completed(step({0x48, 0x0F, 0xAE, 0x27}))); // xsave64 [rdi]
    EXPECT_EQ(cpu.general[Rax], 7U);
    EXPECT_EQ(load(Data + 160 + 5 * 16), 0x1122334455667788U) << "XMM5 in the legacy area";
    ASSERT_TRUE(completed(step({0x66, 0x0F, 0xEF, 0xED})));       // pxor xmm5, xmm5
    ASSERT_TRUE(completed(step({0x48, 0x0F, 0xAE, 0x2F})));       // xrstor64 [rdi]
    ASSERT_TRUE(completed(step({0xF3, 0x0F, 0x7F, 0x6B, 0x20}))); // movdqu [rbx + 32], xmm5
    EXPECT_EQ(load(Data + 0x2020), 0x1122334455667788U);
    cpu.general[Rdi] = Data + 8;
    EXPECT_EQ(faultOf(step({0x48, 0x0F, 0xAE, 0x27})).vector, Vector::GeneralProtection) << "alignment";
}

TEST_F(Assist, ShadowStackReadsDoNothingWithoutShadowStacks)
{
    cpu.general[Rsi] = 1;
    ASSERT_TRUE(completed(step({0xF3, 0x48, 0x0F, 0x1E, 0xCE}))); // rdsspq rsi
    EXPECT_EQ(cpu.general[Rsi], 1U);
    cpu.cr4 |= Cr4ControlFlow;
    EXPECT_TRUE(unsupported(step({0xF3, 0x48, 0x0F, 0x1E, 0xCE})));
}

TEST_F(Assist, VectorComputationsFollowEachOtherAndNothingElseDoes)
{
    const auto follows = [this](std::initializer_list<std::uint8_t> code) {
        const std::vector<std::uint8_t> bytes(code);
        memory.write(GuestAddress(Code), std::as_bytes(std::span(bytes)));
        enterLongMode();
        cpu.general[Rax] = Data;
        const bool ran = Stepper(cpu, memory, services, state, thunk.get()).stepVector().has_value();
        EXPECT_EQ(cpu.instructionPointer, ran ? Code + code.size() : Code);
        return ran;
    };
    EXPECT_TRUE(follows({0x66, 0x0F, 0xFE, 0xC1}));       // paddd xmm0, xmm1
    EXPECT_TRUE(follows({0x66, 0x0F, 0xFE, 0x00}));       // paddd xmm0, [rax]
    EXPECT_FALSE(follows({0xF3, 0x0F, 0x7F, 0x00}));      // movdqu [rax], xmm0: page tables lie in memory
    EXPECT_FALSE(follows({0x48, 0x01, 0xC0}));            // add rax, rax: KVM's
    EXPECT_FALSE(follows({0xD9, 0xE8}));                  // fld1
    EXPECT_FALSE(follows({0xCC}));                        // int3
    EXPECT_FALSE(follows({0x66, 0x0F, 0x6F, 0x40, 0x01})) // movdqa xmm0, [rax + 1]
        << "one that faults waits for its own turn";
}

TEST_F(Assist, UndecodableBytesAreAnInvalidOpcode)
{
    EXPECT_EQ(faultOf(step({0x0F, 0xFF, 0xFF})).vector, Vector::InvalidOpcode);
    EXPECT_EQ(faultOf(step({0x06})).vector, Vector::InvalidOpcode) << "push es does not exist in 64-bit mode";
}

TEST_F(Assist, ForeignFaultsStillEndTheProcess)
{
    GTEST_FLAG_SET(death_test_style, "threadsafe");
    EXPECT_DEATH(
        {
            (void)step({0x48, 0x01, 0xC0}); // the handlers are in place
            (void)::raise(SIGSEGV);
        },
        "");
}

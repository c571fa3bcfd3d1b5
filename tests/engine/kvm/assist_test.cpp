// SPDX-License-Identifier: GPL-3.0-or-later
// The instruction assist without KVM: a CPU made by hand, memory in software, the host's own CPU.
#include "kvm/assist/stepper.h"
#include "kvm/assist/xsave_area.h"

#include <gtest/gtest.h>

#include <array>
#include <csignal>
#include <cstring>
#include <initializer_list>
#include <map>
#include <thread>

using namespace engine;
using namespace engine::kvm::assist;

namespace {

constexpr std::uint64_t RamBytes = 1024 * 1024;
constexpr std::uint64_t Code = 0x8000;
constexpr std::uint64_t Data = 0x10000;
constexpr std::uint64_t Device = 0xE0000000;

class FakeServices final : public CpuServices {
public:
    std::optional<std::uint64_t> readMsr(std::uint32_t index) override
    {
        const auto it = msrs.find(index);
        return it == msrs.end() ? std::nullopt : std::optional(it->second);
    }
    bool writeMsr(std::uint32_t index, std::uint64_t value) override
    {
        msrs[index] = value;
        return true;
    }
    std::optional<std::uint64_t> readXcr0() override { return xcr0; }
    bool writeXcr0(std::uint64_t value) override
    {
        xcr0 = value;
        return true;
    }
    void flushTlb() override { ++flushes; }

    std::map<std::uint32_t, std::uint64_t> msrs;
    std::uint64_t xcr0 = 7;
    int flushes = 0;
};

/// The registers after power-on, kept between instructions.
class KeptState final : public ExtendedState {
public:
    KeptState()
    {
        const std::uint16_t control = 0x37F;
        const std::uint32_t mxcsr = 0x1F80;
        std::memcpy(m_image.data(), &control, sizeof control);
        std::memcpy(m_image.data() + 24, &mxcsr, sizeof mxcsr);
        m_image[XsaveHeaderOffset] = std::byte{3};
    }
    bool load(std::span<std::byte> image) override
    {
        std::ranges::copy(m_image, image.begin());
        return true;
    }
    bool store(std::span<const std::byte> image) override
    {
        std::ranges::copy(image.first(m_image.size()), m_image.begin());
        return true;
    }

private:
    std::array<std::byte, NativeThunk::BufferBytes> m_image{};
};

class CountingDevice final : public BusDevice {
public:
    void read(std::uint64_t, std::span<std::byte> data) override
    {
        ++reads;
        std::ranges::fill(data, std::byte{0x11});
    }
    void write(std::uint64_t, std::span<const std::byte> data) override
    {
        ++writes;
        last.assign(data.begin(), data.end());
    }
    int reads = 0;
    int writes = 0;
    std::vector<std::byte> last;
};

class Assist : public testing::Test {
protected:
    void SetUp() override
    {
        auto ram = HostBlock::create("test", RamBytes);
        ASSERT_TRUE(ram);
        MemoryMapping mapping;
        mapping.length = RamBytes;
        mapping.block = *ram;
        ASSERT_TRUE(memory.map(mapping));
        ASSERT_TRUE(memory.mmio().insert({.base = Device, .length = 4096}, device));
        auto made = NativeThunk::create();
        ASSERT_TRUE(made) << made.error().message();
        thunk = *std::move(made);
        enterLongMode();
    }

    void enterLongMode()
    {
        cpu = {};
        cpu.cr0 = Cr0ProtectedMode | 1U << 5;
        cpu.cr4 = Cr4OsFxsr;
        cpu.efer = EferLongModeActive;
        cpu.segments[SegmentCs].is64Bit = true;
        cpu.instructionPointer = Code;
    }
    void enterProtectedMode()
    {
        cpu = {};
        cpu.cr0 = Cr0ProtectedMode | 1U << 5;
        for (SegmentState& segment : cpu.segments)
            segment.is32Bit = true;
        cpu.instructionPointer = Code;
    }

    Outcome step(std::initializer_list<std::uint8_t> code)
    {
        const std::vector<std::uint8_t> bytes(code);
        memory.write(GuestAddress(Code), std::as_bytes(std::span(bytes)));
        cpu.instructionPointer = Code;
        return Stepper(cpu, memory, services, state, thunk.get()).step();
    }
    static bool completed(const Outcome& outcome) { return std::holds_alternative<Completed>(outcome); }
    static bool unsupported(const Outcome& outcome) { return std::holds_alternative<Unsupported>(outcome); }
    static GuestFault faultOf(const Outcome& outcome)
    {
        const auto* fault = std::get_if<GuestFault>(&outcome);
        EXPECT_TRUE(fault);
        return fault ? *fault : GuestFault{};
    }
    void store(std::uint64_t address, std::uint64_t value, std::size_t bytes = 8)
    {
        std::array<std::byte, 8> data{};
        storeLittleEndian(std::span(data).first(bytes), value);
        memory.write(GuestAddress(address), std::span(data).first(bytes));
    }
    std::uint64_t load(std::uint64_t address, std::size_t bytes = 8) const
    {
        std::array<std::byte, 8> data{};
        memory.read(GuestAddress(address), std::span(data).first(bytes));
        return loadLittleEndian(std::span(data).first(bytes));
    }

    AddressSpace memory;
    CountingDevice device;
    FakeServices services;
    KeptState state;
    CpuContext cpu;
    std::unique_ptr<NativeThunk> thunk;
};

} // namespace

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

TEST_F(Assist, FlatKernelReturnsFromItsInterrupt)
{
    enterProtectedMode();
    cpu.segments[SegmentCs].selector = 0x10;
    cpu.general[Rsp] = Data;
    store(Data, 0x12345678, 4);
    store(Data + 4, 0x10, 4);
    store(Data + 8, 0x246, 4);
    ASSERT_TRUE(completed(step({0xCF}))); // iretd
    EXPECT_EQ(cpu.instructionPointer, 0x12345678U);
    EXPECT_EQ(cpu.flags, 0x246U);
    EXPECT_EQ(cpu.general[Rsp], Data + 12);
    store(Data + 12 + 4, 0x08, 4);
    EXPECT_TRUE(unsupported(step({0xCF}))) << "another segment is KVM's business";
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
    EXPECT_EQ(cpu.loadedCode, 0x00AF9B000000FFFFU);
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

TEST_F(Assist, ShadowStackReadsDoNothingWithoutShadowStacks)
{
    cpu.general[Rsi] = 1;
    ASSERT_TRUE(completed(step({0xF3, 0x48, 0x0F, 0x1E, 0xCE}))); // rdsspq rsi
    EXPECT_EQ(cpu.general[Rsi], 1U);
    cpu.cr4 |= Cr4ControlFlow;
    EXPECT_TRUE(unsupported(step({0xF3, 0x48, 0x0F, 0x1E, 0xCE})));
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

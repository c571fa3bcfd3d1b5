// SPDX-License-Identifier: GPL-3.0-or-later
// The instruction assist without KVM: instructions that 64-bit mode has not got, and those that look at
// descriptor tables.
#include "engine/kvm/assist_fixture.h"

using namespace engine;
using namespace engine::kvm::assist;
using namespace engine::kvm::assist::test;

namespace {

constexpr std::uint64_t Carry = 1, Adjust = 0x10, Zero = 0x40;

/// Against the decimal numbers themselves.
TEST_F(Assist, DecimalAdditionGivesDecimalDigits)
{
    for (unsigned a = 0; a < 100; ++a)
        for (unsigned b = 0; b < 100; ++b) {
            const auto packed = [](unsigned n) { return n / 10 * 16 + n % 10; };
            const unsigned sum = packed(a) + packed(b);
            enterProtectedMode();
            cpu.general[Rax] = 0x5600 | (sum & 0xFF);
            cpu.flags =
                2 | (sum > 0xFF ? Carry : 0) | ((packed(a) & 15) + (packed(b) & 15) > 15 ? Adjust : 0);
            ASSERT_TRUE(completed(step({0x27}))); // daa
            ASSERT_EQ(cpu.general[Rax], 0x5600 | packed((a + b) % 100)) << a << '+' << b;
            ASSERT_EQ((cpu.flags & Carry) != 0, a + b > 99);
            ASSERT_EQ((cpu.flags & Zero) != 0, (a + b) % 100 == 0);

            const unsigned difference = packed(a) - packed(b);
            cpu.general[Rax] = difference & 0xFF;
            cpu.flags =
                2 | (packed(a) < packed(b) ? Carry : 0) | ((packed(a) & 15) < (packed(b) & 15) ? Adjust : 0);
            ASSERT_TRUE(completed(step({0x2F}))); // das
            ASSERT_EQ(cpu.general[Rax], packed((100 + a - b) % 100)) << a << '-' << b;
            ASSERT_EQ((cpu.flags & Carry) != 0, a < b);
        }
}

TEST_F(Assist, OneDigitCarriesIntoTheNext)
{
    enterProtectedMode();
    cpu.general[Rax] = 0xAAAA0000 | 0x030C; // 5 + 7
    ASSERT_TRUE(completed(step({0x37})));   // aaa
    EXPECT_EQ(cpu.general[Rax], 0xAAAA0402U);
    EXPECT_EQ(cpu.flags & (Carry | Adjust), Carry | Adjust);
    cpu.general[Rax] = 0x0405;
    cpu.flags = 2;
    ASSERT_TRUE(completed(step({0x37})));
    EXPECT_EQ(cpu.general[Rax], 0x0405U);
    cpu.general[Rax] = 0x03FE; // 5 - 7
    cpu.flags = 2 | Carry | Adjust;
    ASSERT_TRUE(completed(step({0x3F}))); // aas
    EXPECT_EQ(cpu.general[Rax], 0x0208U);
    EXPECT_EQ(cpu.flags & (Carry | Adjust), Carry | Adjust);
}

TEST_F(Assist, BoundsAreSignedAndInclusive)
{
    enterProtectedMode();
    store(Data, 0xFFFFFFFE, 4); // -2
    store(Data + 4, 5, 4);
    cpu.general[Rbx] = Data;
    const auto inside = [&](std::uint64_t index) {
        cpu.general[Rcx] = index;
        return completed(step({0x62, 0x0B})); // bound ecx, [ebx]
    };
    EXPECT_TRUE(inside(0xFFFFFFFE));
    EXPECT_TRUE(inside(0));
    EXPECT_TRUE(inside(5));
    EXPECT_FALSE(inside(6));
    EXPECT_FALSE(inside(0xFFFFFFFD));
    EXPECT_EQ(faultOf(step({0x62, 0x0B})), (GuestFault{Vector::BoundRange, std::nullopt, 0, false}));
}

TEST_F(Assist, SelectorsTellWhatTheirDescriptorsAllow)
{
    constexpr std::uint64_t Table = 0x20000;
    enterProtectedMode();
    cpu.gdtBase = Table;
    cpu.gdtLimit = 0x2F;
    store(Table + 0x08, 0x00CF9B000000FFFF); // code, readable
    store(Table + 0x10, 0x00CF91000000FFFF); // data, read-only
    store(Table + 0x18, 0x0040F30000001234); // data for everybody
    store(Table + 0x20, 0x0000890000000067); // a task
    store(Table + 0x28, 0x00008E0000000000); // an interrupt gate
    const auto zero = [&](std::initializer_list<std::uint8_t> code, std::uint64_t selector) {
        cpu.general[Rcx] = selector;
        cpu.general[Rax] = 0xDEADBEEF;
        EXPECT_TRUE(completed(step(code)));
        return (cpu.flags & Zero) != 0;
    };
    const std::initializer_list<std::uint8_t> verr{0x0F, 0x00, 0xE1}, verw{0x0F, 0x00, 0xE9};
    const std::initializer_list<std::uint8_t> lar{0x0F, 0x02, 0xC1}, lsl{0x0F, 0x03, 0xC1};
    EXPECT_TRUE(zero(verr, 0x08));
    EXPECT_FALSE(zero(verw, 0x08));
    EXPECT_TRUE(zero(verr, 0x10));
    EXPECT_FALSE(zero(verw, 0x10));
    EXPECT_TRUE(zero(verw, 0x18));
    EXPECT_FALSE(zero(verr, 0x0B)) << "asked for by level 3";
    EXPECT_TRUE(zero(verr, 0x1B));
    EXPECT_FALSE(zero(verr, 0x20)) << "a system segment";
    EXPECT_FALSE(zero(verr, 0));
    EXPECT_FALSE(zero(verr, 0x30)) << "behind the table";
    EXPECT_TRUE(zero(lar, 0x08));
    EXPECT_EQ(cpu.general[Rax], 0x00C09B00U);
    EXPECT_TRUE(zero(lar, 0x20));
    EXPECT_EQ(cpu.general[Rax], 0x00008900U);
    EXPECT_FALSE(zero(lar, 0x28));
    EXPECT_EQ(cpu.general[Rax], 0xDEADBEEFU) << "nothing is written";
    EXPECT_TRUE(zero(lsl, 0x08));
    EXPECT_EQ(cpu.general[Rax], 0xFFFFFFFFU) << "in bytes";
    EXPECT_TRUE(zero(lsl, 0x18));
    EXPECT_EQ(cpu.general[Rax], 0x1234U);
    EXPECT_FALSE(zero(lsl, 0x28));
    cpu.cr0 = 0;
    EXPECT_EQ(faultOf(step(verr)), GuestFault::invalidOpcode()) << "not in real mode";
}

TEST_F(Assist, RequestedLevelIsRaisedToTheCallers)
{
    enterProtectedMode();
    store(Data, 0x5550, 2);
    cpu.general[Rbx] = Data;
    cpu.general[Rcx] = 3;
    ASSERT_TRUE(completed(step({0x63, 0x0B}))); // arpl [ebx], cx
    EXPECT_EQ(load(Data, 2), 0x5553U);
    EXPECT_NE(cpu.flags & Zero, 0U);
    cpu.general[Rcx] = 1;
    ASSERT_TRUE(completed(step({0x63, 0x0B})));
    EXPECT_EQ(load(Data, 2), 0x5553U);
    EXPECT_EQ(cpu.flags & Zero, 0U);
}

} // namespace

// SPDX-License-Identifier: GPL-3.0-or-later
#include "kvm/cpu_profile.h"
#include "kvm/unknown_msrs.h"

#include <gtest/gtest.h>

#include <set>

using namespace engine;
using namespace engine::kvm;

namespace {

// A host made by hand; numbers as in the Intel SDM and the AMD APM.
HostCpu fakeHost(bool amd)
{
    HostCpu host;
    auto& table = host.supported;
    table.set({.function = 0,
               .eax = 0x1F,
               .ebx = amd ? 0x68747541U : 0x756E6547U,
               .ecx = amd ? 0x444D4163U : 0x6C65746EU,
               .edx = amd ? 0x69746E65U : 0x49656E69U});
    table.set({.function = 1, .eax = 0x806F8, .ebx = 0x07100800, .ecx = 0x7FFAFBFF, .edx = 0xBFEBFBFF});
    for (std::uint32_t i = 0; i < 4; ++i) {
        const std::uint32_t level = i < 2 ? 1 : i;
        table.set({.function = amd ? 0x8000001DU : 4U,
                   .index = i,
                   .indexed = true,
                   .eax = 0xFC1FC000 | level << 5 | 1});
    }
    table.set({.function = amd ? 0x8000001DU : 4U, .index = 4, .indexed = true});
    table.set({.function = 7, .index = 0, .indexed = true, .ebx = 0xFFFFFFFF, .edx = 0xFFFFFFFF});
    table.set({.function = 0xA, .eax = 0x07300805});
    table.set({.function = 0xB, .index = 0, .indexed = true, .eax = 5, .ebx = 99, .ecx = 0x100, .edx = 77});
    table.set({.function = 0x40000000, .eax = 0x40000001, .ebx = 0x4B4D564B, .ecx = 0x564B4D56, .edx = 0x4D});
    table.set({.function = 0x40000001, .eax = 0x01007EFB});
    table.set({.function = 0x80000000, .eax = 0x80000021});
    table.set({.function = 0x80000001, .ecx = 1U << 22 | 1U << 2, .edx = 0x2C100800});
    table.set({.function = 0x80000007, .edx = 1U << 8});
    table.set({.function = 0x80000008, .eax = 0x3034, .ecx = 0x703F});
    host.caps.tscDeadlineTimer = 1;
    return host;
}

HostCpu withHyperV(HostCpu host)
{
    host.caps.hyperv = host.caps.hypervVpIndex = host.caps.hypervSynic2 = 1;
    host.caps.hypervTlbFlush = host.caps.hypervSendIpi = 1;
    host.supportedHyperV.set({.function = 0x40000003, .eax = 0x0000AFFF, .edx = 0xFFFFFFFF});
    host.supportedHyperV.set({.function = 0x40000004, .eax = 0xFFFFFFFF});
    return host;
}

constexpr CpuTopology Topologies[] = {
    {1, 1, 1}, {1, 2, 1},  {1, 3, 1}, {2, 2, 2},  {1, 6, 2},
    {3, 5, 1}, {1, 64, 1}, {4, 8, 2}, {64, 1, 1}, {1, 32, 2},
};

} // namespace

TEST(CpuProfile, ApicIdsAreDistinctAndAgreeInAllLeaves)
{
    for (const bool amd : {false, true})
        for (const CpuTopology& topology : Topologies) {
            const HostCpu host = fakeHost(amd);
            std::set<std::uint32_t> ids;
            for (unsigned cpu = 0; cpu < topology.cpuCount(); ++cpu) {
                const CpuidTable table = buildCpuid(host, {.topology = topology}, cpu);
                const std::uint32_t id = topology.apicId(cpu);
                EXPECT_TRUE(ids.insert(id).second);
                EXPECT_EQ(table.find(1)->ebx >> 24, id & 0xFF);
                for (const std::uint32_t leaf : {0xBU, 0x1FU})
                    for (const std::uint32_t level : {0U, 1U, 2U})
                        EXPECT_EQ(table.find(leaf, level)->edx, id);
                EXPECT_EQ(table.find(0xB, 0)->ebx, topology.threadsPerCore);
                EXPECT_EQ(table.find(0xB, 1)->ebx, topology.threadsPerSocket());
                EXPECT_EQ(id >> table.find(0xB, 1)->eax, cpu / topology.threadsPerSocket());
                EXPECT_EQ(table.find(0xB, 2)->ecx >> 8, 0U) << "the list of levels ends";
                if (amd) {
                    EXPECT_EQ(table.find(0x8000001E)->eax, id);
                    EXPECT_EQ((table.find(0x80000008)->ecx & 0xFF) + 1, topology.threadsPerSocket());
                    EXPECT_EQ(table.find(0x80000008)->ecx >> 12 & 0xF, topology.socketShift());
                }
            }
            EXPECT_EQ(ids.size(), topology.cpuCount());
        }
}

TEST(CpuProfile, CachesAreSharedAsTheTopologySays)
{
    const CpuTopology topology{.sockets = 2, .coresPerSocket = 6, .threadsPerCore = 2};
    const CpuidTable table = buildCpuid(fakeHost(false), {.topology = topology}, 3);
    EXPECT_EQ(table.find(4, 0)->eax >> 14 & 0xFFF, 1U) << "first level: two threads";
    EXPECT_EQ(table.find(4, 3)->eax >> 14 & 0xFFF, 15U) << "last level: the socket's ids, a power of two";
    EXPECT_EQ(table.find(4, 0)->eax >> 26, 7U) << "core ids per socket";
    EXPECT_EQ(table.find(4, 4)->eax, 0U) << "the end of the list stays";
}

TEST(CpuProfile, OneCpuHasNoHyperThreadingFlag)
{
    EXPECT_EQ(buildCpuid(fakeHost(false), {}, 0).find(1)->edx >> 28 & 1, 0U);
    EXPECT_EQ(buildCpuid(fakeHost(false), {.topology = CpuTopology::simple(2)}, 0).find(1)->edx >> 28 & 1,
              1U);
}

TEST(CpuProfile, HidesWhatTheGuestCannotUse)
{
    const CpuidTable table = buildCpuid(fakeHost(true), {}, 0);
    EXPECT_EQ(table.find(7)->edx >> 29 & 1, 0U) << "architectural capabilities";
    EXPECT_EQ(table.find(7)->ebx >> 2 & 1, 0U) << "enclaves";
    EXPECT_EQ(table.find(0xA)->eax, 0U) << "performance counters";
    EXPECT_EQ(table.find(0x80000001)->ecx >> 2 & 1, 0U) << "nested guests";
    EXPECT_EQ(table.find(1)->ecx >> 31, 1U) << "it says that it is a guest";
    EXPECT_EQ(table.find(0x80000007)->edx >> 8 & 1, 1U) << "invariant TSC";
    EXPECT_EQ(buildCpuid(fakeHost(true), {.nestedVirtualization = true}, 0).find(0x80000001)->ecx >> 2 & 1,
              1U);
}

std::string brandOf(const CpuidTable& table)
{
    std::string name;
    for (std::uint32_t leaf = 0x80000002; leaf <= 0x80000004; ++leaf)
        for (const std::uint32_t word :
             {table.find(leaf)->eax, table.find(leaf)->ebx, table.find(leaf)->ecx, table.find(leaf)->edx})
            name.append(reinterpret_cast<const char*>(&word), sizeof word);
    return name.c_str();
}

TEST(CpuProfile, TheProcessorHasAName)
{
    HostCpu host = fakeHost(false);
    EXPECT_EQ(brandOf(buildCpuid(host, {}, 0)), "Virtual CPU") << "neither KVM nor the host has one";
    host.brand = "Fast CPU @ 9.00GHz";
    EXPECT_EQ(brandOf(buildCpuid(host, {}, 0)), host.brand);
    host.brand = std::string(60, 'x');
    EXPECT_EQ(brandOf(buildCpuid(host, {}, 0)), std::string(47, 'x'));
    for (std::uint32_t leaf = 0x80000002; leaf <= 0x80000004; ++leaf)
        host.supported.set({.function = leaf, .eax = 0x41414141});
    EXPECT_EQ(buildCpuid(host, {}, 0).find(0x80000002)->eax, 0x41414141U) << "KVM's own name stays";
    host = fakeHost(false);
    host.supported.find(0x80000000)->eax = 0x80000001;
    EXPECT_EQ(buildCpuid(host, {}, 0).find(0x80000000)->eax, 0x80000004U);
}

TEST(CpuProfile, DeadlineTimerFollowsTheHost)
{
    HostCpu host = fakeHost(false);
    EXPECT_EQ(buildCpuid(host, {}, 0).find(1)->ecx >> 24 & 1, 1U);
    host.caps.tscDeadlineTimer = 0;
    EXPECT_EQ(buildCpuid(host, {}, 0).find(1)->ecx >> 24 & 1, 0U);
}

TEST(CpuProfile, PhysicalAddressWidthIsClamped)
{
    for (const auto& [hostBits, guestBits] : {std::pair{32U, 36U}, {36U, 36U}, {46U, 46U}, {52U, 46U}}) {
        HostCpu host = fakeHost(false);
        host.supported.find(0x80000008)->eax = 0x3000 | hostBits;
        EXPECT_EQ(physicalAddressBits(buildCpuid(host, {}, 0)), guestBits);
    }
}

TEST(CpuProfile, KvmClockCanBeTakenAway)
{
    constexpr std::uint32_t Clocks = 1U | 1U << 3 | 1U << 24;
    EXPECT_EQ(buildCpuid(fakeHost(false), {}, 0).find(0x40000001)->eax & Clocks, Clocks);
    EXPECT_EQ(buildCpuid(fakeHost(false), {.kvmClock = false}, 0).find(0x40000001)->eax & Clocks, 0U);
}

TEST(CpuProfile, HyperVComesFirstAndKvmMovesUp)
{
    const HostCpu host = withHyperV(fakeHost(false));
    ASSERT_TRUE(offersHyperV(host, {.hyperV = true}));
    const CpuidTable table = buildCpuid(host, {.topology = CpuTopology::simple(4), .hyperV = true}, 0);
    EXPECT_EQ(table.find(0x40000000)->ebx, 0x7263694DU);
    EXPECT_GE(table.find(0x40000000)->eax, 0x4000000AU);
    EXPECT_EQ(table.find(0x40000001)->eax, 0x31237648U);
    EXPECT_EQ(table.find(0x40000003)->eax & 0x60, 0x60U)
        << "hypercall and VP index, without which Windows uses nothing";
    EXPECT_EQ(table.find(0x40000004)->eax >> 11 & 1, 0U) << "processor sets only above 64 CPUs";
    EXPECT_EQ(table.find(0x40000100)->ebx, 0x4B4D564BU);
    EXPECT_EQ(table.find(0x40000101)->eax, 0x01007EFBU);
}

TEST(CpuProfile, HyperVIsClippedToTheHost)
{
    HostCpu host = withHyperV(fakeHost(false));
    host.supportedHyperV.find(0x40000003)->eax = 0x0262; // hypercalls, VP index, reference time and TSC
    host.caps.hypervTlbFlush = 0;
    const CpuidTable table = buildCpuid(host, {.hyperV = true}, 0);
    EXPECT_EQ(table.find(0x40000003)->eax, 0x0262U);
    EXPECT_EQ(table.find(0x40000004)->eax & 0x6, 0U) << "no remote flush";
}

TEST(CpuProfile, HyperVDegradesSilentlyWhereTheHostHasNone)
{
    const HostCpu host = fakeHost(false);
    EXPECT_FALSE(offersHyperV(host, {.hyperV = true}));
    EXPECT_EQ(buildCpuid(host, {.hyperV = true}, 0), buildCpuid(host, {}, 0));
}

TEST(UnknownMsrs, AnswerFromTheTable)
{
    Log log;
    const UnknownMsrs msrs(log);
    std::uint64_t value = 99;
    std::uint8_t error = 0;
    msrs.answer(RdMsr{.index = 0x1234, .value = &value, .error = &error});
    EXPECT_EQ(value, 0U);
    EXPECT_EQ(error, 0);
    msrs.answer(RdMsr{.index = 0x480, .value = &value, .error = &error});
    EXPECT_EQ(error, 1) << "the VMX registers are not there";
    msrs.answer(WrMsr{.index = 0x1234, .value = 5, .error = &error});
    EXPECT_EQ(error, 0);
    EXPECT_EQ(log.entries().size(), 3U);
}

// SPDX-License-Identifier: GPL-3.0-or-later
#include "kvm/doctor.h"
#include "kvm/kvm.h"
#include "kvm/kvm_access.h"
#include "kvm/kvm_api.h"
#include "kvm/memory_slots.h"

#include <fcntl.h>
#include <gtest/gtest.h>

#include <algorithm>

using namespace engine;
using namespace engine::kvm;

namespace {

KvmCaps completeCaps()
{
    return probeCaps([](int) { return 4097 | KVM_BUS_LOCK_DETECTION_EXIT; });
}

} // namespace

TEST(KvmCaps, ProbeTreatsErrorsAsAbsent)
{
    EXPECT_EQ(probeCaps([](int) { return -22; }), KvmCaps{});
    const KvmCaps caps = probeCaps([](int number) { return number == KVM_CAP_IRQ_ROUTING ? 1024 : 0; });
    EXPECT_EQ(caps.irqRouting, 1024);
    EXPECT_EQ(std::ranges::count_if(listCaps(caps), [](const CapabilityValue& c) { return c.value != 0; }),
              1);
}

TEST(KvmCaps, RequirementsAreNamed)
{
    EXPECT_FALSE(missingRequirement(completeCaps()));
    KvmCaps caps = completeCaps();
    caps.immediateExit = 0;
    EXPECT_EQ(missingRequirement(caps), "IMMEDIATE_EXIT");
    caps = completeCaps();
    caps.hyperv = caps.x86Smm = caps.dirtyLogRing = caps.irqfd = caps.coalescedMmio = 0;
    EXPECT_FALSE(missingRequirement(caps)) << "the engine does without these";
}

TEST(KvmCaps, PartsDegradeOneByOne)
{
    KvmCaps caps = completeCaps();
    EXPECT_TRUE(canUseIrqFds(caps) && canUseIoEvents(caps) && canUseCoalescing(caps, true));
    caps.coalescedPio = 0;
    EXPECT_TRUE(canUseCoalescing(caps, false));
    EXPECT_FALSE(canUseCoalescing(caps, true));
    caps.irqfd = 0;
    EXPECT_FALSE(canUseIrqFds(caps));
    caps.syncRegs = KVM_SYNC_X86_REGS;
    EXPECT_FALSE(canSyncRegisters(caps));
    caps.maxVcpus = 0;
    caps.recommendedVcpus = 0;
    EXPECT_EQ(usableVcpus(caps), 4U);
    caps.irqRouting = 0;
    EXPECT_EQ(usableGsis(caps), 24U);
}

TEST(KvmCaps, OnlyWhatTheHostOffersIsSwitchedOn)
{
    EXPECT_TRUE(capsToSwitchOn(KvmCaps{}).empty());
    KvmCaps caps;
    caps.busLockExit = KVM_BUS_LOCK_DETECTION_OFF;
    EXPECT_TRUE(capsToSwitchOn(caps).empty()) << "the host knows the setting but cannot exit";
    caps.busLockExit |= KVM_BUS_LOCK_DETECTION_EXIT;
    caps.notifyVmExit = 1;
    const auto list = capsToSwitchOn(caps);
    ASSERT_EQ(list.size(), 2U);
    EXPECT_EQ(list[0].number, std::uint32_t{KVM_CAP_X86_NOTIFY_VMEXIT});
    EXPECT_EQ(list[0].argument, 3U) << "a notify window of 0, enabled, reported to user space";
    EXPECT_EQ(list[1].number, std::uint32_t{KVM_CAP_X86_BUS_LOCK_EXIT});
    EXPECT_EQ(list[1].argument, 2U);
    EXPECT_EQ(capsToSwitchOn(completeCaps()).size(), 5U);
}

TEST(KvmOpen, MissingDeviceIsExplained)
{
    const auto opened = Kvm::open("/nonexistent/kvm");
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().code, ErrorCode::NotFound);
    EXPECT_NE(opened.error().message().find("There is no /nonexistent/kvm"), std::string::npos);
}

TEST(KvmOpen, AFileThatIsNoKvmIsExplained)
{
    const auto opened = Kvm::open("/dev/null");
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().message(), "/dev/null is not a KVM device.");
}

TEST(KvmOpen, DeniedAccessNamesACommand)
{
    const AccessAdvice advice = adviseOpenFailure("/dev/null", EACCES);
    EXPECT_NE(advice.explanation.find("You may not use /dev/null"), std::string::npos);
    EXPECT_TRUE(advice.fixCommand.starts_with("sudo "));
    EXPECT_EQ(explainOpenFailure("/dev/null", EACCES).code, ErrorCode::Denied);
}

TEST(KvmOpen, SplitLocksAreMentionedWhereTheySlowGuestsDown)
{
    const std::string flags = "flags : fpu vmx split_lock_detect sse ";
    const auto advice = adviseSplitLocks(flags, "1");
    ASSERT_TRUE(advice);
    EXPECT_EQ(advice->fixCommand, "sudo sysctl kernel.split_lock_mitigate=0");
    EXPECT_FALSE(adviseSplitLocks(flags, "0")) << "switched off already";
    EXPECT_FALSE(adviseSplitLocks(flags, "")) << "a kernel that does not do it";
    EXPECT_FALSE(adviseSplitLocks("flags : fpu vmx sse ", "1"));
    EXPECT_FALSE(adviseSplitLocks("flags : no_split_lock_detect_here ", "1")) << "whole words";
}

TEST(KvmOpen, OnlyInterfaceVersion12IsAccepted)
{
    EXPECT_TRUE(checkApiVersion("/dev/kvm", 12));
    EXPECT_FALSE(checkApiVersion("/dev/kvm", 11));
    EXPECT_FALSE(checkApiVersion("/dev/kvm", 13));
}

TEST(SlotNumbers, LowestFreeNumberComesBackFirst)
{
    SlotNumbers numbers(3);
    EXPECT_EQ(numbers.take(), 0U);
    EXPECT_EQ(numbers.take(), 1U);
    EXPECT_EQ(numbers.take(), 2U);
    EXPECT_FALSE(numbers.take()) << "the host's limit";
    numbers.giveBack(2);
    numbers.giveBack(0);
    EXPECT_EQ(numbers.take(), 0U);
    EXPECT_EQ(numbers.take(), 2U);
    EXPECT_FALSE(numbers.take());
}

TEST(Doctor, StopsAtTheFirstFailureAndSaysHowToFixIt)
{
    const DoctorReport report = examineKvm("/nonexistent/kvm");
    EXPECT_FALSE(report.healthy());
    ASSERT_EQ(report.steps.size(), 1U);
    EXPECT_FALSE(report.steps[0].ok);
    EXPECT_FALSE(report.steps[0].explanation.empty());
    EXPECT_TRUE(report.capabilities.empty());
}

TEST(Doctor, RunsARealInstructionWhereItCan)
{
    if (const auto kvm = Kvm::open(); !kvm)
        GTEST_SKIP() << kvm.error().message();
    const DoctorReport report = examineKvm();
    for (const DoctorStep& step : report.steps)
        EXPECT_TRUE(step.ok) << step.name << ": " << step.explanation;
    EXPECT_TRUE(report.healthy());
    EXPECT_EQ(report.steps.size(), adviseSplitLocksHere() ? 6U : 5U);
    EXPECT_FALSE(report.capabilities.empty());
}

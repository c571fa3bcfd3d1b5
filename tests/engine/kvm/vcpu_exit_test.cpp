// SPDX-License-Identifier: GPL-3.0-or-later
#include "kvm/kvm_api.h"
#include "kvm/vcpu.h"
#include "kvm/vcpu_exit.h"

#include <gtest/gtest.h>

#include <array>

using namespace engine::kvm;

static_assert(!std::is_copy_constructible_v<VcpuRunHandle> && !std::is_move_constructible_v<VcpuRunHandle>);

namespace {

// A hand-filled shared mapping.
struct Page {
    alignas(4096) std::array<std::byte, 8192> bytes{};
    kvm_run& run() { return *reinterpret_cast<kvm_run*>(bytes.data()); }
    VcpuExit decode(std::uint32_t reason)
    {
        run().exit_reason = reason;
        return decodeExit(bytes);
    }
};

} // namespace

TEST(DecodeExit, PortWriteCarriesPortUnitsAndBytes)
{
    Page page;
    page.run().io = {.direction = KVM_EXIT_IO_OUT, .size = 2, .port = 0x3f8, .count = 3, .data_offset = 4096};
    page.bytes[4096] = std::byte{'h'};
    page.bytes[4101] = std::byte{'!'};

    const auto exit = page.decode(KVM_EXIT_IO);

    const auto& out = std::get<IoOut>(exit);
    EXPECT_EQ(out.port, 0x3f8);
    EXPECT_EQ(out.size, 2);
    EXPECT_EQ(out.count, 3U);
    ASSERT_EQ(out.data.size(), 6U);
    EXPECT_EQ(out.data[0], std::byte{'h'});
    EXPECT_EQ(out.data[5], std::byte{'!'});
}

TEST(DecodeExit, PortReadIsAnsweredThroughThePage)
{
    Page page;
    page.run().io = {.direction = KVM_EXIT_IO_IN, .size = 1, .port = 0x60, .count = 1, .data_offset = 4096};
    const auto exit = page.decode(KVM_EXIT_IO);
    std::get<IoIn>(exit).data[0] = std::byte{0x5A};
    EXPECT_EQ(page.bytes[4096], std::byte{0x5A});
}

TEST(DecodeExit, PortDataOutsideThePageIsRefused)
{
    Page page;
    page.run().io = {.direction = KVM_EXIT_IO_IN, .size = 4, .port = 0x60, .count = 1, .data_offset = 8190};
    EXPECT_TRUE(std::holds_alternative<Unexpected>(page.decode(KVM_EXIT_IO)));
    page.run().io = {
        .direction = KVM_EXIT_IO_IN, .size = 4, .port = 0x60, .count = 0xFFFFFFFF, .data_offset = 64};
    EXPECT_TRUE(std::holds_alternative<Unexpected>(page.decode(KVM_EXIT_IO)));
}

TEST(DecodeExit, MemoryAccessesCarryAddressAndBytes)
{
    Page page;
    page.run().mmio.phys_addr = 0xFED00004;
    page.run().mmio.len = 8;
    page.run().mmio.data[7] = 9;
    page.run().mmio.is_write = 1;
    const auto write = page.decode(KVM_EXIT_MMIO);
    EXPECT_EQ(std::get<MmioWrite>(write).address, 0xFED00004);
    EXPECT_EQ(std::get<MmioWrite>(write).data[7], std::byte{9});

    page.run().mmio.is_write = 0;
    page.run().mmio.len = 2;
    const auto read = page.decode(KVM_EXIT_MMIO);
    ASSERT_EQ(std::get<MmioRead>(read).data.size(), 2U);
    std::get<MmioRead>(read).data[1] = std::byte{0x77};
    EXPECT_EQ(page.run().mmio.data[1], 0x77);

    page.run().mmio.len = 9;
    EXPECT_TRUE(std::holds_alternative<Unexpected>(page.decode(KVM_EXIT_MMIO)));
}

TEST(DecodeExit, UnknownMsrsAreAnsweredThroughThePage)
{
    Page page;
    page.run().msr.index = 0x8B;
    const auto read = page.decode(KVM_EXIT_X86_RDMSR);
    EXPECT_EQ(std::get<RdMsr>(read).index, 0x8BU);
    *std::get<RdMsr>(read).value = 42;
    *std::get<RdMsr>(read).error = 1;
    EXPECT_EQ(page.run().msr.data, 42U);
    EXPECT_EQ(page.run().msr.error, 1);

    page.run().msr.data = 7;
    const auto write = page.decode(KVM_EXIT_X86_WRMSR);
    EXPECT_EQ(std::get<WrMsr>(write).value, 7U);
}

TEST(DecodeExit, EmulationFailureBringsTheInstruction)
{
    Page page;
    auto& failure = page.run().emulation_failure;
    failure.suberror = KVM_INTERNAL_ERROR_EMULATION;
    failure.ndata = 3;
    failure.flags = KVM_INTERNAL_ERROR_EMULATION_FLAG_INSTRUCTION_BYTES;
    failure.insn_size = 200; // more than fits
    failure.insn_bytes[0] = 0x9B;
    const auto exit = page.decode(KVM_EXIT_INTERNAL_ERROR);
    const auto& error = std::get<InternalError>(exit);
    EXPECT_EQ(error.kind, InternalErrorKind::Emulation);
    EXPECT_EQ(error.instructionLength, 15);
    EXPECT_EQ(error.instruction[0], 0x9B);

    page.run().internal.suberror = KVM_INTERNAL_ERROR_DELIVERY_EV;
    page.run().internal.ndata = 1000;
    const auto other = page.decode(KVM_EXIT_INTERNAL_ERROR);
    EXPECT_EQ(std::get<InternalError>(other).kind, InternalErrorKind::DeliverEvent);
    EXPECT_EQ(std::get<InternalError>(other).dataCount, 16U);
    EXPECT_EQ(std::get<InternalError>(other).instructionLength, 0);
}

TEST(DecodeExit, EveryReasonHasAnAnswerAndASentence)
{
    Page page;
    page.run().system_event.type = KVM_SYSTEM_EVENT_RESET;
    EXPECT_EQ(std::get<SystemEvent>(page.decode(KVM_EXIT_SYSTEM_EVENT)).type, SystemEventType::Reset);
    page.run().fail_entry.hardware_entry_failure_reason = 0x80000021;
    EXPECT_EQ(std::get<FailEntry>(page.decode(KVM_EXIT_FAIL_ENTRY)).hardwareReason, 0x80000021);
    EXPECT_TRUE(std::holds_alternative<Halted>(page.decode(KVM_EXIT_HLT)));
    EXPECT_TRUE(std::holds_alternative<ShutDown>(page.decode(KVM_EXIT_SHUTDOWN)));
    EXPECT_TRUE(std::holds_alternative<Interrupted>(page.decode(KVM_EXIT_INTR)));
    EXPECT_TRUE(std::holds_alternative<IrqWindow>(page.decode(KVM_EXIT_IRQ_WINDOW_OPEN)));
    EXPECT_TRUE(std::holds_alternative<DebugStop>(page.decode(KVM_EXIT_DEBUG)));
    EXPECT_TRUE(std::holds_alternative<Hypercall>(page.decode(KVM_EXIT_HYPERCALL)));
    EXPECT_TRUE(std::holds_alternative<BusLock>(page.decode(KVM_EXIT_X86_BUS_LOCK)));
    EXPECT_TRUE(std::holds_alternative<IoApicEoi>(page.decode(KVM_EXIT_IOAPIC_EOI)));
    EXPECT_EQ(std::get<Unexpected>(page.decode(999)).reason, 999U);
    for (std::uint32_t reason = 0; reason < 64; ++reason)
        EXPECT_FALSE(describe(Page{}.decode(reason)).empty()) << reason;
}

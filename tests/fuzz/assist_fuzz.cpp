// SPDX-License-Identifier: GPL-3.0-or-later
// Any bytes as an instruction, any registers, any page tables: the assist must fetch, decode, translate
// and prepare without harm. Nothing is executed natively.
#include "fuzz/fuzz_input.h"
#include "kvm/assist/native_whitelist.h"
#include "kvm/assist/stepper.h"

#include <cstdlib>
#include <map>

using namespace engine;
using namespace engine::kvm::assist;

namespace {

constexpr std::uint64_t RamBytes = 64 * 1024;

class FuzzServices final : public CpuServices {
public:
    std::optional<std::uint64_t> readMsr(std::uint32_t index) override { return index; }
    bool writeMsr(std::uint32_t index, std::uint64_t) override { return index % 2 == 0; }
    std::optional<std::uint64_t> readXcr0() override { return 7; }
    bool writeXcr0(std::uint64_t value) override { return value == 7; }
    void flushTlb() override {}
};

class NoState final : public ExtendedState {
public:
    bool load(std::span<std::byte>) override { return false; }
    bool store(std::span<const std::byte>) override { return false; }
};

CpuContext takeContext(test::FuzzInput& input)
{
    CpuContext cpu;
    const auto mode = input.take<std::uint8_t>();
    cpu.cr0 = (mode & 1 ? Cr0ProtectedMode : 0) | (mode & 2 ? Cr0Paging | Cr0ProtectedMode : 0);
    cpu.efer = (mode & 4 ? EferLongModeActive | EferNoExecute : 0);
    cpu.cr4 = input.take<std::uint32_t>();
    cpu.cr3 = input.take<std::uint16_t>();
    cpu.flags = input.take<std::uint32_t>();
    cpu.instructionPointer = input.take<std::uint16_t>();
    for (SegmentState& segment : cpu.segments) {
        segment.base = input.take<std::uint16_t>();
        segment.privilege = mode >> 3 & 3;
        segment.is64Bit = (mode & 4) != 0;
        segment.is32Bit = (mode & 32) != 0;
    }
    for (std::uint64_t& reg : cpu.general)
        reg = mode & 64 ? input.take<std::uint64_t>() : input.take<std::uint16_t>();
    return cpu;
}

/// What may run on the host must not name a register or a control transfer that could reach it.
void checkNative(const NativeCode& native)
{
    CpuContext host;
    host.efer = EferLongModeActive;
    host.segments[SegmentCs].is64Bit = true;
    const auto again = decode(host, std::as_bytes(std::span(native.code)));
    if (!again || again->info.length != native.code.size() || !mayRunNatively(*again))
        std::abort();
    for (const ZydisDecodedOperand& operand : again->operands())
        if (operand.type == ZYDIS_OPERAND_TYPE_REGISTER
            && generalRegister(operand.reg.value) == unsigned{Rsp})
            std::abort();
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    static const auto ram = HostBlock::create("fuzz", RamBytes);
    if (!ram)
        return 0;
    (*ram)->clear();
    test::FuzzInput input(data, size);
    CpuContext cpu = takeContext(input);
    const auto code = input.takeBytes(MaximumInstructionBytes);
    const auto instruction = decode(cpu, std::as_bytes(code));
    if (instruction)
        if (const auto native = makeNative(cpu, *instruction))
            checkNative(*native);

    AddressSpace memory;
    MemoryMapping mapping;
    mapping.length = RamBytes;
    mapping.block = *ram;
    if (!memory.map(std::move(mapping)))
        return 0;
    memory.write(GuestAddress(cpu.codeAddress() % (RamBytes - MaximumInstructionBytes)), std::as_bytes(code));
    memory.write(GuestAddress(cpu.cr3 & ~std::uint64_t{0xFFF}), std::as_bytes(input.takeBytes(4096)));
    FuzzServices services;
    NoState state;
    const CpuContext before = cpu;
    Stepper stepper(cpu, memory, services, state, nullptr);
    const Outcome outcome = stepper.step();
    if (std::holds_alternative<Unsupported>(outcome) && cpu.general != before.general)
        std::abort(); // all or nothing
    return 0;
}

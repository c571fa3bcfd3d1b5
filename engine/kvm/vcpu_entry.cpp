// SPDX-License-Identifier: GPL-3.0-or-later
#include "kvm/vcpu_entry.h"

#include "kvm/kvm_api.h"

namespace engine::kvm {

namespace {

// Intel SDM volume 3, 2.5 (control registers), 2.2.1 (EFER) and 3.4.5 (segment descriptors).
constexpr std::uint64_t Cr0ProtectedMode = 1U << 0;            // PE
constexpr std::uint64_t Cr0ExtensionType = 1U << 4;            // ET
constexpr std::uint64_t Cr0Paging = 1U << 31;                  // PG
constexpr std::uint64_t Cr4PhysicalAddressExtension = 1U << 5; // PAE
constexpr std::uint64_t EferLongModeEnable = 1U << 8;          // LME
constexpr std::uint64_t EferLongModeActive = 1U << 10;         // LMA
constexpr std::uint64_t FlagsReserved = 1U << 1;
constexpr std::uint8_t CodeReadAccessed = 0xB;
constexpr std::uint8_t DataWriteAccessed = 0x3;
constexpr std::uint8_t TaskBusy = 0xB;
constexpr std::uint16_t CodeSelector = 0x10; // the Linux boot protocol's __BOOT_CS and __BOOT_DS
constexpr std::uint16_t DataSelector = 0x18;

kvm_segment flatSegment(std::uint16_t selector, std::uint8_t type)
{
    kvm_segment segment{};
    segment.limit = 0xFFFFFFFF;
    segment.selector = selector;
    segment.type = type;
    segment.present = 1;
    segment.s = 1;
    segment.g = 1;
    segment.db = 1;
    return segment;
}

void setFlatSegments(kvm_sregs& system, const kvm_segment& code)
{
    system.cs = code;
    const kvm_segment data = flatSegment(DataSelector, DataWriteAccessed);
    system.ds = system.es = system.fs = system.gs = system.ss = data;
    system.tr = {};
    system.tr.limit = 0x67;
    system.tr.type = TaskBusy;
    system.tr.present = 1;
}

void prepare(const PvhEntry& entry, kvm_regs& registers, kvm_sregs& system)
{
    setFlatSegments(system, flatSegment(CodeSelector, CodeReadAccessed));
    system.cr0 = Cr0ProtectedMode | Cr0ExtensionType;
    system.cr4 = 0;
    system.efer = 0;
    registers.rip = entry.entryPoint;
    registers.rbx = entry.startInfo;
}

void prepare(const LongModeEntry& entry, kvm_regs& registers, kvm_sregs& system)
{
    kvm_segment code = flatSegment(CodeSelector, CodeReadAccessed);
    code.l = 1;
    code.db = 0;
    setFlatSegments(system, code);
    system.gdt.base = entry.gdtBase;
    system.gdt.limit = static_cast<std::uint16_t>(entry.gdtEntries == 0 ? 0 : entry.gdtEntries * 8 - 1);
    system.cr0 = Cr0ProtectedMode | Cr0ExtensionType | Cr0Paging;
    system.cr3 = entry.pageTables;
    system.cr4 = Cr4PhysicalAddressExtension;
    system.efer = EferLongModeEnable | EferLongModeActive;
    registers.rip = entry.entryPoint;
    registers.rsp = entry.stackPointer;
    registers.rsi = entry.argument;
}

void prepare(const RealModeEntry& entry, kvm_regs& registers, kvm_sregs& system)
{
    system.cs.selector = entry.codeSegment;
    system.cs.base = std::uint64_t{entry.codeSegment} << 4;
    registers.rip = entry.instructionPointer;
    registers.rsp = entry.stackPointer;
    registers.rdx = entry.dx;
}

void prepare(const DirectEntry& entry, kvm_regs& registers, kvm_sregs& system)
{
    if (entry.longMode)
        prepare(LongModeEntry{.entryPoint = entry.rip, .pageTables = entry.cr3, .argument = entry.rsi},
                registers, system);
    else
        prepare(PvhEntry{.entryPoint = static_cast<std::uint32_t>(entry.rip)}, registers, system);
    registers.rax = entry.rax;
    registers.rbx = entry.rbx;
    registers.rsi = entry.rsi;
    system.gdt.base = entry.gdtBase;
    system.gdt.limit = entry.gdtLimit;
    system.cs.selector = entry.codeSelector;
    for (kvm_segment* segment : {&system.ds, &system.es, &system.fs, &system.gs, &system.ss})
        segment->selector = entry.dataSelector;
    system.tr.selector = entry.taskSelector;
}

} // namespace

Result<> applyVcpuEntry(int vcpuFd, const VcpuEntry& entry)
{
    kvm_sregs system{};
    if (callKvm(vcpuFd, KVM_GET_SREGS, &system) < 0)
        return failSystem("cannot read the virtual CPU's registers");
    kvm_regs registers{};
    registers.rflags = FlagsReserved;
    std::visit([&](const auto& kind) { prepare(kind, registers, system); }, entry);
    if (callKvm(vcpuFd, KVM_SET_SREGS, &system) < 0 || callKvm(vcpuFd, KVM_SET_REGS, &registers) < 0)
        return failSystem("cannot set the virtual CPU's registers");
    return {};
}

} // namespace engine::kvm

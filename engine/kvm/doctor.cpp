// SPDX-License-Identifier: GPL-3.0-or-later
#include "kvm/doctor.h"

#include "bus/address_space.h"
#include "kvm/cpu_profile.h"
#include "kvm/kvm_access.h"
#include "kvm/kvm_api.h"
#include "kvm/kvm_vm.h"

#include <fcntl.h>

#include <array>

namespace engine::kvm {

namespace {

/// Everything that the examination builds up, and the report about it.
class Examination {
public:
    explicit Examination(std::string path) : m_path(std::move(path)) {}

    [[nodiscard]] DoctorReport run()
    {
        m_report.softwareVirtualization = isSoftwareVirtualization();
        (void)(openDevice() && checkInterface() && createVm() && createVcpu() && runInstruction()
               && checkSplitLocks());
        return std::move(m_report);
    }

private:
    bool note(std::string name, const Result<>& outcome, std::string good)
    {
        m_report.steps.push_back({.name = std::move(name),
                                  .ok = outcome.has_value(),
                                  .explanation = outcome ? std::move(good) : outcome.error().message(),
                                  .fixCommand = {}});
        return outcome.has_value();
    }

    bool openDevice()
    {
        const UniqueFd fd(::open(m_path.c_str(), O_RDWR | O_CLOEXEC));
        if (fd)
            return note("open " + m_path, {}, "The device opens for reading and writing.");
        AccessAdvice advice = adviseOpenFailure(m_path, errno);
        m_report.steps.push_back({.name = "open " + m_path,
                                  .ok = false,
                                  .explanation = std::move(advice.explanation),
                                  .fixCommand = std::move(advice.fixCommand)});
        return false;
    }

    bool checkInterface()
    {
        auto opened = Kvm::open(m_path);
        if (!opened)
            return note("check the interface", std::unexpected(opened.error()), {});
        m_kvm = *std::move(opened);
        m_report.capabilities = listCaps(m_kvm->caps());
        return note("check the interface", {}, "Version 12, with everything that a guest needs.");
    }

    bool createVm()
    {
        auto created = KvmVm::create(m_kvm, {}, m_log);
        if (!created)
            return note("create a virtual machine", std::unexpected(created.error()), {});
        m_vm = *std::move(created);
        return note("create a virtual machine", {}, "With interrupt controllers and a timer.");
    }

    bool createVcpu()
    {
        auto created = m_vm->createVcpu(0, buildCpuid(HostCpu::of(*m_kvm), {}, 0));
        if (!created)
            return note("create a virtual CPU", std::unexpected(created.error()), {});
        m_vcpu = *std::move(created);
        return note("create a virtual CPU", {}, "With the host's CPU features.");
    }

    Result<> execute()
    {
        // mov al, 42; out 0x80, al
        constexpr std::array<std::uint8_t, 4> Code = {0xB0, 42, 0xE6, 0x80};
        constexpr std::uint64_t Page = 4096;
        AddressSpace memory(&m_vm->memorySlots());
        auto block = VM_TRY(HostBlock::create("doctor", Page));
        VM_TRY(block->write(0, std::as_bytes(std::span(Code))));
        MemoryMapping mapping;
        mapping.base = GuestAddress(Page);
        mapping.length = Page;
        mapping.block = block;
        (void)VM_TRY(memory.map(mapping));
        VM_TRY(m_vcpu->enter(RealModeEntry{.codeSegment = Page >> 4, .stackPointer = 0xFF0}));
        VcpuRunHandle handle = m_vcpu->bindToThisThread();
        VcpuExit exit = Interrupted{};
        while (std::holds_alternative<Interrupted>(exit))
            exit = VM_TRY(m_vcpu->run(handle));
        const auto* out = std::get_if<IoOut>(&exit);
        if (!out || out->port != 0x80 || out->data.empty() || out->data[0] != std::byte{42})
            return fail(ErrorCode::Unsupported,
                        "The virtual CPU did something else: " + describe(exit) + ".");
        return {};
    }

    bool runInstruction()
    {
        const bool ok = note("run an instruction", execute(),
                             m_report.softwareVirtualization
                                 ? "It ran. This KVM works without VT-x or AMD-V: guests are slow here."
                                 : "It ran on the processor.");
        m_vcpu.reset();
        m_vm.reset();
        return ok;
    }

    /// A hint, not a failure: guests run either way. Says nothing where there is nothing to say.
    bool checkSplitLocks()
    {
        if (auto advice = adviseSplitLocksHere())
            m_report.steps.push_back({.name = "look for split-lock slow-downs",
                                      .ok = true,
                                      .explanation = std::move(advice->explanation),
                                      .fixCommand = std::move(advice->fixCommand)});
        return true;
    }

    std::string m_path;
    DoctorReport m_report;
    Log m_log;
    std::shared_ptr<const Kvm> m_kvm;
    std::unique_ptr<KvmVm> m_vm;
    std::unique_ptr<Vcpu> m_vcpu; // destroyed before its machine
};

} // namespace

DoctorReport examineKvm(const std::string& path)
{
    return Examination(path).run();
}

bool isSoftwareVirtualization()
{
    return !hostHasVirtualization();
}

} // namespace engine::kvm

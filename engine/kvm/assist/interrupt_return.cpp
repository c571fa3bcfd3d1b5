// SPDX-License-Identifier: GPL-3.0-or-later
#include "kvm/assist/interrupt_return.h"

#include "bus/bus_device.h"
#include "kvm/assist/descriptor.h"

#include <array>

namespace engine::kvm::assist {

namespace {

constexpr std::uint64_t FlagIoPrivilege = 3U << 12;      // IOPL
constexpr std::uint64_t FlagVirtualInterrupt = 3U << 19; // VIF, VIP
/// CF, PF, AF, ZF, SF, TF, DF, OF, NT, RF, AC, ID: what IRET loads at every privilege level.
constexpr std::uint64_t CommonFlags = 0x254DD5;

class Return {
public:
    Return(CpuContext& cpu, const Instruction& instruction, const LinearMemory& memory)
        : m_cpu(cpu), m_memory(memory), m_width(instruction.info.operand_width / 8U),
          m_level(cpu.privilege()), m_long((cpu.efer & EferLongModeActive) != 0), m_wasLong(cpu.isLongMode())
    {}

    Outcome run()
    {
        if (!m_cpu.isProtected())
            return Unsupported{};
        if ((m_cpu.flags & FlagVirtual8086) != 0)
            return runVirtual8086();
        if ((m_cpu.flags & FlagNestedTask) != 0)
            return m_long ? Outcome(GuestFault::generalProtection()) : Outcome(Unsupported{});
        std::array<std::uint64_t, 3> words{}; // IP, CS, flags
        if (const auto fault = pop(words))
            return *fault;
        const auto selector = static_cast<std::uint16_t>(words[1]);
        if ((words[2] & FlagVirtual8086) != 0 && !m_long && m_level == 0 && m_width == 4)
            return enterVirtual8086(words[0], selector, words[2]);
        const auto code = checkCode(selector);
        if (!code)
            return code.error();
        const unsigned target = selector & 3U;
        if (target != m_level || m_wasLong)
            return leave(words, *code, target);
        commit(words, *code);
        return Completed{};
    }

    /// A far RET, which leaves the flags alone and lets go of parameters on both stacks.
    Outcome runFar(std::uint64_t parameterBytes)
    {
        std::array<std::uint64_t, 3> words{};
        if (const auto fault = pop(std::span(words).first(2)))
            return *fault;
        const auto selector = static_cast<std::uint16_t>(words[1]);
        const auto code = checkCode(selector);
        if (!code)
            return code.error();
        m_loadsFlags = false;
        m_popped += parameterBytes;
        const Outcome outcome = leave(words, *code, selector & 3U);
        if (std::holds_alternative<Completed>(outcome)) {
            const std::uint64_t mask = stackMaskOf(m_cpu);
            m_cpu.general[Rsp] =
                (m_cpu.general[Rsp] & ~mask) | ((m_cpu.general[Rsp] + parameterBytes) & mask);
        }
        return outcome;
    }

private:
    [[nodiscard]] static std::uint64_t stackMaskOf(const CpuContext& cpu)
    {
        if (cpu.isLongMode())
            return ~std::uint64_t{0};
        return cpu.segments[SegmentSs].is32Bit ? 0xffffffff : 0xffff;
    }
    [[nodiscard]] std::uint64_t stackMask() const { return stackMaskOf(m_cpu); }
    /// Takes words from the stack; the stack pointer itself moves in commit().
    [[nodiscard]] std::optional<GuestFault> pop(std::span<std::uint64_t> words)
    {
        std::array<std::byte, 8 * 6> raw{};
        const auto bytes = std::span(raw).first(words.size() * m_width);
        const std::uint64_t pointer = (m_cpu.general[Rsp] + m_popped) & stackMask();
        const std::uint64_t linear =
            m_wasLong ? pointer : (m_cpu.segments[SegmentSs].base + pointer) & 0xffffffff;
        if (auto fault = m_memory.read(linear, bytes))
            return fault;
        for (std::size_t i = 0; i < words.size(); ++i)
            words[i] = loadLittleEndian(bytes.subspan(i * m_width, m_width));
        m_popped += bytes.size();
        return std::nullopt;
    }

    [[nodiscard]] std::expected<Descriptor, GuestFault> checkCode(std::uint16_t selector) const
    {
        if (selectorIndex(selector) == 0)
            return std::unexpected(GuestFault::generalProtection());
        auto code = readDescriptor(m_cpu, m_memory, selector);
        if (!code)
            return code;
        const unsigned target = selector & 3U;
        const bool rightLevel =
            code->isConforming() ? code->privilege() <= target : code->privilege() == target;
        const bool bothWidths = m_long && code->isLong() && code->isBig();
        if (!code->isCode() || target < m_level || !rightLevel || bothWidths)
            return std::unexpected(selectorFault(Vector::GeneralProtection, selector));
        if (!code->isPresent())
            return std::unexpected(selectorFault(Vector::SegmentNotPresent, selector));
        return code;
    }

    /// The stack comes back too: to an outer level, and always in 64-bit mode.
    [[nodiscard]] Outcome leave(const std::array<std::uint64_t, 3>& words, Descriptor code, unsigned target)
    {
        std::array<std::uint64_t, 2> stack{}; // SP, SS
        if (const auto fault = pop(stack))
            return *fault;
        const auto selector = static_cast<std::uint16_t>(stack[1]);
        std::optional<Descriptor> data;
        if (selectorIndex(selector) == 0) {
            const bool mayBeNull = m_long && code.isLong() && target != 3 && (selector & 3U) == target;
            if (!mayBeNull)
                return GuestFault::generalProtection();
        } else {
            const auto read = readDescriptor(m_cpu, m_memory, selector);
            if (!read)
                return read.error();
            if ((selector & 3U) != target || read->privilege() != target || !read->isWritable())
                return selectorFault(Vector::GeneralProtection, selector);
            if (!read->isPresent())
                return selectorFault(Vector::StackFault, selector);
            data = *read;
        }
        commit(words, code);
        if (data)
            loadSegment(m_cpu, SegmentSs, selector, *data);
        else
            loadNull(m_cpu, SegmentSs, selector, target);
        const bool wide = m_cpu.segments[SegmentCs].is64Bit || !data || data->isBig();
        m_cpu.general[Rsp] = wide ? stack[0] : (m_cpu.general[Rsp] & ~0xffffULL) | (stack[0] & 0xffff);
        if (target != m_level)
            forgetInnerSegments(target);
        return Completed{};
    }

    void commit(const std::array<std::uint64_t, 3>& words, Descriptor code)
    {
        const std::uint64_t mask = stackMask();
        m_cpu.general[Rsp] = (m_cpu.general[Rsp] & ~mask) | ((m_cpu.general[Rsp] + m_popped) & mask);
        if (m_loadsFlags)
            loadFlags(words[2]);
        loadSegment(m_cpu, SegmentCs, static_cast<std::uint16_t>(words[1]), code);
        m_cpu.segments[SegmentCs].privilege = static_cast<std::uint8_t>(words[1] & 3);
        m_cpu.instructionPointer = m_cpu.segments[SegmentCs].is64Bit ? words[0] : words[0] & 0xffffffff;
    }
    void loadFlags(std::uint64_t value)
    {
        std::uint64_t writable = CommonFlags;
        if (m_level == 0)
            writable |= FlagIoPrivilege | (m_width > 2 ? FlagVirtualInterrupt : 0);
        if (m_level <= (m_cpu.flags & FlagIoPrivilege) >> 12)
            writable |= FlagInterrupt;
        if (m_width == 2)
            writable &= 0xffff;
        m_cpu.flags = (m_cpu.flags & ~writable) | (value & writable) | 2;
    }
    /// Data segments that the outer level may not use do not stay loaded.
    void forgetInnerSegments(unsigned target)
    {
        for (const auto segment : {SegmentEs, SegmentDs, SegmentFs, SegmentGs}) {
            const SegmentState& state = m_cpu.segments.at(segment);
            if (selectorIndex(state.selector) == 0 || state.privilege >= target)
                continue;
            const auto descriptor = readDescriptor(m_cpu, m_memory, state.selector);
            if (!descriptor || !descriptor->isConforming())
                loadNull(m_cpu, segment, 0, 0);
        }
    }

    [[nodiscard]] Outcome enterVirtual8086(std::uint64_t pointer, std::uint16_t code, std::uint64_t flags)
    {
        std::array<std::uint64_t, 6> words{}; // SP, SS, ES, DS, FS, GS
        if (const auto fault = pop(words))
            return *fault;
        constexpr std::array Order = {SegmentSs, SegmentEs, SegmentDs, SegmentFs, SegmentGs};
        for (std::size_t i = 0; i < Order.size(); ++i)
            loadVirtual8086(m_cpu, Order.at(i), static_cast<std::uint16_t>(words.at(i + 1)));
        loadVirtual8086(m_cpu, SegmentCs, code);
        constexpr std::uint64_t DefinedFlags = 0x3F7FD5;
        m_cpu.flags = (flags & DefinedFlags) | 2;
        m_cpu.general[Rsp] = words[0];
        m_cpu.instructionPointer = pointer & 0xffff;
        return Completed{};
    }

    [[nodiscard]] Outcome runVirtual8086()
    {
        if ((m_cpu.flags & FlagIoPrivilege) != FlagIoPrivilege)
            return GuestFault::generalProtection();
        std::array<std::uint64_t, 3> words{};
        if (const auto fault = pop(words))
            return *fault;
        std::uint64_t writable = CommonFlags | FlagInterrupt;
        if (m_width == 2)
            writable &= 0xffff;
        m_cpu.flags = (m_cpu.flags & ~writable) | (words[2] & writable) | 2;
        m_cpu.general[Rsp] = (m_cpu.general[Rsp] & ~0xffffULL) | ((m_cpu.general[Rsp] + m_popped) & 0xffff);
        loadVirtual8086(m_cpu, SegmentCs, static_cast<std::uint16_t>(words[1]));
        m_cpu.instructionPointer = words[0] & 0xffff;
        return Completed{};
    }

    CpuContext& m_cpu;
    const LinearMemory& m_memory;
    unsigned m_width;
    unsigned m_level;
    bool m_long;
    bool m_wasLong;
    std::uint64_t m_popped = 0;
    bool m_loadsFlags = true;
};

} // namespace

Outcome returnFromInterrupt(CpuContext& cpu, const Instruction& instruction, const LinearMemory& memory)
{
    return Return(cpu, instruction, memory).run();
}

Outcome returnToOuterLevel(CpuContext& cpu, const Instruction& instruction, const LinearMemory& memory)
{
    const bool hasParameters = instruction.info.operand_count_visible > 0;
    return Return(cpu, instruction, memory)
        .runFar(hasParameters ? instruction.operandStorage[0].imm.value.u : 0);
}

} // namespace engine::kvm::assist

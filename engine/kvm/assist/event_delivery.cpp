// SPDX-License-Identifier: GPL-3.0-or-later
#include "kvm/assist/event_delivery.h"

#include "bus/bus_device.h"
#include "kvm/assist/descriptor.h"

#include <array>
#include <utility>
#include <vector>

namespace engine::kvm::assist {

namespace {

constexpr std::uint32_t ExternalEvent = 1;  // of error codes: EXT
constexpr std::uint32_t InterruptTable = 2; // IDT

/// An interrupt or trap gate (Intel SDM volume 3, 6.11 and 6.14.1).
struct Gate {
    std::uint16_t selector = 0;
    std::uint64_t offset = 0;
    unsigned width = 4; ///< bytes that each word of the frame takes
    bool keepsInterrupts = false;
    unsigned stackTable = 0; ///< IST, in long mode
};

/// Where the frame goes.
struct Stack {
    std::uint64_t pointer = 0;
    std::uint16_t selector = 0;
    std::optional<Descriptor> descriptor; ///< absent: the present one goes on, or a null one is loaded
    bool isNew = false;
};

class Delivery {
public:
    Delivery(CpuContext& cpu, const LinearMemory& memory, const Event& event)
        : m_cpu(cpu), m_memory(memory), m_event(event), m_level(cpu.privilege()),
          m_long((cpu.efer & EferLongModeActive) != 0), m_external(event.isSoftware ? 0 : ExternalEvent)
    {}

    Outcome run()
    {
        const auto gate = readGate();
        if (!gate)
            return gate.error();
        const auto code = readCode(gate->selector);
        if (!code)
            return code.error();
        m_newLevel = code->isConforming() ? m_level : code->privilege();
        if (isVirtual8086() && m_newLevel != 0)
            return selectorError(Vector::GeneralProtection, gate->selector);
        const auto stack = chooseStack(*gate);
        if (!stack)
            return stack.error();
        return enter(*gate, *code, *stack);
    }

private:
    using Failure = std::unexpected<Outcome>;
    [[nodiscard]] bool isVirtual8086() const { return (m_cpu.flags & FlagVirtual8086) != 0; }
    [[nodiscard]] Outcome selectorError(Vector vector, std::uint16_t selector) const
    {
        return GuestFault{vector, selectorIndex(selector) | m_external, 0, false};
    }
    [[nodiscard]] std::expected<std::uint64_t, Outcome> readSystem(std::uint64_t linear,
                                                                   std::size_t bytes) const
    {
        std::array<std::byte, 8> raw{};
        if (const auto fault = m_memory.asLevel(0).read(linear, std::span(raw).first(bytes)))
            return Failure(*fault);
        return loadLittleEndian(std::span(raw).first(bytes));
    }

    [[nodiscard]] std::expected<Gate, Outcome> readGate() const
    {
        constexpr unsigned TaskGate = 5;
        const std::uint64_t bytes = m_long ? 16 : 8;
        const std::uint64_t offset = m_event.vector * bytes;
        const auto error = [&](Vector vector) {
            return Failure(GuestFault{vector, m_event.vector * 8U | InterruptTable | m_external, 0, false});
        };
        if (offset + bytes - 1 > m_cpu.interruptTable.limit)
            return error(Vector::GeneralProtection);
        const auto low = readSystem(m_cpu.interruptTable.base + offset, 8);
        if (!low)
            return Failure(low.error());
        const auto high = m_long ? readSystem(m_cpu.interruptTable.base + offset + 8, 8) : 0;
        if (!high)
            return Failure(high.error());
        const Descriptor descriptor(*low);
        const unsigned type = descriptor.type();
        const bool is32Bit = (type & 8) != 0;
        if (descriptor.isSystem() && type == TaskGate && !m_long)
            return Failure(Unsupported{});
        if (!descriptor.isSystem() || (type & 6) != 6 || (m_long && !is32Bit))
            return error(Vector::GeneralProtection);
        if (m_event.isSoftware && descriptor.privilege() < m_level)
            return error(Vector::GeneralProtection);
        if (!descriptor.isPresent())
            return error(Vector::SegmentNotPresent);
        Gate gate{.selector = static_cast<std::uint16_t>(*low >> 16),
                  .offset = (*low & 0xffff) | (is32Bit ? *low >> 32 & 0xffff0000 : 0) | *high << 32,
                  .width = is32Bit ? 4U : 2U,
                  .keepsInterrupts = (type & 1) != 0};
        if (m_long) {
            gate.width = 8;
            gate.stackTable = *low >> 32 & 7;
        }
        return gate;
    }

    [[nodiscard]] std::expected<Descriptor, Outcome> readCode(std::uint16_t selector) const
    {
        if (selectorIndex(selector) == 0)
            return Failure(GuestFault{Vector::GeneralProtection, m_external, 0, false});
        auto code = readDescriptor(m_cpu, m_memory, selector);
        if (!code) {
            if (code.error().vector == Vector::GeneralProtection)
                return Failure(selectorError(Vector::GeneralProtection, selector));
            return Failure(code.error());
        }
        const bool wrongWidth = m_long && (!code->isLong() || code->isBig());
        if (!code->isCode() || code->privilege() > m_level || wrongWidth)
            return Failure(selectorError(Vector::GeneralProtection, selector));
        if (!code->isPresent())
            return Failure(selectorError(Vector::SegmentNotPresent, selector));
        return *code;
    }

    [[nodiscard]] std::expected<Stack, Outcome> chooseStack(const Gate& gate) const
    {
        if (m_newLevel == m_level && gate.stackTable == 0)
            return Stack{.pointer = m_long ? m_cpu.general[Rsp] & ~15ULL : m_cpu.general[Rsp]};
        return m_long ? chooseLongStack(gate) : chooseInnerStack();
    }
    [[nodiscard]] std::expected<Stack, Outcome> chooseLongStack(const Gate& gate) const
    {
        const std::uint64_t offset =
            gate.stackTable != 0 ? 0x24 + (gate.stackTable - 1) * 8ULL : 4 + m_newLevel * 8ULL;
        if (offset + 7 > m_cpu.task.limit)
            return Failure(selectorError(Vector::InvalidTask, m_cpu.taskSelector));
        const auto pointer = readSystem(m_cpu.task.base + offset, 8);
        if (!pointer)
            return Failure(pointer.error());
        return Stack{.pointer = *pointer & ~15ULL, .isNew = m_newLevel != m_level};
    }
    [[nodiscard]] std::expected<Stack, Outcome> chooseInnerStack() const
    {
        const std::size_t width = m_cpu.taskIs32Bit ? 4 : 2;
        const std::uint64_t offset = width + m_newLevel * 2ULL * width;
        if (offset + 2 * width - 1 > m_cpu.task.limit)
            return Failure(selectorError(Vector::InvalidTask, m_cpu.taskSelector));
        const auto pointer = readSystem(m_cpu.task.base + offset, width);
        if (!pointer)
            return Failure(pointer.error());
        const auto word = readSystem(m_cpu.task.base + offset + width, 2);
        if (!word)
            return Failure(word.error());
        const auto selector = static_cast<std::uint16_t>(*word);
        const auto descriptor = readDescriptor(m_cpu, m_memory, selector);
        if (selectorIndex(selector) == 0 || !descriptor || (selector & 3U) != m_newLevel
            || descriptor->privilege() != m_newLevel || !descriptor->isWritable())
            return Failure(selectorError(Vector::InvalidTask, selector));
        if (!descriptor->isPresent())
            return Failure(selectorError(Vector::StackFault, selector));
        return Stack{.pointer = *pointer, .selector = selector, .descriptor = *descriptor, .isNew = true};
    }

    /// What goes on the stack, the last one pushed first.
    [[nodiscard]] std::vector<std::uint64_t> frame(const Stack& stack) const
    {
        const auto selector = [this](SegmentRegister segment) -> std::uint64_t {
            return m_cpu.segments.at(segment).selector;
        };
        std::vector<std::uint64_t> words;
        if (m_event.errorCode)
            words.push_back(*m_event.errorCode);
        words.insert(words.end(), {m_event.returnAddress, selector(SegmentCs), m_event.savedFlags});
        if (stack.isNew || m_long)
            words.insert(words.end(), {m_cpu.general[Rsp], selector(SegmentSs)});
        if (isVirtual8086())
            words.insert(words.end(), {selector(SegmentEs), selector(SegmentDs), selector(SegmentFs),
                                       selector(SegmentGs)});
        return words;
    }

    [[nodiscard]] Outcome enter(const Gate& gate, Descriptor code, const Stack& stack)
    {
        const bool is32BitStack =
            stack.descriptor ? stack.descriptor->isBig() : m_cpu.segments[SegmentSs].is32Bit;
        const std::uint64_t base =
            stack.descriptor ? stack.descriptor->base() : m_cpu.segments[SegmentSs].base;
        const std::uint64_t mask = m_long ? ~0ULL : is32BitStack ? 0xffffffffULL : 0xffffULL;
        const auto words = frame(stack);
        const std::uint64_t pointer = (stack.pointer - words.size() * gate.width) & mask;
        std::vector<std::byte> bytes(words.size() * gate.width);
        for (std::size_t i = 0; i < words.size(); ++i)
            storeLittleEndian(std::span(bytes).subspan(i * gate.width, gate.width), words[i]);
        const std::uint64_t linear = m_long ? pointer : (base + pointer) & 0xffffffff;
        if (const auto fault = m_memory.asLevel(m_newLevel).write(linear, bytes))
            return *fault;

        if (isVirtual8086())
            for (const auto segment : {SegmentEs, SegmentDs, SegmentFs, SegmentGs})
                loadNull(m_cpu, segment, 0, 0);
        m_cpu.flags &= ~(FlagTrap | FlagNestedTask | FlagResume | FlagVirtual8086);
        if (!gate.keepsInterrupts)
            m_cpu.flags &= ~FlagInterrupt;
        if (stack.descriptor)
            loadSegment(m_cpu, SegmentSs, stack.selector, *stack.descriptor);
        else if (stack.isNew)
            loadNull(m_cpu, SegmentSs, static_cast<std::uint16_t>(m_newLevel), m_newLevel);
        m_cpu.general[Rsp] = (m_cpu.general[Rsp] & ~mask) | pointer;
        loadSegment(m_cpu, SegmentCs, static_cast<std::uint16_t>(selectorIndex(gate.selector) | m_newLevel),
                    code);
        m_cpu.instructionPointer = gate.offset;
        return Completed{};
    }

    CpuContext& m_cpu;
    const LinearMemory& m_memory;
    const Event& m_event;
    unsigned m_level;
    unsigned m_newLevel = 0;
    bool m_long;
    std::uint32_t m_external;
};

/// Divide error and those that a descriptor table can cause (Intel SDM volume 3, table 6-4).
bool isContributory(Vector vector)
{
    switch (vector) {
    case Vector::DivideError:
    case Vector::InvalidTask:
    case Vector::SegmentNotPresent:
    case Vector::StackFault:
    case Vector::GeneralProtection: return true;
    default: return false;
    }
}

bool makesDoubleFault(Vector first, Vector second)
{
    if (first == Vector::PageFault)
        return second == Vector::PageFault || isContributory(second);
    return isContributory(first) && isContributory(second);
}

} // namespace

Outcome deliverEvent(CpuContext& cpu, const LinearMemory& memory, const Event& event)
{
    if (!cpu.isProtected())
        return Unsupported{};
    return Delivery(cpu, memory, event).run();
}

bool raiseFault(CpuContext& cpu, const LinearMemory& memory, const GuestFault& fault)
{
    const CpuContext before = cpu;
    GuestFault now = fault;
    while (true) {
        const bool isTrap = now.afterInstruction;
        if (now.vector == Vector::PageFault)
            cpu.cr2 = now.address;
        const bool isSoftware = now.vector == Vector::Breakpoint || now.vector == Vector::Overflow;
        const Outcome outcome =
            deliverEvent(cpu, memory,
                         {.vector = static_cast<std::uint8_t>(now.vector),
                          .errorCode = now.errorCode,
                          .isSoftware = isSoftware,
                          .returnAddress = cpu.instructionPointer,
                          .savedFlags = isTrap ? cpu.flags & ~FlagResume : cpu.flags | FlagResume});
        if (std::holds_alternative<Completed>(outcome))
            return true;
        const auto* next = std::get_if<GuestFault>(&outcome);
        if (!next || now.vector == Vector::DoubleFault) {
            cpu = before;
            return false;
        }
        // A software interrupt that its gate refuses is a fault of the instruction itself.
        now =
            makesDoubleFault(now.vector, next->vector) ? GuestFault{Vector::DoubleFault, 0, 0, false} : *next;
    }
}

} // namespace engine::kvm::assist

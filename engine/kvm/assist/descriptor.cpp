// SPDX-License-Identifier: GPL-3.0-or-later
#include "kvm/assist/descriptor.h"

#include "bus/bus_device.h"

#include <array>

namespace engine::kvm::assist {

std::uint32_t Descriptor::limit() const
{
    const auto limit = static_cast<std::uint32_t>((m_raw & 0xffff) | (m_raw >> 32 & 0xf0000));
    return bit(55) ? limit << 12 | 0xfff : limit;
}

GuestFault selectorFault(Vector vector, std::uint16_t selector)
{
    return {vector, selectorIndex(selector), 0, false};
}

std::expected<Descriptor, GuestFault> readDescriptor(const CpuContext& cpu, const LinearMemory& memory,
                                                     std::uint16_t selector)
{
    constexpr std::uint16_t TableIndicator = 4; // the LDT
    const bool local = (selector & TableIndicator) != 0;
    const std::uint16_t offset = selector & 0xfff8;
    const std::uint64_t limit = local ? cpu.localTable.limit : cpu.gdtLimit;
    if (offset + 7ULL > limit)
        return std::unexpected(selectorFault(Vector::GeneralProtection, selector));
    std::array<std::byte, 8> raw{};
    if (const auto fault = memory.asLevel(0).read((local ? cpu.localTable.base : cpu.gdtBase) + offset, raw))
        return std::unexpected(*fault);
    return Descriptor(loadLittleEndian(raw));
}

void loadSegment(CpuContext& cpu, SegmentRegister segment, std::uint16_t selector, Descriptor descriptor)
{
    constexpr std::uint64_t Accessed = std::uint64_t{1} << 40;
    const bool is64Bit = segment == SegmentCs && descriptor.isLong() && (cpu.efer & EferLongModeActive) != 0;
    cpu.segments.at(segment) = {.base = is64Bit ? 0 : descriptor.base(),
                                .selector = selector,
                                .privilege = static_cast<std::uint8_t>(descriptor.privilege()),
                                .is64Bit = is64Bit,
                                .is32Bit = descriptor.isBig()};
    cpu.loaded.at(segment) = descriptor.raw() | Accessed;
}

void loadNull(CpuContext& cpu, SegmentRegister segment, std::uint16_t selector, unsigned privilege)
{
    cpu.segments.at(segment) = {.selector = selector, .privilege = static_cast<std::uint8_t>(privilege)};
    cpu.loaded.at(segment) = 0;
}

void loadVirtual8086(CpuContext& cpu, SegmentRegister segment, std::uint16_t selector)
{
    constexpr std::uint64_t WritableData = 0x0000'f300'0000'ffff; // level 3, present, accessed
    cpu.segments.at(segment) = {.base = std::uint64_t{selector} << 4, .selector = selector, .privilege = 3};
    cpu.loaded.at(segment) = WritableData;
}

} // namespace engine::kvm::assist

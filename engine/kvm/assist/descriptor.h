// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "kvm/assist/cpu_context.h"
#include "kvm/assist/linear_memory.h"

#include <cstdint>
#include <expected>

namespace engine::kvm::assist {

/// A segment descriptor as it lies in a table (Intel SDM volume 3, 3.4.5).
class Descriptor {
public:
    explicit Descriptor(std::uint64_t raw = 0) : m_raw(raw) {}

    [[nodiscard]] std::uint64_t raw() const { return m_raw; }
    [[nodiscard]] unsigned type() const { return m_raw >> 40 & 15; }
    [[nodiscard]] bool isSystem() const { return !bit(44); }
    [[nodiscard]] bool isCode() const { return bit(44) && bit(43); }
    [[nodiscard]] bool isConforming() const { return isCode() && bit(42); }
    [[nodiscard]] bool isReadable() const { return bit(44) && (!bit(43) || bit(41)); }
    [[nodiscard]] bool isWritable() const { return bit(44) && !bit(43) && bit(41); }
    [[nodiscard]] unsigned privilege() const { return m_raw >> 45 & 3; }
    [[nodiscard]] bool isPresent() const { return bit(47); }
    [[nodiscard]] bool isLong() const { return bit(53); }
    [[nodiscard]] bool isBig() const { return bit(54); } ///< D/B
    [[nodiscard]] std::uint64_t base() const { return (m_raw >> 16 & 0xffffff) | (m_raw >> 56 & 0xff) << 24; }
    /// In bytes, the last one that belongs to the segment.
    [[nodiscard]] std::uint32_t limit() const;

private:
    [[nodiscard]] bool bit(unsigned number) const { return (m_raw >> number & 1) != 0; }
    std::uint64_t m_raw;
};

/// The index and table of a selector, as error codes name it; 0 is the null selector.
inline constexpr std::uint16_t selectorIndex(std::uint16_t selector)
{
    return selector & 0xfffc;
}
[[nodiscard]] GuestFault selectorFault(Vector vector, std::uint16_t selector);

/// From the GDT or the LDT; a general protection fault that names the selector when it lies outside.
[[nodiscard]] std::expected<Descriptor, GuestFault>
readDescriptor(const CpuContext& cpu, const LinearMemory& memory, std::uint16_t selector);

/// Fills the hidden part of a segment register from a descriptor that has been checked.
void loadSegment(CpuContext& cpu, SegmentRegister segment, std::uint16_t selector, Descriptor descriptor);
/// The null selector: nothing can be reached through the register. `privilege` is SS's, in 64-bit mode.
void loadNull(CpuContext& cpu, SegmentRegister segment, std::uint16_t selector, unsigned privilege);
/// As virtual-8086 mode does: the base is the selector's sixteenfold.
void loadVirtual8086(CpuContext& cpu, SegmentRegister segment, std::uint16_t selector);

} // namespace engine::kvm::assist

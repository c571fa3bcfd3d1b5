// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "firmware/aml.h"

#include <cstdint>

namespace engine::firmware::aml {

/// Builds a resource template: what a device uses, or a bridge passes on (ACPI 6.5, 6.4).
class Resources {
public:
    /// Fixed ports (I/O Port Descriptor), at most 255.
    Resources& ports(std::uint16_t first, std::uint8_t count);
    /// An edge-triggered ISA interrupt (IRQ Descriptor without flags).
    Resources& isaIrq(unsigned irq);
    /// A level-triggered, active-low, shared choice: bit n stands for IRQ n.
    Resources& pciIrqs(std::uint16_t mask);
    /// 32-Bit Fixed Memory Range Descriptor; both values below 4 GiB.
    Resources& fixedMemory(std::uint64_t base, std::uint64_t length);

    // What a host bridge passes on to its bus; `last` is inclusive.
    Resources& busNumbers(std::uint8_t first, std::uint8_t last);
    Resources& portWindow(std::uint16_t first, std::uint16_t last);
    enum class Caching : std::uint8_t { Uncached = 0, Cacheable = 1 };
    Resources& memoryWindow32(std::uint64_t first, std::uint64_t last, Caching caching);
    Resources& memoryWindow64(std::uint64_t first, std::uint64_t last, Caching caching);

    /// The finished template.
    [[nodiscard]] Term buffer();

private:
    void window(std::uint8_t tag, unsigned width, std::uint8_t kind, std::uint8_t flags, std::uint64_t first,
                std::uint64_t last);

    ByteWriter m_data;
};

} // namespace engine::firmware::aml

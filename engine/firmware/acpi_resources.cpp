// SPDX-License-Identifier: GPL-3.0-or-later
#include "firmware/acpi_resources.h"

namespace engine::firmware::aml {

namespace {

// Tags with their fixed lengths (ACPI 6.5, tables 6.26 and 6.40).
constexpr std::uint8_t IrqWithoutFlags = 0x22;
constexpr std::uint8_t IrqWithFlags = 0x23;
constexpr std::uint8_t IoPorts = 0x47;
constexpr std::uint8_t EndTag = 0x79;
constexpr std::uint8_t FixedMemory32 = 0x86;
constexpr std::uint8_t DwordAddressSpace = 0x87;
constexpr std::uint8_t WordAddressSpace = 0x88;
constexpr std::uint8_t QwordAddressSpace = 0x8a;

constexpr std::uint8_t KindMemory = 0, KindPorts = 1, KindBusNumbers = 2;

} // namespace

Resources& Resources::ports(std::uint16_t first, std::uint8_t count)
{
    constexpr std::uint8_t Decodes16Bits = 1;
    m_data.u8(IoPorts).u8(Decodes16Bits).u16(first).u16(first).u8(1).u8(count);
    return *this;
}

Resources& Resources::isaIrq(unsigned irq)
{
    m_data.u8(IrqWithoutFlags).u16(static_cast<std::uint16_t>(1U << irq));
    return *this;
}

Resources& Resources::pciIrqs(std::uint16_t mask)
{
    constexpr std::uint8_t ActiveLowShared = 0x18;
    m_data.u8(IrqWithFlags).u16(mask).u8(ActiveLowShared);
    return *this;
}

Resources& Resources::fixedMemory(std::uint64_t base, std::uint64_t length)
{
    constexpr std::uint8_t Writable = 1;
    m_data.u8(FixedMemory32).u16(9).u8(Writable);
    m_data.u32(static_cast<std::uint32_t>(base)).u32(static_cast<std::uint32_t>(length));
    return *this;
}

void Resources::window(std::uint8_t tag, unsigned width, std::uint8_t kind, std::uint8_t flags,
                       std::uint64_t first, std::uint64_t last)
{
    constexpr std::uint8_t ProducerFixed = 0x0c; // minimum and maximum are fixed, positive decode
    m_data.u8(tag).u16(static_cast<std::uint16_t>(3 + 5 * width)).u8(kind).u8(ProducerFixed).u8(flags);
    for (const std::uint64_t value : {std::uint64_t{0}, first, last, std::uint64_t{0}, last - first + 1}) {
        const std::size_t at = m_data.size(); // granularity, minimum, maximum, translation, length
        m_data.zeros(width).patch(at, value, width);
    }
}

Resources& Resources::busNumbers(std::uint8_t first, std::uint8_t last)
{
    window(WordAddressSpace, 2, KindBusNumbers, 0, first, last);
    return *this;
}

Resources& Resources::portWindow(std::uint16_t first, std::uint16_t last)
{
    constexpr std::uint8_t EntireRange = 3;
    window(WordAddressSpace, 2, KindPorts, EntireRange, first, last);
    return *this;
}

Resources& Resources::memoryWindow32(std::uint64_t first, std::uint64_t last, Caching caching)
{
    const auto flags = static_cast<std::uint8_t>(1 | static_cast<unsigned>(caching) << 1);
    window(DwordAddressSpace, 4, KindMemory, flags, first, last);
    return *this;
}

Resources& Resources::memoryWindow64(std::uint64_t first, std::uint64_t last, Caching caching)
{
    const auto flags = static_cast<std::uint8_t>(1 | static_cast<unsigned>(caching) << 1);
    window(QwordAddressSpace, 8, KindMemory, flags, first, last);
    return *this;
}

Term Resources::buffer()
{
    constexpr std::uint8_t ChecksumUnused = 0;
    m_data.u8(EndTag).u8(ChecksumUnused);
    return aml::buffer(m_data.data());
}

} // namespace engine::firmware::aml

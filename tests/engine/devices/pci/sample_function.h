// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "devices/pci/pci_function.h"

#include <array>
#include <map>

namespace engine::test {

/// Bytes that hold what is written, and remember the last offset.
class ByteStore final : public BusDevice {
public:
    void read(std::uint64_t offset, std::span<std::byte> data) override
    {
        for (std::size_t i = 0; i < data.size(); ++i)
            data[i] = m_bytes[offset + i];
    }
    void write(std::uint64_t offset, std::span<const std::byte> data) override
    {
        for (std::size_t i = 0; i < data.size(); ++i)
            m_bytes[offset + i] = data[i];
    }

private:
    std::map<std::uint64_t, std::byte> m_bytes;
};

/// A function with one BAR of each kind, a ROM, MSI or MSI-X, and INTA#.
class SampleFunction final : public pci::PciFunction {
public:
    static constexpr std::uint8_t MsiOffset = 0x50;
    static constexpr std::uint8_t MsixOffset = 0x70;
    static constexpr unsigned Vectors = 3;
    enum class Messages : std::uint8_t { None, Msi, Msix };

    explicit SampleFunction(Messages messages = Messages::None, std::string name = "sample")
        : PciFunction(std::move(name), {.vendorId = 0x1234,
                                        .deviceId = 0xabcd,
                                        .classCode = 0x088000,
                                        .revision = 7,
                                        .pin = pci::InterruptPin::A})
    {
        addBar(0, pci::BarKind::Memory32, 0x1000, memory32);
        addBar(1, pci::BarKind::Io, 0x20, io);
        addBar(2, pci::BarKind::Memory64Prefetchable, 0x4000, memory64);
        constexpr std::array<std::byte, 2> Image{std::byte{0x55}, std::byte{0xaa}};
        romAdded = addRom(Image).has_value();
        if (messages == Messages::Msi)
            addMsi(MsiOffset);
        if (messages == Messages::Msix)
            addMsix(MsixOffset, Vectors, 4);
    }

    ByteStore memory32;
    ByteStore io;
    ByteStore memory64;
    bool romAdded = false;
};

} // namespace engine::test

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/state.h"

#include <cstdint>
#include <vector>

namespace engine::pci {

/// Offsets in the type 0 header (PCI 3.0, 6.1).
namespace reg {
inline constexpr std::uint16_t VendorId = 0x00;
inline constexpr std::uint16_t DeviceId = 0x02;
inline constexpr std::uint16_t Command = 0x04;
inline constexpr std::uint16_t Status = 0x06;
inline constexpr std::uint16_t RevisionId = 0x08;
inline constexpr std::uint16_t ClassCode = 0x09; ///< three bytes: interface, subclass, class
inline constexpr std::uint16_t CacheLineSize = 0x0c;
inline constexpr std::uint16_t LatencyTimer = 0x0d;
inline constexpr std::uint16_t HeaderType = 0x0e;
inline constexpr std::uint16_t Bar0 = 0x10;
inline constexpr std::uint16_t SubsystemVendorId = 0x2c;
inline constexpr std::uint16_t SubsystemId = 0x2e;
inline constexpr std::uint16_t ExpansionRom = 0x30;
inline constexpr std::uint16_t CapabilitiesPointer = 0x34;
inline constexpr std::uint16_t InterruptLine = 0x3c;
inline constexpr std::uint16_t InterruptPin = 0x3d;
} // namespace reg

inline constexpr std::uint16_t CommandIoSpace = 1 << 0;
inline constexpr std::uint16_t CommandMemorySpace = 1 << 1;
inline constexpr std::uint16_t CommandBusMaster = 1 << 2;
inline constexpr std::uint16_t CommandInterruptDisable = 1 << 10;
inline constexpr std::uint16_t StatusInterrupt = 1 << 3;
inline constexpr std::uint16_t StatusCapabilities = 1 << 4;

/// The configuration registers of one function as bytes with write masks: what the guest may set
/// and what it may clear by writing ones. Knows no meaning. Callers serialise.
class ConfigSpace {
public:
    /// 256 bytes, or 4096 for a function with extended registers.
    explicit ConfigSpace(std::size_t sizeBytes = 256);

    [[nodiscard]] std::size_t sizeBytes() const { return m_bytes.size(); }
    /// The guest's side; `width` is 1, 2 or 4. Beyond the end: all ones, no effect.
    [[nodiscard]] std::uint32_t read(std::uint16_t offset, unsigned width) const;
    void write(std::uint16_t offset, unsigned width, std::uint32_t value);

    /// The device's side: sets values regardless of masks; makes bits writable or write-one-to-clear.
    void set8(std::uint16_t offset, std::uint8_t value) { set(offset, 1, value); }
    void set16(std::uint16_t offset, std::uint16_t value) { set(offset, 2, value); }
    void set32(std::uint16_t offset, std::uint32_t value) { set(offset, 4, value); }
    void set(std::uint16_t offset, unsigned width, std::uint32_t value);
    void allowWrite(std::uint16_t offset, unsigned width, std::uint32_t mask);
    void allowClear(std::uint16_t offset, unsigned width, std::uint32_t mask);
    [[nodiscard]] std::uint8_t get8(std::uint16_t offset) const
    {
        return static_cast<std::uint8_t>(read(offset, 1));
    }
    [[nodiscard]] std::uint16_t get16(std::uint16_t offset) const
    {
        return static_cast<std::uint16_t>(read(offset, 2));
    }
    [[nodiscard]] std::uint32_t get32(std::uint16_t offset) const { return read(offset, 4); }

    /// Puts a capability (PCI 3.0, 6.7) at `offset`, at the head of the list. The registers behind its
    /// two-byte header start as zeros.
    void addCapability(std::uint8_t id, std::uint8_t offset);

    /// Remembers the present values as those after a reset.
    void sealResetValues() { m_resetValues = m_bytes; }
    void reset() { m_bytes = m_resetValues; }

    void saveState(StateWriter& out) const { out.bytes(m_bytes); }
    /// Takes over only what a guest could have written; everything else must match.
    [[nodiscard]] Result<> restoreState(StateReader& in);

private:
    std::vector<std::byte> m_bytes;
    std::vector<std::byte> m_writeMask;
    std::vector<std::byte> m_clearMask;
    std::vector<std::byte> m_resetValues;
};

} // namespace engine::pci

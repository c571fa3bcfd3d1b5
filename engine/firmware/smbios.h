// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"
#include "firmware/byte_writer.h"
#include "firmware/memory_map.h"
#include "memory/guest_memory.h"

#include <array>
#include <cstdint>
#include <string>

namespace engine::firmware {

/// What SMBIOS tells about the machine.
struct SmbiosConfig {
    std::array<std::uint8_t, 16> uuid{}; ///< in the order of its text form (RFC 9562)
    std::string manufacturer = "Guesthouse";
    std::string product = "Guesthouse PC (Q35 + ICH9)";
    std::string version = "1";
    std::string serial;                        ///< empty: not specified
    std::string processorName = "Virtual CPU"; ///< the CPU's brand string
    std::uint32_t processorSignature = 0;      ///< CPUID leaf 1, EAX
    std::uint32_t processorFeatures = 0;       ///< CPUID leaf 1, EDX
    std::uint32_t cpuCount = 1;                ///< cores of the one socket
    bool isUefi = false;
    MemoryLayout memory;
};

enum class SmbiosVersion : std::uint8_t {
    Smbios28, ///< anchor of 31 bytes, tables below 4 GiB
    Smbios30, ///< anchor of 24 bytes
};

/// The tables as firmware gets them through fw_cfg; it moves them and fills their address in.
struct SmbiosFiles {
    Bytes anchor; ///< "etc/smbios/smbios-anchor"
    Bytes tables; ///< "etc/smbios/smbios-tables": types 0, 1, 3, 4, 16, 17, 19, 32, 127
};
/// `tablesAddress` is 0 where firmware is going to place the tables.
[[nodiscard]] SmbiosFiles buildSmbiosFiles(const SmbiosConfig& config, SmbiosVersion version,
                                           std::uint32_t tablesAddress = 0);

/// For a kernel that is started without firmware: the tables behind the ACPI tables at the end of low RAM,
/// both anchors at MemoryLayout::SmbiosAnchorAddress.
[[nodiscard]] Result<> placeSmbios(const GuestMemory& memory, const SmbiosConfig& config);

} // namespace engine::firmware

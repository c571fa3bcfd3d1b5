// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"
#include "firmware/acpi_config.h"
#include "firmware/byte_writer.h"
#include "firmware/memory_map.h"
#include "memory/guest_memory.h"

#include <cstdint>

namespace engine::firmware {

/// The tables as firmware gets them through fw_cfg: it allocates memory for the files, then follows
/// the commands in `loader`, which put addresses into pointers and complete checksums.
struct AcpiFiles {
    Bytes tables; ///< "etc/acpi/tables"
    Bytes rsdp;   ///< "etc/acpi/rsdp"
    Bytes loader; ///< "etc/table-loader"

    // fw_cfg announces sizes before the contents are made; what is not used is zero.
    static constexpr std::uint32_t TablesBytes = 128U << 10;
    static constexpr std::uint32_t LoaderBytes = 4096;
    static constexpr std::uint32_t RsdpBytes = 36;
};

/// Makes the three files, of exactly the sizes above (a revision 0 RSDP has 20 bytes). Call it when the
/// guest first asks for one of them after a reset, with what firmware has programmed by then. Fails
/// for CPU counts outside 1 to 1024 and windows that make no sense.
[[nodiscard]] Result<AcpiFiles> buildAcpiFiles(const AcpiConfig& config);

/// The same tables for a kernel that is started without firmware: finished, in the table area at the
/// end of low RAM, with the RSDP at MemoryLayout::RsdpAddress, which is the result.
[[nodiscard]] Result<std::uint64_t> placeAcpiTables(const GuestMemory& memory, const AcpiConfig& config,
                                                    const MemoryLayout& layout);

} // namespace engine::firmware

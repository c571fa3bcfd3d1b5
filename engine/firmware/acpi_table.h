// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "firmware/acpi_config.h"
#include "firmware/byte_writer.h"

#include <cstdint>
#include <string>
#include <vector>

namespace engine::firmware {

/// One ACPI table before it has a place: pointers to other tables are zero and so is its checksum.
struct AcpiTable {
    struct Pointer {
        std::uint32_t offset = 0;
        std::uint8_t width = 4;
        std::string target; ///< signature of the table that it points at
    };

    std::string signature;
    Bytes content;
    std::vector<Pointer> pointers;
    /// Of the byte that makes the sum of all bytes zero; every table but the FACS has one.
    static constexpr std::uint32_t ChecksumOffset = 9;

    [[nodiscard]] bool hasChecksum() const { return signature != "FACS"; }
};

/// FACS, DSDT, FADT, MADT, WAET, then MCFG and TPM2 where they apply, then RSDT and XSDT, which point at
/// the others. `config` has been checked.
[[nodiscard]] std::vector<AcpiTable> buildAcpiTables(const AcpiConfig& config);

} // namespace engine::firmware

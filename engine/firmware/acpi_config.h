// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

namespace engine::firmware {

struct AddressWindow {
    std::uint64_t first = 0;
    std::uint64_t last = 0; ///< inclusive
    bool operator==(const AddressWindow&) const = default;
};

struct AcpiSerialPort {
    std::uint16_t port = 0x3f8;
    std::uint8_t irq = 4;
};

/// A Q35 PC as its ACPI tables describe it. What firmware programs (PMBASE, PCIEXBAR) is measured
/// when the tables are made, not when the machine is built.
struct AcpiConfig {
    std::vector<std::uint32_t> apicIds{0}; ///< one per CPU, 1 to 1024
    std::optional<AddressWindow> pciWindow32{{0xc000'0000, 0xfebf'ffff}};
    std::optional<AddressWindow> pciWindow64;  ///< above 4 GiB and all RAM
    std::uint64_t ecamBase = 0xb000'0000;      ///< 0: configuration by CF8/CFC only, no MCFG
    std::uint64_t ecamBytes = 256ULL << 20;    ///< 1 MiB per bus
    std::uint16_t powerManagementBase = 0x600; ///< PMBASE
    std::uint8_t sciIrq = 9;
    std::uint8_t acpiEnableCommand = 2; ///< written to port B2h by the OS
    std::uint8_t acpiDisableCommand = 3;
    std::uint8_t sleepTypeS5 = 0; ///< SLP_TYP that switches the machine off
    bool hasPs2 = true;           ///< keyboard and mouse at 60h/64h
    bool hasFwCfg = true;         ///< fw_cfg at 510h
    bool hasTpm = false;          ///< TPM 2.0, TIS interface at FED40000h
    std::vector<AcpiSerialPort> serialPorts{{0x3f8, 4}, {0x2f8, 3}};
    std::uint8_t rsdpRevision = 2; ///< 0: RSDT only; 2: RSDT and XSDT
};

} // namespace engine::firmware

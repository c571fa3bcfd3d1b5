// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "firmware/acpi_config.h"
#include "firmware/byte_writer.h"

namespace engine::firmware {

/// The AML of the DSDT, without its table header: processors, the PCI host bridge with its windows and
/// interrupt routing, ISA devices, sleep states.
[[nodiscard]] Bytes buildDsdtCode(const AcpiConfig& config);

} // namespace engine::firmware

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"
#include "memory/guest_memory.h"

#include <cstdint>
#include <span>

namespace engine::firmware {

/// Where operating systems look for the MP floating pointer: the last KiB of base memory, which the
/// memory map reserves.
inline constexpr std::uint64_t MpFloatingPointerAddress = 0x9'fc00;
/// Where its configuration table lies, in shadow RAM behind the SMBIOS anchors.
inline constexpr std::uint64_t MpTableAddress = 0xf'1000;

/// Intel MultiProcessor Specification 1.4, chapter 4: processors, ISA bus, I/O APIC and its ISA
/// interrupts, for a guest that starts without firmware. Systems with ACPI only note that it is there,
/// but Linux looks for it before all else, and remaps the whole of F0000h to FFFFFh 4096 times where it
/// finds none. Processors with an APIC id above 254 cannot be listed and are left out.
[[nodiscard]] Result<> placeMpTable(const GuestMemory& memory, std::span<const std::uint32_t> apicIds);

} // namespace engine::firmware

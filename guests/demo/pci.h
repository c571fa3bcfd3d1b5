// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>

namespace demo {

struct PciFunction {
    std::uint8_t bus, device, function;
    std::uint16_t vendor, id;
    std::uint8_t baseClass, subClass, interface;
};

constexpr unsigned MostPciFunctions = 48;

/// Looks for every device on every bus that there is. Once, at the start.
void scanPci();
[[nodiscard]] unsigned pciCount();
[[nodiscard]] const PciFunction& pciFunction(unsigned index);
/// What it is, from a short list of known devices, else from its class.
[[nodiscard]] const char* pciName(const PciFunction& function);
/// Where the standard display's video memory lies; 0 when there is none.
[[nodiscard]] std::uint32_t videoMemoryAddress();

} // namespace demo

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "firmware/acpi_files.h"

#include <cstdint>
#include <expected>
#include <functional>
#include <map>
#include <span>
#include <string>

namespace engine::firmware::test {

/// What a step of reading has found wrong, in words.
template <class T>
using Checked = std::expected<T, std::string>;

/// Physical memory as firmware has filled it by following the table loader's commands.
struct LoadedFiles {
    std::map<std::string, Bytes> files;
    std::map<std::string, std::uint64_t> addresses;

    [[nodiscard]] Checked<Bytes> read(std::uint64_t address, std::size_t length) const;
};

/// Does what SeaBIOS and OVMF do with "etc/table-loader": the RSDP goes to F5A20h, the tables to
/// `tablesBase`.
[[nodiscard]] Checked<LoadedFiles> runTableLoader(const AcpiFiles& files, std::uint64_t tablesBase);

using PhysicalReader = std::function<Checked<Bytes>(std::uint64_t address, std::size_t length)>;

/// All tables that can be reached from the RSDP, by signature, with every length and checksum checked, and
/// with RSDT and XSDT compared where there are both.
[[nodiscard]] Checked<std::map<std::string, Bytes>> readTables(const PhysicalReader& memory,
                                                               std::uint64_t rsdp);

[[nodiscard]] std::uint64_t numberAt(std::span<const std::byte> data, std::size_t offset, std::size_t width);

/// Walks the AML of a DSDT: every length, name and data object; method bodies are skipped by their length.
/// The number of named objects, or what is wrong.
[[nodiscard]] Checked<std::size_t> checkAml(std::span<const std::byte> code);

} // namespace engine::firmware::test

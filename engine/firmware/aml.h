// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "firmware/byte_writer.h"

#include <cstdint>
#include <initializer_list>
#include <span>
#include <string_view>
#include <vector>

/// Writes ACPI Machine Language: each function returns the encoding of one ASL term (ACPI 6.5,
/// chapter 20). Names are ASL paths ("\\_SB.PCI0"); segments shorter than four letters are filled up.
namespace engine::firmware::aml {

/// An encoded term, or several in a row.
struct Term {
    Bytes code;
};
using Terms = std::vector<Term>;

[[nodiscard]] Term sequence(const Terms& terms);

// Data.
[[nodiscard]] Term path(std::string_view name);
[[nodiscard]] Term integer(std::uint64_t value);
[[nodiscard]] Term text(std::string_view value);
/// The packed form of "PNP0A08" (ACPI 6.5, 6.1.5).
[[nodiscard]] Term eisaId(std::string_view id);
[[nodiscard]] Term buffer(std::span<const std::byte> content);
/// A UUID in its text form, as the buffer that ToUUID() makes.
[[nodiscard]] Term uuid(std::string_view value);
/// At most 255 elements.
[[nodiscard]] Term package(const Terms& elements);

// Objects.
[[nodiscard]] Term name(std::string_view object, const Term& value);
[[nodiscard]] Term scope(std::string_view object, const Terms& body);
[[nodiscard]] Term device(std::string_view object, const Terms& body);
[[nodiscard]] Term processor(std::string_view object, std::uint8_t id);
enum class Serialized : std::uint8_t { No, Yes };
[[nodiscard]] Term method(std::string_view object, std::uint8_t arguments, Serialized serialized,
                          const Terms& body);
enum class RegionSpace : std::uint8_t { SystemMemory = 0, SystemIo = 1, PciConfig = 2 };
[[nodiscard]] Term operationRegion(std::string_view object, RegionSpace space, std::uint64_t offset,
                                   std::uint64_t length);
struct FieldUnit {
    std::string_view name; ///< four letters; empty: unnamed bits
    std::uint32_t bits = 0;
};
/// Byte access, no lock, other bits preserved.
[[nodiscard]] Term byteField(std::string_view region, std::initializer_list<FieldUnit> units);

// Statements and expressions.
[[nodiscard]] Term argument(std::uint8_t index);
[[nodiscard]] Term local(std::uint8_t index);
[[nodiscard]] Term store(const Term& source, const Term& target);
[[nodiscard]] Term returnValue(const Term& value);
[[nodiscard]] Term ifThen(const Term& condition, const Terms& body);
[[nodiscard]] Term otherwise(const Terms& body); ///< directly behind an ifThen()
[[nodiscard]] Term equal(const Term& a, const Term& b);
[[nodiscard]] Term logicalNot(const Term& a);
/// Without a target the value is only the expression's.
[[nodiscard]] Term bitAnd(const Term& a, const Term& b, const Term& target = {});
[[nodiscard]] Term bitOr(const Term& a, const Term& b, const Term& target = {});
[[nodiscard]] Term shiftLeft(const Term& a, const Term& count, const Term& target = {});
[[nodiscard]] Term findSetRightBit(const Term& a, const Term& target);
[[nodiscard]] Term decrement(const Term& target);
[[nodiscard]] Term createWordField(const Term& source, std::uint64_t byteIndex, std::string_view object);
[[nodiscard]] Term createDwordField(const Term& source, std::uint64_t byteIndex, std::string_view object);
[[nodiscard]] Term call(std::string_view object, const Terms& arguments);

} // namespace engine::firmware::aml

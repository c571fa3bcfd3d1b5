// SPDX-License-Identifier: GPL-3.0-or-later
#include "firmware/aml.h"

#include <array>
#include <cassert>
#include <cctype>

namespace engine::firmware::aml {

namespace {

// Opcodes (ACPI 6.5, table 20.2); those behind the extension prefix 5Bh are written with it.
enum class Opcode : std::uint16_t {
    Name = 0x08,
    BytePrefix = 0x0a,
    WordPrefix = 0x0b,
    DwordPrefix = 0x0c,
    StringPrefix = 0x0d,
    QwordPrefix = 0x0e,
    Scope = 0x10,
    Buffer = 0x11,
    Package = 0x12,
    Method = 0x14,
    DualName = 0x2e,
    MultiName = 0x2f,
    Local0 = 0x60,
    Argument0 = 0x68,
    Store = 0x70,
    Decrement = 0x76,
    ShiftLeft = 0x79,
    And = 0x7b,
    Or = 0x7d,
    FindSetRightBit = 0x82,
    CreateDwordField = 0x8a,
    CreateWordField = 0x8b,
    LogicalNot = 0x92,
    LogicalEqual = 0x93,
    If = 0xa0,
    Else = 0xa1,
    Return = 0xa4,
    OperationRegion = 0x5b80,
    Field = 0x5b81,
    Device = 0x5b82,
    Processor = 0x5b83,
};

void put(ByteWriter& out, Opcode opcode)
{
    const auto value = static_cast<std::uint16_t>(opcode);
    if (value > 0xff)
        out.u8(static_cast<std::uint8_t>(value >> 8));
    out.u8(static_cast<std::uint8_t>(value));
}

Term build(Opcode opcode, std::initializer_list<Term> operands)
{
    ByteWriter out;
    put(out, opcode);
    for (const Term& operand : operands)
        out.bytes(operand.code);
    return {out.take()};
}

/// PkgLength (ACPI 6.5, 20.2.4) for the number `value` itself.
void putPackageLength(ByteWriter& out, std::uint32_t value)
{
    if (value < 0x40) {
        out.u8(static_cast<std::uint8_t>(value));
        return;
    }
    const unsigned followers = value < 0x1000 ? 1 : value < 0x10'0000 ? 2 : 3;
    assert(value < 0x1000'0000);
    out.u8(static_cast<std::uint8_t>(followers << 6 | (value & 0xf)));
    for (unsigned i = 0; i < followers; ++i)
        out.u8(static_cast<std::uint8_t>(value >> (4 + 8 * i)));
}

/// An opcode with a PkgLength, which counts its own bytes too.
Term enclose(Opcode opcode, const Bytes& payload)
{
    const auto length = static_cast<std::uint32_t>(payload.size());
    const std::uint32_t lengthBytes = length < 0x40 - 1        ? 1
                                      : length < 0x1000 - 2    ? 2
                                      : length < 0x10'0000 - 3 ? 3
                                                               : 4;
    ByteWriter out;
    put(out, opcode);
    putPackageLength(out, length + lengthBytes);
    out.bytes(payload);
    return {out.take()};
}

Term encloseNamed(Opcode opcode, std::string_view object, std::initializer_list<std::uint8_t> fixed,
                  const Terms& body)
{
    ByteWriter payload;
    payload.bytes(path(object).code);
    for (const std::uint8_t byte : fixed)
        payload.u8(byte);
    payload.bytes(sequence(body).code);
    return enclose(opcode, payload.take());
}

Term targetOrNone(const Term& target)
{
    return target.code.empty() ? Term{Bytes{std::byte{0}}} : target; // NullName
}

std::uint8_t hexDigit(char c)
{
    assert(std::isxdigit(static_cast<unsigned char>(c)));
    return static_cast<std::uint8_t>(c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10);
}

} // namespace

Term sequence(const Terms& terms)
{
    ByteWriter out;
    for (const Term& term : terms)
        out.bytes(term.code);
    return {out.take()};
}

Term path(std::string_view name)
{
    ByteWriter out;
    while (!name.empty() && (name.front() == '\\' || name.front() == '^')) {
        out.u8(static_cast<std::uint8_t>(name.front()));
        name.remove_prefix(1);
    }
    std::vector<std::string_view> segments;
    while (!name.empty()) {
        const auto end = std::min(name.find('.'), name.size());
        segments.push_back(name.substr(0, end));
        name.remove_prefix(std::min(end + 1, name.size()));
    }
    if (segments.empty())
        return {out.u8(0).take()};
    if (segments.size() == 2)
        put(out, Opcode::DualName);
    if (segments.size() > 2) {
        put(out, Opcode::MultiName);
        out.u8(static_cast<std::uint8_t>(segments.size()));
    }
    for (const std::string_view segment : segments) {
        assert(segment.size() >= 1 && segment.size() <= 4);
        out.text(segment, 4, '_');
    }
    return {out.take()};
}

Term integer(std::uint64_t value)
{
    ByteWriter out;
    if (value <= 1)
        return {out.u8(static_cast<std::uint8_t>(value)).take()}; // ZeroOp, OneOp
    const unsigned width = value <= UINT8_MAX ? 1 : value <= UINT16_MAX ? 2 : value <= UINT32_MAX ? 4 : 8;
    put(out, width == 1   ? Opcode::BytePrefix
             : width == 2 ? Opcode::WordPrefix
             : width == 4 ? Opcode::DwordPrefix
                          : Opcode::QwordPrefix);
    const std::size_t at = out.size();
    return {out.zeros(width).patch(at, value, width).take()};
}

Term text(std::string_view value)
{
    ByteWriter out;
    put(out, Opcode::StringPrefix);
    return {out.text(value, value.size() + 1).take()};
}

Term eisaId(std::string_view id)
{
    assert(id.size() == 7);
    const auto letter = [id](std::size_t i) { return static_cast<std::uint32_t>(id[i] - 0x40) & 0x1f; };
    const std::uint32_t vendor = letter(0) << 10 | letter(1) << 5 | letter(2);
    const auto digits = [id](std::size_t i) {
        return static_cast<std::uint32_t>(hexDigit(id[i]) << 4 | hexDigit(id[i + 1]));
    };
    ByteWriter out;
    put(out, Opcode::DwordPrefix);
    return {out.u8(static_cast<std::uint8_t>(vendor >> 8))
                .u8(static_cast<std::uint8_t>(vendor))
                .u8(static_cast<std::uint8_t>(digits(3)))
                .u8(static_cast<std::uint8_t>(digits(5)))
                .take()};
}

Term buffer(std::span<const std::byte> content)
{
    ByteWriter payload;
    payload.bytes(integer(content.size()).code).bytes(content);
    return enclose(Opcode::Buffer, payload.take());
}

Term uuid(std::string_view value)
{
    // The first three groups are numbers, least significant byte first (ACPI 6.5, 19.6.149).
    constexpr std::array<std::size_t, 16> TextOffsets{6,  4,  2,  0,  11, 9,  16, 14,
                                                      19, 21, 24, 26, 28, 30, 32, 34};
    assert(value.size() == 36);
    ByteWriter content;
    for (const std::size_t at : TextOffsets)
        content.u8(static_cast<std::uint8_t>(hexDigit(value[at]) << 4 | hexDigit(value[at + 1])));
    return buffer(content.data());
}

Term package(const Terms& elements)
{
    assert(elements.size() <= 255);
    ByteWriter payload;
    payload.u8(static_cast<std::uint8_t>(elements.size())).bytes(sequence(elements).code);
    return enclose(Opcode::Package, payload.take());
}

Term name(std::string_view object, const Term& value)
{
    return build(Opcode::Name, {path(object), value});
}

Term scope(std::string_view object, const Terms& body)
{
    return encloseNamed(Opcode::Scope, object, {}, body);
}

Term device(std::string_view object, const Terms& body)
{
    return encloseNamed(Opcode::Device, object, {}, body);
}

Term processor(std::string_view object, std::uint8_t id)
{
    return encloseNamed(Opcode::Processor, object, {id, 0, 0, 0, 0, 0}, {}); // no PBLK
}

Term method(std::string_view object, std::uint8_t arguments, Serialized serialized, const Terms& body)
{
    const auto flags = static_cast<std::uint8_t>(arguments | (serialized == Serialized::Yes ? 0x08 : 0));
    return encloseNamed(Opcode::Method, object, {flags}, body);
}

Term operationRegion(std::string_view object, RegionSpace space, std::uint64_t offset, std::uint64_t length)
{
    const Term spaceByte{Bytes{static_cast<std::byte>(space)}};
    return build(Opcode::OperationRegion, {path(object), spaceByte, integer(offset), integer(length)});
}

Term byteField(std::string_view region, std::initializer_list<FieldUnit> units)
{
    constexpr std::uint8_t ByteAccess = 1;
    ByteWriter payload;
    payload.bytes(path(region).code).u8(ByteAccess);
    for (const FieldUnit& unit : units) {
        if (unit.name.empty())
            payload.u8(0);
        else
            payload.text(unit.name, 4, '_');
        putPackageLength(payload, unit.bits);
    }
    return enclose(Opcode::Field, payload.take());
}

Term argument(std::uint8_t index)
{
    return {Bytes{static_cast<std::byte>(static_cast<unsigned>(Opcode::Argument0) + index)}};
}

Term local(std::uint8_t index)
{
    return {Bytes{static_cast<std::byte>(static_cast<unsigned>(Opcode::Local0) + index)}};
}

Term store(const Term& source, const Term& target)
{
    return build(Opcode::Store, {source, target});
}

Term returnValue(const Term& value)
{
    return build(Opcode::Return, {value});
}

Term ifThen(const Term& condition, const Terms& body)
{
    return enclose(Opcode::If, sequence({condition, sequence(body)}).code);
}

Term otherwise(const Terms& body)
{
    return enclose(Opcode::Else, sequence(body).code);
}

Term equal(const Term& a, const Term& b)
{
    return build(Opcode::LogicalEqual, {a, b});
}

Term logicalNot(const Term& a)
{
    return build(Opcode::LogicalNot, {a});
}

Term bitAnd(const Term& a, const Term& b, const Term& target)
{
    return build(Opcode::And, {a, b, targetOrNone(target)});
}

Term bitOr(const Term& a, const Term& b, const Term& target)
{
    return build(Opcode::Or, {a, b, targetOrNone(target)});
}

Term shiftLeft(const Term& a, const Term& count, const Term& target)
{
    return build(Opcode::ShiftLeft, {a, count, targetOrNone(target)});
}

Term findSetRightBit(const Term& a, const Term& target)
{
    return build(Opcode::FindSetRightBit, {a, target});
}

Term decrement(const Term& target)
{
    return build(Opcode::Decrement, {target});
}

Term createWordField(const Term& source, std::uint64_t byteIndex, std::string_view object)
{
    return build(Opcode::CreateWordField, {source, integer(byteIndex), path(object)});
}

Term createDwordField(const Term& source, std::uint64_t byteIndex, std::string_view object)
{
    return build(Opcode::CreateDwordField, {source, integer(byteIndex), path(object)});
}

Term call(std::string_view object, const Terms& arguments)
{
    return sequence({path(object), sequence(arguments)});
}

} // namespace engine::firmware::aml

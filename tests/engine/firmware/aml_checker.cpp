// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/firmware/acpi_reader.h"

#include <cctype>

namespace engine::firmware::test {

namespace {

/// A strict reader for the part of AML that stands outside of methods (ACPI 6.5, 20.2).
class AmlChecker {
public:
    explicit AmlChecker(std::span<const std::byte> code) : m_code(code) {}

    void termList(std::size_t end)
    {
        while (m_error.empty() && m_at < end)
            object(end);
        expect(m_at == end, "a list runs over its end");
    }
    [[nodiscard]] Checked<std::size_t> result() const
    {
        if (m_error.empty())
            return m_objects;
        return std::unexpected(m_error + " at offset " + std::to_string(m_at));
    }

private:
    void expect(bool condition, const char* problem)
    {
        if (!condition && m_error.empty())
            m_error = problem;
    }
    unsigned byte()
    {
        expect(m_at < m_code.size(), "the code ends early");
        return m_at < m_code.size() ? std::to_integer<unsigned>(m_code[m_at++]) : 0;
    }
    [[nodiscard]] unsigned peek() const
    {
        return m_at < m_code.size() ? std::to_integer<unsigned>(m_code[m_at]) : 0xff;
    }
    /// The end of what a PkgLength at the cursor covers.
    std::size_t packageEnd(std::size_t limit)
    {
        const std::size_t start = m_at;
        const unsigned lead = byte();
        std::size_t length = lead >> 6 == 0 ? lead : lead & 0xf;
        for (unsigned i = 0; i < lead >> 6; ++i)
            length |= std::size_t{byte()} << (4 + 8 * i);
        expect(start + length >= m_at && start + length <= limit, "a package length is wrong");
        return m_error.empty() ? start + length : m_at;
    }
    void segment()
    {
        for (unsigned i = 0; i < 4; ++i) {
            const unsigned c = byte();
            expect(std::isupper(static_cast<int>(c)) != 0 || c == '_'
                       || (i != 0 && std::isdigit(static_cast<int>(c)) != 0),
                   "a name has an illegal letter");
        }
    }
    void path()
    {
        while (peek() == '\\' || peek() == '^')
            (void)byte();
        unsigned count = 1;
        if (peek() == 0x2e) {
            (void)byte();
            count = 2;
        } else if (peek() == 0x2f) {
            (void)byte();
            count = byte();
        }
        for (unsigned i = 0; i < count && m_error.empty(); ++i)
            segment();
    }
    std::uint64_t integer()
    {
        const unsigned op = byte();
        if (op <= 1)
            return op;
        expect(op == 0x0a || op == 0x0b || op == 0x0c || op == 0x0e, "an integer was expected");
        const unsigned width = op == 0x0a ? 1 : op == 0x0b ? 2 : op == 0x0c ? 4 : 8;
        std::uint64_t value = 0;
        for (unsigned i = 0; i < width; ++i)
            value |= std::uint64_t{byte()} << (8 * i);
        return value;
    }
    void resources(std::size_t end)
    {
        while (m_error.empty() && m_at < end) {
            const unsigned tag = byte();
            std::size_t length = tag & 7;
            if (tag & 0x80) {
                length = byte();
                length |= std::size_t{byte()} << 8;
            }
            m_at += length;
            expect(m_at <= end, "a resource runs over its buffer");
            if (tag == 0x79)
                expect(m_at == end, "something follows the end tag");
        }
    }
    void data(std::size_t limit)
    {
        const unsigned op = peek();
        if (op == 0x0d) { // string
            while (byte() != 0 && m_error.empty()) {
            }
        } else if (op == 0x11) { // buffer
            (void)byte();
            const std::size_t end = packageEnd(limit);
            expect(integer() == end - m_at, "a buffer's size is wrong");
            resources(end);
        } else if (op == 0x12) { // package
            (void)byte();
            const std::size_t end = packageEnd(limit);
            const unsigned count = byte();
            for (unsigned i = 0; i < count && m_error.empty(); ++i)
                data(end);
            expect(m_at == end, "a package's count is wrong");
        } else if (op == '\\' || op == '^' || op == '_' || (op >= 'A' && op <= 'Z') || op == 0x2e
                   || op == 0x2f) {
            path();
        } else {
            (void)integer();
        }
    }
    void container(std::size_t limit)
    {
        const std::size_t end = packageEnd(limit);
        path();
        termList(end);
    }
    void object(std::size_t limit)
    {
        ++m_objects;
        unsigned op = byte();
        if (op == 0x5b)
            op = 0x5b00 | byte();
        switch (op) {
        case 0x08: path(); return data(limit);
        case 0x10:
        case 0x5b82: return container(limit);
        case 0x14: {
            const std::size_t end = packageEnd(limit);
            path();
            (void)byte();
            expect(m_at <= end, "a method runs over its end");
            m_at = end;
            return;
        }
        case 0x5b80:
            path();
            (void)byte();
            (void)integer();
            (void)integer();
            return;
        case 0x5b81: m_at = packageEnd(limit); return;
        default: expect(false, "an unexpected opcode");
        }
    }

    std::span<const std::byte> m_code;
    std::size_t m_at = 0;
    std::size_t m_objects = 0;
    std::string m_error;
};

} // namespace

Checked<std::size_t> checkAml(std::span<const std::byte> code)
{
    AmlChecker checker(code);
    checker.termList(code.size());
    return checker.result();
}

} // namespace engine::firmware::test

// SPDX-License-Identifier: GPL-3.0-or-later
#include "text.h"

#include <cstddef>

// The compiler calls these for copies and for variables that start as zero; elsewhere the C library has them.
extern "C" void* memcpy(void* to, const void* from, std::size_t count)
{
    void* const result = to;
    asm volatile("rep movsb" : "+D"(to), "+S"(from), "+c"(count) : : "memory");
    return result;
}
extern "C" void* memset(void* to, int value, std::size_t count)
{
    void* const result = to;
    asm volatile("rep stosb" : "+D"(to), "+c"(count) : "a"(value) : "memory");
    return result;
}

namespace demo {

unsigned lengthOf(const char* text)
{
    unsigned length = 0;
    while (text[length])
        ++length;
    return length;
}

Text& Text::add(char letter)
{
    if (m_length < Capacity)
        m_letters[m_length++] = letter;
    return *this;
}

Text& Text::add(const char* more)
{
    return add(more, Capacity);
}

Text& Text::add(const char* letters, unsigned most)
{
    for (unsigned i = 0; i < most && letters[i]; ++i)
        add(letters[i]);
    return *this;
}

Text& Text::number(std::uint64_t value, unsigned leastDigits)
{
    char digits[20];
    unsigned count = 0;
    do {
        digits[count++] = static_cast<char>('0' + value % 10);
        value /= 10;
    } while (value != 0 || count < leastDigits);
    while (count > 0)
        add(digits[--count]);
    return *this;
}

Text& Text::hex(std::uint64_t value, unsigned digits)
{
    while (digits-- > 0)
        add("0123456789abcdef"[(value >> (4 * digits)) & 15]);
    return *this;
}

Text& Text::size(std::uint64_t bytes)
{
    static constexpr const char* Units[] = {" B", " KiB", " MiB", " GiB", " TiB"};
    unsigned unit = 0;
    std::uint64_t scale = 1;
    while (unit < 4 && bytes / scale >= 1024) {
        scale *= 1024;
        ++unit;
    }
    number(bytes / scale);
    if (const std::uint64_t tenths = bytes % scale * 10 / scale; tenths != 0 && bytes / scale < 100)
        add('.').number(tenths);
    return add(Units[unit]);
}

Text& Text::padTo(unsigned length)
{
    while (m_length < length && m_length < Capacity)
        add(' ');
    return *this;
}

} // namespace demo

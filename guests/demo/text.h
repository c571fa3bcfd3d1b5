// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>

namespace demo {

/// A short text that is put together piece by piece; what does not fit is cut off. There is no heap here.
class Text {
public:
    static constexpr unsigned Capacity = 120;

    constexpr Text() = default;
    explicit Text(const char* start) { add(start); }
    Text& add(const char* more);
    Text& add(char letter);
    /// At most `most` letters; ends early at a zero.
    Text& add(const char* letters, unsigned most);
    Text& number(std::uint64_t value, unsigned leastDigits = 1);
    Text& hex(std::uint64_t value, unsigned digits);
    /// "512 MiB", "1.5 GiB"
    Text& size(std::uint64_t bytes);
    /// Fills with spaces up to this length.
    Text& padTo(unsigned length);
    [[nodiscard]] const char* get() const { return m_letters; }
    [[nodiscard]] unsigned length() const { return m_length; }

private:
    char m_letters[Capacity + 1] = {};
    unsigned m_length = 0;
};

[[nodiscard]] unsigned lengthOf(const char* text);

} // namespace demo

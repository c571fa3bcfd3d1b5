// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>

namespace demo {

// The CPU's I/O ports: a second address space, of 64 Ki bytes, where a PC's oldest devices live.

inline std::uint8_t in8(std::uint16_t port)
{
    std::uint8_t value;
    asm volatile("inb %w1, %b0" : "=a"(value) : "Nd"(port));
    return value;
}
inline std::uint16_t in16(std::uint16_t port)
{
    std::uint16_t value;
    asm volatile("inw %w1, %w0" : "=a"(value) : "Nd"(port));
    return value;
}
inline std::uint32_t in32(std::uint16_t port)
{
    std::uint32_t value;
    asm volatile("inl %w1, %k0" : "=a"(value) : "Nd"(port));
    return value;
}
inline void out8(std::uint16_t port, std::uint8_t value)
{
    asm volatile("outb %b0, %w1" : : "a"(value), "Nd"(port));
}
inline void out16(std::uint16_t port, std::uint16_t value)
{
    asm volatile("outw %w0, %w1" : : "a"(value), "Nd"(port));
}
inline void out32(std::uint16_t port, std::uint32_t value)
{
    asm volatile("outl %k0, %w1" : : "a"(value), "Nd"(port));
}

/// Sleeps until the next interrupt; at most one tick of the timer (55 ms).
inline void waitForInterrupt()
{
    asm volatile("hlt" : : : "memory");
}

} // namespace demo

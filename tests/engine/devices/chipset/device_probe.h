// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/state.h"
#include "bus/bus_device.h"

#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <random>
#include <vector>

namespace engine::test {

/// Accesses as a vCPU makes them.
template <class T>
[[nodiscard]] T busRead(BusDevice& device, std::uint64_t offset)
{
    std::array<std::byte, sizeof(T)> data{};
    device.read(offset, data);
    return static_cast<T>(loadLittleEndian(data));
}
[[nodiscard]] inline std::uint8_t in8(BusDevice& device, std::uint64_t offset)
{
    return busRead<std::uint8_t>(device, offset);
}

template <class T>
void busWrite(BusDevice& device, std::uint64_t offset, T value)
{
    std::array<std::byte, sizeof(T)> data{};
    storeLittleEndian(data, value);
    device.write(offset, data);
}
inline void out8(BusDevice& device, std::uint64_t offset, unsigned value)
{
    busWrite(device, offset, static_cast<std::uint8_t>(value));
}

[[nodiscard]] inline std::vector<std::byte> stateOf(const Saveable& device)
{
    StateWriter out;
    device.saveState(out);
    return out.take();
}

[[nodiscard]] inline Result<> restoreFrom(Saveable& device, std::span<const std::byte> state)
{
    StateReader in(state);
    return device.restoreState(in);
}

/// Every offset x width x a few values, reads before and after each write.
inline void pokeEverywhere(BusDevice& device, std::uint64_t length)
{
    constexpr std::array<std::uint64_t, 8> Values{
        0,    ~0ULL, 0x55aa55aa55aa55aa, 0xaa55aa55aa55aa55, 0x0101010101010101, 0x8080808080808080,
        0x42, 0x7f7f};
    std::array<std::byte, 8> data{};
    for (std::uint64_t offset = 0; offset < length; ++offset)
        for (const std::size_t width : {1U, 2U, 3U, 4U, 8U})
            for (const std::uint64_t value : Values) {
                const auto part = std::span(data).first(width);
                device.read(offset, part);
                storeLittleEndian(part, value);
                device.write(offset, part);
                device.read(offset, part);
            }
}

/// Writes random values to random places.
inline void stir(BusDevice& device, std::uint64_t length, unsigned seed, int steps = 200)
{
    std::mt19937 random(seed);
    for (int i = 0; i < steps; ++i) {
        std::array<std::byte, 4> data{};
        const auto part = std::span(data).first(std::size_t{1} << (random() % 3));
        storeLittleEndian(part, random());
        const std::uint64_t offset = random() % length;
        if (random() % 3 == 0)
            device.read(offset, part);
        else
            device.write(offset, part);
    }
}

/// What `original` saved, `copy` takes over and saves as the same bytes; anything shorter, longer or of a
/// newer version is refused and leaves `copy` as it was.
inline void expectRoundTrip(const Saveable& original, Saveable& copy)
{
    const auto saved = stateOf(original);
    const auto before = stateOf(copy);
    for (std::size_t length = 0; length < saved.size(); length += 1 + length / 64)
        EXPECT_FALSE(restoreFrom(copy, std::span(saved).first(length))) << "cut at " << length;
    auto longer = saved;
    longer.push_back(std::byte{0});
    EXPECT_FALSE(restoreFrom(copy, longer));
    auto newer = saved;
    newer[0] = std::byte{0xff};
    EXPECT_FALSE(restoreFrom(copy, newer));
    EXPECT_TRUE(stateOf(copy) == before);
    ASSERT_TRUE(restoreFrom(copy, saved));
    EXPECT_TRUE(stateOf(copy) == saved);
}

} // namespace engine::test

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"
#include "bus/bus_device.h"

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <vector>

namespace engine {

struct BusRange {
    std::uint64_t base = 0;
    std::uint64_t length = 0;

    [[nodiscard]] constexpr bool isValid() const { return length != 0 && base <= UINT64_MAX - (length - 1); }
    [[nodiscard]] constexpr std::uint64_t last() const { return base + (length - 1); }
    [[nodiscard]] constexpr bool overlaps(const BusRange& other) const
    {
        return base <= other.last() && other.base <= last();
    }
    constexpr bool operator==(const BusRange&) const = default;
};

/// One immutable state of a Bus: which device answers where. Shared by all threads.
class BusMap {
public:
    struct Entry {
        BusRange range;
        BusDevice* device;
    };

    /// True when a device answered for at least one byte. The other bytes are all ones.
    [[nodiscard]] bool read(std::uint64_t address, std::span<std::byte> data) const;
    [[nodiscard]] bool write(std::uint64_t address, std::span<const std::byte> data) const;
    [[nodiscard]] std::span<const Entry> entries() const { return m_entries; }

private:
    friend class Bus;
    [[nodiscard]] const Entry* find(std::uint64_t address) const;
    [[nodiscard]] const Entry* findAt(std::uint64_t address, std::uint64_t offset) const;

    std::vector<Entry> m_entries; // sorted by base, no overlaps
};

/// Routes port or MMIO accesses to the device whose range holds them. Changes publish a new
/// immutable BusMap; accesses never wait for a lock. Borrows the devices: the machine owns them
/// and keeps them for as long as any thread may dispatch.
///
/// An access that lies inside one range goes to that device whole. One that crosses a range's end
/// is split into bytes, each answered by its owner or by all ones.
class Bus {
public:
    Bus() : m_map(std::make_shared<const BusMap>()) {}

    /// Any thread. Refuses empty, wrapping and overlapping ranges.
    [[nodiscard]] Result<> insert(BusRange range, BusDevice& device);
    /// Any thread. Another thread may be inside the device still when this returns.
    void remove(BusRange range);

    [[nodiscard]] std::shared_ptr<const BusMap> map() const { return m_map.load(std::memory_order_acquire); }
    [[nodiscard]] std::uint64_t generation() const { return m_generation.load(std::memory_order_acquire); }

    /// For callers without a BusView (tests, qtest, DMA-free slow paths).
    void read(std::uint64_t address, std::span<std::byte> data) const { (void)map()->read(address, data); }
    void write(std::uint64_t address, std::span<const std::byte> data) const
    {
        (void)map()->write(address, data);
    }

private:
    void publish(std::shared_ptr<const BusMap> next);

    std::mutex m_writer; // serialises changes
    std::atomic<std::shared_ptr<const BusMap>> m_map;
    std::atomic<std::uint64_t> m_generation{0};
};

/// One thread's view of a Bus: keeps the current map and refreshes it when the bus has changed, so
/// that the hot path neither locks nor touches a shared reference count.
class BusView {
public:
    explicit BusView(const Bus& bus) : m_bus(bus), m_generation(bus.generation()), m_map(bus.map()) {}

    [[nodiscard]] const BusMap& map()
    {
        if (const auto generation = m_bus.generation(); generation != m_generation) [[unlikely]] {
            m_generation = generation;
            m_map = m_bus.map();
        }
        return *m_map;
    }

private:
    const Bus& m_bus;
    std::uint64_t m_generation;
    std::shared_ptr<const BusMap> m_map;
};

} // namespace engine

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/log.h"
#include "devices/pci/root_complex.h"
#include "memory/guest_memory.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <map>
#include <thread>

namespace engine::test {

/// Counts messages by their data value.
class RecordingMsiController final : public MsiController {
public:
    [[nodiscard]] Result<std::unique_ptr<MsiVector>> createVector() override
    {
        return std::make_unique<Vector>(*this);
    }
    [[nodiscard]] unsigned count(std::uint32_t data)
    {
        std::scoped_lock lock(m_mutex);
        return m_counts[data];
    }

private:
    class Vector final : public MsiVector {
    public:
        explicit Vector(RecordingMsiController& owner) : m_owner(owner) {}
        void setMessage(const MsiMessage& message) override { m_message = message; }
        void signal() override
        {
            std::scoped_lock lock(m_owner.m_mutex);
            ++m_owner.m_counts[m_message.data];
        }

    private:
        RecordingMsiController& m_owner;
        MsiMessage m_message;
    };
    std::mutex m_mutex;
    std::map<std::uint32_t, unsigned> m_counts; // guarded by m_mutex
};

/// The smallest board a PCI function can be plugged into: RAM at zero, a bus, a recorded interrupt
/// wire and recorded messages. The test plays the guest's CPU.
class PciTestBoard {
public:
    explicit PciTestBoard(std::uint64_t ramBytes = 4 << 20)
        : ram(HostBlock::create("test-ram", ramBytes).value()),
          memory(GuestMemory::create({{.base = GuestAddress(0), .block = ram}}).value())
    {}

    void insert(pci::PciFunction& function, pci::PciAddress at = {.device = 3})
    {
        address = at;
        auto wire = std::make_unique<RecordingIrqLine>();
        irq = wire.get();
        ASSERT_TRUE(root.insert(at, function, services, std::move(wire)));
    }
    [[nodiscard]] std::uint32_t configRead(std::uint16_t offset, unsigned width)
    {
        return root.readConfig(address, offset, width);
    }
    void configWrite(std::uint16_t offset, unsigned width, std::uint32_t value)
    {
        root.writeConfig(address, offset, width, value);
    }
    [[nodiscard]] std::uint64_t mmioRead(std::uint64_t at, unsigned width)
    {
        std::array<std::byte, 8> bytes{};
        space.read(GuestAddress(at), std::span(bytes).first(width));
        return loadLittleEndian(std::span(bytes).first(width));
    }
    void mmioWrite(std::uint64_t at, unsigned width, std::uint64_t value)
    {
        std::array<std::byte, 8> bytes{};
        storeLittleEndian(std::span(bytes).first(width), value);
        space.write(GuestAddress(at), std::span(bytes).first(width));
    }
    template <class T>
    [[nodiscard]] T load(std::uint64_t at)
    {
        return memory.readObject<T>(GuestAddress(at)).value();
    }
    template <class T>
    void store(std::uint64_t at, const T& value)
    {
        ASSERT_TRUE(memory.writeObject(GuestAddress(at), value));
    }
    [[nodiscard]] std::vector<std::byte> loadBytes(std::uint64_t at, std::size_t count)
    {
        std::vector<std::byte> bytes(count);
        EXPECT_TRUE(memory.read(GuestAddress(at), bytes));
        return bytes;
    }
    void storeBytes(std::uint64_t at, std::span<const std::byte> bytes)
    {
        ASSERT_TRUE(memory.write(GuestAddress(at), bytes));
    }

    /// All ones, writes ignored.
    class Nothing final : public BusDevice {
        void read(std::uint64_t /*offset*/, std::span<std::byte> data) override
        {
            std::ranges::fill(data, std::byte{0xff});
        }
        void write(std::uint64_t /*offset*/, std::span<const std::byte> /*data*/) override {}
    };

    Log log;
    std::shared_ptr<HostBlock> ram;
    GuestMemory memory;
    Bus ports;
    AddressSpace space;
    RecordingMsiController msi;
    Nothing resetPort;
    pci::RootComplex root{resetPort};
    pci::PciServices services{.ports = ports, .memory = space, .msi = msi};
    pci::PciAddress address;
    RecordingIrqLine* irq = nullptr;
};

/// Polls until `condition` holds; false after a generous time, so that a loaded machine passes.
template <class Condition>
[[nodiscard]] bool eventually(Condition condition, std::chrono::seconds limit = std::chrono::seconds(20))
{
    const auto deadline = std::chrono::steady_clock::now() + limit;
    while (!condition()) {
        if (std::chrono::steady_clock::now() > deadline)
            return false;
        std::this_thread::sleep_for(std::chrono::microseconds(200));
    }
    return true;
}

} // namespace engine::test

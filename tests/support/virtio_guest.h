// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "devices/virtio/virtio_pci_transport.h"
#include "support/pci_test_board.h"

#include <optional>
#include <vector>

namespace engine::test {

/// A driver for a virtio PCI function, with offsets from VIRTIO 1.2, 4.1.4. It finds the structures
/// through the capabilities, as every driver does, and fills rings as badly as a test asks for.
class VirtioGuest {
public:
    static constexpr std::uint64_t Bar = 0x8'0000'0000;
    static constexpr std::uint64_t MsixBar = 0xfe00'0000;
    static constexpr std::uint64_t RingBase = 0x10000;
    static constexpr std::uint64_t RingStride = 0x8000;
    struct Part {
        std::uint64_t address;
        std::uint32_t length;
        bool writable = false;
    };

    explicit VirtioGuest(PciTestBoard& board) : m_board(board)
    {
        board.configWrite(0x20, 4, static_cast<std::uint32_t>(Bar));
        board.configWrite(0x24, 4, static_cast<std::uint32_t>(Bar >> 32));
        board.configWrite(0x14, 4, static_cast<std::uint32_t>(MsixBar));
        board.configWrite(0x04, 2, 0x6);
        for (auto at = static_cast<std::uint16_t>(board.configRead(0x34, 1)); at != 0;
             at = static_cast<std::uint16_t>(board.configRead(static_cast<std::uint16_t>(at + 1), 1)))
            if (board.configRead(at, 1) == 9)
                m_offsets.at(board.configRead(static_cast<std::uint16_t>(at + 3), 1)) =
                    board.configRead(static_cast<std::uint16_t>(at + 8), 4);
    }

    [[nodiscard]] std::uint64_t common(std::uint64_t at, unsigned width) const
    {
        return m_board.mmioRead(Bar + m_offsets[1] + at, width);
    }
    void setCommon(std::uint64_t at, unsigned width, std::uint64_t value) const
    {
        m_board.mmioWrite(Bar + m_offsets[1] + at, width, value);
    }
    [[nodiscard]] std::uint64_t deviceConfig(std::uint64_t at, unsigned width) const
    {
        return m_board.mmioRead(Bar + m_offsets[4] + at, width);
    }
    void setDeviceConfig(std::uint64_t at, unsigned width, std::uint64_t value) const
    {
        m_board.mmioWrite(Bar + m_offsets[4] + at, width, value);
    }
    [[nodiscard]] std::uint8_t isr() const
    {
        return static_cast<std::uint8_t>(m_board.mmioRead(Bar + m_offsets[3], 1));
    }
    [[nodiscard]] std::uint8_t status() const { return static_cast<std::uint8_t>(common(0x14, 1)); }
    [[nodiscard]] std::uint64_t offered() const
    {
        setCommon(0x00, 4, 0);
        const std::uint64_t low = common(0x04, 4);
        setCommon(0x00, 4, 1);
        return low | common(0x04, 4) << 32;
    }
    /// VIRTIO 1.2, 3.1.1 up to FEATURES_OK; true when the device agrees.
    [[nodiscard]] bool negotiate(std::uint64_t features) const
    {
        setCommon(0x14, 1, 0);
        if (!eventually([&] { return status() == 0; }))
            return false;
        setCommon(0x14, 1, 1);
        setCommon(0x14, 1, 3);
        setCommon(0x08, 4, 0);
        setCommon(0x0c, 4, features & 0xffff'ffff);
        setCommon(0x08, 4, 1);
        setCommon(0x0c, 4, features >> 32);
        setCommon(0x14, 1, 11);
        return (status() & 8) != 0;
    }
    void setUpQueue(std::uint16_t index, std::uint16_t size, std::uint16_t vector = 0xffff)
    {
        m_queues.resize(std::max<std::size_t>(m_queues.size(), index + 1U));
        Queue& queue = m_queues[index];
        queue = {.base = RingBase + RingStride * index, .size = size};
        const std::vector<std::byte> zeros(RingStride);
        m_board.storeBytes(queue.base, zeros);
        setCommon(0x16, 2, index);
        setCommon(0x18, 2, size);
        setCommon(0x1a, 2, vector);
        setCommon(0x20, 8, queue.base);
        setCommon(0x28, 8, queue.available());
        setCommon(0x30, 8, queue.used());
        setCommon(0x1c, 2, 1);
    }
    void driverOk() const { setCommon(0x14, 1, 15); }
    /// Everything for `queues` queues of `size`.
    void start(std::uint64_t features, std::uint16_t queues = 1, std::uint16_t size = 16)
    {
        ASSERT_TRUE(negotiate(features));
        for (std::uint16_t i = 0; i < queues; ++i)
            setUpQueue(i, size);
        driverOk();
    }
    /// Gives table entry `vector` the message data `data` and switches MSI-X on.
    void enableMessage(unsigned vector, std::uint32_t data) const
    {
        m_board.mmioWrite(MsixBar + 16 * vector, 4, 0xfee00000);
        m_board.mmioWrite(MsixBar + 16 * vector + 4, 4, 0);
        m_board.mmioWrite(MsixBar + 16 * vector + 8, 4, data);
        m_board.mmioWrite(MsixBar + 16 * vector + 12, 4, 0);
        m_board.configWrite(0x9a, 2, 0x8000);
    }

    /// Writes one descriptor of the queue's table, or of an indirect table at `table`.
    void setDescriptor(std::uint64_t table, unsigned index, std::uint64_t address, std::uint32_t length,
                       std::uint16_t flags, std::uint16_t next) const
    {
        m_board.store(table + 16 * index, address);
        m_board.store(table + 16 * index + 8, length);
        m_board.store(table + 16 * index + 12, flags);
        m_board.store(table + 16 * index + 14, next);
    }
    [[nodiscard]] std::uint64_t table(std::uint16_t queue) const { return m_queues.at(queue).base; }
    [[nodiscard]] std::uint64_t availableRing(std::uint16_t queue) const
    {
        return m_queues.at(queue).available();
    }
    [[nodiscard]] std::uint64_t usedRing(std::uint16_t queue) const { return m_queues.at(queue).used(); }

    /// Chains `parts` from descriptor `head` on and offers the chain.
    void offer(std::uint16_t queue, std::uint16_t head, const std::vector<Part>& parts)
    {
        for (std::size_t i = 0; i < parts.size(); ++i) {
            const bool last = i + 1 == parts.size();
            const auto flags = static_cast<std::uint16_t>((last ? 0 : 1) | (parts[i].writable ? 2 : 0));
            setDescriptor(table(queue), head + static_cast<unsigned>(i), parts[i].address, parts[i].length,
                          flags, static_cast<std::uint16_t>(head + i + 1));
        }
        offerHead(queue, head);
    }
    void offerHead(std::uint16_t queue, std::uint16_t head)
    {
        Queue& ring = m_queues.at(queue);
        m_board.store(ring.available() + 4 + 2U * (ring.next % ring.size), head);
        ++ring.next;
        EXPECT_TRUE(m_board.memory.storeRelease(GuestAddress(ring.available() + 2), ring.next));
    }
    void notify(std::uint16_t queue) const { m_board.mmioWrite(Bar + m_offsets[2] + 4U * queue, 2, queue); }
    [[nodiscard]] std::uint16_t usedIndex(std::uint16_t queue) const
    {
        return m_board.memory.loadAcquire<std::uint16_t>(GuestAddress(m_queues.at(queue).used() + 2)).value();
    }
    struct Used {
        std::uint32_t head;
        std::uint32_t length;
    };
    /// Waits for the next used buffer.
    [[nodiscard]] std::optional<Used> take(std::uint16_t queue)
    {
        Queue& ring = m_queues.at(queue);
        if (!eventually([&] { return usedIndex(queue) != ring.seen; }))
            return std::nullopt;
        return m_board.load<Used>(ring.used() + 4 + 8U * (ring.seen++ % ring.size));
    }

private:
    struct Queue {
        std::uint64_t base = 0;
        std::uint16_t size = 0;
        std::uint16_t next = 0;
        std::uint16_t seen = 0;
        [[nodiscard]] std::uint64_t available() const { return base + 0x4000; }
        [[nodiscard]] std::uint64_t used() const { return base + 0x6000; }
    };
    PciTestBoard& m_board;
    std::array<std::uint32_t, 256> m_offsets{};
    std::vector<Queue> m_queues;
};

} // namespace engine::test

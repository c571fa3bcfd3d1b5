// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/state.h"
#include "devices/virtio/descriptor_chain.h"

#include <deque>
#include <functional>
#include <optional>
#include <string_view>
#include <vector>

namespace engine::virtio {

/// Where the driver has put a split ring (VIRTIO 1.2, 2.7), and how it may be used.
struct QueueLayout {
    std::uint16_t size = 0; ///< power of two, 1 to 1024
    GuestAddress descriptors;
    GuestAddress available;
    GuestAddress used;
    bool indirect = false;   ///< VIRTIO_F_INDIRECT_DESC
    bool eventIndex = false; ///< VIRTIO_F_EVENT_IDX
};

/// The device's positions in a ring, for snapshots.
struct QueuePosition {
    std::uint16_t available = 0;         ///< next entry of the available ring
    std::uint16_t used = 0;              ///< next entry of the used ring
    std::vector<std::uint16_t> inFlight; ///< heads taken and not given back
    void saveState(StateWriter& out) const;
    /// Judge with StateReader::finish().
    void readState(StateReader& in);
};

/// The device's end of one split virtqueue. Everything in the ring is the driver's to corrupt: what
/// makes no sense breaks the queue (it pops nothing more and tells its owner), never the machine.
/// Thread: the device's event loop.
class Virtqueue {
public:
    static constexpr std::uint16_t MaxSize = 1024;
    struct Callbacks {
        std::function<void()> interrupt;                     ///< the driver wants to hear of used buffers
        std::function<void(std::string_view reason)> broken; ///< the ring makes no sense
        std::function<void()> serviceAgain; ///< drain() left buffers: notify the device again
    };
    Virtqueue(const GuestMemory& memory, Callbacks callbacks)
        : m_memory(memory), m_callbacks(std::move(callbacks))
    {}

    // --- for the device
    /// The next buffer, nullopt when there is none (or the queue is not ready, or broken).
    [[nodiscard]] std::optional<DescriptorChain> pop();
    /// Gives a buffer back with `written` bytes in its writable part. Visible to the driver after
    /// publish(). A chain from before a reset of the queue is dropped.
    void complete(const DescriptorChain& chain, std::uint32_t written);
    /// The chain was popped since the last reset of the queue, so its memory is still the device's.
    [[nodiscard]] bool isCurrent(const DescriptorChain& chain) const
    {
        return chain.generation() == m_generation && isReady();
    }
    /// Makes completed buffers visible and interrupts the driver if it wants that.
    void publish();
    /// Calls `handle(DescriptorChain)` for every buffer, with the driver's notifications suppressed
    /// meanwhile, then publish(). At most a few rings' worth; the rest comes with another notification.
    template <class Handler>
    void drain(Handler handle)
    {
        unsigned left = 4U * m_layout.size;
        do {
            suppressNotifications();
            while (left != 0) {
                auto chain = pop();
                if (!chain)
                    break;
                --left;
                handle(std::move(*chain));
            }
        } while (left != 0 && requestNotifications());
        publish();
        if (left == 0 && isReady())
            m_callbacks.serviceAgain();
    }
    /// The driver is asked to notify for new buffers (the state after configure()). True when some
    /// have arrived meanwhile.
    [[nodiscard]] bool requestNotifications();
    void suppressNotifications();
    /// Buffers are waiting.
    [[nodiscard]] bool hasWork() const;
    /// Buffers have been completed that the driver can't see yet.
    [[nodiscard]] bool hasUnpublished() const { return m_nextUsed != m_publishedUsed; }
    [[nodiscard]] bool isReady() const { return m_layout.size != 0 && !m_broken; }
    [[nodiscard]] std::uint16_t size() const { return m_layout.size; }
    [[nodiscard]] std::size_t inFlight() const { return m_inFlightCount; }
    /// The device found nonsense in a buffer that it cannot answer.
    void breakQueue(std::string_view reason);

    // --- for the transport
    void configure(const QueueLayout& layout, const QueuePosition& position = {});
    /// Forgets the ring; buffers in flight become stale.
    void release();
    [[nodiscard]] QueuePosition position() const;

private:
    [[nodiscard]] Result<std::uint16_t> availableIndex() const;
    [[nodiscard]] std::optional<std::uint16_t> nextHead();
    [[nodiscard]] bool wantsInterrupt(std::uint16_t before);
    [[nodiscard]] Result<GuestAddress> at(GuestAddress base, std::uint64_t offset) const;

    const GuestMemory& m_memory;
    const Callbacks m_callbacks;
    QueueLayout m_layout;
    std::uint64_t m_generation = 0;
    std::uint16_t m_nextAvailable = 0;
    std::uint16_t m_nextUsed = 0;      ///< where the next completed buffer goes
    std::uint16_t m_publishedUsed = 0; ///< what the driver can see
    std::vector<bool> m_inFlight;
    std::size_t m_inFlightCount = 0;
    std::deque<std::uint16_t> m_again; ///< in flight when a snapshot was taken: popped first
    bool m_broken = false;
};

} // namespace engine::virtio

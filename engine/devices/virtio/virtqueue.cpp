// SPDX-License-Identifier: GPL-3.0-or-later
#include "devices/virtio/virtqueue.h"

#include <atomic>

namespace engine::virtio {

namespace {

// Parts of the rings (VIRTIO 1.2, 2.7.6 and 2.7.8).
constexpr std::uint64_t RingFlags = 0;
constexpr std::uint64_t RingIndex = 2;
constexpr std::uint64_t RingEntries = 4;
constexpr std::uint64_t AvailableEntryBytes = 2;
constexpr std::uint64_t UsedEntryBytes = 8;
constexpr std::uint16_t AvailableNoInterrupt = 1; ///< VIRTQ_AVAIL_F_NO_INTERRUPT
constexpr std::uint16_t UsedNoNotify = 1;         ///< VIRTQ_USED_F_NO_NOTIFY

struct UsedEntry {
    std::uint32_t head;
    std::uint32_t length;
};

} // namespace

void QueuePosition::saveState(StateWriter& out) const
{
    out.integer(available);
    out.integer(used);
    out.integer(static_cast<std::uint16_t>(inFlight.size()));
    for (const std::uint16_t head : inFlight)
        out.integer(head);
}

void QueuePosition::readState(StateReader& in)
{
    available = in.integer<std::uint16_t>();
    used = in.integer<std::uint16_t>();
    const auto count = std::min(in.integer<std::uint16_t>(), Virtqueue::MaxSize);
    inFlight.resize(count);
    for (std::uint16_t& head : inFlight)
        head = in.integer<std::uint16_t>();
}

void Virtqueue::configure(const QueueLayout& layout, const QueuePosition& position)
{
    release();
    m_layout = layout;
    m_nextAvailable = position.available;
    m_nextUsed = position.used;
    m_publishedUsed = position.used;
    // A snapshot may have been taken between completing a buffer and publishing it.
    if (position.used != 0 || position.available != 0) {
        const auto index = at(layout.used, RingIndex);
        const auto seen =
            index ? m_memory.loadAcquire<std::uint16_t>(*index) : std::unexpected(index.error());
        if (seen && static_cast<std::uint16_t>(position.used - *seen) <= layout.size)
            m_publishedUsed = *seen;
    }
    m_inFlight.assign(layout.size, false);
    for (const std::uint16_t head : position.inFlight)
        if (head < layout.size)
            m_again.push_back(head);
}

void Virtqueue::release()
{
    ++m_generation;
    m_layout = {};
    m_broken = false;
    m_inFlight.clear();
    m_inFlightCount = 0;
    m_again.clear();
    m_nextAvailable = 0;
    m_nextUsed = 0;
    m_publishedUsed = 0;
}

QueuePosition Virtqueue::position() const
{
    QueuePosition position{
        .available = m_nextAvailable, .used = m_nextUsed, .inFlight = {m_again.begin(), m_again.end()}};
    for (std::uint16_t head = 0; head < m_inFlight.size(); ++head)
        if (m_inFlight[head])
            position.inFlight.push_back(head);
    return position;
}

Result<GuestAddress> Virtqueue::at(GuestAddress base, std::uint64_t offset) const
{
    const auto address = base.checkedAdd(offset);
    if (!address)
        return fail(ErrorCode::OutOfBounds, "ring wraps");
    return *address;
}

Result<std::uint16_t> Virtqueue::availableIndex() const
{
    return m_memory.loadAcquire<std::uint16_t>(VM_TRY(at(m_layout.available, RingIndex)));
}

bool Virtqueue::hasWork() const
{
    if (!isReady())
        return false;
    const auto index = availableIndex();
    return !m_again.empty() || (index && *index != m_nextAvailable);
}

std::optional<std::uint16_t> Virtqueue::nextHead()
{
    if (!m_again.empty()) {
        const std::uint16_t head = m_again.front();
        m_again.pop_front();
        return head;
    }
    const auto index = availableIndex();
    if (!index) {
        breakQueue("the available ring lies outside of RAM");
        return std::nullopt;
    }
    const auto waiting = static_cast<std::uint16_t>(*index - m_nextAvailable);
    if (waiting == 0)
        return std::nullopt;
    if (waiting > m_layout.size) {
        breakQueue("the available ring holds more than the queue");
        return std::nullopt;
    }
    const std::uint64_t slot = m_nextAvailable & (m_layout.size - 1U);
    const auto entry = at(m_layout.available, RingEntries + slot * AvailableEntryBytes);
    const auto head = entry ? m_memory.readObject<std::uint16_t>(*entry) : std::unexpected(entry.error());
    if (!head) {
        breakQueue("the available ring lies outside of RAM");
        return std::nullopt;
    }
    ++m_nextAvailable;
    return *head;
}

std::optional<DescriptorChain> Virtqueue::pop()
{
    if (!isReady())
        return std::nullopt;
    const auto head = nextHead();
    if (!head)
        return std::nullopt;
    if (*head >= m_layout.size || m_inFlight[*head]) {
        breakQueue(*head >= m_layout.size ? "a buffer's number is outside of the queue"
                                          : "a buffer was offered while it is in use");
        return std::nullopt;
    }
    auto chain =
        DescriptorChain::walk(m_memory, m_layout.descriptors, m_layout.size, *head, m_layout.indirect);
    if (!chain) {
        breakQueue(chain.error().detail);
        return std::nullopt;
    }
    m_inFlight[*head] = true;
    ++m_inFlightCount;
    chain->setGeneration(m_generation);
    return std::move(*chain);
}

void Virtqueue::complete(const DescriptorChain& chain, std::uint32_t written)
{
    if (chain.generation() != m_generation || !isReady() || !m_inFlight[chain.head()])
        return;
    m_inFlight[chain.head()] = false;
    --m_inFlightCount;
    const std::uint64_t slot = m_nextUsed & (m_layout.size - 1U);
    const auto entry = at(m_layout.used, RingEntries + slot * UsedEntryBytes);
    if (!entry || !m_memory.writeObject(*entry, UsedEntry{.head = chain.head(), .length = written}))
        return breakQueue("the used ring lies outside of RAM");
    ++m_nextUsed;
}

void Virtqueue::publish()
{
    if (!isReady() || m_nextUsed == m_publishedUsed)
        return;
    const auto index = at(m_layout.used, RingIndex);
    if (!index || !m_memory.storeRelease(*index, m_nextUsed))
        return breakQueue("the used ring lies outside of RAM");
    const std::uint16_t before = m_publishedUsed;
    m_publishedUsed = m_nextUsed;
    if (wantsInterrupt(before))
        m_callbacks.interrupt();
}

bool Virtqueue::wantsInterrupt(std::uint16_t before)
{
    // The driver's wish is read after the index is visible, or both sides could wait for the other.
    std::atomic_thread_fence(std::memory_order_seq_cst);
    if (!m_layout.eventIndex) {
        const auto flagsAt = at(m_layout.available, RingFlags);
        const auto flags =
            flagsAt ? m_memory.loadAcquire<std::uint16_t>(*flagsAt) : std::unexpected(flagsAt.error());
        return !flags || (*flags & AvailableNoInterrupt) == 0;
    }
    const auto eventAt = at(m_layout.available, RingEntries + m_layout.size * AvailableEntryBytes);
    const auto event =
        eventAt ? m_memory.loadAcquire<std::uint16_t>(*eventAt) : std::unexpected(eventAt.error());
    if (!event)
        return true;
    // VIRTIO 1.2, 2.7.7.2: was the entry with the driver's number among the new ones?
    const auto sinceEvent = static_cast<std::uint16_t>(m_publishedUsed - *event - 1);
    return sinceEvent < static_cast<std::uint16_t>(m_publishedUsed - before);
}

void Virtqueue::suppressNotifications()
{
    if (!isReady() || m_layout.eventIndex) // with event indices an old number suppresses by itself
        return;
    const auto flags = at(m_layout.used, RingFlags);
    if (!flags || !m_memory.storeRelease(*flags, UsedNoNotify))
        breakQueue("the used ring lies outside of RAM");
}

bool Virtqueue::requestNotifications()
{
    if (!isReady())
        return false;
    const std::uint64_t place =
        m_layout.eventIndex ? RingEntries + m_layout.size * UsedEntryBytes : RingFlags;
    const auto target = at(m_layout.used, place);
    const std::uint16_t value = m_layout.eventIndex ? m_nextAvailable : std::uint16_t{0};
    if (!target || !m_memory.storeRelease(*target, value)) {
        breakQueue("the used ring lies outside of RAM");
        return false;
    }
    std::atomic_thread_fence(std::memory_order_seq_cst);
    return hasWork();
}

void Virtqueue::breakQueue(std::string_view reason)
{
    if (m_broken)
        return;
    m_broken = true;
    m_callbacks.broken(reason);
}

} // namespace engine::virtio

// SPDX-License-Identifier: GPL-3.0-or-later
#include "devices/virtio/input_device.h"

#include <linux/input-event-codes.h>

#include <algorithm>

namespace engine::virtio {

namespace {

// 5.8.5.1: what the driver may select.
constexpr std::uint8_t IdName = 0x01;
constexpr std::uint8_t IdSerial = 0x02;
constexpr std::uint8_t IdDevice = 0x03;
constexpr std::uint8_t EventBits = 0x11;
constexpr std::uint8_t AxisInfo = 0x12;

constexpr std::size_t SelectBytes = 8; ///< select, subsel, size and reserved bytes
constexpr std::size_t LargestReply = 128;
constexpr std::size_t MostWaiting = 256; // groups
constexpr unsigned EventQueue = 0;
constexpr std::uint16_t VirtualBus = 0x06; // BUS_VIRTUAL
constexpr std::uint16_t Vendor = 0x0627;

template <class T>
std::vector<std::byte> bytesOf(const T& value)
{
    const auto bytes = std::as_bytes(std::span(&value, 1));
    return {bytes.begin(), bytes.end()};
}

} // namespace

InputDevice::InputDevice(EventLoop& loop, Description description)
    : m_loop(loop), m_description(std::move(description)), m_kick(loop, [this] { deliver(); })
{}

InputDevice::~InputDevice()
{
    m_loop.runAndWait([] {}); // what was kicked before has run
}

std::vector<std::byte> InputDevice::selected() const
{
    switch (m_select) {
    case IdName:
    case IdSerial: {
        if (m_subselect != 0)
            return {};
        const std::string text =
            m_select == IdName ? m_description.name : std::to_string(m_description.product);
        const auto bytes = std::as_bytes(std::span(text));
        return {bytes.begin(), bytes.end()};
    }
    case IdDevice:
        if (m_subselect != 0)
            return {};
        return bytesOf(std::array<std::uint16_t, 4>{VirtualBus, Vendor, m_description.product, 1});
    case EventBits: {
        const auto found = m_description.events.find(m_subselect);
        if (found == m_description.events.end() || found->second.empty())
            return {};
        std::vector<std::byte> bits(std::ranges::max(found->second) / 8U + 1U);
        for (const std::uint16_t code : found->second)
            bits.at(code / 8U) |= std::byte(static_cast<std::uint8_t>(1U << (code % 8U)));
        return bits;
    }
    case AxisInfo:
        for (const Axis& axis : m_description.axes)
            if (axis.code == m_subselect) // minimum, maximum, fuzz, flat, resolution
                return bytesOf(std::array<std::uint32_t, 5>{0, axis.maximum, 0, 0, 0});
        return {};
    default: return {}; // no properties
    }
}

void InputDevice::readConfig(std::uint64_t offset, std::span<std::byte> data)
{
    const auto reply = selected();
    std::array<std::byte, SelectBytes + LargestReply> all{};
    all[0] = std::byte{m_select};
    all[1] = std::byte{m_subselect};
    all[2] = std::byte(static_cast<std::uint8_t>(std::min(reply.size(), LargestReply)));
    std::ranges::copy(std::span(reply).first(std::min(reply.size(), LargestReply)),
                      all.begin() + SelectBytes);
    readConfigFrom(all, offset, data);
}

void InputDevice::writeConfig(std::uint64_t offset, std::span<const std::byte> data)
{
    for (std::size_t i = 0; i < data.size() && offset + i < 2; ++i)
        (offset + i == 0 ? m_select : m_subselect) = std::to_integer<std::uint8_t>(data[i]);
}

void InputDevice::activate(const ActivationResources& resources)
{
    m_events = resources.queues.at(0);
    m_status = resources.queues.at(1);
    setUse(true);
}

void InputDevice::setUse(bool inUse)
{
    {
        std::scoped_lock lock(m_mutex);
        if (m_inUse == inUse)
            return;
        m_inUse = inUse;
        m_waiting.clear();
    }
    useChanged();
    if (m_onUse)
        m_onUse(inUse);
}

bool InputDevice::isInUse() const
{
    std::scoped_lock lock(m_mutex);
    return m_inUse;
}

void InputDevice::send(std::vector<Event> group, bool mayReplace)
{
    {
        std::scoped_lock lock(m_mutex);
        if (!m_inUse)
            return;
        const bool full = m_waiting.size() >= MostWaiting;
        if (!m_waiting.empty() && m_waiting.back().mayReplace && (mayReplace || full))
            m_waiting.pop_back();
        else if (full && mayReplace)
            return;
        group.push_back({.type = EV_SYN, .code = SYN_REPORT, .value = 0});
        m_waiting.push_back({.events = std::move(group), .mayReplace = mayReplace});
    }
    m_kick.kick();
}

void InputDevice::onQueueNotified(unsigned queue)
{
    if (queue == EventQueue)
        deliver();
    else if (m_status)
        m_status->drain([this](const DescriptorChain& chain) { readStatus(chain); });
}

void InputDevice::deliver()
{
    if (!m_events || !m_events->isReady())
        return;
    constexpr unsigned MostRounds = 4; // what comes later brings a notification
    for (unsigned round = 0; round < MostRounds; ++round) {
        while (auto chain = m_events->pop()) {
            if (chain->writableBytes() < sizeof(Event))
                return m_events->breakQueue("a buffer too small for an input event");
            m_buffers.push_back(std::move(*chain));
        }
        if (!m_events->requestNotifications())
            break;
    }
    for (;;) {
        Group group;
        {
            std::scoped_lock lock(m_mutex);
            if (m_waiting.empty() || m_waiting.front().events.size() > m_buffers.size())
                break;
            group = std::move(m_waiting.front());
            m_waiting.pop_front();
        }
        for (const Event& event : group.events) {
            const DescriptorChain chain = std::move(m_buffers.front());
            m_buffers.pop_front();
            if (!chain.writeObject(0, event))
                return m_events->breakQueue("a buffer for input events lies outside of RAM");
            m_events->complete(chain, sizeof(Event));
        }
    }
    m_events->publish();
}

void InputDevice::readStatus(const DescriptorChain& chain)
{
    const auto event = chain.readObject<Event>(0);
    if (!event)
        return m_status->breakQueue("a status event that cannot be read");
    statusEvent(*event);
    m_status->complete(chain, 0);
}

void InputDevice::onQueueReset(unsigned queue, std::move_only_function<void()> done)
{
    if (queue == EventQueue)
        m_buffers.clear();
    done();
}

void InputDevice::reset(std::move_only_function<void()> done)
{
    m_buffers.clear();
    m_events = nullptr;
    m_status = nullptr;
    setUse(false);
    done();
}

void InputDevice::saveState(StateWriter& out) const
{
    // What waits belongs to a person who may be gone; the driver is told of releases by whoever types next.
    out.version(1);
    out.integer(m_select);
    out.integer(m_subselect);
}

Result<> InputDevice::restoreState(StateReader& in)
{
    (void)in.version(1);
    const auto select = in.integer<std::uint8_t>();
    const auto subselect = in.integer<std::uint8_t>();
    VM_TRY(in.finish());
    m_select = select;
    m_subselect = subselect;
    return {};
}

} // namespace engine::virtio

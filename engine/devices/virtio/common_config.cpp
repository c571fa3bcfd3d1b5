// SPDX-License-Identifier: GPL-3.0-or-later
#include "devices/virtio/common_config.h"

#include <algorithm>
#include <bit>

namespace engine::virtio {

namespace {

// Offsets (VIRTIO 1.2, 4.1.4.3).
constexpr std::uint64_t DeviceFeatureSelect = 0x00;
constexpr std::uint64_t DeviceFeature = 0x04;
constexpr std::uint64_t DriverFeatureSelect = 0x08;
constexpr std::uint64_t DriverFeature = 0x0c;
constexpr std::uint64_t ConfigVector = 0x10;
constexpr std::uint64_t QueueCount = 0x12;
constexpr std::uint64_t DeviceStatus = 0x14;
constexpr std::uint64_t ConfigGeneration = 0x15;
constexpr std::uint64_t QueueSelect = 0x16;
constexpr std::uint64_t QueueSize = 0x18;
constexpr std::uint64_t QueueVector = 0x1a;
constexpr std::uint64_t QueueEnable = 0x1c;
constexpr std::uint64_t QueueNotifyOffset = 0x1e;
constexpr std::uint64_t QueueDescriptors = 0x20;
constexpr std::uint64_t QueueDriver = 0x28;
constexpr std::uint64_t QueueDevice = 0x30;
constexpr std::uint64_t QueueNotifyData = 0x38;
constexpr std::uint64_t QueueReset = 0x3a;

} // namespace

const std::array<CommonConfig::Field, 19> CommonConfig::Fields{{
    {DeviceFeatureSelect, 4},
    {DeviceFeature, 4},
    {DriverFeatureSelect, 4},
    {DriverFeature, 4},
    {ConfigVector, 2},
    {QueueCount, 2},
    {DeviceStatus, 1},
    {ConfigGeneration, 1},
    {QueueSelect, 2},
    {QueueSize, 2},
    {QueueVector, 2},
    {QueueEnable, 2},
    {QueueNotifyOffset, 2},
    {QueueDescriptors, 8},
    {QueueDriver, 8},
    {QueueDevice, 8},
    {QueueNotifyData, 2},
    {QueueReset, 2},
    {0x3c, 4},
}};

CommonConfig::CommonConfig(std::uint64_t offeredFeatures, std::span<const std::uint16_t> queueSizes,
                           unsigned vectors)
    : m_offered(offeredFeatures), m_vectors(vectors)
{
    for (const std::uint16_t size : queueSizes)
        m_queues.push_back({.maxSize = size, .size = size});
}

void CommonConfig::reset()
{
    for (Queue& queue : m_queues)
        queue = {.maxSize = queue.maxSize, .size = queue.maxSize};
    m_driverFeatures = 0;
    m_deviceFeatureSelect = 0;
    m_driverFeatureSelect = 0;
    m_configVector = NoVector;
    m_queueSelect = 0;
    m_status = 0;
}

std::uint64_t CommonConfig::value(std::uint64_t field) const
{
    const auto half = [](std::uint64_t bits, std::uint32_t select) {
        return select > 1 ? 0 : bits >> (32 * select) & 0xffff'ffff;
    };
    switch (field) {
    case DeviceFeatureSelect: return m_deviceFeatureSelect;
    case DeviceFeature: return half(m_offered, m_deviceFeatureSelect);
    case DriverFeatureSelect: return m_driverFeatureSelect;
    case DriverFeature: return half(m_driverFeatures, m_driverFeatureSelect);
    case ConfigVector: return m_configVector;
    case QueueCount: return m_queues.size();
    case DeviceStatus: return m_status == 0 && m_resetting ? StatusAcknowledge : m_status;
    case ConfigGeneration: return m_generation;
    case QueueSelect: return m_queueSelect;
    default: break;
    }
    if (m_queueSelect >= m_queues.size())
        return field == QueueVector ? NoVector : 0;
    const Queue& queue = m_queues[m_queueSelect];
    switch (field) {
    case QueueSize: return queue.size;
    case QueueVector: return queue.vector;
    case QueueEnable: return queue.enabled ? 1 : 0;
    case QueueNotifyOffset:
    case QueueNotifyData: return m_queueSelect;
    case QueueDescriptors: return queue.descriptors;
    case QueueDriver: return queue.available;
    case QueueDevice: return queue.used;
    case QueueReset: return queue.resetting ? 1 : 0;
    default: return 0;
    }
}

void CommonConfig::read(std::uint64_t offset, std::span<std::byte> data) const
{
    std::ranges::fill(data, std::byte{0});
    for (const Field& field : Fields) {
        const std::uint64_t current = value(field.offset);
        for (unsigned i = 0; i < field.width; ++i)
            if (field.offset + i >= offset && field.offset + i - offset < data.size())
                data[field.offset + i - offset] = std::byte(static_cast<std::uint8_t>(current >> (8 * i)));
    }
}

CommonConfig::Effects CommonConfig::write(std::uint64_t offset, std::span<const std::byte> data)
{
    Effects effects;
    for (const Field& field : Fields) {
        if (field.offset + field.width <= offset || field.offset >= offset + data.size())
            continue;
        std::uint64_t merged = value(field.offset);
        for (unsigned i = 0; i < field.width; ++i)
            if (field.offset + i >= offset && field.offset + i - offset < data.size()) {
                merged &= ~(std::uint64_t{0xff} << (8 * i));
                merged |= std::to_integer<std::uint64_t>(data[field.offset + i - offset]) << (8 * i);
            }
        setValue(field.offset, merged, effects);
    }
    return effects;
}

void CommonConfig::setValue(std::uint64_t field, std::uint64_t value, Effects& effects)
{
    switch (field) {
    case DeviceFeatureSelect: m_deviceFeatureSelect = static_cast<std::uint32_t>(value); break;
    case DriverFeatureSelect: m_driverFeatureSelect = static_cast<std::uint32_t>(value); break;
    case DriverFeature:
        if (m_driverFeatureSelect <= 1 && (m_status & StatusFeaturesOk) == 0) {
            const unsigned shift = 32 * m_driverFeatureSelect;
            m_driverFeatures &= ~(std::uint64_t{0xffff'ffff} << shift);
            m_driverFeatures |= (value & 0xffff'ffff) << shift;
        }
        break;
    case ConfigVector:
        m_configVector = value < m_vectors ? static_cast<std::uint16_t>(value) : NoVector;
        break;
    case DeviceStatus: setStatus(static_cast<std::uint8_t>(value), effects); break;
    case QueueSelect: m_queueSelect = static_cast<std::uint16_t>(value); break;
    default: setQueueValue(field, value, effects); break;
    }
}

void CommonConfig::setStatus(std::uint8_t value, Effects& effects)
{
    if (value == 0) {
        reset();
        effects.reset = true;
        return;
    }
    const bool wasReady = isDriverReady();
    const bool acceptable = (m_driverFeatures & ~m_offered) == 0 && (m_driverFeatures & FeatureVersion1) != 0;
    if ((value & StatusFeaturesOk) != 0 && (m_status & StatusFeaturesOk) == 0 && !acceptable)
        value &= static_cast<std::uint8_t>(~StatusFeaturesOk);
    if ((value & StatusFeaturesOk) == 0) // nothing runs without an agreement
        value &= static_cast<std::uint8_t>(~StatusDriverOk);
    if (wasReady)
        value |= StatusDriverOk | StatusFeaturesOk; // only a reset takes these back
    m_status = static_cast<std::uint8_t>((value & ~StatusNeedsReset) | (m_status & StatusNeedsReset));
    effects.queuesChanged |= isDriverReady() && !wasReady;
}

bool CommonConfig::isUsable(const Queue& queue)
{
    return queue.size != 0 && queue.descriptors % 16 == 0 && queue.available % 2 == 0 && queue.used % 4 == 0;
}

void CommonConfig::setQueueValue(std::uint64_t field, std::uint64_t value, Effects& effects)
{
    if (m_queueSelect >= m_queues.size())
        return;
    Queue& queue = m_queues[m_queueSelect];
    if (field == QueueVector) {
        queue.vector = value < m_vectors ? static_cast<std::uint16_t>(value) : NoVector;
        return;
    }
    if (field == QueueReset) {
        if (value == 1 && queue.enabled && (m_driverFeatures & FeatureRingReset) != 0) {
            queue.enabled = false;
            queue.resetting = true;
            effects.queuesChanged = true;
        }
        return;
    }
    if (queue.enabled || queue.resetting)
        return; // fixed while the device may use it
    switch (field) {
    case QueueSize:
        if (value <= queue.maxSize && std::has_single_bit(value))
            queue.size = static_cast<std::uint16_t>(value);
        break;
    case QueueEnable:
        if (value == 1 && isUsable(queue)) {
            queue.enabled = true;
            effects.queuesChanged = true;
        }
        break;
    case QueueDescriptors: queue.descriptors = value; break;
    case QueueDriver: queue.available = value; break;
    case QueueDevice: queue.used = value; break;
    default: break;
    }
}

QueueLayout CommonConfig::layout(std::size_t index) const
{
    const Queue& queue = m_queues.at(index);
    return {.size = queue.size,
            .descriptors = GuestAddress(queue.descriptors),
            .available = GuestAddress(queue.available),
            .used = GuestAddress(queue.used),
            .indirect = (m_driverFeatures & FeatureIndirect) != 0,
            .eventIndex = (m_driverFeatures & FeatureEventIndex) != 0};
}

void CommonConfig::finishQueueReset(std::size_t index)
{
    Queue& queue = m_queues.at(index);
    if (queue.resetting)
        queue = {.maxSize = queue.maxSize, .size = queue.maxSize, .vector = queue.vector};
}

void CommonConfig::saveState(StateWriter& out) const
{
    out.integer(m_driverFeatures);
    out.integer(m_deviceFeatureSelect);
    out.integer(m_driverFeatureSelect);
    out.integer(m_configVector);
    out.integer(m_queueSelect);
    out.integer(m_status);
    out.integer(m_generation);
    for (const Queue& queue : m_queues) {
        out.integer(queue.size);
        out.integer(queue.vector);
        out.boolean(queue.enabled);
        out.integer(queue.descriptors);
        out.integer(queue.available);
        out.integer(queue.used);
    }
}

Result<> CommonConfig::readState(StateReader& in)
{
    m_driverFeatures = in.integer<std::uint64_t>();
    m_deviceFeatureSelect = in.integer<std::uint32_t>();
    m_driverFeatureSelect = in.integer<std::uint32_t>();
    const auto configVector = in.integer<std::uint16_t>();
    m_configVector = configVector < m_vectors ? configVector : NoVector;
    m_queueSelect = in.integer<std::uint16_t>();
    m_status = in.integer<std::uint8_t>();
    m_generation = in.integer<std::uint8_t>();
    bool usable = true;
    for (Queue& queue : m_queues) {
        queue = {.maxSize = queue.maxSize, .size = in.integer<std::uint16_t>()};
        const auto vector = in.integer<std::uint16_t>();
        queue.vector = vector < m_vectors ? vector : NoVector;
        queue.enabled = in.boolean();
        queue.descriptors = in.integer<std::uint64_t>();
        queue.available = in.integer<std::uint64_t>();
        queue.used = in.integer<std::uint64_t>();
        usable = usable && queue.size <= queue.maxSize && std::has_single_bit(queue.size)
                 && (!queue.enabled || isUsable(queue));
    }
    const bool agreed = (m_driverFeatures & ~m_offered) == 0 && (m_driverFeatures & FeatureVersion1) != 0;
    if (!usable || ((m_status & (StatusFeaturesOk | StatusDriverOk)) != 0 && !agreed))
        return fail(ErrorCode::Corrupt, "the saved state of a virtio device contradicts itself");
    return {};
}

} // namespace engine::virtio
